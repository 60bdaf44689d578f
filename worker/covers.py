"""Covers: read from Stash only when they may have changed, sent to Plex only when they did.

The `?t=` of a cover's address moves with every edit of its scene, so an equal address means that
nothing has to be asked, and another one only that Stash is asked whether the ETag still holds.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from errors import PlexSyncError, WaitError
from mirror.ledger import SceneState
from plex import poster
from plex.answers import Picture
from plex.client import PlexClient
from plex.pictures import digest, is_picture, show_picture
from stash.client import StashClient
from stash.scene import Scene

log = logging.getLogger("PlexSync.worker")

SETTLED_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What is known about a scene's cover at this moment.

    Attributes:
        seen: The address that was looked at; the ledger's when the look failed.
        etag: Stash's name for the bytes.
        sha1: Ours; "" when the scene has no cover.
        body: The bytes, where they had to be read.
        is_new: They differ from what was shown last.
        trouble: Stash could not be asked for it; the scene has to be looked at again.
    """

    seen: str = ""
    etag: str = ""
    sha1: str = ""
    body: bytes | None = None
    is_new: bool = False
    trouble: PlexSyncError | None = None


class CoverReader:
    """Looks at covers for one batch.

    Args:
        stash: Where covers come from.
    """

    def __init__(self, stash: StashClient) -> None:
        self._stash = stash

    def look(self, scene: Scene, known: SceneState | None, *, wanted: bool, now: float) -> Cover:
        """The scene's cover; read only if its address is another than at the last sync.

        Trouble with a cover is logged and leaves the cover as it was: it never holds back text,
        and the next sync of the scene looks again.

        Args:
            scene: The scene.
            known: What the ledger knows of it.
            wanted: False when covers are switched off.
            now: Unix seconds.
        """
        shown = known if known and known.state == "in_step" else None
        as_before = Cover()
        if known:
            as_before = Cover(seen=known.cover, etag=known.cover_etag, sha1=known.cover_sha1)
        if not wanted or not scene.cover or (shown and shown.cover == scene.cover):
            return as_before
        try:
            answer = self._stash.picture(scene.cover, etag=shown.cover_etag if shown else "")
        except PlexSyncError as error:
            log.warning("scene %d: its cover could not be read: %s", scene.id, error)
            return replace(as_before, trouble=error if isinstance(error, WaitError) else None)
        seen = scene.cover if _is_final(scene.cover, now) else ""
        if answer is None:
            return Cover(seen=seen, etag=as_before.etag, sha1=as_before.sha1)
        body, kind, etag = answer
        if not is_picture(body):
            if not kind.startswith("image/svg"):  # Stash's stand-in for "no cover"
                log.warning("scene %d: its cover is no picture (%s)", scene.id, kind or "no type")
            return Cover(seen=seen, etag=etag, sha1="")
        sha1 = digest(body)
        is_new = shown is None or shown.cover_sha1 != sha1
        return Cover(seen=seen, etag=etag, sha1=sha1, body=body, is_new=is_new)

    def show(
        self,
        plex: PlexClient,
        rating_key: int,
        cover: Cover,
        *,
        address: str,
        kind: str,
        padded: bool,
        held: Sequence[Picture] | None,
    ) -> bool:
        """Make the cover the item's picture; False where its bytes cannot be had.

        An item that was added anew needs bytes that Stash said had not changed.

        Args:
            plex: The server.
            rating_key: The item.
            cover: What is known of the cover.
            address: Where Stash has it.
            kind: "posters" or "arts".
            padded: Whether it is to have the shape of a poster, where that can be made.
            held: The pictures that the item holds, where they were just read.
        """
        body = cover.body
        if body is None:
            answer = self._stash.picture(address)
            body = answer[0] if answer else b""
        if not is_picture(body):
            return False
        if padded:
            body = poster.padded(body) or body
        done = show_picture(plex, rating_key, body, kind=kind, held=held)
        log.debug("item %d: cover %s", rating_key, done)
        return True


def picture_mark(sha1: str, *, padded: bool) -> str:
    """What the ledger keeps of a picture that was sent, to tell whether it still is the one."""
    return f"{sha1} padded" if padded and poster.can_pad() else sha1


def _is_final(address: str, now: float) -> bool:
    """Whether no other cover can appear under this address.

    Its `?t=` is the whole second of the scene's last edit: within that second, and a little more
    for clocks that differ, another edit may bring another cover.
    """
    told = parse_qs(urlsplit(address).query).get("t", [""])[0]
    return not told.isdigit() or now - int(told) > SETTLED_SECONDS
