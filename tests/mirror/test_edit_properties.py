"""What is written to an item, for any scene, item, ledger and kind of server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mirror.desired import Desired, normal_form, tag_key
from mirror.edit import (
    Asked,
    Standing,
    Written,
    fields_of_type,
    plan_edit,
    written_after,
)
from mirror.policy import Policy
from mirror.written import role_field, spellings_field
from plex.item import SCALAR_FIELDS, TAG_FIELDS, Item, Tag
from tests.examples import examples
from tests.mirror.server_model import EXACT, SERVERS

PLAIN = Policy()
KEEP = Policy(keep_plex_edits=True)
NAMES = ["A", "a", "B", "C", "D", "e\u0301", "\u00e9", "ß", "x, y"]
VALUES = {
    "originallyAvailableAt": ["", "2024-01-01", "2024-01-01T00:00:00Z", "2023-12-31"],
    "userRating": ["", "8", "8.0", "3.5"],
}
TEXTS = ["", "X", "X ", "Y", "Z\r\nz", "Z\nz", "  "]
ROLES = ["", "r", "s"]


def _scalars() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(VALUES.get(name, TEXTS)) for name in SCALAR_FIELDS}
    )


def _lists(values: st.SearchStrategy[Any], key: Any) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(values, max_size=5, unique_by=key).map(tuple)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(TAG_FIELDS, lists))


def _asked(
    scalars: dict[str, str], roles: dict[str, str], tags: dict[str, Any], renamed: frozenset[str]
) -> Asked:
    performers = {role_field(name) for name in tags.get("actor", ())}
    known = {name: role for name, role in roles.items() if name in performers}
    earlier = {
        spellings_field(name): tuple(
            value.swapcase()
            for value in tags.get(name, ())
            if value.swapcase() != value and tag_key(value.swapcase()) == tag_key(value)
        )
        for name in renamed
    }
    spelled = {name: values for name, values in earlier.items() if values}
    return Asked(scalars={**scalars, **known}, tags={**tags, **spelled})


names = st.sampled_from(NAMES)
locks = st.frozensets(st.sampled_from((*SCALAR_FIELDS, *TAG_FIELDS, "thumb")))
desireds = st.builds(
    Desired,
    scalars=_scalars(),
    tags=_lists(
        st.builds(Tag, names, role=st.sampled_from(ROLES)), lambda tag: tag_key(tag.tag)
    ).map(
        lambda lists: {
            name: tags if name == "actor" else tuple(Tag(tag.tag) for tag in tags)
            for name, tags in lists.items()
        }
    ),
    title_is_fallback=st.booleans(),
)
items = st.builds(
    Item,
    rating_key=st.just(1),
    type=st.sampled_from(["movie", "clip", "episode"]),
    section_key=st.just(1),
    scalars=_scalars(),
    tags=_lists(
        st.builds(Tag, names, role=st.sampled_from(ROLES), thumb=st.sampled_from(["", "t"])),
        lambda tag: tag.tag,
    ),
    locked=locks,
)
askeds = st.builds(
    _asked,
    _scalars(),
    st.dictionaries(names.map(role_field), st.sampled_from(ROLES), max_size=3),
    _lists(names, tag_key),
    st.frozensets(st.sampled_from(TAG_FIELDS), max_size=2),
)
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


def writes(written: Written | None) -> list[Asked]:
    """Every write that may have reached Plex, oldest first."""
    if written is None:
        return []
    return [Asked(scalars=written.asked_scalars, tags=written.asked_tags), *written.unsure]


def ours(written: Written | None, name: str) -> set[str]:
    """Every value that Stash may have asked for, written out on purpose for the tests."""
    return {tag_key(tag) for one in writes(written) for tag in one.tags.get(name, ())}


def asked_spellings(written: Written | None, name: str) -> set[str]:
    """Every spelling in which Stash may have asked for a value of a list."""
    fields = (name, spellings_field(name))
    return {tag for one in writes(written) for field in fields for tag in one.tags.get(field, ())}


def ours_scalar(written: Written | None, name: str, value: str) -> bool:
    return any(
        normal_form(name, one.scalars[name]) == normal_form(name, value)
        for one in writes(written)
        if name in one.scalars
    )


def is_renamed(written: Written | None, name: str, value: str) -> bool:
    """Whether Stash may last have asked for `value` in another upper and lower case."""
    last = [
        next((tag for tag in one.tags.get(name, ()) if tag_key(tag) == tag_key(value)), value)
        for one in writes(written)
    ]
    return any(normal_form(name, one) != normal_form(name, value) for one in last)


def keys(tags: tuple[Tag, ...]) -> set[str]:
    return {tag_key(tag.tag) for tag in tags}


def spellings(tags: tuple[Tag, ...], value: str) -> set[str]:
    return {normal_form("tag", tag.tag) for tag in tags if tag_key(tag.tag) == tag_key(value)}


def shown(item: Item, name: str) -> str:
    return normal_form(name, item.scalars.get(name, ""))


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_an_edit_carried_out_leaves_nothing_to_write(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    """Or an item would be written on every pass, for ever."""
    edit = plan_edit(desired, item, written, policy)
    known = written_after(desired, item, written, edit)

    for server in SERVERS:
        after = server.carry_out(edit, item)
        again = plan_edit(desired, after, known, policy)

        assert not again, server
        assert again.lock == frozenset()
        assert again.kept == edit.kept
        later = written_after(desired, after, known, again)
        assert not plan_edit(desired, after, later, policy), server


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_after_a_crash_the_same_edit_ends_in_the_same_item(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    """The PUT was done and never confirmed; the ledger holds it as unsure."""
    edit = plan_edit(desired, item, written, policy)
    meant = written_after(desired, item, written, edit)
    known = written or Written()
    asked = Asked(scalars=meant.asked_scalars, tags=meant.asked_tags)
    crashed = replace(known, before=meant.before, unsure=(*known.unsure, asked))

    for server in SERVERS:
        after = server.carry_out(edit, item)
        again = plan_edit(desired, after, crashed, policy)

        assert not again.scalars, server
        assert again.replaced == {}
        assert set(again.kept) <= set(edit.kept)
        if not server.keeps_spelling:
            assert set(again.tags) <= {"actor"}, "the order of actors may be asked for once more"
        for name, tags in server.carry_out(again, after).tags.items():
            assert set(tags) == set(after.tags[name]), server


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_every_kind_of_server_ends_with_the_same_lists(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    edit = plan_edit(desired, item, written, policy)

    for server in SERVERS:
        end = server.carry_out(edit, item).tags
        for name, change in edit.tags.items():
            assert keys(end[name]) == keys(change.final)
            gone = {tag.tag for tag in item.tags.get(name, ())} - {t.tag for t in change.final}
            if gone <= set(change.remove):  # nothing is spelled anew
                assert set(end[name]) == set(change.final)


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_no_removal_names_a_value_that_the_list_holds_in_another_case(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    for name, change in plan_edit(desired, item, written, policy).tags.items():
        assert not keys(change.final) & {tag_key(value) for value in change.remove}
        assert set(change.remove) <= {tag.tag for tag in item.tags.get(name, ())}


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_lists_hold_what_others_put_there_and_what_stash_has_now(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    after = EXACT[0].carry_out(plan_edit(desired, item, written, policy), item)

    for name in TAG_FIELDS:
        before = item.tags.get(name, ())
        now = after.tags.get(name, ())
        if name not in desired.tags or name not in fields_of_type(item.type):
            assert now == before
            continue
        wanted = keys(desired.tags[name])
        others = [tag for tag in before if tag_key(tag.tag) not in ours(written, name) | wanted]
        assert set(others) <= set(now), "what Stash never asked for stays, role and thumb too"
        assert keys(before) & wanted <= keys(now)
        assert keys(now) <= keys(before) | wanted, "nothing is invented"
        assert {tag.thumb for tag in now} <= {"", *(tag.thumb for tag in before)}
        withheld = wanted - keys(now)
        if withheld:
            assert policy.keep_plex_edits
            assert name in item.locked
            assert withheld <= ours(written, name) - keys(before)
        for key in keys(before) & ours(written, name) - wanted:
            standing = {tag.tag for tag in before if tag_key(tag.tag) == key}
            assert key not in keys(now) or len(standing) > 1, "what Stash dropped goes"


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_a_spelling_changes_in_plex_only_where_stash_changed_it(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    after = EXACT[0].carry_out(plan_edit(desired, item, written, policy), item)

    for name, wanted in desired.tags.items():
        before, now = item.tags.get(name, ()), after.tags.get(name, ())
        if name not in fields_of_type(item.type):
            continue
        for value in (tag.tag for tag in wanted if tag_key(tag.tag) in keys(before)):
            stood, stands = spellings(before, value), spellings(now, value)
            is_shown = normal_form("tag", value) in stood
            if name == "label" or is_shown or not is_renamed(written, name, value):
                assert stands == stood
            elif len(stood) == 1:
                assert stands == {normal_form("tag", value)}
            else:
                assert stands <= stood | {normal_form("tag", value)}


@examples(100)
@given(
    desired=desireds,
    item=items,
    lists=st.lists(_lists(st.builds(Tag, names), lambda tag: tag_key(tag.tag)), max_size=3),
)
def test_what_stash_renamed_and_then_dropped_is_gone_on_every_server(
    desired: Desired, item: Item, lists: list[dict[str, tuple[Tag, ...]]]
) -> None:
    """A server that adds and tells cases apart holds every spelling that it was ever sent."""
    start = replace(item, tags={}, locked=frozenset())
    empty = Desired(scalars={}, tags=dict.fromkeys(TAG_FIELDS, ()))
    for server in SERVERS:
        known, now = None, start
        for tags in (desired.tags, *lists, empty.tags):
            one = Desired(scalars={}, tags={**empty.tags, **tags})
            edit = plan_edit(one, now, known, PLAIN)
            known = written_after(one, now, known, edit)
            now = server.carry_out(edit, now)
        assert not any(now.tags.values())


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_roles_are_stash_s_where_it_has_one_and_go_only_where_they_were(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    edit = plan_edit(desired, item, written, policy)
    if "actor" not in desired.tags or item.type == "episode":
        return
    after = EXACT[0].carry_out(edit, item)
    before = {tag.tag: tag for tag in item.tags.get("actor", ())}
    wanted = {tag_key(tag.tag): tag for tag in desired.tags["actor"]}

    for tag in after.tags.get("actor", ()):
        stood = before[tag.tag].role if tag.tag in before else None
        mine = wanted.get(tag_key(tag.tag))
        is_other_spelling = mine and mine.tag != tag.tag and mine.tag in before
        role = mine.role if mine and not is_other_spelling else None
        if role is None:
            assert tag.role == stood
        elif role:
            assert tag.role == role or ("actor" in edit.kept and tag.role == stood)
        elif stood is not None:
            is_ours = ours_scalar(written, role_field(tag.tag), stood)
            assert tag.role == ("" if is_ours else stood)


@examples(120)
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


def is_sorted_by_title(desired: Desired, item: Item, after: Item) -> bool:
    """Whether an item without a sort title is sorted by its title as Stash wants it."""
    title = shown(after, "title")
    if shown(item, "titleSort"):
        return False
    is_settled = title == shown(item, "title") or "titleSort" in item.locked
    return is_settled and title == normal_form("titleSort", desired.scalars["titleSort"])


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_single_values_show_stash_unless_they_are_not_ours_to_replace(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    edit = plan_edit(desired, item, written, policy)
    after = EXACT[0].carry_out(edit, item)

    for name in SCALAR_FIELDS:
        if name not in desired.scalars or name not in fields_of_type(item.type):
            assert name not in edit.scalars
            continue
        wanted = normal_form(name, desired.scalars[name])
        stood = shown(item, name)
        is_ours = ours_scalar(written, name, stood)
        if stood == wanted or (name == "titleSort" and is_sorted_by_title(desired, item, after)):
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


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_a_title_is_never_emptied(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    after = EXACT[0].carry_out(plan_edit(desired, item, written, policy), item)

    assert shown(after, "title") or not shown(item, "title")


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_what_is_written_is_locked_and_a_lock_alone_is_no_reason_to_write(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    edit = plan_edit(desired, item, written, policy)
    after = EXACT[0].carry_out(edit, item)

    assert {*edit.scalars, *edit.tags} <= edit.lock
    assert bool(edit) == bool(edit.scalars or edit.tags) == bool(edit.lock)
    for name in edit.lock - {*edit.scalars, *edit.tags}:
        assert name not in item.locked
        if name in SCALAR_FIELDS:
            assert shown(item, name) == normal_form(name, desired.scalars[name]) != ""
        else:
            assert keys(desired.tags[name]) <= keys(after.tags[name])
    assert edit.lock <= fields_of_type(item.type)


@examples(120)
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


@examples(120)
@given(desired=desireds, item=items, written=knowns, policy=policies)
def test_the_ledger_holds_no_more_names_than_stash_asked_for(
    desired: Desired, item: Item, written: Written | None, policy: Policy
) -> None:
    """Spellings and roles of what Stash dropped would call values of others ours, some day."""
    edit = plan_edit(desired, item, written, policy)
    after = written_after(desired, item, written, edit)

    for name, wanted in desired.tags.items():
        if name in fields_of_type(item.type):
            assert after.asked_tags[name] == tuple(tag.tag for tag in wanted)
            earlier = after.asked_tags.get(spellings_field(name), ())
            assert {tag_key(value) for value in earlier} <= keys(wanted)
            assert set(earlier) <= asked_spellings(written, name)
            assert set(earlier) <= {tag.tag for tag in item.tags.get(name, ())}
    if "actor" in desired.tags and item.type != "episode":
        known = {name for name in after.asked_scalars if name not in SCALAR_FIELDS}
        assert known <= {role_field(tag.tag) for tag in desired.tags["actor"]}


@examples(120)
@given(desired=desireds, other=desireds, item=items, policy=policies)
def test_what_stash_asked_for_once_follows_stash_ever_after(
    desired: Desired, other: Desired, item: Item, policy: Policy
) -> None:
    """Two syncs with nobody in between: the second never meets a person."""
    server = EXACT[0]
    first = plan_edit(desired, item, None, policy)
    known = written_after(desired, item, None, first)
    after = server.carry_out(first, item)

    second = plan_edit(other, after, known, policy)

    assert not set(second.replaced) & set(first.scalars)
    assert not set(second.kept) & set(first.scalars)
