"""Each scene's own bytes in an answer of Stash, as a short digest.

Equal bytes are an equal scene, so that a scene which is as it was at its last sync is told without
reading its JSON: that is most of what a comparison of a whole library costs. Stash writes compact
JSON in the order of the query. An answer in another form gives no digests, and every scene of it is
read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator

# A scene's fragment begins with its id and its title, as nothing else in it does. Within a text
# every quote is escaped, so that no title can look like this.
_SCENE_START = re.compile(rb'\{"id":"(\d{1,18})","title":')
_ALIAS = re.compile(rb'[{,]"s(\d{1,18})":(?=\{"id":")')
_DIGEST_BYTES = 8


def of_page(raw: bytes) -> dict[int, bytes]:
    """Digests by scene id, in the order of a page of `findScenes`; empty for another answer."""
    starts = [(int(one[1]), one.start()) for one in _SCENE_START.finditer(raw)]
    return _told(raw, starts)


def of_batch(raw: bytes, scene_ids: Iterable[int]) -> dict[int, bytes]:
    """Digests by scene id of an aliased batch; the scenes that are missing are left out."""
    wanted = set(scene_ids)
    found = [(int(one[1]), one.end()) for one in _ALIAS.finditer(raw)]
    return {one: digest for one, digest in _told(raw, found).items() if one in wanted}


def _told(raw: bytes, starts: list[tuple[int, int]]) -> dict[int, bytes]:
    """All digests, or none: without them every scene is read, which is only dearer."""
    try:
        return dict(_digests(raw, starts))
    except (ValueError, RecursionError):
        return {}


def _digests(raw: bytes, starts: list[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    for place, (scene_id, start) in enumerate(starts):
        is_last = place + 1 == len(starts)
        end = _end(raw, start) if is_last else raw.rindex(b"}", start, starts[place + 1][1]) + 1
        yield scene_id, hashlib.blake2b(raw[start:end], digest_size=_DIGEST_BYTES).digest()


def _end(raw: bytes, start: int) -> int:
    """Where the object that begins at `start` ends."""
    text = raw[start:].decode("utf-8")
    _, length = json.JSONDecoder().raw_decode(text)
    return start + len(text[:length].encode("utf-8"))
