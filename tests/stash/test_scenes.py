"""Stash's recorded answers, read."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.stash.server import StashServer
from errors import UnreadableAnswerError
from stash import queries, scenes
from stash.scene import Named, Performer, Studio
from tests.fixtures_folder import shared_fixtures


def recorded(name: str) -> dict[str, Any]:
    raw = json.loads((shared_fixtures() / "stash" / "graphql" / f"{name}.json").read_text())
    data = raw["answer"]["data"]
    assert isinstance(data, dict)
    return data


def test_a_recorded_batch_is_read_and_its_missing_scene_is_absent() -> None:
    found = scenes.read_batch(recorded("findScene-aliases"), [1, 2, 999])
    assert sorted(found) == [1, 2]
    first = found[1]
    assert first.title == 'First scene: "quoted" & <tagged>'
    assert first.details == "Line one.\n\nLine two \u2013 ünïcode 日本."
    assert first.rating100 == 85
    assert first.files == ("/media/stash/StudioA/scene 1.mp4",)
    assert first.studio == Studio(
        id=2, name="Studio A Renamed", parent=Named(id=1, name="Network One")
    )
    assert first.performers[0] == Performer(id=1, name="Ada Renamed", disambiguation="the first")
    assert Named(id=3, name="Comma, Tag") in first.tags
    assert first.groups == (Named(id=1, name="Series One Renamed"),)
    assert first.cover == "/scene/1/screenshot?t=1795236521"
    assert (found[2].date, found[2].rating100, found[2].studio) == ("2024-05", 40, None)


def test_a_scene_that_the_answer_does_not_mention_is_not_missing_but_unreadable() -> None:
    with pytest.raises(UnreadableAnswerError, match="scene 3"):
        scenes.read_batch(recorded("findScene-aliases"), [3])


def tag(number: int, *parents: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(number), "name": f"tag {number}", "parents": list(parents)}


def with_tags(*tags: dict[str, Any]) -> dict[str, Any]:
    scene = dict(recorded("findScene-aliases")["s1"])
    return {"s1": {**scene, "tags": list(tags)}}


def test_the_tags_above_a_tag_are_read_nearest_first_and_once() -> None:
    both_ways = tag(1, tag(2, tag(4, tag(5))), tag(3, tag(2), tag(4)))

    [read] = scenes.read_batch(with_tags(both_ways), [1])[1].tags

    assert read == Named(
        id=1, name="tag 1", parents=tuple(Named(id=n, name=f"tag {n}") for n in (2, 3, 4, 5))
    )


def test_tags_whose_parents_were_not_asked_for_have_none() -> None:
    assert all(not tag.parents for tag in scenes.read_batch(with_tags(tag(1)), [1])[1].tags)
    found = scenes.read_batch(recorded("findScene-aliases"), [1])
    assert not any(tag.parents for tag in found[1].tags)


def test_a_tag_of_another_shape_is_unreadable() -> None:
    with pytest.raises(UnreadableAnswerError):
        scenes.read_batch(with_tags(tag(1, {"name": "without an id"})), [1])


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[tuple[StashServer, list[int]]]:
    """A scene with the lowest of five tags, each below the next."""
    with StashServer(tmp_path) as server:
        tags = [server.store.tag(server.store.add_tag(f"level {n}")) for n in range(5)]
        for low, high in itertools.pairwise(tags):
            low.parent_ids = (high.id,)
        server.store.add_scene("/media/a.mp4", tags=[tags[0].id])
        yield server, [tag.id for tag in tags]


@pytest.mark.parametrize(("asked", "count"), [(True, 3), (False, 0)])
def test_three_levels_of_tags_come_with_a_scene_that_is_asked_for_them(
    levels: tuple[StashServer, list[int]], asked: bool, count: int
) -> None:
    answer = levels[0].graphql(queries.read_scenes([1], with_tag_parents=asked))

    [read] = scenes.read_batch(answer, [1])[1].tags
    assert [one.name for one in read.parents] == [f"level {n + 1}" for n in range(count)]


@pytest.mark.parametrize(("asked", "levels_up"), [(True, 3), (False, 0)])
def test_a_tag_leads_to_the_scenes_that_show_it(
    levels: tuple[StashServer, list[int]], asked: bool, levels_up: int
) -> None:
    server, tags = levels
    query = queries.scenes_related_to("Tag", with_tag_parents=asked)

    found = [
        scenes.read_ids(server.graphql(query, {"ids": [str(tag)], "page": 1, "size": 9}))
        for tag in tags
    ]

    assert found == [[1] if level <= levels_up else [] for level in range(5)]


@pytest.mark.parametrize("raw", [{"id": "1"}, [], "text", {"id": "x", "title": 3}])
def test_a_scene_of_another_shape_is_unreadable(raw: object) -> None:
    with pytest.raises(UnreadableAnswerError):
        scenes.read_batch({"s1": raw}, [1])


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("findScenes-by-performer", [1, 4]),
        ("findScenes-by-studio", [1]),
        ("findScenes-by-tag", [1, 3, 4, 5]),
        ("findScenes-by-group", [1]),
    ],
)
def test_the_recorded_lists_of_ids_are_read(name: str, ids: list[int]) -> None:
    assert scenes.read_ids(recorded(name)) == ids


def test_the_settings_of_a_plugin_that_stored_none_are_empty() -> None:
    data = {**recorded("configuration"), **recorded("plugins")}
    conditions = scenes.read_conditions(data)
    assert conditions.settings == {}
    assert not conditions.enabled  # only the recorder is installed there


def test_the_plugin_is_found_whatever_the_case_of_its_id() -> None:
    data = {
        "configuration": {"plugins": {"PlexSync": {"plexUrl": "http://x"}}},
        "plugins": [{"id": "plexsync", "enabled": True}],
    }
    assert scenes.read_conditions(data).enabled
    assert scenes.read_conditions(data).settings == {"plexUrl": "http://x"}
