"""What is planned for one scene: the facts between deciding and writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mirror.desired import Desired
from mirror.edit import Edit
from mirror.ledger import ItemId, SceneState
from mirror.records import NO_DETAIL, Event, SceneDetail
from mirror.written import Standing, Written
from plex.item import Item
from stash.scene import Scene
from sync_queue.jobs import Job
from worker.covers import Cover

# Kinds of pictures by what the choice calls them: Plex's address, and the field that is locked.
PICTURE_KINDS = {"poster": ("posters", "thumb"), "background": ("arts", "art")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One item that a scene is written to.

    Attributes:
        written: What the ledger holds once the edit is done.
        stood: What stands now in each field that the edit writes or locks.
        pictures: Which of `PICTURE_KINDS` are to be shown anew.
    """

    item: Item
    id: ItemId
    edit: Edit
    written: Written
    stood: Mapping[str, Standing]
    pictures: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.edit or self.pictures)


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
    source: int  # see `SceneState.source`
    targets: list[Target] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be done about one scene.

    Attributes:
        kind: "write", "undo", or an outcome's kind where there is nothing to write.
        text: Plain words for the outcome.
        state: What the ledger shall hold of the scene; None leaves it as it is.
        plan: For "write".
        scan: Library key and folder that Plex may be asked to look into.
        error: Nothing could be told: try again.
    """

    job: Job
    kind: str
    text: str = ""
    state: SceneState | None = None
    plan: Plan | None = None
    scan: tuple[int, str] | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Why a scene rests, in one stable word, what that speaks of, and plain words."""

    code: str
    about: str
    message: str
    detail: SceneDetail = NO_DETAIL
    scan: tuple[int, str] | None = None

    def state(self, scene: Scene, paths: tuple[str, ...] = ()) -> SceneState:
        """The scene's state that says so; what is known of its cover is of no use any more."""
        return SceneState(
            scene_id=scene.id,
            state="resting",
            code=self.code,
            about=self.about,
            message=self.message,
            detail=self.detail,
            updated_at=scene.updated_at,
            paths=paths,
        )


def replaced_events(plan: Plan, target: Target, now: float) -> list[Event]:
    """What of a person's or an agent's Stash's values replace, one event an item."""
    if not target.edit.replaced:
        return []
    told = "; ".join(f"{name} was {_short(value)}" for name, value in target.edit.replaced.items())
    text = f"Stash's values replaced what item {target.item.rating_key} showed: {told}"
    return [Event(at=now, scene_id=plan.scene.id, kind="replaced", text=text)]


def _short(value: str) -> str:
    line = " ".join(value.split())
    return repr(line if len(line) <= 120 else f"{line[:119]}…")
