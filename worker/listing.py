"""Runs over many scenes: their ids go into the queue page by page, and their end is noticed.

One page a turn, so that a person's save never waits for a listing. Until a run is listed in full a
restart lists it anew, which puts nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from stash.client import StashClient
from sync_queue.jobs import JobQueue, Priority
from worker.runs import ALL_SCENES, Run, Runs

log = logging.getLogger("PlexSync.worker")

RECENT = timedelta(hours=24)
_OVERLAP = timedelta(hours=2)  # `updated_at` is compared as text, in offsets that may differ


class Listing:
    """Fills the queue for runs and sees them end.

    Args:
        queue: Where the scenes go.
        runs: What was asked for.
    """

    def __init__(self, queue: JobQueue, runs: Runs) -> None:
        self._queue = queue
        self._runs = runs
        self._pages: dict[str, Iterator[list[int]]] = {}
        self._totals: dict[str, int] = {}

    def step(self, stash: StashClient, now: float) -> bool:
        """Put one page of one run; whether there was any.

        Raises:
            WaitError: Stash cannot be asked; the listing begins anew later.
        """
        run = next((one for one in self._runs.open() if not one.is_listed), None)
        if run is None:
            return False
        name = run.state.id
        if name not in self._pages:
            self._pages[name] = _pages_of(run, stash)
            self._totals[name] = 0
        try:
            page = next(self._pages[name], None)
        except BaseException:
            del self._pages[name]
            raise
        if page is None:
            run.is_listed = True
            self._runs.progress(run, total=self._totals.pop(name), left=self._left(run, now))
            self._runs.save()
            del self._pages[name]
        else:
            force = ALL_SCENES.get(run.state.mode, False)
            self._queue.put_many(page, now=now, priority=Priority.BULK, run=name, force=force)
            self._totals[name] += len(page)
        return True

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
        return stash.all_scene_ids()
    newest = stash.newest_update()
    if not newest:
        return iter(())
    return stash.scene_ids_updated_since(earlier(newest, RECENT + _OVERLAP))


def earlier(moment: str, by: timedelta) -> str:
    """A moment in Stash's own words, `by` earlier, in the same offset.

    Args:
        moment: RFC 3339 as Stash writes it, such as 2026-11-21T04:48:46Z.
        by: How much earlier.
    """
    is_utc = moment.endswith("Z")
    at = datetime.fromisoformat(moment[:-1] + "+00:00" if is_utc else moment) - by
    text = at.replace(microsecond=0).isoformat()
    return text.replace("+00:00", "Z") if is_utc else text
