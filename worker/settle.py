"""How jobs end: acknowledged, tried again later, set aside, or given back uncounted."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from errors import PlexSyncError
from sync_queue.jobs import Job, JobQueue
from worker.backoff import retry_after
from worker.foreign import message_of
from worker.runs import Run, Runs
from worker.show import Show
from worker.stretch import Result

log = logging.getLogger("PlexSync.worker")


class Settler:
    """Ends the jobs of a batch, and runs that were stopped.

    Args:
        queue: Where the jobs are.
        runs: Which run counts an outcome.
        show: Where outcomes are shown.
    """

    def __init__(self, queue: JobQueue, runs: Runs, show: Show) -> None:
        self._queue = queue
        self._runs = runs
        self._show = show
        self._cancelled: set[str] = set()

    def settle(self, jobs: Sequence[Job], results: Iterable[Result], *, now: float) -> None:
        """End every job: those with a result by it, the others untouched."""
        open_jobs = {job.scene_id: job for job in jobs}
        done = []
        for result in results:
            open_jobs.pop(result.job.scene_id, None)
            if result.error is None:
                done.append(result.job)
                self._note(result)
            else:
                self._note(self._try_again(result, result.error, now))
        stopped = [job for job in open_jobs.values() if job.run in self._cancelled]
        self._queue.ack([*done, *stopped], now=now)
        self._queue.release([job for job in open_jobs.values() if job not in stopped])

    def cancel(self, run: Run, now: float) -> None:
        """Stop was pressed: what only this run asked for is not done any more."""
        self._cancelled.add(run.state.id)
        dropped = self._queue.cancel_run(run.state.id)
        self._runs.finish(run, now=now, cancelled=True)
        self._show.touch()
        log.info("run %s was stopped; %d scenes will not be synced", run.state.mode, dropped)

    def has_cancelled(self, jobs: Iterable[Job]) -> bool:
        """Whether any of these jobs belongs to a run that was stopped."""
        return any(job.run in self._cancelled for job in jobs)

    def _try_again(self, result: Result, error: Exception, now: float) -> Result:
        job = result.job
        code = error.code if isinstance(error, PlexSyncError) else "unexpected"
        message = message_of(error)
        wait = retry_after(error, job.attempts, luck=random.random())  # noqa: S311 - no secret
        if wait is None:
            log.error("scene %d is set aside (%s): %s", job.scene_id, code, message)
            self._queue.bury(job, now=now, code=code, message=message)
            return replace(result, outcome=replace(result.outcome, kind="failed"))
        log.warning("scene %d: %s; next try in %.0f s", job.scene_id, message, wait)
        self._queue.retry(job, not_before=now + wait, code=code, message=message)
        return result

    def _note(self, result: Result) -> None:
        self._show.add(result.outcome)
        if result.job.run:
            self._runs.count(result.job.run, result.outcome, result.fields)
