"""Few scenes at a time, and a finder that goes on: no listing heals what a cache has wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from plex.cache import MatchCache
from tests.corpus.generator import make_corpus
from tests.corpus.oracle import by_kind, sample
from tests.corpus.passes import Score, finder_of, run_batches
from tests.corpus.states import Caches, CacheState
from tests.corpus.world import World

SMALL = 1500


@pytest.fixture(scope="module")
def small_world() -> Iterator[World]:
    world = World(make_corpus(seed=11, items=SMALL))
    yield world
    world.close()


@pytest.fixture(scope="module")
def small_caches(small_world: World, tmp_path_factory: pytest.TempPathFactory) -> Caches:
    def fill(folder: Path, _: CacheState) -> None:
        with MatchCache(folder) as matches, small_world.client() as client:
            finder = finder_of(small_world, client, matches)
            run_batches(small_world, finder, small_world.corpus.scenes)

    return Caches(tmp_path_factory.mktemp("caches"), small_world, fill)


@pytest.mark.parametrize("state", CacheState, ids=lambda state: state.value)
def test_two_scenes_at_a_time_are_matched_as_well_as_fifty(
    state: CacheState, small_world: World, small_caches: Caches
) -> None:
    """Many unknown scenes bring a listing; two leave the rest of the cache as it is."""
    failed: dict[str, Score] = {}
    with small_world.client() as client:
        for kind, scenes in by_kind(small_world.corpus.scenes).items():
            with MatchCache(small_caches.data_folder(state, scenes)) as cache:
                finder = finder_of(small_world, client, cache)
                score = run_batches(small_world, finder, scenes[:8], fresh=0.3, size=2)
            if score != Score():
                failed[kind] = score

    assert failed == {}


@pytest.mark.parametrize("size", [2, 50])
@pytest.mark.parametrize("fresh", [0.0, 1.0])
def test_a_finder_that_goes_on_notices_that_items_changed_their_keys(
    fresh: float, size: int, tmp_path: Path
) -> None:
    """It listed the libraries a moment ago and would rather believe that."""
    with (
        closing(World(make_corpus(seed=7, items=SMALL))) as world,
        world.client() as client,
        MatchCache(tmp_path) as cache,
    ):
        scenes = sample(world.corpus.scenes, 6)
        finder = finder_of(world, client, cache)
        before = run_batches(world, finder, scenes, fresh=fresh)
        world.move(range(0, len(world.keys), 2))
        after = run_batches(world, finder, scenes, fresh=fresh, size=size)

    assert (before, after) == (Score(), Score())
