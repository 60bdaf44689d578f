"""The ledger as other processes read it, beside the one that writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from errors import DamagedError
from mirror.ledger import Ledger
from mirror.records import Confirmation, Event, Intent, ItemId, SceneDetail, SceneState
from mirror.view import Group, ItemRow, LedgerView, SceneRow, read_meta, viewing
from mirror.written import Written

IN_STEP = SceneState(scene_id=1, state="in_step")
NO_LIBRARY = replace(IN_STEP, state="resting", code="no_library", message="look", about="/new")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with closing(Ledger(path)) as opened:
        yield opened


@pytest.fixture
def view(ledger: Ledger, path: Path) -> Iterator[LedgerView]:
    """What stands in a ledger of six scenes."""
    ledger.set_scenes([IN_STEP, *(replace(NO_LIBRARY, scene_id=one) for one in (5, 4, 2))], now=7)
    ledger.set_scenes([replace(NO_LIBRARY, scene_id=3, about="/a")], now=8)
    full = replace(
        IN_STEP, scene_id=6, paths=("/x.mp4", "/y.mp4"), detail=SceneDetail(kept=("title",))
    )
    items = {
        ItemId(machine="m", section_uuid="s", rating_key=key, part="/x.mp4"): Written()
        for key in (9, 8)
    }
    meant = next(iter(items))
    ledger.begin([Intent(scene_id=1, item=replace(meant, rating_key=3), written=Written())], now=1)
    events = [Event(at=n, scene_id=int(n) % 2, kind="kind", text=f"<{n}>") for n in (1.0, 2.0, 3.0)]
    ledger.confirm([Confirmation(state=full, items=items)], now=9, events=events)
    ledger.set_meta("note", "kept")
    ledger.choices.ignore([3], now=5)
    ledger.choices.choose(4, 44)
    with viewing(path) as opened:
        assert opened is not None
        yield opened


def test_notes_are_read_beside_the_ledger(view: LedgerView, path: Path) -> None:
    assert view.meta("note") == "kept"
    assert view.meta("another") is None
    assert read_meta(path, "note") == "kept"
    assert read_meta(path, "another") is None


def test_scenes_are_counted_by_state_and_code(view: LedgerView) -> None:
    assert view.counts() == {"in_step": 2, "resting/no_library": 4}


def test_groups_of_one_cause_come_greatest_first(view: LedgerView) -> None:
    groups = [Group("no_library", "/new", 3), Group("no_library", "/a", 1)]
    assert view.groups("no_library", limit=5) == groups
    assert view.groups("no_library", limit=1) == groups[:1]
    assert view.groups("another", limit=5) == []
    assert view.count_of("no_library", "/new") == 3
    assert view.count_of("no_library", "/none") == 0


def ids(rows: list[SceneRow]) -> list[int]:
    return [row.scene_id for row in rows]


def test_scenes_of_one_cause_come_page_by_page(view: LedgerView) -> None:
    def page(about: str | None, limit: int, offset: int) -> list[int]:
        return ids(view.scenes_because("resting", "no_library", about, limit=limit, offset=offset))

    assert page(None, 9, 0) == [3, 2, 4, 5]
    assert page(None, 2, 1) == [2, 4]
    assert page("/new", 9, 0) == [2, 4, 5]
    assert page("/new", 1, 2) == [5]
    assert page("/none", 9, 0) == []
    assert view.scenes_because("failed", "no_library", None, limit=9, offset=0) == []
    assert view.scenes_because("resting", "", None, limit=9, offset=0) == []


def test_a_scene_tells_how_it_stands(view: LedgerView) -> None:
    assert view.scene(3) == SceneRow(3, "resting", "no_library", "look", 8.0, "/a", [], {})
    assert view.scene(6) == SceneRow(
        6, "in_step", "", "", 9.0, "", ["/x.mp4", "/y.mp4"], {"kept": ["title"]}
    )
    assert view.scene(7) is None


def test_the_states_of_a_page_of_scenes_are_read_at_once(view: LedgerView) -> None:
    assert view.states_of([3, 6, 7]) == {3: "resting", 6: "in_step"}
    assert view.states_of([]) == {}


def test_the_items_of_a_scene_tell_whether_their_write_is_confirmed(view: LedgerView) -> None:
    assert view.items_of(6) == [
        ItemRow(8, "s", "m", "/x.mp4", 9.0),
        ItemRow(9, "s", "m", "/x.mp4", 9.0),
    ]
    assert view.items_of(1) == [ItemRow(3, "s", "m", "/x.mp4", None)]
    assert view.items_of(2) == []


def test_what_a_person_chose_for_a_scene_is_told(view: LedgerView) -> None:
    assert (view.is_ignored(3), view.is_ignored(4)) == (True, False)
    assert (view.chosen(3), view.chosen(4)) == (None, 44)


def test_the_newest_events_come_first(view: LedgerView) -> None:
    newest = {"at": 3.0, "scene_id": 1, "kind": "kind", "text": "<3.0>"}
    assert view.events(limit=1) == [newest]
    assert [one["at"] for one in view.events(limit=9)] == [3.0, 2.0, 1.0]
    assert view.events_of(1, limit=1) == [newest]
    assert [one["at"] for one in view.events_of(1, limit=9)] == [3.0, 1.0]
    assert view.events_of(5, limit=9) == []


def test_what_is_written_meanwhile_belongs_to_another_moment(
    ledger: Ledger, view: LedgerView
) -> None:
    view.meta("note")
    ledger.set_meta("note", "newer")
    assert view.meta("note") == "kept"


def test_without_a_ledger_there_is_nothing_to_view(path: Path) -> None:
    with viewing(path) as view:
        assert view is None
    assert read_meta(path, "note") is None
    assert not path.exists()


def test_a_ledger_that_its_worker_has_not_carried_on_yet_is_not_viewed(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        ledger.set_meta("note", "kept")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
    with viewing(path) as view:
        assert view is None
    assert read_meta(path, "note") is None


def test_a_damaged_ledger_has_no_notes_and_says_so_to_who_looks(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    assert read_meta(path, "note") is None
    with pytest.raises(DamagedError, match="cannot be read"), viewing(path):
        pass
