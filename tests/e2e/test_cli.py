"""`ttb` against the real system: the three verdicts, and `--json` against what REST answers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.common.stack import Stack
from tests.e2e.command_line import ttb

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CHANGES_WITH_EVERY_REQUEST = ("request_id", "processing_time_ms", "timings")


def _options(form: dict[str, str]) -> list[str]:
    """The form's fields as options of the command line."""
    flags = ["--panels-complete"] if form.get("panels_complete") == "true" else []
    texts = {name: text for name, text in form.items() if name != "panels_complete"}
    return flags + [part for name, text in texts.items() for part in (f"--{name.replace('_', '-')}", text)]


def _sample(name: str) -> tuple[bytes, dict[str, str]]:
    """A label of `samples/` and its application."""
    return (SAMPLES / f"{name}.png").read_bytes(), json.loads((SAMPLES / f"{name}.json").read_text())


def _front_only() -> bytes:
    """The health warning is on the back, which is not given: nobody can say that it is missing."""
    with Image.open(SAMPLES / "wine-label.png") as sheet:
        file = io.BytesIO()
        sheet.crop((0, 0, sheet.width // 2, sheet.height)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("picture", "form", "code", "said"),
    [
        pytest.param(*_sample("wine-label"), 0, [" PASSED ", "STONE'S THROW", "13.5"], id="passed"),
        pytest.param(
            *_sample("spirits-label-defective"),
            1,
            [" FAILED ", "27 CFR 16.21", "health-warning.wording", "SHOULD NOT DRINK", "label.png, x "],
            id="failed",
        ),
        pytest.param(_front_only(), {}, 3, [" NEEDS REVIEW ", "To be looked at", "health warning"], id="needs review"),
    ],
)
def test_each_verdict_is_shown_and_json_is_what_rest_answers(
    stack: Stack, tmp_path: Path, picture: bytes, form: dict[str, str], code: int, said: list[str]
) -> None:
    image = tmp_path / "label.png"
    image.write_bytes(picture)
    shown = ttb(stack, "verify", image, *_options(form))
    assert (shown.returncode, shown.stderr) == (code, "")
    for text in said:
        assert text in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100

    told = ttb(stack, "verify", image, *_options(form), "--json")
    assert told.returncode == code
    answer = httpx.post(f"{stack.url}/verify", data=form, files={"file": picture}, timeout=60)
    assert _pairs(told.stdout) == _pairs(answer.text)


def _pairs(text: str) -> Any:
    """JSON with the order of its keys; what differs with every request is there, whatever it is."""
    return json.loads(
        text,
        object_pairs_hook=lambda pairs: [
            (name, "any" if name in CHANGES_WITH_EVERY_REQUEST else value) for name, value in pairs
        ],
    )


@pytest.mark.parametrize("path", ["health", "rules"])
def test_the_other_answers_are_those_of_rest_too(stack: Stack, path: str) -> None:
    told = ttb(stack, path, "--json")
    assert told.returncode == 0
    assert _pairs(told.stdout) == _pairs(httpx.get(f"{stack.url}/{path}").text)


def test_ocr_reads_through_the_gateway(stack: Stack) -> None:
    shown = ttb(stack, "ocr", SAMPLES / "wine-label.png", "--backend", "tesseract")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "STONE'S THROW" in shown.stdout
    assert "rapidocr" not in shown.stdout


def test_what_is_no_image_is_refused(stack: Stack) -> None:
    refused = ttb(stack, "ocr", __file__)
    assert (refused.returncode, refused.stdout) == (5, "")
    assert "image" in refused.stderr


def test_a_backend_that_is_not_there_is_no_verdict(stack: Stack) -> None:
    missing = ttb(stack, "verify", SAMPLES / "wine-label.png", "--ocr-backend", "ollama")
    assert (missing.returncode, missing.stdout) == (4, "")
    assert "ollama" in missing.stderr.lower()


def test_the_answer_is_drawn_on_the_label(stack: Stack, tmp_path: Path) -> None:
    drawn = tmp_path / "found.png"

    shown = ttb(stack, "verify", SAMPLES / "wine-label.png", "--annotate", drawn)

    assert (shown.returncode, shown.stderr) == (0, f"ttb: drawn on {drawn}\n")
    with Image.open(SAMPLES / "wine-label.png") as label, Image.open(drawn) as picture:
        assert picture.width / picture.height > label.width / label.height


def test_a_picture_that_cannot_be_written_is_said_before_anything_is_sent(stack: Stack, tmp_path: Path) -> None:
    for file in (tmp_path / "found.txt", tmp_path / "nowhere" / "found.png"):
        refused = ttb(stack, "verify", SAMPLES / "wine-label.png", "--annotate", file)
        assert (refused.returncode, refused.stdout) == (2, "")
