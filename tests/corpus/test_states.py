"""The cache states are what they are called: a test of a poisoned cache needs one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plex.cache import MatchCache
from plex.kept_keys import KeptKeys
from tests.corpus.facts import CorpusScene
from tests.corpus.oracle import Oracle
from tests.corpus.states import Caches, CacheState
from tests.corpus.world import World


@pytest.fixture(scope="module")
def known_scenes(world: World) -> Sequence[CorpusScene]:
    oracle = Oracle(world.corpus)
    return [scene for scene in world.corpus.scenes[:2500] if oracle.is_held(scene)]


@pytest.mark.parametrize(
    ("state", "least", "most"),
    [
        (CacheState.COLD, 0.0, 0.0),
        (CacheState.WARM, 0.99, 1.0),
        (CacheState.HALF_STALE, 0.4, 0.6),
        (CacheState.POISONED, 0.2, 0.6),
    ],
)
def test_the_batch_path_finds_this_share_of_right_keys(
    state: CacheState,
    least: float,
    most: float,
    world: World,
    caches: Caches,
    known_scenes: Sequence[CorpusScene],
) -> None:
    right = asked = 0
    oracle = Oracle(world.corpus)
    to_plex = world.corpus.mapping.to_plex
    with MatchCache(caches.data_folder(state, known_scenes)) as cache, world.client() as client:
        kept = KeptKeys(cache, machine=client.machine_identifier())
        for section in world.chosen(client):
            paths = [to_plex(file.stash) for scene in known_scenes for file in scene.files]
            here = [path for path in paths if oracle.looks_into(section.key - 1, path)]
            keys = kept.of(section, here)
            asked += len(here)
            for path in here:
                holders = oracle.equals(section.key - 1, path)
                right += {world.keys[number] for number in holders} <= set(keys.get(path, ()))

    assert asked > 2000
    assert least <= right / asked <= most


@pytest.mark.parametrize(
    ("state", "least", "most"),
    [
        (CacheState.HALF_STALE, 0.3, 0.7),
        (CacheState.POISONED, 0.0, 0.45),
    ],
)
def test_the_single_path_finds_this_share_of_right_keys(
    state: CacheState,
    least: float,
    most: float,
    world: World,
    caches: Caches,
    few_scenes: Sequence[CorpusScene],
) -> None:
    right = asked = 0
    oracle = Oracle(world.corpus)
    with MatchCache(caches.data_folder(state, few_scenes)) as cache:
        for number, library in enumerate(world.corpus.libraries):
            for scene in few_scenes if library.is_chosen else ():
                path = world.corpus.mapping.to_plex(scene.files[0].stash) if scene.files else ""
                holders = oracle.holders(number, path)
                if len(holders) == 1:
                    asked += 1
                    key = cache.get_match(world.cache_name(number), path)
                    right += key == str(world.keys[next(iter(holders))])

    assert asked >= 20
    assert least <= right / asked <= most
