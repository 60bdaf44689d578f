"""Digests of scenes' bytes: equal for equal scenes, whatever their texts hold."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stash import sources

TEXTS = st.text() | st.sampled_from(['"s2":', '{"id":"7","title":', "\\", "]}}", '},"s9":{"id":"'])
SCENES = st.lists(
    st.fixed_dictionaries({"title": TEXTS | st.none(), "details": TEXTS, "tags": st.lists(TEXTS)}),
    max_size=5,
)


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def numbered(scenes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(n),
            "title": one["title"],
            "details": one["details"],
            "tags": [{"id": "5", "name": tag} for tag in one["tags"]],
        }
        for n, one in enumerate(scenes, start=1)
    ]


@given(SCENES)
def test_a_page_and_a_batch_give_the_same_scene_the_same_digest(
    scenes: list[dict[str, Any]],
) -> None:
    known = numbered(scenes)
    page = compact({"data": {"findScenes": {"count": len(known), "scenes": known}}})
    aliased = {f"s{one['id']}": one for one in known}
    batch = compact({"data": {**aliased, "s99": None, "configuration": {"plugins": {}}}})

    found = sources.digests(page)
    assert list(found) == [int(one["id"]) for one in known]
    assert sources.digests(batch) == found
    for one in known:
        alone = compact({"data": {"findScenes": {"scenes": [one]}}})
        assert sources.digests(alone) == {int(one["id"]): found[int(one["id"])]}


@given(SCENES.filter(bool), st.text(min_size=1))
def test_another_scene_has_another_digest(scenes: list[dict[str, Any]], more: str) -> None:
    known = numbered(scenes)
    before = sources.digests(compact({"data": {"findScenes": {"scenes": known}}}))
    known[0]["details"] += more
    after = sources.digests(compact({"data": {"findScenes": {"scenes": known}}}))
    assert before.pop(1) != after.pop(1)
    assert before == after


def test_an_answer_that_is_written_otherwise_gives_none() -> None:
    known = numbered([{"title": "a", "details": "", "tags": []}])
    spaced = json.dumps({"data": {"findScenes": {"scenes": known}}}).encode()
    assert sources.digests(spaced) == {}
    assert sources.digests(b"") == {}
