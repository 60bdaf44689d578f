"""What is done with both servers at hand: batches, previews, and looks at what changed in Plex.

One piece at a time, the most urgent first. A server that turns out to be another one than was
connected to is connected anew, and the piece done again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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
from worker.covers import CoverReader
from worker.crew import Crew
from worker.decide import Decider
from worker.deliveries import Carried, Deliveries
from worker.destroyed import Destroyed
from worker.errands import Errands
from worker.known import note_server
from worker.noticing import Noticing
from worker.owners import Owners
from worker.path_side import PathSide
from worker.pause import Brake
from worker.pictures import Pictures
from worker.plan import Plan
from worker.plex_side import PlexSide
from worker.results import Results
from worker.runs import Runs
from worker.settings import Settings
from worker.settle import Settler
from worker.show import Show
from worker.stash_side import StashSide
from worker.stores import Stores
from worker.stretch import Result, Stretch
from worker.verify import Verifier

log = logging.getLogger("PlexSync.worker")

AT_ONCE = 100  # scenes per claim, which is one Stash query
AT_ONCE_IN_BULK = 300  # nobody waits for one of these
STRETCH_SCENES = 5_000
STRETCH_SECONDS = 10.0
LOOK_SECONDS = 0.2  # between two looks for what is more urgent


@dataclass(slots=True)
class _Work:
    """One stretch of work as the loop sees it.

    Attributes:
        jobs: In hand.
        count: Claimed so far.
        news: What Stash said that ends the stretch.
        is_over: The work in hand is not wanted any more.
        is_interrupted: Something more urgent is being done.
    """

    side: StashSide
    stash: StashClient
    settings: Settings
    began: float
    stretch: Stretch | None = None
    jobs: dict[int, Job] = field(default_factory=dict)
    count: int = 0
    news: Conditions | None = None
    is_over: bool = False
    is_interrupted: bool = False

    @property
    def may_begin(self) -> bool:
        """Whether another claim may be begun."""
        is_long = time.monotonic() - self.began > STRETCH_SECONDS or self.count >= STRETCH_SCENES
        return not (self.is_over or self.news or is_long)


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
        is_news: Whether that is anything new.
        may_go_on: Takes in what arrived meanwhile; whether the work in hand is still wanted.
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
        is_news: Callable[[Conditions], bool],
        may_go_on: Callable[[Sequence[Job]], bool],
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
        self._is_news = is_news
        self._is_wanted = may_go_on
        self._is_held = is_held
        self._errands = Errands(Results(folder), runs=runs, ledger=self._ledger, paths=paths)
        self._noticing = Noticing(self._ledger, self._queue)
        self._verifier = Verifier(self._ledger)
        self._is_run_to_verify = False
        self._noted: Server | None = None
        self._busy: set[int] = set()
        self._crew: Crew[tuple[Plan, ...], Mapping[int, Carried]] = Crew()
        self._looked = 0.0

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
        is_watching = self._noticing.is_due()
        has_jobs = due is not None and due <= now and not self._is_held(now)
        if not (has_jobs or errand or is_watching or self._is_run_to_verify):
            return False
        try:
            server = self._connected(stash, settings, now)
            if is_watching:
                self._noticing.step(server, settings.policy, now)
            if has_jobs:
                self._sync(side, stash, now)
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
        return has_jobs or errand is not None or self._noticing.is_begun

    def look_soon(self) -> None:
        """Somebody came to look: ask Plex what changed without delay."""
        self._noticing.look_soon()

    def forget_ended(self) -> None:
        """A run was stopped: drop what was begun for it."""
        self._errands.forget_ended()

    def _connected(self, stash: StashClient, settings: Settings, now: float) -> Server:
        """The server, asked before jobs are claimed, so that a pause costs no attempt."""
        server = self._plex.connected(settings)
        if self._paths.prepare(self._chosen(), server, stash, now):
            raise MappingChangedError("another path mapping was detected")
        if server is not self._noted:
            note_server(
                self._ledger,
                machine=server.machine,
                url=settings.plex_url,
                sections=server.finder.sections,
            )
            self._noted = server
        complaints = (*settings.complaints, *server.complaints)
        if self._show.complaints != complaints:
            self._show.complaints = complaints
            self._show.touch()
        self._show.mapping = self._paths.notes(self._chosen())
        return server

    def _drop_server(self) -> None:
        self._plex.drop()
        self._verifier.forget()

    def _sync(self, side: StashSide, stash: StashClient, now: float) -> None:
        """Claim and sync, the most urgent first, until nothing is due or something is news."""
        settings = self._paths.in_force(self._chosen())
        work = _Work(side, stash, settings, began=time.monotonic())
        self._looked = work.began  # the loop has just looked
        stretch = self._stretch(self._plex.connected(settings), work, now)
        work.stretch = stretch
        try:
            while work.may_begin and (jobs := self._claim(now)):
                self._add(work, jobs)
            stretch.finish()
        finally:
            try:
                stretch.close()
            finally:
                self._after(stretch, now)
        if work.news:
            self._take_conditions(work.news, now)

    def _claim(self, now: float, *, least: Priority = Priority.BULK) -> list[Job]:
        sizes = {Priority.BULK: AT_ONCE_IN_BULK}
        return self._queue.claim(now=now, limit=AT_ONCE, least=least, limits=sizes)

    def _add(self, work: _Work, jobs: Sequence[Job], *, is_urgent: bool = False) -> None:
        """Read the scenes of a claim and have them synced.

        What Stash says of the settings with them is told only after the stretch: it goes by the old
        ones.
        """
        work.jobs.update((job.scene_id, job) for job in jobs)
        work.count += len(jobs)
        read = None
        try:
            read = work.side.read(work.stash, [job.scene_id for job in jobs], work.settings)
        finally:
            if read is None or self._is_news(read.conditions):
                self._queue.release(jobs)
        if self._is_news(read.conditions):
            work.news = read.conditions
        elif work.stretch:
            work.stretch.add(jobs, read.scenes, is_urgent=is_urgent)

    def _may_go_on(self, work: _Work) -> bool:
        """Take in what arrived, and do first what is more urgent than the work in hand."""
        moment = time.monotonic()
        if moment - self._looked < LOOK_SECONDS or work.is_interrupted:
            return not work.is_over
        self._looked = moment
        if not self._is_wanted(list(work.jobs.values())):
            work.is_over = True
        elif not all(job.priority is Priority.SAVE for job in work.jobs.values()):
            work.is_interrupted = True
            try:
                self._free_for_saves(work)
                while not work.news and (jobs := self._claim(time.time(), least=Priority.SAVE)):
                    self._add(work, jobs, is_urgent=True)
            finally:
                work.is_interrupted = False
        return not (work.is_over or work.news)

    def _free_for_saves(self, work: _Work) -> None:
        """A scene in hand that a person saves anew begins again, as urgent as any save."""
        again = self._queue.asked_again(Priority.SAVE)
        if again and work.stretch:
            self._queue.release(work.stretch.let_go(again))

    def _after(self, stretch: Stretch, now: float) -> None:
        if stretch.woken:
            self._queue.put_many(stretch.woken, now=now, priority=Priority.RELATED)
        self._write_again(now)

    def _settle(self, work: _Work, jobs: Sequence[Job], results: Sequence[Result]) -> None:
        self._settler.settle(jobs, results, now=time.time())
        for job in jobs:
            work.jobs.pop(job.scene_id, None)
        if any(result.error is None for result in results):
            self._brake.worked()
        self._is_run_to_verify |= any(job.run for job in jobs) and bool(self._verifier.keys)

    def _stretch(self, server: Server, work: _Work, now: float) -> Stretch:
        settings, stash = work.settings, work.stash
        covers = CoverReader(stash)
        undo = settings.undo_destroyed
        decider = Decider(
            server=server,
            ledger=self._ledger,
            settings=settings,
            covers=covers,
            owners=Owners(stash, settings.mapping),
            stash_folders=self._paths.folders,
            verifier=self._verifier,
            destroyed=Destroyed(self._ledger, stash, settings.mapping, undo=undo),
            now=now,
        )
        pictures = Pictures(server.client, covers, padded=settings.policy.pad_covers)
        return Stretch(
            server=server,
            ledger=self._ledger,
            settings=settings,
            pictures=pictures,
            decider=decider,
            deliveries=Deliveries(server, pictures, self._crew),
            verifier=self._verifier,
            may_go_on=lambda: self._may_go_on(work),
            settle=lambda jobs, results: self._settle(work, jobs, results),
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
