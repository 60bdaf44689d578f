"""What changed in Stash since a moment: ids and `updated_at`, a page of each kind in one query.

Many changes fire no hook, and a hook can be lost with its browser tab; `updated_at` moves all the
same. Stash compares it as text, in its own offset and whole seconds, so a caller asks with an
overlap and compares for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stash.queries import RIDING_ALONG
from stash.scenes import id_of, in_shape, text_of

# As a hook names each kind: how Stash's query is called, its list, and its filter.
_KINDS = {
    "Scene": ("findScenes", "scenes", "scene_filter"),
    "Performer": ("findPerformers", "performers", "performer_filter"),
    "Studio": ("findStudios", "studios", "studio_filter"),
    "Tag": ("findTags", "tags", "tag_filter"),
    "Group": ("findGroups", "groups", "group_filter"),
}
_SINCE = "{updated_at:{value:$since,modifier:GREATER_THAN}}"
_WINDOW = 'filter:{page:$page,per_page:$size,sort:"id",direction:ASC}'

CHANGES = (
    "query($since:String!,$page:Int!,$size:Int!){"
    + " ".join(
        f"{find}({_WINDOW},{which}:{_SINCE}){{{plural}{{id updated_at}}}}"
        for find, plural, which in _KINDS.values()
    )
    + f" {RIDING_ALONG}}}"
)

NEWEST = (
    "{"
    + " ".join(
        f'{find}(filter:{{page:1,per_page:1,sort:"updated_at",direction:DESC}})'
        f"{{{plural}{{id updated_at}}}}"
        for find, plural, _ in _KINDS.values()
    )
    + "}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One object and when it last changed.

    Attributes:
        kind: As a hook names it: "Scene", "Performer", "Studio", "Tag" or "Group".
        updated_at: Stash's own string.
    """

    kind: str
    id: int
    updated_at: str


def read_changes(data: Mapping[str, Any]) -> list[Change]:
    """The objects of all kinds in one answer."""
    return in_shape(
        lambda one: [
            Change(kind=kind, id=id_of(row["id"]), updated_at=text_of(row["updated_at"]))
            for kind, (find, plural, _) in _KINDS.items()
            for row in one[find][plural]
        ],
        data,
    )


def longest_list(data: Mapping[str, Any]) -> int:
    """How many objects the fullest kind of one page has."""
    return in_shape(
        lambda one: max(len(one[find][plural]) for find, plural, _ in _KINDS.values()), data
    )
