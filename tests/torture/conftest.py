"""A world of real processes for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.world import World
from tests.torture.steps import Pairs, titles
from tests.waiting import wait_for


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both stand-ins run, what persons edit in Plex is kept, nothing was saved yet."""
    with World(tmp_path) as made:
        made.configure(keepPlexEdits=True)
        yield made


@pytest.fixture
def synced(world: World) -> Pairs:
    """Three scenes that are in step; nothing of that is counted."""
    tag = world.stash.store.add_tag("ours-tag")
    pairs = [world.add(f"scene {n}.mp4", title=f"ours-{n}", tags=[tag]) for n in range(3)]
    world.operation(mode="sync", ids=[scene for scene, _ in pairs])
    wait_for(lambda: titles(world, pairs) == ["ours-0", "ours-1", "ours-2"], what="all titles")
    world.settle()
    world.plex.requests.clear()
    return pairs
