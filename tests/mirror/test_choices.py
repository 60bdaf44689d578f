"""What a person decided about single scenes, kept in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mirror.choices import Choice
from mirror.ledger import Ledger
from mirror.records import SceneState


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "ledger.db")) as opened:
        yield opened


def test_ignored_scenes_stay_so_over_a_restart(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        ledger.choices.ignore([1, 2], now=5)
        ledger.choices.ignore([2], now=6)
        ledger.choices.heed([1])
    with closing(Ledger(tmp_path / "ledger.db")) as ledger:
        assert ledger.choices.ignored_among([1, 2, 3]) == {2}


def test_a_scene_s_state_says_nothing_about_what_was_decided(ledger: Ledger) -> None:
    ledger.choices.ignore([1], now=5)
    ledger.choices.choose(1, 70, machine="m")
    ledger.set_scenes([SceneState(scene_id=1, state="in_step")], now=6)
    assert ledger.choices.ignored_among([1]) == {1}
    assert ledger.choices.of([1, 2]) == {1: Choice(rating_key=70, machine="m")}


def test_the_newest_choice_counts_until_it_is_dropped(ledger: Ledger) -> None:
    ledger.choices.choose(1, 70)
    ledger.choices.choose(1, 71, machine="m")
    assert ledger.choices.of([1]) == {1: Choice(rating_key=71, machine="m")}
    ledger.choices.drop(1)
    assert ledger.choices.of([1]) == {}


def test_a_forgotten_scene_takes_its_decisions_along(ledger: Ledger) -> None:
    ledger.choices.ignore([1], now=5)
    ledger.choices.choose(1, 70)
    ledger.forget_scene(1)
    assert ledger.choices.ignored_among([1]) == frozenset()
    assert ledger.choices.of([1]) == {}
