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
    NotConfiguredError,
    NotKeptError,
    PlexAwayError,
    PlexSyncError,
    StashAwayError,
    TokenRefusedError,
    UnreadableAnswerError,
    WaitError,
)
from mirror.ledger import Ledger
from plex.cache import MatchCache, PlexCache
from plex.client import PlexClient
from plex.server import Server
from stash.call import Command, Connection, write_call
from stash.client import StashClient
from stash.scenes import Conditions, SceneBatch
from sync_queue import inbox as inbox_writer
from sync_queue.jobs import Job, JobQueue, Priority
from worker.arrivals import Inbox
from worker.batch import Batch
from worker.covers import CoverReader
from worker.identity import client_identifier
from worker.intake import FIRST_SYNC, Intake
from worker.listing import Listing
from worker.pause import Brake
from worker.runs import Runs
from worker.settings import Settings, content_print, read_settings
from worker.settle import Settler
from worker.show import Show
from worker.version import signature_of, version_of

log = logging.getLogger("PlexSync.worker")

BATCH = 50  # scenes per claim: one Stash query, one Plex read
POLL_SECONDS = 0.25
CONDITIONS_SECONDS = 60.0
CONDITIONS_WHILE_WAITING_SECONDS = 5.0
STASH_GONE_SECONDS = 600.0
FIRST_CALL_SECONDS = 5.0
CODE_LOOK_SECONDS = 2.0
CODE_QUIET_SECONDS = 5.0
INTERRUPT_LOOK_SECONDS = 0.2
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
    """

    def __init__(self, folder: Path, here: Path) -> None:
        self._folder = folder
        self._here = here
        self._queue = JobQueue(folder / "queue")
        self._ledger = Ledger(folder / "ledger.db")
        self._match_cache = MatchCache(folder)
        self._plex_cache = PlexCache(folder)
        self._inbox = Inbox(folder)
        self._runs = Runs(folder, self._ledger)
        self._listing = Listing(self._queue, self._runs)
        self._brake = Brake()
        self._show = Show(folder, ledger=self._ledger, runs=self._runs, version=version_of(here))
        self._settler = Settler(self._queue, self._runs, self._show)
        self._intake = Intake(
            inbox=self._inbox,
            queue=self._queue,
            ledger=self._ledger,
            runs=self._runs,
            connect=self._connect_stash,
            clear_caches=self._clear_caches,
        )
        self._stash: StashClient | None = None
        self._server: Server | None = None
        self._settings: Settings | None = None
        self._stored: dict[str, object] = {}
        self._is_enabled = True
        self._started = self._stash_seen = time.monotonic()
        self._conditions_seen = float("-inf")
        self._signature = signature_of(here)
        self._code_looked = self._started
        self._code_changed: float | None = None
        self._interrupt_looked = 0.0
        self._is_asked_to_end = False

    def ask_to_end(self) -> None:
        """End after the scene in hand."""
        self._is_asked_to_end = True

    def close(self) -> None:
        """Close every file; nothing depends on this being called."""
        self._runs.save_if_dirty()
        for one in (self._match_cache, self._plex_cache, self._queue, self._ledger):
            one.close()
        for connection in (self._stash, self._server and self._server.client):
            if connection:
                connection.close()

    def run(self) -> End:
        """Work until there is a reason to end."""
        self._inbox.sweep(time.time())
        self._show.publish(None, force=True)
        while True:
            worked = self._turn()
            end = self._reason_to_end()
            if end:
                self._show.publish(self._brake.pause, force=True)
                return end
            if not worked:
                self._runs.save_if_dirty()
                self._show.publish(self._brake.pause)
                self._rest()

    def hand_over(self) -> None:
        """Leave a successor what it needs to reach Stash."""
        if self._stash:
            call = write_call(self._stash.current_connection(), Command(mode="wake"))
            inbox_writer.keep(str(self._folder), call)

    def _turn(self) -> bool:
        """One look at everything; whether anything was done."""
        now = time.time()
        took = 0
        try:
            took = self._intake.take(now)
            self._look_at_conditions()
            self._probe(now)
            listed = self._list(now)
            worked = self._work(now)
        except WaitError as error:
            self._wait_for(error, now)
            listed = worked = False
        self._watch_runs(now)
        if took or listed or worked:
            self._show.set_aside = self._inbox.set_aside_count()
            self._show.touch()
            self._show.publish(self._brake.pause)
        return bool(took or listed or worked)

    def _rest(self) -> None:
        due = self._queue.next_due()
        until_due = POLL_SECONDS if due is None or self._brake.pause else due - time.time()
        time.sleep(min(POLL_SECONDS, max(until_due, 0.01)))

    def _reason_to_end(self) -> End | None:
        now = time.monotonic()
        if self._is_asked_to_end:
            return End.ASKED
        if not self._is_enabled:
            return End.DISABLED
        if self._stash is None and now - self._started > FIRST_CALL_SECONDS:
            return End.NO_CALL
        if now - self._stash_seen > STASH_GONE_SECONDS:
            return End.STASH_GONE
        if self._code_changed is not None and now - self._code_changed > CODE_QUIET_SECONDS:
            return End.REPLACED
        return None

    # Stash and what it knows about us

    def _connect_stash(self, connection: Connection) -> StashClient:
        if self._stash is None:
            self._stash = StashClient(connection)
            self._stash_seen = time.monotonic()
        elif connection != self._stash.connection:
            self._stash.use(connection)
        if self._brake.is_stash:
            self._brake.probe_now(time.time())
        return self._stash

    def _look_at_conditions(self) -> None:
        """Ask Stash once a minute for the settings and whether the plugin is enabled."""
        self._look_at_code()
        if self._stash is None or self._brake.is_stash:
            return
        waiting = self._brake.pause is not None or self._settings is None
        interval = CONDITIONS_WHILE_WAITING_SECONDS if waiting else CONDITIONS_SECONDS
        if time.monotonic() - self._conditions_seen >= interval:
            self._take_conditions(self._stash.conditions())

    def _take_conditions(self, conditions: Conditions) -> None:
        self._stash_seen = self._conditions_seen = time.monotonic()
        self._is_enabled = conditions.enabled
        stored = dict(conditions.settings)
        if self._settings is not None and stored == self._stored:
            return
        self._stored = stored
        self._settings = read_settings(stored)
        for complaint in self._settings.complaints:
            log.warning("%s", complaint)
        self._show.complaints = self._settings.complaints
        self._drop_server()
        if not self._brake.is_stash:
            self._brake.release()
        self._compare_if_content_changed(self._settings)

    def _compare_if_content_changed(self, settings: Settings) -> None:
        """A setting that changes what is written starts the comparison that it asks for."""
        print_ = content_print(settings)
        before = self._ledger.get_meta(_CONTENT_PRINT)
        if before == print_:
            return
        now = time.time()
        if before is not None and self._ledger.get_meta(FIRST_SYNC):
            self._runs.begin(
                f"settings-{time.time_ns()}", "settings_changed", now=now, watched=False
            )
        self._wake_resting(now)
        self._ledger.set_meta(_CONTENT_PRINT, print_)

    # Plex

    def _connected(self, settings: Settings) -> Server:
        if self._server is None:
            if not settings.plex_url or not settings.plex_token:
                missing = "plexToken" if settings.plex_url else "plexUrl"
                raise NotConfiguredError(
                    f"the setting {missing} is empty",
                    remedy="fill it in under Settings > Plugins > PlexSync in Stash",
                )
            client = PlexClient(
                settings.plex_url,
                settings.plex_token,
                identifier=client_identifier(self._folder),
                version=version_of(self._here),
            )
            self._server = Server(
                client, libraries=settings.libraries, match_cache=self._match_cache
            )
            for complaint in self._server.complaints:
                log.warning("%s", complaint)
            self._show.complaints = (*settings.complaints, *self._server.complaints)
        return self._server

    def _drop_server(self) -> None:
        if self._server:
            self._server.client.close()
        self._server = None

    def _clear_caches(self) -> None:
        """Forget all that only makes things cheaper, and look for resting scenes again."""
        self._match_cache.clear()
        self._plex_cache.clear()
        self._drop_server()
        self._wake_resting(time.time())

    def _wake_resting(self, now: float) -> None:
        resting = self._ledger.wake_all_resting()
        self._queue.put_many(resting, now=now, priority=Priority.BULK)

    # Waiting

    def _wait_for(self, error: WaitError, now: float) -> None:
        self._brake.apply(error, now)
        self._show.touch()

    def _probe(self, now: float) -> None:
        """While paused, ask now and then whether what we wait for is there again.

        Raises:
            WaitError: It is not.
        """
        if not self._brake.is_due(now):
            return
        if isinstance(self._brake.error, NotKeptError):
            self._queue.resume_unack_tasks()  # what could not be settled; nothing is in hand now
        elif self._brake.is_stash:
            if self._stash is not None:
                self._take_conditions(self._stash.conditions())
                self._intake.stash_answers()
        elif self._settings is not None:
            server = self._connected(self._settings)
            if isinstance(self._brake.error, TokenRefusedError):
                server.client.sections()
            else:
                server.client.machine_identifier()
        self._brake.release()
        self._show.touch()

    # Working

    def _list(self, now: float) -> bool:
        if self._stash is None or self._brake.is_stash:
            return False
        return self._listing.step(self._stash, now)

    def _work(self, now: float) -> bool:
        """Claim one batch and sync it."""
        if self._brake.pause or self._code_changed is not None or self._is_asked_to_end:
            return False
        due = self._queue.next_due()
        if self._stash is None or self._settings is None or due is None or due > now:
            return False
        self._connected(self._settings)  # before the claim: no attempt is counted for a pause
        jobs = self._queue.claim(now=now, limit=BATCH)
        if jobs:
            self._sync(jobs, self._stash)
        return bool(jobs)

    def _sync(self, jobs: Sequence[Job], stash: StashClient) -> None:
        batch: Batch | None = None
        try:
            read = self._read_scenes(stash, jobs)
            self._take_conditions(read.conditions)
            if self._settings is None or not self._is_enabled:
                return
            batch = Batch(
                server=self._connected(self._settings),
                ledger=self._ledger,
                settings=self._settings,
                covers=CoverReader(stash),
                is_interrupted=lambda: self._is_interrupted(jobs),
                now=time.time(),
            )
            batch.run(jobs, read.scenes)
        except WaitError:
            raise
        except PlexSyncError as error:  # no single scene's: a listing that cannot be read
            raise PlexAwayError(str(error)) from error
        finally:
            self._settler.settle(jobs, batch.results if batch else [], now=time.time())

    def _read_scenes(self, stash: StashClient, jobs: Sequence[Job]) -> SceneBatch:
        try:
            return stash.read_scenes([job.scene_id for job in jobs])
        except UnreadableAnswerError as error:
            raise StashAwayError(str(error)) from error

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

    def _look_at_code(self) -> None:
        """Notice that the plugin's files were replaced, and when that was over."""
        moment = time.monotonic()
        if moment - self._code_looked < CODE_LOOK_SECONDS:
            return
        self._code_looked = moment
        signature = signature_of(self._here)
        if signature != self._signature:
            self._signature, self._code_changed = signature, moment
