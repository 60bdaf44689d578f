"""Stash's GraphQL answers, read into frozen facts.

Shapes as recorded from v0.30.1. What has another shape than asked for raises
`UnreadableAnswerError`: a scene is missing only where Stash says null for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from errors import UnreadableAnswerError
from stash.queries import PLUGIN_ID
from stash.scene import Named, Performer, Scene, Studio

_Fact = TypeVar("_Fact")
NO_DIGESTS: Mapping[int, bytes] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What Stash knows about the plugin itself.

    Attributes:
        settings: The plugin's stored settings by key; unset ones are absent.
        enabled: False when the plugin is switched off or not installed any more.
    """

    settings: Mapping[str, object]
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneBatch:
    """The scenes of one query by id; a destroyed one is absent."""

    scenes: Mapping[int, Scene]
    conditions: Conditions


def read_batch(
    data: Mapping[str, Any], scene_ids: Iterable[int], digests: Mapping[int, bytes] = NO_DIGESTS
) -> dict[int, Scene]:
    """The scenes of an aliased query.

    Args:
        data: The answer.
        scene_ids: Those that were asked for.
        digests: Of each scene's bytes, see `stash.sources`.

    Raises:
        UnreadableAnswerError: A scene that was asked for is not mentioned, or has another shape.
    """
    found = {}
    for scene_id in scene_ids:
        if f"s{scene_id}" not in data:
            raise UnreadableAnswerError(f"Stash's answer does not mention scene {scene_id}")
        raw = data[f"s{scene_id}"]
        if raw is not None:
            source = digests.get(scene_id, b"")
            scene = in_shape(lambda one: _read_scene(one, source), raw)  # noqa: B023
            if scene.id != scene_id:
                raise UnreadableAnswerError(f"Stash's answer for scene {scene_id} is {scene.id}'s")
            found[scene_id] = scene
    return found


def read_conditions(data: Mapping[str, Any]) -> Conditions:
    """The plugin's settings and whether it runs."""
    return in_shape(_read_conditions, data)


def read_api_key(data: Mapping[str, Any]) -> str:
    """Stash's API key; "" when none is set."""
    return in_shape(lambda one: text_of(one["configuration"]["general"]["apiKey"]), data)


def read_ids(data: Mapping[str, Any]) -> list[int]:
    """The ids of one page of `findScenes`."""
    return in_shape(lambda one: [id_of(s["id"]) for s in one["findScenes"]["scenes"]], data)


def read_newest_update(data: Mapping[str, Any]) -> str:
    """The `updated_at` of the first scene of an answer; "" without scenes."""
    return in_shape(_read_newest, data)


def _read_newest(data: Mapping[str, Any]) -> str:
    found = data["findScenes"]["scenes"]
    return text_of(found[0]["updated_at"]) if found else ""


def _read_conditions(data: Mapping[str, Any]) -> Conditions:
    settings = data["configuration"]["plugins"].get(PLUGIN_ID)
    return Conditions(
        settings=settings if isinstance(settings, dict) else {},
        enabled=any(
            one["id"].casefold() == PLUGIN_ID.casefold() and one["enabled"]
            for one in data["plugins"] or ()
        ),
    )


def _read_scene(raw: Mapping[str, Any], source: bytes) -> Scene:
    studio = raw["studio"]
    return Scene(
        id=id_of(raw["id"]),
        title=text_of(raw["title"]),
        details=text_of(raw["details"]),
        director=text_of(raw["director"]),
        date=text_of(raw["date"]),
        rating100=_rating_of(raw["rating100"]),
        organized=bool(raw["organized"]),
        updated_at=text_of(raw["updated_at"]),
        files=tuple(text_of(one["path"]) for one in raw["files"]),
        studio=_read_studio(studio) if studio else None,
        performers=tuple(
            Performer(
                id=id_of(one["id"]),
                name=text_of(one["name"]),
                disambiguation=text_of(one["disambiguation"]),
            )
            for one in raw["performers"]
        ),
        tags=tuple(_read_tag(one) for one in raw["tags"]),
        groups=tuple(_read_named(one["group"]) for one in raw["groups"]),
        source=source,
        cover=_below_base(text_of((raw["paths"] or {}).get("screenshot"))),
    )


def _read_studio(raw: Mapping[str, Any]) -> Studio:
    parent = raw["parent_studio"]
    return Studio(
        id=id_of(raw["id"]),
        name=text_of(raw["name"]),
        parent=_read_named(parent) if parent else None,
    )


def _read_named(raw: Mapping[str, Any]) -> Named:
    return Named(id=id_of(raw["id"]), name=text_of(raw["name"]))


def _rating_of(raw: object) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= 100:
        raise ValueError("no rating")
    return raw


def _read_tag(raw: Mapping[str, Any]) -> Named:
    """A tag with all those above it, level by level; each of them once."""
    above: dict[int, Named] = {}
    level = raw.get("parents") or ()
    while level:
        for one in level:
            above.setdefault(id_of(one["id"]), _read_named(one))
        level = [higher for one in level for higher in one.get("parents") or ()]
    own = _read_named(raw)
    above.pop(own.id, None)
    return Named(id=own.id, name=own.name, parents=tuple(above.values()))


def _below_base(url: str) -> str:
    """Path and query alone: the address may be an external host that we cannot reach."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def text_of(raw: object) -> str:
    """A text as it stands, "" for null.

    Raises:
        TypeError: It is neither.
    """
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise TypeError("no text")
    return raw


def id_of(raw: object) -> int:
    """An id as a number; Stash writes it as text.

    Raises:
        ValueError: No object of Stash has such an id.
    """
    text = str(raw)
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError("no id")
    return int(text)


def in_shape(read: Callable[[Any], _Fact], raw: object) -> _Fact:
    """Read an answer, or say that it has another shape than asked for.

    Raises:
        UnreadableAnswerError: It has.
    """
    try:
        return read(raw)
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise UnreadableAnswerError(
            f"Stash's answer has another shape than asked for ({type(error).__name__})"
        ) from error
