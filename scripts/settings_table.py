"""Write the README's table of settings from the settings classes, or check that it is fresh (`--check`)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings

from gateway.settings import GatewaySettings
from services.artifacts.settings import ArtifactSettings
from services.common.settings import SharedSettings
from services.modelstatus.settings import ModelDownloadSettings, ModelStatusSettings
from services.ocr.settings import OcrSettings
from services.validator.settings import ValidatorSettings

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- settings: begin, written by `make docs` -->"
END = "<!-- settings: end -->"

GROUPS: tuple[tuple[str, type[BaseSettings]], ...] = (
    ("every service", SharedSettings),
    ("gateway", GatewaySettings),
    ("ocr", OcrSettings),
    ("validator", ValidatorSettings),
    ("artifacts", ArtifactSettings),
    ("modelstatus", ModelStatusSettings),
    ("download of the model", ModelDownloadSettings),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable of the environment, its default as it would be written there."""

    variable: str
    group: str
    default: str
    description: str


def every_setting() -> Iterator[Setting]:
    """All of them, group by group."""
    for group, settings in GROUPS:
        prefix = settings.model_config.get("env_prefix", "")
        for name, field in settings.model_fields.items():
            alias = field.validation_alias
            variable = alias if isinstance(alias, str) else f"{prefix}{name}".upper()
            shown = "by the machine" if field.default_factory else _shown(field.get_default(call_default_factory=False))
            yield Setting(variable, group, shown, field.description or "")


def table() -> str:
    """The table in Markdown, one row for each setting."""
    rows = ["| variable | of | default | meaning |", "|---|---|---|---|"]
    rows += [f"| `{each.variable}` | {each.group} | {each.default} | {each.description} |" for each in every_setting()]
    return "\n".join(rows)


def _shown(default: object) -> str:
    """A default as it would be written in the environment: the parts of a list by commas, nothing when it is empty."""
    if isinstance(default, tuple | frozenset):
        default = ",".join(sorted(str(part) for part in default))
    return "" if default in ("", None) else f"`{default}`"


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the table is stale")
    check = parser.parse_args().check
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    fresh = f"{before}{BEGIN}\n{table()}\n{END}{after}"
    if check and fresh != text:
        sys.exit("README.md: the table of settings is stale, run `make docs`")
    README.write_text(fresh)


if __name__ == "__main__":
    main()
