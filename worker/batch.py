"""One batch: scenes that were read from Stash become edits of their items in Plex.

Decide first, act second. Everything that can be decided for the whole batch is: one multi-id read
of the items, one transaction that records what is about to be written, then one PUT per changed
item, then one transaction that confirms. A kill anywhere repeats at most this batch, and repeating
writes nothing that stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from errors import PlexAwayError, PlexSyncError, SceneError, ServerBusyError, WaitError
from mirror.desired import desired_item
from mirror.edit import plan_edit, written_after
from mirror.fingerprint import fingerprint
from mirror.ledger import Confirmation, Intent, ItemId, Ledger, SceneState
from mirror.records import links_of
from mirror.written import Written
from plex.edits import ListChange, edit_queries
from plex.finder import Found, Wanted
from plex.item import Item
from plex.paths import comparable
from plex.server import Server
from stash.scene import Scene
from sync_queue.jobs import Job, Priority
from worker.covers import Cover, CoverReader
from worker.plan import Plan, Target, why_absent
from worker.settings import Settings
from worker.state import Outcome

log = logging.getLogger("PlexSync.worker")

BUSY_IN_A_ROW = 3  # different scenes that are answered 500: the server's trouble, not theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one job of the batch ended; `error` asks for another attempt."""

    job: Job
    outcome: Outcome
    error: Exception | None = None


class Batch:
    """Syncs the scenes of one claim.

    Args:
        server: The connected Plex server.
        ledger: What was written before.
        settings: What a person chose.
        covers: Reads covers from Stash.
        is_interrupted: Asked between two writes; True leaves the rest of the batch unfinished.
        busy: Scenes in a row that Plex answered 500 to; kept from batch to batch.
        now: Unix seconds, for what is recorded.
    """

    def __init__(
        self,
        *,
        server: Server,
        ledger: Ledger,
        settings: Settings,
        covers: CoverReader,
        is_interrupted: Callable[[], bool],
        busy: set[int],
        now: float,
    ) -> None:
        self._busy = busy
        self._server = server
        self._ledger = ledger
        self._settings = settings
        self._covers = covers
        self._is_interrupted = is_interrupted
        self._now = now
        self._confirmations: list[Confirmation] = []
        self.results: list[Result] = []

    def run(self, jobs: Sequence[Job], scenes: Mapping[int, Scene]) -> None:
        """Sync `jobs`; what is done stands in `results`, also when this raises.

        Raises:
            WaitError: A server cannot be asked; the jobs without a result are untouched.
        """
        known = self._ledger.scenes(job.scene_id for job in jobs)
        try:
            plans = [
                plan
                for job in jobs
                if (plan := self._plan(job, scenes.get(job.scene_id), known.get(job.scene_id)))
            ]
            wanted = {
                plan.scene.id: Wanted(
                    paths=plan.paths,
                    is_fresh=plan.job.force or plan.job.priority > Priority.BULK,
                )
                for plan in plans
            }
            found = self._server.finder.find(wanted) if wanted else {}
            self._write(self._decide(plans, found))
        finally:
            self._confirm()

    def _plan(self, job: Job, scene: Scene | None, known: SceneState | None) -> Plan | None:
        """What to do for one scene; None when that was nothing."""
        if scene is None:
            self._rest(job, "gone", "not in Stash any more", known=known)
            return None
        desired = desired_item(scene, self._settings.policy)
        paths = tuple(map(self._settings.mapping.to_plex, scene.files))
        libraries = ",".join(str(one.key) for one in self._server.finder.sections)
        print_ = fingerprint(
            desired,
            targets="\n".join((self._server.machine, libraries, *paths)),
            policy=self._settings.policy,
        )
        is_known = known is not None and known.state == "in_step" and known.fingerprint == print_
        wanted = self._settings.policy.pictures
        cover = self._covers.look(scene, known, wanted=wanted, now=self._now)
        if is_known and known and not (job.force or cover.is_new or cover.trouble):
            if cover.seen != known.cover:
                self._note(self._state_of(scene.id, known, cover=cover.seen))
            self._done(job, "unchanged")
            return None
        return Plan(
            job=job,
            scene=scene,
            desired=desired,
            paths=paths,
            fingerprint=print_,
            known=known,
            cover=cover,
        )

    def _decide(self, plans: Iterable[Plan], found: Mapping[int, Found]) -> list[Plan]:
        """Plan the edits of everything that was found; say of the rest why it rests."""
        ready = []
        for plan in plans:
            one = found[plan.scene.id]
            if one.error:
                self._failed(plan.job, one.error)
            elif one.candidates:
                keys = ", ".join(str(item.rating_key) for item in one.candidates)
                text = f"several items hold its file: {keys}; merge or remove all but one"
                self._rest(plan.job, "ambiguous", text, plan=plan)
            elif not one.items:
                self._rest(plan.job, "not_in_plex", why_absent(plan, one), plan=plan)
            else:
                plan.targets = [self._target(plan, item) for item in one.items]
                ready.append(plan)
        return ready

    def _target(self, plan: Plan, item: Item) -> Target:
        mine = {comparable(path) for path in plan.paths}
        part = next(path for path in item.files if comparable(path) in mine)
        item_id = ItemId(
            machine=self._server.machine,
            section_uuid=item.section_uuid,
            rating_key=item.rating_key,
            part=part,
        )
        before = self._ledger.written(item_id)
        edit = plan_edit(plan.desired, item, before, self._settings.policy)
        return Target(
            item=item,
            id=item_id,
            edit=edit,
            written=written_after(plan.desired, item, before, edit),
            needs_cover=bool(plan.cover.sha1) and (plan.cover.is_new or before is None),
        )

    def _write(self, plans: Sequence[Plan]) -> None:
        self._ledger.begin(
            [
                Intent(
                    scene_id=plan.scene.id,
                    item=target.id,
                    written=target.written,
                    with_cover=target.needs_cover,
                )
                for plan in plans
                for target in plan.targets
                if target.edit or target.needs_cover
            ],
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
                self._failed(plan.job, error)
            except Exception as error:  # one scene's trouble, even a bug of ours, stays its own
                log.exception("scene %d: unexpected trouble", plan.scene.id)
                self._failed(plan.job, error)

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
        self._failed(job, error)

    def _write_scene(self, plan: Plan) -> None:
        fields: dict[str, None] = {}
        trouble = plan.cover.trouble
        for target in plan.targets:
            was_sent = False
            if target.needs_cover:
                try:
                    was_sent = self._send_cover(plan, target)
                except SceneError as error:
                    log.warning("scene %d: its cover could not be sent: %s", plan.scene.id, error)
                    trouble = error
            self._send_edit(target, with_cover=was_sent)
            written = [*target.edit.scalars, *target.edit.tags, *(["cover"] if was_sent else [])]
            fields.update(dict.fromkeys(written))
            if target.edit.replaced:
                names = ", ".join(target.edit.replaced)
                log.info("scene %d: Stash's %s replaced what Plex had", plan.scene.id, names)
                log.debug("scene %d: that was %s", plan.scene.id, dict(target.edit.replaced))
        state = self._state_of(
            plan.scene.id,
            plan.known,
            state="in_step",
            code="",
            message="",
            fingerprint="" if trouble else plan.fingerprint,
            paths=plan.paths,
            updated_at=plan.scene.updated_at,
            links=links_of(plan.scene),
            **(Cover() if trouble else plan.cover).as_known(),
        )
        self._note(state, {target.id: target.written for target in plan.targets})
        keys = ", ".join(str(target.item.rating_key) for target in plan.targets)
        if fields:
            log.info("scene %d -> item %s: %s", plan.scene.id, keys, ", ".join(fields))
        if trouble:  # the text stands, the cover is tried again
            self._failed(plan.job, trouble)
            return
        self._done(plan.job, "changed" if fields else "unchanged", ", ".join(fields))

    def _send_edit(self, target: Target, *, with_cover: bool) -> None:
        edit = target.edit
        if not edit and not with_cover:
            return
        queries = edit_queries(
            target.item.type,
            scalars=edit.scalars,
            lists={
                name: ListChange(final=one.final, remove=one.remove)
                for name, one in edit.tags.items()
            },
            lock=[*edit.lock, *(["thumb"] if with_cover else [])],
        )
        for query in queries:
            self._server.client.edit(target.item.rating_key, query)

    def _send_cover(self, plan: Plan, target: Target) -> bool:
        """Show the cover; False where Stash has no picture any more."""
        key, address = target.item.rating_key, plan.scene.cover
        return self._covers.show(self._server.client, key, plan.cover, address=address)

    def _state_of(self, scene_id: int, known: SceneState | None, **changes: Any) -> SceneState:
        blank = known or SceneState(scene_id=scene_id, state="in_step")
        return replace(blank, **changes)

    def _rest(
        self,
        job: Job,
        kind: str,
        text: str,
        *,
        known: SceneState | None = None,
        plan: Plan | None = None,
    ) -> None:
        """Note a state that is no error: nothing to do until something changes."""
        state = self._state_of(
            job.scene_id,
            plan.known if plan else known,
            state="gone" if kind == "gone" else "resting",
            code=kind,
            message=text,
            fingerprint="",
            paths=plan.paths if plan else (),
        )
        self._note(state)
        self._done(job, kind, text)

    def _note(self, state: SceneState, items: Mapping[ItemId, Written] | None = None) -> None:
        self._confirmations.append(Confirmation(state=state, items=items or {}))

    def _done(self, job: Job, kind: str, text: str = "") -> None:
        outcome = Outcome(scene_id=job.scene_id, kind=kind, text=text, at=self._now)
        self.results.append(Result(job=job, outcome=outcome))

    def _failed(self, job: Job, error: Exception) -> None:
        outcome = Outcome(scene_id=job.scene_id, kind="retrying", text=str(error), at=self._now)
        self.results.append(Result(job=job, outcome=outcome, error=error))

    def _confirm(self) -> None:
        if self._confirmations:
            self._ledger.confirm(self._confirmations, now=self._now)
