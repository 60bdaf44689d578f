"""The ledger's records, and how they become rows: JSON, readable without this program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from mirror.written import Asked, Standing, Written
from plex.item import Tag
from stash.scene import Scene

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
class SceneState:
    """How far one scene is in step with Plex, as of its last sync.

    Attributes:
        code: Why, in one stable word: "not_in_plex", "ambiguous", "merged"; empty if in step.
        message: The same for a person.
        fingerprint: What was last applied; empty means that the scene needs a look.
        cover: Stash's address of the cover that was last sent; `cover_etag` and `cover_sha1`
            belong to its bytes.
        updated_at: Stash's own string at the last sync.
        changed: Since when the state and its code are these, in Unix seconds. The ledger keeps
            it; what is given to the ledger is ignored.
        paths: The scene's files as Plex would name them.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One item about to be written: `written` is what will be known once the PUT is done.

    Attributes:
        with_cover: The scene's cover is about to be sent as well.
    """

    scene_id: int
    item: ItemId
    written: Written
    with_cover: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """One scene that is done: what is now known of its items, also of those not written."""

    state: SceneState
    items: Mapping[ItemId, Written] = field(default_factory=dict)


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
    links |= {("tag", tag.id) for tag in scene.tags}
    links |= {("group", group.id) for group in scene.groups}
    if scene.studio:
        links.add(("studio", scene.studio.id))
        if scene.studio.parent:
            links.add(("studio", scene.studio.parent.id))
    return frozenset(links)


def to_json(value: object) -> str:
    """Return compact JSON that SQLite can hold, whatever the text."""
    return json.dumps(value, separators=(",", ":"))


def asked_json(asked: Asked) -> str:
    """Return one write's wishes as a row keeps them."""
    return to_json(_plain_asked(asked))


def unsure_json(unsure: tuple[Asked, ...]) -> str:
    """Return unconfirmed writes as a row keeps them."""
    return to_json([_plain_asked(asked) for asked in unsure])


def before_json(before: Mapping[str, Standing]) -> str:
    """Return what stood in Plex before us as a row keeps it."""
    return to_json({name: _plain_standing(standing) for name, standing in before.items()})


def read_written(asked: str | None, unsure: str, before: str) -> Written:
    """Return what the three columns of a row say."""
    sure = _read_asked(json.loads(asked)) if asked else Asked()
    standings: dict[str, _StandingJson] = json.loads(before)
    return Written(
        asked_scalars=sure.scalars,
        asked_tags=sure.tags,
        before={name: _read_standing(value) for name, value in standings.items()},
        unsure=tuple(_read_asked(value) for value in json.loads(unsure)),
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
