"""What of ours an item does not show any more."""

from __future__ import annotations

from dataclasses import replace

from mirror.drift import drifted, who_overwrites
from mirror.edit import Asked, Written
from mirror.policy import Policy
from plex.item import Item, Tag

WRITTEN = Written(
    asked_scalars={"title": "ours", "summary": "", "thumb": "a mark"},
    asked_tags={"genre": ("A", "b"), "label": ("x",)},
)
ITEM = Item(
    rating_key=1,
    type="movie",
    scalars={"title": "ours", "summary": "an agent's"},
    tags={"genre": (Tag("A"), Tag("b"), Tag("theirs")), "label": (Tag("X"),)},
    locked=frozenset({"title", "genre"}),
)
WINS = Policy()


def test_an_item_that_shows_ours_beside_other_values_needs_nothing() -> None:
    assert drifted(ITEM, WRITTEN, WINS) == ()


def test_a_value_and_a_tag_that_are_gone_are_told() -> None:
    item = replace(ITEM, scalars={"title": "theirs"}, tags={"genre": (Tag("A"),)})
    assert drifted(item, WRITTEN, WINS) == ("title", "genre", "label")


def test_what_this_server_does_not_take_is_no_drift() -> None:
    item = replace(ITEM, scalars={"title": "theirs"})
    assert drifted(item, WRITTEN, WINS, refused=["title"]) == ()


def test_a_persons_edit_is_left_by_the_policy_that_says_so() -> None:
    item = replace(ITEM, scalars={"title": "theirs"}, tags={})
    assert drifted(item, WRITTEN, Policy(keep_plex_edits=True)) == ("label",)


def test_while_a_write_is_unsure_nothing_is_told() -> None:
    item = replace(ITEM, scalars={"title": "theirs"})
    unsure = replace(WRITTEN, unsure=(Asked(scalars={"title": "new"}),))
    assert drifted(item, unsure, WINS) == ()


def test_fields_that_an_episode_lacks_are_no_drift() -> None:
    item = replace(ITEM, type="episode", tags={"label": (Tag("x"),)})
    assert drifted(item, WRITTEN, WINS) == ()


def test_a_person_is_told_where_to_look() -> None:
    assert "collections" in who_overwrites(["collection"], "Videos")
    assert "'Videos'" in who_overwrites(["title"], "Videos")


def test_a_person_is_told_of_every_setting_that_may_do_it() -> None:
    assert who_overwrites(["title", "genre", "actor"], "Videos") == (
        "in Plex, edit the library 'Videos': under Advanced switch off the agent's source of "
        "genres and the agent's cast, or the automatic refresh of metadata under Settings > "
        "Library; another tool may do it, too"
    )
    assert "switch off the agent's own metadata, or" in who_overwrites(["title"], "Videos")
