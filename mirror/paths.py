"""The path mapping: which folder of Plex is which folder of Stash.

Pure text. Without a fitting pair a path is the same on both sides, so that people whose servers
see the same folders need no setting. A pair that can do no good is said by name: the folders that
both servers know show it before a single scene is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plex.paths import comparable, depth, exchange_prefix, same_file

__all__ = ["PathMapping", "check_mapping", "comparable", "is_within", "parse_mappings", "same_file"]


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


def check_mapping(
    mapping: PathMapping, *, stash_folders: Sequence[str], plex_folders: Sequence[str]
) -> tuple[str, ...]:
    """Say which pairs cannot be what their writer meant, each with the remedy.

    Args:
        mapping: The pairs that a person wrote.
        stash_folders: Stash's library folders; of none, nothing is claimed about that side.
        plex_folders: The folders of the chosen Plex libraries; likewise.
    """
    complaints: list[str] = []
    for stash, plex in mapping.pairs:
        complaints += _misfits(stash, plex, stash_folders, plex_folders)
    return (*complaints, *_fights(mapping.pairs))


def is_within(path: str, folder: str) -> bool:
    """Whether the path is the folder or lies below it."""
    return exchange_prefix(path, folder, folder) is not None


def _misfits(
    stash: str, plex: str, stash_folders: Sequence[str], plex_folders: Sequence[str]
) -> Iterator[str]:
    strange_to_stash = bool(stash_folders) and not _touches(stash, stash_folders)
    strange_to_plex = bool(plex_folders) and not _touches(plex, plex_folders)
    may_be_turned = _touches(stash, plex_folders) and _touches(plex, stash_folders)
    if may_be_turned and (strange_to_stash or strange_to_plex):
        yield (
            f'"{stash} => {plex}" is the wrong way round: '
            f"the folder of Stash comes first, as in {plex} => {stash}"
        )
        return
    if strange_to_stash:
        yield (
            f'"{stash} => {plex}" maps nothing: Stash has no library folder at {stash}; '
            f"correct it to one of {', '.join(stash_folders)}, or leave the pair out"
        )
    if strange_to_plex:
        yield (
            f'"{stash} => {plex}" maps nothing: no chosen Plex library holds {plex}; '
            f"correct it to one of {', '.join(plex_folders)}, or leave the pair out"
        )


def _touches(folder: str, known: Sequence[str]) -> bool:
    return any(is_within(folder, one) or is_within(one, folder) for one in known)


def _fights(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    first: dict[str, tuple[str, str]] = {}
    for stash, plex in pairs:
        other = first.setdefault(comparable(plex), (stash, plex))
        if not same_file(other[0], stash):
            yield (
                f'"{stash} => {plex}" fights with "{other[0]} => {other[1]}": scenes of both '
                "folders would share one file in Plex; keep the pair of the folder that Plex shows"
            )


def _exchange(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in sorted(pairs, key=lambda pair: -depth(pair[0])):
        exchanged = exchange_prefix(path, old, new)
        if exchanged is not None:
            return exchanged
    return path
