"""An edit as Plex's PUT carries it."""

from __future__ import annotations

from typing import Literal
from urllib.parse import parse_qsl, quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.plexserver import edits as standin
from plex.edits import FieldEdit, ListChange, edit_queries, field_edits, packed, smaller
from plex.item import Tag
from tests.plex.edit_samples import Sample, samples, shown, store_with

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


def test_what_was_locked_by_an_edit_can_be_unlocked_with_or_without_a_value() -> None:
    [query] = edit_queries(
        "movie", scalars={"title": "as before"}, lists={}, lock=["studio"], unlock=["title", "art"]
    )
    assert parse_qsl(query) == [
        ("type", "1"),
        ("title.value", "as before"),
        ("title.locked", "0"),
        ("art.locked", "0"),
        ("studio.locked", "1"),
    ]


def test_a_field_cannot_be_locked_and_unlocked_at_once() -> None:
    with pytest.raises(ValueError, match="title"):
        edit_queries("movie", scalars={}, lists={}, lock=["title"], unlock=["title"])


def test_an_actor_without_a_role_loses_the_role_of_before() -> None:
    [query] = edit_queries(
        "movie", scalars={}, lists={"actor": ListChange(final=(Tag("Ada"),))}, lock=[]
    )
    assert ("actor[0].tagging.text", "") in parse_qsl(query, keep_blank_values=True)


def test_half_a_character_from_stash_stops_no_edit() -> None:
    """JSON can carry one half of a pair of surrogates, which no encoding can."""
    change = ListChange(final=(Tag("a\ud800"),), remove=("b\ud800",))
    [query] = edit_queries("movie", scalars={"title": "t\ud800"}, lists={"genre": change}, lock=[])
    assert "t%3F" in query
    assert "a%3F" in query
    assert "b%253F" in query


def test_a_field_that_is_too_long_travels_alone_and_splits_the_others_no_further() -> None:
    queries = edit_queries(
        "movie",
        scalars={"title": "t", "summary": "s" * 9000, "studio": "u"},
        lists={"genre": ListChange(final=(Tag("g"),))},
        lock=[],
    )
    assert [sorted(key for key, _ in parse_qsl(one) if ".locked" in key) for one in queries] == [
        ["genre.locked", "studio.locked", "title.locked"],
        ["summary.locked"],
    ]


@given(sample=samples(), longest=st.integers(20, 2000))
def test_whatever_the_edit_each_query_is_short_or_holds_one_field_and_all_are_the_edit(
    sample: Sample, longest: int
) -> None:
    fields = field_edits(
        scalars=sample.scalars, lists=sample.lists, lock=sample.lock, unlock=sample.unlock
    )
    queries = packed("movie", fields, longest_bytes=longest)
    sent = [field for query in queries for field in query.fields]

    assert all(len(one.text) <= longest or len(one.fields) == 1 for one in queries)
    assert sorted(one.name for one in sent) == sorted(sample.names)
    assert all(one in sent for one in fields)
    assert [one.text for one in queries] == [
        "&".join(["type=1", *(field.text() for field in one.fields)]) for one in queries
    ]


@pytest.mark.parametrize("semantics", ["replace", "add"])
@given(sample=samples(), longest=st.integers(20, 2000))
def test_whatever_the_edit_an_item_ends_with_its_values_and_locks(
    semantics: Literal["replace", "add"], sample: Sample, longest: int
) -> None:
    store = store_with(sample)
    for query in edit_queries(
        "movie",
        scalars=sample.scalars,
        lists=sample.lists,
        lock=sample.lock,
        unlock=sample.unlock,
        longest_bytes=longest,
    ):
        edit = standin.parse(parse_qsl(query, keep_blank_values=True))
        item = store.live(1)
        assert item
        standin.apply(edit, item, store, semantics)

    assert shown(store.item(1), sample, semantics) == sample.wanted(semantics)


# -- when even one field is refused for its length -------------------------------------------------


@pytest.mark.parametrize(
    ("text", "longest", "start"),
    [
        ("abcdef", 3, "abc"),
        ("a\u00e4\u00e4", 7, "a\u00e4"),  # an umlaut takes six bytes
        ("ab cdef", 5, "ab"),  # no blank at the end
        ("abe\u0301f", 4, "ab"),  # an e with its accent
        ("ab\U0001f468\u200d\U0001f469", 14, "ab"),  # a couple: two people and what joins them
        ("ab\U0001f44d\U0001f3fd", 20, "ab"),  # a thumb and its colour
        ("e\u0301\u0301", 3, "e"),  # nothing else would be left
    ],
)
def test_text_is_cut_between_characters_as_a_person_sees_them(
    text: str, longest: int, start: str
) -> None:
    field = FieldEdit(name="summary", value=text, locked=True)
    [cut] = smaller(field, by_bytes=len(quote(text)) - longest)
    assert cut.value == start


@given(text=TEXT.filter(bool), by_bytes=st.integers(1, 400))
def test_a_cut_text_is_a_beginning_that_is_as_much_shorter_as_was_asked(
    text: str, by_bytes: int
) -> None:
    field = FieldEdit(name="summary", value=text, locked=False)
    for cut in smaller(field, by_bytes=by_bytes):
        assert isinstance(cut.value, str)
        assert text.startswith(cut.value)
        assert cut.value
        assert len(cut.text()) <= len(field.text()) - by_bytes
        assert (cut.name, cut.locked) == ("summary", False)


def test_a_list_loses_no_more_of_its_end_than_has_to_go() -> None:
    names = tuple(Tag(f"tag {n}") for n in range(9))
    field = FieldEdit(name="genre", value=ListChange(final=names), locked=True)
    one = len("&genre%5B8%5D.tag.tag=tag%208")

    assert smaller(field, by_bytes=one)[0].value == ListChange(final=names[:8])
    assert smaller(field, by_bytes=one + 1)[0].value == ListChange(final=names[:7])


def test_removals_travel_apart_before_anything_is_lost() -> None:
    field = FieldEdit(name="genre", value=ListChange((Tag("a"),), ("b", "c", "d")), locked=True)

    apart = smaller(field, by_bytes=1)
    halves = smaller(apart[0], by_bytes=1)

    assert [one.value for one in apart] == [
        ListChange((), ("b", "c", "d")),
        ListChange((Tag("a"),)),
    ]
    assert [one.value for one in halves] == [ListChange((), ("b",)), ListChange((), ("c", "d"))]


@pytest.mark.parametrize(
    "value",
    [None, "x", "", ListChange((Tag("a"),)), ListChange((), ("a",)), ListChange(())],
)
def test_what_cannot_be_made_smaller_is_not_emptied(value: str | ListChange | None) -> None:
    assert smaller(FieldEdit(name="genre", value=value, locked=True), by_bytes=10) == ()
