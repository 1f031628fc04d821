import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from services.common.errors import Reason, TtbError
from services.ocr.imaging import MAX_SIDE, ImageFormat, decode, sniff
from tests.common.drawn import drawn, file, heic_file

MAX_PIXELS = 1_000_000
RED, BLUE = (250, 5, 5), (5, 5, 250)


def two_colours(mode: str = "RGB") -> Image.Image:
    """40 x 20, red left half, blue right half."""
    image = Image.new("RGB", (40, 20), RED)
    image.paste(BLUE, (20, 0, 40, 20))
    return image.convert(mode)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def pdf(pages: int, size: tuple[int, int] = (40, 20)) -> bytes:
    image = two_colours().resize(size, Image.Resampling.NEAREST)
    data = BytesIO()
    image.save(data, "PDF", save_all=True, append_images=[image] * (pages - 1), resolution=72)
    return data.getvalue()


def tiff(pages: int) -> bytes:
    data = BytesIO()
    two_colours().save(data, "TIFF", save_all=True, append_images=[Image.new("RGB", (10, 30), BLUE)] * (pages - 1))
    return data.getvalue()


def heic() -> bytes:
    return heic_file(two_colours().resize((80, 40), Image.Resampling.NEAREST))


GOOD = {
    "jpeg": (file(two_colours(), "JPEG"), ImageFormat.JPEG),
    "cmyk jpeg": (file(two_colours("CMYK"), "JPEG"), ImageFormat.JPEG),
    "png": (file(two_colours()), ImageFormat.PNG),
    "palette png": (file(two_colours("P")), ImageFormat.PNG),
    "alpha png": (file(two_colours("RGBA")), ImageFormat.PNG),
    "webp": (file(two_colours(), "WEBP"), ImageFormat.WEBP),
    "gif": (file(two_colours(), "GIF"), ImageFormat.GIF),
    "tiff": (tiff(1), ImageFormat.TIFF),
    "heic": (heic(), ImageFormat.HEIC),
    "pdf": (pdf(1), ImageFormat.PDF),
}


@pytest.mark.parametrize(("data", "image_format"), GOOD.values(), ids=GOOD.keys())
def test_every_format_becomes_upright_rgb(data: bytes, image_format: ImageFormat) -> None:
    image = decode(data, max_pixels=MAX_PIXELS)

    assert image.format is image_format
    assert image.frame_count == 1
    height, width = image.pixels.shape[:2]
    assert width == pytest.approx(2 * height, abs=1)
    left, right = image.pixels[height // 2, width // 5], image.pixels[height // 2, -width // 5]
    assert np.allclose(left, RED, atol=40)
    assert np.allclose(right, BLUE, atol=40)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"GOVERNMENT WARNING, typed into a file named label.jpg", Reason.NOT_AN_IMAGE, id="text"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Reason.NOT_AN_IMAGE, id="svg"),
        pytest.param(b"\0", Reason.NOT_AN_IMAGE, id="one byte"),
        pytest.param(file(drawn(), "JPEG")[:-4000], Reason.IMAGE_TRUNCATED, id="half a jpeg"),
        pytest.param(file(drawn())[:-500], Reason.IMAGE_TRUNCATED, id="half a png"),
        pytest.param(file(drawn(), "WEBP")[:500], Reason.IMAGE_TRUNCATED, id="half a webp"),
        pytest.param(heic()[:300], Reason.IMAGE_TRUNCATED, id="half a heic"),
        pytest.param(pdf(1)[:60], Reason.IMAGE_TRUNCATED, id="start of a pdf"),
        pytest.param(b"\xff\xd8\xff\xe0" + bytes(100), Reason.IMAGE_TRUNCATED, id="jpeg header, then zeros"),
        pytest.param(png_that_claims(50_000, 50_000), Reason.TOO_MANY_PIXELS, id="bomb"),
        pytest.param(png_that_claims(MAX_SIDE + 1, 1), Reason.TOO_MANY_PIXELS, id="long strip"),
        pytest.param(file(Image.new("1", (1001, 1000))), Reason.TOO_MANY_PIXELS, id="just too many"),
    ],
)
def test_hostile_files_are_refused_with_the_reason(data: bytes, reason: Reason) -> None:
    with pytest.raises(TtbError) as refusal:
        decode(data, max_pixels=MAX_PIXELS)

    assert refusal.value.reason is reason
    assert [violation.field for violation in refusal.value.violations] == ["image"]


@pytest.mark.parametrize("data", [tiff(3), pdf(3)], ids=["tiff", "pdf"])
def test_frames_are_counted_from_zero(data: bytes) -> None:
    assert decode(data, frame=2, max_pixels=MAX_PIXELS).frame_count == 3

    with pytest.raises(TtbError) as refusal:
        decode(data, frame=3, max_pixels=MAX_PIXELS)
    assert refusal.value.reason is Reason.NO_SUCH_FRAME
    assert refusal.value.violations[0].field == "frame"


@pytest.mark.parametrize("size", [(1000, MAX_PIXELS // 1000), (MAX_SIDE, 1)])
def test_as_many_pixels_as_allowed_are_decoded(size: tuple[int, int]) -> None:
    width, height = size
    assert decode(file(Image.new("1", size)), max_pixels=MAX_PIXELS).pixels.shape == (height, width, 3)


@pytest.mark.parametrize("data", [tiff(3), pdf(3)], ids=["tiff", "pdf"])
def test_a_file_of_more_frames_than_wanted_is_refused(data: bytes) -> None:
    assert decode(data, max_pixels=MAX_PIXELS, max_frames=3).frame_count == 3

    with pytest.raises(TtbError, match="holds 3 pages; send at most 2") as refusal:
        decode(data, max_pixels=MAX_PIXELS, max_frames=2)
    assert refusal.value.reason is Reason.TOO_MANY_IMAGES
    assert refusal.value.violations[0].field == "image"


def test_each_frame_of_a_tiff_has_its_own_size() -> None:
    assert decode(tiff(2), frame=1, max_pixels=MAX_PIXELS).pixels.shape == (30, 10, 3)


def test_pdf_pages_are_rendered_at_300_dpi_within_the_limit() -> None:
    assert decode(pdf(1, (72, 72)), max_pixels=MAX_PIXELS).pixels.shape == (300, 300, 3)

    huge = decode(pdf(1, (2000, 1000)), max_pixels=MAX_PIXELS).pixels
    assert 0.95 * MAX_PIXELS < huge.shape[0] * huge.shape[1] <= MAX_PIXELS


@pytest.mark.parametrize(("orientation", "red_corner"), [(1, (0, 0)), (3, (-1, -1)), (6, (0, 0)), (8, (-1, -1))])
def test_exif_orientation_is_applied(orientation: int, red_corner: tuple[int, int]) -> None:
    image = two_colours()
    exif = image.getexif()
    exif[0x0112] = orientation
    data = BytesIO()
    image.save(data, "JPEG", exif=exif, quality=95)

    turned = decode(data.getvalue(), max_pixels=MAX_PIXELS).pixels

    assert turned.shape[:2] == ((20, 40) if orientation in {1, 3} else (40, 20))
    assert np.allclose(turned[red_corner], RED, atol=40)


def test_transparency_is_white() -> None:
    assert (decode(file(Image.new("RGBA", (9, 9), (0, 0, 0, 0))), max_pixels=MAX_PIXELS).pixels == 255).all()


def test_sixteen_bits_of_grey_become_eight() -> None:
    deep = Image.fromarray(np.array([[0, 32768, 65535]], np.uint16))

    assert decode(file(deep), max_pixels=MAX_PIXELS).pixels[0, :, 0].tolist() == [0, 127, 255]


def test_other_containers_of_the_same_box_format_are_not_heic() -> None:
    assert sniff(b"\0\0\0\x20ftypisom" + bytes(16)) is None
