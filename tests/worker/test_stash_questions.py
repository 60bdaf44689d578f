"""What other plugins left in Stash: a removal that is stopped, and nobody to ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.stash.server import StashServer
from errors import NotConfiguredError
from plex.cache import MatchCache
from stash.call import Connection
from worker.outside import outside_of
from worker.questions import Facts
from worker.settings import Settings
from worker.stash_questions import AT_ONCE, elsewhere, remove_urls

STALE = "plex/library/metadata/1"
MakeFacts = Callable[[Connection | None], Facts]


@pytest.fixture
def shown() -> list[dict[str, object]]:
    """What was shown before the answer."""
    return []


@pytest.fixture
def facts(tmp_path: Path, shown: list[dict[str, object]]) -> Iterator[MakeFacts]:
    """A question that somebody stops as soon as anything is shown."""
    stopped = threading.Event()

    def show(told: dict[str, object]) -> None:
        shown.append(told)
        stopped.set()

    with MatchCache(tmp_path) as cache:
        yield lambda connection: Facts(
            folder=tmp_path,
            words={"what": "urls"},
            settings=Settings(),
            identifier="one",
            version="1",
            outside=outside_of({}),
            match_cache=cache,
            stash=connection,
            show=show,
            stopped=stopped,
        )


@pytest.fixture
def stash(tmp_path: Path) -> Iterator[StashServer]:
    """A Stash with more such scenes than one call takes."""
    with StashServer(tmp_path / "stash") as started:
        for number in range(AT_ONCE + 5):
            scene = started.store.add_scene(f"/data/{number}.mp4")
            started.store.scene(scene).urls = (STALE,)
        yield started


def test_a_removal_that_is_stopped_says_how_far_it_came(
    stash: StashServer, facts: MakeFacts, shown: list[dict[str, object]]
) -> None:
    told = {"count": AT_ONCE + 5, "removed": AT_ONCE}
    assert remove_urls(facts(Connection(url=stash.url))) == told
    assert shown == [told]
    left = [scene.id for scene in stash.store.scenes.values() if scene.urls]
    assert left == list(range(AT_ONCE + 1, AT_ONCE + 6))


def test_only_what_was_asked_for_is_looked_at(stash: StashServer, facts: MakeFacts) -> None:
    stash.store.plugin_settings["Stash2Plex"] = {"plex_library": "Videos"}
    told = elsewhere(facts(Connection(url=stash.url)))
    assert told["offers"] == []
    urls = told["urls"]
    assert isinstance(urls, dict)
    assert urls["count"] == AT_ONCE + 5


def test_without_word_from_stash_nobody_is_asked(facts: MakeFacts) -> None:
    with pytest.raises(NotConfiguredError, match="how to reach Stash"):
        elsewhere(facts(None))
