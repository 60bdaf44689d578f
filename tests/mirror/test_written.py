"""Whose the values of an item are, while writes are sure and while they are not."""

from __future__ import annotations

import pytest

from mirror.written import (
    NOTHING_WRITTEN,
    Asked,
    Written,
    is_role_field,
    role_field,
    spellings_field,
)
from plex.item import Item, Tag

SURE = Written(
    asked_scalars={"title": "first", "studio": "S"},
    asked_tags={"genre": ("A", "B", "A"), "label": ("x",)},
)
UNSURE = Written(
    asked_scalars=SURE.asked_scalars,
    asked_tags=SURE.asked_tags,
    unsure=(
        Asked(scalars={"title": "second", "summary": "new"}, tags={"genre": ("B", "C")}),
        Asked(scalars={"title": "third "}, tags={"genre": ("b", "D"), "collection": ("c", "d")}),
    ),
)


def item(lists: dict[str, tuple[str, ...]] | None = None, **scalars: str) -> Item:
    tags = {name: tuple(map(Tag, values)) for name, values in (lists or {}).items()}
    return Item(rating_key=1, type="movie", scalars=scalars, tags=tags)


def test_what_a_confirmed_write_asked_for_was_asked_for_last() -> None:
    assert SURE.settled(item(title="theirs")) == Asked(
        scalars={"title": "first", "studio": "S"}, tags={"genre": ("A", "B"), "label": ("x",)}
    )
    assert NOTHING_WRITTEN.settled(item(title="theirs")) == Asked()


@pytest.mark.parametrize(
    ("shown", "last"),
    [("first", "first"), ("second", "second"), ("third", "third "), ("theirs", "first")],
)
def test_which_unsure_write_was_the_last_is_told_by_what_the_item_shows(
    shown: str, last: str
) -> None:
    """Where it shows none of them, the oldest is the only one that surely was there."""
    scalars = UNSURE.settled(item(title=shown)).scalars
    assert scalars == {"title": last, "studio": "S", "summary": "new"}


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        ((), ("B", "b")),  # each write asked for it
        (("a", "C"), ("A", "B", "C", "b")),
        (("A", "B", "C", "D"), ("A", "B", "C", "b", "D")),
    ],
)
def test_of_unsure_lists_that_is_left_which_is_there_or_surely_was(
    shown: tuple[str, ...], left: tuple[str, ...]
) -> None:
    lists = UNSURE.settled(item({"genre": shown, "collection": ("C",)})).tags
    assert lists == {"genre": left, "label": ("x",), "collection": ("c", "d")}


@pytest.mark.parametrize(
    ("value", "is_ours"),
    [("first", True), ("first ", True), ("second", True), ("third", True), ("First", False)],
)
def test_a_value_that_any_write_asked_for_may_be_ours(value: str, is_ours: bool) -> None:
    assert UNSURE.owns("title", value) is is_ours
    assert not UNSURE.owns("summary", "first")
    assert not NOTHING_WRITTEN.owns("title", "")


def test_ratings_are_ours_whatever_digits_plex_adds() -> None:
    assert Written(asked_scalars={"userRating": "8.3"}).owns("userRating", "8.300000190734863")


def test_the_values_of_a_list_are_known_in_each_spelling() -> None:
    known = Written(
        asked_tags={"genre": ("Jazz", "B"), spellings_field("genre"): ("JAZZ",)},
        unsure=(Asked(tags={"genre": ("jazz",)}),),
    )
    assert known.values("genre") == {"jazz": {"Jazz", "JAZZ", "jazz"}, "b": {"B"}}
    assert known.values("label") == {}


@pytest.mark.parametrize(
    ("value", "is_other"), [("A", False), ("a", True), ("E", False), ("B", True), ("b", True)]
)
def test_a_spelling_is_another_where_any_write_had_another(value: str, is_other: bool) -> None:
    assert UNSURE.spelled_otherwise("genre", value) is is_other
    assert not UNSURE.spelled_otherwise("director", value)


def test_surely_written_is_what_each_write_asked_for() -> None:
    assert SURE.surely_written("genre") == {"a", "b"}
    assert UNSURE.surely_written("genre") == {"b"}
    assert UNSURE.surely_written("label") == {"x"}
    assert UNSURE.surely_written("collection") == set()  # no confirmed write says so


def test_the_ledger_s_names_for_roles_and_spellings_are_no_field_s() -> None:
    assert role_field("Ann") == role_field("ANN ") != role_field("Anna")
    assert is_role_field(role_field("Ann"))
    assert not is_role_field("actor")
    assert not is_role_field(spellings_field("actor"))
    assert spellings_field("actor") != spellings_field("genre")
