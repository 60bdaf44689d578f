"""The job queue: one SQLite file with one owner, the worker that holds the lock.

Stash kills a plugin without warning, so no step relies on cleanup code. A claimed job stays
in its row until it is acknowledged; a worker that starts takes back what its predecessor had
in hand. Delivery is therefore at least once, and a batch has to be safe to repeat.

A scene has one row. What is asked for while its job is out raises the row's generation, and
no end of that job (`ack`, `release`, `retry`, `bury`) can end what came meanwhile.

The file is `jobs_file.py`'s, the SQL `sql.py`'s. Times are Unix seconds. Callers pass `now`; this
module never reads the clock.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from sync_queue import queue_status, sql
from sync_queue.jobs_file import JobsFile
from sync_queue.queue_status import Counts, DeadLetter, read_counts, read_dead_letters

log = logging.getLogger(__name__)

__all__ = [
    "Counts",
    "DeadLetter",
    "Job",
    "JobQueue",
    "Priority",
    "read_counts",
    "read_dead_letters",
]


class Priority(IntEnum):
    """How long a person would be surprised to wait; the greatest is claimed first."""

    BULK = 0  # a task over many scenes, the catch-up
    RELATED = 1  # a performer, studio, tag or group of the scene was edited
    SAVE = 2  # a person edited the scene


NO_LIMITS: Mapping[Priority, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One scene whose Plex item may be out of date.

    A job names the scene and nothing else. The worker reads the scene when it
    runs, so the newest edit wins and a job run twice changes nothing.
    """

    scene_id: int
    generation: int  # raised by every put; an ack for an older one ends nothing
    attempts: int  # claims so far, counting this one
    priority: Priority
    run: str  # the task that alone asked for it; empty if there is none such
    force: bool  # compare with Plex whatever the fingerprint says
    asked: float  # Unix seconds, the earliest put that it answers


class JobQueue(JobsFile):
    """All jobs of one data folder, for the one process that holds the worker lock.

    Every call raises `NotKeptError` when the disk is full or the file is locked: nothing has
    changed then. `DamagedError` means that the file cannot be read: it was set aside and this
    object is closed; a new one starts empty.

    Attributes:
        was_damaged: A damaged file was found and set aside, so jobs may be missing.
    """

    def __init__(self, folder: Path, *, wal: bool = True) -> None:
        """Open the queue and take back what a predecessor had in hand.

        Args:
            folder: Made if it is not there.
            wal: Whether the folder can hold a write-ahead log, see `sqlite_file.wal_works`.

        Raises:
            NewerSchemaError: A newer version wrote the file; it was not touched.
            NotKeptError: The folder or file cannot be made or written.
        """
        self._is_next_due_known = False
        self._next_due: float | None = None
        super().__init__(folder, wal=wal)

    def put_many(
        self,
        scene_ids: Iterable[int],
        *,
        now: float,
        priority: Priority,
        hold: float = 0.0,
        hold_most: float = 0.0,
        run: str = "",
        force: bool = False,
    ) -> int:
        """Ask for scenes in one transaction; returns how many had no row yet.

        A scene that waits stays one job: asked for at the earliest time, as urgent as the most
        urgent put. One that is out gets another pass; a dead letter waits again from the start.

        Args:
            scene_ids: Any number, in any order; repeated ones count once.
            now: Current time in Unix seconds.
            priority: `SAVE` also ends a back-off: the attempts begin anew.
            hold: Seconds to wait for more edits; every put waits as long again, so that a
                burst is one job, but a less urgent put never makes a job wait longer.
            hold_most: Seconds after the first put at which waiting ends; at least `hold`.
            run: The task that asks; a job that anybody else asks for too becomes nobody's.
            force: Compare with Plex whatever the fingerprint says.
        """
        asked = {
            "now": now,
            "priority": int(priority),
            "hold": hold,
            "hold_most": max(hold, hold_most),
            "run": run,
            "force": int(force),
        }
        with self._transaction() as connection:
            connection.executemany(sql.ADD_WANTED, ((scene_id,) for scene_id in scene_ids))
            for statement in (sql.PUT_WAITING, sql.PUT_OUT, sql.PUT_FAILED):
                connection.execute(statement, asked)
            new = connection.execute(sql.PUT_NEW, asked).rowcount
            connection.execute(sql.CLEAR_WANTED)
        return new

    def claim(
        self,
        *,
        now: float,
        limit: int,
        least: Priority = Priority.BULK,
        limits: Mapping[Priority, int] = NO_LIMITS,
    ) -> list[Job]:
        """Take due jobs of one priority, the most urgent that there is, the longest due first.

        A person's save never waits for the reading of what is less urgent. Empty if none is due.

        Args:
            now: Current time in Unix seconds; jobs that are due later stay.
            limit: How many scenes the caller can read from Stash in one query.
            least: Nothing that is less urgent.
            limits: Other limits, by priority.
        """
        jobs: list[Job] = []
        with self._transaction() as connection:
            for priority in sorted(Priority, reverse=True):
                if not jobs and priority >= least:
                    bound = {
                        "priority": int(priority),
                        "now": now,
                        "limit": max(limits.get(priority, limit), 0),
                    }
                    jobs = list(map(_job, connection.execute(sql.SELECT_DUE, bound)))
            connection.executemany(sql.CLAIM, [(job.scene_id,) for job in jobs])
        return jobs

    def next_due(self) -> float | None:
        """When the next waiting job is due, perhaps long ago; None if nothing waits.

        Remembered until the next change, for an idle worker asks four times a second and nobody
        else changes anything.
        """
        if not self._is_next_due_known:
            with self._guarded() as connection:
                self._next_due = queue_status.next_due(connection)
            self._is_next_due_known = True
        return self._next_due

    def asked_again(self, priority: Priority) -> list[int]:
        """The scenes whose jobs are out and were asked for anew, so urgently."""
        with self._guarded() as connection:
            return [one for (one,) in connection.execute(sql.ASKED_AGAIN, (int(priority),))]

    def ack(  # type: ignore[override]  # the base's acknowledges one item and keeps its row
        self,
        jobs: Iterable[Job],
        *,
        now: float,  # noqa: ARG002  # like every call that ends jobs; no rule needs it yet
    ) -> int:
        """End jobs that are done, in one transaction; returns how many rows that deleted.

        A scene that was asked for again meanwhile waits for its next pass instead.
        """
        done = [(job.scene_id, job.generation) for job in jobs]
        if not done:
            return 0
        with self._transaction() as connection:
            deleted = connection.executemany(sql.ACK, done).rowcount
            connection.executemany(sql.ACK_MOVED, done)
        return max(deleted, 0)  # SQLite says -1 when there was nothing to do

    def release(self, jobs: Iterable[Job]) -> None:
        """Give jobs back untried: due as before, and the attempt does not count."""
        back = [_back(job, uncounted=1) for job in jobs]
        if back:
            with self._transaction() as connection:
                connection.executemany(sql.BACK, back)

    def retry(self, job: Job, *, not_before: float, code: str, message: str) -> None:
        """Let a job that failed wait until `not_before`; at once and anew if asked for again."""
        failure = {"not_before": not_before, "code": code, "message": message}
        self._fail(sql.RETRY, job, failure)

    def bury(self, job: Job, *, now: float, code: str, message: str) -> None:
        """Make a job a dead letter; it waits, anew, if its scene was asked for again."""
        self._fail(sql.BURY, job, {"now": now, "code": code, "message": message})

    def bound_waits(self, *, now: float, most: float) -> int:
        """Make due what waits longer than `most` seconds from now; returns how many did.

        Nobody asks for such a wait: the clock was wrong when it was, or was set back since.
        """
        with self._transaction() as connection:
            return connection.execute(sql.BOUND_WAITS, {"now": now, "latest": now + most}).rowcount

    def due_now(self, *, now: float) -> int:
        """Make every waiting job due; returns how many were not."""
        with self._transaction() as connection:
            return connection.execute(sql.DUE_NOW, {"now": now}).rowcount

    def retry_failed(self, *, now: float, run: str = "") -> int:
        """Make every dead letter a due job with no attempts; returns how many."""
        with self._transaction() as connection:
            return connection.execute(sql.RETRY_FAILED, {"now": now, "run": run}).rowcount

    def cancel_run(self, run: str) -> int:
        """Drop the waiting jobs that only this run asked for; returns how many.

        What was a dead letter before the run is one again. Jobs that are out become nobody's.
        """
        with self._transaction() as connection:
            returned = connection.execute(sql.UNRETRY_RUN, {"run": run}).rowcount
            deleted = connection.execute(sql.CANCEL_WAITING, {"run": run}).rowcount
            connection.execute(sql.CANCEL_OUT, {"run": run})
        return returned + deleted

    def open_jobs_of_run(self, run: str) -> int:
        """How many jobs that only this run asked for are waiting or out."""
        with self._guarded() as connection:
            (count,) = connection.execute(sql.OPEN_OF_RUN, {"run": run}).fetchone()
        return int(count)

    def dead_letters(self, *, limit: int, offset: int = 0) -> list[DeadLetter]:
        """The jobs that need a person, latest first."""
        with self._guarded() as connection:
            return queue_status.dead_letters(connection, limit=limit, offset=offset)

    def counts(self, *, now: float) -> Counts:
        """How many jobs stand where; costs a few milliseconds at 100,000."""
        with self._guarded() as connection:
            return queue_status.counts(connection, now=now)

    def resume_unack_tasks(self) -> None:
        """Take back what is out; the attempt counts, for it may have killed the worker."""
        with self._transaction() as connection:
            count = connection.execute(sql.BACK_ALL, {"uncounted": 0}).rowcount
        if count:
            log.info("%s scenes were being synced when the last worker ended; again", count)

    def _forget(self) -> None:
        self._is_next_due_known = False

    def _fail(self, statement: str, job: Job, failure: Mapping[str, object]) -> None:
        with self._transaction() as connection:
            bound = {"scene_id": job.scene_id, "generation": job.generation, **failure}
            if not connection.execute(statement, bound).rowcount:
                # What was asked for meanwhile has not been tried: none of our claims count.
                connection.execute(sql.BACK, _back(job, uncounted=job.attempts))


def _back(job: Job, *, uncounted: int) -> dict[str, int]:
    return {"scene_id": job.scene_id, "generation": job.generation, "uncounted": uncounted}


def _job(row: tuple[int, int, int, int, str, int, float]) -> Job:
    scene_id, generation, attempts, priority, run, force, asked = row
    return Job(
        scene_id=scene_id,
        generation=generation,
        attempts=attempts,
        priority=Priority(priority),
        run=run,
        force=bool(force),
        asked=asked,
    )
