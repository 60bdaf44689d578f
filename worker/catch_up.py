"""Finds the changes that no hook told: one light query a minute while the worker lives.

Everything whose `updated_at` moved since the last look is compared with what the ledger knows, so
that only what was missed becomes a job. The cursor moves only after its scenes are in the queue; a
kill in between repeats the look. What changed before the first worker started is no business of
the catch-up: that is the first "Sync all".
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from mirror.ledger import Ledger
from stash.changes import Change
from stash.client import StashClient

OVERLAP = timedelta(minutes=2)  # for transactions that take a while
# Twice a year the offset of Stash's clock changes, and `updated_at` is compared as text. A look
# that far back every minute would read a whole bulk edit again and again for two hours.
LONG_OVERLAP = timedelta(hours=2)
LONG_SECONDS = 3600.0
SECOND = 1.5  # a second and a little, for clocks that differ
_META = "catch_up"
_EPOCH = datetime.fromtimestamp(0, tz=timezone.utc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What no hook told.

    Attributes:
        scenes: Scenes that changed themselves.
        objects: Performers, studios, tags and groups, by kind.
        seen: All of it, for `CatchUp.done`.
        newest: Stash's own string; the next look begins there.
    """

    scenes: tuple[int, ...]
    objects: dict[str, tuple[int, ...]]
    seen: tuple[Change, ...]
    newest: str


class CatchUp:
    """Knows since when to look, and what was seen already.

    Args:
        ledger: Keeps the cursor.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._looked = float("-inf")
        self._looked_far = float("-inf")

    def is_due(self, *, every_seconds: float) -> bool:
        """Whether it is time for another look."""
        return time.monotonic() - self._looked >= every_seconds

    def look_soon(self) -> None:
        """Somebody came to look: do not make them wait for a minute."""
        self._looked = float("-inf")

    def look(self, stash: StashClient, *, now: float) -> Missed:
        """Ask Stash what changed; `done` has to be called once it is in the queue.

        Args:
            stash: Where to ask.
            now: Unix seconds.

        Raises:
            WaitError: Stash cannot be asked.
        """
        floor, newest = self._cursor()
        if not newest:
            self._begin(stash, now)
            self._looked = time.monotonic()
            return Missed(scenes=(), objects={}, seen=(), newest="")
        is_far = time.monotonic() - self._looked_far >= LONG_SECONDS
        since = earlier(newest, LONG_OVERLAP if is_far else OVERLAP)
        changes = [
            one for one in stash.changed_since(since) if moment(one.updated_at) >= moment(floor)
        ]
        self._looked = time.monotonic()
        self._looked_far = self._looked if is_far else self._looked_far
        missed = self._unseen(changes, floor)
        objects: dict[str, tuple[int, ...]] = {}
        for one in missed:
            if one.kind != "Scene":
                objects[one.kind] = (*objects.get(one.kind, ()), one.id)
        return Missed(
            scenes=tuple(one.id for one in missed if one.kind == "Scene"),
            objects=objects,
            seen=tuple(missed),
            newest=max([newest, *(one.updated_at for one in changes)], key=moment),
        )

    def done(self, missed: Missed, *, now: float) -> None:
        """Everything that was missed is in the queue; `now` is in Unix seconds."""
        floor, newest = self._cursor()
        if not missed.newest or (missed.newest == newest and not missed.seen):
            return
        self._note(missed.seen, now)
        self._ledger.seen.forget_before((moment(missed.newest) - 2 * LONG_OVERLAP).timestamp())
        self._keep(floor, missed.newest)

    def _begin(self, stash: StashClient, now: float) -> None:
        """The first look of all: remember now, ask for nothing."""
        newest = max([one.updated_at for one in stash.newest_changes()], key=moment, default="")
        if newest:
            # What changed in that very second is old, unless the second is not over yet.
            self._note(stash.changed_since(earlier(newest, timedelta(seconds=1))), now)
            self._keep(newest, newest)

    def _note(self, changes: Iterable[Change], now: float) -> None:
        """Remember what was dealt with, but for what may change again within its second."""
        self._ledger.seen.note(
            (one.kind, one.id, one.updated_at, moment(one.updated_at).timestamp())
            for one in changes
            if settled(one.updated_at, now=now)
        )

    def _unseen(self, changes: Sequence[Change], floor: str) -> list[Change]:
        """Those that neither a sync nor an earlier look has dealt with.

        The floor's own second went on after the first look. Of its scenes only those count that
        were synced: the others were there before, and nobody asked for them.
        """
        scenes = self._ledger.scenes(one.id for one in changes if one.kind == "Scene")
        unknown = [
            one
            for one in changes
            if not (
                one.kind == "Scene"
                and (
                    scenes[one.id].updated_at == one.updated_at
                    if one.id in scenes
                    else moment(one.updated_at) == moment(floor)
                )
            )
        ]
        seen = self._ledger.seen.of((one.kind, one.id) for one in unknown)
        return [one for one in unknown if seen.get((one.kind, one.id)) != one.updated_at]

    def _cursor(self) -> tuple[str, str]:
        """Since when this worker's data folder is there, and how far was looked."""
        raw = self._ledger.get_meta(_META)
        if not raw:
            return "", ""
        kept = json.loads(raw)
        return kept["floor"], kept["newest"]

    def _keep(self, floor: str, newest: str) -> None:
        self._ledger.set_meta(_META, json.dumps({"floor": floor, "newest": newest}))


def settled(updated_at: str, *, now: float) -> str:
    """What the ledger keeps of a scene's `updated_at`: nothing while its second is not over.

    It has whole seconds. Another edit within the same one would not move it, so the scene is looked
    at once more by the next catch-up.

    Args:
        updated_at: Stash's own string.
        now: Unix seconds.
    """
    return updated_at if now - moment(updated_at).timestamp() > SECOND else ""


def moment(text: str) -> datetime:
    """A moment in Stash's own words, such as 2026-11-21T04:48:46Z; long ago if it is none."""
    try:
        at = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        return _EPOCH
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


def earlier(text: str, by: timedelta) -> str:
    """The same moment `by` earlier, in the same words and offset.

    Args:
        text: RFC 3339 as Stash writes it.
        by: How much earlier.
    """
    told = (moment(text) - by).replace(microsecond=0).isoformat()
    return told.replace("+00:00", "Z") if text.endswith("Z") else told
