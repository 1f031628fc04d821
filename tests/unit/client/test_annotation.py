import pytest
from PIL import Image
from ttb.common.v1 import page_pb2
from ttb.validator.v1 import validator_pb2 as pb

from tests.common.drawn import file
from ttb_client.annotation import annotated
from ttb_client.pictures import pages

GREEN, RED, PAPER = (26, 127, 55), (193, 18, 31), (255, 255, 255)
PANEL_SIDE, MARGIN = 1200, 24


def box(left: int, top: int, right: int, bottom: int, image: int = 0) -> pb.Evidence:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return pb.Evidence(image=image, polygon=[page_pb2.Point(x=x, y=y) for x, y in corners])


def answer(*evidence: pb.Evidence) -> pb.Verification:
    return pb.Verification(
        verdict=pb.Verdict.failed,
        fields=[
            pb.LabelField(name="brand_name", value="Ñandú", state=pb.FieldState.read, evidence=evidence[:1]),
            pb.LabelField(name="vintage", state=pb.FieldState.not_on_images),
        ],
        findings=[pb.Finding(severity=pb.Severity.violation, message="It is wrong.", evidence=evidence[1:])],
    )


def on_panel(picture: Image.Image, x: float, y: float, *, panel: int = 0, scale: float) -> tuple[int, ...]:
    pixel = picture.getpixel((round(MARGIN + panel * (PANEL_SIDE + MARGIN) + x * scale), round(MARGIN + y * scale)))
    assert isinstance(pixel, tuple)
    return pixel


def test_fields_and_findings_are_framed_where_they_stand():
    blank = file(Image.new("RGB", (600, 600), "white"))

    picture = annotated(answer(box(100, 100, 300, 160), box(200, 400, 500, 500, image=1)), [blank, blank])

    assert on_panel(picture, 200, 100, scale=2) == GREEN
    assert on_panel(picture, 350, 400, panel=1, scale=2) == RED
    assert on_panel(picture, 200, 130, scale=2) == on_panel(picture, 350, 400, scale=2) == PAPER


def test_a_photo_lies_as_it_was_read():
    photo = Image.new("RGB", (40, 20), "white")
    photo.putpixel((0, 0), RED)
    exif = Image.Exif()
    exif[0x0112] = 6

    (page,) = pages([file(photo, "PNG", exif=exif)])

    assert (page.size, page.getpixel((19, 0))) == ((20, 40), RED)


@pytest.mark.parametrize(
    ("content", "count"),
    [
        pytest.param(lambda page: file(page, "TIFF", save_all=True, append_images=[page]), 2, id="tiff"),
        pytest.param(lambda page: file(page, "PDF", save_all=True, append_images=[page]), 2, id="pdf"),
        pytest.param(lambda page: file(page, "GIF", save_all=True, append_images=[page.rotate(9)]), 1, id="animation"),
    ],
)
def test_pages_are_counted_as_the_server_counts_them(content, count):
    assert len(pages([content(Image.new("RGB", (60, 30), "white"))])) == count


def test_what_is_no_image_is_an_error_of_the_file():
    for content in (b"%PDF-1.7 broken", b"no image"):
        with pytest.raises(OSError, match=r"cannot identify image file|Failed to load document"):
            pages([content])
