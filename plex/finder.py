"""Finds the items of a batch of scenes, at the price of one read when their keys are known.

Paths that are known cost nothing beyond the batch's own read of full items, which verifies every
key against the full path. What is unknown costs one lookup by file each while it is little, else
one listing of the library, which fills `MatchCache` for all of it. A key that turns out stale is
looked up again within the same call. `plex.matcher.match_files` decides, here as in the
single-scene API.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from errors import (
    ItemGoneError,
    PlexAwayError,
    PlexSyncError,
    RefusedEditError,
    ServerBusyError,
    UnreadableAnswerError,
)
from plex.answers import ListedItem, Section
from plex.cache import MatchCache
from plex.client import IDS_PER_READ, PlexClient
from plex.item import Item
from plex.matcher import Candidate, DecisionKind, match_files
from plex.paths import comparable

log = logging.getLogger("PlexSync.plex.finder")

FEW = 8  # unknown files in one library that are looked up one by one
LISTING_SECONDS = 300.0  # a listing this young is believed about what is not in the library
PAGE = 1000
LOOKUP_SIZE = 50  # more hits than this for one file name: the server ignores the filter
POISONED = 3  # scenes of one batch that fail alike: it is the server, not the scenes
_ONE_SCENES = (ItemGoneError, RefusedEditError, ServerBusyError, UnreadableAnswerError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One scene's files on Plex's side, the primary one first.

    Attributes:
        is_fresh: A person waits for it, so an old listing is not believed that it is absent.
    """

    paths: tuple[str, ...]
    is_fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found for one scene.

    Attributes:
        items: The items to write, one for each library that holds the file.
        candidates: Items that cannot be told apart; nothing of theirs is written.
        is_in_a_library: Whether any chosen library has the folder at all.
        error: It could not be asked for, or not be read: nothing is known.
    """

    items: tuple[Item, ...] = ()
    candidates: tuple[Item, ...] = ()
    is_in_a_library: bool = True
    error: PlexSyncError | None = None


@dataclass(slots=True)
class _Ask:
    """One scene in one library: its paths, and what is known about its key so far."""

    scene_id: int
    section: Section
    paths: tuple[str, ...]
    is_fresh: bool
    keys: tuple[int, ...] = ()
    is_cached: bool = False
    decided: tuple[Item, ...] = ()
    undecided: tuple[Item, ...] = ()
    error: PlexSyncError | None = None


@dataclass(slots=True)
class _Read:
    """Items read so far, and the keys whose item could not be read, with the reason."""

    items: dict[int, Item] = field(default_factory=dict)
    broken: dict[int, PlexSyncError] = field(default_factory=dict)


class Finder:
    """Finds items in the chosen libraries of one server.

    Args:
        client: The server.
        machine: Its machine identifier, part of every cache key.
        sections: The chosen libraries.
        match_cache: Path -> rating key.
    """

    def __init__(
        self,
        client: PlexClient,
        *,
        machine: str,
        sections: Sequence[Section],
        match_cache: MatchCache,
    ) -> None:
        self._client = client
        self._machine = machine
        self.sections = tuple(sections)
        self._cache = match_cache
        self._listed: dict[int, float] = {}
        self._file_filter_works = True

    def forget(self) -> None:
        """Forget what was learned about the server: listings and abilities."""
        self._listed.clear()
        self._file_filter_works = True

    def find(self, wanted: Mapping[int, Wanted]) -> dict[int, Found]:
        """Find the items of each scene, read in full and verified by path.

        Raises:
            WaitError: Plex cannot be asked; nothing was forgotten.
        """
        asks = list(self._asks(wanted))
        read = _Read()
        self._look_up([ask for ask in asks if not ask.keys])
        self._read_and_decide(asks, read)
        stale = [ask for ask in asks if ask.is_cached and not self._is_settled(ask, read)]
        if stale:
            self._drop(stale)
            self._look_up(stale)
            self._read_and_decide(stale, read)
        return {scene_id: _found(scene_id, asks, read) for scene_id in wanted}

    def _asks(self, wanted: Mapping[int, Wanted]) -> Iterator[_Ask]:
        for section in self.sections:
            folders = tuple(f"{comparable(place).rstrip('/')}/" for place in section.locations)
            here = {
                scene_id: one
                for scene_id, one in wanted.items()
                if any(comparable(path).startswith(folders) for path in one.paths)
            }
            paths = [path for one in here.values() for path in one.paths]
            known = self._cache.get_many(self._cache_name(section), paths)
            for scene_id, one in here.items():
                keys = tuple(dict.fromkeys(int(known[p]) for p in one.paths if p in known))
                yield _Ask(scene_id, section, one.paths, one.is_fresh, keys, bool(keys))

    def _look_up(self, asks: list[_Ask]) -> None:
        """Find keys by asking the server: file by file, or by one listing of a library."""
        for section in self.sections:
            mine = [ask for ask in asks if ask.section.key == section.key]
            if not mine:
                continue
            age = time.monotonic() - self._listed.get(section.key, float("-inf"))
            if age < LISTING_SECONDS:
                mine = [ask for ask in mine if ask.is_fresh]
            if len(mine) <= FEW and self._file_filter_works:
                self._look_up_by_file(mine)
            if mine and (len(mine) > FEW or not self._file_filter_works):
                self._look_up_by_listing(section, mine)

    def _look_up_by_file(self, asks: Iterable[_Ask]) -> None:
        """One request a file; one that the server cannot answer is that scene's trouble."""
        failed = 0
        for ask in asks:
            try:
                self._look_up_one(ask)
            except _ONE_SCENES as error:
                ask.error = error
                failed += 1
                self._blame_server_if(failed, error)

    def _look_up_one(self, ask: _Ask) -> None:
        listed: list[ListedItem] = []
        for path in ask.paths:
            filters = {"file": _longest_piece(path)}
            page = self._client.listing(
                ask.section.key,
                type_number=type_number(ask.section),
                size=LOOKUP_SIZE,
                filters=filters,
            )
            if page.total > LOOKUP_SIZE:
                log.info("Plex ignores the filter by file; whole libraries are listed instead")
                self._file_filter_works = False
                return
            listed += page.items
        self._settle(ask, listed)

    def _look_up_by_listing(self, section: Section, asks: list[_Ask]) -> None:
        """List a library once; every path of it goes into the cache, a transaction a page."""
        waiting = {comparable(path): ask for ask in asks for path in ask.paths}
        hits: dict[int, list[ListedItem]] = {}
        for page in self._pages(section):
            pairs = [(path, str(one.rating_key)) for one in page for path in one.files]
            self._cache.set_many(self._cache_name(section), pairs)
            for one in page:
                for path in one.files:
                    ask = waiting.get(comparable(path))
                    if ask:
                        hits.setdefault(id(ask), []).append(one)
        self._listed[section.key] = time.monotonic()
        for ask in asks:
            self._settle(ask, hits.get(id(ask), []))

    def _pages(self, section: Section) -> Iterator[tuple[ListedItem, ...]]:
        start = 0
        while True:
            page = self._client.listing(
                section.key, type_number=type_number(section), start=start, size=PAGE
            )
            yield page.items
            start += page.size
            if page.size == 0 or start >= page.total:
                return

    def _settle(self, ask: _Ask, listed: Iterable[ListedItem]) -> None:
        """Note the key that a look-up decided on, or all of them when it cannot be told."""
        unique = {one.rating_key: one for one in listed}
        decision = match_files(ask.paths, [_candidate(one) for one in unique.values()])
        ask.keys = tuple(int(key) for key in decision.keys)
        if decision.kind is DecisionKind.FOUND:
            mine = {comparable(path) for path in ask.paths}
            files = [p for p in unique[ask.keys[0]].files if comparable(p) in mine]
            self._cache.set_many(
                self._cache_name(ask.section), [(path, str(ask.keys[0])) for path in files]
            )

    def _read_and_decide(self, asks: Sequence[_Ask], read: _Read) -> None:
        keys = dict.fromkeys(key for ask in asks for key in ask.keys)
        missing = [key for key in keys if key not in read.items]
        for start in range(0, len(missing), IDS_PER_READ):
            self._read(missing[start : start + IDS_PER_READ], read)
        for ask in asks:
            items = [read.items[key] for key in ask.keys if key in read.items]
            items = [_in_section(one, ask.section) for one in items if _may_be_in(one, ask.section)]
            decision = match_files(
                ask.paths, [Candidate(str(one.rating_key), "", one.files) for one in items]
            )
            chosen = tuple(one for one in items if str(one.rating_key) in decision.keys)
            is_found = decision.kind is DecisionKind.FOUND
            ask.decided, ask.undecided = (chosen, ()) if is_found else ((), chosen)

    def _read(self, keys: Sequence[int], read: _Read) -> None:
        """Read items; one that cannot be read is found by halving and fails alone."""
        try:
            read.items.update(self._client.items(keys))
        except _ONE_SCENES as error:
            if len(keys) > 1:
                middle = len(keys) // 2
                self._read(keys[:middle], read)
                self._read(keys[middle:], read)
                return
            read.broken[keys[0]] = error
            self._blame_server_if(len(read.broken), error)

    def _blame_server_if(self, failed: int, error: PlexSyncError) -> None:
        """Take trouble for the server's own, not a scene's, where more than one scene has it.

        The first one to fail asks the server for its name: one that cannot even say that is busy,
        or something else answers in its place.

        Raises:
            PlexAwayError: It is the server's.
        """
        try:
            if failed == 1:
                self._client.machine_identifier()
        except _ONE_SCENES:
            failed = POISONED
        if failed >= POISONED:
            raise PlexAwayError(f"Plex cannot answer: {error}") from error

    def _is_settled(self, ask: _Ask, read: _Read) -> bool:
        return bool(ask.decided or any(key in read.broken for key in ask.keys))

    def _drop(self, asks: Iterable[_Ask]) -> None:
        for ask in asks:
            for path in ask.paths:
                self._cache.invalidate(self._cache_name(ask.section), path)
            ask.keys, ask.is_cached, ask.is_fresh = (), False, True

    def _cache_name(self, section: Section) -> str:
        return f"{self._machine}/{section.key}"


def type_number(section: Section) -> int:
    """What a listing of the section is asked for: movies and videos, or episodes."""
    return 4 if section.type == "show" else 1


def _may_be_in(item: Item, section: Section) -> bool:
    """A key that was used again in another library is not ours; some answers name no library."""
    return item.section_key in {0, section.key}


def _in_section(item: Item, section: Section) -> Item:
    if item.section_key and item.section_uuid:
        return item
    return replace(item, section_key=section.key, section_uuid=section.uuid)


def _candidate(one: ListedItem) -> Candidate:
    return Candidate(str(one.rating_key), one.title, one.files)


def _longest_piece(path: str) -> str:
    """The file's name as the filter takes it: a comma would mean OR."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return max(name.split(","), key=len)


def _found(scene_id: int, asks: Iterable[_Ask], read: _Read) -> Found:
    mine = [ask for ask in asks if ask.scene_id == scene_id]
    items = tuple(item for ask in mine for item in ask.decided)
    broken = [read.broken[key] for ask in mine for key in ask.keys if key in read.broken]
    broken += [ask.error for ask in mine if ask.error]
    return Found(
        items=items,
        candidates=() if items else tuple(item for ask in mine for item in ask.undecided),
        is_in_a_library=bool(mine),
        error=broken[0] if broken and not items else None,
    )
