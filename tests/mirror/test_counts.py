"""The ledger counts its scenes as they move, so that nobody has to."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.ledger import Ledger
from mirror.records import SceneState
from mirror.view import viewing
from tests.examples import examples

STATES = st.sampled_from(
    [
        ("in_step", "", ""),
        ("resting", "no_library", "/a"),
        ("resting", "no_library", "/b"),
        ("resting", "not_scanned", "/a"),
        ("resting", "ambiguous", "1,2"),
        ("skipped", "ignored", ""),
        ("gone", "", ""),
    ]
)
STEPS = st.lists(st.tuples(st.integers(1, 6), st.none() | STATES), max_size=40)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@examples(60)
@given(steps=STEPS)
def test_the_kept_counts_are_those_that_counting_finds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, tuple[str, str, str] | None]]
) -> None:
    path = tmp_path_factory.mktemp("counts") / "ledger.db"
    with closing(Ledger(path)) as ledger:
        for scene_id, stands in steps:
            if stands is None:
                ledger.forget_scene(scene_id)
                continue
            state, code, about = stands
            ledger.set_scenes(
                [SceneState(scene_id=scene_id, state=state, code=code, about=about)],  # type: ignore[arg-type]
                now=1,
            )
        with closing(sqlite3.connect(path)) as beside:
            rows = beside.execute("SELECT state, code, about FROM scenes").fetchall()
        states = Counter(f"{state}/{code}" if code else state for state, code, _ in rows)
        groups = Counter(
            (code, about) for _, code, about in rows if code in {"no_library", "not_scanned"}
        )
        assert ledger.counts() == states
        with viewing(path) as view:
            assert view is not None
            kept = [
                one
                for code in ("no_library", "not_scanned", "ambiguous")
                for one in view.groups(code, limit=99)
            ]
        assert {(one.code, one.about): one.scenes for one in kept} == groups


def test_an_old_view_of_a_missing_ledger_is_none(path: Path) -> None:
    with viewing(path) as view:
        assert view is None
    assert not path.exists()


def test_the_greatest_groups_come_first(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        ledger.set_scenes(
            [
                SceneState(
                    scene_id=n, state="resting", code="no_library", about="/big" if n % 3 else "/s"
                )
                for n in range(1, 10)
            ],
            now=1,
        )
        with viewing(path) as view:
            assert view is not None
            assert [(one.about, one.scenes) for one in view.groups("no_library", limit=1)] == [
                ("/big", 6)
            ]
            assert view.count_of("no_library", "/s") == 3
