"""Stash's answers of any shape: read into sound facts, or refused with an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import UnreadableAnswerError
from stash import changes, file_queries, scenes, sources, transport
from stash.scene import Named, Performer, Scene
from tests.fuzz.hostile import LEAVES, NASTY_TEXTS, TEXTS, anything, encoded
from tests.fuzz.places import places, put

KEYS = (
    *("findScenes", "scenes", "id", "title", "name", "path", "files", "tags", "parents", "studio"),
    *("configuration", "plugins", "general", "apiKey", "stashes", "count", "s1", "p0", "enabled"),
    *("updated_at", "performers", "groups", "group", "paths", "screenshot", "rating100"),
)
NAMED = {"id": "3", "name": "n"}
SCENE: dict[str, object] = {
    "id": "1",
    "title": "t",
    "details": None,
    "director": "",
    "date": "2024-01-02",
    "rating100": 80,
    "organized": False,
    "updated_at": "2026-01-01T00:00:00Z",
    "files": [{"path": "/data/a.mp4"}],
    "studio": {**NAMED, "parent_studio": NAMED},
    "performers": [{**NAMED, "disambiguation": None}],
    "tags": [{**NAMED, "parents": [{**NAMED, "parents": []}]}],
    "groups": [{"group": NAMED}],
    "paths": {"screenshot": "http://localhost:9999/scene/1/screenshot?t=1"},
}
READERS: list[Callable[[dict[str, object]], object]] = [
    scenes.read_conditions,
    scenes.read_api_key,
    scenes.read_ids,
    scenes.read_newest_update,
    lambda data: scenes.read_batch(data, [1]),
    changes.read_changes,
    file_queries.read_folders,
    file_queries.read_count,
    file_queries.read_primary_files,
    lambda data: file_queries.read_holders(data, 1),
]


@given(st.sampled_from(places(SCENE)), LEAVES | anything(KEYS))
def test_a_scene_with_anything_at_any_place_is_read_soundly_or_refused(
    place: tuple[str | int, ...], wrong: object
) -> None:
    data = transport.read_json(encoded({"s1": put(SCENE, place, wrong)}))
    assert isinstance(data, dict)
    try:
        found = scenes.read_batch(data, [1])
    except UnreadableAnswerError:
        return
    for scene in found.values():
        assert_sound(scene)


def assert_sound(scene: Scene) -> None:
    """Every text is one that can be sent and kept, every number one that a database takes."""
    assert scene.id == 1
    named: list[Named | Performer] = [*scene.tags, *scene.performers, *scene.groups]
    named += [one for tag in scene.tags for one in tag.parents]
    texts = [scene.title, scene.details, scene.director, scene.date, scene.cover, *scene.files]
    for text in [*texts, *(one.name for one in named)]:
        assert text.encode("utf-8").decode("utf-8") == text
    assert all(0 <= one.id < 2**63 for one in named)
    assert scene.rating100 is None or 0 <= scene.rating100 <= 100


@given(st.dictionaries(st.sampled_from(KEYS), anything(KEYS), max_size=4))
def test_an_answer_of_any_shape_is_read_or_refused(data: dict[str, object]) -> None:
    for read in READERS:
        try:
            read(data)
        except UnreadableAnswerError:
            continue


def test_the_answer_for_a_scene_is_never_that_of_another_one() -> None:
    with pytest.raises(UnreadableAnswerError, match="scene 2"):
        scenes.read_batch({"s2": SCENE}, [2])


@given(TEXTS)
def test_texts_of_json_are_kept_but_for_halves_of_pairs(text: str) -> None:
    whole = "".join("\ufffd" if 0xD800 <= ord(one) < 0xE000 else one for one in text)
    assert transport.read_json(encoded([text])) == [whole]


def test_what_looks_like_an_escape_in_a_text_is_left_alone() -> None:
    text = "a\\ud800b \\\\ud800 \N{PILE OF POO}"
    assert transport.read_json(encoded([text, "\ud800"])) == [text, "\ufffd"]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[" * 200_000, b"\xff", b'{"a":' * 100_000, b"9" * 5000, b"\x00" * 9]
)
def test_what_is_no_json_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        transport.read_json(raw)


@given(st.binary(max_size=60), st.sampled_from([b'{"id":"1","title":', b'"s1":{"id":"', b""]))
def test_digests_of_any_bytes_never_fail(raw: bytes, start: bytes) -> None:
    for body in (start + raw, raw + start + b"}" + raw, b'{"s1":{"id":"1"' + b"[" * 5000):
        sources.digests(body)


def test_a_scene_with_every_nasty_text_is_read_as_it_stands() -> None:
    for text in NASTY_TEXTS:
        data = transport.read_json(json.dumps({"s1": {**SCENE, "title": text}}).encode())
        assert isinstance(data, dict)
        title = scenes.read_batch(data, [1])[1].title
        if text.isprintable():
            assert title == text
        assert "\ud800" not in title
