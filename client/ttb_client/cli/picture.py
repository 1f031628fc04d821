"""The option `--annotate`: the verification drawn on the label, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli.exits import ExitCode
from ttb_client.cli.output import complain, note

_FORMATS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".pdf"})


def picture_file(file: Path | None) -> Path | None:
    """A file that a picture can be written to; said before anything is verified."""
    if file is None:
        return None
    if file.suffix.lower() not in _FORMATS:
        raise typer.BadParameter(f"give a file that ends in {', '.join(sorted(_FORMATS))}")
    if not file.parent.is_dir():
        raise typer.BadParameter(f"the folder {file.parent} does not exist")
    try:
        import ttb_client.annotation  # noqa: F401 - the packages that draw are optional
    except ImportError as error:
        raise typer.BadParameter(f"{error.name} is missing; pip install 'ttb-client[pictures]'") from error
    return file


def save_picture(answer: pb.Verification, images: Sequence[Path], file: Path) -> None:
    """Draw the answer on the images. Ends with USAGE when that cannot be written."""
    from ttb_client.annotation import annotated

    try:
        annotated(answer, images).save(file)
    except OSError as error:
        complain(f"--annotate: {file} could not be written: {error}")
        raise typer.Exit(ExitCode.USAGE) from error
    note(f"drawn on {file}")
