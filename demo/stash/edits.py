"""What an edit changes: GraphQL inputs applied to the rows of the store.

Nothing here fires a hook; `mutations` and `library` do that once the store has the edit. Keys that
an input does not carry change nothing; a null empties the field. `Any` stands for values that
the schema has already checked.
"""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from demo.stash.records import UNSET, Kind, Named, Scene, StashId
from demo.stash.store import Store, StoreError

Input = Mapping[str, Any]

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_SCENE_TEXTS = frozenset({"title", "code", "details", "director"})
_SCENE_PLAIN = frozenset({"rating100", "organized", "resume_time", "play_duration"})
_IDS: dict[str, tuple[str, Kind]] = {
    "performer_ids": ("performer_ids", "Performer"),
    "tag_ids": ("tag_ids", "Tag"),
}


def picture(data: str) -> bytes:
    """The bytes of a base64 image, with or without `data:...;base64,` before it."""
    try:
        return base64.b64decode(data.partition(",")[2] or data, validate=True)
    except ValueError as error:
        raise StoreError(f"processing image: {error}") from error


def edit_scene(store: Store, scene: Scene, changes: Input) -> None:
    """Apply a `SceneCreateInput`, `SceneUpdateInput` or `BulkSceneUpdateInput`."""
    with store.lock:
        values: dict[str, object] = {}
        for key, value in changes.items():
            values.update(_scene_value(store, scene, key, value))
        for name, value in values.items():
            setattr(scene, name, value)
        scene.updated_at = store.now()


def _scene_value(store: Store, scene: Scene, key: str, value: Any) -> dict[str, object]:
    """The attributes that one key of an input sets; empty for keys that mean nothing here."""
    if key in _SCENE_TEXTS:
        return {key: (value or "").strip()}
    if key in _SCENE_PLAIN:
        return {key: value if value is not None or key == "rating100" else 0}
    if key in _IDS:
        name, kind = _IDS[key]
        return {name: tuple(sorted(_ids(store, kind, getattr(scene, name), value)))}
    special: dict[str, Callable[[], dict[str, object]]] = {
        "date": lambda: {"date": _date(value)},
        "urls": lambda: {"urls": _joined(scene.urls, value)},
        "url": lambda: {"urls": (value,) if value else ()},
        "studio_id": lambda: {"studio_id": _one_id(store, "Studio", value)},
        "groups": lambda: {"group_indexes": _group_indexes(store, value)},
        "group_ids": lambda: {"group_indexes": _bulk_groups(store, scene, value)},
        "cover_image": lambda: {"cover": picture(value) if value else None},
        "stash_ids": lambda: {"stash_ids": _stash_ids(store, value)},
        "primary_file_id": lambda: {"file_ids": _first(scene.file_ids, value)},
        "file_ids": lambda: {"file_ids": _free_files(store, value)},
    }
    return special[key]() if key in special else {}


def _date(value: str | None) -> str | None:
    if value and not _DATE.fullmatch(value):
        raise StoreError(f"converting date: parsing date {value!r}")
    return value or None


def _joined(old: tuple[Any, ...], change: Any, key: str = "values") -> tuple[Any, ...]:
    """A list replaced, or changed as a bulk edit's mode says."""
    if not isinstance(change, Mapping):
        return tuple(change or ())
    new = tuple(change.get(key) or ())
    if change["mode"] == "SET":
        return new
    if change["mode"] == "ADD":
        return old + tuple(one for one in new if one not in old)
    return tuple(one for one in old if one not in new)


def _ids(store: Store, kind: Kind, old: tuple[int, ...], change: Any) -> tuple[int, ...]:
    if isinstance(change, Mapping):
        change = {**change, "ids": [int(one) for one in change.get("ids") or ()]}
        new = _joined(old, change, key="ids")
    else:
        new = tuple(int(one) for one in change or ())
    return _known(store, kind, new)


def _known(store: Store, kind: Kind, ids: tuple[int, ...]) -> tuple[int, ...]:
    if any(one not in store.named[kind] for one in ids):
        raise StoreError("FOREIGN KEY constraint failed")
    return ids


def _one_id(store: Store, kind: Kind, value: str | None) -> int | None:
    return _known(store, kind, (int(value),))[0] if value else None


def _group_indexes(store: Store, value: Any) -> tuple[tuple[int, int | None], ...]:
    pairs = tuple((int(one["group_id"]), one.get("scene_index")) for one in value or ())
    _known(store, "Group", tuple(group for group, _ in pairs))
    return pairs


def _bulk_groups(store: Store, scene: Scene, value: Any) -> tuple[tuple[int, int | None], ...]:
    indexes = dict(scene.group_indexes)
    kept = _ids(store, "Group", tuple(indexes), value)
    return tuple((one, indexes.get(one)) for one in kept)


def _stash_ids(store: Store, value: Any) -> tuple[StashId, ...]:
    return tuple(
        StashId(
            endpoint=one["endpoint"],
            stash_id=one["stash_id"],
            updated_at=one.get("updated_at") or store.now(),
        )
        for one in value or ()
    )


def _first(file_ids: tuple[int, ...], value: str | None) -> tuple[int, ...]:
    if value is None:
        return file_ids
    if int(value) not in file_ids:
        raise StoreError(f"file with id {value} is not associated with the scene")
    return (int(value), *(one for one in file_ids if one != int(value)))


def _free_files(store: Store, value: Any) -> tuple[int, ...]:
    holders = store.scenes_by_file()
    ids = tuple(int(one) for one in value or ())
    if any(one not in store.files or one in holders for one in ids):
        raise StoreError("file is missing or belongs to a scene already")
    return ids


def edit_named(store: Store, row: Named, changes: Input) -> None:
    """Apply an input of a performer, studio, tag or group; no scene's `updated_at` moves."""
    with store.lock:
        for key, value in changes.items():
            _edit_named_key(store, row, key, value)
        row.updated_at = store.now()


def _edit_named_key(store: Store, row: Named, key: str, value: Any) -> None:
    if key == "name" and value:
        check_name(store, row.kind, value, row.id)
        row.name = value.strip()
    elif key in {"image", "front_image"}:
        row.image = picture(value) if value else None
    elif key == "back_image":
        row.back_image = picture(value) if value else None
    elif key in {"parent_id", "parent_ids"}:
        parents = value if key == "parent_ids" else [value] if value else []
        row.parent_ids = _ids(store, row.kind, row.parent_ids, parents)
    elif key == "studio_id":
        row.studio_id = _one_id(store, "Studio", value)
    elif key == "tag_ids":
        old = row.value("tag_ids")
        row.values["tag_ids"] = _ids(store, "Tag", old if isinstance(old, tuple) else (), value)
    elif key == "stash_ids":
        row.values["stash_ids"] = _stash_ids(store, value)
    elif key in UNSET[row.kind]:
        row.values[key] = _named_value(row, key, value)


def _named_value(row: Named, key: str, value: Any) -> object:
    unset = UNSET[row.kind][key]
    if isinstance(unset, tuple):
        old = row.value(key)
        return _joined(old if isinstance(old, tuple) else (), value)
    return unset if value is None else value


def check_name(store: Store, kind: Kind, name: str, own_id: int | None = None) -> None:
    """Refuse a second tag, studio or group of one name; performers may share theirs."""
    taken = (row for row in store.named[kind].values() if row.name.lower() == name.strip().lower())
    if kind != "Performer" and any(row.id != own_id for row in taken):
        raise StoreError(f"{kind.lower()} with name '{name}' already exists")


def destroy_named(store: Store, kind: Kind, ids: Iterable[int]) -> None:
    """Remove rows and every mention of them; `updated_at` of scenes stays."""
    for one in ids:
        with store.lock:
            if one not in store.named[kind]:
                raise StoreError(f"{kind.lower()} with id {one} not found")
            replace_named(store, kind, one, None)
            del store.named[kind][one]


def replace_named(store: Store, kind: Kind, old: int, new: int | None) -> None:
    """Make every scene and child that points at `old` point at `new`, or at nothing."""

    def swapped(ids: tuple[int, ...]) -> tuple[int, ...]:
        changed = [new if one == old else one for one in ids]
        return tuple(dict.fromkeys(one for one in changed if one is not None))

    for scene in store.scenes_showing(kind, old):
        if kind == "Performer":
            scene.performer_ids = tuple(sorted(swapped(scene.performer_ids)))
        elif kind == "Tag":
            scene.tag_ids = swapped(scene.tag_ids)
        elif kind == "Studio":
            scene.studio_id = new
        else:
            indexes = dict(scene.group_indexes)
            kept = swapped(tuple(indexes))
            scene.group_indexes = tuple((one, indexes.get(one)) for one in kept)
    for row in store.named[kind].values():
        row.parent_ids = swapped(row.parent_ids)


def destroy_scene(store: Store, scene_id: int, *, delete_file: bool = False) -> dict[str, object]:
    """Remove a scene; return what its Destroy hook tells about the primary file."""
    with store.lock:
        if scene_id not in store.scenes:
            raise StoreError(f"scene with id {scene_id} not found")
        scene = store.scenes[scene_id]
        files = store.files_of(scene)
        del store.scenes[scene_id]
        for marker in [one for one in store.markers.values() if one.scene_id == scene_id]:
            del store.markers[marker.id]
        for file in files if delete_file else ():
            del store.files[file.id]
            store.disk.pop(file.path, None)
    first = files[0] if files else None
    return {
        "checksum": "",
        "oshash": first.oshash if first else "",
        "path": first.path if first else "",
    }


def merge_scenes(store: Store, target: Scene, sources: Iterable[Scene], changes: Input) -> None:
    """Move files (and, where asked for, histories) of the sources to the target."""
    with store.lock:
        for source in sources:
            target.file_ids += source.file_ids
            if changes.get("play_history"):
                target.play_history += source.play_history
            if changes.get("o_history"):
                target.o_history += source.o_history
            del store.scenes[source.id]
        edit_scene(store, target, changes.get("values") or {})


def assign_file(store: Store, scene: Scene, file_id: int) -> None:
    """Take a file from its scene and give it to another."""
    with store.lock:
        holder = store.scenes_by_file().get(file_id)
        if holder is not None and holder.file_ids[0] == file_id:
            raise StoreError("cannot reassign primary file")
        if holder is not None:
            holder.file_ids = tuple(one for one in holder.file_ids if one != file_id)
        scene.file_ids += (file_id,)


def move_files(store: Store, changes: Input) -> None:
    """Move files on the disk and in the database."""
    with store.lock:
        for file in (store.files[int(one)] for one in changes["ids"]):
            folder = changes.get("destination_folder") or posixpath.dirname(file.path)
            basename = changes.get("destination_basename") or file.basename
            new = posixpath.join(folder, basename)
            store.disk[new] = store.disk.pop(file.path, file.oshash)
            file.path = new
