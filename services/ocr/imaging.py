"""Decodes the bytes a stranger sent into one upright RGB image, or refuses them.

The format is told by its first bytes, never by a file name, and the pixel count is read from the header, so that a
decompression bomb is refused before anything is decoded. Runs in a worker process: a decoder that crashes costs one
task.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

import numpy as np
import pi_heif
import pypdfium2
from PIL import Image, ImageOps

from services.common.errors import Reason, TtbError, invalid_field
from services.ocr.engine import RgbImage

MAX_SIDE = 32_000
"""Pixels; OpenCV's warps count sides in 16 bits."""

_PDF_DPI = 300
_POINTS_PER_INCH = 72
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_PDF_HEADER_WITHIN = 1024

pi_heif.register_heif_opener(thumbnails=False)


class ImageFormat(StrEnum):
    """Formats that are read, by the names the answer shows."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"
    GIF = "gif"
    HEIC = "heic"
    PDF = "pdf"


_PILLOW_NAMES = {
    ImageFormat.JPEG: ("JPEG", "MPO"),
    ImageFormat.PNG: ("PNG",),
    ImageFormat.WEBP: ("WEBP",),
    ImageFormat.TIFF: ("TIFF",),
    ImageFormat.GIF: ("GIF",),
    ImageFormat.HEIC: ("HEIF",),
}


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """One frame, upright, with the file's true format and the number of frames that can be asked for."""

    pixels: RgbImage
    format: ImageFormat
    frame_count: int


def sniff(data: bytes) -> ImageFormat | None:
    """The format by its first bytes; None when it is none that is read here."""
    if data[4:8] == b"ftyp":
        return ImageFormat.HEIC if data[8:12] in _HEIF_BRANDS else None
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ImageFormat.WEBP
    for magic, image_format in (
        (b"\xff\xd8\xff", ImageFormat.JPEG),
        (b"\x89PNG\r\n\x1a\n", ImageFormat.PNG),
        (b"II*\0", ImageFormat.TIFF),
        (b"MM\0*", ImageFormat.TIFF),
        (b"GIF87a", ImageFormat.GIF),
        (b"GIF89a", ImageFormat.GIF),
    ):
        if data.startswith(magic):
            return image_format
    return ImageFormat.PDF if b"%PDF-" in data[:_PDF_HEADER_WITHIN] else None


def decode(data: bytes, *, frame: int = 0, max_pixels: int, max_frames: int = 0) -> DecodedImage:
    """Frame number `frame` of the file as upright RGB, transparency on white.

    Raises TtbError, always naming the field `image` or `frame`: NOT_AN_IMAGE, IMAGE_TRUNCATED, TOO_MANY_PIXELS (more
    than `max_pixels`, or a side over MAX_SIDE), TOO_MANY_IMAGES (more frames than `max_frames`, unless that is 0),
    NO_SUCH_FRAME.
    """
    image_format = sniff(data)
    if image_format is None:
        raise invalid_field(
            "image",
            "is not an image that can be read; send JPEG, PNG, WebP, TIFF, GIF, HEIC or PDF.",
            reason=Reason.NOT_AN_IMAGE,
        )
    try:
        if image_format is ImageFormat.PDF:
            return _decode_pdf(data, frame, max_pixels, max_frames)
        return _decode_raster(data, image_format, frame, max_pixels, max_frames)
    except (TtbError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(max_pixels) from error
    except Exception as error:  # decoders of hostile bytes raise anything: OSError, SyntaxError, struct.error, ...
        raise invalid_field(
            "image",
            f"looks like {image_format.upper()} but ends early, is damaged or is protected; send the complete file.",
            reason=Reason.IMAGE_TRUNCATED,
        ) from error


def _decode_raster(
    data: bytes, image_format: ImageFormat, frame: int, max_pixels: int, max_frames: int
) -> DecodedImage:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata and of big images; our own limit decides
        with Image.open(BytesIO(data), formats=_PILLOW_NAMES[image_format]) as image:
            _check_size(image.size, max_pixels)
            frames = getattr(image, "n_frames", 1) if image_format is ImageFormat.TIFF else 1
            _check_frame(frame, frames, max_frames)
            if frame:
                image.seek(frame)
                _check_size(image.size, max_pixels)
            image.load()
            return DecodedImage(np.ascontiguousarray(_rgb(_upright(image))), image_format, frames)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken EXIF raises anything; the pixels are good all the same
        return image


def _rgb(image: Image.Image) -> RgbImage:
    if image.mode == "F" or image.mode.startswith("I"):
        return _from_deep_grey(np.asarray(image))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        image = Image.alpha_composite(ground, layer)
    return np.asarray(image.convert("RGB"))


def _from_deep_grey(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> RgbImage:
    """Grey of more than 8 bits, scaled so that its own brightest value stays as bright as it was meant."""
    deep = np.nan_to_num(values.astype(np.float32))
    highest = float(deep.max(initial=0))
    white = 1.0 if highest <= 1 else 255.0 if highest <= 255 else max(65535.0, highest)
    grey = np.clip(deep * (255 / white), 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)


def _decode_pdf(data: bytes, frame: int, max_pixels: int, max_frames: int) -> DecodedImage:
    document = pypdfium2.PdfDocument(data)
    try:
        frames = len(document)
        _check_frame(frame, frames, max_frames)
        page = document[frame]
        width, height = page.get_size()
        scale = min(
            _PDF_DPI / _POINTS_PER_INCH, math.sqrt(max_pixels / (width * height)) * 0.999, MAX_SIDE / max(width, height)
        )
        bitmap = page.render(scale=scale, rev_byteorder=True, draw_annots=True)
        pixels = np.array(bitmap.to_numpy()[:, :, :3])  # a copy: pdfium frees its own
    finally:
        document.close()
    return DecodedImage(np.ascontiguousarray(pixels), ImageFormat.PDF, frames)


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels or max(width, height) > MAX_SIDE:
        raise _too_many_pixels(max_pixels)


def _check_frame(frame: int, frames: int, max_frames: int) -> None:
    if 0 < max_frames < frames:
        raise invalid_field("image", f"holds {frames} pages; send at most {max_frames}.", reason=Reason.TOO_MANY_IMAGES)
    if frame >= frames:
        raise invalid_field(
            "frame", f"is {frame}, but the file has {frames} (counted from 0).", reason=Reason.NO_SUCH_FRAME
        )


def _too_many_pixels(max_pixels: int) -> TtbError:
    return invalid_field(
        "image",
        f"has more than {max_pixels:,} pixels or a side over {MAX_SIDE:,}; send a smaller image.",
        reason=Reason.TOO_MANY_PIXELS,
    )
