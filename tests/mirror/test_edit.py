"""What is written to an item: properties over any scene, item and ledger, then single stories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror.desired import Desired, normal_form, tag_key
from mirror.edit import (
    Asked,
    Edit,
    Standing,
    TagEdit,
    Written,
    fields_of_type,
    plan_edit,
    written_after,
)
from mirror.policy import Policy
from plex.item import SCALAR_FIELDS, TAG_FIELDS, Item, Tag

PLAIN = Policy()
KEEP = Policy(keep_plex_edits=True)
NAMES = ["A", "a", "B", "C", "D", "e\u0301", "\u00e9", "ß", "x, y"]
VALUES = {
    "originallyAvailableAt": ["", "2024-01-01", "2024-01-01T00:00:00Z", "2023-12-31"],
    "userRating": ["", "8", "8.0", "3.5"],
}
TEXTS = ["", "X", "X ", "Y", "Z\r\nz", "Z\nz", "  "]


@dataclass(frozen=True)
class Server:
    """What is not proven of Plex: what a sent list does, and how a removal compares."""

    adds: bool
    removes_any_case: bool

    def carry_out(self, edit: Edit, item: Item) -> Item:
        """Return the item as it is after the edit's PUT, removals last."""
        scalars = {**item.scalars, **edit.scalars}
        tags = dict(item.tags)
        for name, change in edit.tags.items():
            tags[name] = self._list_after(change, item.tags.get(name, ()))
        locked = item.locked | edit.lock
        return replace(item, scalars=scalars, tags=tags, locked=locked)

    def _list_after(self, change: TagEdit, standing: tuple[Tag, ...]) -> tuple[Tag, ...]:
        after = list(change.final)
        if self.adds:
            sent = {tag.tag: tag for tag in change.final}
            there = {tag.tag for tag in standing}
            after = [sent.get(tag.tag, tag) for tag in standing]
            after += [tag for tag in change.final if tag.tag not in there]
        return tuple(tag for tag in after if not self._removed(tag.tag, change.remove))

    def _removed(self, value: str, remove: tuple[str, ...]) -> bool:
        if self.removes_any_case:
            return tag_key(value) in {tag_key(gone) for gone in remove}
        return value in remove


SERVERS = [Server(adds, any_case) for adds in (False, True) for any_case in (False, True)]
every_server = pytest.mark.parametrize("server", SERVERS, ids=str)


def _scalars() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(VALUES.get(name, TEXTS)) for name in SCALAR_FIELDS}
    )


def _lists(values: st.SearchStrategy[Any], key: Any) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(values, max_size=5, unique_by=key).map(tuple)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(TAG_FIELDS, lists))


names = st.sampled_from(NAMES)
locks = st.frozensets(st.sampled_from((*SCALAR_FIELDS, *TAG_FIELDS, "thumb")))
desireds = st.builds(
    Desired,
    scalars=_scalars(),
    tags=_lists(names.map(Tag), lambda tag: tag_key(tag.tag)),
    title_is_fallback=st.booleans(),
)
items = st.builds(
    Item,
    rating_key=st.just(1),
    type=st.sampled_from(["movie", "clip", "episode"]),
    section_key=st.just(1),
    scalars=_scalars(),
    tags=_lists(
        st.builds(Tag, names, role=st.sampled_from(["", "r"]), thumb=st.sampled_from(["", "t"])),
        lambda tag: tag.tag,
    ),
    locked=locks,
)
askeds = st.builds(Asked, scalars=_scalars(), tags=_lists(names, tag_key))
knowns = st.none() | st.builds(
    lambda asked, unsure, before: Written(
        asked_scalars=asked.scalars, asked_tags=asked.tags, unsure=tuple(unsure), before=before
    ),
    askeds,
    st.lists(askeds, max_size=2),
    st.dictionaries(
        st.sampled_from((*SCALAR_FIELDS, *TAG_FIELDS)),
        st.builds(Standing, value=st.sampled_from(TEXTS), locked=st.booleans()),
        max_size=3,
    ),
)
policies = st.sampled_from([PLAIN, KEEP])


def ours(written: Written | None, name: str) -> set[str]:
    """Every value that Stash may have asked for, written out on purpose for the tests."""
    if written is None:
        return set()
    writes = [written.asked_tags, *(asked.tags for asked in written.unsure)]
    return {tag_key(tag) for tags in writes for tag in tags.get(name, ())}


def ours_scalar(written: Written | None, name: str, value: str) -> bool:
    if written is None:
        return False
    writes = [written.asked_scalars, *(asked.scalars for asked in written.unsure)]
    return any(
        normal_form(name, one[name]) == normal_form(name, value) for one in writes if name in one
    )


def keys(tags: tuple[Tag, ...]) -> set[str]:
    return {tag_key(tag.tag) for tag in tags}


def shown(item: Item, name: str) -> str:
    return normal_form(name, item.scalars.get(name, ""))


@every_server
@settings(max_examples=200, deadline=None)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_an_edit_carried_out_leaves_nothing_to_write(
    server: Server, desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    """Or an item would be written on every pass, for ever."""
    edit = plan_edit(desired, item, written, policy)
    after = server.carry_out(edit, item)
    known = written_after(desired, item, written, edit)

    again = plan_edit(desired, after, known, policy)

    assert not again
    assert again.lock == frozenset()
    assert again.kept == edit.kept
    later = written_after(desired, after, known, again)
    assert not plan_edit(desired, after, later, policy)


@every_server
@settings(max_examples=120, deadline=None)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_after_a_crash_the_same_edit_ends_in_the_same_item(
    server: Server, desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    """The PUT was done and never confirmed; the ledger holds it as unsure."""
    edit = plan_edit(desired, item, written, policy)
    after = server.carry_out(edit, item)
    meant = written_after(desired, item, written, edit)
    known = written or Written()
    asked = Asked(scalars=meant.asked_scalars, tags=meant.asked_tags)
    crashed = replace(known, before=meant.before, unsure=(*known.unsure, asked))

    again = plan_edit(desired, after, crashed, policy)

    assert not again.scalars
    assert again.replaced == {}
    assert set(again.kept) <= set(edit.kept)
    assert {name: set(one.final) for name, one in again.tags.items() if name != "actor"} == {}
    assert server.carry_out(again, after).tags.keys() == after.tags.keys()
    for name, tags in server.carry_out(again, after).tags.items():
        assert set(tags) == set(after.tags[name])


@settings(max_examples=200, deadline=None)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_every_kind_of_server_ends_with_the_same_lists(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    edit = plan_edit(desired, item, written, policy)
    ends = [server.carry_out(edit, item).tags for server in SERVERS]

    for name, change in edit.tags.items():
        for end in ends:
            assert set(end[name]) == set(change.final)
        assert not keys(change.final) & {tag_key(value) for value in change.remove}


@settings(max_examples=200, deadline=None)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_lists_hold_what_others_put_there_and_what_stash_has_now(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    after = SERVERS[0].carry_out(plan_edit(desired, item, written, policy), item)

    for name in TAG_FIELDS:
        before = item.tags.get(name, ())
        now = after.tags.get(name, ())
        if name not in desired.tags or name not in fields_of_type(item.type):
            assert now == before
            continue
        wanted = keys(desired.tags[name])
        others = [tag for tag in before if tag_key(tag.tag) not in ours(written, name)]
        assert set(others) <= set(now), "what Stash never asked for stays, role and thumb too"
        assert {tag for tag in before if tag_key(tag.tag) in wanted} <= set(now)
        assert keys(now) <= keys(before) | wanted, "nothing is invented"
        withheld = wanted - keys(now)
        if withheld:
            assert policy.keep_plex_edits
            assert name in item.locked
            assert withheld <= ours(written, name) - keys(before)
        for key in keys(before) & ours(written, name) - wanted:
            spellings = {tag.tag for tag in before if tag_key(tag.tag) == key}
            assert key not in keys(now) or len(spellings) > 1, "what Stash dropped goes"


@settings(max_examples=200, deadline=None)
@given(desired=desireds, item=items, written=knowns)
def test_performers_stand_in_stash_order_before_all_others(
    desired: Desired, item: Item, written: Written | None
) -> None:
    change = plan_edit(desired, item, written, PLAIN).tags.get("actor")
    if change is None:
        return
    wanted = [tag_key(tag.tag) for tag in desired.tags["actor"]]
    final = [tag_key(tag.tag) for tag in change.final]
    ranks = [wanted.index(key) if key in wanted else len(wanted) for key in final]

    assert ranks == sorted(ranks)
    others = [tag for tag in change.final if tag_key(tag.tag) not in wanted]
    assert others == [tag for tag in item.tags.get("actor", ()) if tag in others]


@settings(max_examples=300, deadline=None)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_single_values_show_stash_unless_they_are_not_ours_to_replace(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    edit = plan_edit(desired, item, written, policy)
    after = SERVERS[0].carry_out(edit, item)

    for name in SCALAR_FIELDS:
        if name not in desired.scalars or name not in fields_of_type(item.type):
            assert name not in edit.scalars
            continue
        wanted = normal_form(name, desired.scalars[name])
        stood = shown(item, name)
        is_ours = ours_scalar(written, name, stood)
        if stood == wanted:
            assert name not in edit.scalars
        elif not wanted:
            assert shown(after, name) == ("" if is_ours and name != "title" else stood)
        elif name == "title" and desired.title_is_fallback and stood and not is_ours:
            assert shown(after, name) == stood
        elif name in edit.kept:
            assert policy.keep_plex_edits
            assert name in item.locked
            assert not is_ours
            assert shown(after, name) == stood
        else:
            assert shown(after, name) == wanted
            foreign = bool(stood) and not is_ours
            assert (edit.replaced.get(name) is not None) == foreign
            person = policy.keep_plex_edits and name in item.locked and not is_ours
            assert not person or (name == "title" and not stood)


@settings(max_examples=200, deadline=None)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_a_title_is_never_emptied(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    after = SERVERS[0].carry_out(plan_edit(desired, item, written, policy), item)

    assert shown(after, "title") or not shown(item, "title")


@settings(max_examples=200, deadline=None)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_what_is_written_is_locked_and_a_lock_alone_is_no_reason_to_write(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    edit = plan_edit(desired, item, written, policy)
    after = SERVERS[0].carry_out(edit, item)

    assert {*edit.scalars, *edit.tags} <= edit.lock
    assert bool(edit) == bool(edit.scalars or edit.tags) == bool(edit.lock)
    for name in edit.lock - {*edit.scalars, *edit.tags}:
        assert name not in item.locked
        if name in SCALAR_FIELDS:
            assert shown(item, name) == normal_form(name, desired.scalars[name]) != ""
        else:
            assert keys(desired.tags[name]) <= keys(after.tags[name])
    assert edit.lock <= fields_of_type(item.type)


@settings(max_examples=200, deadline=None)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_what_stood_there_first_is_kept_for_undo(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    edit = plan_edit(desired, item, written, policy)

    known = written_after(desired, item, written, edit)

    earlier: Mapping[str, Standing] = written.before if written else {}
    assert known.before.keys() == earlier.keys() | edit.lock
    for name, standing in known.before.items():
        assert standing == earlier.get(
            name,
            Standing(
                value=item.scalars.get(name, ""),
                tags=item.tags.get(name, ()),
                locked=name in item.locked,
            ),
        )
    assert known.unsure == ()


@settings(max_examples=200, deadline=None)
@given(desired=desireds, other=desireds, item=items, policy=policies)
def test_what_stash_asked_for_once_follows_stash_ever_after(
    desired: Desired, other: Desired, item: Item, policy: Policy
) -> None:
    """Two syncs with nobody in between: the second never meets a person."""
    server = SERVERS[0]
    first = plan_edit(desired, item, None, policy)
    known = written_after(desired, item, None, first)
    after = server.carry_out(first, item)

    second = plan_edit(other, after, known, policy)

    assert set(second.replaced) <= set(SCALAR_FIELDS) - set(first.scalars)
    assert not set(second.kept) & set(first.scalars)


# Single stories


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


def test_a_value_in_another_case_is_the_same_value() -> None:
    item = movie(lists={"genre": ["jazz", "Old"]})
    known = Written(asked_tags={"genre": ("Jazz", "old")})

    edit = plan_edit(want({"genre": ["JAZZ"]}), item, known, PLAIN)

    assert edit.tags["genre"] == TagEdit(final=(Tag("jazz"),), remove=("Old",))


def test_labels_that_plex_returns_in_its_own_case_are_written_once() -> None:
    desired = want({"label": ["hot", "new"]})
    known = written_after(desired, movie(), None, plan_edit(desired, movie(), None, PLAIN))
    item = movie(lists={"label": ["Hot", "New"]}, locked=frozenset({"label"}))

    assert not plan_edit(desired, item, known, PLAIN)
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
    desired = want({"genre": ["A"], "actor": ["B"], "director": ["C"]}, title="T", studio="S")

    edit = plan_edit(desired, item, None, PLAIN)

    assert edit.scalars == {"title": "T"}
    assert set(edit.tags) == {"director"}
    assert set(written_after(desired, item, None, edit).asked_tags) == {"director"}


def test_an_edit_without_writes_is_false() -> None:
    assert not Edit(kept=("title",))
    assert Edit(scalars={"title": "x"})
    assert Edit(tags={"genre": TagEdit(final=())})
