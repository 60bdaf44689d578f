"""An edit as Plex's PUT carries it."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from hypothesis import given
from hypothesis import strategies as st

from plex.edits import ListChange, edit_queries
from plex.item import Tag

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def test_one_edit_carries_values_lists_removals_and_locks() -> None:
    [query] = edit_queries(
        "movie",
        scalars={"title": "A & B", "summary": "one\ntwo"},
        lists={
            "genre": ListChange(final=(Tag("Outdoors"), Tag("4K")), remove=("Old, one", "Other")),
            "actor": ListChange(final=(Tag("Ada", "herself", "http://x/a.jpg"),)),
        },
        lock=["title", "studio"],
    )
    assert parse_qsl(query, keep_blank_values=True) == [
        ("type", "1"),
        ("title.value", "A & B"),
        ("title.locked", "1"),
        ("summary.value", "one\ntwo"),
        ("summary.locked", "1"),
        ("genre[0].tag.tag", "Outdoors"),
        ("genre[1].tag.tag", "4K"),
        ("genre[].tag.tag-", "Old%2C%20one,Other"),
        ("genre.locked", "1"),
        ("actor[0].tag.tag", "Ada"),
        ("actor[0].tagging.text", "herself"),
        ("actor[0].tag.thumb", "http://x/a.jpg"),
        ("actor.locked", "1"),
        ("studio.locked", "1"),
    ]


def test_a_comma_inside_a_tag_travels_encoded_twice() -> None:
    [query] = edit_queries(
        "movie", scalars={}, lists={"genre": ListChange(final=(), remove=("a,b",))}, lock=[]
    )
    assert "a%252Cb" in query


def test_an_empty_value_clears_the_field() -> None:
    [query] = edit_queries("movie", scalars={"summary": ""}, lists={}, lock=[])
    assert query == "type=1&summary.value=&summary.locked=1"


def test_an_episode_is_edited_as_an_episode() -> None:
    [query] = edit_queries("episode", scalars={"title": "x"}, lists={}, lock=[])
    assert query.startswith("type=4&")


def test_nothing_to_write_is_no_query() -> None:
    assert edit_queries("movie", scalars={}, lists={}, lock=[]) == []


def test_what_is_too_long_for_one_line_is_split_between_fields_never_inside_one() -> None:
    names = tuple(Tag(f"tag number {n}") for n in range(100))
    queries = edit_queries(
        "movie",
        scalars={"title": "t", "summary": "s" * 5000},
        lists={"genre": ListChange(final=names), "actor": ListChange(final=names)},
        lock=[],
    )
    assert len(queries) == 3
    assert all(len(one) <= 7000 for one in queries)
    for field in ("title", "summary", "genre", "actor"):
        assert sum(f"{field}.locked=1" in one for one in queries) == 1


@given(
    scalars=st.dictionaries(st.sampled_from(["title", "summary", "studio"]), TEXT),
    tags=st.lists(TEXT.filter(bool), max_size=5),
    gone=st.lists(TEXT.filter(bool), max_size=5),
)
def test_whatever_text_goes_in_comes_out(
    scalars: dict[str, str], tags: list[str], gone: list[str]
) -> None:
    change = ListChange(final=tuple(map(Tag, tags)), remove=tuple(gone))
    queries = edit_queries("movie", scalars=scalars, lists={"genre": change}, lock=[])
    pairs = [pair for one in queries for pair in parse_qsl(one, keep_blank_values=True)]
    assert {f"{name}.value": value for name, value in scalars.items()}.items() <= set(pairs)
    assert [value for key, value in pairs if key.endswith("].tag.tag")] == tags
    removed = [value for key, value in pairs if key.endswith("tag-")]
    assert [unquote(one) for value in removed for one in value.split(",")] == gone
