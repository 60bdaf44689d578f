"""What a server did not take is not written again and again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mirror.edit import Edit, TagEdit
from mirror.limits import not_taken, told, within_limits
from mirror.records import SceneDetail
from plex.item import Item, Tag


def movie(lists: dict[str, tuple[Tag, ...]] | None = None, **scalars: str) -> Item:
    return Item(rating_key=1, type="movie", scalars=scalars, tags=lists or {})


def names(*values: str) -> tuple[Tag, ...]:
    return tuple(map(Tag, values))


def genres(*values: str, remove: tuple[str, ...] = ()) -> Edit:
    return Edit(
        tags={"genre": TagEdit(final=names(*values), remove=remove)}, lock=frozenset({"genre"})
    )


LONG = Edit(scalars={"summary": "a long text"}, lock=frozenset({"summary", "studio"}))


@pytest.mark.parametrize("detail", [None, SceneDetail(), SceneDetail(kept=("summary",))])
def test_where_a_server_took_everything_an_edit_stays_as_it_is(detail: SceneDetail | None) -> None:
    assert within_limits(LONG, movie(summary="a long"), detail) is LONG


def test_a_text_that_stands_there_cut_is_not_written_again() -> None:
    detail = SceneDetail(cut={"summary": "a long"})

    edit = within_limits(LONG, movie(summary="a long "), detail)

    assert not edit
    assert edit.lock == frozenset()


@pytest.mark.parametrize(
    ("shown", "cut", "why"),
    [
        ("a lo", "a long", "somebody changed what stood there"),
        ("another", "another", "Stash has another text since"),
        ("", "a long", "nothing stands there any more"),
    ],
)
def test_a_cut_text_is_written_again_once_something_changed(shown: str, cut: str, why: str) -> None:
    detail = SceneDetail(cut={"summary": cut})
    assert within_limits(LONG, movie(summary=shown), detail) is LONG, why


def test_what_was_cut_of_one_field_says_nothing_of_another() -> None:
    detail = SceneDetail(cut={"studio": ""}, refused={"studio": "a long text"})
    assert within_limits(LONG, movie(), detail) is LONG


@pytest.mark.parametrize(
    ("refused", "is_written"), [("a long text", False), ("a long tex", True), ("", True)]
)
def test_a_value_that_was_refused_waits_for_another_one(refused: str, is_written: bool) -> None:
    detail = SceneDetail(refused={"summary": refused})
    assert bool(within_limits(LONG, movie(), detail)) is is_written


def test_the_rest_of_an_edit_is_written_and_locked_without_what_was_refused() -> None:
    edit = Edit(
        scalars={"summary": "new", "studio": "A"},
        tags={"genre": TagEdit(final=names("x")), "label": TagEdit(final=names("y", "z"))},
        lock=frozenset({"summary", "studio", "genre", "label", "title"}),
        replaced={"studio": "B", "label": "c", "summary": "d", "genre": "e"},
        kept=("contentRating",),
    )

    left = within_limits(edit, movie(), SceneDetail(refused={"studio": "A", "label": "y, z"}))

    assert left == Edit(
        scalars={"summary": "new"},
        tags={"genre": TagEdit(final=names("x"))},
        lock=frozenset({"summary", "genre", "title"}),
        replaced={"summary": "d", "genre": "e"},
        kept=("contentRating",),
    )


@pytest.mark.parametrize("field", ["summary", "genre"])
def test_what_is_left_is_locked_whether_it_is_a_text_or_a_list(field: str) -> None:
    both = Edit(
        scalars={"summary": "new"},
        tags={"genre": TagEdit(final=names("x"))},
        lock=frozenset({"summary", "genre"}),
    )
    other = {"summary": "genre", "genre": "summary"}[field]
    refused = {"summary": "new", "genre": "x"}[other]

    left = within_limits(both, movie(), SceneDetail(refused={other: refused}))

    assert left.lock == {field}
    assert {*left.scalars, *left.tags} == {field}


@pytest.mark.parametrize(
    ("cut", "edit", "is_written", "why"),
    [
        ("c, d", genres("a", "b", "c", "d"), False, "the same are missing"),
        ("b, c, d", genres("a", "b", "c", "d"), False, "more of them fitted than at first"),
        ("d", genres("a", "b", "c", "d"), True, "one is new"),
        ("c, d", genres("a", "b", "d", "e"), True, "another one is new"),
        ("c, d", genres("a", "c", "d", remove=("b",)), True, "one goes"),
        ("Mary Ann", genres("a", "b", "Ann"), True, "it only ends like one that was left out"),
    ],
)
def test_a_list_that_was_cut_is_written_again_once_it_changed(
    cut: str, edit: Edit, is_written: bool, why: str
) -> None:
    item = movie({"genre": names("a", "b")})
    assert bool(within_limits(edit, item, SceneDetail(cut={"genre": cut}))) is is_written, why


@pytest.mark.parametrize("missing", [(), ("Cat",)])
def test_a_role_is_written_in_a_list_that_was_cut(missing: tuple[str, ...]) -> None:
    item = movie({"actor": names("Ann")})
    final = (Tag("Ann", role="elder"), *names(*missing))
    edit = Edit(tags={"actor": TagEdit(final=final)}, lock=frozenset({"actor"}))

    assert within_limits(edit, item, SceneDetail(cut={"actor": "Cat"})) is edit


def test_a_list_that_was_never_cut_is_written_whatever_its_values_are_called() -> None:
    edit = genres("a", "None")
    assert within_limits(edit, movie({"genre": names("a")}), SceneDetail(cut={"x": "y"})) is edit


def test_a_field_that_was_emptied_and_is_not_there_was_taken() -> None:
    assert not_taken({"summary": ""}, {}, movie()) == {}
    assert not within_limits(LONG, movie(), SceneDetail(cut={"summary": ""}))


def test_a_list_reads_like_an_enumeration() -> None:
    assert told(names("a", "b")) == "a, b"
    assert told(()) == ""


def test_a_field_that_shows_something_else_is_named_with_what_was_written() -> None:
    shown = movie(title="ours", summary="theirs", studio="A ")
    written = {"title": "ours", "summary": "ours", "studio": "A", "contentRating": "XXX"}
    assert not_taken(written, {}, shown) == {"summary": "ours", "contentRating": "XXX"}


def test_a_rating_that_comes_back_with_more_digits_was_taken() -> None:
    assert not_taken({"userRating": "8.3"}, {}, movie(userRating="8.300000190734863")) == {}


@pytest.mark.parametrize(
    ("field", "written", "shown", "is_named"),
    [
        ("title", "", "from the file's name", False),
        ("title", "ours", "from the file's name", True),
        ("titleSort", "", "derived", False),
        ("titleSort", "ours", "", False),  # it equals the title, and Plex says nothing of it
        ("titleSort", "ours", "theirs", True),
        ("summary", "", "theirs", True),
    ],
)
def test_what_plex_fills_by_itself_is_no_refusal(
    field: str, written: str, shown: str, is_named: bool
) -> None:
    named = not_taken({field: written}, {}, replace(movie(), scalars={field: shown}))
    assert named == ({field: written} if is_named else {})


def test_a_list_that_shows_other_values_is_named_whatever_their_case_and_order() -> None:
    shown = movie({"genre": names("B", "a"), "label": names("X", "y"), "actor": names("Ann")})
    lists = {
        "genre": names("A", "b"),
        "label": names("x"),
        "actor": names("Ann", "Bo"),
        "collection": names("c", "d"),
    }
    assert not_taken({}, lists, shown) == {"label": "x", "actor": "Ann, Bo", "collection": "c, d"}
