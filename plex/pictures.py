"""Pictures for items: checked to be pictures, sent once.

Uploads are never deleted by Plex and their key ends in the SHA-1 of their bytes, so what an item
holds already is selected instead of sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from plex.answers import Picture
from plex.client import PlexClient

_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
LONGEST_BYTES = 10_000_000  # above "10 MB" some versions answer 500, as if they were broken


def is_picture(body: bytes) -> bool:
    """Whether Plex can show these bytes: JPEG, PNG, GIF, WebP or AVIF below 10 MB.

    A content type is not enough: a login page became a poster, an mp4 a background.
    """
    if len(body) > LONGEST_BYTES:
        return False
    is_webp = body[:4] == b"RIFF" and body[8:12] == b"WEBP"
    is_avif = body[4:12] in {b"ftypavif", b"ftypavis"}
    return body.startswith(_MAGIC) or is_webp or is_avif


def digest(body: bytes) -> str:
    """The SHA-1 that names an upload."""
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()


def show_picture(
    client: PlexClient,
    rating_key: int,
    body: bytes,
    *,
    kind: str = "posters",
    held: Sequence[Picture] | None = None,
) -> str:
    """Make `body` the item's picture, sending it only where Plex does not hold it.

    Args:
        client: The connection.
        rating_key: The item.
        body: What `is_picture` says is one.
        kind: "posters", or "arts" for the background; each is held and selected by itself.
        held: What the item holds, where that was just read.

    Returns:
        What was done: "sent", "selected" or "standing".
    """
    name = digest(body)
    for picture in client.pictures(rating_key, kind) if held is None else held:
        if picture.key.endswith(name):
            if picture.selected:
                return "standing"
            client.select_picture(rating_key, kind, picture.key)
            return "selected"
    client.upload_picture(rating_key, kind, body)
    return "sent"
