"""The single-scene API: one file, one library, searches and listings, both caches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from plex.cache import MatchCache, PlexCache
from tests.corpus.extent import IS_FULL
from tests.corpus.facts import CorpusScene
from tests.corpus.passes import Score, run_single
from tests.corpus.states import Caches, CacheState
from tests.corpus.world import World

FOUR = [
    pytest.param(False, True, id="XML"),
    pytest.param(False, False, id="XML, file= ignored"),
    pytest.param(True, True, id="JSON"),
    pytest.param(True, False, id="JSON, file= ignored"),
]
# This way never asks by file, and reads both languages alike whatever its caches hold.
AT_FIRST, WITH_LIES = (FOUR, FOUR) if IS_FULL else (FOUR[:1], FOUR[3:])
ALTERNATELY = 1 if IS_FULL else 2  # a cache state takes every second kind of scene


def matched(
    world: World, folder: Path, scenes: Sequence[CorpusScene], *, json: bool, honours_file: bool
) -> Score:
    with (
        world.client() as client,
        world.speaking(json=json, honours_file=honours_file),
        PlexCache(folder) as listings,
        MatchCache(folder) as matches,
        world.counting() as counts,
    ):
        score = run_single(world, client, scenes, listings=listings, matches=matches)
    assert counts["lookup"] == 0  # this way never asks by file
    return score


@pytest.mark.parametrize(("json", "honours_file"), AT_FIRST)
def test_no_file_is_matched_wrongly_or_missed_at_first_nor_again(
    json: bool,
    honours_file: bool,
    world: World,
    few_scenes: Sequence[CorpusScene],
    tmp_path: Path,
) -> None:
    scenes = few_scenes[::ALTERNATELY]

    for _ in range(2):
        score = matched(world, tmp_path, scenes, json=json, honours_file=honours_file)
        assert score == Score()


@pytest.mark.parametrize(("json", "honours_file"), WITH_LIES)
@pytest.mark.parametrize(
    "state", [CacheState.HALF_STALE, CacheState.POISONED], ids=lambda state: state.value
)
def test_no_cache_that_is_wrong_makes_a_match_wrong_or_missed(
    state: CacheState,
    json: bool,
    honours_file: bool,
    world: World,
    caches: Caches,
    few_scenes: Sequence[CorpusScene],
) -> None:
    scenes = few_scenes[state is CacheState.POISONED :: ALTERNATELY]
    folder = caches.data_folder(state, scenes)

    assert matched(world, folder, scenes, json=json, honours_file=honours_file) == Score()


def test_a_file_is_found_without_any_cache(world: World, few_scenes: Sequence[CorpusScene]) -> None:
    with world.client() as client:
        assert run_single(world, client, few_scenes[::12]) == Score()
