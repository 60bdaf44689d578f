"""Every query that we send is one that a real Stash understands."""

from __future__ import annotations

import json

import pytest
from graphql import build_client_schema, parse, validate

from stash import changes, elsewhere, file_queries, queries
from tests.fixtures_folder import shared_fixtures

QUERIES = {
    "conditions": queries.CONDITIONS,
    "scene ids": queries.SCENE_IDS,
    "newest": queries.NEWEST,
    "updated since": queries.UPDATED_SINCE,
    "a page of scenes": queries.scene_page(with_tag_parents=False),
    "a page of scenes with tags' parents": queries.scene_page(with_tag_parents=True),
    "a batch": queries.read_scenes([1, 45]),
    "a batch with tags' parents": queries.read_scenes([1, 45], with_tag_parents=True),
    **{f"of a {kind}": queries.scenes_related_to(kind) for kind in queries.RELATED_KINDS},
    "of a tag or one below it": queries.scenes_related_to("Tag", with_tag_parents=True),
    "changes": changes.CHANGES,
    "newest changes": changes.NEWEST,
    "folders": file_queries.FOLDERS,
    "count": file_queries.COUNT,
    "files": file_queries.FILES,
    "stored by plugins": elsewhere.PLUGINS,
    "with an address": elsewhere.WITH_ADDRESS,
    "the removal of addresses": elsewhere.REMOVE,
    "holders": file_queries.holders(["/a", "/b"])[0],
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_valid_by_the_recorded_schema(name: str) -> None:
    recorded = json.loads((shared_fixtures() / "stash" / "introspection.json").read_text())
    schema = build_client_schema(recorded["data"])
    assert validate(schema, parse(QUERIES[name])) == []


def test_parents_of_tags_are_asked_for_by_choice_alone() -> None:
    assert "parents" not in queries.read_scenes([1])
    assert queries.read_scenes([1], with_tag_parents=True).count("parents{id name") == 3


def test_a_tag_reaches_the_scenes_of_those_below_it_only_where_they_show_it() -> None:
    assert "depth:0" in queries.scenes_related_to("Tag")
    assert "depth:3" in queries.scenes_related_to("Tag", with_tag_parents=True)
    for kind in set(queries.RELATED_KINDS) - {"Tag"}:
        alone = queries.scenes_related_to(kind)
        assert alone == queries.scenes_related_to(kind, with_tag_parents=True)
