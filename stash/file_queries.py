"""What Stash is asked about files and folders: a sample, who holds a path, its own libraries.

Answers hold paths in Stash's own spelling. A scene is taken to hold a path only where its files say
so: the filter by path may find more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stash.scenes import id_of, in_shape, text_of

FOLDERS = "{configuration{general{stashes{path}}}}"
COUNT = "{findScenes(filter:{per_page:0}){count}}"
FILES = (
    "query($page:Int!,$size:Int!){findScenes(filter:{page:$page,per_page:$size,"
    'sort:"id",direction:ASC}){count scenes{id files{path}}}}'
)


def holders(paths: Sequence[str]) -> tuple[str, dict[str, str]]:
    """One query for the scenes that hold each of some files, and its variables."""
    names = [f"p{index}" for index in range(len(paths))]
    declared = ",".join(f"${name}:String!" for name in names)
    asked = " ".join(
        f"{name}:findScenes(filter:{{per_page:10}},"
        f"scene_filter:{{path:{{value:${name},modifier:EQUALS}}}}){{scenes{{id files{{path}}}}}}"
        for name in names
    )
    return f"query({declared}){{{asked}}}", dict(zip(names, paths, strict=True))


def read_folders(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Stash's library folders."""
    return in_shape(_read_folders, data)


def _read_folders(data: Mapping[str, Any]) -> tuple[str, ...]:
    stashes = data["configuration"]["general"]["stashes"] or ()
    return tuple(text_of(one["path"]) for one in stashes)


def read_count(data: Mapping[str, Any]) -> int:
    """How many scenes Stash has."""
    return in_shape(lambda one: id_of(one["findScenes"]["count"]), data)


def read_primary_files(data: Mapping[str, Any]) -> list[str]:
    """The primary file of each scene of a page; scenes without a file are left out."""
    return in_shape(_read_primary_files, data)


def _read_primary_files(data: Mapping[str, Any]) -> list[str]:
    scenes = data["findScenes"]["scenes"]
    return [text_of(one["files"][0]["path"]) for one in scenes if one["files"]]


def read_holders(data: Mapping[str, Any], count: int) -> list[list[tuple[int, tuple[str, ...]]]]:
    """For each path that was asked for: the scenes that may hold it, with their files."""
    return in_shape(
        lambda one: [
            [
                (id_of(scene["id"]), tuple(text_of(file["path"]) for file in scene["files"]))
                for scene in one[f"p{index}"]["scenes"]
            ]
            for index in range(count)
        ],
        data,
    )
