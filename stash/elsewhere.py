"""What only the set-up asks of Stash: what other plugins stored, and addresses in scenes.

The removal of addresses is the one thing that PlexSync ever changes in Stash. It names the
addresses themselves, so whatever else a scene holds, and whoever edits it meanwhile, stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stash.client import StashClient
from stash.scenes import id_of, in_shape, text_of

SCENES_PER_PAGE = 1_000
_STALE = re.compile(r"plex/library/metadata/[0-9]+/?")

PLUGINS = "query($ids:[ID!]){configuration{plugins(include:$ids)}}"

WITH_ADDRESS = (
    "query($page:Int!,$size:Int!){findScenes(filter:{page:$page,per_page:$size,"
    'sort:"id",direction:ASC},scene_filter:{url:{value:"plex/library/metadata/",'
    "modifier:INCLUDES}}){count scenes{id title urls}}}"
)

# Every plugin's hooks run before the answer comes, scene by scene: a few scenes a call.
REMOVE = (
    "mutation($ids:[ID!],$urls:[String!]){bulkSceneUpdate(input:"
    "{ids:$ids,urls:{mode:REMOVE,values:$urls}}){id}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneAddresses:
    """A scene with the addresses in it that nothing reads any more."""

    scene_id: int
    title: str
    urls: tuple[str, ...]


class ElsewhereClient(StashClient):
    """A connection of its own, for one question of the set-up."""

    def stored_by(self, plugins: Sequence[str]) -> dict[str, dict[str, object]]:
        """What Stash has stored for some plugins; one without settings is absent."""
        data = self._data(PLUGINS, {"ids": list(plugins)})
        return in_shape(lambda one: _read_plugins(one, plugins), data)

    def stale_addresses(self) -> list[SceneAddresses]:
        """The scenes with an address such as plex/library/metadata/123, by id."""
        found: dict[int, SceneAddresses] = {}
        page = 1
        while True:
            data = self._data(WITH_ADDRESS, {"page": page, "size": SCENES_PER_PAGE})
            told = in_shape(_read_addresses, data)
            found.update((one.scene_id, one) for one in told if one.urls)
            if len(told) < SCENES_PER_PAGE:
                return list(found.values())
            page += 1

    def remove_addresses(self, scenes: Sequence[SceneAddresses]) -> None:
        """Take these addresses out of these scenes; Stash runs every plugin's hooks for each."""
        ids = [str(one.scene_id) for one in scenes]
        self._data(
            REMOVE, {"ids": ids, "urls": sorted({url for one in scenes for url in one.urls})}
        )


def is_stale(url: str) -> bool:
    """Whether it is an item's key as the older plugin kept it, and no address that a person has."""
    return _STALE.fullmatch(url) is not None


def _read_plugins(data: Mapping[str, Any], plugins: Sequence[str]) -> dict[str, dict[str, object]]:
    stored = data["configuration"]["plugins"]
    return {one: dict(stored[one]) for one in plugins if isinstance(stored.get(one), dict)}


def _read_addresses(data: Mapping[str, Any]) -> list[SceneAddresses]:
    return [
        SceneAddresses(
            scene_id=id_of(one["id"]),
            title=text_of(one["title"]),
            urls=tuple(url for url in map(text_of, one["urls"]) if is_stale(url)),
        )
        for one in data["findScenes"]["scenes"]
    ]
