"""What a person may look back at: events, and what the last runs wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mirror import ledger_schema
from mirror.edit import Asked, Standing, Written
from mirror.journal import EVENTS_KEPT, read_events
from mirror.ledger import Ledger, read_scene_counts
from mirror.records import (
    CandidateItem,
    Confirmation,
    Event,
    Intent,
    ItemId,
    SceneDetail,
    SceneState,
)
from mirror.view import Group, viewing
from plex.item import Tag

ITEM = ItemId(machine="m", section_uuid="s", rating_key=7, part="/films/a.mp4")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with closing(Ledger(path)) as opened:
        yield opened


def event(number: int) -> Event:
    return Event(at=number + 0.5, scene_id=number, kind="replaced", text=f"title {number}")


def intent(run: str, *, before: str, wrote: str, removed: tuple[str, ...] = ()) -> Intent:
    return Intent(
        scene_id=3,
        item=ITEM,
        written=Written(asked_scalars={"title": wrote}),
        run=run,
        stood={"title": Standing(value=before), "genre": Standing(tags=(Tag("x"),))},
        wrote=Asked(scalars={"title": wrote}, tags={"genre": ("y",)}),
        removed={"genre": removed} if removed else {},
    )


def test_the_newest_events_come_first_also_for_other_processes(ledger: Ledger, path: Path) -> None:
    state = SceneState(scene_id=1, state="in_step")
    ledger.confirm([Confirmation(state=state)], now=1, events=[event(1), event(2)])

    assert [one.scene_id for one in ledger.journal.events()] == [2, 1]
    assert read_events(path, limit=1) == [event(2)]


def test_old_events_go_when_there_are_too_many(ledger: Ledger) -> None:
    ledger.journal.note(event(number) for number in range(EVENTS_KEPT))
    ledger.journal.note([event(EVENTS_KEPT)])

    kept = ledger.journal.events(limit=EVENTS_KEPT + 5)
    assert len(kept) == EVENTS_KEPT
    assert kept[-1].scene_id == 1


def test_what_stood_before_a_run_is_what_stood_at_its_first_write(ledger: Ledger) -> None:
    ledger.begin([intent("r1", before="a person's", wrote="ours", removed=("z",))], now=1)
    ledger.begin([intent("r1", before="ours", wrote="ours anew", removed=("x",))], now=2)

    [write] = ledger.journal.writes_of("r1", 3)
    assert (write.item, write.scene_id) == (ITEM, 3)
    assert write.before["title"] == Standing(value="a person's")
    assert write.wrote == Asked(scalars={"title": "ours anew"}, tags={"genre": ("y",)})
    assert write.removed == {"genre": ("z", "x")}
    assert ledger.journal.scenes_of("r1") == [3]


def test_a_run_wrote_all_that_any_of_its_writes_wrote(ledger: Ledger) -> None:
    first = intent("r1", before="a", wrote="b")
    second = replace(first, wrote=Asked(scalars={"summary": "c"}, tags={"label": ("l",)}))
    ledger.begin([first], now=1)
    ledger.begin([second], now=2)

    [write] = ledger.journal.writes_of("r1", 3)
    assert write.wrote == Asked(
        scalars={"title": "b", "summary": "c"}, tags={"genre": ("y",), "label": ("l",)}
    )


def test_a_save_is_no_run(ledger: Ledger) -> None:
    ledger.begin([intent("", before="a", wrote="b")], now=1)

    assert ledger.journal.scenes_of("") == []


def test_writes_of_older_runs_are_forgotten(ledger: Ledger) -> None:
    for run in ("r1", "r2", "r3"):
        ledger.begin([intent(run, before="a", wrote="b")], now=1)

    ledger.journal.keep_runs(["r2", "r3"])
    ledger.journal.forget_write("r3", ITEM)

    assert [ledger.journal.scenes_of(run) for run in ("r1", "r2", "r3")] == [[], [3], []]


def test_what_is_said_of_a_scene_comes_back(ledger: Ledger) -> None:
    detail = SceneDetail(
        candidates=(CandidateItem(rating_key=4, title='A "b"', library="Videos", path="/x/ä.mp4"),),
        kept=("title",),
        refused={"studio": "S"},
        cut={"summary": "shorter"},
    )
    state = SceneState(scene_id=1, state="resting", code="ambiguous", about="4", detail=detail)
    ledger.set_scenes([state], now=5)

    assert ledger.scene(1) == replace(state, changed=5)


def test_a_ledger_of_the_first_version_is_carried_on(path: Path) -> None:
    with closing(sqlite3.connect(path)) as old:
        old.executescript(ledger_schema.FIRST_SCHEMA + "PRAGMA user_version = 1;")
        old.execute(
            "INSERT INTO items (rating_key, part, section_uuid, machine, scene_id, asked)"
            " VALUES (7, '/films/a.mp4', 's', 'm', 3, '{\"scalars\":{},\"tags\":{}}')"
        )
        old.commit()
    assert read_events(path) == []

    with closing(Ledger(path)) as ledger:
        assert ledger.written(ITEM) == Written()
        ledger.journal.note([event(1)])
        assert ledger.journal.events() == [event(1)]


def test_a_ledger_of_the_second_version_is_carried_on_with_its_scenes_counted(path: Path) -> None:
    with closing(sqlite3.connect(path)) as old:
        old.executescript("".join(ledger_schema.STEPS[:2]) + "PRAGMA user_version = 2;")
        for scene_id, state, code, about in [
            (1, "in_step", "", ""),
            (2, "in_step", "", ""),
            (3, "resting", "no_library", "/new"),
        ]:
            old.execute(
                "INSERT INTO scenes VALUES (?, ?, ?, '', '', '', '', '', '', 0, '[]', ?, '{}')",
                (scene_id, state, code, about),
            )
        old.commit()
    assert read_scene_counts(path) == {"in_step": 2, "resting/no_library": 1}

    with closing(Ledger(path)) as ledger:
        assert ledger.counts() == {"in_step": 2, "resting/no_library": 1}
        ledger.choices.ignore([1], now=1)
        assert ledger.choices.ignored_among([1, 2]) == {1}
    with viewing(path) as view:
        assert view is not None
        assert view.groups("no_library", limit=9) == [Group("no_library", "/new", 1)]
