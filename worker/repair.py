"""Sees to items of ours that Plex changed under us.

A person's edit is treated as the policy says, what an agent overwrote is written again. Our own
writes move the same counters; they are read once more, found to stand, and start nothing. What is
overwritten three times a day is left alone, with a word about the setting that does it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from mirror.drift import drifted, who_overwrites
from mirror.ledger import Ledger, SceneState
from mirror.policy import Policy
from mirror.records import Event
from mirror.written import Written
from plex.client import IDS_PER_READ
from plex.item import Item
from plex.server import Server
from worker.foreign import is_foreign, say

log = logging.getLogger("PlexSync.worker")

MOST_A_DAY = 3
DAY_SECONDS = 24 * 3600.0
_META = "repairs"


class Repairs:
    """Compares changed items with what was written to them.

    Args:
        ledger: Knows what was written, and how often it was repaired today.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def look(self, server: Server, keys: Sequence[int], policy: Policy, *, now: float) -> list[int]:
        """The scenes to write again, of some items that changed.

        Args:
            server: The connected Plex server.
            keys: Rating keys of items that the ledger knows.
            policy: Who wins.
            now: Unix seconds.

        Raises:
            WaitError: Plex cannot be asked.
        """
        again: dict[int, None] = {}
        for start in range(0, len(keys), IDS_PER_READ):
            some = keys[start : start + IDS_PER_READ]
            items = server.client.items(some)
            known = self._ledger.known_items(server.machine, some)
            states = self._ledger.scenes(scene_id for _, scene_id in known.writers())
            for item_id, scene_id in known.writers():
                item, state = items.get(item_id.rating_key), states.get(scene_id)
                if not (item and state) or item_id.part not in item.files:
                    continue
                try:
                    written = known.written(item_id)
                    if written and self._is_to_repair(server, item, state, written, policy, now):
                        again[scene_id] = None
                except Exception as error:
                    if not is_foreign(error):
                        raise
                    say(scene_id, error)
        return list(again)

    def _is_to_repair(
        self,
        server: Server,
        item: Item,
        state: SceneState,
        written: Written,
        policy: Policy,
        now: float,
    ) -> bool:
        if state.state != "in_step":
            return False
        names = drifted(item, written, policy, refused=state.detail.refused)
        if not names:
            return False
        titles = {one.key: one.title for one in server.finder.sections}
        return self._count(state, names, titles.get(item.section_key, ""), now)

    def _count(self, state: SceneState, names: Sequence[str], library: str, now: float) -> bool:
        """Count one repair; False where there were too many today."""
        kept: dict[str, list[float]] = json.loads(self._ledger.get_meta(_META) or "{}")
        young = {
            scene: [at for at in times if 0 <= now - at < DAY_SECONDS]
            for scene, times in kept.items()
        }
        mine = young.setdefault(str(state.scene_id), [])
        told = ", ".join(names)
        if len(mine) > MOST_A_DAY:
            return False
        mine.append(now)
        self._ledger.set_meta(_META, json.dumps({k: v for k, v in young.items() if v}))
        if len(mine) <= MOST_A_DAY:
            text = f"{told} changed in Plex and is written again"
            log.info("scene %d: %s", state.scene_id, text)
            self._note(state.scene_id, "repaired", text, now)
            return True
        text = (
            f"{told} was overwritten in Plex {MOST_A_DAY} times today and is left alone until "
            f"tomorrow; {who_overwrites(names, library)}"
        )
        log.warning("scene %d: %s", state.scene_id, text)
        self._note(state.scene_id, "overwritten", text, now)
        return False

    def _note(self, scene_id: int, kind: str, text: str, now: float) -> None:
        event = Event(at=now, scene_id=scene_id, kind=kind, text=text)
        self._ledger.set_scenes([], now=now, events=[event])
