"""Stash's recorded answers, read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from errors import UnreadableAnswerError
from stash import scenes
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
