"""A stretch of work: claim after claim is decided and written while the same settings hold.

Each chunk of scenes is decided at once: one read in Plex, one transaction that records what is
about to be written, then its writes go to the crew while the next chunk is decided. What came back
is confirmed in one transaction, and only then are its jobs ended. A kill anywhere repeats what was
not confirmed, and repeating writes nothing that stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from errors import PlexAwayError, PlexSyncError, SceneError, ServerBusyError, WaitError
from mirror.ledger import Confirmation, ItemId, Ledger, SceneState
from mirror.records import Event
from mirror.written import Written
from plex.server import Server
from stash.scene import Scene
from sync_queue.jobs import Job, Priority
from worker.conclusion import fields_written, intent_of, items_after, state_after
from worker.decide import Decider
from worker.deliveries import Carried, Deliveries, Finished
from worker.foreign import is_foreign, message_of, say
from worker.pictures import Pictures
from worker.plan import Plan, Verdict, replaced_events
from worker.settings import Settings
from worker.state import Outcome
from worker.undoing import Undoing
from worker.verify import Verifier

log = logging.getLogger("PlexSync.worker")

CHUNK = 50  # scenes that are decided at once; a person's save waits for no more
MOST_ON_THE_WAY = 60  # deliveries that wait in memory while more is decided
BUSY_IN_A_ROW = 3  # different scenes that are answered 500: the server's trouble, not theirs
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one job ended; `error` asks for another attempt.

    Attributes:
        fields: What was written, by Plex's names; "cover" too.
    """

    job: Job
    outcome: Outcome
    error: Exception | None = None
    fields: tuple[str, ...] = ()


class Stretch:
    """Syncs scenes as long as one connection and one set of settings hold.

    Args:
        server: The connected Plex server.
        ledger: What was written before.
        settings: What a person chose, with the mapping in force.
        pictures: Shows covers.
        decider: Says what is to be done.
        deliveries: Carries it to Plex.
        verifier: Remembers samples of what was written.
        may_go_on: Asked between two pieces of work; it may have more urgent ones done meanwhile.
        settle: Ends jobs; called after their results are confirmed in the ledger.
        busy: Scenes in a row that Plex answered 500 to; kept from stretch to stretch.
        now: Unix seconds, for what is recorded.

    Attributes:
        woken: Scenes that have to be looked at because of what was found.
    """

    def __init__(
        self,
        *,
        server: Server,
        ledger: Ledger,
        settings: Settings,
        pictures: Pictures,
        decider: Decider,
        deliveries: Deliveries,
        verifier: Verifier,
        may_go_on: Callable[[], bool],
        settle: Callable[[Sequence[Job], Sequence[Result]], None],
        busy: set[int],
        now: float,
    ) -> None:
        self._server = server
        self._ledger = ledger
        self._settings = settings
        self._pictures = pictures
        self._decider = decider
        self._deliveries = deliveries
        self._verifier = verifier
        self._may_go_on = may_go_on
        self._settle = settle
        self._busy = busy
        self._now = now
        self._open: dict[int, Job] = {}
        self._undecided: dict[int, Job] = {}
        self._confirmations: list[Confirmation] = []
        self._events: list[Event] = []
        self._results: list[Result] = []
        self._doubtful: list[Result] = []  # answered 500, and it is not known whose trouble that is
        self.woken: list[int] = []

    def add(
        self, jobs: Sequence[Job], scenes: Mapping[int, Scene], *, is_urgent: bool = False
    ) -> None:
        """Decide about the jobs of one claim, and have written what that asks for.

        Args:
            jobs: Which scenes.
            scenes: Those of them that Stash has.
            is_urgent: It passes what waits, and is done when this returns.

        Raises:
            WaitError: A server cannot be asked; the jobs without a result are untouched.
            ServerChangedError: The same, because another server answers.
        """
        self._open.update((job.scene_id, job) for job in jobs)
        wishes = self._ledger.wishes.of(job.scene_id for job in jobs)
        self._undo([(job, wishes[job.scene_id]) for job in jobs if job.scene_id in wishes], scenes)
        left = {job.scene_id: job for job in jobs if job.scene_id not in wishes}
        if is_urgent:
            self._decide(list(left.values()), scenes, is_urgent=True)
            self._reap(until={job.scene_id for job in jobs})
            self._store()
            return
        self._undecided = left
        while left and self._may_go_on():
            chunk = [left.pop(scene_id) for scene_id in list(left)[:CHUNK]]
            self._decide(chunk, scenes, is_urgent=False)
            self._reap(most=MOST_ON_THE_WAY)
            self._store()
        self._undecided = {}

    def let_go(self, scene_ids: Iterable[int]) -> list[Job]:
        """Leave scenes that were asked for anew, where nothing of them was sent yet; their jobs."""
        ids = set(scene_ids)
        free = {one for one in ids if self._undecided.pop(one, None)} | self._deliveries.drop(ids)
        return [self._open.pop(one) for one in free if one in self._open]

    def finish(self) -> None:
        """Have everything written that was decided; raises as `add`."""
        self._deliveries.flush()
        while self._deliveries.is_open:
            if not self._may_go_on():
                self._deliveries.take_back()
            self._reap(most=max(self._deliveries.on_the_way - 1, 0))
            self._store()

    def close(self) -> None:
        """Keep what was done, and give back the jobs that were not."""
        self._deliveries.take_back()
        try:
            while self._deliveries.on_the_way:  # what is being sent may well be taken
                for one in self._deliveries.finished(seconds=LOOK_SECONDS):
                    if one.carried is not None:  # else it is done again
                        self._conclude(one.plan, one.carried)
        finally:
            self._results += self._doubtful
            self._doubtful = []
            self._store()
            self._settle(list(self._open.values()), ())
            self._open.clear()

    def _decide(self, jobs: Sequence[Job], scenes: Mapping[int, Scene], *, is_urgent: bool) -> None:
        verdicts = self._decider.decide(jobs, scenes)
        for lost in self._decider.chosen.lost:
            self._ledger.choices.drop(lost.scene_id)
            self._events.append(lost)
        self._decider.chosen.lost.clear()
        plans = []
        for verdict in verdicts:
            if verdict.kind == "write" and verdict.plan:
                plans.append(verdict.plan)
            elif verdict.kind != "undo":
                self._rest(verdict)
        for plan in self._begun(plans):
            if any(plan.targets):
                self._deliveries.put(plan, is_urgent=is_urgent)
            else:
                self._conclude(plan, Carried(trouble=plan.cover.trouble))
        self._undo([(one.job, "") for one in verdicts if one.kind == "undo"], scenes)

    # What needs no write

    def _rest(self, verdict: Verdict) -> None:
        if verdict.state:
            self._note(verdict.state)
            if verdict.job.priority is Priority.SAVE and verdict.state.code:
                log.info("scene %d is left as it is: %s", verdict.job.scene_id, verdict.state.code)
                log.debug("scene %d: %s", verdict.job.scene_id, verdict.text)
        if verdict.scan and self._settings.scan_missing:
            self._server.scan(*verdict.scan)
        if verdict.kind == "gone":  # what rested in its favour has its turn now
            self.woken += [one.scene_id for one in self._ledger.resting_because("merged")]
        self._end(verdict.job, verdict.kind, verdict.text, error=verdict.error)

    # Writing

    def _begun(self, plans: Sequence[Plan]) -> Sequence[Plan]:
        """Record what is about to be written; those of the plans where that was possible."""
        try:
            self._begin(plans)
        except Exception as error:
            if not is_foreign(error):
                raise
            if len(plans) > 1:  # nothing was recorded, and each by itself tells whose trouble it is
                return [one for plan in plans for one in self._begun([plan])]
            self._fail(plans[0].job, error)
            return []
        return plans

    def _begin(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            plan.targets = [self._pictures.noted(target) for target in plan.targets]
        self._ledger.begin(
            [
                intent_of(plan, target, promised=self._pictures.promised(plan, target))
                for plan in plans
                for target in plan.targets
                if target
            ],
            now=self._now,
        )

    def _reap(self, *, most: int | None = None, until: set[int] | None = None) -> None:
        """Conclude what came back, until no more than `most` deliveries, or these scenes, are out.

        Raises:
            WaitError: A server could not be asked.
        """
        while True:
            is_enough = most is None or self._deliveries.on_the_way <= most
            if until and until & self._open.keys() and self._deliveries.on_the_way:
                is_enough = False
            for one in self._deliveries.finished(seconds=0.0 if is_enough else LOOK_SECONDS):
                self._take(one)
            if is_enough:
                return

    def _take(self, one: Finished) -> None:
        """Conclude one plan that came back.

        Raises:
            WaitError: A server could not be asked.
        """
        job = one.plan.job
        if one.carried is not None:
            self._forgive()
            self._conclude(one.plan, one.carried)
        elif isinstance(one.error, WaitError):
            raise one.error
        elif isinstance(one.error, ServerBusyError):
            self._end(job, "retrying", str(one.error), error=one.error)
            self._doubt(one.error)
        else:
            self._fail(job, one.error or LookupError("nothing came back"))

    def _doubt(self, error: ServerBusyError) -> None:
        """Take a 500 for the scene's own trouble, unless different scenes in a row have it.

        Raises:
            PlexAwayError: They do. They are left untried, so that an hour of 500s costs no scene
                its attempts.
        """
        self._doubtful.append(self._results.pop())
        self._busy.add(self._doubtful[-1].job.scene_id)
        if len(self._busy) >= BUSY_IN_A_ROW:
            self._open.update((one.job.scene_id, one.job) for one in self._doubtful)
            self._doubtful = []
            raise PlexAwayError(f"{error}, for {BUSY_IN_A_ROW} scenes in a row") from error

    def _forgive(self) -> None:
        """Plex does answer: what it answered 500 to was those scenes' own trouble."""
        self._results += self._doubtful
        self._doubtful = []
        self._busy.clear()

    def _conclude(self, plan: Plan, carried: Carried) -> None:
        """Note what a plan has come to in Plex."""
        for target in plan.targets:
            self._verifier.sample(plan.scene.id, target, carried.cut)
            self._events += replaced_events(plan, target, self._now)
        self._note(state_after(plan, carried, now=self._now), items_after(plan, carried))
        written = fields_written(plan, carried)
        if written:
            keys = ", ".join(str(target.item.rating_key) for target in plan.targets)
            level = logging.DEBUG if plan.job.run else logging.INFO  # a run is summed up
            log.log(level, "scene %d -> item %s: %s", plan.scene.id, keys, ", ".join(written))
            log.debug("scene %d is %r in %s", plan.scene.id, plan.scene.title, plan.paths)
        if carried.trouble:  # the text stands, the cover is tried again
            self._end(plan.job, "retrying", str(carried.trouble), error=carried.trouble)
            return
        kind = "changed" if written else "unchanged"
        self._end(plan.job, kind, ", ".join(written), fields=written)

    # Undoing

    def _undo(self, jobs: Sequence[tuple[Job, str]], scenes: Mapping[int, Scene]) -> None:
        """Undo scenes, after everything that is on its way was written."""
        if not jobs:
            return
        self._reap(most=0)
        undoing = Undoing(self._server, self._ledger, self._settings.filters)
        undoing.read({job.scene_id: run for job, run in jobs})
        for job, run in jobs:
            if not self._may_go_on():
                return
            try:
                done = undoing.undo(job.scene_id, scenes.get(job.scene_id), run)
            except Exception as error:
                if not (isinstance(error, SceneError) or is_foreign(error)):
                    raise
                self._fail(job, error)
                continue
            self._verifier.drop(item.rating_key for item in done.confirmation.items)
            self._confirmations.append(done.confirmation)
            self._events.append(
                Event(at=self._now, scene_id=job.scene_id, kind="undone", text=done.text)
            )
            self._end(job, "undone", done.text, fields=done.fields)

    # Ends

    def _note(self, state: SceneState, items: Mapping[ItemId, Written] | None = None) -> None:
        self._confirmations.append(Confirmation(state=state, items=items or {}))

    def _fail(self, job: Job, error: Exception) -> None:
        """End a job by an error of its own; even a bug of ours stays one scene's trouble."""
        if not isinstance(error, PlexSyncError):
            say(job.scene_id, error)
        self._end(job, "retrying", message_of(error), error=error)

    def _end(
        self,
        job: Job,
        kind: str,
        text: str = "",
        *,
        error: Exception | None = None,
        fields: tuple[str, ...] = (),
    ) -> None:
        outcome = Outcome(scene_id=job.scene_id, kind=kind, text=text, at=self._now)
        self._results.append(Result(job=job, outcome=outcome, error=error, fields=fields))
        self._open.pop(job.scene_id, None)

    def _store(self) -> None:
        """Confirm what was done in the ledger, then end its jobs."""
        if self._confirmations or self._events:
            self._ledger.confirm(self._confirmations, now=self._now, events=self._events)
            self._confirmations, self._events = [], []
        results, self._results = self._results, []
        if results:
            self._settle([one.job for one in results], results)
