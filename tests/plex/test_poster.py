"""A cover of any shape as a poster; what Pillow has to do with it."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plex.pictures import is_picture
from plex.poster import MOST_PIXELS, can_pad, padded

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Image = pytest.importorskip("PIL.Image", reason="posters are made by Pillow")

KNOWN = set(Image.registered_extensions().values())
RED, GREEN, BLUE = (255, 0, 0), (0, 160, 0), (0, 0, 255)


def picture(
    width: int, height: int, kind: str = "PNG", mode: str = "RGB", **options: object
) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", (width, height), RED)
    made.paste(BLUE, (width // 2, 0, width, height))
    out = BytesIO()
    made.convert(mode).save(out, kind, **options)
    return out.getvalue()


def opened(body: bytes | None) -> Picture:
    assert body
    made: Picture = Image.open(BytesIO(body))
    made.load()
    return made


def is_like(pixel: object, color: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 40 for one, other in zip(pixel, color, strict=True))


def test_pillow_is_found() -> None:
    assert can_pad()


@pytest.mark.parametrize(
    ("size", "canvas"),
    [
        ((640, 360), (640, 960)),
        ((360, 640), (428, 642)),
        ((500, 500), (500, 750)),
        ((1, 1), (2, 3)),
        ((4000, 2250), (2000, 3000)),
        ((3000, 4), (2000, 3000)),
        ((4, 3000), (2000, 3000)),
        ((9000, 1), (2000, 3000)),
        ((1, 9000), (2000, 3000)),
    ],
)
def test_a_picture_of_any_shape_becomes_a_poster(
    size: tuple[int, int], canvas: tuple[int, int]
) -> None:
    made = opened(padded(picture(*size)))

    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", canvas)


def test_the_picture_stands_whole_in_the_middle_on_a_darker_ground() -> None:
    made = opened(padded(picture(600, 300)))

    assert made.size == (600, 900)
    for y in (305, 450, 595):
        assert is_like(made.getpixel((5, y)), RED)
        assert is_like(made.getpixel((594, y)), BLUE)
    for y in (5, 290, 610, 895):
        assert is_like(made.getpixel((5, y)), (102, 0, 0))
        assert is_like(made.getpixel((594, y)), (0, 0, 102))


@pytest.mark.parametrize("size", [(1000, 1500), (1000, 1488), (1000, 1512), (2, 3)])
def test_what_is_a_poster_already_stays_as_it_is(size: tuple[int, int]) -> None:
    body = picture(*size)
    assert padded(body) == body


@pytest.mark.parametrize("size", [(1000, 1480), (1000, 1520), (3, 2)])
def test_what_is_nearly_a_poster_becomes_one(size: tuple[int, int]) -> None:
    body = picture(*size)
    assert padded(body) != body
    assert opened(padded(body)).width * 3 == opened(padded(body)).height * 2


def test_the_same_picture_makes_the_same_bytes() -> None:
    body = picture(640, 360, "JPEG")
    assert padded(body) == padded(body)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("GIF", "P"),
        ("WEBP", "RGB"),
        ("AVIF", "RGB"),
    ],
)
def test_every_kind_of_picture_that_plex_shows_can_be_made_a_poster(kind: str, mode: str) -> None:
    if kind not in KNOWN:
        pytest.skip(f"this Pillow does not know {kind}")
    poster = padded(picture(64, 36, kind, mode))

    assert opened(poster).size == (64, 96)
    assert poster
    assert is_picture(poster)


def test_what_is_transparent_is_dark() -> None:
    clear = Image.new("RGBA", (600, 300), (255, 255, 255, 0))
    clear.paste((*GREEN, 255), (0, 0, 300, 300))
    out = BytesIO()
    clear.save(out, "PNG")

    made = opened(padded(out.getvalue()))

    assert is_like(made.getpixel((50, 450)), GREEN)
    assert is_like(made.getpixel((550, 450)), (0, 0, 0))
    assert is_like(made.getpixel((50, 100)), (0, 64, 0))
    assert is_like(made.getpixel((550, 100)), (0, 0, 0))


def test_a_picture_that_was_taken_upright_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right: what was left is on top
    turned = picture(600, 300, "JPEG", exif=exif)

    made = opened(padded(turned))

    assert made.size == (400, 600)
    assert is_like(made.getpixel((200, 20)), RED)
    assert is_like(made.getpixel((200, 580)), BLUE)
    lying_poster = picture(300, 200, "JPEG", exif=exif)
    assert padded(lying_poster) == lying_poster


def test_the_colours_mean_the_same_as_before() -> None:
    profile = b"\x00" * 128
    made = opened(padded(picture(64, 36, "JPEG", icc_profile=profile)))

    assert made.info["icc_profile"] == profile
    inks = opened(padded(picture(64, 36, "JPEG", "CMYK", icc_profile=profile)))
    assert "icc_profile" not in inks.info


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xd8\xff",
        b"<svg></svg>",
        b"<html>Sign in</html>",
        b"\x00\x00\x00\x20ftypisom",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
    ],
)
def test_what_is_no_picture_makes_no_poster(body: bytes) -> None:
    assert padded(body) is None


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PPM"])
def test_pictures_that_plex_is_not_sent_are_not_decoded(kind: str) -> None:
    assert padded(picture(64, 36, kind)) is None


@pytest.mark.parametrize("size", [(2000, 3000), (640, 360)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_half_a_picture_makes_no_poster(kind: str, size: tuple[int, int]) -> None:
    body = picture(*size, kind, "P" if kind == "GIF" else "RGB")
    assert padded(body[: len(body) // 2]) is None


def test_a_picture_that_would_fill_the_memory_is_not_decoded() -> None:
    """A few kilobytes of one colour, which could well be decoded."""
    out = BytesIO()
    Image.new("1", (MOST_PIXELS // 5000 + 1, 5000)).save(out, "PNG")

    assert len(out.getvalue()) < 100_000
    assert padded(out.getvalue()) is None


def test_a_picture_that_calls_itself_gigabytes_makes_no_poster() -> None:
    head = 2 * (100_000).to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00"))

    assert is_picture(body)
    assert padded(body) is None


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


WHOLE = [
    picture(40, 30, kind, mode)
    for kind, mode in (("JPEG", "RGB"), ("PNG", "RGBA"), ("GIF", "P"), ("WEBP", "RGB"))
    if kind in KNOWN
]


@given(
    whole=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(min_size=1, max_size=4)), max_size=6),
    end=st.floats(0, 1),
)
def test_no_damage_raises(whole: bytes, changes: list[tuple[float, bytes]], end: float) -> None:
    body = bytearray(whole)
    for place, new in changes:
        start = int(place * len(body))
        body[start : start + len(new)] = new

    poster = padded(bytes(body[: int(end * len(body))]))

    assert poster is None or is_picture(poster)
