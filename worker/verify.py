"""Looks whether Plex shows what it was sent: a 200 proves nothing.

A few items of each batch are read again with the next batch's own read, so that proof costs no
request; a run ends with one read of its own. A field that does not show what was sent is sent once
more; after that it is named to a person and not tried for ever. A sample older than a minute proves
nothing, for a person may have changed the item since.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mirror.ledger import Ledger
from mirror.limits import not_taken
from mirror.records import Event
from plex.item import Item, Tag
from worker.plan import Target

log = logging.getLogger("PlexSync.worker")

SAMPLES = 3  # a batch
OLD_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    scene_id: int
    at: float  # `time.monotonic`
    scalars: Mapping[str, str]
    lists: Mapping[str, tuple[Tag, ...]]


class Verifier:
    """Remembers samples until they were read again.

    Args:
        ledger: Where a field that was not taken is noted.

    Attributes:
        again: Scenes to be written once more; the caller empties it.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._samples: dict[int, _Sample] = {}
        self._missed: dict[int, dict[str, str]] = {}
        self.again: list[int] = []

    @property
    def keys(self) -> tuple[int, ...]:
        """The rating keys that wait to be read again."""
        now = time.monotonic()
        self._samples = {k: one for k, one in self._samples.items() if now - one.at < OLD_SECONDS}
        return tuple(self._samples)

    def sample(self, scene_id: int, target: Target, cut: Mapping[str, str]) -> None:
        """Remember one write, unless there are enough."""
        key, edit = target.item.rating_key, target.edit
        self._samples.pop(key, None)  # it was written anew, the older sample is no proof
        is_doubtful = key in self._missed
        if not edit or (len(self._samples) >= SAMPLES and not is_doubtful):
            return
        self._samples[key] = _Sample(
            scene_id=scene_id,
            at=time.monotonic(),
            scalars={name: cut.get(name, value) for name, value in edit.scalars.items()},
            lists={name: one.final for name, one in edit.tags.items() if name not in cut},
        )

    def drop(self, rating_keys: Iterable[int]) -> None:
        """These items were written otherwise since."""
        for key in rating_keys:
            self._samples.pop(key, None)

    def forget(self) -> None:
        """Another server answers: what was sent to the one before says nothing."""
        self._samples.clear()
        self._missed.clear()

    def look(self, items: Iterable[Item], *, now: float) -> None:
        """Compare what was read with what was written."""
        for item in items:
            sample = self._samples.pop(item.rating_key, None)
            if sample is None:
                continue
            wrong = not_taken(sample.scalars, sample.lists, item)
            missed = self._missed.pop(item.rating_key, {})
            if wrong and wrong == missed:
                self._report(sample.scene_id, item.rating_key, wrong, now)
            elif wrong:
                self._missed[item.rating_key] = wrong
                self.again.append(sample.scene_id)

    def _report(self, scene_id: int, key: int, wrong: dict[str, str], now: float) -> None:
        names = ", ".join(wrong)
        text = (
            f"Plex took the edit of item {key} but does not show {names} as written; it is not "
            f"tried again until Stash's value changes"
        )
        log.warning("scene %d: %s", scene_id, text)
        state = self._ledger.scene(scene_id)
        event = Event(at=now, scene_id=scene_id, kind="not_taken", text=text)
        if state:
            refused = {**state.detail.refused, **wrong}
            state = replace(state, detail=replace(state.detail, refused=refused), message=text)
        self._ledger.set_scenes([state] if state else [], now=now, events=[event])
