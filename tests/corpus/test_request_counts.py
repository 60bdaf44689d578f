"""What a pass over the corpus may ask of Plex: a cache changes cost, and this is the cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from plex.cache import MatchCache
from plex.lookup import PAGE
from tests.corpus import names
from tests.corpus.facts import CorpusScene, Verdict
from tests.corpus.generator import make_corpus
from tests.corpus.names import composed, decomposed, file_name
from tests.corpus.oracle import Oracle, by_kind
from tests.corpus.passes import BATCH, Score, finder_of, run_batches
from tests.corpus.states import Caches, CacheState
from tests.corpus.world import World

A_START = {"identity": 1, "sections": 1}  # who the server is, and what libraries it has


def requests_of(
    world: World,
    caches: Caches,
    state: CacheState,
    scenes: Sequence[CorpusScene],
    *,
    fresh: float = 0.0,
) -> Counter[str]:
    with (
        world.client() as client,
        MatchCache(caches.data_folder(state, scenes)) as cache,
        world.counting() as counts,
    ):
        run_batches(world, finder_of(world, client, cache), scenes, fresh=fresh)
    return counts - Counter(A_START)


def requests_one_by_one(
    world: World, data_folder: Path, scenes: Sequence[CorpusScene]
) -> Counter[str]:
    with (
        world.client() as client,
        MatchCache(data_folder) as cache,
        world.counting() as counts,
    ):
        score = run_batches(world, finder_of(world, client, cache), scenes, fresh=1.0, size=1)
    assert score == Score()
    return counts - Counter(A_START)


def spellings(scene: CorpusScene) -> int:
    """In how many ways the name of a scene of one file can be written."""
    name = file_name(scene.files[0].stash)
    return len({name, composed(name), decomposed(name)})


@pytest.fixture(scope="module")
def known_scenes(world: World) -> list[CorpusScene]:
    """Scenes whose primary file is wherever it is looked for."""
    oracle = Oracle(world.corpus)
    return [scene for scene in world.corpus.scenes if oracle.is_known(scene)]


@pytest.mark.parametrize("fresh", [0.0, 1.0])
def test_known_scenes_cost_one_read_a_batch_and_nothing_else(
    fresh: float, world: World, caches: Caches, known_scenes: Sequence[CorpusScene]
) -> None:
    scenes = known_scenes[: 20 * BATCH]

    assert len(scenes) == 20 * BATCH
    assert requests_of(world, caches, CacheState.WARM, scenes, fresh=fresh) == {"metadata": 20}


def test_an_unknown_corpus_costs_one_listing_of_each_library_not_one_a_batch(
    world: World, caches: Caches
) -> None:
    scenes = world.corpus.scenes[: 10 * BATCH]
    counts = requests_of(world, caches, CacheState.COLD, scenes)

    assert len(scenes) == 10 * BATCH
    assert counts == {"listing": world.pages(PAGE), "metadata": 10}


def test_an_unknown_corpus_that_people_wait_for_costs_no_more_than_one_listing_of_each_library(
    world: World, caches: Caches
) -> None:
    scenes = world.corpus.scenes[: 10 * BATCH]
    counts = requests_of(world, caches, CacheState.COLD, scenes, fresh=1.0)

    assert counts["listing"] <= world.pages(PAGE)


def test_many_scenes_that_are_not_in_plex_cost_one_listing_of_each_library(
    world: World, caches: Caches
) -> None:
    absent = [one for one in world.corpus.scenes if one.verdict is Verdict.NONE]

    assert len(absent) > 5 * BATCH
    counts = requests_of(world, caches, CacheState.COLD, absent)
    assert counts == {"listing": world.pages(PAGE)}


@pytest.mark.parametrize(
    ("state", "times"),
    [
        (CacheState.HALF_STALE, 1),
        (CacheState.POISONED, 2),  # once for what is unknown, once more for what was a lie
    ],
)
def test_a_cache_that_is_mostly_wrong_costs_few_listings_not_one_a_batch(
    state: CacheState,
    times: int,
    world: World,
    caches: Caches,
    known_scenes: Sequence[CorpusScene],
) -> None:
    counts = requests_of(world, caches, state, known_scenes[: 6 * BATCH])

    assert 0 < counts["listing"] <= times * world.pages(PAGE)


def test_scenes_whose_items_were_removed_cost_one_listing_of_each_library_not_one_a_batch(
    tmp_path: Path,
) -> None:
    with (
        closing(World(make_corpus(seed=3, items=1500))) as world,
        world.client() as client,
        MatchCache(tmp_path) as cache,
    ):
        run_batches(world, finder_of(world, client, cache), world.corpus.scenes)
        removed = {number: key for number, key in enumerate(world.keys) if number % 2}
        for key in removed.values():
            world.server.store.remove_item(key)
        scenes = [one for one in world.corpus.scenes if one.items and one.items <= set(removed)]
        with world.counting() as counts:
            run_batches(world, finder_of(world, client, cache), scenes)

    assert len(scenes) > 10 * BATCH
    assert counts["listing"] <= world.pages(PAGE)


def test_a_server_that_ignores_file_is_asked_by_file_no_more_than_once(
    world: World, caches: Caches
) -> None:
    """Once for a scene, and once to see whether a name that nobody has finds everything."""
    with world.speaking(json=False, honours_file=False):
        counts = requests_of(world, caches, CacheState.COLD, world.corpus.scenes[:5], fresh=1.0)

    assert counts["lookup"] == 2
    assert counts["listing"] == world.pages(PAGE)


@pytest.mark.parametrize("kind", names.SPECIAL)
def test_a_name_that_is_hard_to_ask_for_is_found_by_file_without_a_listing(
    kind: str, world: World, tmp_path: Path
) -> None:
    # Between the commas of some names nothing stands that tells one file from the others.
    scenes = [
        scene
        for scene in by_kind(world.corpus.scenes)[kind]
        if not file_name(scene.files[0].plex).startswith(",")
    ][:5]
    counts = requests_one_by_one(world, tmp_path, scenes)

    assert counts["lookup"] <= sum(map(spellings, scenes))
    assert counts == {"lookup": counts["lookup"], "metadata": len(scenes)}


def test_a_name_in_another_normal_form_is_found_by_file_without_a_listing(
    world: World, tmp_path: Path
) -> None:
    scenes = [
        scene
        for scene in by_kind(world.corpus.scenes)["normal forms"]
        if file_name(scene.files[0].plex) == decomposed(file_name(scene.files[0].plex))
    ][:5]
    counts = requests_one_by_one(world, tmp_path, scenes)

    assert counts["lookup"] <= sum(map(spellings, scenes))
    assert counts == {"lookup": counts["lookup"], "metadata": len(scenes)}
