"""The worker's way of matching: many scenes at once, one read for all whose keys are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from plex.cache import MatchCache
from tests.corpus.facts import CorpusScene
from tests.corpus.passes import Score, finder_of, run_batches
from tests.corpus.states import Caches, CacheState
from tests.corpus.world import World

# The share of scenes that a person waits for: an old listing is not believed about them.
A_THIRD, ONE_IN_TWENTY = 0.3, 0.05


def test_no_scene_of_the_whole_corpus_is_matched_wrongly_or_missed(
    world: World, tmp_path: Path
) -> None:
    """First with nothing in the cache, then with what that left there."""
    for _ in range(2):
        with world.client() as client, MatchCache(tmp_path) as cache:
            finder = finder_of(world, client, cache)
            score = run_batches(world, finder, world.corpus.scenes, fresh=ONE_IN_TWENTY)
        assert score == Score()


@pytest.mark.parametrize("honours_file", [True, False], ids=["file=", "file= ignored"])
@pytest.mark.parametrize("json", [False, True], ids=["XML", "JSON"])
@pytest.mark.parametrize("state", CacheState, ids=lambda state: state.value)
def test_no_cache_and_no_kind_of_server_makes_a_match_wrong_or_missed(
    state: CacheState,
    json: bool,
    honours_file: bool,
    world: World,
    caches: Caches,
    some_scenes: Sequence[CorpusScene],
) -> None:
    with (
        world.client() as client,
        world.speaking(json=json, honours_file=honours_file),
        MatchCache(caches.data_folder(state, some_scenes)) as cache,
    ):
        finder = finder_of(world, client, cache)
        assert run_batches(world, finder, some_scenes, fresh=A_THIRD) == Score()
