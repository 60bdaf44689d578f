"""The fields of GraphQL's types that are not plain attributes of a row.

`Any` stands for values that the schema has checked before a resolver sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo

from demo.stash.core import Asker
from demo.stash.manifest import Manifest, Operation
from demo.stash.records import UNSET, Kind, Marker, Named, Scene, VideoFile, unix_seconds
from demo.stash.store import Store

if TYPE_CHECKING:
    Info = GraphQLResolveInfo[Asker]

Resolver = Callable[..., Any]
Fields = dict[str, Resolver]


def asker_of(info: Info) -> Asker:
    """Who asks."""
    return info.context


def store_of(info: Info) -> Store:
    """The data."""
    return info.context.core.store


# Fields of scenes, files and markers


def _screenshot(scene: Scene, info: Info) -> dict[str, str]:
    base = f"{asker_of(info).address}/scene/{scene.id}"
    return {
        "screenshot": f"{base}/screenshot?t={unix_seconds(scene.updated_at)}",
        "stream": f"{base}/stream",
    }


def _scene_groups(scene: Scene, info: Info) -> list[dict[str, object]]:
    groups = store_of(info).named["Group"]
    return [
        {"group": groups[group], "scene_index": index}
        for group, index in scene.group_indexes
        if group in groups
    ]


def _scene_tags(scene: Scene, info: Info) -> list[Named]:
    return sorted(store_of(info).some("Tag", scene.tag_ids), key=lambda tag: tag.name)


def _scene_markers(scene: Scene, info: Info) -> list[Marker]:
    return [one for one in list(store_of(info).markers.values()) if one.scene_id == scene.id]


def _studio(row: Scene | Named, info: Info) -> Named | None:
    return store_of(info).named["Studio"].get(row.studio_id or 0)


def _fingerprint(file: VideoFile, _info: Info, **arguments: Any) -> str | None:
    return file.oshash if arguments["type"] == "oshash" else None


_SCENE: Fields = {
    "files": lambda scene, info: store_of(info).files_of(scene),
    "paths": _screenshot,
    "studio": _studio,
    "performers": lambda scene, info: store_of(info).some("Performer", scene.performer_ids),
    "tags": _scene_tags,
    "groups": _scene_groups,
    "scene_markers": _scene_markers,
}
_MARKER: Fields = {
    "scene": lambda marker, info: store_of(info).scenes[marker.scene_id],
    "primary_tag": lambda marker, info: store_of(info).tag(marker.primary_tag_id),
    "tags": lambda marker, info: store_of(info).some("Tag", marker.tag_ids),
}

# Fields of performers, studios, tags and groups


def _image(path: str) -> Resolver:
    def resolve(row: Named, info: Info) -> str:
        noun = row.kind.lower()
        link = f"{asker_of(info).address}/{noun}/{row.id}/{path}?t={unix_seconds(row.updated_at)}"
        return link if row.image else f"{link}&default=true"

    return resolve


def _back_image(row: Named, info: Info) -> str | None:
    if not row.back_image:
        return None
    time = unix_seconds(row.updated_at)
    return f"{asker_of(info).address}/group/{row.id}/backimage?t={time}"


def _scene_count(row: Named, info: Info, depth: int | None = None) -> int:
    store = store_of(info)
    family = store.family(row.kind, {row.id}, depth or 0)
    return len({scene.id for one in family for scene in store.scenes_showing(row.kind, one)})


def _children(row: Named, info: Info) -> list[Named]:
    rows = list(store_of(info).named[row.kind].values())
    return [one for one in rows if row.id in one.parent_ids]


def _parents(row: Named, info: Info) -> list[Named]:
    return store_of(info).some(row.kind, row.parent_ids)


def _parent_studio(row: Named, info: Info) -> Named | None:
    return next(iter(_parents(row, info)), None)


def _tags(row: Named, info: Info) -> list[Named]:
    ids = row.value("tag_ids")
    return store_of(info).some("Tag", ids if isinstance(ids, tuple) else ())


def _value(name: str) -> Resolver:
    return lambda row, _info: row.value(name)


def _named_fields(kind: Kind) -> Fields:
    fields: Fields = {name: _value(name) for name in UNSET[kind] if name != "tag_ids"}
    return {**fields, "scene_count": _scene_count, "tags": _tags, "image_path": _image("image")}


_STUDIO: Fields = {
    **_named_fields("Studio"),
    "parent_studio": _parent_studio,
    "child_studios": _children,
}
_TAG: Fields = {**_named_fields("Tag"), "parents": _parents, "children": _children}
_GROUP: Fields = {
    **_named_fields("Group"),
    "front_image_path": _image("frontimage"),
    "back_image_path": _back_image,
    "studio": _studio,
}

# Plugins, jobs, log


def _operations(rows: tuple[Operation, ...]) -> list[dict[str, object]] | None:
    return [
        {"name": one.name, "description": one.description, "hooks": list(one.triggered_by)}
        for one in rows
    ] or None


_PLUGIN: Fields = {
    "enabled": lambda plugin, info: asker_of(info).core.plugins.is_enabled(plugin.id),
    "tasks": lambda plugin, _info: _operations(plugin.tasks),
    "hooks": lambda plugin, _info: _operations(plugin.hooks),
    "requires": lambda plugin, _info: list(plugin.requires) or None,
    "paths": lambda plugin, info: _plugin_paths(plugin, asker_of(info).address),
}


def _plugin_paths(plugin: Manifest, address: str) -> dict[str, list[str] | None]:
    base = f"{address}/plugin/{plugin.id}"
    return {
        "javascript": [f"{base}/javascript"] if plugin.javascript else None,
        "css": [f"{base}/css"] if plugin.css else None,
    }


_JOB: Fields = {
    "subTasks": lambda _job, _info: None,
    "startTime": lambda job, _info: job.start_time,
    "endTime": lambda job, _info: job.end_time,
    "addTime": lambda job, _info: job.add_time,
}
_LOG_ENTRY: Fields = {"level": lambda line, _info: line.level.capitalize()}


def _plugin_settings(
    _config: object, info: Info, include: list[str] | None = None
) -> Mapping[str, object]:
    settings = store_of(info).plugin_settings
    return {one: dict(settings[one]) for one in list(settings) if not include or one in include}


FIELDS: Mapping[str, Fields] = {
    "Scene": _SCENE,
    "VideoFile": {"fingerprint": _fingerprint},
    "SceneMarker": _MARKER,
    "Performer": _named_fields("Performer"),
    "Studio": _STUDIO,
    "Tag": _TAG,
    "Group": _GROUP,
    "ConfigResult": {"plugins": _plugin_settings},
    "Plugin": _PLUGIN,
    "Job": _JOB,
    "LogEntry": _LOG_ENTRY,
}
