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

# A scene's fragment begins with its id and its title, as nothing else in it does. Within a text
# every quote is escaped, so that no title can look like this.
_SCENE_START = re.compile(rb'\{"id":"(\d{1,18})","title":')
_DIGEST_BYTES = 8


def digests(raw: bytes) -> dict[int, bytes]:
    """Digests by scene id, in the order of a page of `findScenes` or of an aliased batch.

    Empty for an answer in another form: without them every scene is read, which is only dearer.
    """
    _, *parts = _SCENE_START.split(raw)
    ids, bodies = parts[::2], parts[1::2]
    if not bodies:
        return {}
    try:
        bodies[-1] = _up_to_its_end(bodies[-1])
        return {
            int(one): _digest(body[: body.rindex(b"}")])  # what follows belongs to the next one
            for one, body in zip(ids, bodies, strict=True)
        }
    except (ValueError, RecursionError):
        return {}


def _digest(body: bytes) -> bytes:
    return hashlib.sha1(body, usedforsecurity=False).digest()[:_DIGEST_BYTES]  # the quickest


def _up_to_its_end(body: bytes) -> bytes:
    """The last scene without what follows it."""
    head = '{"title":'
    text = body.decode("utf-8")
    _, length = json.JSONDecoder().raw_decode(head + text)
    return text[: length - len(head)].encode("utf-8")
