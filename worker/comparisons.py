"""When every scene is compared with the ledger, besides when a person asks for it.

After a changed setting, after a lost file, and once a day: some changes neither move `updated_at`
nor fire a hook, such as a file that was moved. Before "Sync all" was asked for the first time there
is no full comparison; until then only what changes is looked at.
"""

from __future__ import annotations

import time

from mirror.ledger import Ledger
from sync_queue.jobs import JobQueue, Priority
from worker.modes import ALL_SCENES, COMPARE
from worker.runs import Runs
from worker.settings import Settings, content_print

FIRST_SYNC = "first_sync_all"  # the ledger's note that "Sync all" was asked for once
DAY_SECONDS = 24 * 3600.0
_CONTENT_PRINT = "content_print"
_COMPARED = "compared"


class Comparisons:
    """Begins comparisons of all scenes.

    Args:
        ledger: Knows what was last asked for.
        runs: Where they begin.
        queue: Where resting scenes go.
        is_incomplete: A damaged file was set aside, so jobs or knowledge may be missing.
    """

    def __init__(self, ledger: Ledger, runs: Runs, queue: JobQueue, *, is_incomplete: bool) -> None:
        self._ledger = ledger
        self._runs = runs
        self._queue = queue
        self._is_incomplete = is_incomplete

    def take_settings(self, settings: Settings, now: float) -> None:
        """Start what changed settings, or a lost file, ask for; `now` is in Unix seconds."""
        print_ = content_print(settings)
        before = self._ledger.get_meta(_CONTENT_PRINT)
        is_changed = before is not None and before != print_
        if self._was_first_sync_asked() and (is_changed or self._is_incomplete):
            self._begin(COMPARE, now)
        elif self._is_incomplete:
            self._begin("sync_recent", now)
        self._is_incomplete = False
        if is_changed:
            self.wake_resting(now)
        if before != print_:
            self._ledger.set_meta(_CONTENT_PRINT, print_)

    def daily(self, now: float) -> None:
        """Start the comparison of the day, if none of any kind was begun for so long."""
        if not self._was_first_sync_asked():
            return
        last = float(self._ledger.get_meta(_COMPARED) or 0)
        begun = [
            run.started
            for run in self._runs.states().values()
            if run.mode in {*ALL_SCENES, COMPARE}
        ]
        newest = max([last, *begun])
        if newest > last:
            self._ledger.set_meta(_COMPARED, str(newest))
        if abs(now - newest) > DAY_SECONDS:
            self._begin(COMPARE, now)

    def wake_resting(self, now: float) -> None:
        """Look for all resting scenes again."""
        self._queue.put_many(self._ledger.all_resting(), now=now, priority=Priority.BULK)

    def _was_first_sync_asked(self) -> bool:
        return bool(self._ledger.get_meta(FIRST_SYNC))

    def _begin(self, mode: str, now: float) -> None:
        self._runs.begin(f"{COMPARE}-{time.time_ns()}", mode, now=now, watched=False)
