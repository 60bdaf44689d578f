"""The ledger's records, and how they become rows: JSON, readable without this program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, TypedDict

from mirror.written import Asked, Standing, Written
from plex.item import Tag
from stash.scene import Scene

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode  # made once: it is asked for each scene

Kind = Literal["performer", "studio", "tag", "group"]
State = Literal["in_step", "resting", "failed", "skipped", "gone"]
Link = tuple[Kind, int]  # what it is, and its Stash id


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemId:
    """Which item a row speaks of: it counts only when all four agree.

    A rating key alone is no identity: Plex gives it to another file after a rebuild, and other
    servers give the same numbers.
    """

    machine: str
    section_uuid: str
    rating_key: int
    part: str  # the scene's file as Plex names it


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateItem:
    """One of several items that hold a scene's file, as a person tells them apart."""

    rating_key: int
    title: str
    library: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneDetail:
    """What a person may want to know of a scene beyond one sentence.

    Attributes:
        candidates: The items among which nobody chose.
        kept: Fields that a person changed in Plex, who wins by the policy.
        refused: Fields that Plex did not take, with what it should have shown.
        cut: Fields that Plex refused in full, with what was written instead.
    """

    candidates: tuple[CandidateItem, ...] = ()
    kept: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    cut: Mapping[str, str] = field(default_factory=dict)


NO_DETAIL = SceneDetail()


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneState:
    """How far one scene is in step with Plex, as of its last sync.

    Attributes:
        code: Why, in one stable word: "no_library", "not_scanned", "ambiguous", "merged",
            "undone"; empty if in step.
        message: The same for a person.
        about: What the code speaks of, so that scenes of one cause are one group: a folder of
            Plex's, an item's key.
        detail: More for a person who looks at this scene.
        fingerprint: What was last applied; empty means that the scene needs a look.
        cover: Stash's address of the cover that was last sent; `cover_etag` and `cover_sha1`
            belong to its bytes.
        updated_at: Stash's own string at the last sync.
        changed: Since when the state and its code are these, in Unix seconds. The ledger keeps
            it; what is given to the ledger is ignored.
        paths: The scene's files as Plex would name them.
        source: What the scene's bytes in Stash and the settings were, see
            `mirror.fingerprint.source_mark`; 0 where the scene has to be read to tell.
        links: Stash objects that the scene held. None leaves them as they are; a state that is
            read always has None (`Ledger.scenes_holding` reads them the other way round).
    """

    scene_id: int
    state: State
    code: str = ""
    message: str = ""
    fingerprint: str = ""
    cover: str = ""
    cover_etag: str = ""
    cover_sha1: str = ""
    updated_at: str = ""
    changed: float = 0.0
    paths: tuple[str, ...] = ()
    links: frozenset[Link] | None = None
    about: str = ""
    detail: SceneDetail = NO_DETAIL
    source: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One item about to be written: `written` is what will be known once the PUT is done.

    Attributes:
        with_cover: The scene's cover is about to be sent as well.
        run: The run that asked for it; empty for a save, which is no run.
        stood: What stands in each field that is about to be written.
        wrote: What this write asks for.
        removed: What this write takes out of lists.
    """

    scene_id: int
    item: ItemId
    written: Written
    with_cover: bool = False
    run: str = ""
    stood: Mapping[str, Standing] = field(default_factory=dict)
    wrote: Asked = field(default_factory=Asked)
    removed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One scene that is done: what is now known of its items, also of those not written.

    An item of which nothing of ours is left has None.

    Attributes:
        is_undo: What stood before our first write is what is said here, and no more.
    """

    state: SceneState
    items: Mapping[ItemId, Written | None] = field(default_factory=dict)
    is_undo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a person may want to look back at; `at` is in Unix seconds."""

    at: float
    scene_id: int
    kind: str
    text: str


class _AskedJson(TypedDict):
    scalars: dict[str, str]
    tags: dict[str, list[str]]


class _StandingJson(TypedDict):
    value: str
    tags: list[list[str]]
    locked: bool


def links_of(scene: Scene) -> frozenset[Link]:
    """Return the Stash objects whose change or end may change what `scene` should show."""
    links: set[Link] = {("performer", performer.id) for performer in scene.performers}
    links |= {("tag", one.id) for tag in scene.tags for one in (tag, *tag.parents)}
    links |= {("group", group.id) for group in scene.groups}
    if scene.studio:
        links.add(("studio", scene.studio.id))
        if scene.studio.parent:
            links.add(("studio", scene.studio.parent.id))
    return frozenset(links)


def to_json(value: object) -> str:
    """Return compact JSON that SQLite can hold, whatever the text."""
    return _ENCODE(value)


def asked_json(asked: Asked) -> str:
    """Return one write's wishes as a row keeps them."""
    return to_json(_plain_asked(asked))


def unsure_json(unsure: tuple[Asked, ...]) -> str:
    """Return unconfirmed writes as a row keeps them."""
    return to_json([_plain_asked(asked) for asked in unsure])


def before_json(before: Mapping[str, Standing]) -> str:
    """Return what stood in Plex before us as a row keeps it."""
    return to_json({name: _plain_standing(standing) for name, standing in before.items()})


def detail_json(detail: SceneDetail) -> str:
    """Return a scene's detail as its row keeps it; what is empty is left out."""
    return to_json({name: value for name, value in asdict(detail).items() if value})


def read_written(asked: str | None, unsure: str, before: str, removed: str) -> Written:
    """Return what the four columns of a row say."""
    sure = read_asked(asked) if asked else Asked()
    return Written(
        asked_scalars=sure.scalars,
        asked_tags=sure.tags,
        before=read_before(before),
        removed=read_removed(removed),
        unsure=tuple(_read_asked(value) for value in json.loads(unsure)),
    )


def read_asked(asked: str) -> Asked:
    """Return one write's wishes as a row keeps them."""
    return _read_asked(json.loads(asked))


def read_before(before: str) -> dict[str, Standing]:
    """Return what stood in Plex as a row keeps it."""
    standings: dict[str, _StandingJson] = json.loads(before)
    return {name: _read_standing(value) for name, value in standings.items()}


def read_removed(removed: str) -> dict[str, tuple[str, ...]]:
    """Return what was taken out of lists as a row keeps it."""
    return {name: tuple(values) for name, values in json.loads(removed).items()}


def read_detail(detail: str) -> SceneDetail:
    """Return a scene's detail as its row keeps it."""
    if detail == "{}":
        return NO_DETAIL
    plain = json.loads(detail)
    return SceneDetail(
        candidates=tuple(CandidateItem(**one) for one in plain.get("candidates", ())),
        kept=tuple(plain.get("kept", ())),
        refused=plain.get("refused", {}),
        cut=plain.get("cut", {}),
    )


def read_paths(paths: str) -> tuple[str, ...]:
    """Return a scene's paths as its row keeps them."""
    return tuple(json.loads(paths))


def _plain_asked(asked: Asked) -> _AskedJson:
    return {
        "scalars": dict(asked.scalars),
        "tags": {name: list(tags) for name, tags in asked.tags.items()},
    }


def _read_asked(plain: _AskedJson) -> Asked:
    return Asked(
        scalars=plain["scalars"],
        tags={name: tuple(tags) for name, tags in plain["tags"].items()},
    )


def _plain_standing(standing: Standing) -> _StandingJson:
    return {
        "value": standing.value,
        "tags": [[tag.tag, tag.role, tag.thumb] for tag in standing.tags],
        "locked": standing.locked,
    }


def _read_standing(plain: _StandingJson) -> Standing:
    return Standing(
        value=plain["value"],
        tags=tuple(Tag(*tag) for tag in plain["tags"]),
        locked=plain["locked"],
    )
