"""Notices what changed in Plex: one small request in half a minute while anything rests.

A library's `contentChangedAt` moves with every change. When it moved, the items that were added or
changed since are compared with the paths of the resting scenes, which are never asked one by one,
and with the items that we wrote. While nothing rests, the look at those is enough, less often. The
marks are kept in the ledger, so that a worker goes on where the last one was.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mirror.ledger import Ledger
from plex.answers import Section
from plex.client import IDS_PER_READ
from plex.paths import comparable
from plex.server import Server

log = logging.getLogger("PlexSync.worker")

LOOK_SECONDS = 30.0
OWN_SECONDS = 100.0  # while nothing rests
ASKING_SECONDS = 10.0  # asking the ledger at each turn is a third of what an idle worker costs
UNCLEAR_SECONDS = 300.0  # our own writes move the counter too, and these are asked one by one
_META = "plex_marks"
_BY_PATH = ("not_scanned", "no_library", "no_mapping")
_BY_ITEM = ("ambiguous", "merged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Some of what changed in Plex.

    Attributes:
        woken: Scenes that may rest no longer, or whose file is in another item now.
        owned: Rating keys of changed items that we wrote.
        is_other: The chosen libraries or their folders are other ones, so that the server has to
            be connected anew.
    """

    woken: tuple[int, ...] = ()
    owned: tuple[int, ...] = ()
    is_other: bool = False


class Watch:
    """Looks now and then whether something rests no longer.

    Args:
        ledger: Knows what rests, and keeps the marks.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._looked = float("-inf")
        self._asked = float("-inf")  # whether anything rests
        self._asked_unclear = float("-inf")

    def is_due(self) -> bool:
        """Whether it is time and there is anything to look for."""
        moment = time.monotonic()
        since = moment - self._looked
        if since < LOOK_SECONDS:
            return False
        if since < OWN_SECONDS:
            if moment - self._asked < ASKING_SECONDS:
                return False
            self._asked = moment
            if not self._ledger.all_resting():
                return False
        self._looked = moment
        return bool(self._ledger.all_resting()) or not self._ledger.is_empty()

    def look_soon(self) -> None:
        """Somebody came to look: do not make them wait."""
        self._looked = float("-inf")

    def look(self, server: Server) -> Iterator[Noticed]:
        """Ask Plex what changed, a part of it at a time.

        After a first sync that may be a whole library, which is never held at once. The marks move
        when the last part was taken, so that a worker that is killed before looks again.

        Raises:
            WaitError: Plex cannot be asked.
        """
        sections = server.client.sections()
        if not server.is_as_before(sections):
            yield Noticed(woken=tuple(self._ledger.all_resting()), is_other=True)
            return
        now = {one.key: one.content_changed_at for one in sections}
        marks = self._marks(server.machine)
        is_changed = False
        for section in server.finder.sections:
            counter = now[section.key]
            old = marks.get(section.key)
            if old and old[0] == counter:
                continue
            is_changed = True
            if old:
                server.finder.lookup.mark(section, old[1])
                yield from self._compare(server, section)
            else:  # nobody looked before: all that rests is compared once
                yield Noticed(woken=tuple(self._ledger.all_resting()))
            marks[section.key] = (counter, server.finder.lookup.newest(section))
        if is_changed:
            yield Noticed(woken=tuple(self._unclear()))
            self._keep(server.machine, marks)

    def _compare(self, server: Server, section: Section) -> Iterator[Noticed]:
        """Sort what changed: files that something rests for, and items of ours."""
        resting: dict[str, list[int]] = {}
        for state in self._ledger.resting_because(*_BY_PATH):
            for path in state.paths:
                resting.setdefault(comparable(path), []).append(state.scene_id)
        woken: dict[int, None] = {}
        owned: dict[int, None] = {}
        for item in server.finder.lookup.changes(section):
            for path in item.files:
                woken.update(dict.fromkeys(resting.pop(comparable(path), ())))
                for scene_id, key in self._ledger.writers_of_part(server.machine, path):
                    if key == item.rating_key:
                        owned[key] = None
                    else:  # removed and added again, or moved to another item
                        woken[scene_id] = None
            if len(owned) >= IDS_PER_READ or len(woken) >= IDS_PER_READ:
                yield Noticed(woken=tuple(woken), owned=tuple(owned))
                woken, owned = {}, {}
        yield Noticed(woken=tuple(woken), owned=tuple(owned))

    def _unclear(self) -> Sequence[int]:
        """Scenes whose items a person may have merged, split or removed."""
        if time.monotonic() - self._asked_unclear < UNCLEAR_SECONDS:
            return []
        self._asked_unclear = time.monotonic()
        return [one.scene_id for one in self._ledger.resting_because(*_BY_ITEM)]

    def _marks(self, machine: str) -> dict[int, tuple[str, int]]:
        kept = json.loads(self._ledger.get_meta(_META) or "{}")
        if kept.get("machine") != machine:
            return {}
        return {int(key): (counter, newest) for key, (counter, newest) in kept["marks"].items()}

    def _keep(self, machine: str, marks: dict[int, tuple[str, int]]) -> None:
        self._ledger.set_meta(_META, json.dumps({"machine": machine, "marks": marks}))
