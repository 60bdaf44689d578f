"""Covers and portraits: ETag and 304, and a drawing where there is no picture."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from demo.stash.records import KINDS
from demo.stash.store import Store

_SCENE = re.compile(r"/scene/(\d+)/screenshot")
_NAMED = re.compile(r"/(performer|studio|tag|group)/(\d+)/(image|frontimage|backimage)")
_KINDS = {kind.lower(): kind for kind in KINDS}
_DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9">'
    b'<rect width="16" height="9" fill="#394b59"/><title>%s</title></svg>'
)
_SILHOUETTE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureAnswer:
    """Status, headers and body of one answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def content_type(data: bytes) -> str:
    """What the first bytes say."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"GIF8"):
        return "image/gif"
    is_drawing = data.lstrip().startswith((b"<svg", b"<?xml"))
    return "image/svg+xml" if is_drawing else "application/octet-stream"


def answer_picture(
    store: Store, path: str, query: dict[str, list[str]], if_none_match: str | None
) -> PictureAnswer | None:
    """The answer to a GET; None when the path is no picture's."""
    if not (_SCENE.fullmatch(path) or _NAMED.fullmatch(path)):
        return None
    data = _find(store, path, default=query.get("default") == ["true"])
    if data is None:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return PictureAnswer(status=404, headers=headers, body=b"Not Found\n")
    etag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
    lasting = "private, max-age=31536000, immutable" if query.get("t") else "no-cache"
    headers = {"Cache-Control": lasting, "Etag": etag}
    if if_none_match == etag:
        return PictureAnswer(status=304, headers=headers, body=b"")
    headers |= {"Accept-Ranges": "bytes", "Content-Type": content_type(data)}
    return PictureAnswer(status=200, headers=headers, body=data)


def _find(store: Store, path: str, *, default: bool) -> bytes | None:
    """The picture or the drawing that stands for it; None when there is nothing by that id."""
    if scene_path := _SCENE.fullmatch(path):
        scene = store.scenes.get(int(scene_path[1]))
        return (scene.cover or _DRAWING % b"scene") if scene else None
    match = _NAMED.fullmatch(path)
    if match is None:
        return None
    kind = _KINDS[match[1]]
    row = store.named[kind].get(int(match[2]))
    if row is None:
        return None
    picture = None if default else row.back_image if match[3] == "backimage" else row.image
    return picture or (_SILHOUETTE if kind == "Performer" else _DRAWING % match[1].encode())
