"""Which scenes are shown in Plex at all, by a person's choice.

The same for hooks, tasks and catch-up, because it is asked about the scene itself, whoever
brought it up.
"""

from __future__ import annotations

from dataclasses import dataclass

from mirror.normal import tag_key
from mirror.path_glob import PathGlob, matches_any
from stash.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a scene must be like; nothing set means that every scene is wanted.

    Names of tags and studios are kept by `tag_key`.

    Attributes:
        organized: Only scenes that are marked as organized.
        tags: One of these has to be among the scene's own tags.
        not_tags: None of these may be.
        studios: The scene's studio, or the one that it belongs to, has to be one of these.
        paths: One file has to be matched by one of these, if there are any.
        not_paths: A file that is matched by one of these does not count.
    """

    organized: bool = False
    tags: frozenset[str] = frozenset()
    not_tags: frozenset[str] = frozenset()
    studios: frozenset[str] = frozenset()
    paths: tuple[PathGlob, ...] = ()
    not_paths: tuple[PathGlob, ...] = ()


def reason_to_skip(scene: Scene, filters: Filters) -> str:
    """Return why `scene` is not wanted, for a person; "" if it is wanted."""
    if filters.organized and not scene.organized:
        return "it is not organized; the setting 'Filter: only organized' asks for that"
    names = {tag_key(tag.name): tag.name for tag in scene.tags}
    if filters.tags and not filters.tags & names.keys():
        return "it has none of the tags in the setting 'Filter: with tags'"
    unwanted = [name for key, name in names.items() if key in filters.not_tags]
    if unwanted:
        return f"it has the tag {unwanted[0]!r}, which is in the setting 'Filter: without tags'"
    if filters.studios and not filters.studios & _studios(scene):
        return "its studio is not in the setting 'Filter: studios'"
    return _reason_of_paths(scene, filters)


def _reason_of_paths(scene: Scene, filters: Filters) -> str:
    files = scene.files
    if filters.paths:
        files = tuple(path for path in files if matches_any(path, filters.paths))
        if not files:
            return "no file of it is where the setting 'Filter: paths' says"
    if files and all(matches_any(path, filters.not_paths) for path in files):
        return f"the setting 'Filter: paths' leaves out {files[0]}"
    return ""


def _studios(scene: Scene) -> set[str]:
    if not scene.studio:
        return set()
    parent = scene.studio.parent
    return {tag_key(one.name) for one in (scene.studio, *([parent] if parent else ()))}
