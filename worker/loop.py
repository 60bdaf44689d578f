"""The resident worker: one loop that takes, claims, syncs, waits and knows when to end.

It stays while Stash answers and the plugin is enabled. It ends when Stash has been gone for ten
minutes or the plugin is switched off or removed; when its files were replaced, it finishes what it
has in hand and makes room for a successor.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from errors import (
    DamagedError,
    NotKeptError,
    PlexAwayError,
    PlexSyncError,
    ServerChangedError,
    WaitError,
)
from stash.call import Command, Connection, write_call
from stash.client import StashClient
from stash.scenes import Conditions
from sync_queue import inbox as inbox_writer
from sync_queue.jobs import Job, Priority
from worker.arrivals import Inbox
from worker.batch import Batch
from worker.clock import Clock
from worker.covers import CoverReader
from worker.intake import FIRST_SYNC, Intake
from worker.listing import Listing
from worker.pause import Brake
from worker.plex_side import PlexSide
from worker.runs import COMPARE, Runs
from worker.settings import Settings, content_print, read_settings
from worker.settle import Settler
from worker.show import Show
from worker.stash_side import StashSide
from worker.stores import Stores
from worker.version import CodeWatch, version_of

log = logging.getLogger("PlexSync.worker")

BATCH = 50  # scenes per claim: one Stash query, one Plex read
POLL_SECONDS = 0.4  # shorter than the hold of a save, which is counted from its arrival
STASH_GONE_SECONDS = 600.0
FIRST_CALL_SECONDS = 5.0
INTERRUPT_LOOK_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 3700.0  # a little more than the longest back-off
_CONTENT_PRINT = "content_print"


class End(Enum):
    """Why a worker ended."""

    STASH_GONE = "Stash has not answered for ten minutes"
    NO_CALL = "nobody said how to reach Stash"
    DISABLED = "the plugin is switched off or removed"
    REPLACED = "the plugin's files were replaced"
    ASKED = "the system asked it to end"


class Worker:
    """One worker on one data folder, whose lock the caller holds.

    Args:
        folder: The data folder.
        here: The plugin's folder.
        is_after_damage: A file turned out damaged while a worker ran on it just now.
        stash_gone_seconds: How long Stash may be silent.
    """

    def __init__(
        self,
        folder: Path,
        here: Path,
        *,
        is_after_damage: bool = False,
        stash_gone_seconds: float = STASH_GONE_SECONDS,
    ) -> None:
        self._folder = folder
        self._stash_gone_seconds = stash_gone_seconds
        self._stores = Stores(folder)
        self._queue, self._ledger = self._stores.queue, self._stores.ledger
        self._is_incomplete = is_after_damage or self._stores.are_incomplete
        self._inbox = Inbox(folder)
        self._runs = Runs(folder, self._ledger)
        self._listing = Listing(self._queue, self._runs)
        self._brake = Brake()
        version = version_of(here)
        self._show = Show(folder, ledger=self._ledger, runs=self._runs, version=version)
        self._settler = Settler(self._queue, self._runs, self._show)
        self._stash = StashSide()
        self._plex = PlexSide(folder, version=version, match_cache=self._stores.match_cache)
        self._intake = Intake(
            inbox=self._inbox,
            queue=self._queue,
            ledger=self._ledger,
            runs=self._runs,
            connect=self._connect_stash,
            clear_caches=self._clear_caches,
        )
        self._settings: Settings | None = None
        self._stored: dict[str, object] = {}
        self._is_enabled = True
        self._started = time.monotonic()
        self._clock = Clock()
        self._code = CodeWatch(here)
        self._busy: set[int] = set()
        self._interrupt_looked = 0.0
        self._is_asked_to_end = False

    def ask_to_end(self) -> None:
        """End after the scene in hand."""
        self._is_asked_to_end = True

    def close(self) -> None:
        """Close every file and connection; nothing depends on this being called."""
        self._stores.close()
        self._stash.close()
        self._plex.drop()

    def run(self) -> End:
        """Work until there is a reason to end.

        Raises:
            DamagedError: A file cannot be read; it was set aside, a new worker starts without it.
        """
        self._inbox.sweep(time.time())
        self._queue.bound_waits(now=time.time(), most=LONGEST_WAIT_SECONDS)
        self._show.publish(None, force=True)
        while True:
            worked = self._turn()
            end = self._reason_to_end()
            if end:
                self._runs.save_if_dirty()
                self._show.publish(self._brake.pause, force=True)
                return end
            if not worked:
                self._show.publish(self._brake.pause)
                self._rest()

    def hand_over(self) -> None:
        """Leave a successor what it needs to reach Stash."""
        if self._stash.client:
            call = write_call(self._stash.client.current_connection(), Command(mode="wake"))
            inbox_writer.keep(str(self._folder), call)

    def _turn(self) -> bool:
        """One look at everything; whether anything was done."""
        now = time.time()
        if isinstance(self._brake.error, NotKeptError) and not self._brake.is_due(now):
            return False  # nothing can be taken that cannot be written
        try:
            return self._look(now)
        except WaitError as error:
            self._brake.apply(error, now)
        except DamagedError:
            raise
        except OSError as error:
            self._brake.apply(NotKeptError(f"the data folder cannot be used: {error}"), now)
        self._show.touch()
        return False

    def _look(self, now: float) -> bool:
        if self._clock.was_set_back():
            log.warning("the clock was set back; what waits for a time is done now")
            self._queue.bound_waits(now=now, most=0.0)
            self._brake.probe_now(now)
        took = self._intake.take(now)
        self._code.look()
        self._look_at_conditions(now)
        self._probe(now)
        did = any([took, self._list(now), self._work(now)])
        self._watch_runs(now)
        if did:
            self._show.set_aside = self._inbox.set_aside_count()
            self._show.touch()
            self._show.publish(self._brake.pause)
        else:
            self._runs.save_if_dirty()
            self._stores.copy_daily(now)
        return did

    def _rest(self) -> None:
        due = None if self._brake.pause else self._queue.next_due()
        until_due = POLL_SECONDS if due is None else due - time.time()
        time.sleep(min(POLL_SECONDS, max(until_due, 0.01)))

    def _reason_to_end(self) -> End | None:
        now = time.monotonic()
        if self._is_asked_to_end:
            return End.ASKED
        if not self._is_enabled:
            return End.DISABLED
        if self._stash.client is None:
            return End.NO_CALL if now - self._started > FIRST_CALL_SECONDS else None
        if now - self._stash.seen > self._stash_gone_seconds:
            return End.STASH_GONE
        return End.REPLACED if self._code.is_over else None

    # What Stash says about us

    def _connect_stash(self, connection: Connection) -> StashClient:
        if self._brake.is_stash:
            self._brake.probe_now(time.time())  # a fresh login, or a sign of life
        return self._stash.connect(connection)

    def _look_at_conditions(self, now: float) -> None:
        if not self._brake.is_stash:
            is_waiting = self._brake.pause is not None or self._settings is None
            conditions = self._stash.conditions_if_due(is_waiting=is_waiting)
            if conditions:
                self._take_conditions(conditions, now)

    def _take_conditions(self, conditions: Conditions, now: float) -> None:
        self._is_enabled = conditions.enabled
        stored = dict(conditions.settings)
        if self._settings is not None and stored == self._stored:
            return
        self._stored = stored
        self._settings = read_settings(stored)
        for complaint in self._settings.complaints:
            log.warning("%s", complaint)
        self._show.complaints = self._settings.complaints
        self._plex.drop()
        if not self._brake.is_stash:
            self._brake.release()
        self._compare_if_needed(self._settings, now)

    def _compare_if_needed(self, settings: Settings, now: float) -> None:
        """Start the comparison that a changed setting or a lost file asks for.

        Before "Sync all" was asked for the first time, only what changed lately is looked at.
        """
        print_ = content_print(settings)
        before = self._ledger.get_meta(_CONTENT_PRINT)
        is_changed = before is not None and before != print_
        name = f"{COMPARE}-{time.time_ns()}"
        if self._ledger.get_meta(FIRST_SYNC) and (is_changed or self._is_incomplete):
            self._runs.begin(name, COMPARE, now=now, watched=False)
        elif self._is_incomplete:
            self._runs.begin(name, "sync_recent", now=now, watched=False)
        self._is_incomplete = False
        if before != print_:
            self._wake_resting(now)
            self._ledger.set_meta(_CONTENT_PRINT, print_)

    def _clear_caches(self) -> None:
        """Forget all that only makes things cheaper, and look for resting scenes again."""
        self._stores.clear_caches()
        self._plex.drop()
        self._wake_resting(time.time())

    def _wake_resting(self, now: float) -> None:
        resting = self._ledger.wake_all_resting()
        self._queue.put_many(resting, now=now, priority=Priority.BULK)

    def _probe(self, now: float) -> None:
        """While paused, ask now and then whether what we wait for is there again.

        Raises:
            WaitError: It is not.
        """
        if not self._brake.is_due(now):
            return
        if isinstance(self._brake.error, NotKeptError):
            self._queue.resume_unack_tasks()  # what could not be settled; nothing is in hand now
        elif not self._brake.is_stash:
            self._plex.probe(self._settings or Settings(), self._brake.error)
        elif self._stash.client:
            self._take_conditions(self._stash.conditions(self._stash.client), now)
            self._intake.stash_answers()
        self._brake.release()
        self._show.touch()

    # Working

    def _list(self, now: float) -> bool:
        if self._stash.client is None or self._brake.is_stash or self._settings is None:
            return False
        return self._listing.step(self._stash.client, now)

    def _work(self, now: float) -> bool:
        """Claim one batch and sync it."""
        if self._brake.pause or self._code.is_changing or self._is_asked_to_end:
            return False
        due = self._queue.next_due()
        if self._stash.client is None or self._settings is None or due is None or due > now:
            return False
        server = self._plex.connected(self._settings)  # before the claim: a pause costs no attempt
        self._show.complaints = (*self._settings.complaints, *server.complaints)
        jobs = self._queue.claim(now=now, limit=BATCH)
        if jobs:
            self._sync(jobs, self._stash.client, now)
        return bool(jobs)

    def _sync(self, jobs: Sequence[Job], stash: StashClient, now: float) -> None:
        batch: Batch | None = None
        try:
            read = self._stash.read(stash, [job.scene_id for job in jobs])
            self._take_conditions(read.conditions, now)
            if self._settings is None or not self._is_enabled:
                return
            batch = Batch(
                server=self._plex.connected(self._settings),
                ledger=self._ledger,
                settings=self._settings,
                covers=CoverReader(stash),
                is_interrupted=lambda: self._is_interrupted(jobs),
                busy=self._busy,
                now=now,
            )
            batch.run(jobs, read.scenes)
        except ServerChangedError as error:
            log.info("%s; connecting anew", error)
            self._plex.drop()
        except (WaitError, DamagedError):
            raise
        except PlexSyncError as error:  # no single scene's: a listing that cannot be read
            raise PlexAwayError(str(error)) from error
        finally:
            results = batch.results if batch else []
            self._settler.settle(jobs, results, now=time.time())
            if any(result.error is None for result in results):
                self._brake.worked()

    def _is_interrupted(self, jobs: Sequence[Job]) -> bool:
        """Between two writes: whether something came that passes the rest of this batch."""
        moment = time.monotonic()
        if moment - self._interrupt_looked < INTERRUPT_LOOK_SECONDS:
            return False
        self._interrupt_looked = moment
        now = time.time()
        if self._intake.has_more():
            self._intake.take(now)
        self._watch_runs(now)
        self._show.publish(self._brake.pause)
        if self._is_asked_to_end or self._settler.has_cancelled(jobs):
            return True
        is_urgent = any(job.priority is Priority.SAVE for job in jobs)
        return not is_urgent and self._queue.has_due(now=now, priority=Priority.SAVE)

    def _watch_runs(self, now: float) -> None:
        for run in list(self._runs.stopped()):
            self._intake.take(now)  # a task that only leaves says so before it frees its lock
            if run.is_watched:
                self._settler.cancel(run, now)
        self._listing.watch(now)
