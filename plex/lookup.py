"""Finds the keys of items that no cache knows: file by file while they are few, else by a listing.

A listing fills `MatchCache` for its whole library, so it is worth its price when many are unknown.
After one, only what the library added or changed since is asked for. A path that two items hold is
kept with both keys, so that a cache never hides what the server would show.

"Not there" follows from a complete answer alone; whatever keeps us from asking is raised.
"""

from __future__ import annotations

import logging
import time
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from errors import ItemGoneError, PlexSyncError, ServerChangedError
from plex.answers import ListedItem, Page, Section
from plex.blame import ONE_SCENES, Blame
from plex.cache import MatchCache
from plex.client import PlexClient
from plex.item import Item
from plex.kept_keys import KeptKeys, SeenPaths
from plex.matcher import Candidate, DecisionKind, match_files
from plex.paths import comparable, file_name, is_windows

log = logging.getLogger("PlexSync.plex.lookup")

FEW = 8  # unknown files in one library that are looked up one by one
LISTING_SECONDS = 300.0  # a listing this young is believed about what is not in the library
PAGE = 1000
LOOKUP_SIZE = 50
LONGEST_TEXT = 1500  # bytes of a name in a request line, which servers end at 4 kB or more
_TIMES = ("addedAt", "updatedAt")
OVERLAP_SECONDS = 60  # of the server's clock, between two looks at what changed


@dataclass(slots=True)
class Ask:
    """One scene in one library: its paths, and what is known about its key so far."""

    scene_id: int
    section: Section
    paths: tuple[str, ...]  # as Plex names them, the primary one first
    is_fresh: bool  # a person waits for it
    keys: tuple[int, ...] = ()
    is_cached: bool = False  # the keys come from the cache, and the primary file's is among them
    are_kept: bool = False  # some of the keys come from the cache
    has_stale_key: bool = False  # one of the keys is gone, or holds none of the paths
    decided: tuple[Item, ...] = ()
    undecided: tuple[Item, ...] = ()
    error: PlexSyncError | None = None


@dataclass(slots=True)
class _Known:
    """What was learned of one library by listing it."""

    at: float  # `time.monotonic` of the last look
    size: int
    newest: int  # the latest change of an item, by the server's clock
    is_listed: bool  # the cache holds all of it, as of the last look


class Lookup:
    """Finds keys on one server and fills its `MatchCache`.

    Args:
        client: The server.
        machine: Its machine identifier, part of every cache key.
        match_cache: Path -> rating keys.

    Attributes:
        kept: The keys that the cache keeps.
    """

    def __init__(self, client: PlexClient, *, machine: str, match_cache: MatchCache) -> None:
        self._client = client
        self.kept = KeptKeys(match_cache, machine=machine)
        self._known: dict[int, _Known] = {}
        self._spare: dict[int, int] = {}  # look-ups that a listing would not have been cheaper than
        self._file_filter_works = True
        self._time_filter_works = True

    def find(self, section: Section, asks: Sequence[Ask]) -> None:
        """Set the keys of each ask: those of the items that hold its files.

        Args:
            section: The library.
            asks: Those in this library.

        Raises:
            ServerChangedError: The library is not there any more.
        """
        known = self._known.get(section.key)
        if known and known.is_listed and time.monotonic() - known.at < LISTING_SECONDS:
            asks = [ask for ask in asks if ask.is_fresh]
        if not asks:
            return
        try:
            left = self._by_file(asks) if self._are_few(section, asks) else asks
            if left:
                self._by_listing(section, left)
        except ItemGoneError as error:
            raise ServerChangedError(f"Plex has no library {section.title!r} any more") from error

    def _are_few(self, section: Section, asks: Sequence[Ask]) -> bool:
        """Whether looking them up one by one is cheaper than a listing, which serves all others.

        What nobody waits for comes in thousands. For what a person edited, as many look-ups are
        made as the listing has pages.
        """
        if not self._file_filter_works:
            return False
        if len(asks) <= FEW:
            return True
        if not all(ask.is_fresh for ask in asks):
            return False
        if section.key not in self._spare:
            known = self._known.get(section.key)
            size = known.size if known else self._page(section, 0, 1, {}).total
            self._spare[section.key] = size // PAGE
        self._spare[section.key] -= len(asks)
        return self._spare[section.key] >= 0

    def changes(self, section: Section) -> Iterator[ListedItem]:
        """What was added or changed since the last look; everything at the first one.

        The cache learns of it as well.
        """
        known = self._known.get(section.key)
        if known is None or not self._time_filter_works:
            yield from self._list(section)
            return
        newest, size = known.newest, known.size
        since = str(max(known.newest - OVERLAP_SECONDS, 0))
        for name in _TIMES:
            for page in self._pages(section, {f"{name}>>": since}):
                if page.total >= size and page.total > PAGE and not self._times_count(section):
                    yield from self._list(section)
                    return
                self.kept.learn(section, page.items)
                yield from page.items
                newest = max([newest, *(one.changed_at for one in page.items)])
        self._known[section.key] = _Known(time.monotonic(), size, newest, known.is_listed)

    def mark(self, section: Section, newest: int) -> None:
        """Go on from an earlier process's look: what changed up to then is known."""
        self._known.setdefault(section.key, _Known(float("-inf"), PAGE, newest, False))

    def newest(self, section: Section) -> int:
        """When the library changed last, by the server's clock; asked for where it is not known."""
        known = self._known.get(section.key)
        if known is None:
            newest = 0
            for name in _TIMES:
                page = self._page(section, 0, 1, {"sort": f"{name}:desc"})
                newest = max([newest, *(one.changed_at for one in page.items)])
            known = self._known[section.key] = _Known(float("-inf"), page.total, newest, False)
        return known.newest

    def files_named(self, section: Section, names: Sequence[str]) -> tuple[list[str], bool]:
        """Files that carry one of some names, in one request.

        Args:
            section: The library.
            names: Without commas, which mean OR.

        Returns:
            The files, and whether the answer was complete.
        """
        page = self._page(section, 0, PAGE, {"file": ",".join(names)})
        files = [path for one in page.items for path in one.files]
        return files, page.total <= PAGE

    def all_files(self, section: Section) -> Iterator[str]:
        """Every file of a library, which the cache learns on the way."""
        for one in self._list(section):
            yield from one.files

    def _by_file(self, asks: Sequence[Ask]) -> list[Ask]:
        """Look up file by file; the asks that only a listing can answer."""
        left = []
        blame = Blame(self._client)
        for ask in asks:
            try:
                if not self._file_filter_works or not self._look_up(ask):
                    left.append(ask)
            except ONE_SCENES as error:
                ask.error = error
                blame.count(error)
        return left

    def _look_up(self, ask: Ask) -> bool:
        """Look one scene up by its files' names; False where that cannot tell."""
        listed: list[ListedItem] = []
        for path in ask.paths:
            for text in _texts(path):
                page = self._page(ask.section, 0, LOOKUP_SIZE, {"file": text})
                if page.total > LOOKUP_SIZE:
                    self._see_whether_it_filters(ask.section)
                    return False
                listed += page.items
        missing = [path for path in ask.paths if not any(_holds(one, path) for one in listed)]
        # Another spelling than any we asked for may stand in Plex, and the primary file decides.
        odd = [path for path in missing if is_windows(path) or not path.isascii()]
        if odd and (ask.paths[0] in odd or len(missing) == len(ask.paths)):
            return False
        self._settle(ask, listed)
        return True

    def _see_whether_it_filters(self, section: Section) -> None:
        """A name that no file has finds everything where the filter is not known."""
        if self._page(section, 0, 1, {"file": uuid.uuid4().hex}).total:
            log.info("Plex ignores the filter by file; whole libraries are listed instead")
            self._file_filter_works = False

    def _times_count(self, section: Section) -> bool:
        """Whether the server knows the filter by time: nothing changes in the far future."""
        if self._page(section, 0, 1, {"updatedAt>>": "32503680000"}).total:
            log.info("Plex ignores the filter by time; whole libraries are listed instead")
            self._time_filter_works = False
        return self._time_filter_works

    def _by_listing(self, section: Section, asks: Sequence[Ask]) -> None:
        """List the library, or only what changed since the last listing, and settle every ask."""
        waiting: dict[str, list[Ask]] = {}
        for ask in asks:
            for path in ask.paths:
                waiting.setdefault(comparable(path), []).append(ask)
        hits: dict[int, list[ListedItem]] = {}
        known = self._known.get(section.key)
        # What this process listed is in the cache, so only what changed since can be elsewhere.
        is_enough = known is not None and known.is_listed
        for one in self.changes(section) if is_enough else self._list(section):
            for path in one.files:
                for ask in waiting.get(comparable(path), ()):
                    hits.setdefault(id(ask), []).append(one)
        for ask in asks:
            found = hits.get(id(ask), [])
            if is_enough:  # what changed adds to what the cache knows
                ask.keys = tuple(dict.fromkeys([*ask.keys, *(one.rating_key for one in found)]))
            else:
                self._settle(ask, found)

    def _list(self, section: Section) -> Iterator[ListedItem]:
        """The whole library, a page at a time; the cache learns each page in one transaction."""
        seen = SeenPaths()
        newest = total = 0
        for page in self._pages(section, {}):
            self.kept.learn(section, page.items, seen)
            yield from page.items
            total = page.total
            newest = max([newest, *(one.changed_at for one in page.items)])
        self._known[section.key] = _Known(time.monotonic(), total, newest, True)

    def _pages(self, section: Section, filters: Mapping[str, str]) -> Iterator[Page]:
        start = 0
        while True:
            page = self._page(section, start, PAGE, filters)
            yield page
            start += page.size
            if page.size == 0 or start >= page.total:
                return

    def _page(self, section: Section, start: int, size: int, filters: Mapping[str, str]) -> Page:
        return self._client.listing(
            section.key, type_number=type_number(section), start=start, size=size, filters=filters
        )

    def _settle(self, ask: Ask, listed: Iterable[ListedItem]) -> None:
        """Note the key that a look-up decided on, or all of them when it cannot be told."""
        unique = {one.rating_key: one for one in listed}
        decision = match_files(ask.paths, [_candidate(one) for one in unique.values()])
        ask.keys = tuple(int(key) for key in decision.keys)
        ask.are_kept = False
        for path in ask.paths:
            holding = [one.rating_key for one in unique.values() if _holds(one, path)]
            if holding:
                self.kept.keep(ask.section, path, holding)
        if decision.kind is DecisionKind.NONE:
            log.debug("no item of %s holds %s", ask.section.title, ask.paths)


def type_number(section: Section) -> int:
    """What a listing of the section is asked for: movies and videos, or episodes."""
    return 4 if section.type == "show" else 1


def _candidate(one: ListedItem) -> Candidate:
    return Candidate(str(one.rating_key), one.title, one.files)


def _holds(one: ListedItem, path: str) -> bool:
    wanted = comparable(path)
    return any(comparable(file) == wanted for file in one.files)


def _texts(path: str) -> tuple[str, ...]:
    """What the filter by file is asked for: the name as it may be spelled, without commas.

    A comma would mean OR, so the longest piece between two stands for the name. The filter finds
    any part of a path, so a name that is too long for a request line is asked for by its beginning.
    """
    name = max(file_name(path).split(","), key=len)
    forms = [name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))]
    return tuple(dict.fromkeys(map(_beginning, forms)))


def _beginning(text: str) -> str:
    """As much of a text as a request line takes beside all else."""
    length = 0
    for index, sign in enumerate(text):
        length += len(quote(sign))
        if length > LONGEST_TEXT:
            return text[:index]
    return text
