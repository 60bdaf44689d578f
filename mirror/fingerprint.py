"""The hash that says whether a scene needs writing at all.

Equal to the one of the last sync, nothing is asked of Plex. So it must hold everything that
changes what is written, and nothing else: `updated_at` and the cover's address move with every
edit of a scene, whatever was edited, and stay out. The same input gives the same text in every
process and every version of Python.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from functools import lru_cache

from mirror.desired import Desired
from mirror.policy import Policy

# Raised when the rules of `mirror.edit` change so that the same input is written otherwise:
# every scene is then compared with Plex once more.
RULES = 1

# Single values that only a setting fills. They are always spoken for, so that empty ones say
# nothing; the same holds for every list.
_OF_SETTINGS = frozenset({"titleSort", "contentRating"})


def fingerprint(desired: Desired, *, targets: str, policy: Policy) -> str:
    """Return 32 hexadecimal digits that change when what is written may change.

    Args:
        desired: What the item should show.
        targets: Where it is written, in a text that the caller keeps stable: the scene's
            paths on Plex's side and the libraries that are searched for them.
        policy: Choices still at their default are left out, so that a setting which a later
            version adds does not send a whole library through Plex.
    """
    facts = {
        "rules": RULES,
        "scalars": {n: v for n, v in desired.scalars.items() if v or n not in _OF_SETTINGS},
        "tags": {
            field: [[tag.tag, tag.role, tag.thumb] for tag in tags]
            for field, tags in desired.tags.items()
            if tags
        },
        "title_is_fallback": desired.title_is_fallback,
        "targets": targets,
        "policy": {
            choice.name: getattr(policy, choice.name)
            for choice in dataclasses.fields(policy)
            if getattr(policy, choice.name) != choice.default
        },
    }
    return digest_of(facts)


def source_mark(source: bytes, context: str) -> int:
    """Return a number that is the same for a scene's same bytes under the same settings.

    Args:
        source: Digest of the bytes, 8 of them; empty where there are none.
        context: All else that decides what is written, in a text that the caller keeps stable.

    Returns:
        A signed number of 64 bits; 0 without a source, which says nothing.
    """
    if not source:
        return 0
    return int.from_bytes(source, "big", signed=True) ^ _number_of(context)


@lru_cache(maxsize=4)  # one context holds for a hundred thousand scenes
def _number_of(context: str) -> int:
    digest = hashlib.blake2b(context.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def digest_of(value: object) -> str:
    """Return 32 hexadecimal digits of a value made of facts, the same in every process.

    Of a dataclass the fields count by which it is compared; a set counts in order.
    """
    text = json.dumps(
        value, default=_plain, sort_keys=True, ensure_ascii=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:32]


def _plain(value: object) -> object:
    """What JSON has no word for, in its words."""
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if dataclasses.is_dataclass(value):
        counted = [one.name for one in dataclasses.fields(value) if one.compare]
        return {name: getattr(value, name) for name in counted}
    raise TypeError(f"{type(value).__name__} is no fact")
