"""Runs over many scenes: their ids go into the queue page by page, and their end is noticed.

One page a turn, so that a person's save never waits for a listing. A restart goes on with the page
that comes next.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from mirror.ledger import Ledger
from stash.client import StashClient
from sync_queue.jobs import JobQueue, Priority
from worker.catch_up import earlier
from worker.modes import ALL_SCENES, COMPARE, LISTED_MODES
from worker.runs import Run, Runs

log = logging.getLogger("PlexSync.worker")

RECENT = timedelta(hours=24)
_OVERLAP = timedelta(hours=2)  # `updated_at` is compared as text, in offsets that may differ


class Listing:
    """Fills the queue for runs and sees them end.

    Args:
        queue: Where the scenes go.
        runs: What was asked for.
        ledger: Knows the scenes of earlier runs.
    """

    def __init__(self, queue: JobQueue, runs: Runs, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue = queue
        self._runs = runs
        self._pages: dict[str, Iterator[list[int]]] = {}
        self._totals: dict[str, int] = {}
        self._seen: dict[str, set[int]] = {}

    def step(self, stash: StashClient, now: float) -> bool:
        """Put one page of one run; whether there was any.

        Raises:
            WaitError: Stash cannot be asked; the listing begins anew later.
        """
        waiting = (one for one in self._runs.open() if not one.is_listed)
        run = next((one for one in waiting if one.state.mode in LISTED_MODES), None)
        if run is None:
            return False
        name = run.state.id
        if name not in self._pages:
            self._pages[name] = _pages_of(run, stash)
            self._totals[name] = run.state.total or 0
            self._seen[name] = set()
        try:
            page = next(self._pages[name], None)
        except BaseException:
            del self._pages[name]
            raise
        if page is None:
            self._put_missing(run, now)
            run.is_listed = True
            self._runs.progress(run, total=self._totals.pop(name), left=self._left(run, now))
            self._runs.save()
            del self._pages[name]
        else:
            force = ALL_SCENES.get(run.state.mode, False)
            self._queue.put_many(page, now=now, priority=Priority.BULK, run=name, force=force)
            self._totals[name] += len(page)
            self._seen[name].update(page)
            run.pages += 1
            self._runs.progress(run, total=self._totals[name], left=self._left(run, now))
            self._runs.save()
        return True

    def _put_missing(self, run: Run, now: float) -> None:
        """Scenes that are known and were not listed: Stash may not have them any more.

        A listing that went on after a restart did not see all of them; looking at a scene that is
        there after all costs no request to Plex.
        """
        name = run.state.id
        seen = self._seen.pop(name, set())
        if run.state.mode in {*ALL_SCENES, COMPARE}:
            missing = [one for one in self._ledger.all_known() if one not in seen]
            self._queue.put_many(missing, now=now, priority=Priority.BULK, run=name)
            self._totals[name] += len(missing)

    def watch(self, now: float) -> None:
        """Move the progress of each listed run, and end those that are done."""
        for run in self._runs.open():
            if not run.is_listed:
                continue
            left = self._left(run, now)
            self._runs.progress(run, total=run.state.total, left=left)
            if left == 0:
                self._runs.finish(run, now=now)

    def _left(self, run: Run, now: float) -> int:
        if run.state.mode == "process":
            counts = self._queue.counts(now=now)
            return counts.due + counts.out
        return self._queue.open_jobs_of_run(run.state.id)


def _pages_of(run: Run, stash: StashClient) -> Iterator[list[int]]:
    if run.state.mode != "sync_recent":
        return stash.all_scene_ids(first_page=run.pages + 1)
    newest = stash.newest_update()
    if not newest:
        return iter(())
    return stash.scene_ids_updated_since(earlier(newest, RECENT + _OVERLAP))
