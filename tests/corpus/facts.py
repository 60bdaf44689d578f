"""What a corpus is made of: what lies in Plex, what Stash knows, and what belongs together.

Items go by their number in the corpus. Rating keys change when an item is removed and added again,
numbers do not, so the truth about a scene outlives both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mirror.paths import PathMapping


class Verdict(Enum):
    """What there is to say about a scene."""

    FOUND = "found"  # one item in each library that holds its files
    NONE = "none"
    AMBIGUOUS = "ambiguous"  # several items of one library, and none may be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """One folder of Stash, the same one as Plex names it, and the libraries that look into it."""

    stash: str
    plex: str
    libraries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One library of Plex; PlexSync works in the chosen ones alone."""

    title: str
    locations: tuple[str, ...]
    is_chosen: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file under both its names."""

    stash: str
    plex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusItem:
    """One item of Plex.

    Attributes:
        library: Index into the corpus's libraries.
        versions: Files that Plex knows, each version a tuple of its parts.
        optimised: Versions that Plex made itself; they count for nothing.
        title: Empty for what Plex makes of the first file's name.
    """

    library: int
    versions: tuple[tuple[str, ...], ...]
    optimised: tuple[str, ...] = ()
    title: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that makes this item a scene's."""
        return tuple(file for version in self.versions for file in version)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusScene:
    """One scene of Stash, and the truth about it.

    Attributes:
        kind: The recipe that it comes from.
        files: Its files, the primary one first.
        items: Numbers of the items that are found, or that cannot be told apart.
    """

    id: int
    kind: str
    files: tuple[File, ...]
    verdict: Verdict
    items: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Everything that one seed gives."""

    libraries: tuple[Library, ...]
    mapping: PathMapping
    items: tuple[CorpusItem, ...]
    scenes: tuple[CorpusScene, ...]
