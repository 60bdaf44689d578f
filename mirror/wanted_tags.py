"""What the lists of an item should hold for a scene: genres, labels, actors, collections.

Every list is spoken for, also where nothing is wanted in it: values that a setting brought go with
the setting.
"""

from __future__ import annotations

from collections.abc import Iterable

from mirror.normal import clean_text, tag_key
from mirror.policy import GENRES, LABELS, Policy
from plex.item import Tag
from stash.scene import Named, Scene


def wanted_tags(scene: Scene, policy: Policy) -> dict[str, tuple[Tag, ...]]:
    """Return the full list of each field, in Stash's order and without doubles."""
    tags = tag_names(scene, policy)
    return {
        "genre": _values(tags if GENRES in policy.tags_as else ()),
        "actor": _actors(scene, policy),
        # Stash's director is free text: a comma in it may belong to a name, so it is not split.
        "director": _values([scene.director]),
        "collection": _values(_collections(scene, policy)),
        "label": _values([*(tags if LABELS in policy.tags_as else ()), *_marks(scene, policy)]),
    }


def tag_names(scene: Scene, policy: Policy) -> list[str]:
    """Return the names of the tags that are shown: the scene's own, then those above them.

    The lists of names decide about each tag by itself. A tag that is shown for the one below it
    is shown although that one is left out.
    """
    tags: list[Named] = [*scene.tags]
    if policy.tag_parents:
        tags += [parent for tag in scene.tags for parent in tag.parents]
    names = {tag.name: tag_key(tag.name) for tag in tags}
    return [
        name
        for name, key in names.items()
        if key not in policy.not_tags and (not policy.only_tags or key in policy.only_tags)
    ]


def performer_names(scene: Scene) -> list[str]:
    """Return the performers' names as actors have them: two people of one name are one."""
    return [tag.tag for tag in _values(performer.name for performer in scene.performers)]


def _actors(scene: Scene, policy: Policy) -> tuple[Tag, ...]:
    actors = (
        Tag(
            clean_text(performer.name).strip(),
            role=clean_text(performer.disambiguation).strip() if policy.performer_roles else "",
        )
        for performer in scene.performers
    )
    return _without_doubles(actors)


def _collections(scene: Scene, policy: Policy) -> list[str]:
    names = [group.name for group in scene.groups] if policy.group_collections else []
    if policy.studio_collections and scene.studio:
        names.append(scene.studio.name)
    if policy.network_collections and scene.studio and scene.studio.parent:
        names.append(scene.studio.parent.name)
    return names


def _marks(scene: Scene, policy: Policy) -> list[str]:
    return [policy.organized_label] if scene.organized else []


def _values(names: Iterable[str]) -> tuple[Tag, ...]:
    return _without_doubles(Tag(clean_text(name).strip()) for name in names)


def _without_doubles(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Two performers of one name are one actor in Plex, and so are two cases of one tag."""
    kept: dict[str, Tag] = {}
    for tag in tags:
        if tag.tag:
            kept.setdefault(tag_key(tag.tag), tag)
    return tuple(kept.values())
