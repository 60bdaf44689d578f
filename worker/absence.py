"""Why a scene has no item that could be written, in words that name what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mirror.records import CandidateItem, SceneDetail
from plex.answers import Section
from plex.finder import Found
from plex.item import Item
from plex.paths import comparable, same_file
from worker.plan import Plan, Rest

NOT_IN_PLEX = ("no_file", "no_mapping", "no_library", "not_scanned")


def why_absent(plan: Plan, found: Found, stash_folders: Sequence[str]) -> Rest:
    """Why no item holds the scene's file.

    Args:
        plan: The scene.
        found: What the finder says.
        stash_folders: Stash's own library folders, the largest groups that a person can name.
    """
    if not plan.paths:
        return Rest(code="no_file", about="", message="the scene has no file")
    path = plan.paths[0]
    folder = folder_of(path)
    if found.sections:
        section = found.sections[0]
        return Rest(
            code="not_scanned",
            about=folder,
            message=f"Plex has not scanned the file in {folder} yet, though its library "
            f"{section.title!r} has the folder; let Plex scan it",
            scan=(section.key, folder),
        )
    original = plan.scene.files[0]
    root = _root_of(original, stash_folders)
    if same_file(original, path):
        return Rest(
            code="no_mapping",
            about=root,
            message=f"no chosen Plex library has the folder {folder}, and no path mapping says "
            f"where Plex sees {root}; add a mapping, or the folder to a library",
        )
    return Rest(
        code="no_library",
        about=folder,
        message=f"the path mapping leads to {folder}, which is in no chosen Plex library; add it "
        f"to one, or correct the mapping of {root}",
    )


def why_ambiguous(candidates: Sequence[Item], plan: Plan, sections: Sequence[Section]) -> Rest:
    """Which items hold the file, so that a person can tell them apart."""
    titles = {one.key: one.title for one in sections}
    listed = tuple(_candidate(one, plan, titles) for one in candidates)
    told = "; ".join(
        f"{one.rating_key} ({one.title!r} in {one.library}: {one.path})" for one in listed
    )
    return Rest(
        code="ambiguous",
        about=",".join(str(one.rating_key) for one in listed),
        message=f"several items hold its file: {told}; merge or remove all but one",
        detail=SceneDetail(candidates=listed),
    )


def folder_of(path: str) -> str:
    """The folder of a file, with the slashes of its path."""
    cut = max(path.rfind("/"), path.rfind("\\"))
    return path[:cut] or path[: cut + 1]


def _root_of(path: str, folders: Sequence[str]) -> str:
    """The library folder of Stash's that holds a file, or the file's own folder."""
    form = comparable(path)
    around = [one for one in folders if form.startswith(f"{comparable(one).rstrip('/')}/")]
    return max(around, key=len) if around else folder_of(path)


def _candidate(item: Item, plan: Plan, titles: Mapping[int, str]) -> CandidateItem:
    mine = {comparable(path) for path in plan.paths}
    return CandidateItem(
        rating_key=item.rating_key,
        title=item.scalars.get("title", ""),
        library=titles.get(item.section_key, ""),
        path=next((path for path in item.files if comparable(path) in mine), ""),
    )
