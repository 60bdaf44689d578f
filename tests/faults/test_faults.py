"""The short form of `make faults`, and its document."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.world import World
from tests.faults.__main__ import DOCUMENT
from tests.faults.fault import NOTHING, Fault, Survived, survive
from tests.faults.stage import Stage
from tests.faults.table import FAULTS, as_markdown, names_in
from tests.systems import ON_LINUX

QUICK = [fault for fault in FAULTS if fault.is_quick]


@ON_LINUX
@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_a_fault_loses_nothing_and_writes_nothing_wrong(fault: Fault, tmp_path: Path) -> None:
    assert survive(fault, tmp_path).violations == ()


def test_the_document_has_a_row_for_each_fault() -> None:
    """Times differ from run to run; `make faults` writes it anew."""
    document = DOCUMENT.read_text(encoding="utf-8")
    assert names_in(document) == [fault.name for fault in FAULTS]


def test_no_two_faults_have_one_name() -> None:
    assert [name for name, count in Counter(one.name for one in FAULTS).items() if count > 1] == []


def test_what_is_wrong_stands_in_its_row() -> None:
    fault = Fault(group="Plex", name="a | in a name", begin=lambda _stage: None)
    row = Survived(
        fault=fault, sees="s", retried="r", lost=("one", "two"), wrong_writes=("w",), seconds=1.0
    )
    document = as_markdown([row, replace(row, lost=(), wrong_writes=())])
    assert "| s | r | one; two | 1 | 1.0 s |" in document
    assert "| s | r | nothing | 0 | 1.0 s |" in document
    assert names_in(document) == [r"a \| in a name"] * 2


@ON_LINUX
def test_a_value_that_the_scene_never_had_is_a_wrong_write(tmp_path: Path) -> None:
    """The judgement itself: somebody else writes with the same means as the worker."""
    with World(tmp_path) as world:
        stage = Stage(world)
        stage.edit_all()
        stage.wait_until_right()
        world.settle()
        assert [*stage.wrong_writes()] == []
        first, second = stage.subjects[:2]
        world.save(first.scene, title=second.titles[-1])
        world.settle()
        assert [*stage.lost()] == [f"scene {first.scene} is not shown by item {first.key}"]
        assert [*stage.wrong_writes()] == [f"item {first.key} was sent title {second.titles[-1]!r}"]


@ON_LINUX
def test_a_fault_that_nobody_should_see_is_told_when_it_is_seen(tmp_path: Path) -> None:
    def stop(stage: Stage) -> None:
        stage.edit_all()
        stage.world.plex.stop()
        stage.world.wait_for_pause("plex_away")

    fault = Fault(
        group="",
        name="",
        begin=stop,
        end=lambda stage: stage.world.plex.start(),
        sees=NOTHING,
        saves=False,
    )
    assert survive(fault, tmp_path).violations == ("it waited where nothing hindered it",)
