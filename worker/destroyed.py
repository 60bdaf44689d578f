"""What becomes in Plex of scenes that Stash does not have any more.

By default nothing: the item is left as it is. By choice what we wrote is undone, if the item is
still that scene's in the ledger and no other scene has its file: a scene that was merged, or made
anew under another id, speaks for its item itself. Many at once are no destruction but an emptied or
swapped database; they wait for a person.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from mirror.ledger import Ledger, SceneState
from mirror.paths import PathMapping
from stash.client import StashClient
from sync_queue.jobs import Job
from worker.plan import Verdict

log = logging.getLogger("PlexSync.worker")

AT_ONCE_SECONDS = 3600.0
MANY = 20  # scenes gone within that time, and
MUCH = 0.05  # of all scenes that are known
HELD = "held"  # the code of scenes that wait for a person


class Destroyed:
    """Decides for the destroyed scenes of one batch.

    Args:
        ledger: Knows what was written for them.
        stash: Knows whether another scene has their files.
        mapping: Leads from Plex's paths to Stash's.
        undo: A person chose that what we wrote is undone.
    """

    def __init__(
        self, ledger: Ledger, stash: StashClient, mapping: PathMapping, *, undo: bool
    ) -> None:
        self._ledger = ledger
        self._stash = stash
        self._mapping = mapping
        self._undo = undo
        self._orphaned: set[int] = set()
        self._gone = 0  # within the time, with those of this batch; 0 where that is not too many

    def look(self, scene_ids: Sequence[int], *, now: float) -> None:
        """Ask Stash once whether other scenes have the files of these; `now` is in Unix seconds.

        Raises:
            WaitError: Stash cannot be asked.
        """
        if not self._undo or not scene_ids:
            return
        gone, known = self._ledger.gone_since(now - AT_ONCE_SECONDS)
        states = self._ledger.scenes(scene_ids).values()
        gone += sum(1 for one in states if one.state != "gone")
        self._gone = gone if gone > MANY and gone >= MUCH * known else 0
        files = {
            scene_id: [self._mapping.to_stash(one.part) for one in self._ledger.items_of(scene_id)]
            for scene_id in scene_ids
        }
        asked = list(dict.fromkeys(path for paths in files.values() for path in paths))
        held = self._stash.scenes_with_files(asked) if asked else {}
        self._orphaned = {
            scene_id
            for scene_id, paths in files.items()
            if paths and not any(held[path] for path in paths)
        }

    def verdict(self, job: Job) -> Verdict:
        """What to do about one of them."""
        if job.scene_id not in self._orphaned:
            return _gone(job, "not in Stash any more")
        if self._gone:
            text = (
                f"{self._gone} scenes vanished from Stash within an hour, so nothing of this "
                "one is undone in Plex; if that is right, undo the destroyed ones"
            )
            log.warning("scene %d: %s", job.scene_id, text)
            return _gone(job, text, code=HELD)
        return Verdict(job=job, kind="undo", text="not in Stash any more")


def _gone(job: Job, text: str, *, code: str = "") -> Verdict:
    state = SceneState(scene_id=job.scene_id, state="gone", code=code, message=text)
    return Verdict(job=job, kind="gone", text=text, state=state)
