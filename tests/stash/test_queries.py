"""Every query that we send is one that a real Stash understands."""

from __future__ import annotations

import json

import pytest
from graphql import build_client_schema, parse, validate

from stash import queries
from tests.fixtures_folder import shared_fixtures

QUERIES = {
    "conditions": queries.CONDITIONS,
    "scene ids": queries.SCENE_IDS,
    "newest": queries.NEWEST,
    "updated since": queries.UPDATED_SINCE,
    "a batch": queries.read_scenes([1, 45]),
    **{f"of a {kind}": queries.scenes_related_to(kind) for kind in queries.RELATED_KINDS},
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_valid_by_the_recorded_schema(name: str) -> None:
    recorded = json.loads((shared_fixtures() / "stash" / "introspection.json").read_text())
    schema = build_client_schema(recorded["data"])
    assert validate(schema, parse(QUERIES[name])) == []
