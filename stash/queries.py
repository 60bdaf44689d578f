"""Every GraphQL text that PlexSync sends; a test validates each against the recorded schema.

An unknown field fails a whole query (422), so only fields that v0.28 has are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

PLUGIN_ID = "PlexSync"

# What rides along with each read, so that a changed setting is seen without a request of its own.
RIDING_ALONG = (
    f'configuration{{plugins(include:["{PLUGIN_ID}"]) general{{apiKey}}}} plugins{{id enabled}}'
)

CONDITIONS = f"{{{RIDING_ALONG}}}"

_SCENE = (
    "fragment S on Scene{id title details director date rating100 organized updated_at "
    "files{path} paths{screenshot} studio{id name parent_studio{id name}} "
    "performers{id name disambiguation} tags{%s} groups{group{id name}}}"
)
_TAG = "id name"
# GraphQL has no recursion, so that a limit has to be drawn somewhere.
_LEVELS_OF_PARENTS = 3
_TAG_AND_PARENTS = "id name" + " parents{id name" * _LEVELS_OF_PARENTS + "}" * _LEVELS_OF_PARENTS

# Ids only, in pages: all 20,000 of a library cost Stash about half a second.
SCENE_IDS = (
    "query($page:Int!,$size:Int!){findScenes(filter:{page:$page,per_page:$size,"
    'sort:"id",direction:ASC}){count scenes{id}}}'
)

# Whole scenes in pages, to tell by their bytes which of them changed; the count for the progress.
SCENE_PAGE = (
    "query($page:Int!,$size:Int!){findScenes(filter:{page:$page,per_page:$size,"
    'sort:"id",direction:ASC}){count scenes{...S}}} %s'
)

NEWEST = (
    '{findScenes(filter:{page:1,per_page:1,sort:"updated_at",direction:DESC})'
    "{count scenes{id updated_at}}}"
)

UPDATED_SINCE = (
    "query($since:String!,$page:Int!,$size:Int!){findScenes(filter:{page:$page,per_page:$size,"
    'sort:"id",direction:ASC},scene_filter:{updated_at:{value:$since,modifier:GREATER_THAN}})'
    "{count scenes{id}}}"
)

_RELATIONS = {
    "Performer": "performers:{value:$ids,modifier:INCLUDES}",
    "Group": "groups:{value:$ids,modifier:INCLUDES}",
    "Tag": "tags:{value:$ids,modifier:INCLUDES,depth:%d}",
    # A studio's name shows on its own scenes only; a parent's on those of its children as well.
    "Studio": "studios:{value:$ids,modifier:INCLUDES,depth:-1}",
}

RELATED_KINDS = tuple(_RELATIONS)


def read_scenes(scene_ids: Iterable[int], *, with_tag_parents: bool = False) -> str:
    """One aliased query for a batch; a missing scene is null and fails nothing."""
    asked = " ".join(f"s{one}:findScene(id:{one}){{...S}}" for one in scene_ids)
    scene = _SCENE % (_TAG_AND_PARENTS if with_tag_parents else _TAG)
    return f"query{{{asked} {RIDING_ALONG}}} {scene}"


def scene_page(*, with_tag_parents: bool) -> str:
    """One page of scenes; see `SCENE_PAGE`."""
    return SCENE_PAGE % (_SCENE % (_TAG_AND_PARENTS if with_tag_parents else _TAG))


def scenes_related_to(kind: str, *, with_tag_parents: bool = False) -> str:
    """The ids of the scenes that show a performer, studio, tag or group.

    Args:
        kind: As a hook names it.
        with_tag_parents: A tag shows on the scenes of the tags below it as well.
    """
    relation = _RELATIONS[kind]
    if kind == "Tag":
        relation %= _LEVELS_OF_PARENTS if with_tag_parents else 0
    return (
        "query($ids:[ID!],$page:Int!,$size:Int!){findScenes(filter:{page:$page,per_page:$size,"
        f'sort:"id",direction:ASC}},scene_filter:{{{relation}}}){{count scenes{{id}}}}}}'
    )
