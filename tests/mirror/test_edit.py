"""What is written to an item: single stories. What holds for all is in `test_edit_properties`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mirror.desired import Desired, desired_item
from mirror.edit import Asked, Edit, TagEdit, Written, plan_edit, written_after
from mirror.policy import Policy
from mirror.written import role_field, spellings_field
from plex.item import Item, Tag
from stash.scene import Scene
from tests.mirror.server_model import SERVERS, Server, every_server

PLAIN = Policy()
KEEP = Policy(keep_plex_edits=True)


def movie(
    locked: frozenset[str] = frozenset(), lists: dict[str, list[str]] | None = None, **scalars: str
) -> Item:
    tags = {name: tuple(Tag(value) for value in values) for name, values in (lists or {}).items()}
    return Item(
        rating_key=1, type="movie", section_key=1, scalars=scalars, tags=tags, locked=locked
    )


def want(lists: dict[str, list[str]] | None = None, **scalars: str) -> Desired:
    tags = {name: tuple(Tag(value) for value in values) for name, values in (lists or {}).items()}
    return Desired(scalars=scalars, tags=tags)


def fallback(title: str) -> Desired:
    return Desired(scalars={"title": title}, tags={}, title_is_fallback=True)


def test_a_list_of_an_older_tool_follows_stash_from_the_first_contact_on() -> None:
    item = movie(lists={"genre": ["A", "B", "hers"]}, locked=frozenset({"genre"}))
    first = want({"genre": ["A", "B"]})
    edit = plan_edit(first, item, None, PLAIN)
    known = written_after(first, item, None, edit)

    second = plan_edit(want({"genre": ["A"]}), item, known, PLAIN)

    assert not edit
    assert second.tags["genre"] == TagEdit(final=(Tag("A"), Tag("hers")), remove=("B",))


def test_an_actor_keeps_role_and_picture() -> None:
    ann = Tag("Ann", role="Nurse", thumb="http://x/ann.jpg")
    other = Tag("Other", role="Doctor")
    item = replace(movie(), tags={"actor": (other, ann)})

    edit = plan_edit(want({"actor": ["Zoe", "Ann"]}), item, None, PLAIN)

    assert edit.tags["actor"].final == (Tag("Zoe"), ann, other)


def cast(*actors: tuple[str, str]) -> Desired:
    return Desired(scalars={}, tags={"actor": tuple(Tag(name, role=role) for name, role in actors)})


def playing(role: str, locked: bool = True) -> Item:
    item = movie(locked=frozenset({"actor"} if locked else ()))
    return replace(item, tags={"actor": (Tag("Ann", role=role), Tag("Other", role="Doctor"))})


ANN_ELDER = Written(asked_tags={"actor": ("Ann",)}, asked_scalars={role_field("Ann"): "elder"})


@pytest.mark.parametrize(
    ("known", "shown", "wanted", "then"),
    [
        (None, "", "elder", "elder"),  # the setting was switched on
        (None, "Nurse", "elder", "elder"),  # an agent's
        (None, "Nurse", "", "Nurse"),
        (ANN_ELDER, "elder", "younger", "younger"),
        (ANN_ELDER, "elder", "", ""),  # the setting was switched off
        (ANN_ELDER, "Nurse", "", "Nurse"),
        (ANN_ELDER, "Nurse", "elder", "elder"),
    ],
)
def test_a_role_is_written_and_only_one_of_ours_goes(
    known: Written | None, shown: str, wanted: str, then: str
) -> None:
    edit = plan_edit(cast(("Ann", wanted)), playing(shown), known, PLAIN)

    assert bool(edit) is (shown != then)
    after = SERVERS[0].carry_out(edit, playing(shown))
    assert after.tags["actor"] == (Tag("Ann", role=then), Tag("Other", role="Doctor"))


def test_somebody_s_role_that_is_replaced_is_named() -> None:
    edit = plan_edit(cast(("Ann", "elder")), playing("Nurse"), ANN_ELDER, PLAIN)

    assert edit.replaced == {"actor": "Nurse"}


@pytest.mark.parametrize(
    ("known", "locked", "shown", "stays"),
    [
        (ANN_ELDER, True, "Nurse", True),
        (ANN_ELDER, True, "", True),  # a person took ours away
        (ANN_ELDER, False, "Nurse", False),  # an agent's
        (None, True, "Nurse", True),
        (Written(asked_tags={"actor": ("Ann",)}), True, "", False),  # never had one of ours
        (
            replace(ANN_ELDER, asked_scalars={}, unsure=(Asked(scalars={role_field("Ann"): "x"}),)),
            True,
            "",
            False,
        ),
    ],
)
def test_a_person_s_role_stays_if_persons_win(
    known: Written | None, locked: bool, shown: str, stays: bool
) -> None:
    item, desired = playing(shown, locked), cast(("Ann", "younger"))

    edit = plan_edit(desired, item, known, KEEP)

    assert edit.kept == (("actor",) if stays else ())
    assert bool(edit) is not stays
    later = written_after(desired, item, known, edit)
    after = SERVERS[0].carry_out(edit, item)
    assert plan_edit(desired, after, later, KEEP).kept == edit.kept


def test_a_person_who_puts_our_role_back_gives_it_back() -> None:
    desired = cast(("Ann", "younger"))
    kept = plan_edit(desired, playing("Nurse"), ANN_ELDER, KEEP)

    known = written_after(desired, playing("Nurse"), ANN_ELDER, kept)

    assert plan_edit(desired, playing("elder"), known, KEEP).tags["actor"].final[0].role == (
        "younger"
    )


def test_a_role_whose_end_may_have_reached_plex_was_not_taken_away_by_a_person() -> None:
    ended = cast(("Ann", ""))
    edit = plan_edit(ended, playing("elder"), ANN_ELDER, KEEP)
    meant = written_after(ended, playing("elder"), ANN_ELDER, edit)
    crashed = replace(
        ANN_ELDER, unsure=(Asked(scalars=meant.asked_scalars, tags=meant.asked_tags),)
    )

    again = plan_edit(cast(("Ann", "elder")), playing(""), crashed, KEEP)

    assert again.kept == ()
    assert again.tags["actor"].final[0] == Tag("Ann", role="elder")


def test_a_role_that_has_gone_is_forgotten() -> None:
    ended = cast(("Ann", ""))
    known = written_after(ended, playing("elder"), ANN_ELDER, Edit())

    later = written_after(ended, playing(""), known, Edit())

    assert later.asked_scalars == {}


def test_an_order_that_plex_does_not_take_is_asked_for_once() -> None:
    item = movie(lists={"actor": ["B", "A"], "genre": ["B", "A"]})
    desired = want({"actor": ["A", "B"], "genre": ["A", "B"]})

    edit = plan_edit(desired, item, None, PLAIN)
    known = written_after(desired, item, None, edit)

    assert set(edit.tags) == {"actor"}
    assert not plan_edit(desired, item, known, PLAIN)


def test_a_new_order_of_performers_is_asked_for_again() -> None:
    item = movie(lists={"actor": ["A", "B"]})
    known = Written(asked_tags={"actor": ("A", "B")})

    edit = plan_edit(want({"actor": ["B", "A"]}), item, known, PLAIN)

    assert edit.tags["actor"] == TagEdit(final=(Tag("B"), Tag("A")))


def sync(
    desired: Desired, item: Item, known: Written | None, server: Server
) -> tuple[Item, Written]:
    edit = plan_edit(desired, item, known, PLAIN)
    return server.carry_out(edit, item), written_after(desired, item, known, edit)


def test_a_value_that_stood_there_in_another_case_is_not_written_on_first_contact() -> None:
    desired, item = want({"genre": ["Jazz"]}), movie(lists={"genre": ["jazz"]})

    edit = plan_edit(desired, item, None, PLAIN)
    known = written_after(desired, item, None, edit)

    assert not edit
    assert not plan_edit(desired, item, known, PLAIN)
    fewer = plan_edit(want({"genre": []}), item, known, PLAIN)
    assert fewer.tags["genre"] == TagEdit(final=(), remove=("jazz",))


@pytest.mark.parametrize("field", ["genre", "actor", "director", "collection"])
def test_a_rename_that_changes_only_case_reaches_plex_without_a_removal(field: str) -> None:
    item = movie(lists={field: ["jazz", "hers"]})
    known = Written(asked_tags={field: ("jazz",)})

    edit = plan_edit(want({field: ["Jazz"]}), item, known, PLAIN)

    assert edit.tags[field] == TagEdit(final=(Tag("Jazz"), Tag("hers")))


@every_server
def test_a_rename_that_changes_only_case_is_asked_for_once(server: Server) -> None:
    """A server may keep its own spelling for good."""
    item, known = sync(want({"genre": ["jazz"]}), movie(), None, server)
    renamed = want({"genre": ["JAZZ"]})
    edit = plan_edit(renamed, item, known, PLAIN)

    item, known = sync(renamed, item, known, server)

    assert edit.tags["genre"].final == (Tag("JAZZ"),)
    assert not plan_edit(renamed, item, known, PLAIN)
    item, known = sync(want({"genre": ["Jazz"]}), item, known, server)
    item, known = sync(want({"genre": []}), item, known, server)
    assert item.tags["genre"] == ()


def test_a_rename_that_a_crash_kept_from_plex_is_asked_for_again() -> None:
    item = movie(lists={"genre": ["jazz"]})
    known = Written(asked_tags={"genre": ("jazz",)}, unsure=(Asked(tags={"genre": ("Jazz",)}),))

    assert plan_edit(want({"genre": ["Jazz"]}), item, known, PLAIN).tags["genre"].final == (
        Tag("Jazz"),
    )
    assert not plan_edit(want({"genre": ["jazz"]}), movie(lists={"genre": ["jazz"]}), known, PLAIN)


def test_a_spelling_that_a_person_or_plex_changed_stays() -> None:
    known = Written(asked_tags={"genre": ("Jazz",)})

    assert not plan_edit(want({"genre": ["Jazz"]}), movie(lists={"genre": ["JAZZ"]}), known, PLAIN)


@pytest.mark.parametrize(("standing", "known"), [(["Jazz"], False), (["Jazz", "jazz"], True)])
@pytest.mark.parametrize("wanted", ["Jazz", "JAZZ"])
def test_an_earlier_spelling_is_known_as_long_as_it_stands_in_plex(
    standing: list[str], known: bool, wanted: str
) -> None:
    written = Written(asked_tags={"genre": ("Jazz",), spellings_field("genre"): ("jazz",)})
    desired, item = want({"genre": [wanted]}), movie(lists={"genre": standing})

    after = written_after(desired, item, written, plan_edit(desired, item, written, PLAIN))

    assert ("jazz" in after.asked_tags.get(spellings_field("genre"), ())) is known


@pytest.mark.parametrize(
    ("standing", "known", "final"),
    [
        # Both stand there: taking the old one out could take the new one along.
        (["jazz", "Jazz"], Written(asked_tags={"genre": ("jazz",)}), None),
        (["jazz", "JAZZ"], Written(asked_tags={"genre": ("jazz",)}), ["Jazz", "JAZZ"]),
        (
            ["jazz", "JAZZ"],
            Written(asked_tags={"genre": ("jazz",)}, unsure=(Asked(tags={"genre": ("JAZZ",)}),)),
            ["Jazz"],
        ),
        (["Jazz", "Jazz"], None, None),  # Plex's own doubles are Plex's affair
    ],
)
def test_of_several_spellings_only_ours_become_the_new_one(
    standing: list[str], known: Written | None, final: list[str] | None
) -> None:
    edit = plan_edit(want({"genre": ["Jazz"]}), movie(lists={"genre": standing}), known, PLAIN)

    assert {name: one.final for name, one in edit.tags.items()} == (
        {"genre": tuple(map(Tag, final))} if final else {}
    )


def test_what_else_is_written_does_not_change_a_spelling_of_plex() -> None:
    item = movie(lists={"genre": ["jazz", "Old"]})
    known = Written(asked_tags={"genre": ("Jazz", "old")})

    edit = plan_edit(want({"genre": ["Jazz", "New"]}), item, known, PLAIN)

    assert edit.tags["genre"] == TagEdit(final=(Tag("jazz"), Tag("New")), remove=("Old",))


def test_labels_that_plex_returns_in_its_own_case_are_written_once() -> None:
    desired = want({"label": ["hot", "new"]})
    known = written_after(desired, movie(), None, plan_edit(desired, movie(), None, PLAIN))
    item = movie(lists={"label": ["Hot", "New"]}, locked=frozenset({"label"}))

    assert not plan_edit(desired, item, known, PLAIN)
    assert not plan_edit(want({"label": ["HOT", "new"]}), item, known, PLAIN)
    fewer = plan_edit(want({"label": ["new"]}), item, known, PLAIN)
    assert fewer.tags["label"] == TagEdit(final=(Tag("New"),), remove=("Hot",))


def test_our_spelling_is_not_removed_where_somebody_else_s_would_go_with_it() -> None:
    item = movie(lists={"genre": ["Jazz", "jazz"]})
    known = Written(asked_tags={"genre": ("Jazz",)})

    assert not plan_edit(want({"genre": []}), item, known, PLAIN)


def test_a_list_that_ends_empty_is_emptied_by_removal() -> None:
    item = movie(lists={"director": ["Ann"]})
    known = Written(asked_tags={"director": ("Ann",)})

    edit = plan_edit(want({"director": []}), item, known, PLAIN)

    assert edit.tags["director"] == TagEdit(final=(), remove=("Ann",))


@pytest.mark.parametrize(("policy", "comes_back"), [(PLAIN, True), (KEEP, False)])
def test_a_value_that_a_person_removed(policy: Policy, comes_back: bool) -> None:
    item = movie(lists={"genre": ["B"]}, locked=frozenset({"genre"}))
    known = Written(asked_tags={"genre": ("A", "B")})
    desired = want({"genre": ["A", "B", "C"]})

    edit = plan_edit(desired, item, known, policy)

    assert (Tag("A") in edit.tags["genre"].final) is comes_back
    assert Tag("C") in edit.tags["genre"].final
    assert edit.kept == (() if comes_back else ("genre",))


def test_a_value_that_an_agent_removed_comes_back() -> None:
    item = movie(lists={"genre": ["B"]})
    known = Written(asked_tags={"genre": ("A", "B")})

    edit = plan_edit(want({"genre": ["A", "B"]}), item, known, KEEP)

    assert edit.tags["genre"].final == (Tag("B"), Tag("A"))


def test_a_value_that_a_crash_kept_from_plex_was_not_removed_by_a_person() -> None:
    item = movie(lists={"genre": ["B"]}, locked=frozenset({"genre"}))
    known = Written(asked_tags={"genre": ("B",)}, unsure=(Asked(tags={"genre": ("A", "B")}),))

    edit = plan_edit(want({"genre": ["A", "B"]}), item, known, KEEP)

    assert edit.tags["genre"].final == (Tag("B"), Tag("A"))


def test_a_value_whose_removal_may_have_reached_plex_was_not_removed_by_a_person() -> None:
    item = movie(lists={"genre": ["B"]}, locked=frozenset({"genre"}))
    known = Written(asked_tags={"genre": ("A", "B")}, unsure=(Asked(tags={"genre": ("B",)}),))

    edit = plan_edit(want({"genre": ["A", "B"]}), item, known, KEEP)

    assert edit.tags["genre"].final == (Tag("B"), Tag("A"))


@pytest.mark.parametrize(
    ("standing", "unsure", "left"),
    [
        (["A"], (), ("A", "B")),  # somebody else removed B, which stays ours
        (["A"], (Asked(tags={"genre": ("A",)}),), ("A",)),
        ([], (Asked(tags={"genre": ("A", "B", "C")}),), ("A", "B")),
        (["C"], (Asked(tags={"genre": ("A", "B", "C")}),), ("A", "B", "C")),
    ],
)
def test_a_list_that_is_not_spoken_for_keeps_what_plex_does_not_disprove(
    standing: list[str], unsure: tuple[Asked, ...], left: tuple[str, ...]
) -> None:
    known = Written(asked_tags={"genre": ("A", "B")}, unsure=unsure)

    after = written_after(want(title="T"), movie(lists={"genre": standing}), known, Edit())

    assert after.asked_tags == {"genre": left}


@pytest.mark.parametrize("reached_plex", [True, False])
def test_after_a_crash_neither_our_old_nor_our_new_value_is_a_person_s(reached_plex: bool) -> None:
    item = movie(summary="new" if reached_plex else "old", locked=frozenset({"summary"}))
    known = Written(asked_scalars={"summary": "old"}, unsure=(Asked(scalars={"summary": "new"}),))

    edit = plan_edit(want(summary="newest"), item, known, KEEP)

    assert edit.scalars == {"summary": "newest"}
    assert edit.replaced == {}
    assert edit.kept == ()


@pytest.mark.parametrize("known", [None, Written(asked_scalars={"summary": "ours"})])
def test_a_person_s_value_gives_way_or_stays_by_policy(known: Written | None) -> None:
    item = movie(summary="hers", locked=frozenset({"summary"}))

    plain = plan_edit(want(summary="stash"), item, known, PLAIN)
    keep = plan_edit(want(summary="stash"), item, known, KEEP)

    assert plain.scalars == {"summary": "stash"}
    assert plain.replaced == {"summary": "hers"}
    assert not keep
    assert keep.kept == ("summary",)


def test_an_agent_s_value_gives_way_under_every_policy() -> None:
    item = movie(summary="agent's")
    known = Written(asked_scalars={"summary": "ours"})

    edit = plan_edit(want(summary="stash"), item, known, KEEP)

    assert edit.scalars == {"summary": "stash"}
    assert edit.replaced == {"summary": "agent's"}


def test_a_person_who_puts_our_value_back_gives_the_field_back() -> None:
    hers = movie(summary="hers", locked=frozenset({"summary"}))
    known: Written = Written(asked_scalars={"summary": "ours"})
    desired = want(summary="stash")
    kept = plan_edit(desired, hers, known, KEEP)

    known = written_after(desired, hers, known, kept)
    back = movie(summary="ours", locked=frozenset({"summary"}))

    assert plan_edit(desired, back, known, KEEP).scalars == {"summary": "stash"}


@pytest.mark.parametrize(
    ("known", "cleared"),
    [
        (None, False),
        (Written(), False),
        (Written(asked_scalars={"studio": "Other"}), False),
        (Written(asked_scalars={"studio": "S"}), True),
        (Written(unsure=(Asked(scalars={"studio": "S"}),)), True),
    ],
)
def test_only_our_own_value_is_cleared(known: Written | None, cleared: bool) -> None:
    edit = plan_edit(want(studio=""), movie(studio="S"), known, PLAIN)

    assert edit.scalars == ({"studio": ""} if cleared else {})


def test_a_rating_that_a_person_gave_is_not_removed_with_the_same_one_in_stash() -> None:
    item = movie(userRating="8.0")
    rated = want(userRating="8.0")
    known = written_after(rated, item, None, plan_edit(rated, item, None, PLAIN))

    assert not plan_edit(want(userRating=""), item, known, PLAIN)


def test_a_rating_that_we_set_is_removed_with_the_one_in_stash() -> None:
    rated = want(userRating="8.0")
    edit = plan_edit(rated, movie(), None, PLAIN)
    known = written_after(rated, movie(), None, edit)
    item = SERVERS[0].carry_out(edit, movie())

    assert plan_edit(want(userRating=""), item, known, PLAIN).scalars == {"userRating": ""}


@pytest.mark.parametrize(
    ("title", "known", "written"),
    [
        ("Agent's", None, False),
        ("Agent's", Written(asked_scalars={"title": "Ours"}), False),
        ("Ours", Written(asked_scalars={"title": "Ours"}), True),
        ("", None, True),
    ],
)
def test_a_file_name_replaces_no_title_that_we_did_not_write(
    title: str, known: Written | None, written: bool
) -> None:
    edit = plan_edit(fallback("file"), movie(title=title), known, PLAIN)

    assert edit.scalars == ({"title": "file"} if written else {})


def test_a_title_that_was_left_to_plex_does_not_become_ours() -> None:
    item = movie(title="Agent's")
    known = written_after(fallback("one"), item, None, Edit())

    assert "title" not in known.asked_scalars


def test_a_right_but_unlocked_field_is_locked_with_the_next_write_only() -> None:
    item = movie(title="T", studio="S", locked=frozenset({"studio"}))

    assert plan_edit(want(title="T", studio="S"), item, None, PLAIN) == Edit()
    edit = plan_edit(want(title="T", studio="S", summary="new"), item, None, PLAIN)
    assert edit.lock == {"title", "summary"}


def test_an_empty_field_is_left_open_for_plex() -> None:
    edit = plan_edit(want(title="T", summary=""), movie(), None, PLAIN)

    assert edit.lock == {"title"}


def test_an_episode_gets_only_the_fields_that_it_has() -> None:
    item = replace(movie(), type="episode")
    lists = {"genre": ["A"], "actor": ["B"], "director": ["C"], "collection": ["D"]}
    desired = want(lists, title="T", studio="S")

    edit = plan_edit(desired, item, None, PLAIN)

    assert edit.scalars == {"title": "T"}
    assert set(edit.tags) == {"director", "collection"}
    assert set(written_after(desired, item, None, edit).asked_tags) == set(edit.tags)


def test_a_list_that_a_setting_does_not_fill_any_more_is_cleaned_of_ours_once() -> None:
    item = movie(lists={"collection": ["Studio", "hers"]})
    known = Written(asked_tags={"collection": ("Studio",)})
    desired = desired_item(Scene(id=1, title="T"), PLAIN)

    edit = plan_edit(desired, item, known, PLAIN)

    assert edit.tags["collection"] == TagEdit(final=(Tag("hers"),), remove=("Studio",))
    after = SERVERS[0].carry_out(edit, item)
    assert not plan_edit(desired, after, written_after(desired, item, known, edit), PLAIN)


@pytest.mark.parametrize("field", ["contentRating", "titleSort"])
@pytest.mark.parametrize(("asked", "goes"), [("", False), ("R", False), ("XXX", True)])
def test_a_value_that_a_setting_does_not_fill_any_more_goes_if_it_is_ours(
    field: str, asked: str, goes: bool
) -> None:
    item = replace(movie(), scalars={"title": "T", field: "XXX"})
    written = Written(asked_scalars={field: asked} if asked else {})

    edit = plan_edit(desired_item(Scene(id=1, title="T"), PLAIN), item, written, PLAIN)

    assert edit.scalars == ({field: ""} if goes else {})


@pytest.mark.parametrize(
    ("title", "after", "locked", "written"),
    [
        ("A", "A", False, False),
        ("B", "A", False, True),  # Plex would derive one from the new title
        ("B", "A", True, False),
        ("A", "B", False, True),
    ],
)
def test_an_item_without_a_sort_title_is_sorted_by_its_title(
    title: str, after: str, locked: bool, written: bool
) -> None:
    """Plex does not mention a sort title that equals the title; it must not be sent for ever."""
    item = movie(title=title, locked=frozenset({"titleSort"} if locked else ()))

    edit = plan_edit(want(title=after, titleSort="A", summary="new"), item, None, PLAIN)

    assert ("titleSort" in edit.scalars) is written
    assert written or "titleSort" not in edit.lock, "there is nothing in it to lock"


def test_an_edit_without_writes_is_false() -> None:
    assert not Edit(kept=("title",))
    assert Edit(scalars={"title": "x"})
    assert Edit(tags={"genre": TagEdit(final=())})


def test_a_title_that_stash_does_not_have_any_more_stays_ours() -> None:
    """It is never emptied, so Plex goes on to show what was asked for last."""
    known = Written(asked_scalars={"title": "Ours", "summary": "S"})
    item = movie(title="Ours", summary="S")
    nothing = want(title="", summary="")

    edit = plan_edit(nothing, item, known, PLAIN)
    after = written_after(nothing, item, known, edit)

    assert edit.scalars == {"summary": ""}
    assert after.asked_scalars == {"title": "Ours", "summary": ""}


@pytest.mark.parametrize("name", ["summary", "titleSort"])
def test_a_value_that_stood_there_counts_as_asked_for_and_a_rating_does_not(name: str) -> None:
    desired = Desired(scalars={name: "same ", "userRating": "8.0", "studio": ""}, tags={})
    item = replace(movie(), scalars={name: "same", "userRating": "8.0", "studio": "hers"})

    edit = plan_edit(desired, item, None, PLAIN)

    assert not edit
    assert written_after(desired, item, None, edit).asked_scalars == {name: "same ", "studio": ""}
    other = replace(item, scalars={name: "other"})
    assert name not in written_after(desired, other, None, Edit()).asked_scalars
    assert name not in written_after(desired, movie(), None, Edit()).asked_scalars


def test_what_is_right_and_empty_is_not_locked() -> None:
    edit = plan_edit(want(title="new", summary=""), movie(title="old"), None, PLAIN)
    assert edit == Edit(
        scalars={"title": "new"}, lock=frozenset({"title"}), replaced={"title": "old"}
    )


def test_every_role_that_is_replaced_and_every_field_that_is_kept_is_named() -> None:
    actors = (Tag("Ann", role="Nurse"), Tag("Bo", role="Cook"), Tag("Cy"))
    item = replace(
        movie(locked=frozenset({"actor", "studio", "summary"}), studio="hers", summary="hers"),
        tags={"actor": actors},
    )
    desired = Desired(
        scalars={"summary": "S", "studio": "St"},
        tags={"actor": tuple(Tag(name, role="r") for name in ("Ann", "Bo", "Cy"))},
    )

    assert plan_edit(desired, item, None, KEEP).kept == ("summary", "studio", "actor")
    assert plan_edit(desired, item, None, KEEP).replaced == {}
    assert plan_edit(desired, item, None, PLAIN).replaced == {
        "actor": "Nurse, Cook",
        "summary": "hers",
        "studio": "hers",
    }


@pytest.mark.parametrize("name", ["genre", "actor"])
def test_a_value_that_plex_names_twice_is_no_reason_to_write(name: str) -> None:
    edit = plan_edit(want({name: ["A"]}), movie(lists={name: ["A", "A"]}), None, PLAIN)
    assert not edit


def test_a_role_that_stood_there_counts_as_asked_for() -> None:
    desired = cast(("Ann", "elder"))
    edit = plan_edit(desired, playing("elder"), None, PLAIN)
    assert not edit
    after = written_after(desired, playing("elder"), None, edit)
    assert after.asked_scalars == {role_field("Ann"): "elder"}


def test_that_we_wrote_no_role_is_known_as_long_as_one_is_left_to_a_person() -> None:
    known = Written(asked_tags={"actor": ("Ann",)}, asked_scalars={role_field("Ann"): ""})
    desired = cast(("Ann", "elder"))
    edit = plan_edit(desired, playing("hers"), known, KEEP)
    assert edit.kept == ("actor",)
    assert written_after(desired, playing("hers"), known, edit).asked_scalars == (
        known.asked_scalars
    )


@pytest.mark.parametrize(("shown", "is_kept"), [("hers", True), ("  ", False), ("", False)])
def test_a_title_of_a_person_s_is_kept_and_an_empty_one_is_none(shown: str, is_kept: bool) -> None:
    item = movie(locked=frozenset({"title"}), title=shown)
    edit = plan_edit(want(title="T"), item, None, KEEP)
    assert edit.kept == (("title",) if is_kept else ())
    assert edit.scalars == ({} if is_kept else {"title": "T"})


def test_one_spelling_written_with_other_signs_is_no_other_spelling() -> None:
    item = movie(lists={"genre": ["caf\u00e9", "Jazz"]})
    known = Written(asked_tags={"genre": ("caf\u00e9", "Jazz")})
    assert not plan_edit(want({"genre": ["cafe\u0301", "Jazz "]}), item, known, PLAIN)
    assert plan_edit(want({"genre": ["CAF\u00c9", "Jazz"]}), item, known, PLAIN)


def test_a_list_that_is_right_is_locked_with_what_is_written() -> None:
    item = movie(lists={"genre": ["A"], "label": ["x"], "director": ["hers"]}, title="old")
    desired = want({"genre": ["A"], "label": ["x"], "director": []}, title="new")
    assert plan_edit(desired, item, None, PLAIN).lock == {"title", "genre", "label"}


def test_another_title_to_sort_by_is_replaced_though_the_title_is_the_wanted_one() -> None:
    """Plex leaves the title to sort by out only where it equals the title."""
    item = movie(title="T", titleSort="theirs")
    assert plan_edit(want(title="T", titleSort="T"), item, None, PLAIN).scalars == {
        "titleSort": "T"
    }
    assert not plan_edit(want(title="T", titleSort="T"), movie(title="T"), None, PLAIN)
