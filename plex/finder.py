"""Finds the items of a batch of scenes, at the price of one read when their keys are known.

Paths that are known cost nothing beyond the batch's own read of full items, which verifies every
key against the full path. `plex.lookup` finds what is unknown. A key that turns out stale is looked
up again within the same call. `plex.matcher.match_files` decides, here as in the single-scene API.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from errors import ItemGoneError, PlexSyncError, ServerChangedError
from plex.answers import Section
from plex.blame import ONE_SCENES, Blame
from plex.cache import MatchCache
from plex.client import IDS_PER_READ, PlexClient
from plex.item import Item
from plex.lookup import Ask, Lookup
from plex.matcher import Candidate, DecisionKind, match_files
from plex.paths import comparable

log = logging.getLogger("PlexSync.plex.finder")


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
        sections: The chosen libraries that have its folder at all.
        error: It could not be asked for, or not be read: nothing is known.
    """

    items: tuple[Item, ...] = ()
    candidates: tuple[Item, ...] = ()
    sections: tuple[Section, ...] = ()
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
        match_cache: Path -> rating keys.

    Attributes:
        sections: The chosen libraries.
        lookup: Finds what the cache does not know.
        also_read: The further items that the last `find` was asked to read.
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
        self.lookup = Lookup(client, machine=machine, match_cache=match_cache)
        self.also_read: tuple[Item, ...] = ()
        self._uuids_agree = True

    def find(self, wanted: Mapping[int, Wanted], *, also: Sequence[int] = ()) -> dict[int, Found]:
        """Find the items of each scene, read in full and verified by path.

        Args:
            wanted: What is looked for, by scene.
            also: Items that are read in the same request; see `also_read`.

        Raises:
            WaitError: Plex cannot be asked; nothing was forgotten.
            ServerChangedError: Another server answers than the one that was connected to.
        """
        asks = list(self._asks(wanted))
        read = _Read()
        self._look_up([ask for ask in asks if not ask.is_cached])
        self._read_and_decide(asks, read, also=also)
        self.also_read = tuple(read.items[key] for key in also if key in read.items)
        stale = self._stale(asks, read)
        if stale:
            self._see_who_answers()
            self._take_kept_anew(stale)  # a listing for the others may have mended them
            self._read_and_decide(stale, read)
            stale = self._stale(stale, read)
            self._drop(stale, read)
            self._look_up(stale)
            self._read_and_decide(stale, read)
        return {scene_id: _found(scene_id, asks, read) for scene_id in wanted}

    def _asks(self, wanted: Mapping[int, Wanted]) -> Iterator[Ask]:
        for section in self.sections:
            folders = tuple(f"{comparable(place).rstrip('/')}/" for place in section.locations)
            here = {
                scene_id: one
                for scene_id, one in wanted.items()
                if any(comparable(path).startswith(folders) for path in one.paths)
            }
            paths = [path for one in here.values() for path in one.paths]
            known = self.lookup.kept.of(section, paths)
            for scene_id, one in here.items():
                keys = dict.fromkeys(key for path in one.paths for key in known.get(path, ()))
                yield Ask(
                    scene_id,
                    section,
                    one.paths,
                    one.is_fresh,
                    keys=tuple(keys),
                    # The primary file decides, so a cache that knows others alone knows nothing.
                    is_cached=one.paths[0] in known,
                    are_kept=bool(keys),
                )

    def _look_up(self, asks: Sequence[Ask]) -> None:
        for section in self.sections:
            mine = [ask for ask in asks if ask.section.key == section.key]
            if mine:
                self.lookup.find(section, mine)

    def _read_and_decide(
        self, asks: Sequence[Ask], read: _Read, *, also: Sequence[int] = ()
    ) -> None:
        keys = dict.fromkeys([*(key for ask in asks for key in ask.keys), *also])
        missing = [key for key in keys if key not in read.items and key not in read.broken]
        blame = Blame(self._client)
        for start in range(0, len(missing), IDS_PER_READ):
            self._read(missing[start : start + IDS_PER_READ], read, blame)
        for ask in asks:
            items = [read.items[key] for key in ask.keys if key in read.items]
            items = [
                _in_section(one, ask.section) for one in items if self._may_be_in(one, ask.section)
            ]
            decision = match_files(
                ask.paths, [Candidate(str(one.rating_key), "", one.files) for one in items]
            )
            chosen = tuple(one for one in items if str(one.rating_key) in decision.keys)
            is_found = decision.kind is DecisionKind.FOUND
            ask.decided, ask.undecided = (chosen, ()) if is_found else ((), chosen)
            holding = {one.rating_key for one in items if _holds_any(one, ask.paths)}
            ask.has_stale_key = any(
                key not in holding and key not in read.broken for key in ask.keys
            )

    def _read(self, keys: Sequence[int], read: _Read, blame: Blame) -> None:
        """Read items; one that cannot be read is found by halving and fails alone."""
        try:
            read.items.update(self._client.items(keys))
        except (*ONE_SCENES, ItemGoneError) as error:
            if len(keys) > 1:
                middle = len(keys) // 2
                self._read(keys[:middle], read, blame)
                self._read(keys[middle:], read, blame)
                return
            read.broken[keys[0]] = error
            blame.count(error)

    def _stale(self, asks: Iterable[Ask], read: _Read) -> list[Ask]:
        return [ask for ask in asks if ask.are_kept and not self._is_settled(ask, read)]

    def _take_kept_anew(self, asks: Iterable[Ask]) -> None:
        for ask in asks:
            known = self.lookup.kept.of(ask.section, ask.paths)
            ask.keys = tuple(
                dict.fromkeys(key for path in ask.paths for key in known.get(path, ()))
            )

    def _is_settled(self, ask: Ask, read: _Read) -> bool:
        """One kept key that is stale makes the whole answer doubtful: its file may be elsewhere."""
        is_known = (ask.decided or ask.undecided) and not ask.has_stale_key
        return bool(is_known or any(key in read.broken for key in ask.keys))

    def _see_who_answers(self) -> None:
        """Keys that are gone may mean that the server was set up anew.

        Raises:
            ServerChangedError: It has another name than when it was connected to.
        """
        if self._client.machine_identifier() != self._machine:
            raise ServerChangedError("Plex is another server than before")

    def _may_be_in(self, item: Item, section: Section) -> bool:
        """A key that was used again in another library is not ours; some answers name no library.

        Raises:
            ServerChangedError: The library of that number is another one than was connected to.
        """
        is_here = item.section_key == section.key
        if is_here and self._uuids_agree and item.section_uuid not in {"", section.uuid}:
            now = {one.key: one.uuid for one in self._client.sections()}
            if now.get(section.key) != section.uuid:
                raise ServerChangedError(f"Plex has another library in place of {section.title!r}")
            self._uuids_agree = False  # this server gives items another uuid than libraries
        return is_here or not item.section_key

    def _drop(self, asks: Iterable[Ask], read: _Read) -> None:
        """Forget the keys that are stale; those that hold a file of the scene stay."""
        for ask in asks:
            left: dict[int, None] = {}
            for path in ask.paths:
                held = [
                    k for k in ask.keys if k in read.items and _holds_any(read.items[k], [path])
                ]
                self.lookup.kept.keep(ask.section, path, held)
                left.update(dict.fromkeys(held))
            ask.keys, ask.is_cached, ask.is_fresh = tuple(left), False, True


def _holds_any(item: Item, paths: Iterable[str]) -> bool:
    wanted = {comparable(path) for path in paths}
    return any(comparable(file) in wanted for file in item.files)


def _in_section(item: Item, section: Section) -> Item:
    if item.section_key and item.section_uuid:
        return item
    return replace(item, section_key=section.key, section_uuid=section.uuid)


def _found(scene_id: int, asks: Iterable[Ask], read: _Read) -> Found:
    mine = [ask for ask in asks if ask.scene_id == scene_id]
    items = tuple(item for ask in mine for item in ask.decided)
    broken = [read.broken[key] for ask in mine for key in ask.keys if key in read.broken]
    broken += [ask.error for ask in mine if ask.error]
    return Found(
        items=items,
        candidates=() if items else tuple(item for ask in mine for item in ask.undecided),
        sections=tuple(ask.section for ask in mine),
        error=broken[0] if broken and not items else None,
    )
