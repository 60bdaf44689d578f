"""The ledger on a real file: what it keeps over crashes, and what it refuses."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import errors
from mirror.desired import Desired
from mirror.edit import Asked, Edit, Standing, Written, plan_edit, written_after
from mirror.ledger import Ledger, Origin, read_scene_counts
from mirror.policy import Policy
from mirror.records import (
    Confirmation,
    Intent,
    ItemId,
    SceneDetail,
    SceneState,
    before_json,
    links_of,
    read_written,
    to_json,
    unsure_json,
)
from plex.item import Item, Tag
from stash.scene import Named, Performer, Scene, Studio
from tests.examples import examples
from tests.systems import WITH_MODES

KEEP = Policy(keep_plex_edits=True)
ITEM = ItemId(machine="m", section_uuid="s", rating_key=7, part="/films/a.mp4")
FIRST = Written(
    asked_scalars={"summary": "ours\n日本"},
    asked_tags={"genre": ("A", "x, y")},
    before={
        "summary": Standing(value="agent's", locked=True),
        "genre": Standing(tags=(Tag("old", role="r", thumb="t"),)),
    },
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with closing(Ledger(path)) as opened:
        yield opened


def in_step(scene_id: int, fingerprint: str = "f") -> SceneState:
    return SceneState(scene_id=scene_id, state="in_step", fingerprint=fingerprint)


def resting(scene_id: int, code: str = "not_in_plex") -> SceneState:
    return replace(in_step(scene_id), state="resting", code=code, paths=(f"/films/{scene_id}.mp4",))


def confirm(ledger: Ledger, written: Written, item: ItemId = ITEM, scene_id: int = 1) -> None:
    ledger.confirm([Confirmation(state=in_step(scene_id), items={item: written})], now=2)


# Items


def test_a_confirmed_write_is_known_by_the_next_process(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        ledger.begin([Intent(scene_id=1, item=ITEM, written=FIRST)], now=1)
        confirm(ledger, FIRST)

    with closing(Ledger(path)) as ledger:
        assert ledger.written(ITEM) == FIRST
        assert ledger.items_of(1) == [ITEM]
        assert ledger.scene(1) == replace(in_step(1), changed=2)


@pytest.mark.parametrize(
    "other",
    [
        replace(ITEM, machine="another server"),
        replace(ITEM, section_uuid="another library"),
        replace(ITEM, rating_key=8),
        replace(ITEM, part="/films/b.mp4"),
    ],
)
def test_a_row_counts_only_when_all_four_agree(ledger: Ledger, other: ItemId) -> None:
    """A rebuilt Plex gives old keys to other files."""
    confirm(ledger, FIRST)

    assert ledger.written(other) is None
    confirm(ledger, Written(), item=other)
    assert ledger.written(ITEM) == FIRST
    assert set(ledger.items_of(1)) == {ITEM, other}


def test_a_scene_made_anew_for_the_same_file_takes_its_forerunner_s_row_over(
    ledger: Ledger,
) -> None:
    confirm(ledger, FIRST, scene_id=1)

    assert ledger.written(ITEM) == FIRST
    confirm(ledger, FIRST, scene_id=2)

    assert ledger.items_of(1) == []
    assert ledger.items_of(2) == [ITEM]


def test_what_stood_there_first_is_never_overwritten(ledger: Ledger) -> None:
    confirm(ledger, FIRST)
    later = Written(
        asked_scalars={"summary": "newer"},
        before={"summary": Standing(value="ours"), "studio": Standing(value="S")},
    )

    ledger.begin([Intent(scene_id=1, item=ITEM, written=later)], now=3)
    confirm(ledger, later)

    known = ledger.written(ITEM)
    assert known is not None
    assert known.before == {**FIRST.before, "studio": Standing(value="S")}
    assert known.asked_scalars == {"summary": "newer"}


@pytest.mark.parametrize("reached_plex", [True, False])
@pytest.mark.parametrize("crashes", [1, 3])
def test_after_a_crash_our_values_are_neither_a_person_s_nor_what_stood_there_before(
    path: Path, reached_plex: bool, crashes: int
) -> None:
    """The process dies between the PUT and the confirmation, or just before the PUT."""
    untouched = Item(
        rating_key=7,
        type="movie",
        section_key=1,
        scalars={"summary": "agent's"},
        tags={"genre": (Tag("old"),)},
    )
    desired = Desired(scalars={"summary": "one"}, tags={"genre": (Tag("A"),)})
    edit = plan_edit(desired, untouched, None, KEEP)
    meant = written_after(desired, untouched, None, edit)
    for moment in range(crashes):
        with closing(Ledger(path)) as ledger:
            ledger.begin([Intent(scene_id=1, item=ITEM, written=meant)], now=moment)

    item = untouched
    if reached_plex:
        item = replace(
            untouched,
            scalars={"summary": "one"},
            tags={"genre": (Tag("old"), Tag("A"))},
            locked=frozenset({"summary", "genre"}),
        )
    newer = Desired(scalars={"summary": "two"}, tags={"genre": (Tag("B"),)})
    with closing(Ledger(path)) as ledger:
        known = ledger.written(ITEM)
        assert known is not None
        again = plan_edit(newer, item, known, KEEP)
        after = written_after(newer, item, known, again)
        ledger.begin([Intent(scene_id=1, item=ITEM, written=after)], now=8)
        confirm(ledger, after)
        settled = ledger.written(ITEM)

    assert len(known.unsure) == 1
    assert again.scalars == {"summary": "two"}
    assert again.kept == ()
    assert again.replaced == ({} if reached_plex else {"summary": "agent's"})
    assert again.tags["genre"].final == (Tag("old"), Tag("B"))
    assert settled == after
    assert settled.unsure == ()
    assert settled.before == {
        "summary": Standing(value="agent's"),
        "genre": Standing(tags=(Tag("old"),)),
    }


def test_a_crash_keeps_what_was_confirmed_before_it(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        confirm(ledger, FIRST)
        for summary in ("two", "three", "two"):
            meant = replace(FIRST, asked_scalars={"summary": summary})
            ledger.begin([Intent(scene_id=1, item=ITEM, written=meant)], now=3)

    with closing(Ledger(path)) as ledger:
        known = ledger.written(ITEM)

    assert known is not None
    assert known.asked_scalars == FIRST.asked_scalars
    assert [asked.scalars["summary"] for asked in known.unsure] == ["three", "two"]
    assert all(known.owns("summary", text) for text in ("ours\n日本", "two", "three"))
    assert not known.owns("summary", "agent's")


def test_a_batch_is_begun_whole_or_not_at_all(ledger: Ledger) -> None:
    def intents() -> Iterator[Intent]:
        yield Intent(scene_id=1, item=ITEM, written=FIRST)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.begin(intents(), now=1)

    assert ledger.written(ITEM) is None
    confirm(ledger, FIRST)


def test_a_batch_is_confirmed_whole_or_not_at_all(ledger: Ledger) -> None:
    def done() -> Iterator[Confirmation]:
        yield Confirmation(state=in_step(1), items={ITEM: FIRST})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.confirm(done(), now=1)

    assert ledger.written(ITEM) is None
    assert ledger.scene(1) is None


def test_an_item_that_needed_no_write_is_confirmed_without_an_intent(ledger: Ledger) -> None:
    desired = Desired(scalars={"title": "T"}, tags={})
    item = Item(rating_key=7, type="movie", section_key=1, scalars={"title": "T"})

    confirm(ledger, written_after(desired, item, None, Edit()))

    assert ledger.written(ITEM) == Written(asked_scalars={"title": "T"})


def test_a_forgotten_item_is_met_for_the_first_time_again(ledger: Ledger) -> None:
    confirm(ledger, FIRST)

    ledger.forget_item(ITEM)

    assert ledger.written(ITEM) is None
    assert ledger.scene(1) is not None


texts = st.text(max_size=5)
askeds = st.builds(
    Asked,
    scalars=st.dictionaries(texts, texts, max_size=3),
    tags=st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=3),
)
standings = st.builds(
    Standing,
    value=texts,
    tags=st.lists(st.builds(Tag, texts, texts, texts), max_size=3).map(tuple),
    locked=st.booleans(),
)


@examples(60)
@given(st.lists(askeds, max_size=3).map(tuple), st.dictionaries(texts, standings, max_size=3))
def test_what_is_kept_as_json_comes_back_as_it_was(
    unsure: tuple[Asked, ...], before: dict[str, Standing]
) -> None:
    removed = dict.fromkeys(before, ("gone", "x, y"))
    back = read_written(None, unsure_json(unsure), before_json(before), to_json(removed))

    assert back == Written(unsure=unsure, before=before, removed=removed)


def test_an_undo_says_what_stood_before_us_and_no_more(ledger: Ledger) -> None:
    confirm(ledger, FIRST)
    less = replace(FIRST, before={"genre": FIRST.before["genre"]})

    undone = Confirmation(state=in_step(1), items={ITEM: less}, is_undo=True)
    ledger.confirm([undone], now=3)
    assert ledger.written(ITEM) == less

    ledger.confirm([Confirmation(state=in_step(1), items={ITEM: None}, is_undo=True)], now=4)
    assert ledger.written(ITEM) is None


def test_a_removal_that_may_have_happened_counts_as_ours(ledger: Ledger) -> None:
    """Undo brings back what we took away, also where the write was never confirmed."""
    confirm(ledger, replace(FIRST, removed={"genre": ("old",)}))
    meant = replace(FIRST, removed={"genre": ("other",), "actor": ("who",)})

    ledger.begin([Intent(scene_id=1, item=ITEM, written=meant)], now=3)

    known = ledger.written(ITEM)
    assert known is not None
    assert known.removed == {"genre": ("old", "other"), "actor": ("who",)}


# Scenes


def test_a_scene_s_state_comes_back_as_it_was_given(ledger: Ledger) -> None:
    state = SceneState(
        scene_id=3,
        state="failed",
        code="plex_500",
        message="Plex answers 500 ☹",
        fingerprint="f",
        cover="/scene/3/screenshot?t=1",
        cover_etag='"e"',
        cover_sha1="s",
        updated_at="2024-05-17T10:00:00+02:00",
        paths=("/a.mp4", "/ü, b.mp4"),
    )

    ledger.set_scenes([state], now=5.5)

    assert ledger.scene(3) == replace(state, changed=5.5)
    assert ledger.scene(4) is None


def test_the_time_of_change_stays_while_the_state_does(ledger: Ledger) -> None:
    """It says since when a scene rests, not when that was last confirmed."""
    ledger.set_scenes([resting(1)], now=1)
    ledger.set_scenes([replace(resting(1), message="still", fingerprint="g")], now=2)
    [rested] = ledger.resting_because()
    ledger.set_scenes([resting(1, "ambiguous")], now=3)
    [unclear] = ledger.resting_because()

    assert (rested.changed, rested.message, rested.fingerprint) == (1, "still", "g")
    assert unclear.changed == 3


def test_thousands_of_scenes_are_asked_for_at_once(ledger: Ledger) -> None:
    ledger.set_scenes((in_step(number) for number in range(5000)), now=1)

    found = ledger.scenes(range(1000, 40_000))

    assert sorted(found) == list(range(1000, 5000))
    assert ledger.scenes([]) == {}


def test_resting_scenes_are_told_by_why_they_rest(ledger: Ledger) -> None:
    """What was undone waits for a person, not for Plex."""
    states = [in_step(1), resting(2), resting(3, "ambiguous"), resting(4, "undone")]
    ledger.set_scenes(states, now=1)

    assert ledger.all_resting() == [2, 3]
    assert [one.scene_id for one in ledger.resting_because("ambiguous", "merged")] == [3]


def test_a_wish_to_undo_stays_until_it_is_fulfilled(ledger: Ledger) -> None:
    ledger.wishes.put([1, 2])
    ledger.wishes.put([2, 3], run="r")

    undone = Confirmation(state=resting(2, "undone"), is_undo=True)
    ledger.confirm([undone, Confirmation(state=in_step(3))], now=1)

    assert ledger.wishes.of([1, 2, 3, 4]) == {1: "", 3: "r"}


def test_an_item_is_known_by_any_of_its_files(ledger: Ledger) -> None:
    """Another scene of the same item may speak for it after the first one went."""
    confirm(ledger, FIRST, scene_id=5)
    other = replace(ITEM, part="/films/b.mp4")

    known = ledger.known_items(ITEM.machine, [ITEM.rating_key])
    assert known.part_known(other, ["/films/b.mp4", ITEM.part]) == ITEM.part
    assert known.part_known(other, ["/films/b.mp4"]) == other.part
    assert (known.writer(ITEM), known.writer(other)) == (5, None)


def test_a_forgotten_scene_leaves_nothing_behind(ledger: Ledger) -> None:
    state = replace(in_step(1), links=frozenset({("tag", 4)}))
    ledger.confirm([Confirmation(state=state, items={ITEM: FIRST})], now=1)
    other = replace(ITEM, rating_key=8)
    confirm(ledger, FIRST, item=other, scene_id=2)

    ledger.forget_scene(1)

    assert ledger.scene(1) is None
    assert ledger.written(ITEM) is None
    assert ledger.scenes_holding("tag", 4) == []
    assert ledger.items_of(2) == [other]


def test_scenes_are_found_by_what_they_held_when_last_synced(ledger: Ledger) -> None:
    """A destroyed performer is in no scene any more when the hook arrives."""
    scene = Scene(
        id=1,
        studio=Studio(id=3, name="S", parent=Named(id=9, name="P")),
        performers=(Performer(id=5, name="Ann"),),
        tags=(Named(id=5, name="t"), Named(id=6, name="u")),
        groups=(Named(id=7, name="g"),),
    )
    ledger.set_scenes([replace(in_step(1), links=links_of(scene))], now=1)
    ledger.set_scenes([replace(in_step(2), links=frozenset({("tag", 6)}))], now=1)

    assert ledger.scenes_holding("performer", 5) == [1]
    assert ledger.scenes_holding("tag", 5) == [1]
    assert ledger.scenes_holding("tag", 6) == [1, 2]
    assert ledger.scenes_holding("group", 7) == [1]
    assert ledger.scenes_holding("studio", 3) == ledger.scenes_holding("studio", 9) == [1]
    assert ledger.scenes_holding("studio", 5) == []

    ledger.set_scenes([in_step(1)], now=2)
    assert ledger.scenes_holding("tag", 5) == [1], "not given means unchanged"
    ledger.set_scenes([replace(in_step(1), links=frozenset({("tag", 5)}))], now=3)
    assert ledger.scenes_holding("tag", 5) == [1]
    assert ledger.scenes_holding("tag", 6) == [2]
    assert ledger.scenes_holding("performer", 5) == []


def test_scenes_are_counted_by_state_and_code_also_while_the_worker_runs(
    ledger: Ledger, path: Path
) -> None:
    ledger.set_scenes([in_step(1), in_step(2), resting(3), resting(4, "ambiguous")], now=1)

    expected = {"in_step": 2, "resting/not_in_plex": 1, "resting/ambiguous": 1}
    assert ledger.counts() == expected
    assert read_scene_counts(path) == expected


def test_notes_are_kept_between_runs(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        assert ledger.get_meta("seen") is None
        ledger.set_meta("seen", "1")
        ledger.set_meta("seen", "2")
    with closing(Ledger(path)) as ledger:
        assert ledger.get_meta("seen") == "2"


# The file


def test_status_reads_a_closed_ledger_and_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "odd #?% name"
    folder.mkdir()
    path = folder / "ledger.db"
    with closing(Ledger(path)) as ledger:
        ledger.set_scenes([in_step(1)], now=1)
    content = path.read_bytes()

    assert read_scene_counts(path) == {"in_step": 1}
    assert path.read_bytes() == content


def test_status_without_a_readable_ledger_knows_nothing_and_makes_none(path: Path) -> None:
    assert read_scene_counts(path) is None
    assert not path.exists()

    path.write_bytes(b"no database" * 100)
    assert read_scene_counts(path) is None
    assert path.read_bytes() == b"no database" * 100


@WITH_MODES
def test_only_its_owner_may_read_it(ledger: Ledger, path: Path) -> None:
    """It holds what people called their films."""
    confirm(ledger, FIRST)

    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_ledger_of_a_newer_version_is_refused_untouched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("CREATE TABLE other (x)")
        newer.execute("PRAGMA user_version = 99")
        newer.commit()
    content = path.read_bytes()

    with pytest.raises(errors.NewerSchemaError, match="schema 99"):
        Ledger(path)

    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("damage", [b"no database " * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside_with_one_warning(
    path: Path, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    path.write_bytes(damage)
    path.with_name("ledger.db.damaged-1").write_bytes(b"an earlier one")

    with caplog.at_level(logging.WARNING), closing(Ledger(path)) as ledger:
        assert ledger.origin is Origin.NOTHING
        confirm(ledger, FIRST)
        assert ledger.written(ITEM) == FIRST

    assert len(caplog.records) == 1
    assert path.with_name("ledger.db.damaged-2").read_bytes() == damage
    assert path.with_name("ledger.db.damaged-1").read_bytes() == b"an earlier one"
    with closing(Ledger(path)) as ledger:
        assert ledger.origin is Origin.FILE


def test_a_file_left_empty_by_a_kill_is_begun_anew(path: Path) -> None:
    path.touch()

    with closing(Ledger(path)) as ledger:
        assert ledger.origin is Origin.FILE
        assert ledger.counts() == {}


def test_a_process_that_died_without_closing_loses_no_confirmed_write(
    ledger: Ledger, path: Path, tmp_path: Path
) -> None:
    """The files as a kill -9 leaves them, the write-ahead log not yet folded in."""
    confirm(ledger, FIRST)
    left = tmp_path / "left"
    left.mkdir()
    for file in (path, path.with_name("ledger.db-wal")):
        shutil.copy(file, left / file.name)

    with closing(Ledger(left / path.name)) as successor:
        assert successor.written(ITEM) == FIRST


def test_a_damaged_ledger_is_replaced_by_its_last_copy(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        ledger.set_scenes([SceneState(scene_id=1, state="in_step", fingerprint="a")], now=1.0)
        ledger.copy()
        ledger.set_scenes([SceneState(scene_id=2, state="in_step", fingerprint="b")], now=2.0)
    path.write_bytes(b"no database " * 500)

    with closing(Ledger(path)) as ledger:
        assert ledger.origin is Origin.COPY
        assert sorted(ledger.scenes([1, 2])) == [1]
    with closing(Ledger(path)) as ledger:
        assert ledger.origin is Origin.FILE


def test_where_ledger_and_copy_are_damaged_a_fresh_one_is_begun(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        ledger.copy()
    path.write_bytes(b"no database " * 500)
    path.with_name("ledger.db.copy").write_bytes(b"no database either " * 500)

    with closing(Ledger(path)) as ledger:
        assert ledger.origin is Origin.NOTHING
        assert ledger.counts() == {}


def test_a_copy_is_its_owners_alone_and_whole(path: Path) -> None:
    with closing(Ledger(path)) as ledger:
        ledger.set_meta("note", "kept")
        ledger.copy()
        copy = path.with_name("ledger.db.copy")
        if os.name == "posix":  # elsewhere files have no modes
            assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT value FROM meta").fetchall() == [("kept",)]
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_folder_without_write_ahead_logs_is_served_the_slower_way(path: Path) -> None:
    with closing(Ledger(path, wal=False)) as ledger:
        ledger.set_scenes([SceneState(scene_id=1, state="in_step")], now=1.0)
        assert read_scene_counts(path) == {"in_step": 1}
        assert not path.with_name("ledger.db-wal").exists()


def test_damage_that_shows_while_the_ledger_is_open_is_told_as_such(path: Path) -> None:
    with closing(Ledger(path, wal=False)) as ledger:
        ledger.set_scenes([SceneState(scene_id=n, state="in_step") for n in range(500)], now=1.0)
        ledger.copy()
        body = bytearray(path.read_bytes())
        body[24:28] = b"\xff" * 4  # the change counter: pages in memory count no more
        body[4096:] = b"\xff" * (len(body) - 4096)
        path.write_bytes(bytes(body))
        with pytest.raises(errors.DamagedError):
            ledger.set_scenes([SceneState(scene_id=1, state="resting")], now=2.0)
    with closing(Ledger(path)) as ledger:
        assert ledger.origin is Origin.COPY
        assert len(ledger.scenes(range(500))) == 500


@WITH_MODES
def test_a_ledger_that_was_put_back_with_another_mode_is_its_owners_alone(path: Path) -> None:
    Ledger(path).close()
    path.chmod(0o644)
    Ledger(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# What is asked of many rows


def test_the_items_under_one_key_are_told_apart_by_library_and_file(ledger: Ledger) -> None:
    """Plex gives keys anew; a server's rows are looked through where one is gone."""
    other = replace(ITEM, section_uuid="s2", part="/films/b.mp4")
    confirm(ledger, FIRST)
    confirm(ledger, FIRST, item=other, scene_id=2)
    confirm(ledger, FIRST, item=replace(ITEM, machine="another"), scene_id=3)
    confirm(ledger, FIRST, item=replace(ITEM, rating_key=8), scene_id=4)

    known = ledger.known_items("m", [7])
    assert sorted(known.writers(), key=lambda one: one[1]) == [(ITEM, 1), (other, 2)]
    assert list(ledger.known_items("m", [9]).writers()) == []
    assert sorted(ledger.writers_of_part("m", ITEM.part)) == [(1, 7), (4, 8)]
    assert ledger.all_written() == [1, 2, 3, 4]


def test_scenes_that_are_gone_are_counted_from_a_moment_on(ledger: Ledger) -> None:
    gone = [replace(in_step(n), state="gone", code="destroyed") for n in (1, 2, 3)]
    assert ledger.gone_since(0) == (0, 0)
    for when, state in zip((10, 20, 30), gone, strict=True):
        ledger.set_scenes([state], now=when)
    ledger.set_scenes([replace(gone[0], code="other"), in_step(4)], now=40)

    assert ledger.gone_since(20) == (3, 4)
    assert ledger.gone_since(30) == (2, 4)
    assert ledger.gone_since(41) == (0, 4)
    assert [one.scene_id for one in ledger.gone_because()] == [1, 2, 3]
    assert [one.scene_id for one in ledger.gone_because("destroyed")] == [2, 3]
    assert [one.scene_id for one in ledger.gone_because("destroyed", "other")] == [1, 2, 3]
    assert ledger.gone_because("none") == []


def test_what_may_have_been_asked_for_last_is_several_while_a_write_is_unsure() -> None:
    known = Written(
        asked_scalars={"thumb": "a"},
        unsure=(Asked(scalars={"thumb": "b"}), Asked(scalars={"art": "c"})),
    )
    assert known.asked_for("thumb") == {"a", "b"}
    assert known.asked_for("art") == {"c"}
    assert known.asked_for("title") == set()
    assert not known.surely_asked_for("art", "c")  # begun, and never confirmed
    assert not known.surely_asked_for("thumb", "b")
    assert not known.surely_asked_for("thumb", "a")
    assert Written(asked_scalars={"thumb": "a"}).surely_asked_for("thumb", "a")


def test_two_writes_of_one_item_in_one_batch_are_both_possible(ledger: Ledger) -> None:
    """Two scenes may hold files of one item."""
    confirm(ledger, FIRST)
    asked = [Asked(scalars={"title": title}) for title in ("one", "two")]
    ledger.begin(
        [
            Intent(scene_id=n, item=ITEM, written=Written(asked_scalars=one.scalars))
            for n, one in enumerate(asked, 1)
        ],
        now=3,
    )

    known = ledger.written(ITEM)
    assert known is not None
    assert known.unsure == tuple(asked)
    assert known.before == FIRST.before
    assert known.asked_scalars == FIRST.asked_scalars


@pytest.mark.parametrize("with_cover", [True, False])
def test_what_is_about_to_be_written_is_not_known_to_be_there(
    with_cover: bool, ledger: Ledger
) -> None:
    cover = replace(in_step(1), cover="/c", cover_etag="e", cover_sha1="s", source=5, message="m")
    ledger.set_scenes([cover, replace(cover, scene_id=2)], now=1)

    ledger.begin([Intent(scene_id=1, item=ITEM, written=FIRST, with_cover=with_cover)], now=2)

    expected = replace(cover, fingerprint="", source=0, changed=1)
    if with_cover:
        expected = replace(expected, cover="", cover_etag="", cover_sha1="")
    assert ledger.scene(1) == expected
    assert ledger.scene(2) == replace(cover, scene_id=2, changed=1)


def test_of_more_items_and_scenes_than_one_query_may_name_all_are_read(ledger: Ledger) -> None:
    items = {replace(ITEM, rating_key=key): Written() for key in range(1200)}
    ledger.confirm([Confirmation(state=in_step(1), items=items)], now=2)
    ledger.set_scenes([in_step(n) for n in range(1200)], now=3)

    keys = [*range(0, 1200, 2), *range(1201), 7]
    assert set(ledger.known_items("m", keys).rows) == set(items)
    assert ledger.known_items("another", keys).rows == {}
    assert set(ledger.scenes(keys)) == set(range(1200))


def test_an_item_that_two_scenes_of_one_batch_confirm_keeps_what_stood_there(
    ledger: Ledger,
) -> None:
    second = Written(asked_scalars={"title": "T"}, before={"title": Standing(value="t")})
    ledger.confirm(
        [
            Confirmation(state=in_step(1), items={ITEM: FIRST}),
            Confirmation(state=in_step(2), items={ITEM: second}),
        ],
        now=2,
    )
    assert ledger.written(ITEM) == replace(second, before={**FIRST.before, **second.before})
    assert ledger.known_items("m", [7]).writer(ITEM) == 2


def test_each_detail_of_a_scene_comes_back_by_itself(ledger: Ledger) -> None:
    details = [SceneDetail(kept=("title",)), SceneDetail(cut={"summary": "s"}), SceneDetail()]
    states = [replace(in_step(n), detail=one) for n, one in enumerate(details)]
    ledger.set_scenes(states, now=1)
    assert [ledger.scenes([n])[n].detail for n in range(3)] == details
