"""The path mapping: which folder of Plex is which folder of Stash.

Pure text. Without a fitting pair a path is the same on both sides, so that people whose servers
see the same folders need no setting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plex.paths import comparable, depth, exchange_prefix, same_file

__all__ = ["PathMapping", "comparable", "parse_mappings", "same_file"]


@dataclass(frozen=True, slots=True)
class PathMapping:
    """Pairs of a Stash folder and the Plex folder that holds the same files.

    Where several pairs fit, the longest folder wins; between equals the first.
    """

    pairs: Sequence[tuple[str, str]] = ()

    def __post_init__(self) -> None:
        """Keep the pairs as a tuple, so that a mapping can be compared and hashed."""
        object.__setattr__(self, "pairs", tuple(self.pairs))

    def to_plex(self, stash_path: str) -> str:
        """The path by which Plex knows the file, with Plex's slashes."""
        return _exchange(stash_path, self.pairs)

    def to_stash(self, plex_path: str) -> str:
        """The path by which Stash knows the file, with Stash's slashes."""
        return _exchange(plex_path, [(plex, stash) for stash, plex in self.pairs])


def parse_mappings(text: str) -> tuple[PathMapping, tuple[str, ...]]:
    """Read `/stash/folder => /plex/folder` pairs, separated by `;` or new lines.

    Returns:
        The mapping of the good pairs, and a complaint in plain words for each bad one.
    """
    pairs: list[tuple[str, str]] = []
    complaints: list[str] = []
    known: set[str] = set()
    for written in filter(None, map(str.strip, re.split(r"[;\r\n]", text))):
        sides = tuple(side.strip() for side in written.split("=>"))
        if len(sides) != 2:
            complaints.append(
                f"{written!r} is left out: a pair has one =>, as in /stash/folder => /plex/folder"
            )
        elif not all(sides):
            complaints.append(f"{written!r} is left out: there is no folder on one side of its =>")
        elif comparable(sides[0]) in known:
            complaints.append(
                f"{written!r} is left out: an earlier pair already says where {sides[0]} is"
            )
        else:
            known.add(comparable(sides[0]))
            pairs.append((sides[0], sides[1]))
    return PathMapping(tuple(pairs)), tuple(complaints)


def _exchange(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in sorted(pairs, key=lambda pair: -depth(pair[0])):
        exchanged = exchange_prefix(path, old, new)
        if exchanged is not None:
            return exchanged
    return path
