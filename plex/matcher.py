"""Finds the one item that holds a file: by full path, never by what we write.

Whatever a cache says is checked against the item itself, and a cache that does not help is
followed by the server, so the caches decide what a match costs and never which it is. "No item"
follows only from a complete listing; whatever keeps us from asking is raised as it came.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeVar

from errors import ItemGoneError
from plex.cache import ItemData, MatchCache, PlexCache, _extract_item_data
from plex.exceptions import PlexNotFound
from plex.paths import comparable, exchange_prefix, file_name, same_name, spelled

log = logging.getLogger("PlexSync.plex.matcher")

ItemT = TypeVar("ItemT")
ItemT_co = TypeVar("ItemT_co", covariant=True)

_MARKS = re.compile(
    r"""[\s._\-\[({]+
    (?: web[\s._-]?dl | web[\s._-]?rip | u?hdtv | sdtv | pdtv | blu[\s._-]?ray | b[dr][\s._-]?rip
      | dvd[\s._-]?rip | hd[\s._-]?rip | dvd[\s._-]?scr | remux | uhd
      | (?:360|480|540|576|720|1080|1440|2160|4320)[pi](?:\d{2,3})? | [48]k
      | hdr(?:10\+?)? | sdr | dolby[\s._-]?vision | (?:8|10)[\s._-]?bit
      | [xh][\s._]?26[45] | hevc | avc | av1 | xvid | divx )
    (?![^\W_]) .*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_DATE = re.compile(
    r"""[\s._\-\[({]*(?<!\d)
    (?: \d{4}[\s._-]\d{2}[\s._-]\d{2} | \d{2}[\s._-]\d{2}[\s._-](?:\d{4}|\d{2})
      | (?<=[\[(])\d{4}(?=[\])]) )
    [\])}]*$""",
    re.VERBOSE,
)
_EDGES = " ._-[]({"


class Library(Protocol[ItemT_co]):
    """What the matcher needs of a library: a plexapi section has it, and so have ours."""

    @property
    def title(self) -> str:
        """The name under which the caches keep it."""

    def search(self, *, title: str) -> Iterable[ItemT_co]:
        """Items whose title contains the text."""

    def all(self) -> Iterable[ItemT_co]:
        """Every item."""

    def fetchItem(self, key: str, /) -> ItemT_co:  # noqa: N802 - plexapi's name
        """The item with this key, or `NotFound` or `ItemGoneError`."""


class MatchConfidence(Enum):
    """How sure a match is."""

    HIGH = "high"  # one item
    LOW = "low"  # several items, so none is chosen


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a decision needs to know of an item."""

    key: str
    title: str
    files: tuple[str, ...]


class DecisionKind(Enum):
    """How many items a scene has."""

    FOUND = "found"
    NONE = "none"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Decision:
    """Which items hold a scene's files: the one found, none, or those that cannot be told apart."""

    kind: DecisionKind
    keys: tuple[str, ...] = ()


def match_files(wanted: Sequence[str], candidates: Iterable[Candidate]) -> Decision:
    """Decide which item is the scene's, by full path alone.

    Args:
        wanted: Plex-side paths of one scene's files, the primary one first.
        candidates: Items that may hold them; one that comes twice counts once.
    """
    forms = {comparable(path) for path in wanted if path}
    hits = [one for one in candidates if any(comparable(path) in forms for path in one.files)]
    holders = [_holders(path, hits) for path in wanted if path]
    keys = tuple(dict.fromkeys(key for some in holders for key in some))
    if not keys:
        return Decision(DecisionKind.NONE)
    if len(keys) == 1:
        return Decision(DecisionKind.FOUND, keys)
    if len(holders[0]) == 1:
        return Decision(DecisionKind.FOUND, holders[0])
    return Decision(DecisionKind.SEVERAL, keys)


def _holders(path: str, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """The keys of the items that hold the file; who spells it the same goes before the others."""
    for form in (spelled, comparable):
        wanted = form(path)
        keys = dict.fromkeys(
            one.key for one in candidates if any(form(file) == wanted for file in one.files)
        )
        if keys:
            return tuple(keys)
    return ()


def suggested_titles(path: str) -> tuple[str, ...]:
    """The titles that Plex may have made of a file's name, the likeliest first.

    The stem; the stem without quality marks and what follows them; that without a trailing date.
    """
    name = file_name(path)
    stem = name.rpartition(".")[0] or name
    plain = _MARKS.sub("", stem).strip(_EDGES) if _MARKS.search(stem) else stem
    undated = _DATE.sub("", plain).strip(_EDGES) if _DATE.search(plain) else plain
    titles = (stem, plain, undated)
    return tuple(dict.fromkeys(title for title in titles if title.strip().strip(_EDGES)))


def find_plex_item_by_path(
    library: Library[ItemT],
    stash_path: str,
    plex_path_prefix: str | None = None,
    stash_path_prefix: str | None = None,
    library_cache: PlexCache | None = None,
    match_cache: MatchCache | None = None,
) -> ItemT | None:
    """The item that holds the file; None if there is none, or more than one.

    Raises:
        Exception: What kept us from asking Plex, as it came.
    """
    try:
        _, item, _ = find_plex_items_with_confidence(
            library, stash_path, plex_path_prefix, stash_path_prefix, library_cache, match_cache
        )
    except PlexNotFound:
        return None
    return item


def find_plex_items_with_confidence(
    library: Library[ItemT],
    stash_path: str,
    plex_path_prefix: str | None = None,
    stash_path_prefix: str | None = None,
    library_cache: PlexCache | None = None,
    match_cache: MatchCache | None = None,
) -> tuple[MatchConfidence, ItemT | None, list[ItemT]]:
    """The item that holds the file, or all of them when they cannot be told apart.

    Without prefixes the file name decides where no full path does, if it is unique in the
    library. With prefixes, equal ones too, it never decides.

    Args:
        library: Where to look.
        stash_path: The file as Stash knows it.
        plex_path_prefix: The folder that stands for `stash_path_prefix` in Plex.
        stash_path_prefix: A folder of Stash.
        library_cache: Listings and searches.
        match_cache: Keys of earlier matches, kept under the path as Plex knows it.

    Raises:
        PlexNotFound: The library is complete and holds no such file.
        Exception: What kept us from asking Plex, as it came.
    """
    has_prefixes = not (plex_path_prefix is None and stash_path_prefix is None)
    exchanged = exchange_prefix(stash_path, stash_path_prefix or "", plex_path_prefix or "")
    path = stash_path if exchanged is None else exchanged
    known = _known_item(library, path, match_cache)
    if known:
        return MatchConfidence.HIGH, known[0], known
    items = _search(library, path, library_cache) or _list(
        library, path, library_cache, by_name=not has_prefixes
    )
    if not items:
        raise PlexNotFound(stash_path, library=library.title)
    if len(items) > 1:
        log.debug("%d items hold %s", len(items), path)
        return MatchConfidence.LOW, None, items
    data = _extract_item_data(items[0])
    if match_cache is not None and data is not None:
        match_cache.set_match(library.title, path, data["key"])
    return MatchConfidence.HIGH, items[0], items


def _known_item(library: Library[ItemT], path: str, cache: MatchCache | None) -> list[ItemT]:
    """The item of an earlier match, if it still holds the file; else the match is forgotten."""
    key = cache.get_match(library.title, path) if cache is not None else None
    if cache is None or key is None:
        return []
    items = _holding(path, _fetch(library, key))
    if not items:
        log.debug("the match of %s with %s is stale", path, key)
        cache.invalidate(library.title, path)
    return items


def _search(library: Library[ItemT], path: str, cache: PlexCache | None) -> list[ItemT]:
    """Items found by the titles that the file name suggests; each title is tried in turn."""
    for title in suggested_titles(path):
        known = cache.get_search_results(library.title, title) if cache is not None else None
        items = _verified(library, path, known)
        if items:
            return items
        try:
            found = list(library.search(title=title))
        except Exception as error:  # noqa: BLE001 - the listing answers the same, or says why not
            log.debug("searching %r failed (%s)", title, type(error).__name__)
            return []
        if cache is not None:
            cache.set_search_results(library.title, title, found)
        items = _holding(path, found)
        if items:
            return items
    return []


def _list(
    library: Library[ItemT], path: str, cache: PlexCache | None, *, by_name: bool
) -> list[ItemT]:
    """Items of the whole library; a name decides only in a fresh listing, which knows them all."""
    known = cache.get_library_items(library.title) if cache is not None else None
    items = _verified(library, path, known)
    if items:
        return items
    found = list(library.all())
    if cache is not None:
        cache.set_library_items(library.title, found)
    items = _holding(path, found)
    return items if items or not by_name else _named(path, found)


def _verified(library: Library[ItemT], path: str, known: Iterable[ItemData] | None) -> list[ItemT]:
    """The items that a cache names and that still hold the file."""
    decision = match_files([path], map(_candidate, known or ()))
    items = [item for key in decision.keys for item in _fetch(library, key)]
    # Where one of them is gone, its file may be in an item that the cache has not seen.
    return _holding(path, items) if len(items) == len(decision.keys) else []


def _holding(path: str, items: Iterable[ItemT]) -> list[ItemT]:
    by_key = _by_key(items)
    decision = match_files([path], (candidate for candidate, _ in by_key.values()))
    return [by_key[key][1] for key in decision.keys]


def _named(path: str, items: Iterable[ItemT]) -> list[ItemT]:
    return [
        item
        for candidate, item in _by_key(items).values()
        if any(same_name(path, file) for file in candidate.files)
    ]


def _by_key(items: Iterable[ItemT]) -> dict[str, tuple[Candidate, ItemT]]:
    """Items by key, so that one which slipped onto two pages of a listing is one."""
    read = ((_extract_item_data(item), item) for item in items)
    return {data["key"]: (_candidate(data), item) for data, item in read if data is not None}


def _candidate(data: ItemData) -> Candidate:
    return Candidate(data["key"], data["title"], tuple(data["file_paths"]))


def _fetch(library: Library[ItemT], key: str) -> list[ItemT]:
    """The item with this key, or nothing when Plex says that it is gone."""
    # It loads all of plexapi, which the worker, whose libraries are not plexapi's, never needs.
    from plexapi.exceptions import NotFound  # noqa: PLC0415

    try:
        return [library.fetchItem(key)]
    except (NotFound, ItemGoneError):
        log.debug("Plex has no item %s any more", key)
        return []
