"""Hostile texts through everything: from Stash by hook, worker and ledger into Plex, and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.normal import clean_text
from tests.acceptance.world import World
from tests.fuzz.hostile import NASTY_TEXTS
from tests.waiting import wait_for

# What a title of a Stash can hold; Plex drops blanks around it, and we what no XML can carry.
TITLES = [
    text
    for text in (*NASTY_TEXTS, "a=b&c=d#e?f+g%20h", "[0].tag.tag=x", "'.value=1&title.locked=0")
    if not re.search("[\ud800-\udfff]", text) and clean_text(text).strip()
]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def test_every_nasty_title_and_tag_is_shown_as_it_is_and_moves_nothing_else(world: World) -> None:
    pairs = []
    for number, title in enumerate(TITLES):
        scene, key = world.add(f"scene {number}.mp4")
        tag = world.stash.store.add_tag(f"{title} as a tag")
        world.save(scene, title=title, details=title, tag_ids=[str(tag)])
        pairs.append((scene, key, title))
    world.settle()
    for _, key, title in pairs:
        assert world.shown(key, "title") == clean_text(title).strip()
        assert world.shown(key, "summary") == clean_text(title).strip()
        [tag_shown] = world.tags(key, "genre")
        assert tag_shown == clean_text(f"{title} as a tag").strip()
        written = {"title", "summary", "genre"}
        assert set(world.plex.store.item(key).locked) <= written | {"titleSort"}
    status = world.operation(mode="status")
    assert status["failed"] == []
    assert status["pause"] is None
    assert "Traceback" not in world.worker_log()

    writes = len([one for one in world.plex.requests if one.is_write])
    world.operation(mode="sync", ids=[scene for scene, _, _ in pairs])
    world.settle()
    assert len([one for one in world.plex.requests if one.is_write]) == writes


def test_every_nasty_file_name_is_matched_to_its_own_item(world: World) -> None:
    names = [one for one in TITLES if "\x00" not in one]
    pairs = [world.add(f"folder {number}/{name}.mp4") for number, name in enumerate(names)]
    for number, (scene, _) in enumerate(pairs):
        world.save(scene, title=f"title {number}")
    world.settle()
    shown = [world.shown(key, "title") for _, key in pairs]
    assert shown == [f"title {number}" for number in range(len(names))]
    assert world.operation(mode="status")["failed"] == []
    assert "Traceback" not in world.worker_log()


def test_a_file_name_that_no_xml_can_carry_rests_with_a_reason(world: World) -> None:
    """Plex cannot name it either, and a name that is nearly the same is another file."""
    scene, key = world.add("a\x01\x0bb.mp4", title="not to be seen")
    other = world.plex.store.add_item(world.movies, ["/media/plex/ab.mp4"])
    world.operation(mode="sync", ids=[scene])
    world.wait_for_outcome(scene, "not_in_plex")
    assert [world.plex.store.item(one).locked for one in (key, other)] == [set(), set()]


def test_a_megabyte_of_details_is_cut_once_and_holds_nobody_up(world: World) -> None:
    long, long_key = world.add("long.mp4")
    short, short_key = world.add("short.mp4")
    world.save(long, title="long", details="x" * 1_000_000)
    world.save(short, title="short")
    wait_for(lambda: world.shown(short_key, "title") == "short", what="the other scene")
    wait_for(lambda: world.shown(long_key, "title") == "long", what="the long scene")
    world.settle()
    summary = world.shown(long_key, "summary")
    assert summary == "x" * len(summary)
    assert len(summary) > 1_000

    writes = len([one for one in world.plex.requests if one.is_write])
    world.operation(mode="sync", ids=[long])
    world.settle()
    assert len([one for one in world.plex.requests if one.is_write]) == writes
    assert world.operation(mode="status")["failed"] == []
    state = (world.data / "state.json").read_bytes()
    assert len(state) < 100_000
    assert len(world.worker_log()) < 100_000


SOUND = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
AT_ONCE = 12


@pytest.fixture(scope="module")
def lasting(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[World, list[tuple[int, int]]]]:
    """One world for many examples, with scenes whose titles and tags change."""
    with World(tmp_path_factory.mktemp("lasting")) as made:
        yield made, [made.add(f"scene {number}.mp4") for number in range(AT_ONCE)]


@settings(max_examples=4, deadline=None)
@given(st.lists(st.tuples(SOUND, SOUND), min_size=AT_ONCE, max_size=AT_ONCE))
def test_any_title_and_tag_is_shown_and_nothing_is_left_to_write(
    lasting: tuple[World, list[tuple[int, int]]], texts: list[tuple[str, str]]
) -> None:
    world, pairs = lasting
    store = world.stash.store
    for (scene, _), (title, tag) in zip(pairs, texts, strict=True):
        tags = [str(store.add_tag(tag))] if clean_text(tag).strip() else []
        world.edit_without_hook(scene, title=title, tag_ids=tags)
    ids = [scene for scene, _ in pairs]
    world.operation(mode="sync", ids=ids)
    wait_for(
        lambda: all(shows(world, key, *text) for (_, key), text in zip(pairs, texts, strict=True)),
        what="all titles",
    )
    world.settle()
    writes = len([one for one in world.plex.requests if one.is_write])
    world.operation(mode="sync", ids=ids)
    world.settle()
    assert len([one for one in world.plex.requests if one.is_write]) == writes
    assert world.operation(mode="status")["failed"] == []
    assert "Traceback" not in world.worker_log()


def shows(world: World, key: int, title: str, tag: str) -> bool:
    wanted = clean_text(title).strip()
    has_title = not wanted or world.shown(key, "title") == wanted
    return has_title and len(world.tags(key, "genre")) == bool(clean_text(tag).strip())
