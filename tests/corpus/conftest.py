"""One world for all tests of the corpus: its items change keys once, and never again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from plex.cache import MatchCache, PlexCache
from tests.corpus import extent
from tests.corpus.facts import Corpus, CorpusScene
from tests.corpus.generator import make_corpus
from tests.corpus.oracle import Oracle
from tests.corpus.passes import finder_of, run_batches, run_single
from tests.corpus.states import Caches, CacheState
from tests.corpus.world import World


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return make_corpus()


@pytest.fixture(scope="session")
def world(corpus: Corpus) -> Iterator[World]:
    world = World(corpus)
    yield world
    world.close()


@pytest.fixture(scope="session")
def some_scenes(corpus: Corpus) -> Sequence[CorpusScene]:
    return extent.for_batches(corpus)


@pytest.fixture(scope="session")
def few_scenes(corpus: Corpus) -> Sequence[CorpusScene]:
    return extent.for_single(corpus)


@pytest.fixture(scope="session")
def caches(
    world: World,
    some_scenes: Sequence[CorpusScene],
    few_scenes: Sequence[CorpusScene],
    tmp_path_factory: pytest.TempPathFactory,
) -> Caches:
    """Filled before and after half of the items changed their keys."""
    oracle = Oracle(world.corpus)
    held = [scene for scene in few_scenes if oracle.is_held(scene)]

    def fill(folder: Path, state: CacheState) -> None:
        with MatchCache(folder) as matches, PlexCache(folder) as listings, world.client() as client:
            run_batches(world, finder_of(world, client, matches), some_scenes)
            if state is CacheState.HALF_STALE:  # the other ones are poisoned at once
                run_single(world, client, held, listings=listings, matches=matches)

    return Caches(tmp_path_factory.mktemp("caches"), world, fill)
