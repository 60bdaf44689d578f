"""Whatever hooks are lost, Plex ends as if every one had been delivered."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.world import World

SEEDS = [int(seed) for seed in os.environ.get("LOST_HOOKS_SEEDS", "1,2").split(",")]
STEPS = 25
SETTINGS = {"undoDestroyed": True, "groupCollections": True, "syncRatings": True}


class Editor:
    """Does the same to any world for the same seed."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._choose = random.Random(seed)
        store = world.stash.store
        self._named = {
            "performer": [store.add_performer(f"performer {n}") for n in range(4)],
            "tag": [store.add_tag(f"tag {n}") for n in range(5)],
            "studio": [store.add_studio(f"studio {n}") for n in range(3)],
            "group": [store.add_group(f"group {n}") for n in range(3)],
        }
        self.keys: dict[int, int] = {}  # by scene
        self._scenes = [self._add(n) for n in range(12)]

    def _add(self, n: int) -> int:
        scene, key = self._world.add(
            f"{n}.mp4",
            title=f"title {n}",
            performers=self._some("performer"),
            tags=self._some("tag"),
            studio=self._choose.choice(self._named["studio"]),
            groups=self._some("group"),
        )
        self.keys[scene] = key
        return scene

    def step(self) -> None:
        """One change of a random kind."""
        kinds: list[Callable[[], None]] = [
            self._edit,
            self._edit,
            self._bulk,
            self._quiet,
            self._rename,
            self._destroy_named,
            self._merge_tags,
            self._destroy_scene,
            self._merge_scenes,
        ]
        self._choose.choice(kinds)()

    def _some(self, kind: str) -> list[int]:
        known = self._named[kind]
        return sorted(self._choose.sample(known, k=self._choose.randint(0, min(2, len(known)))))

    def _facts(self) -> dict[str, Any]:
        return {
            "title": f"edit {self._choose.random():.6f}",
            "rating100": self._choose.randrange(1, 101),
            "performer_ids": [str(one) for one in self._some("performer")],
            "tag_ids": [str(one) for one in self._some("tag")],
        }

    def _ask(self, text: str, **variables: object) -> None:
        self._world.stash.graphql(text, variables)

    def _edit(self) -> None:
        self._world.save(self._choose.choice(self._scenes), **self._facts())

    def _quiet(self) -> None:
        self._world.edit_without_hook(self._choose.choice(self._scenes), **self._facts())

    def _bulk(self) -> None:
        ids = [str(one) for one in self._choose.sample(self._scenes, k=min(4, len(self._scenes)))]
        tags = {"ids": [str(one) for one in self._some("tag")], "mode": "ADD"}
        self._ask(
            "mutation($i:BulkSceneUpdateInput!){bulkSceneUpdate(input:$i){id}}",
            i={"ids": ids, "rating100": self._choose.randrange(1, 101), "tag_ids": tags},
        )

    def _rename(self) -> None:
        kind = self._choose.choice(["performer", "tag", "studio", "group"])
        one = str(self._choose.choice(self._named[kind]))
        name = f"{kind} {self._choose.random():.6f}"
        self._ask(
            f"mutation($i:{kind.title()}UpdateInput!){{{kind}Update(input:$i){{id}}}}",
            i={"id": one, "name": name},
        )

    def _destroy_named(self) -> None:
        kind = self._choose.choice(["performer", "tag"])
        if len(self._named[kind]) < 3:
            return
        one = self._named[kind].pop(self._choose.randrange(len(self._named[kind])))
        self._ask(
            f"mutation($i:{kind.title()}DestroyInput!){{{kind}Destroy(input:$i)}}",
            i={"id": str(one)},
        )

    def _merge_tags(self) -> None:
        if len(self._named["tag"]) < 3:
            return
        source, target = self._choose.sample(self._named["tag"], k=2)
        self._named["tag"].remove(source)
        self._ask(
            "mutation($i:TagsMergeInput!){tagsMerge(input:$i){id}}",
            i={"source": [str(source)], "destination": str(target)},
        )

    def _destroy_scene(self) -> None:
        if len(self._scenes) < 6:
            return
        scene = self._scenes.pop(self._choose.randrange(len(self._scenes)))
        self._ask("mutation($i:SceneDestroyInput!){sceneDestroy(input:$i)}", i={"id": str(scene)})

    def _merge_scenes(self) -> None:
        if len(self._scenes) < 6:
            return
        source, target = self._choose.sample(self._scenes, k=2)
        self._scenes.remove(source)
        # Its file is the target's second one now; its item is left as it was last synced.
        del self.keys[source]
        self._ask(
            "mutation($i:SceneMergeInput!){sceneMerge(input:$i){id}}",
            i={"source": [str(source)], "destination": str(target), "values": {"id": str(target)}},
        )


def run(folder: Path, seed: int, *, lost: float) -> dict[int, object]:
    """What Plex shows after a random life, with some of the hooks lost."""
    luck = random.Random(seed + 1000)
    with World(folder) as world:
        world.configure(**SETTINGS)
        editor = Editor(world, seed)
        world.task("Sync all scenes")
        world.stash.core.plugins.loses_hook = lambda _: luck.random() < lost
        for step in range(STEPS):
            editor.step()
            if step % 8 == 0:
                world.operation(mode="wake")
        world.operation(mode="wake")
        world.settle()
        world.task("Sync all scenes")  # what the day's comparison does
        world.settle()
        return {scene: shown(world, key) for scene, key in editor.keys.items()}


def shown(world: World, key: int) -> object:
    item = world.plex.store.item(key)
    fields = ("title", "summary", "studio", "userRating")
    tags = {name: sorted(one.tag for one in values) for name, values in item.tags.items() if values}
    scalars = {name: item.scalars.get(name) for name in fields}
    # An empty list is locked only where one of the states between was written, too.
    locked = {name for name in item.locked if name in tags or scalars.get(name)}
    return scalars, tags, sorted(locked)


@pytest.mark.parametrize("seed", SEEDS)
def test_plex_ends_as_if_every_hook_had_been_delivered(tmp_path: Path, seed: int) -> None:
    whole = run(tmp_path / "whole", seed, lost=0.0)
    assert run(tmp_path / "lossy", seed, lost=0.6) == whole
