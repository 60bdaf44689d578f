"""Edits of scenes: each changes the store, then fires the hooks that Stash fires.

The data stands before the first hook runs, so a client that leaves loses hooks and no edit. What
is not listed in STASH.md as firing a hook fires none: merges, play and O counts, moved and assigned
files, covers. `Any` stands for values that the schema has checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo

from demo.stash import edits, library
from demo.stash.core import Asker
from demo.stash.gojson import hook_input
from demo.stash.records import Marker, Scene
from demo.stash.resolvers import Resolver, store_of
from demo.stash.store import Store, StoreError

if TYPE_CHECKING:
    Info = GraphQLResolveInfo[Asker]

Input = Mapping[str, Any]


def fire(info: Info, hook_type: str, object_id: int, told: object, fields: Any = None) -> None:
    """Run the hooks of one event; `fields` are the keys that the input carried."""
    asker = info.context
    asker.core.plugins.fire(
        f"{hook_type}.Post",
        object_id,
        told,
        fields=None if fields is None else list(fields),
        gone=asker.gone,
    )


def _scene(store: Store, scene_id: Any) -> Scene:
    scene = store.scenes.get(int(scene_id))
    if scene is None:
        raise StoreError(f"scene with id {scene_id} not found")
    return scene


def _scene_create(_root: object, info: Info, **arguments: Any) -> Scene:
    store = store_of(info)
    with store.lock:
        scene = store.scenes[store.add_scene()]
        edits.edit_scene(store, scene, arguments["input"])
    fire(info, "Scene.Create", scene.id, None)
    return scene


def _scene_update(_root: object, info: Info, **arguments: Any) -> Scene:
    changes: Input = arguments["input"]
    store = store_of(info)
    scene = _scene(store, changes["id"])
    edits.edit_scene(store, scene, changes)
    fire(info, "Scene.Update", scene.id, hook_input("SceneUpdate", changes), changes)
    return scene


def _scenes_update(_root: object, info: Info, **arguments: Any) -> list[Scene]:
    changes: list[Input] = arguments["input"]
    store = store_of(info)
    scenes = [_scene(store, one["id"]) for one in changes]
    for scene, one in zip(scenes, changes, strict=True):
        edits.edit_scene(store, scene, one)
    told = [hook_input("SceneUpdate", one) for one in changes]
    for scene, one in zip(scenes, changes, strict=True):
        fire(info, "Scene.Update", scene.id, told, one)
    return scenes


def _bulk_scene_update(_root: object, info: Info, **arguments: Any) -> list[Scene]:
    changes: Input = arguments["input"]
    store = store_of(info)
    scenes = [_scene(store, one) for one in changes.get("ids") or ()]
    for scene in scenes:
        edits.edit_scene(store, scene, changes)
    told = hook_input("BulkSceneUpdate", changes)
    for scene in scenes:
        fire(info, "Scene.Update", scene.id, told, changes)
    return scenes


def _scene_destroy(_root: object, info: Info, **arguments: Any) -> bool:
    changes: Input = arguments["input"]
    return _destroy_scenes(info, [changes["id"]], {"id": changes["id"]}, changes)


def _scenes_destroy(_root: object, info: Info, **arguments: Any) -> bool:
    changes: Input = arguments["input"]
    return _destroy_scenes(info, changes["ids"], {"ids": changes["ids"]}, changes)


def _destroy_scenes(info: Info, ids: list[str], named: dict[str, object], changes: Input) -> bool:
    store = store_of(info)
    for one in ids:
        _scene(store, one)
    delete_file = bool(changes.get("delete_file"))
    told = [edits.destroy_scene(store, int(one), delete_file=delete_file) for one in ids]
    options = {key: changes.get(key) for key in ("delete_file", "delete_generated")}
    for one, file in zip(ids, told, strict=True):
        fire(info, "Scene.Destroy", int(one), {**named, **options, **file})
    return True


def _scene_merge(_root: object, info: Info, **arguments: Any) -> Scene:
    changes: Input = arguments["input"]
    store = store_of(info)
    target = _scene(store, changes["destination"])
    sources = [_scene(store, one) for one in changes["source"]]
    edits.merge_scenes(store, target, sources, changes)
    return target


def _add_to_history(name: str) -> Resolver:
    def resolve(_root: object, info: Info, **arguments: Any) -> dict[str, object]:
        store = store_of(info)
        with store.lock:
            scene = _scene(store, arguments["id"])
            times = arguments.get("times") or [store.now()]
            setattr(scene, name, (*getattr(scene, name), *times))
        history = getattr(scene, name)
        return {"count": len(history), "history": sorted(history, reverse=True)}

    return resolve


def _save_activity(_root: object, info: Info, **arguments: Any) -> bool:
    store = store_of(info)
    with store.lock:
        scene = _scene(store, arguments["id"])
        if arguments.get("resume_time") is not None:
            scene.resume_time = arguments["resume_time"]
        scene.play_duration += arguments.get("playDuration") or 0.0
    return True


def _generate_screenshot(_root: object, info: Info, **arguments: Any) -> str:
    store = store_of(info)
    scene = _scene(store, arguments["id"])
    made = library.GENERATED_COVER % scene.id
    store.set_cover(scene.id, made + str(arguments.get("at")).encode(), touch=True)
    return "todo"


def _assign_file(_root: object, info: Info, **arguments: Any) -> bool:
    changes: Input = arguments["input"]
    store = store_of(info)
    edits.assign_file(store, _scene(store, changes["scene_id"]), int(changes["file_id"]))
    return True


def _move_files(_root: object, info: Info, **arguments: Any) -> bool:
    edits.move_files(store_of(info), arguments["input"])
    return True


def _marker_create(_root: object, info: Info, **arguments: Any) -> Marker:
    changes: Input = arguments["input"]
    store = store_of(info)
    now = store.now()
    marker = Marker(
        id=store.next_id("marker"),
        scene_id=_scene(store, changes["scene_id"]).id,
        title=changes["title"],
        seconds=changes["seconds"],
        end_seconds=changes.get("end_seconds"),
        primary_tag_id=int(changes["primary_tag_id"]),
        tag_ids=tuple(int(one) for one in changes.get("tag_ids") or ()),
        created_at=now,
        updated_at=now,
    )
    store.markers[marker.id] = marker
    fire(info, "SceneMarker.Create", marker.id, hook_input("SceneMarkerCreate", changes))
    return marker


SCENE_MUTATIONS: dict[str, Resolver] = {
    "sceneCreate": _scene_create,
    "sceneUpdate": _scene_update,
    "scenesUpdate": _scenes_update,
    "bulkSceneUpdate": _bulk_scene_update,
    "sceneDestroy": _scene_destroy,
    "scenesDestroy": _scenes_destroy,
    "sceneMerge": _scene_merge,
    "sceneAddPlay": _add_to_history("play_history"),
    "sceneAddO": _add_to_history("o_history"),
    "sceneSaveActivity": _save_activity,
    "sceneGenerateScreenshot": _generate_screenshot,
    "sceneAssignFile": _assign_file,
    "moveFiles": _move_files,
    "sceneMarkerCreate": _marker_create,
}
