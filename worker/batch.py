"""One batch: what was decided for its scenes is carried out, in an order that survives a kill.

One transaction records what is about to be written, then one PUT goes out per changed item, then
one transaction confirms. A kill anywhere repeats at most this batch, and repeating writes nothing
that stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from errors import PlexAwayError, PlexSyncError, SceneError, ServerBusyError, WaitError
from mirror.ledger import Confirmation, Intent, ItemId, Ledger, SceneState
from mirror.records import Event, SceneDetail, links_of
from mirror.written import Asked, Written
from plex.edits import ListChange
from plex.server import Server
from stash.scene import Scene
from sync_queue.jobs import Job
from worker.catch_up import settled
from worker.covers import Cover, CoverReader
from worker.decide import Decider
from worker.pictures import Pictures
from worker.plan import Plan, Target, Verdict, replaced_events
from worker.settings import Settings
from worker.state import Outcome
from worker.undoing import Undoing
from worker.verify import Verifier

log = logging.getLogger("PlexSync.worker")

BUSY_IN_A_ROW = 3  # different scenes that are answered 500: the server's trouble, not theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one job of the batch ended; `error` asks for another attempt.

    Attributes:
        fields: What was written, by Plex's names; "cover" too.
    """

    job: Job
    outcome: Outcome
    error: Exception | None = None
    fields: tuple[str, ...] = ()


class Batch:
    """Syncs the scenes of one claim.

    Args:
        server: The connected Plex server.
        ledger: What was written before.
        settings: What a person chose, with the mapping in force.
        covers: Reads covers from Stash.
        decider: Says what is to be done.
        verifier: Remembers samples of what was written.
        is_interrupted: Asked between two writes; True leaves the rest of the batch unfinished.
        busy: Scenes in a row that Plex answered 500 to; kept from batch to batch.
        now: Unix seconds, for what is recorded.

    Attributes:
        results: How each job ended that is done.
        woken: Scenes that have to be looked at because of what this batch found.
    """

    def __init__(
        self,
        *,
        server: Server,
        ledger: Ledger,
        settings: Settings,
        covers: CoverReader,
        decider: Decider,
        verifier: Verifier,
        is_interrupted: Callable[[], bool],
        busy: set[int],
        now: float,
    ) -> None:
        self._server = server
        self._ledger = ledger
        self._settings = settings
        self._pictures = Pictures(server.client, covers, padded=settings.policy.pad_covers)
        self._decider = decider
        self._verifier = verifier
        self._is_interrupted = is_interrupted
        self._busy = busy
        self._now = now
        self._confirmations: list[Confirmation] = []
        self._events: list[Event] = []
        self.results: list[Result] = []
        self.woken: list[int] = []

    def run(self, jobs: Sequence[Job], scenes: Mapping[int, Scene]) -> None:
        """Sync `jobs`; what is done stands in `results`, also when this raises.

        Raises:
            WaitError: A server cannot be asked; the jobs without a result are untouched.
            ServerChangedError: The same, because another server answers.
        """
        try:
            wishes = self._ledger.wishes.of(job.scene_id for job in jobs)
            undos = [(job, wishes[job.scene_id]) for job in jobs if job.scene_id in wishes]
            verdicts = self._decider.decide(
                [job for job in jobs if job.scene_id not in wishes], scenes
            )
            for lost in self._decider.chosen.lost:
                self._ledger.choices.drop(lost.scene_id)
                self._events.append(lost)
            for one in verdicts:
                self._rest(one)
            self._write([one.plan for one in verdicts if one.plan])
            undos += [(one.job, "") for one in verdicts if one.kind == "undo"]
            self._undo(undos, scenes)
        finally:
            self._confirm()

    # What needs no write

    def _rest(self, verdict: Verdict) -> None:
        if verdict.kind in {"write", "undo"}:
            return
        if verdict.state:
            self._note(verdict.state)
        if verdict.scan and self._settings.scan_missing:
            self._server.scan(*verdict.scan)
        if verdict.kind == "gone":  # what rested in its favour has its turn now
            self.woken += [one.scene_id for one in self._ledger.resting_because("merged")]
        self._end(verdict.job, verdict.kind, verdict.text, error=verdict.error)

    # Writing

    def _write(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            plan.targets = [self._pictures.noted(target) for target in plan.targets]
        self._ledger.begin(
            [self._intent(plan, target) for plan in plans for target in plan.targets if target],
            now=self._now,
        )
        for plan in plans:
            if self._is_interrupted():
                return
            try:
                self._write_scene(plan)
                self._busy.clear()
            except WaitError:
                raise
            except ServerBusyError as error:
                self._count_busy(plan.job, error)
            except PlexSyncError as error:
                self._end(plan.job, "retrying", str(error), error=error)
            except Exception as error:  # one scene's trouble, even a bug of ours, stays its own
                log.exception("scene %d: unexpected trouble", plan.scene.id)
                self._end(plan.job, "retrying", str(error), error=error)

    def _intent(self, plan: Plan, target: Target) -> Intent:
        edit = target.edit
        return Intent(
            scene_id=plan.scene.id,
            item=target.id,
            written=self._pictures.promised(plan, target),
            with_cover=bool(target.pictures),
            run=plan.job.run,
            stood=target.stood,
            wrote=Asked(
                scalars=edit.scalars,
                tags={name: target.written.asked_tags.get(name, ()) for name in edit.tags},
            ),
            removed={name: one.remove for name, one in edit.tags.items() if one.remove},
        )

    def _count_busy(self, job: Job, error: ServerBusyError) -> None:
        """Take a 500 for the scene's own trouble, unless different scenes in a row have it.

        Raises:
            PlexAwayError: They do. The ones of this batch are left untried, so that an hour of 500s
                costs no scene its attempts.
        """
        self._busy.add(job.scene_id)
        if len(self._busy) >= BUSY_IN_A_ROW:
            self.results = [one for one in self.results if one.job.scene_id not in self._busy]
            raise PlexAwayError(f"{error}, for {BUSY_IN_A_ROW} scenes in a row") from error
        self._end(job, "retrying", str(error), error=error)

    def _write_scene(self, plan: Plan) -> None:
        fields: dict[str, None] = {}
        cut: dict[str, str] = {}
        trouble = plan.cover.trouble
        items: dict[ItemId, Written] = {}
        for target in plan.targets:
            sent, failure = self._pictures.show(plan, target)
            trouble = trouble or failure
            cut.update(self._send_edit(target, locks=sent.keys()))
            fields.update(dict.fromkeys([*target.edit.scalars, *target.edit.tags]))
            fields.update(dict.fromkeys(["cover"] if sent else []))
            asked = {**target.written.asked_scalars, **sent}
            asked.update({name: text for name, text in cut.items() if name in target.edit.scalars})
            items[target.id] = replace(target.written, asked_scalars=asked)
            self._verifier.sample(plan.scene.id, target, cut)
            self._events += replaced_events(plan, target, self._now)
        self._note(self._state(plan, cut, trouble), items)
        written = tuple(fields)
        if written:
            keys = ", ".join(str(target.item.rating_key) for target in plan.targets)
            log.info("scene %d -> item %s: %s", plan.scene.id, keys, ", ".join(written))
        if trouble:  # the text stands, the cover is tried again
            self._end(plan.job, "retrying", str(trouble), error=trouble)
            return
        kind = "changed" if written else "unchanged"
        self._end(plan.job, kind, ", ".join(written), fields=written)

    def _state(
        self, plan: Plan, cut: Mapping[str, str], trouble: PlexSyncError | None
    ) -> SceneState:
        kept = tuple(dict.fromkeys(name for one in plan.targets for name in one.edit.kept))
        known = plan.known.detail if plan.known else SceneDetail()
        detail = SceneDetail(kept=kept, refused=known.refused, cut={**known.cut, **cut})
        cover = Cover() if trouble else plan.cover
        return SceneState(
            scene_id=plan.scene.id,
            state="in_step",
            message=f"left as a person set it in Plex: {', '.join(kept)}" if kept else "",
            detail=detail,
            fingerprint="" if trouble else plan.fingerprint,
            paths=plan.paths,
            updated_at=settled(plan.scene.updated_at, now=self._now),
            links=links_of(plan.scene),
            cover=cover.seen,
            cover_etag=cover.etag,
            cover_sha1=cover.sha1,
        )

    def _send_edit(self, target: Target, *, locks: Collection[str]) -> Mapping[str, str]:
        """Write the text; returns what had to be cut, by field."""
        edit = target.edit
        if not edit and not locks:
            return {}
        lists = {
            name: ListChange(final=one.final, remove=one.remove) for name, one in edit.tags.items()
        }
        return self._server.writer.write(
            target.item.rating_key,
            target.item.type,
            scalars=edit.scalars,
            lists=lists,
            lock=[*edit.lock, *locks],
        ).cut

    # Undoing

    def _undo(self, jobs: Sequence[tuple[Job, str]], scenes: Mapping[int, Scene]) -> None:
        if not jobs:
            return
        undoing = Undoing(self._server, self._ledger, self._settings.filters)
        undoing.read({job.scene_id: run for job, run in jobs})
        for job, run in jobs:
            if self._is_interrupted():
                return
            try:
                done = undoing.undo(job.scene_id, scenes.get(job.scene_id), run)
            except SceneError as error:
                self._end(job, "retrying", str(error), error=error)
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
        self.results.append(Result(job=job, outcome=outcome, error=error, fields=fields))

    def _confirm(self) -> None:
        if self._confirmations or self._events:
            self._ledger.confirm(self._confirmations, now=self._now, events=self._events)
