"""The jobs of Stash's own that touch scenes: scan, clean and auto-tag.

A scan fires Scene.Create for a new file and Scene.Update for a renamed one, several at once, both
without input; a moved folder fires nothing. Covers come after the hooks. Auto-tag fires nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from demo.stash.core import Core
from demo.stash.edits import destroy_scene
from demo.stash.jobs import Job
from demo.stash.plugins import ClientGoneError
from demo.stash.records import KINDS, Kind, Named, Scene, VideoFile
from demo.stash.store import Store

GENERATED_COVER = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01generated for scene %d\xff\xd9"


def scan_job(core: Core, options: Mapping[str, Any]) -> Callable[[Job], None]:
    """The job of `metadataScan`."""

    def run(job: Job) -> None:
        store = core.store
        created, renamed = _take_in(store, options.get("paths") or ())
        events = [("Scene.Update.Post", one) for one in renamed]
        events += [("Scene.Create.Post", one) for one in created]
        with ThreadPoolExecutor(max_workers=core.parallel_tasks) as pool:
            list(pool.map(lambda event: _tell(core, job, *event), events))
        if options.get("scanGenerateCovers"):
            for scene_id in created:
                store.set_cover(scene_id, GENERATED_COVER % scene_id, touch=True)

    return run


def _tell(core: Core, job: Job, hook_type: str, scene_id: int) -> None:
    try:
        if not job.stopping.is_set():
            core.plugins.fire(hook_type, scene_id, None, gone=job.stopping.is_set)
    except ClientGoneError:
        return


def _take_in(store: Store, folders: Iterable[str]) -> tuple[list[int], list[int]]:
    """Bring the database up to the disk; return the scenes created and those of renamed files."""
    with store.lock:
        _follow_moved_folders(store)
        by_path = {file.path: file for file in store.files.values()}
        lost = {file.oshash: file for file in store.files.values() if file.path not in store.disk}
        holders = store.scenes_by_file()
        created: list[int] = []
        renamed: list[int] = []
        for path, oshash in sorted(store.disk.items()):
            if not _is_below(path, folders):
                continue
            file = by_path.get(path)
            if file is None and oshash in lost:
                file = lost.pop(oshash)
                file.path = path
                if file.id in holders:
                    renamed.append(holders[file.id].id)
            file = file or store.add_file(path)
            if file.id not in holders:
                created.append(_scene_of(store, file).id)
        return created, renamed


def _scene_of(store: Store, file: VideoFile) -> Scene:
    scene = store.scenes[store.add_scene()]
    scene.file_ids = (file.id,)
    return scene


def _follow_moved_folders(store: Store) -> None:
    for old, new in store.moved_folders:
        for file in store.files.values():
            if file.path.startswith(old + "/"):
                file.path = new + file.path.removeprefix(old)
    store.moved_folders.clear()


def clean_job(core: Core, options: Mapping[str, Any]) -> Callable[[Job], None]:
    """The job of `metadataClean`: forget files that are gone, and scenes that have none left."""

    def run(job: Job) -> None:
        if options["dryRun"]:
            return
        for scene_id, told in _forget_lost_files(core.store, options.get("paths") or ()):
            hook_input = {"id": "", "delete_file": None, "delete_generated": None, **told}
            try:
                core.plugins.fire(
                    "Scene.Destroy.Post", scene_id, hook_input, gone=job.stopping.is_set
                )
            except ClientGoneError:
                return

    return run


def _forget_lost_files(store: Store, folders: Iterable[str]) -> list[tuple[int, dict[str, object]]]:
    destroyed = []
    with store.lock:
        holders = store.scenes_by_file()
        lost = [
            file
            for file in store.files.values()
            if file.path not in store.disk and _is_below(file.path, folders)
        ]
        for file in lost:
            scene = holders.get(file.id)
            if scene is not None and scene.file_ids == (file.id,):
                destroyed.append((scene.id, destroy_scene(store, scene.id)))
            elif scene is not None:
                scene.file_ids = tuple(one for one in scene.file_ids if one != file.id)
            del store.files[file.id]
    return destroyed


def auto_tag_job(core: Core, options: Mapping[str, Any]) -> Callable[[Job], None]:
    """The job of `metadataAutoTag`: names found in paths are set; no hook learns of it."""

    def run(_job: Job) -> None:
        store = core.store
        wanted = {
            "Performer": _wanted(store, "Performer", options.get("performers")),
            "Studio": _wanted(store, "Studio", options.get("studios")),
            "Tag": _wanted(store, "Tag", options.get("tags")),
        }
        for scene in store.all_scenes():
            with store.lock:
                paths = [one.path for one in store.files_of(scene)]
                if any(_is_below(one, options.get("paths") or ()) for one in paths):
                    _auto_tag(store, scene, " ".join(paths), wanted)

    return run


def _wanted(store: Store, kind: Kind, ids: list[str] | None) -> list[Named]:
    if ids == ["*"]:
        return list(store.named[kind].values())
    return store.some(kind, map(int, ids or ()))


def _auto_tag(store: Store, scene: Scene, text: str, wanted: Mapping[str, list[Named]]) -> None:
    hits = {kind: [one.id for one in wanted.get(kind, ()) if _names(text, one)] for kind in KINDS}
    performers = tuple(sorted({*scene.performer_ids, *hits["Performer"]}))
    tags = tuple(sorted({*scene.tag_ids, *hits["Tag"]}))
    studio = scene.studio_id or next(iter(hits["Studio"]), None)
    found = (performers, tags, studio)
    if found != (scene.performer_ids, tuple(sorted(scene.tag_ids)), scene.studio_id):
        scene.performer_ids, scene.tag_ids, scene.studio_id = found
        scene.updated_at = store.now()


def _names(text: str, row: Named) -> bool:
    """Whether a path holds the name, with any sign between its words and none inside them."""
    words = r"[.\-_ ]*".join(map(re.escape, row.name.split()))
    return re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) is not None


def _is_below(path: str, folders: Iterable[str]) -> bool:
    wanted = list(folders)
    return not wanted or any(path == one or path.startswith(one + "/") for one in wanted)
