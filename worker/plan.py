"""What a batch plans for one scene: the facts between deciding and writing."""

from __future__ import annotations

from dataclasses import dataclass, field

from mirror.desired import Desired
from mirror.edit import Edit
from mirror.ledger import ItemId, SceneState
from mirror.written import Written
from plex.finder import Found
from plex.item import Item
from stash.scene import Scene
from sync_queue.jobs import Job
from worker.covers import Cover


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One item that a scene is written to."""

    item: Item
    id: ItemId
    edit: Edit
    written: Written
    needs_cover: bool


@dataclass(slots=True, kw_only=True)
class Plan:
    """What a scene asks for, before Plex is asked anything."""

    job: Job
    scene: Scene
    desired: Desired
    paths: tuple[str, ...]  # on Plex's side
    fingerprint: str
    known: SceneState | None
    cover: Cover
    targets: list[Target] = field(default_factory=list)


def why_absent(plan: Plan, found: Found) -> str:
    """Why a scene rests that has no item, in words that name what to do."""
    if not plan.paths:
        return "the scene has no file"
    folder = plan.paths[0].replace("\\", "/").rpartition("/")[0] or "/"
    if not found.sections:
        return f"no chosen Plex library has the folder {folder}; add it, or a path mapping"
    return f"Plex has not scanned the file in {folder} yet"
