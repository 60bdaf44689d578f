"""What is done with both servers at hand: batches, previews, and looks at what changed in Plex.

One piece at a time, the most urgent first. A server that turns out to be another one than was
connected to is connected anew, and the piece done again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from errors import (
    DamagedError,
    MappingChangedError,
    PlexAwayError,
    PlexSyncError,
    ServerChangedError,
    WaitError,
)
from plex.server import Server
from stash.client import StashClient
from stash.scenes import Conditions
from sync_queue.jobs import Job, Priority
from worker.batch import Batch
from worker.covers import CoverReader
from worker.decide import Decider
from worker.destroyed import Destroyed
from worker.errands import Errands
from worker.known import note_server
from worker.owners import Owners
from worker.path_side import PathSide
from worker.pause import Brake
from worker.plex_side import PlexSide
from worker.repair import Repairs
from worker.results import Results
from worker.runs import Runs
from worker.settings import Settings
from worker.settle import Settler
from worker.show import Show
from worker.stash_side import StashSide
from worker.stores import Stores
from worker.verify import Verifier
from worker.watch import Watch

log = logging.getLogger("PlexSync.worker")

BATCH = 50  # scenes per claim: one Stash query, one Plex read


class SyncSide:
    """Does the work of the loop that needs Stash and Plex.

    Args:
        folder: The data folder.
        stores: Queue and ledger.
        plex: The connection to Plex.
        paths: The mapping in force.
        runs: What tasks asked for.
        settler: Ends jobs.
        show: Where complaints are shown.
        brake: Is told that something worked.
        chosen: What a person set, without a detected mapping.
        take_conditions: Is told what Stash says about the plugin with each batch.
        is_enabled: Whether the plugin still is, after that.
        is_interrupted: Whether something more urgent came than these jobs.
        is_held: Whether nothing may be written at this time.
    """

    def __init__(
        self,
        folder: Path,
        *,
        stores: Stores,
        plex: PlexSide,
        paths: PathSide,
        runs: Runs,
        settler: Settler,
        show: Show,
        brake: Brake,
        chosen: Callable[[], Settings],
        take_conditions: Callable[[Conditions, float], None],
        is_enabled: Callable[[], bool],
        is_interrupted: Callable[[Sequence[Job]], bool],
        is_held: Callable[[float], bool],
    ) -> None:
        self._queue, self._ledger = stores.queue, stores.ledger
        self._plex = plex
        self._paths = paths
        self._settler = settler
        self._show = show
        self._brake = brake
        self._chosen = chosen
        self._take_conditions = take_conditions
        self._is_enabled = is_enabled
        self._is_interrupted = is_interrupted
        self._is_held = is_held
        self._errands = Errands(Results(folder), runs=runs, ledger=self._ledger, paths=paths)
        self._watch = Watch(self._ledger)
        self._repairs = Repairs(self._ledger)
        self._verifier = Verifier(self._ledger)
        self._is_run_to_verify = False
        self._busy: set[int] = set()

    def step(self, side: StashSide, settings: Settings, now: float) -> bool:
        """Do one piece of work; whether there was any.

        Raises:
            WaitError: A server cannot be asked.
            MappingChangedError: The settings have to be taken anew first.
        """
        stash = side.client
        if stash is None:
            return False
        due = self._queue.next_due()
        errand = self._errands.next()
        is_watching = self._watch.is_due()
        has_jobs = due is not None and due <= now and not self._is_held(now)
        if not (has_jobs or errand or is_watching or self._is_run_to_verify):
            return False
        try:
            server = self._connected(stash, settings, now)
            if is_watching:
                self._look_at_plex(server, settings, now)
            if has_jobs:
                self._sync(self._queue.claim(now=now, limit=BATCH), side, stash, now)
            elif self._is_run_to_verify:
                self._verify(server, now)
            if errand:
                self._errands.step(errand, server, stash, settings, now)
        except (WaitError, DamagedError, MappingChangedError):
            raise
        except ServerChangedError as error:
            log.info("%s; connecting anew", error)
            self._drop_server()
        except PlexSyncError as error:  # no single scene's: a listing that cannot be read
            raise PlexAwayError(str(error)) from error
        return has_jobs or errand is not None

    def look_soon(self) -> None:
        """Somebody came to look: ask Plex what changed without delay."""
        self._watch.look_soon()

    def forget_ended(self) -> None:
        """A run was stopped: drop what was begun for it."""
        self._errands.forget_ended()

    def _connected(self, stash: StashClient, settings: Settings, now: float) -> Server:
        """The server, asked before jobs are claimed, so that a pause costs no attempt."""
        server = self._plex.connected(settings)
        if self._paths.prepare(self._chosen(), server, stash, now):
            raise MappingChangedError("another path mapping was detected")
        note_server(
            self._ledger,
            machine=server.machine,
            url=settings.plex_url,
            sections=server.finder.sections,
        )
        complaints = (*settings.complaints, *server.complaints)
        if self._show.complaints != complaints:
            self._show.complaints = complaints
            self._show.touch()
        self._show.mapping = self._paths.notes(self._chosen())
        return server

    def _drop_server(self) -> None:
        self._plex.drop()
        self._verifier.forget()

    def _sync(self, jobs: Sequence[Job], side: StashSide, stash: StashClient, now: float) -> None:
        batch: Batch | None = None
        try:
            ids = [job.scene_id for job in jobs]
            asked = self._chosen()
            read = side.read(stash, ids, asked)
            self._take_conditions(read.conditions, now)
            if not self._is_enabled():
                return
            settings = self._paths.in_force(self._chosen())
            if settings.policy.tag_parents != asked.policy.tag_parents:
                read = side.read(stash, ids, settings)  # the setting changed with this very answer
            batch = self._batch(self._plex.connected(settings), settings, stash, jobs, now)
            batch.run(jobs, read.scenes)
        finally:
            results = batch.results if batch else []
            self._settler.settle(jobs, results, now=time.time())
            if any(result.error is None for result in results):
                self._brake.worked()
            if batch and batch.woken:
                self._queue.put_many(batch.woken, now=now, priority=Priority.RELATED)
            self._write_again(now)
            self._is_run_to_verify |= any(job.run for job in jobs) and bool(self._verifier.keys)

    def _batch(
        self,
        server: Server,
        settings: Settings,
        stash: StashClient,
        jobs: Sequence[Job],
        now: float,
    ) -> Batch:
        covers = CoverReader(stash)
        undo = settings.undo_destroyed
        destroyed = Destroyed(self._ledger, stash, settings.mapping, undo=undo)
        decider = Decider(
            server=server,
            ledger=self._ledger,
            settings=settings,
            covers=covers,
            owners=Owners(stash, settings.mapping, self._ledger),
            stash_folders=self._paths.folders,
            verifier=self._verifier,
            destroyed=destroyed,
            now=now,
        )
        return Batch(
            server=server,
            ledger=self._ledger,
            settings=settings,
            covers=covers,
            decider=decider,
            verifier=self._verifier,
            is_interrupted=lambda: self._is_interrupted(jobs),
            busy=self._busy,
            now=now,
        )

    def _verify(self, server: Server, now: float) -> None:
        """The one read of its own with which a run ends."""
        self._is_run_to_verify = False
        if self._verifier.keys:
            self._verifier.look(server.client.items(self._verifier.keys).values(), now=now)
            self._write_again(now)

    def _write_again(self, now: float) -> None:
        if self._verifier.again:
            again = self._verifier.again
            self._queue.put_many(again, now=now, priority=Priority.RELATED, force=True)
            self._verifier.again = []

    def _look_at_plex(self, server: Server, settings: Settings, now: float) -> None:
        """Wake what Plex has now, and repair what it changed of ours."""
        noticed = self._watch.look(server)
        again = self._repairs.look(server, noticed.owned, settings.policy, now=now)
        for scenes in (noticed.woken, again):
            # The fingerprint knows nothing of what happened in Plex.
            self._queue.put_many(scenes, now=now, priority=Priority.RELATED, force=True)
        if noticed.is_other:
            raise ServerChangedError("the libraries of Plex, or their folders, changed")
