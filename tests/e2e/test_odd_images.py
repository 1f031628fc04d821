"""Files as they come from phones, scanners and art departments: the same label gives the same answer in each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.common.drawn import file, heic_file
from tests.common.stack import Stack
from tests.e2e.refusals import fields_of, reason_of

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FORM: dict[str, str] = json.loads((SAMPLES / "wine-label.json").read_text())
LABEL = Image.open(SAMPLES / "wine-label.png").convert("RGB")
READ_ROTATED_BY_90 = {0x0112: 6}


def phone_photo() -> bytes:
    """Stored lying on its side; EXIF tells how it was held."""
    exif = Image.Exif()
    exif.update(READ_ROTATED_BY_90)
    return file(LABEL.rotate(90, expand=True), "JPEG", exif=exif)


def large_photo() -> bytes:
    """20 megapixels, the label on a table."""
    photo = Image.new("RGB", (5472, 3648), "#6f6a64")
    photo.paste(LABEL.resize((LABEL.width * 2, LABEL.height * 2)), (800, 500))
    return file(photo, "JPEG")


def deep_grey() -> bytes:
    return file(Image.fromarray(np.asarray(LABEL.convert("L")).astype(np.uint16) * 257))


def animation() -> bytes:
    return file(LABEL, "WEBP", save_all=True, append_images=[Image.new("RGB", LABEL.size, "white")] * 3)


def document(pages: int) -> bytes:
    small = LABEL.resize((LABEL.width // 4, LABEL.height // 4))
    return file(small, "PDF", save_all=True, append_images=[small] * (pages - 1))


def cat() -> bytes:
    """As much of a cat as a few ellipses give: a picture with strong shapes and no letter."""
    photo = Image.radial_gradient("L").resize((1200, 900)).convert("RGB")
    pen = ImageDraw.Draw(photo)
    for ear in ((380, 380, 400, 150, 560, 280), (820, 380, 800, 150, 640, 280)):
        pen.polygon(ear, fill="#b5793a")
    pen.ellipse((350, 250, 850, 750), fill="#b5793a")
    for eye in (500, 700):
        pen.ellipse((eye - 40, 420, eye + 40, 500), fill="#d8e05a")
        pen.ellipse((eye - 10, 425, eye + 10, 495), fill="black")
    for whisker in (580, 610, 640):
        pen.line((380, whisker - 20, 560, whisker), fill="white", width=4)
        pen.line((640, whisker, 820, whisker - 20), fill="white", width=4)
    return file(photo, "JPEG")


def verified(stack: Stack, content: bytes, **fields: str) -> httpx.Response:
    return httpx.post(f"{stack.url}/verify", files={"file": ("label", content)}, data=fields, timeout=120)


def values(answer: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["value"] for field in answer["fields"]}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(phone_photo(), id="phone photo, rotated by EXIF"),
        pytest.param(large_photo(), id="photo of 20 megapixels"),
        pytest.param(file(LABEL.convert("CMYK"), "JPEG"), id="CMYK JPEG"),
        pytest.param(deep_grey(), id="PNG of 16 bits"),
        pytest.param(file(LABEL.quantize(64), "GIF"), id="palette GIF"),
        pytest.param(animation(), id="animated WebP"),
        pytest.param(heic_file(LABEL), id="HEIC"),
    ],
)
def test_the_same_label_passes_in_every_kind_of_file(stack: Stack, content: bytes) -> None:
    answer = verified(stack, content, **FORM).raise_for_status().json()

    assert (answer["verdict"], answer["reasons"]) == ("passed", [])
    assert (values(answer)["alcohol_content"], values(answer)["net_contents"]) == ("13.5", "750 mL")


@pytest.mark.parametrize(
    "content",
    [pytest.param(file(Image.new("RGB", (1000, 800), "white")), id="blank page"), pytest.param(cat(), id="cat")],
)
def test_where_nothing_is_printed_a_person_is_told_so(stack: Stack, content: bytes) -> None:
    answer = verified(stack, content, **FORM).raise_for_status().json()

    assert answer["verdict"] == "needs_review"
    assert answer["reasons"][0].startswith("No text could be read on the images")
    assert set(values(answer).values()) == {""}


@pytest.mark.parametrize("pages", [11, 40])
def test_a_document_of_too_many_pages_is_no_label(stack: Stack, pages: int) -> None:
    answer = verified(stack, document(pages))

    assert (answer.status_code, reason_of(answer), fields_of(answer)) == (400, "TOO_MANY_IMAGES", ["images[0]"])
    assert f"{pages} pages" in answer.json()["message"]


@pytest.mark.slow
def test_a_document_of_ten_pages_is_read(stack: Stack) -> None:
    answer = verified(stack, document(10)).raise_for_status().json()

    assert values(answer)["alcohol_content"] == "13.5"
