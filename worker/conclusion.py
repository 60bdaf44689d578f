"""What the ledger is told of a plan: before its writes, and after what they came to. No I/O."""

from __future__ import annotations

from dataclasses import replace

from mirror.ledger import Intent, ItemId, SceneState
from mirror.records import SceneDetail, links_of
from mirror.written import Asked, Written
from worker.catch_up import settled
from worker.covers import Cover
from worker.deliveries import Carried
from worker.plan import Plan, Target


def intent_of(plan: Plan, target: Target, *, promised: Written) -> Intent:
    """What is about to be written to one item.

    Args:
        plan: Whose scene.
        target: Which item.
        promised: What will be known of it once all of it is done.
    """
    edit = target.edit
    return Intent(
        scene_id=plan.scene.id,
        item=target.id,
        written=promised,
        with_cover=bool(target.pictures),
        run=plan.job.run,
        stood=target.stood,
        wrote=Asked(
            scalars=edit.scalars,
            tags={name: target.written.asked_tags.get(name, ()) for name in edit.tags},
        ),
        removed={name: one.remove for name, one in edit.tags.items() if one.remove},
    )


def items_after(plan: Plan, carried: Carried) -> dict[ItemId, Written]:
    """What is known of each item now."""
    items: dict[ItemId, Written] = {}
    for target in plan.targets:
        cut = {name: text for name, text in carried.cut.items() if name in target.edit.scalars}
        sent = carried.sent.get(target.id, {})
        asked = {**target.written.asked_scalars, **sent, **cut}
        items[target.id] = replace(target.written, asked_scalars=asked)
    return items


def fields_written(plan: Plan, carried: Carried) -> tuple[str, ...]:
    """The fields that were written, each once; "cover" too."""
    fields: dict[str, None] = {}
    for target in plan.targets:
        fields.update(dict.fromkeys([*target.edit.scalars, *target.edit.tags]))
        fields.update(dict.fromkeys(["cover"] if carried.sent.get(target.id) else []))
    return tuple(fields)


def state_after(plan: Plan, carried: Carried, *, now: float) -> SceneState:
    """How the scene stands; with trouble it has to be looked at again. `now` in Unix seconds."""
    kept = tuple(dict.fromkeys(name for one in plan.targets for name in one.edit.kept))
    known = plan.known.detail if plan.known else SceneDetail()
    cover = Cover() if carried.trouble else plan.cover
    return SceneState(
        scene_id=plan.scene.id,
        state="in_step",
        message=f"left as a person set it in Plex: {', '.join(kept)}" if kept else "",
        detail=SceneDetail(kept=kept, refused=known.refused, cut={**known.cut, **carried.cut}),
        fingerprint="" if carried.trouble else plan.fingerprint,
        paths=plan.paths,
        updated_at=settled(plan.scene.updated_at, now=now),
        links=links_of(plan.scene),
        cover=cover.seen,
        cover_etag=cover.etag,
        cover_sha1=cover.sha1,
        source=0 if carried.trouble else plan.source,
    )
