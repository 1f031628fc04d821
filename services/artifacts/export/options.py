"""What to export. A folder holds the dataset of one set of options, which `export.json` in it tells."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from services.artifacts.export.schema import SCHEMA_VERSION, Table
from services.artifacts.export.target import Target
from services.artifacts.model import ValidationStatus

OPTIONS = "export.json"
CARD = "README.md"
DAMAGED = "damaged.txt"
IMAGES = "images"


class Options(BaseModel):
    """Which artifacts, and what of them. Days are UTC, inclusive; None means no bound, and no filter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: str = SCHEMA_VERSION
    start: date | None = None
    end: date | None = None
    status: ValidationStatus | None = None
    with_images: bool = True
    with_client_ip: bool = False


class ForeignFolderError(Exception):
    """The target holds something else; the message tells what to do."""


def claim(target: Target, options: Options, *, fresh: bool) -> None:
    """Make the target this dataset's, or find that it is already; with `fresh` an earlier dataset is removed first.

    Raises `ForeignFolderError` when the target holds files of another origin, or a dataset of other options.
    """
    names = target.names()
    if not names:
        target.write(OPTIONS, options.model_dump_json(indent=2).encode() + b"\n")
        return
    if OPTIONS not in names:
        raise ForeignFolderError(f"{target.shown} is not empty and holds no export; name another folder")
    if fresh:
        # The options go last: while any of the dataset is there, they tell whose it is.
        for name in (*Table, IMAGES, CARD, DAMAGED, OPTIONS):
            target.remove(name)
        target.write(OPTIONS, options.model_dump_json(indent=2).encode() + b"\n")
    elif _read(target) != options:
        raise ForeignFolderError(
            f"{target.shown} holds an export with other options (see its {OPTIONS}); "
            "name another folder, or begin anew with --fresh"
        )


def _read(target: Target) -> Options | None:
    try:
        return Options.model_validate_json(target.read(OPTIONS))
    except ValidationError:
        return None
