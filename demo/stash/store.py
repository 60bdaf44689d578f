"""The stand-in's data, in memory: what a Stash database and the disk below it hold.

Methods here seed and look; they fire no hooks. Every method may be called from any thread.
Edits that fire hooks come through `edits` and the GraphQL mutations.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from threading import RLock

from demo.stash.records import KINDS, Kind, Marker, Named, Scene, VideoFile


class StoreError(Exception):
    """An edit that Stash refuses; the text is GraphQL's error message."""


class Store:
    """Scenes, files, performers, studios, tags, groups and plugins' settings.

    Attributes:
        offset_minutes: The server's offset from UTC; texts of times already stored keep theirs.
        disk: Path to oshash of each video file that exists, known to Stash or not.
        moved_folders: Folders renamed on the disk and not yet seen by a scan.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self.offset_minutes = 0
        self.scenes: dict[int, Scene] = {}
        self.files: dict[int, VideoFile] = {}
        self.markers: dict[int, Marker] = {}
        self.named: dict[Kind, dict[int, Named]] = {kind: {} for kind in KINDS}
        self.disk: dict[str, str] = {}
        self.moved_folders: list[tuple[str, str]] = []
        self.plugin_settings: dict[str, dict[str, object]] = {}
        self.disabled_plugins: set[str] = set()
        self.stash_paths: tuple[str, ...] = ("/media/stash",)
        self._last_ids: dict[str, int] = {}

    def now(self) -> str:
        """This second as Stash writes it."""
        zone = timezone(timedelta(minutes=self.offset_minutes))
        return datetime.now(zone).isoformat(timespec="seconds").replace("+00:00", "Z")

    def next_id(self, table: str) -> int:
        """A new id; ids are never used twice."""
        with self.lock:
            self._last_ids[table] = self._last_ids.get(table, 0) + 1
            return self._last_ids[table]

    # Seeding

    def add_scene(
        self,
        path: str | Sequence[str] = (),
        *,
        title: str = "",
        details: str = "",
        date: str | None = None,
        rating100: int | None = None,
        organized: bool = False,
        director: str = "",
        studio: int | None = None,
        performers: Iterable[int] = (),
        tags: Iterable[int] = (),
        groups: Iterable[int | tuple[int, int | None]] = (),
        cover: bytes | None = None,
    ) -> int:
        """Add a scene with its files, which are then on the disk too, and return its id.

        `path` is one path, several (the first is the primary file), or none; `groups` are ids, or
        pairs of id and scene_index.
        """
        paths = [path] if isinstance(path, str) else list(path)
        now = self.now()
        with self.lock:
            scene = Scene(
                id=self.next_id("scene"),
                created_at=now,
                updated_at=now,
                title=title,
                details=details,
                date=date,
                rating100=rating100,
                organized=organized,
                director=director,
                studio_id=studio,
                performer_ids=tuple(performers),
                tag_ids=tuple(tags),
                group_indexes=tuple(
                    one if isinstance(one, tuple) else (one, None) for one in groups
                ),
                file_ids=tuple(self.add_file(one).id for one in paths),
                cover=cover,
            )
            self.scenes[scene.id] = scene
            return scene.id

    def add_file(self, path: str) -> VideoFile:
        """A file that a scan has seen, on the disk and in the database, and in no scene yet."""
        with self.lock:
            self.disk.setdefault(path, oshash_of(path))
            now = self.now()
            file = VideoFile(
                id=self.next_id("file"),
                path=path,
                oshash=self.disk[path],
                mod_time=now,
                created_at=now,
                updated_at=now,
                format=posixpath.splitext(path)[1].removeprefix(".") or "mp4",
            )
            self.files[file.id] = file
            return file

    def add_performer(self, name: str, disambiguation: str = "") -> int:
        """Add a performer and return the id."""
        performer = self.add_named("Performer", name)
        performer.values["disambiguation"] = disambiguation
        return performer.id

    def add_studio(self, name: str, parent: int | None = None) -> int:
        """Add a studio and return its id."""
        studio = self.add_named("Studio", name)
        studio.parent_ids = () if parent is None else (parent,)
        return studio.id

    def add_tag(self, name: str) -> int:
        """Add a tag and return its id."""
        return self.add_named("Tag", name).id

    def add_group(self, name: str) -> int:
        """Add a group and return its id."""
        return self.add_named("Group", name).id

    def add_named(self, kind: Kind, name: str) -> Named:
        """Add a performer, studio, tag or group that has nothing but a name."""
        now = self.now()
        with self.lock:
            new_id = self.next_id(kind)
            new = Named(id=new_id, kind=kind, name=name, created_at=now, updated_at=now)
            self.named[kind][new_id] = new
            return new

    def set_cover(self, scene_id: int, cover: bytes | None, *, touch: bool = False) -> None:
        """Change a scene's cover; `touch` moves `updated_at` too, as Stash's generation does."""
        with self.lock:
            self.scenes[scene_id].cover = cover
            if touch:
                self.scenes[scene_id].updated_at = self.now()

    # The disk

    def add_file_to_scan(self, path: str) -> None:
        """Put a video on the disk that the next scan will find."""
        with self.lock:
            self.disk[path] = oshash_of(path)

    def rename_file(self, old: str, new: str) -> None:
        """Rename a file on the disk; Stash knows after the next scan."""
        with self.lock:
            self.disk[new] = self.disk.pop(old)

    def rename_folder(self, old: str, new: str) -> None:
        """Rename a folder on the disk; the next scan moves its files and tells no plugin."""
        with self.lock:
            for path in [one for one in self.disk if one.startswith(old + "/")]:
                self.disk[new + path.removeprefix(old)] = self.disk.pop(path)
            self.moved_folders.append((old, new))

    def remove_file(self, path: str) -> None:
        """Delete a file from the disk; Stash knows after the next clean."""
        with self.lock:
            del self.disk[path]

    # Looking

    def scene(self, scene_id: int) -> Scene:
        """A scene; KeyError when there is none."""
        return self.scenes[scene_id]

    def performer(self, performer_id: int) -> Named:
        """A performer; KeyError when there is none."""
        return self.named["Performer"][performer_id]

    def studio(self, studio_id: int) -> Named:
        """A studio; KeyError when there is none."""
        return self.named["Studio"][studio_id]

    def tag(self, tag_id: int) -> Named:
        """A tag; KeyError when there is none."""
        return self.named["Tag"][tag_id]

    def group(self, group_id: int) -> Named:
        """A group; KeyError when there is none."""
        return self.named["Group"][group_id]

    def files_of(self, scene: Scene) -> list[VideoFile]:
        """The scene's files, the primary one first."""
        return [self.files[one] for one in scene.file_ids if one in self.files]

    def some(self, kind: Kind, ids: Iterable[int]) -> list[Named]:
        """Those that exist, in the order asked for."""
        rows = self.named[kind]
        return [rows[one] for one in ids if one in rows]

    def scenes_by_file(self) -> dict[int, Scene]:
        """Which scene holds each file."""
        with self.lock:
            return {one: scene for scene in self.scenes.values() for one in scene.file_ids}

    def all_scenes(self) -> list[Scene]:
        """Every scene in the order of ids."""
        with self.lock:
            return list(self.scenes.values())

    def family(self, kind: Kind, ids: Collection[int], depth: int) -> set[int]:
        """The ids and, down to `depth` levels (-1: all), their children's."""
        with self.lock:
            rows = list(self.named[kind].values())
        found = set(ids)
        newest = found
        while newest and depth != 0:
            newest = {row.id for row in rows if newest.intersection(row.parent_ids)} - found
            found = found | newest
            depth -= 1
        return found

    def scenes_showing(self, kind: Kind, object_id: int) -> Iterator[Scene]:
        """The scenes that point at a performer, studio, tag or group."""
        return (one for one in self.all_scenes() if object_id in related_ids(one, kind))


def related_ids(scene: Scene, kind: Kind) -> tuple[int, ...]:
    """The ids of one kind that a scene points at."""
    if kind == "Performer":
        return scene.performer_ids
    if kind == "Tag":
        return scene.tag_ids
    if kind == "Group":
        return tuple(group for group, _ in scene.group_indexes)
    return () if scene.studio_id is None else (scene.studio_id,)


def oshash_of(path: str) -> str:
    """A made-up oshash: the file's content is its first path."""
    return hashlib.blake2b(path.encode(), digest_size=8).hexdigest()
