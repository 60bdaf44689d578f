"""What Stash is asked about files and folders: a sample, who holds a path, its own libraries.

Answers hold paths in Stash's own spelling. A scene is taken to hold a path only where its files say
so: the filter by path may find more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stash.scenes import in_shape

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
    return in_shape(
        lambda one: tuple(str(s["path"]) for s in one["configuration"]["general"]["stashes"] or ()),
        data,
    )


def read_count(data: Mapping[str, Any]) -> int:
    """How many scenes Stash has."""
    return in_shape(lambda one: int(one["findScenes"]["count"]), data)


def read_primary_files(data: Mapping[str, Any]) -> list[str]:
    """The primary file of each scene of a page; scenes without a file are left out."""
    return in_shape(
        lambda one: [str(s["files"][0]["path"]) for s in one["findScenes"]["scenes"] if s["files"]],
        data,
    )


def read_holders(data: Mapping[str, Any], count: int) -> list[list[tuple[int, tuple[str, ...]]]]:
    """For each path that was asked for: the scenes that may hold it, with their files."""
    return in_shape(
        lambda one: [
            [
                (int(scene["id"]), tuple(str(file["path"]) for file in scene["files"]))
                for scene in one[f"p{index}"]["scenes"]
            ]
            for index in range(count)
        ],
        data,
    )
