"""The resident worker: one loop that takes, claims, syncs, waits and knows when to end.

It stays while Stash answers and the plugin is enabled. It ends when Stash has been gone for ten
minutes or the plugin is switched off or removed; when its files were replaced, it finishes what it
has in hand and makes room for a successor.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

from errors import DamagedError, MappingChangedError, NotKeptError, WaitError
from stash.call import Command, Connection, write_call
from stash.client import StashClient
from sync_queue import inbox as inbox_writer
from sync_queue.jobs import Job
from worker.arrivals import Inbox
from worker.catch_up import CatchUp
from worker.clock import Clock
from worker.comparisons import Comparisons
from worker.ending import STASH_GONE_SECONDS, End, Ending
from worker.gate import Gate
from worker.in_force import InForce
from worker.intake import Intake
from worker.known import note_stash
from worker.listing import Listing
from worker.outside import outside_of
from worker.path_side import PathSide
from worker.pause import Brake
from worker.plex_side import PlexSide
from worker.results import Results
from worker.runs import Runs
from worker.settings import Settings
from worker.settle import Settler
from worker.setup_side import SetupSide
from worker.show import Show
from worker.stash_side import StashSide
from worker.steering import Steering
from worker.stores import Stores
from worker.sync_side import SyncSide
from worker.version import CodeWatch, version_of

log = logging.getLogger("PlexSync.worker")

POLL_SECONDS = 0.4  # shorter than the hold of a save, which is counted from its arrival
LONGEST_WAIT_SECONDS = 3700.0  # a little more than the longest back-off


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
        self._stores = Stores(folder)
        self._queue, self._ledger = self._stores.queue, self._stores.ledger
        self._inbox = Inbox(folder)
        self._runs = Runs(folder, self._ledger)
        self._comparisons = Comparisons(
            self._ledger,
            self._runs,
            self._queue,
            is_incomplete=is_after_damage or self._stores.are_incomplete,
        )
        self._listing = Listing(self._queue, self._runs, self._ledger)
        self._brake = Brake()
        version = version_of(here)
        self._show = Show(folder, runs=self._runs, version=version)
        self._settler = Settler(self._queue, self._runs, self._show)
        self._stash = StashSide()
        self._plex = PlexSide(folder, version=version, match_cache=self._stores.match_cache)
        self._catch_up = CatchUp(self._ledger)
        self._gate = Gate(self._ledger)
        self._paths = PathSide(self._ledger)
        self._in_force = InForce(
            folder,
            ledger=self._ledger,
            paths=self._paths,
            show=self._show,
            comparisons=self._comparisons,
            connect_anew=self._connect_anew,
        )
        self._intake = Intake(
            inbox=self._inbox,
            queue=self._queue,
            ledger=self._ledger,
            runs=self._runs,
            connect=self._connect_stash,
            clear_caches=self._clear_caches,
            look_soon=self._look_soon,
            shows_tag_parents=self._in_force.shows_tag_parents,
            steer=Steering(
                gate=self._gate,
                ledger=self._ledger,
                queue=self._queue,
                stop_run=self._stop_run,
                look_at_token=self._stash.ask_soon,
            ).commands,
        )
        self._job = SyncSide(
            folder,
            stores=self._stores,
            plex=self._plex,
            paths=self._paths,
            runs=self._runs,
            settler=self._settler,
            show=self._show,
            brake=self._brake,
            chosen=lambda: self._in_force.chosen,
            take_conditions=self._in_force.take,
            is_news=self._in_force.is_news,
            may_go_on=self._may_go_on,
            is_held=self._gate.is_closed,
        )
        self._setup = SetupSide(
            folder,
            runs=self._runs,
            results=Results(folder),
            match_cache=self._stores.match_cache,
            version=version,
            outside=outside_of(os.environ),
            settings=lambda: self._paths.in_force(self._in_force.chosen),
            stash=self._stash.current_connection,
            look_at_token=self._stash.ask_soon,
        )
        self._clock = Clock()
        self._ending = Ending(
            folder / "worker.lock", CodeWatch(here), stash_gone_seconds=stash_gone_seconds
        )

    def ask_to_end(self) -> None:
        """End after the scene in hand."""
        self._ending.is_asked = True

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
            if self._ending.is_evicted():  # whatever stands there now belongs to somebody else
                return End.FOLDER_GONE
            worked = self._turn()
            end = self._ending.reason(self._stash, is_enabled=self._in_force.is_enabled)
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
        if took:
            self._watch_runs(now)  # what is done with at once is seen to be, whatever fails next
        asked = self._in_force.settings is not None and self._setup.step(now)
        self._ending.code.look()
        self._look_at_conditions(now)
        self._probe(now)
        did = any([took, asked, self._catch_up_if_due(now), self._list(now), self._work(now)])
        self._watch_runs(time.time())  # the work may have taken a while
        if did:
            self._show.set_aside = self._inbox.set_aside_count()
            self._show.touch()
            self._show.publish(self._brake.pause)
        else:
            self._runs.save_if_dirty()
            self._stores.copy_daily(now)
        return did

    def _rest(self) -> None:
        is_waiting = self._brake.pause or self._gate.is_closed(time.time())
        due = None if is_waiting else self._queue.next_due()
        until_due = POLL_SECONDS if due is None else due - time.time()
        time.sleep(min(POLL_SECONDS, max(until_due, 0.01)))

    # What Stash says about us

    def _connect_stash(self, connection: Connection) -> StashClient:
        if self._brake.is_stash:
            self._brake.probe_now(time.time())  # a fresh login, or a sign of life
        note_stash(self._ledger, url=connection.url, config_folder=connection.config_folder)
        return self._stash.connect(connection)

    def _look_at_conditions(self, now: float) -> None:
        if not self._brake.is_stash:
            is_waiting = self._brake.pause is not None or self._in_force.settings is None
            conditions = self._stash.conditions_if_due(is_waiting=is_waiting)
            if conditions:
                self._in_force.take(conditions, now)

    def _connect_anew(self) -> None:
        self._plex.drop()
        if not self._brake.is_stash:
            self._brake.release()

    def _clear_caches(self) -> None:
        """Forget all that only makes things cheaper, and look for resting scenes again."""
        self._stores.clear_caches()
        self._plex.drop()
        self._comparisons.wake_resting(time.time())

    def _look_soon(self) -> None:
        self._catch_up.look_soon()
        self._job.look_soon()

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
            self._plex.probe(self._in_force.settings or Settings(), self._brake.error)
        elif self._stash.client:
            self._in_force.take(self._stash.conditions(self._stash.client), now)
            self._intake.stash_answers()
        self._brake.release()
        self._show.touch()

    # Working

    def _catch_up_if_due(self, now: float) -> bool:
        """Look for changes that no hook told; the settings ride along."""
        if self._stash.client is None or self._brake.is_stash or self._in_force.settings is None:
            return False
        if not self._catch_up.is_due(every_seconds=self._in_force.settings.catch_up_seconds):
            return False
        stash = self._stash.client
        self._comparisons.daily(now)
        missed = self._stash.missed(stash, self._catch_up)
        self._intake.put_missed(missed, stash, now)
        self._catch_up.done(missed, now=now)
        if stash.last_conditions:
            self._in_force.take(stash.last_conditions, now)
        return bool(missed.seen)

    def _list(self, now: float) -> bool:
        if self._stash.client is None or self._brake.is_stash or self._in_force.settings is None:
            return False
        return self._listing.step(
            self._stash.client,
            now,
            with_tag_parents=self._in_force.settings.policy.tag_parents,
            context=self._context,
        )

    def _context(self) -> str:
        settings = self._in_force.settings or Settings()
        return "" if self._brake.pause else self._plex.context(settings)

    def _may_work(self) -> bool:
        return not (self._brake.pause or self._ending.is_near)

    def _work(self, now: float) -> bool:
        """Sync one batch, or look at something that has to be looked at."""
        if self._stash.client is None or self._in_force.settings is None or not self._may_work():
            return False
        try:
            return self._job.step(self._stash, self._in_force.settings, now)
        except MappingChangedError:
            self._in_force.act(now)
            return True

    def _may_go_on(self, jobs: Sequence[Job]) -> bool:
        """In the middle of work: take in what arrived; whether these jobs are still wanted."""
        now = time.time()
        if self._intake.has_more():
            self._intake.take(now)
        self._watch_runs(now)
        self._show.publish(self._brake.pause)
        is_stopped = self._ending.is_asked or self._gate.is_closed(now)
        return not (is_stopped or self._settler.has_cancelled(jobs))

    def _stop_run(self, run_id: str, now: float) -> None:
        run = self._runs.named(run_id)
        if run:
            self._settler.cancel(run, now)
            self._job.forget_ended()
            self._setup.forget_ended()

    def _watch_runs(self, now: float) -> None:
        for run in list(self._runs.stopped()):
            self._intake.take(now)  # a task that only leaves says so before it frees its lock
            if run.is_watched:
                self._settler.cancel(run, now)
            self._job.forget_ended()
        self._listing.watch(now)
