"""Pictures for items: checked, sent once, selected when Plex holds them already."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.plexserver.server import PlexServer
from errors import PlexAwayError, RefusedEditError
from plex.client import PlexClient
from plex.pictures import LONGEST_BYTES, digest, is_picture, show_picture

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(200))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
KINDS = ("posters", "arts")


@pytest.fixture
def plex() -> Iterator[PlexServer]:
    plex = PlexServer()
    plex.store.add_section("Videos", locations=("/media",))
    plex.store.add_item(1, ["/media/a.mp4"])
    plex.start()
    yield plex
    plex.stop()


@pytest.fixture
def client(plex: PlexServer) -> Iterator[PlexClient]:
    client = PlexClient(plex.url, plex.token, identifier="test")
    yield client
    client.close()


def uploads(plex: PlexServer) -> list[tuple[str, bytes]]:
    return [(one.kind, one.data) for one in plex.store.item(1).uploads]


def sent(plex: PlexServer) -> list[str]:
    return [one.path for one in plex.requests if one.kind == "upload"]


@pytest.mark.parametrize(
    "body",
    [
        JPEG,
        PNG,
        b"GIF89a" + bytes(9),
        b"GIF87a" + bytes(9),
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        b"\x00\x00\x00\x20ftypavif\x00\x00",
        b"\x00\x00\x00\x20ftypavis\x00\x00",
        JPEG.ljust(LONGEST_BYTES, b"\x00"),
    ],
)
def test_what_plex_can_show_is_a_picture(body: bytes) -> None:
    assert is_picture(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xd8",
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"></svg>',
        b'<?xml version="1.0"?><svg></svg>',
        b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41",
        b"RIFF\x10\x00\x00\x00AVI LIST",
        b"\n" + PNG,
        JPEG.ljust(LONGEST_BYTES + 1, b"\x00"),
    ],
)
def test_pages_drawings_videos_and_what_is_too_large_are_no_pictures(body: bytes) -> None:
    assert not is_picture(body)


def test_the_largest_picture_is_one_that_plex_takes(plex: PlexServer, client: PlexClient) -> None:
    assert show_picture(client, 1, JPEG.ljust(LONGEST_BYTES, b"\x00")) == "sent"

    with pytest.raises(RefusedEditError) as refused:
        show_picture(client, 1, JPEG.ljust(LONGEST_BYTES + 1, b"\x00"))
    assert refused.value.status == 413
    assert len(uploads(plex)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_sent_once_and_then_stands(
    kind: str, plex: PlexServer, client: PlexClient
) -> None:
    assert show_picture(client, 1, JPEG, kind=kind) == "sent"
    assert show_picture(client, 1, JPEG, kind=kind) == "standing"

    assert uploads(plex) == [(kind, JPEG)]
    assert sent(plex) == [f"/library/metadata/1/{kind}"]
    assert plex.store.item(1).selected[kind] == f"upload://{kind}/{digest(JPEG)}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_plex_holds_is_selected_and_not_sent_again(
    kind: str, plex: PlexServer, client: PlexClient
) -> None:
    show_picture(client, 1, JPEG, kind=kind)
    show_picture(client, 1, PNG, kind=kind)

    assert show_picture(client, 1, JPEG, kind=kind) == "selected"

    assert plex.store.item(1).selected[kind] == f"upload://{kind}/{digest(JPEG)}"
    assert len(sent(plex)) == 2


def test_poster_and_background_are_held_apart(plex: PlexServer, client: PlexClient) -> None:
    before = plex.store.item(1)

    show_picture(client, 1, JPEG)
    assert plex.store.item(1).art == before.art
    assert show_picture(client, 1, JPEG, kind="arts") == "sent"

    after = plex.store.item(1)
    assert uploads(plex) == [("posters", JPEG), ("arts", JPEG)]
    assert after.thumb != before.thumb
    assert after.art != before.art


def test_a_picture_is_not_sent_when_it_cannot_be_told_whether_plex_holds_it(
    plex: PlexServer, client: PlexClient
) -> None:
    plex.faults.set("status:503", methods={"GET"})

    with pytest.raises(PlexAwayError):
        show_picture(client, 1, JPEG)

    assert uploads(plex) == []
