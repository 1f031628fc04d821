"""docs/operations/limits.md says what the settings, the catalogue of errors and the tests say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.settings import GatewaySettings
from scripts.settings_table import every_setting
from services.common.errors import Reason
from services.common.settings import SharedSettings
from services.ocr.settings import OcrSettings
from services.validator.settings import ValidatorSettings

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "operations" / "limits.md").read_text()
ROWS = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in PAGE.splitlines() if "::" in line]
SETTINGS = {f"`{each.variable}`": each.default for each in every_setting()}


@pytest.mark.parametrize(("what", "variable", "default", "over", "test"), ROWS, ids=[row[0] for row in ROWS])
def test_a_row_is_true(what: str, variable: str, default: str, over: str, test: str) -> None:
    if variable.startswith("`"):
        assert SETTINGS[variable] == default
    reasons = [word for word in re.findall(r"`([A-Z_]+)`", over) if not word.startswith("TTB_")]
    assert set(reasons) <= set(Reason)
    file, _, name = test.partition("::")
    assert re.search(rf"def {name}\(", (ROOT / file).read_text()), test


def test_each_caller_waits_longer_than_whom_it_calls() -> None:
    ocr = OcrSettings()
    waits = [
        GatewaySettings().verify_seconds,
        SharedSettings().rpc_seconds,
        ValidatorSettings().ocr_seconds,
        max(ocr.task_seconds, ocr.ollama_seconds),
    ]
    assert waits == sorted(set(waits), reverse=True)
