"""Pictures as they come in: bytes are looked at before they are believed, and no name or header is trusted."""

import hashlib
import io
from typing import NamedTuple

import msgspec
from PIL import Image, ImageOps

from sightline.domain.errors import BadRequest, TooLarge

# Pixels are counted against our own limit before anything is decoded; Pillow's global guard would only warn.
Image.MAX_IMAGE_PIXELS = None

MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
}
_EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "BMP": "bmp", "TIFF": "tiff"}
THUMBNAIL = 320
"""Longest side of a thumbnail, pixels."""


class PictureLimits(msgspec.Struct, frozen=True):
    bytes: int = 20 * 1024 * 1024
    pixels: int = 64_000_000


class Picture(NamedTuple):
    """A decoded picture: RGB, upright (its EXIF orientation applied), its first frame."""

    image: Image.Image
    extension: str
    """What it is by its bytes: a key of `MEDIA_TYPES`."""

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height


def sha256_of(data: bytes) -> str:
    """The name that a picture is stored under."""
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, limits: PictureLimits, *, where: str | None = None) -> Picture:
    """The whole picture. Raises `BadRequest` for what is none, is cut off or is broken, `TooLarge` above a limit."""
    if len(data) > limits.bytes:
        raise TooLarge(
            f"the image has {len(data):,} bytes; at most {limits.bytes:,} are accepted", where=where
        )
    if not data:
        raise BadRequest("the image is empty", where=where)
    try:
        opened = Image.open(io.BytesIO(data), formats=list(_EXTENSIONS))
    except Exception as error:  # hostile bytes make decoders raise nearly anything
        raise BadRequest("this is not an image", where=where, hint=_KNOWN) from error
    if opened.width * opened.height > limits.pixels:
        raise TooLarge(
            f"the image has {opened.width} x {opened.height} pixels; at most {limits.pixels:,} are accepted",
            where=where,
        )
    extension = _EXTENSIONS[str(opened.format)]
    try:
        opened.load()
        colours = _eight_bit(_upright(opened)).convert("RGB")
    except Exception as error:  # as above
        raise BadRequest(f"the image is cut off or broken: {str(error)[:200]}", where=where) from error
    return Picture(colours, extension)


_KNOWN = "send a JPEG, PNG, WebP, BMP or TIFF"


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001  # broken EXIF beside good pixels: the pixels are what counts
        return image


def _eight_bit(image: Image.Image) -> Image.Image:
    """Industrial cameras send 16-bit grey, which Pillow's own conversion would clip to white."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("I", "F"):
        low, high = image.getextrema()
        span = (high - low) or 1  # type: ignore[operator]  # one band: two numbers
        return image.point(lambda value: value * (255 / span) - low * (255 / span)).convert("L")  # type: ignore[operator]  # as above
    return image


def thumbnail(image: Image.Image) -> bytes:
    """The picture as WebP, at most `THUMBNAIL` pixels long."""
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return encode(small, "webp")


def encode(image: Image.Image, extension: str) -> bytes:
    """The picture as `webp`, `png` or `jpg` bytes."""
    out = io.BytesIO()
    if extension == "png":
        image.save(out, "PNG")
    elif extension == "jpg":
        image.save(out, "JPEG", quality=90)
    else:
        image.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()
