"""What a person was shown of other plugins' leavings and answered for: it is not offered again.

Standard library only, for the processes that the page starts.
"""

from __future__ import annotations

import json

from errors import BadCallError

META = "elsewhere_dismissed"
SETTINGS, ADDRESSES = "settings", "urls"
_PARTS = frozenset({SETTINGS, ADDRESSES})


def parts_of(word: str) -> frozenset[str]:
    """The parts that a word of the page means; "" means all of them.

    Raises:
        BadCallError: It means none.
    """
    if word and word not in _PARTS:
        raise BadCallError(
            f'"what" is no part of what is offered: {word[:40]!r}',
            remedy=f"it is {SETTINGS!r}, {ADDRESSES!r}, or left out for both",
        )
    return frozenset({word}) if word else _PARTS


def still_offered(note: str | None) -> frozenset[str]:
    """The parts that nobody has answered for, by the note in the ledger."""
    return _PARTS - frozenset(json.loads(note or "[]"))


def after(note: str | None, word: str) -> str:
    """The note once a part was answered for."""
    return json.dumps(sorted((_PARTS - still_offered(note)) | parts_of(word)))
