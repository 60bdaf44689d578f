"""Runs over many scenes: their ids go into the queue page by page, and their end is noticed.

One page a turn, so that a person's save never waits for a listing. A restart goes on with the page
that comes next.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from mirror.fingerprint import source_mark
from mirror.ledger import Ledger
from stash.client import StashClient
from sync_queue.jobs import JobQueue, Priority
from worker.ahead import Ahead
from worker.catch_up import earlier
from worker.modes import ALL_SCENES, COMPARE, LISTED_MODES
from worker.runs import Run, Runs

log = logging.getLogger("PlexSync.worker")

SCENES_PER_PAGE = 400  # whole scenes; ids alone come in larger pages
STEP_SECONDS = 0.4  # then a person's save may be waiting
_NO_ID = 2**63 - 1  # greater than any
RECENT = timedelta(hours=24)
_OVERLAP = timedelta(hours=2)  # `updated_at` is compared as text, in offsets that may differ


class Listing:
    """Fills the queue for runs and sees them end.

    A run that compares reads whole scenes, and puts only those that are not as they were at their
    last sync; the others cost no more than being read.

    Args:
        queue: Where the scenes go.
        runs: What was asked for.
        ledger: Knows the scenes of earlier runs.
    """

    def __init__(self, queue: JobQueue, runs: Runs, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue = queue
        self._runs = runs
        self._ahead: Ahead[Mapping[int, bytes]] = Ahead()
        self._pages: dict[str, Iterator[Mapping[int, bytes]]] = {}
        self._totals: dict[str, int] = {}
        self._reached: dict[str, int] = {}  # the last id of the page before

    def step(
        self,
        stash: StashClient,
        now: float,
        *,
        with_tag_parents: bool,
        context: Callable[[], str],
        seconds: float = STEP_SECONDS,
    ) -> bool:
        """Put some pages of one run; whether there was any.

        Args:
            stash: Where the scenes are.
            now: Unix seconds.
            with_tag_parents: As scenes are read for a sync.
            context: All but the scene that decides what is written; "" while nobody knows.
            seconds: How long; one page is always taken.

        Raises:
            WaitError: Stash cannot be asked; the listing begins anew later.
        """
        waiting = (one for one in self._runs.open() if not one.is_listed)
        run = next((one for one in waiting if one.state.mode in LISTED_MODES), None)
        if run is None:
            return False
        name = run.state.id
        if name not in self._pages:
            pages = _pages_of(run, stash, with_tag_parents=with_tag_parents)
            self._pages[name] = self._ahead.of(pages)
            self._totals[name] = run.state.total or 0
            self._reached.pop(name, None)
        try:
            run.is_listed = self._take_pages(run, context() if _compares(run) else "", now, seconds)
        except BaseException:
            self._pages.pop(name)  # begun anew behind the last page that was put
            total = self._totals.pop(name)
            self._runs.progress(run, total=total, left=total - run.state.done)
            raise
        total = self._totals[name]
        if run.is_listed:
            del self._pages[name], self._totals[name]
        self._runs.progress(run, total=total, left=self._left(run, now))
        self._runs.save()
        return True

    def _take_pages(self, run: Run, context: str, now: float, seconds: float) -> bool:
        """Take pages for a moment; whether the last one was among them."""
        pages = self._pages[run.state.id]
        until = time.monotonic() + seconds
        while True:
            page = next(pages, None)
            if page is None:
                self._totals[run.state.id] += self._put_missing(
                    run, {}, self._known(run, None), now
                )
                self._reached.pop(run.state.id, None)
                return True
            self._put(run, page, context, now)
            if time.monotonic() >= until:
                return False

    def _put(self, run: Run, page: Mapping[int, bytes], context: str, now: float) -> None:
        """Put the scenes of one page that are not as they were."""
        name = run.state.id
        known = self._known(run, page)
        put = list(page)
        if context:
            put = [
                one
                for one, source in page.items()
                if not known.get(one) or known[one] != source_mark(source, context)
            ]
        if put:
            force = ALL_SCENES.get(run.state.mode, False)
            self._queue.put_many(put, now=now, priority=Priority.BULK, run=name, force=force)
        missing = self._put_missing(run, page, known, now)
        self._runs.count_unchanged(run, len(page) - len(put))
        self._totals[name] += len(page) + missing
        run.pages += 1

    def _known(self, run: Run, page: Mapping[int, bytes] | None) -> Mapping[int, int]:
        """The scenes that ought to be in a page, or behind the last one, with their sources.

        Pages come in the order of ids, so that whatever is known between two pages' ends has to be
        in the later one.
        """
        if run.state.mode not in {*ALL_SCENES, COMPARE}:
            return {}
        name = run.state.id
        first = 0 if run.pages == 0 else min(page or {}, default=_NO_ID) - 1
        after = self._reached.get(name, first)
        self._reached[name] = max(page or {}, default=_NO_ID)
        return self._ledger.sources_between(after, self._reached[name])

    def _put_missing(
        self, run: Run, page: Mapping[int, bytes], known: Mapping[int, int], now: float
    ) -> int:
        """Scenes that are known and stand in no page: Stash may not have them any more.

        Looking at a scene that is there after all costs no request to Plex.

        Returns:
            How many there are.
        """
        missing = [one for one in known if one not in page]
        if missing:
            self._queue.put_many(missing, now=now, priority=Priority.BULK, run=run.state.id)
        return len(missing)

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


def _compares(run: Run) -> bool:
    """Whether the run leaves scenes alone that are as they were at their last sync."""
    return run.state.mode in {*ALL_SCENES, COMPARE} and not ALL_SCENES.get(run.state.mode, False)


def _pages_of(
    run: Run, stash: StashClient, *, with_tag_parents: bool
) -> Iterator[Mapping[int, bytes]]:
    """Scene ids with the digests of their scenes' bytes, where those are read."""
    if _compares(run):
        return stash.scene_pages(
            first_page=run.pages + 1, size=SCENES_PER_PAGE, with_tag_parents=with_tag_parents
        )
    if run.state.mode != "sync_recent":
        return map(_without_bytes, stash.all_scene_ids(first_page=run.pages + 1))
    newest = stash.newest_update()
    if not newest:
        return iter(())
    recent = stash.scene_ids_updated_since(earlier(newest, RECENT + _OVERLAP))
    return map(_without_bytes, recent)


def _without_bytes(ids: Sequence[int]) -> Mapping[int, bytes]:
    return dict.fromkeys(ids, b"")
