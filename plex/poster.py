"""Makes a poster of a picture of any shape: whole, in the middle of a 2:3 canvas.

Plex shows of a picture that is wider than a poster only its middle. Here the whole of it is seen,
and around it its own colours, blurred and dark, so that no bars catch the eye.

Pillow does the work and need not be there: it is looked for when it is first needed. The bytes
may be anything that calls itself a picture, so only the decoders of what Plex shows are tried,
nothing is decoded whose size alone could fill the memory, and whatever a decoder raises means that
there is no poster.
"""

from __future__ import annotations

import importlib
import logging
import warnings
from io import BytesIO
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger("PlexSync.plex.poster")

MOST_PIXELS = 40_000_000  # 160 MB when decoded; the largest televisions show 33 million
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_WIDTH, _HEIGHT = 2, 3
_LARGEST_UNIT = 1000  # no canvas above 2000 x 3000: more is not seen, and takes seconds
_BACKDROP_UNIT = 16  # few pixels, made large, are a blur
_BRIGHTNESS = 0.4
_QUALITY = 90
_ORIENTATION, _TURNED = 0x0112, {5, 6, 7, 8}  # EXIF: width and height change places

Size = tuple[int, int]


def can_pad() -> bool:
    """Whether Pillow is there."""
    try:
        _pillow("Image")
    except ImportError:
        return False
    return True


def padded(body: bytes) -> bytes | None:
    """The picture as a poster: a JPEG, or `body` itself where it is 2:3 within one per cent.

    None where Pillow is missing or the picture cannot be decoded. Another Pillow may make other
    bytes of the same picture: whether it has changed is told by the bytes that go in.
    """
    if not can_pad():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata and large sizes
            return _poster(body)
    except Exception as error:  # noqa: BLE001 - decoders raise whatever a broken picture makes them
        log.debug("no poster can be made of a picture: %s: %s", type(error).__name__, error)
        return None


def _poster(body: bytes) -> bytes | None:
    with _opened(body) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            log.debug("no poster is made of %d x %d pixels", picture.width, picture.height)
            return None
        is_turned = picture.getexif().get(_ORIENTATION) in _TURNED
        size = picture.size[::-1] if is_turned else picture.size
        canvas = _canvas_size(size)
        inside = _inside(size, canvas)
        picture.draft(None, inside)  # lets a large JPEG be decoded at half its size or less
        profile = picture.info.get("icc_profile") if picture.mode in {"RGB", "RGBA"} else None
        front = _front(picture, inside)
    if _is_poster(size):
        return body
    written = BytesIO()
    _on_backdrop(front, canvas).save(written, "JPEG", quality=_QUALITY, icc_profile=profile)
    return written.getvalue()


def _pillow(module: str) -> ModuleType:
    return importlib.import_module(f"PIL.{module}")


def _opened(body: bytes) -> Image:
    """Read the head of a picture; nothing is decoded yet."""
    module = _pillow("Image")
    module.init()
    # A format that this Pillow does not know would be an error for all.
    formats = [name for name in _FORMATS if name in module.OPEN]
    picture: Image = module.open(BytesIO(body), formats=formats)
    return picture


def _is_poster(size: Size) -> bool:
    wide, high = size[0] * _HEIGHT, size[1] * _WIDTH
    return abs(wide - high) * 100 <= high


def _canvas_size(size: Size) -> Size:
    """The smallest canvas that holds a picture, up to the largest that is made."""
    unit = max(-(-size[0] // _WIDTH), -(-size[1] // _HEIGHT))  # rounded up
    unit = min(unit, _LARGEST_UNIT)
    return _WIDTH * unit, _HEIGHT * unit


def _inside(size: Size, canvas: Size) -> Size:
    """What a picture measures on its canvas: from edge to edge."""
    scale = min(canvas[0] / size[0], canvas[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _front(picture: Image, size: Size) -> Image:
    """Decode the picture, as a person would see it."""
    upright: Image = _pillow("ImageOps").exif_transpose(picture)
    if upright.mode != "RGB":
        is_clear = "A" in upright.getbands() or "transparency" in upright.info
        upright = upright.convert("RGBA" if is_clear else "RGB")
    return upright.resize(size, _pillow("Image").LANCZOS)


def _on_backdrop(front: Image, size: Size) -> Image:
    few = (_WIDTH * _BACKDROP_UNIT, _HEIGHT * _BACKDROP_UNIT)
    blur = _pillow("ImageFilter").GaussianBlur(2)
    small: Image = _pillow("ImageOps").fit(_opaque(front), few)
    dark = small.filter(blur).point(lambda value: value * _BRIGHTNESS)
    canvas = dark.resize(size, _pillow("Image").BICUBIC)
    place = ((size[0] - front.width) // 2, (size[1] - front.height) // 2)
    canvas.paste(front, place, front if front.mode == "RGBA" else None)
    return canvas


def _opaque(picture: Image) -> Image:
    """The picture on black where it is transparent."""
    if picture.mode == "RGB":
        return picture
    black: Image = _pillow("Image").new("RGB", picture.size)
    black.paste(picture, (0, 0), picture)
    return black
