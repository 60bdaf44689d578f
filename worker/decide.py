"""Decides what a batch of scenes asks for. Reads from Stash and Plex, writes nothing anywhere.

The same decision serves a sync and its preview, so that what a preview counts is what the run that
follows does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mirror.desired import desired_item
from mirror.edit import plan_edit, written_after
from mirror.filters import reason_to_skip
from mirror.fingerprint import fingerprint, source_mark
from mirror.known_items import KnownItems
from mirror.ledger import ItemId, Ledger, SceneState
from mirror.limits import within_limits
from mirror.written import NOTHING_WRITTEN, Standing, Written
from plex.finder import Found, Wanted
from plex.item import Item
from plex.paths import comparable
from plex.server import Server
from stash.scene import Scene
from sync_queue.jobs import Job, Priority
from worker.absence import NOT_IN_PLEX, why_absent, why_ambiguous
from worker.catch_up import settled
from worker.chosen import Chosen
from worker.covers import Cover, CoverReader, picture_mark
from worker.destroyed import Destroyed
from worker.foreign import is_foreign, message_of, say
from worker.owners import Owners, merged
from worker.plan import PICTURE_KINDS, Plan, Rest, Target, Verdict
from worker.settings import Settings
from worker.skip import libraries_of, skip_context
from worker.verify import Verifier


class Decider:
    """Decides for the scenes of one batch.

    Args:
        server: The connected Plex server.
        ledger: What was written before.
        settings: What a person chose, with the mapping in force.
        covers: Reads covers from Stash.
        owners: Tells scenes apart that share an item.
        stash_folders: Stash's own library folders.
        verifier: Looks at what earlier batches wrote; None for a preview.
        destroyed: Says what becomes of scenes that Stash does not have any more.
        now: Unix seconds.

    Attributes:
        chosen: What a person decided about scenes of the batch.
    """

    def __init__(
        self,
        *,
        server: Server,
        ledger: Ledger,
        settings: Settings,
        covers: CoverReader,
        owners: Owners,
        stash_folders: Sequence[str],
        verifier: Verifier | None,
        destroyed: Destroyed,
        now: float,
    ) -> None:
        self._server = server
        self._ledger = ledger
        self._settings = settings
        self._covers = covers
        self._owners = owners
        self._stash_folders = stash_folders
        self._verifier = verifier
        self._destroyed = destroyed
        self._now = now
        self._known = KnownItems()
        self._context = skip_context(settings, server)
        self.chosen = Chosen(ledger, server, now=now)

    def decide(self, jobs: Sequence[Job], scenes: Mapping[int, Scene]) -> list[Verdict]:
        """One verdict for each job, in any order.

        Args:
            jobs: Which scenes.
            scenes: Those of them that Stash has.

        Raises:
            WaitError: A server cannot be asked.
            ServerChangedError: Another server answers than was connected to.
        """
        lost = len(self.chosen.lost)
        try:
            return self._decide(jobs, scenes)
        except Exception as error:
            if not is_foreign(error):
                raise
            del self.chosen.lost[lost:]  # it is met again
            if len(jobs) > 1:  # each by itself tells whose trouble it is
                return [one for job in jobs for one in self.decide([job], scenes)]
            [job] = jobs
            say(job.scene_id, error)
            return [Verdict(job=job, kind="retrying", text=message_of(error), error=error)]

    def _decide(self, jobs: Sequence[Job], scenes: Mapping[int, Scene]) -> list[Verdict]:
        known = self._ledger.scenes(job.scene_id for job in jobs)
        self.chosen.look(job.scene_id for job in jobs if job.scene_id in scenes)
        missing = [job.scene_id for job in jobs if job.scene_id not in scenes]
        self._destroyed.look(missing, now=self._now)
        verdicts: list[Verdict] = []
        plans: list[Plan] = []
        for job in jobs:
            one = self._before_plex(job, scenes.get(job.scene_id), known.get(job.scene_id))
            (plans if isinstance(one, Plan) else verdicts).append(one)  # type: ignore[arg-type]
        wanted = {
            plan.scene.id: Wanted(
                paths=plan.paths, is_fresh=plan.job.force or plan.job.priority > Priority.BULK
            )
            for plan in plans
        }
        found = self.chosen.apply(plans, self._find(wanted))
        keys = [item.rating_key for one in found.values() for item in one.items]
        self._known = self._ledger.known_items(self._server.machine, keys)
        self._owners.look(
            (
                (plan, item, self._id(plan, item))
                for plan in plans
                for item in found[plan.scene.id].items
            ),
            self._known,
        )
        return verdicts + [self._with_plex(plan, found[plan.scene.id]) for plan in plans]

    def _find(self, wanted: Mapping[int, Wanted]) -> Mapping[int, Found]:
        if not wanted:
            return {}
        finder = self._server.finder
        if self._verifier is None:
            return finder.find(wanted)
        found = finder.find(wanted, also=self._verifier.keys)
        self._verifier.look(finder.also_read, now=self._now)
        return found

    def _before_plex(
        self, job: Job, scene: Scene | None, known: SceneState | None
    ) -> Verdict | Plan:
        """What Stash and the ledger alone tell, or the plan that Plex has to be asked for."""
        if scene is None:
            return self._destroyed.verdict(job)
        left_out = self.chosen.left_out(job, scene, known)
        if left_out:
            return left_out
        reason = reason_to_skip(scene, self._settings.filters)
        if reason:
            return self._filtered(job, scene, known, reason)
        if _stays_undone(job, scene, known):
            return Verdict(job=job, kind="undone", text="it was undone and not edited since")
        plan = self._plan(job, scene, known)
        is_step = known is not None and known.state == "in_step"
        if is_step and known and known.fingerprint == plan.fingerprint:
            cover = plan.cover
            if not (job.force or cover.is_new or cover.trouble):
                at = settled(scene.updated_at, now=self._now)
                seen = replace(known, cover=cover.seen, updated_at=at, source=plan.source)
                return Verdict(job=job, kind="unchanged", state=None if seen == known else seen)
        return plan

    def _filtered(self, job: Job, scene: Scene, known: SceneState | None, reason: str) -> Verdict:
        """A scene that the filters leave out stays as it is in Plex, or is undone by choice."""
        if self._settings.undo_filtered and self._ledger.items_of(scene.id):
            return Verdict(job=job, kind="undo", text=reason)
        state = SceneState(
            scene_id=scene.id,
            state="skipped",
            code="filtered",
            message=reason,
            updated_at=scene.updated_at,
        )
        is_said = known is not None and (known.code, known.message) == ("filtered", reason)
        return Verdict(job=job, kind="filtered", text=reason, state=None if is_said else state)

    def _plan(self, job: Job, scene: Scene, known: SceneState | None) -> Plan:
        policy = self._settings.policy
        desired = desired_item(scene, policy)
        paths = tuple(map(self._settings.mapping.to_plex, scene.files))
        libraries = libraries_of(self._server)
        cover = self._covers.look(scene, known, wanted=policy.pictures, now=self._now)
        return Plan(
            job=job,
            scene=scene,
            desired=desired,
            paths=paths,
            fingerprint=fingerprint(
                desired,
                targets="\n".join((self._server.machine, libraries, *paths)),
                policy=policy,
            ),
            known=known,
            cover=cover,
            source=self._source(scene, cover),
        )

    def _source(self, scene: Scene, cover: Cover) -> int:
        """What tells that nothing has to be read; 0 while something may change unseen."""
        is_cover_settled = not (self._settings.policy.pictures and scene.cover)
        if not (is_cover_settled or cover.seen == scene.cover):
            return 0
        is_settled = settled(scene.updated_at, now=self._now)
        return source_mark(scene.source, self._context) if is_settled else 0

    def _with_plex(self, plan: Plan, found: Found) -> Verdict:
        if found.error:
            return Verdict(job=plan.job, kind="retrying", text=str(found.error), error=found.error)
        if found.candidates:
            rest = why_ambiguous(found.candidates, plan, self._server.finder.sections)
            return self._rest(plan, rest)
        if not found.items:
            return self._rest(plan, why_absent(plan, found, self._stash_folders))
        others: dict[int, int] = {}
        for item in found.items:
            owner = self._owners.owner(plan, item)
            if owner == plan.scene.id:
                plan.targets.append(self._target(plan, item))
            else:
                others[item.rating_key] = owner
        if not plan.targets:
            return self._rest(plan, merged(others))
        return Verdict(job=plan.job, kind="write", plan=plan)

    def _rest(self, plan: Plan, rest: Rest) -> Verdict:
        kind = "not_in_plex" if rest.code in NOT_IN_PLEX else rest.code
        state = rest.state(plan.scene, plan.paths)
        return Verdict(job=plan.job, kind=kind, text=rest.message, state=state, scan=rest.scan)

    def _id(self, plan: Plan, item: Item) -> ItemId:
        """What names the item in the ledger: with the file by which it is known there."""
        mine = {comparable(path) for path in plan.paths}
        item_id = ItemId(
            machine=self._server.machine,
            section_uuid=item.section_uuid,
            rating_key=item.rating_key,
            part=next(path for path in item.files if comparable(path) in mine),
        )
        return replace(item_id, part=self._known.part_known(item_id, item.files))

    def _target(self, plan: Plan, item: Item) -> Target:
        item_id = self._id(plan, item)
        before = self._known.written(item_id)
        detail = plan.known.detail if plan.known else None
        edit = plan_edit(plan.desired, item, before, self._settings.policy)
        edit = within_limits(edit, item, detail)
        pictures = self._pictures(plan, before)
        locks = {*edit.lock, *(PICTURE_KINDS[kind][1] for kind in pictures)}
        return Target(
            item=item,
            id=item_id,
            edit=edit,
            written=written_after(plan.desired, item, before, edit),
            stood={name: _standing(item, name) for name in locks},
            pictures=pictures,
        )

    def _pictures(self, plan: Plan, before: Written | None) -> tuple[str, ...]:
        """The kinds of pictures that do not show the cover yet, as far as we sent them."""
        if not plan.cover.sha1:
            return ()
        policy = self._settings.policy
        mark = picture_mark(plan.cover.sha1, padded=policy.pad_covers)
        known = before or NOTHING_WRITTEN
        return tuple(
            kind
            for kind, (_, field) in PICTURE_KINDS.items()
            if kind in policy.cover_as and not known.surely_asked_for(field, mark)
        )


def _stays_undone(job: Job, scene: Scene, known: SceneState | None) -> bool:
    """Whether the scene was undone, and neither edited nor asked for since."""
    is_undone = known is not None and known.code == "undone"
    return is_undone and not job.force and bool(known and known.updated_at == scene.updated_at)


def _standing(item: Item, name: str) -> Standing:
    return Standing(
        value=item.scalars.get(name, ""), tags=item.tags.get(name, ()), locked=name in item.locked
    )


def kind_of(verdict: Verdict) -> str:
    """The outcome that a scene will have once its verdict is carried out without trouble."""
    if verdict.kind == "write":
        return "changed" if verdict.plan and any(verdict.plan.targets) else "unchanged"
    return "undone" if verdict.kind == "undo" else verdict.kind
