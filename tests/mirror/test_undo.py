"""Undo: what we wrote goes back, what others did stays. Properties first, then single stories.

The syncs before an undo are those that the worker makes, by `plan_edit` and `written_after`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.desired import Desired
from mirror.edit import Asked, Standing, TagEdit, Written, fields_of_type, plan_edit, written_after
from mirror.normal import normal_form, tag_key
from mirror.policy import Policy
from mirror.undo import UndoEdit, plan_undo, plan_undo_of, written_after_undo
from mirror.written import spellings_field
from plex.item import SCALAR_FIELDS, TAG_FIELDS, Item, Tag
from tests.examples import examples

KEEP = Policy(keep_plex_edits=True)
PLAIN = Policy()
NAMES = ["A", "B", "C", "D", "\u00e9", "ß", "x, y"]
OTHER_SPELLINGS = ["a", "e\u0301", "X, Y"]
VALUES = {
    "originallyAvailableAt": ["", "2024-01-01", "2023-12-31"],
    "userRating": ["", "8", "8.0", "3.5"],
}
ENDS = ("confirmed", "killed before the PUT", "killed after the PUT")
TEXTS = ["", "X", "X ", "Y", "Z\nz", "  "]


@dataclass(frozen=True)
class Server:
    """What is not proven of Plex: what a sent list does, and how a removal compares."""

    adds: bool
    removes_any_case: bool

    def put(
        self,
        item: Item,
        *,
        scalars: Mapping[str, str],
        tags: Mapping[str, TagEdit],
        lock: frozenset[str],
        unlock: frozenset[str] = frozenset(),
    ) -> Item:
        """Return the item after one PUT: what is sent is locked unless it is to be unlocked."""
        after = {n: self._list_after(one, item.tags.get(n, ())) for n, one in tags.items()}
        return replace(
            item,
            scalars={**item.scalars, **scalars},
            tags={**item.tags, **after},
            locked=(item.locked | lock | scalars.keys() | tags.keys()) - unlock,
        )

    def undo(self, item: Item, undo: UndoEdit) -> Item:
        return self.put(
            item, scalars=undo.scalars, tags=undo.tags, lock=undo.lock, unlock=undo.unlock
        )

    def _list_after(self, change: TagEdit, standing: tuple[Tag, ...]) -> tuple[Tag, ...]:
        after = list(change.final)
        if self.adds:
            sent = {tag.tag: tag for tag in change.final}
            there = {tag.tag for tag in standing}
            after = [sent.get(tag.tag, tag) for tag in standing]
            after += [tag for tag in change.final if tag.tag not in there]
        if self.removes_any_case:
            gone = {tag_key(value) for value in change.remove}
            return tuple(tag for tag in after if tag_key(tag.tag) not in gone)
        return tuple(tag for tag in after if tag.tag not in change.remove)


REPLACING, ADDING = Server(False, False), Server(True, True)
SERVERS = [Server(adds, any_case) for adds in (False, True) for any_case in (False, True)]
every_server = pytest.mark.parametrize("server", SERVERS, ids=str)


@dataclass(frozen=True)
class Sync:
    """One sync of the item's scene. `end` is how it ended: confirmed, or killed before that."""

    desired: Desired
    policy: Policy
    end: str = "confirmed"


@dataclass(frozen=True)
class Life:
    """What became of an item, and what the ledger knows of it."""

    item: Item
    written: Written
    before: Mapping[str, Standing]  # of the last sync alone
    wrote: Asked
    removed: Mapping[str, tuple[str, ...]]


def synced(server: Server, item: Item, syncs: list[Sync]) -> Life:
    """Sync again and again, as the worker and the ledger do it."""
    known: Written | None = None
    life = Life(item, Written(), {}, Asked(), {})
    for sync in syncs:
        life = _synced_once(server, life.item, known, sync)
        known = life.written
    return life


def _synced_once(server: Server, item: Item, known: Written | None, sync: Sync) -> Life:
    edit = plan_edit(sync.desired, item, known, sync.policy)
    meant = written_after(sync.desired, item, known, edit)
    asked = Asked(scalars=meant.asked_scalars, tags=meant.asked_tags)
    wrote = Asked(scalars=edit.scalars, tags={name: meant.asked_tags[name] for name in edit.tags})
    stood = {
        name: Standing(
            value=item.scalars.get(name, ""),
            tags=item.tags.get(name, ()),
            locked=name in item.locked,
        )
        for name in edit.lock
    }
    after = item
    if edit and sync.end != "killed before the PUT":
        after = server.put(item, scalars=edit.scalars, tags=edit.tags, lock=edit.lock)
    written = meant
    if edit and sync.end != "confirmed":
        old = known or Written()
        away = {**old.removed, **meant.removed}
        written = replace(
            old,
            before=meant.before,
            unsure=(*(one for one in old.unsure if one != asked), asked),
            removed={
                n: tuple(dict.fromkeys((*old.removed.get(n, ()), *meant.removed.get(n, ()))))
                for n in away
            },
        )
    removed = {name: one.remove for name, one in edit.tags.items() if one.remove}
    return Life(after, written, stood, wrote, removed)


def _scalars() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(VALUES.get(name, TEXTS)) for name in SCALAR_FIELDS}
    )


def _spelled(tag: Tag) -> str:
    return tag.tag


def _key(tag: Tag) -> str:
    return tag_key(tag.tag)


roles = st.sampled_from(["", "r", "s"])
pictures = st.sampled_from(["", "t"])
any_name = st.sampled_from(NAMES + OTHER_SPELLINGS)
any_actor = st.builds(Tag, any_name, role=roles, thumb=pictures)


def _standing_list(name: str) -> st.SearchStrategy[tuple[Tag, ...]]:
    tags = any_actor if name == "actor" else any_name.map(Tag)
    unique_by = _key if name == "actor" else _spelled
    return st.lists(tags, max_size=5, unique_by=unique_by).map(tuple)


locks = st.frozensets(st.sampled_from((*SCALAR_FIELDS, *TAG_FIELDS, "thumb", "art")))
items = st.builds(
    Item,
    rating_key=st.just(1),
    type=st.sampled_from(["movie", "clip", "episode"]),
    scalars=_scalars(),
    tags=st.fixed_dictionaries({}, optional={n: _standing_list(n) for n in TAG_FIELDS}),
    locked=locks,
)
policies = st.sampled_from([PLAIN, KEEP])


def _desireds(names: list[str]) -> st.SearchStrategy[Desired]:
    plain = st.lists(st.sampled_from(names).map(Tag), max_size=4, unique_by=_key).map(tuple)
    actors = st.builds(Tag, st.sampled_from(names), role=roles)
    lists = {**dict.fromkeys(TAG_FIELDS, plain)}
    lists["actor"] = st.lists(actors, max_size=4, unique_by=_key).map(tuple)
    return st.builds(
        Desired,
        scalars=_scalars(),
        tags=st.fixed_dictionaries(lists),
        title_is_fallback=st.booleans(),
    )


@st.composite
def syncs(
    draw: st.DrawFn, server: Server, *, ends: tuple[str, ...] = ("confirmed",), last: bool = False
) -> list[Sync]:
    """Up to four syncs that end in any of `ends`, or with `last` only the last of them.

    A server that adds and tells cases apart keeps every spelling that it was ever sent, so Stash
    has one spelling of each name there.
    """
    wanted = _desireds(NAMES if server.adds else NAMES + OTHER_SPELLINGS)
    count = draw(st.integers(1, 4))
    return [
        Sync(
            draw(wanted),
            draw(policies),
            draw(st.sampled_from(ends)) if not last or number == count else "confirmed",
        )
        for number in range(1, count + 1)
    ]


def shown(item: Item, name: str) -> str:
    return item.scalars.get(name, "")


def same_text(name: str, one: str, other: str) -> bool:
    return normal_form(name, one) == normal_form(name, other)


def keys(tags: tuple[Tag, ...]) -> set[str]:
    return {tag_key(tag.tag) for tag in tags}


def has_title(item: Item) -> bool:
    return bool(normal_form("title", shown(item, "title")))


def assert_as_before(server: Server, item: Item, before: Item) -> None:
    """A title that was empty stays, unlocked; a server that adds may keep another spelling."""
    for name in SCALAR_FIELDS:
        if name != "title" or has_title(before):
            assert same_text(name, shown(item, name), shown(before, name)), name
    for name in TAG_FIELDS:
        there, stood = item.tags.get(name, ()), before.tags.get(name, ())
        if server.adds:
            assert keys(there) == keys(stood), name
        else:
            assert set(there) == set(stood), name
    free = frozenset() if has_title(before) else {"title"}
    assert item.locked - free == before.locked - free


@every_server
@examples(40)
@given(item=items, data=st.data())
def test_all_comes_back_when_nobody_else_changed_anything(
    server: Server, item: Item, data: st.DataObject
) -> None:
    """Also when writes were killed, before their PUT or after it."""
    life = synced(server, item, data.draw(syncs(server, ends=ENDS)))

    undo = plan_undo(life.item, life.written)

    after = server.undo(life.item, undo)
    assert_as_before(server, after, item)
    assert all(shown(after, name) == shown(item, name) for name in undo.scalars)
    assert undo.kept == ()
    assert written_after_undo(life.written, undo, before=None) is None


@examples(80)
@given(item=items, syncs=syncs(REPLACING, ends=ENDS, last=True))
def test_a_list_that_is_written_gets_its_order_back_and_performers_always_do(
    item: Item, syncs: list[Sync]
) -> None:
    life = synced(REPLACING, item, syncs)

    undo = plan_undo(life.item, life.written)

    after = REPLACING.undo(life.item, undo)
    for name in {"actor", *undo.tags}:
        assert after.tags.get(name, ()) == item.tags.get(name, ())


@st.composite
def persons_edits(draw: st.DrawFn, item: Item) -> Item:
    """What a person does in Plex, which locks what is edited; locks may be taken off again."""
    scalars, tags, edited = dict(item.scalars), dict(item.tags), set()
    for name in draw(st.frozensets(st.sampled_from(SCALAR_FIELDS))):
        scalars[name] = "1.5" if name == "userRating" else "1999-09-09" if "At" in name else "hers"
        edited.add(name)
    for name in draw(st.frozensets(st.sampled_from(TAG_FIELDS))):
        there = tags.get(name, ())
        gone = draw(st.frozensets(st.sampled_from(sorted(keys(there))))) if there else frozenset()
        added = draw(st.sampled_from([(), (Tag("P", role="hers"),)]))
        role = draw(st.sampled_from([None, "hers"]))
        kept = tuple(tag for tag in there if tag_key(tag.tag) not in gone)
        if role and kept:
            kept = (replace(kept[0], role=role), *kept[1:])
        tags[name] = (*kept, *added)
        if tags[name] != there:
            edited.add(name)
    unlocked = draw(st.frozensets(st.sampled_from(sorted(edited)))) if edited else frozenset()
    return replace(item, scalars=scalars, tags=tags, locked=(item.locked | edited) - unlocked)


def assert_list_after_a_person(name: str, after: Item, hers: Item, ours: Item, first: Item) -> None:
    """What she removed and what she added is as she left it, all else as before us."""
    left, wrote, stood = (one.tags.get(name, ()) for one in (hers, ours, first))
    taken = keys(wrote) - keys(left)
    there = after.tags.get(name, ())
    assert keys(there) == (keys(stood) - taken) | (keys(left) - keys(wrote))
    by_hand = {tag for tag in left if tag.role == "hers" and keys((tag,)) <= keys(there)}
    old = {tag for tag in stood if tag_key(tag.tag) not in taken | keys(tuple(by_hand))}
    assert {tag for tag in there if tag_key(tag.tag) not in keys(tuple(by_hand))} == old
    assert {(tag_key(tag.tag), tag.role) for tag in by_hand} <= {
        (tag_key(tag.tag), tag.role) for tag in there
    }


@examples(120)
@given(item=items, syncs=syncs(REPLACING), data=st.data())
def test_what_a_person_changed_since_stays_and_all_else_comes_back(
    item: Item, syncs: list[Sync], data: st.DataObject
) -> None:
    life = synced(REPLACING, item, syncs)
    hers = data.draw(persons_edits(life.item))

    undo = plan_undo(hers, life.written)

    after = REPLACING.undo(hers, undo)
    written = life.written.before.keys()
    for name in (*SCALAR_FIELDS, *TAG_FIELDS):
        is_list = name in TAG_FIELDS
        changed = (
            set(hers.tags.get(name, ())) != set(life.item.tags.get(name, ()))
            if is_list
            else shown(hers, name) != shown(life.item, name)
        )
        if name not in written:
            assert after.tags.get(name) == hers.tags.get(name)
            assert shown(after, name) == shown(hers, name)
            assert (name in after.locked) == (name in hers.locked)
        elif is_list:
            assert_list_after_a_person(name, after, hers, life.item, item)
        elif changed:
            assert name in undo.kept
            assert shown(after, name) == shown(hers, name)
            assert (name in after.locked) == (name in hers.locked)
        if name in written and name in undo.kept:
            assert changed
            assert (name in after.locked) == (name in hers.locked)
        elif name in written and (name != "title" or has_title(item)):
            assert (name in after.locked) == (name in item.locked)


@every_server
@examples(30)
@given(item=items, data=st.data())
def test_undone_twice_is_undone_once(server: Server, item: Item, data: st.DataObject) -> None:
    """The second may come before the ledger forgot: its worker was killed."""
    life = synced(server, item, data.draw(syncs(server, ends=ENDS)))
    hers = data.draw(persons_edits(life.item))
    first = plan_undo(hers, life.written)
    once = server.undo(hers, first)

    again = plan_undo(once, life.written)

    assert server.undo(once, again) == once
    if not server.adds:
        assert not again
        assert set(again.kept) <= set(first.kept)


@given(item=items, asked=_desireds(NAMES))
def test_an_item_that_was_never_written_has_nothing_to_undo(item: Item, asked: Desired) -> None:
    known = Written(
        asked_scalars=asked.scalars,
        asked_tags={name: tuple(tag.tag for tag in tags) for name, tags in asked.tags.items()},
    )

    assert plan_undo(item, Written()) == UndoEdit()
    assert plan_undo(item, known) == UndoEdit(), "what stood there already was not written"


any_asked = st.builds(
    lambda desired: Asked(
        scalars=desired.scalars,
        tags={name: tuple(tag.tag for tag in tags) for name, tags in desired.tags.items()},
    ),
    _desireds(NAMES + OTHER_SPELLINGS),
)
any_standing = st.builds(
    Standing, value=st.sampled_from(TEXTS), tags=_standing_list("actor"), locked=st.booleans()
)
any_written = st.builds(
    lambda asked, unsure, before, removed: Written(
        asked_scalars=asked.scalars,
        asked_tags=asked.tags,
        unsure=tuple(unsure),
        before=before,
        removed={name: tuple(values) for name, values in removed.items()},
    ),
    any_asked,
    st.lists(any_asked, max_size=2),
    st.dictionaries(st.sampled_from((*SCALAR_FIELDS, *TAG_FIELDS, "thumb", "art")), any_standing),
    st.dictionaries(
        st.sampled_from(TAG_FIELDS), st.lists(st.sampled_from(NAMES + OTHER_SPELLINGS), max_size=3)
    ),
)


@examples(120)
@given(item=items, written=any_written)
def test_whatever_the_ledger_holds_an_undo_can_be_sent_to_any_server(
    item: Item, written: Written
) -> None:
    undo = plan_undo(item, written)

    sent = undo.scalars.keys() | undo.tags.keys()
    assert sent <= undo.lock | undo.unlock <= written.before.keys()
    assert not undo.lock & undo.unlock
    assert undo.lock | undo.unlock <= fields_of_type(item.type) | {"thumb", "art"}
    assert undo.unlock <= item.locked | sent, "nothing is unlocked that is open already"
    assert bool(undo) == bool(sent or undo.lock or undo.unlock)
    for name, value in undo.scalars.items():
        assert value == written.before[name].value
        assert name != "title" or normal_form("title", value)
    for name, one in undo.tags.items():
        there = item.tags.get(name, ())
        stood = written.before[name].tags
        assert not keys(one.final) & {tag_key(value) for value in one.remove}
        assert keys(one.final) <= keys(there) | keys(stood), "nothing is invented"
        ends = [keys(server.undo(item, undo).tags[name]) for server in SERVERS]
        assert all(end == keys(one.final) for end in ends)
        asked = set(written.values(name))
        others = [tag for tag in there if tag_key(tag.tag) not in asked]
        assert set(others) <= set(one.final), "what Stash never asked for stays, role and all"
        assert keys(tuple(map(Tag, undo.back.get(name, ())))) == keys(one.final) - keys(there)


# Runs


def undo_of_the_run(life: Life, item: Item | None = None, known: Written | None = None) -> UndoEdit:
    return plan_undo_of(
        item or life.item,
        known or life.written,
        before=life.before,
        wrote=life.wrote,
        removed=life.removed,
    )


@every_server
@examples(40)
@given(item=items, data=st.data())
def test_a_run_that_is_undone_leaves_what_stood_before_it_and_all_the_rest_to_undo(
    server: Server, item: Item, data: st.DataObject
) -> None:
    many = data.draw(syncs(server, ends=ENDS, last=True))
    earlier, life = synced(server, item, many[:-1]), synced(server, item, many)

    undo = undo_of_the_run(life)

    after = server.undo(life.item, undo)
    assert_as_before(server, after, earlier.item)
    assert undo.kept == ()
    left = written_after_undo(life.written, undo, before=life.before)
    if left is None:
        assert_as_before(server, after, item)
    else:
        assert_as_before(server, server.undo(after, plan_undo(after, left)), item)


@every_server
@examples(40)
@given(item=items, data=st.data())
def test_an_earlier_run_that_is_undone_leaves_what_later_syncs_did_to_be_undone(
    server: Server, item: Item, data: st.DataObject
) -> None:
    many = data.draw(syncs(server))
    number = data.draw(st.integers(1, len(many)))
    run, life = synced(server, item, many[:number]), synced(server, item, many)

    undo = undo_of_the_run(run, life.item, life.written)

    after = server.undo(life.item, undo)
    left = written_after_undo(life.written, undo, before=run.before)
    if left is not None:
        after = server.undo(after, plan_undo(after, left))
    assert_as_before(server, after, item)


# Single stories


def movie(
    locked: tuple[str, ...] = (), lists: dict[str, list[Tag | str]] | None = None, **scalars: str
) -> Item:
    return Item(
        rating_key=1,
        type="movie",
        scalars=scalars,
        tags=_tags(lists),
        locked=frozenset(locked),
    )


def want(lists: dict[str, list[Tag | str]] | None = None, **scalars: str) -> Sync:
    return Sync(Desired(scalars=scalars, tags=_tags(lists)), PLAIN)


def killed(sync: Sync, end: str = "killed before the PUT") -> Sync:
    return replace(sync, end=end)


def _tags(lists: dict[str, list[Tag | str]] | None) -> dict[str, tuple[Tag, ...]]:
    return {
        name: tuple(value if isinstance(value, Tag) else Tag(value) for value in values)
        for name, values in (lists or {}).items()
    }


def undone(item: Item, *syncs: Sync) -> Item:
    life = synced(REPLACING, item, list(syncs))
    return REPLACING.undo(life.item, plan_undo(life.item, life.written))


def test_value_and_lock_go_back_in_one_write() -> None:
    item = movie(("studio",), {"genre": ["X"]}, summary="agent's", studio="hers")
    life = synced(
        REPLACING, item, [want({"genre": ["A"]}, summary="ours", studio="Stash's", title="T")]
    )

    undo = plan_undo(life.item, life.written)

    assert undo == UndoEdit(
        scalars={"summary": "agent's", "studio": "hers"},
        tags={"genre": TagEdit(final=(Tag("X"),), remove=("A",))},
        lock=frozenset({"studio"}),
        unlock=frozenset({"summary", "genre", "title"}),
    )


def test_a_value_that_a_person_changed_stays_with_its_lock() -> None:
    life = synced(REPLACING, movie(summary="agent's"), [want(summary="ours")])
    hers = replace(life.item, scalars={"summary": "hers"})

    assert plan_undo(hers, life.written) == UndoEdit(kept=("summary",))


def test_a_value_that_stood_there_and_that_stash_dropped_comes_back_with_role_and_picture() -> None:
    ann = Tag("Ann", role="Nurse", thumb="http://x/ann.jpg")
    item = movie(lists={"actor": [ann, "Other"]})
    life = synced(REPLACING, item, [want({"actor": ["Ann"]}), want({"actor": []})])

    undo = plan_undo(life.item, life.written)

    assert life.item.tags["actor"] == (Tag("Other"),)
    assert undo.tags["actor"] == TagEdit(final=(ann, Tag("Other")))
    assert undo.back == {"actor": ("Ann",)}


@pytest.mark.parametrize("asked", [["A"], ["A", "B"]])
def test_a_value_of_before_that_a_person_removed_stays_away(asked: list[Tag | str]) -> None:
    life = synced(REPLACING, movie(lists={"genre": ["B", "X"]}), [want({"genre": asked})])
    hers = replace(life.item, tags={"genre": (Tag("X"), Tag("A"))})

    undo = plan_undo(hers, life.written)

    assert undo.tags["genre"] == TagEdit(final=(Tag("X"),), remove=("A",))
    assert undo.kept == ("genre",)
    assert undo.lock == {"genre"}, "or Plex's agent would bring it back"


def test_a_value_of_ours_that_a_person_removed_stays_away() -> None:
    life = synced(REPLACING, movie(lists={"genre": ["X"]}), [want({"genre": ["A"]})])
    hers = replace(life.item, tags={"genre": (Tag("X"),)})

    assert plan_undo(hers, life.written) == UndoEdit(unlock=frozenset({"genre"}))


def test_what_a_person_added_stays_and_keeps_the_lock() -> None:
    life = synced(REPLACING, movie(lists={"genre": ["X"]}), [want({"genre": ["A"]})])
    hers = replace(life.item, tags={"genre": (Tag("X"), Tag("A"), Tag("hers"))})

    undo = plan_undo(hers, life.written)

    assert undo.tags["genre"] == TagEdit(final=(Tag("X"), Tag("hers")), remove=("A",))
    assert undo.lock == {"genre"}
    assert undo.unlock == frozenset()
    assert undo.kept == ("genre",)


def test_a_lock_that_a_person_took_off_a_list_stays_off_where_her_changes_stay() -> None:
    item = movie(("genre",), {"genre": ["X"]})
    life = synced(REPLACING, item, [want({"genre": ["A"]})])
    hers = replace(life.item, tags={"genre": (Tag("A"), Tag("hers"))}, locked=frozenset())

    undo = plan_undo(hers, life.written)

    assert undo.unlock == {"genre"}
    assert undo.lock == frozenset()


@pytest.mark.parametrize("end", ["killed before the PUT", "killed after the PUT"])
def test_a_write_that_was_never_confirmed_is_undone_as_ours(end: str) -> None:
    item = movie(lists={"genre": ["X"]}, summary="agent's")
    first = want({"genre": ["A", "X"]}, summary="old")
    second = killed(want({"genre": ["B"]}, summary="new"), end)

    assert undone(item, second) == undone(item, first, second)
    assert undone(item, first, second).tags["genre"] == item.tags["genre"]
    assert undone(item, first, second).scalars == item.scalars
    assert undone(item, first, second).locked == item.locked


def test_only_the_lock_goes_back_where_we_only_locked() -> None:
    """A rating that stood there already is never ours, and its lock is."""
    item = movie(userRating="8.0")
    life = synced(REPLACING, item, [want(userRating="8.0", summary="ours")])

    undo = plan_undo(life.item, life.written)

    assert undo.scalars == {"summary": ""}
    assert undo.unlock == {"userRating", "summary"}


@pytest.mark.parametrize("stood", ["", "3.5"])
def test_a_rating_goes_back_to_what_it_was_or_to_none(stood: str) -> None:
    life = synced(REPLACING, movie(userRating=stood), [want(userRating="8.0")])

    assert plan_undo(life.item, life.written).scalars == {"userRating": stood}


@pytest.mark.parametrize("locked", [(), ("title",)])
@pytest.mark.parametrize("stood", ["", "  "])
def test_a_title_that_was_empty_is_left_and_unlocked_for_plex_to_name(
    stood: str, locked: tuple[str, ...]
) -> None:
    life = synced(REPLACING, movie(locked, title=stood), [want(title="Ours")])

    assert plan_undo(life.item, life.written) == UndoEdit(unlock=frozenset({"title"}))


def test_a_title_to_sort_by_that_plex_leaves_out_because_it_is_the_title_is_ours() -> None:
    written = Written(
        asked_scalars={"titleSort": "Ours"}, before={"titleSort": Standing(value="Agent's")}
    )

    undo = plan_undo(movie(("titleSort",), title="Ours"), written)

    assert undo.scalars == {"titleSort": "Agent's"}
    assert undo.unlock == {"titleSort"}


@pytest.mark.parametrize("name", ["thumb", "art"])
def test_of_a_picture_only_the_lock_goes_back(name: str) -> None:
    open_before = Written(before={name: Standing(value="/library/metadata/1/file?url=x")})
    locked_before = Written(before={name: Standing(locked=True)})

    for item in (movie((name,)), replace(movie((name,)), type="episode")):
        assert plan_undo(item, open_before) == UndoEdit(unlock=frozenset({name}))
        assert plan_undo(item, locked_before) == UndoEdit()
    assert plan_undo(movie(), open_before) == UndoEdit()
    assert plan_undo(movie(), locked_before) == UndoEdit(lock=frozenset({name}))


def test_performers_get_their_order_back() -> None:
    item = movie(lists={"actor": ["X", "A", "B"]})
    life = synced(REPLACING, item, [want({"actor": ["B", "A"]})])

    undo = plan_undo(life.item, life.written)

    assert undo.tags["actor"] == TagEdit(final=(Tag("X"), Tag("A"), Tag("B")))


def test_an_order_that_a_person_gave_stays() -> None:
    item = movie(lists={"actor": ["X", "A", "B"]})
    life = synced(REPLACING, item, [want({"actor": ["B", "A"]})])
    more = synced(REPLACING, item, [want({"actor": ["B", "A", "C"]})])
    none = synced(REPLACING, item, [want({"actor": ["C"]}), want({"actor": []})])
    hers = (Tag("A"), Tag("X"), Tag("B"))

    assert plan_undo(replace(life.item, tags={"actor": hers}), life.written).tags == {}
    assert plan_undo(replace(none.item, tags={"actor": hers}), none.written).tags == {}
    undo = plan_undo(replace(more.item, tags={"actor": (*hers, Tag("C"))}), more.written)
    assert undo.tags["actor"] == TagEdit(final=hers, remove=("C",))


def test_another_order_alone_is_no_reason_to_write_a_list_that_nobody_orders() -> None:
    item = movie(lists={"genre": ["A", "B"]})
    with_a = want({"genre": ["A"]})
    life = synced(REPLACING, item, [with_a, want({"genre": []}), with_a])

    undo = plan_undo(life.item, life.written)

    assert life.item.tags["genre"] == (Tag("B"), Tag("A"))
    assert undo == UndoEdit(unlock=frozenset({"genre"}))


def test_a_role_of_ours_goes_back_and_a_persons_stays() -> None:
    item = movie(lists={"actor": [Tag("Ann", role="Nurse"), "Zoe"]})
    asked = want({"actor": [Tag("Ann", role="the elder"), Tag("Zoe", role="the younger")]})
    life = synced(REPLACING, item, [asked])
    hers = replace(
        life.item, tags={"actor": (Tag("Ann", role="the elder"), Tag("Zoe", role="hers"))}
    )

    undo = plan_undo(hers, life.written)

    assert undone(item, asked).tags["actor"] == item.tags["actor"]
    assert undo.tags["actor"].final == (Tag("Ann", role="Nurse"), Tag("Zoe", role="hers"))
    assert undo.kept == ("actor",)


def test_a_role_that_a_person_took_away_stays_away() -> None:
    item = movie(lists={"actor": [Tag("Ann", role="Nurse")]})
    life = synced(REPLACING, item, [want({"actor": [Tag("Ann", role="the elder")]})])
    hers = replace(life.item, tags={"actor": (Tag("Ann"),)})

    assert plan_undo(hers, life.written) == UndoEdit(kept=("actor",))


def test_a_picture_that_an_actor_got_since_stays() -> None:
    item = movie(lists={"actor": [Tag("Ann", role="Nurse", thumb="old")]})
    life = synced(REPLACING, item, [want({"actor": [Tag("Ann", role="the elder")]})])
    later = replace(life.item, tags={"actor": (Tag("Ann", role="the elder", thumb="new"),)})

    undo = plan_undo(later, life.written)

    assert undo.tags["actor"].final == (Tag("Ann", role="Nurse", thumb="new"),)
    assert undo.unlock == {"actor"}


def test_the_spelling_of_before_comes_back_without_a_removal() -> None:
    written = Written(
        asked_tags={"genre": ("JAZZ", "Rock")}, before={"genre": Standing(tags=(Tag("jazz"),))}
    )

    undo = plan_undo(movie(lists={"genre": ["JAZZ", "rock"]}), written)

    assert undo.tags["genre"] == TagEdit(final=(Tag("jazz"),), remove=("rock",))


def test_a_role_stays_a_persons_where_the_spelling_was_ours() -> None:
    written = Written(
        asked_tags={"actor": ("Ann",)}, before={"actor": Standing(tags=(Tag("ann"),))}
    )
    item = replace(movie(), tags={"actor": (Tag("Ann", role="hers"),)})

    assert plan_undo(item, written).tags["actor"] == TagEdit(final=(Tag("ann", role="hers"),))


@pytest.mark.parametrize("shown", [["JAZZ"], ["jazz", "JAZZ"]])
def test_a_spelling_that_is_not_ours_stays(shown: list[Tag | str]) -> None:
    written = Written(
        asked_tags={"genre": ("Jazz",)}, before={"genre": Standing(tags=(Tag("jazz"),))}
    )

    undo = plan_undo(movie(("genre",), {"genre": shown}), written)

    assert undo == UndoEdit(kept=("genre",))


def test_our_spelling_is_not_removed_where_somebody_elses_would_go_with_it() -> None:
    written = Written(asked_tags={"genre": ("Jazz",)}, before={"genre": Standing()})

    undo = plan_undo(movie(("genre",), {"genre": ["Jazz", "jazz"]}), written)

    assert undo == UndoEdit(kept=("genre",))


def test_fields_that_an_item_of_its_type_lacks_are_left_out() -> None:
    written = Written(
        asked_scalars={"studio": "S", "title": "T"},
        asked_tags={"genre": ("A",)},
        before={
            "studio": Standing(value="old"),
            "title": Standing(value="old"),
            "genre": Standing(),
        },
    )
    item = movie(("studio", "title", "genre"), {"genre": ["A"]}, studio="S", title="T")

    undo = plan_undo(replace(item, type="episode"), written)

    assert undo == UndoEdit(scalars={"title": "old"}, unlock=frozenset({"title"}))


def test_a_lock_alone_is_something_to_write_and_what_is_kept_is_not() -> None:
    assert UndoEdit(lock=frozenset({"title"}))
    assert UndoEdit(unlock=frozenset({"title"}))
    assert UndoEdit(scalars={"studio": ""})
    assert UndoEdit(tags={"genre": TagEdit(final=())})
    assert not UndoEdit(kept=("title",))


def test_what_changed_since_a_run_stays_by_whomever() -> None:
    item = movie(lists={"genre": ["X"]}, summary="agent's", studio="agent's")
    run = synced(REPLACING, item, [want({"genre": ["A"]}, summary="one", studio="one")])
    edits = [
        want({"genre": ["A"]}, summary="one", studio="one"),
        want({"genre": ["B"]}, studio="two"),
    ]
    later = synced(REPLACING, item, edits)
    hers = replace(later.item, scalars={"summary": "hers", "studio": "two"})

    undo = undo_of_the_run(run, hers, later.written)

    assert undo == UndoEdit(kept=("summary", "studio", "genre"))
    left = written_after_undo(later.written, undo, before=run.before)
    assert left == later.written, "what the later edit wrote is ours as before"


def test_the_ledger_forgets_a_field_that_is_back_at_its_first_value_and_no_other() -> None:
    """What an earlier run wrote is ours still, and stays to be undone."""
    item = movie(lists={"genre": ["X"]}, summary="agent's", studio="agent's")
    life = synced(
        REPLACING,
        item,
        [want({"genre": ["A"]}, summary="one"), want({"genre": ["B"]}, summary="two", studio="S")],
    )

    undo = undo_of_the_run(life)
    left = written_after_undo(life.written, undo, before=life.before)

    assert undo.scalars == {"summary": "one", "studio": "agent's"}
    assert left == Written(
        asked_scalars={"summary": "one"},
        asked_tags={"genre": ("A",)},
        before={"summary": Standing(value="agent's"), "genre": Standing(tags=(Tag("X"),))},
        removed={"genre": ("B",)},
    )


def test_a_run_that_was_the_first_to_write_leaves_nothing_in_the_ledger() -> None:
    life = synced(
        REPLACING, movie(), [killed(want({"genre": ["A"]}, summary="one"), "killed after the PUT")]
    )

    undo = undo_of_the_run(life)

    assert undo.tags["genre"] == TagEdit(final=(), remove=("A",))
    assert written_after_undo(life.written, undo, before=life.before) is None


def test_what_a_forgotten_list_knew_of_roles_and_spellings_is_forgotten() -> None:
    ann = movie(lists={"actor": [Tag("Ann", role="Nurse")]})
    elder = synced(REPLACING, movie(), [want({"actor": [Tag("Ann", role="the elder")]})])
    dropped = synced(REPLACING, ann, [want({"actor": ["Ann"]}), want({"actor": []})])
    spelled = replace(
        elder,
        item=movie(("genre",), {"genre": ["JAZZ", "Jazz"]}),
        written=Written(
            asked_tags={"genre": ("JAZZ",), spellings_field("genre"): ("Jazz",)},
            before={"genre": Standing()},
        ),
        before={"genre": Standing()},
        wrote=Asked(tags={"genre": ("JAZZ",), spellings_field("genre"): ("Jazz",)}),
    )

    for life in (elder, dropped, spelled):
        undo = undo_of_the_run(life)
        assert undo.tags
        assert written_after_undo(life.written, undo, before=life.before) is None


def test_what_a_run_gave_and_its_undo_took_is_ours_in_no_spelling() -> None:
    """Or it would be taken away when a person adds it."""
    stood = Standing(tags=(Tag("A"),), locked=True)
    written = Written(
        asked_tags={"genre": ("A", "JAZZ"), spellings_field("genre"): ("a", "Jazz")},
        before={"genre": Standing()},
    )
    item = movie(("genre",), {"genre": ["A", "JAZZ"]})

    undo = plan_undo_of(
        item,
        written,
        before={"genre": stood},
        wrote=Asked(tags={"genre": ("A", "JAZZ")}),
        removed={},
    )

    left = written_after_undo(written, undo, before={"genre": stood})
    assert left
    assert left.values("genre") == {"a": {"A", "a"}}


def test_a_role_that_stood_there_first_is_not_ours_when_a_run_gives_it_back() -> None:
    """Or the next sync of a performer without a role would take it away."""
    plain = want({"actor": ["Ann", "Zoe"]})
    roles = want({"actor": [Tag("Ann", role="the elder"), "Zoe"]})
    life = synced(REPLACING, movie(lists={"actor": [Tag("Ann", role="Nurse")]}), [plain, roles])
    undo = undo_of_the_run(life)
    after = REPLACING.undo(life.item, undo)
    left = written_after_undo(life.written, undo, before=life.before)

    assert after.tags["actor"] == (Tag("Ann", role="Nurse"), Tag("Zoe"))
    assert left
    assert not plan_edit(plain.desired, after, left, PLAIN)


def test_a_role_that_a_later_sync_gave_stays_ours_when_a_run_is_undone() -> None:
    item = movie(lists={"actor": ["Zoe"]})
    first = want({"actor": ["Ann"]})
    later = want({"actor": ["Ann", Tag("Zoe", role="the younger")]})
    run, life = synced(REPLACING, item, [first]), synced(REPLACING, item, [first, later])
    undo = undo_of_the_run(run, life.item, life.written)
    after = REPLACING.undo(life.item, undo)
    left = written_after_undo(life.written, undo, before=run.before)

    assert after.tags["actor"] == (Tag("Zoe", role="the younger"),)
    assert left
    assert plan_undo(after, left).tags["actor"] == TagEdit(final=(Tag("Zoe"),))


def test_an_order_that_a_run_gave_is_asked_for_again_after_its_undo() -> None:
    life = synced(REPLACING, movie(), [want({"actor": ["A", "B"]}), want({"actor": ["B", "A"]})])
    undo = undo_of_the_run(life)
    after = REPLACING.undo(life.item, undo)
    left = written_after_undo(life.written, undo, before=life.before)

    edit = plan_edit(want({"actor": ["B", "A"]}).desired, after, left, PLAIN)

    assert after.tags["actor"] == (Tag("A"), Tag("B"))
    assert edit.tags["actor"].final == (Tag("B"), Tag("A"))


def test_after_a_run_is_undone_what_stash_drops_of_an_earlier_one_goes() -> None:
    """What the run took out is Stash's again, and no person's."""
    item = movie(lists={"genre": ["X"]})
    life = synced(REPLACING, item, [want({"genre": ["A", "B"]}), want({"genre": ["B"]})])
    undo = undo_of_the_run(life)
    after = REPLACING.undo(life.item, undo)
    left = written_after_undo(life.written, undo, before=life.before)

    edit = plan_edit(want({"genre": ["B"]}).desired, after, left, PLAIN)

    assert after.tags["genre"] == (Tag("X"), Tag("A"), Tag("B"))
    assert edit.tags["genre"] == TagEdit(final=(Tag("X"), Tag("B")), remove=("A",))


def test_the_mark_of_a_picture_is_no_value_that_a_run_gives_back() -> None:
    written = Written(
        asked_scalars={"thumb": "mark"},
        before={"thumb": Standing(value="first"), "summary": Standing(value="agent's")},
    )
    before = {"thumb": Standing(value="second", locked=True)}

    undo = plan_undo_of(movie(("thumb",)), written, before=before, wrote=Asked(), removed={})

    assert undo == UndoEdit()
    assert written_after_undo(written, undo, before=before) == written


@pytest.mark.parametrize(
    ("name", "shown"), [("summary", "hers"), ("summary", ""), ("titleSort", "hers")]
)
def test_a_value_is_a_persons_though_the_title_is_what_we_asked_for(name: str, shown: str) -> None:
    """Only an item that has no title to sort by is sorted by its title."""
    written = Written(asked_scalars={name: "Ours"}, before={name: Standing(value="Agent's")})
    item = replace(movie((name,)), scalars={"title": "Ours", name: shown})

    assert plan_undo(item, written) == UndoEdit(kept=(name,))


def test_roles_of_two_actors_whose_names_differ_in_case_are_not_mixed_up() -> None:
    stood = (Tag("Ann", role="a"), Tag("ann", role="b"))
    written = Written(asked_tags={"actor": ("Ann",)}, before={"actor": Standing(tags=stood)})
    item = replace(movie(("actor",)), tags={"actor": (Tag("Ann", role="hers"), stood[1])})

    assert plan_undo(item, written) == UndoEdit(kept=("actor",))


def test_after_an_undo_what_is_asked_for_stands_in_the_order_of_the_list() -> None:
    item = movie(lists={"actor": ["X"]})
    first, last = want({"actor": ["Zoe", "Cat", "Ann"]}), want({"actor": ["Ann", "Cat"]})
    life = synced(REPLACING, item, [first, last])
    undo = plan_undo_of(
        life.item, life.written, before=life.before, wrote=life.wrote, removed=life.removed
    )

    left = written_after_undo(life.written, undo, before=life.before)

    assert undo.tags["actor"].final == (Tag("Zoe"), Tag("Cat"), Tag("Ann"), Tag("X"))
    assert left is not None
    assert left.asked_tags["actor"] == ("Zoe", "Cat", "Ann")


def test_an_unsure_write_stays_unsure_but_for_what_was_undone() -> None:
    written = Written(
        asked_scalars={"title": "T", "summary": "S"},
        before={"title": Standing(value="t"), "summary": Standing(value="s")},
        unsure=(Asked(scalars={"title": "T2", "summary": "S2"}), Asked(scalars={"summary": "S3"})),
    )
    before = {"summary": Standing(value="s")}

    left = written_after_undo(written, UndoEdit(scalars={"summary": "s"}), before=before)

    assert left == Written(
        asked_scalars={"title": "T"},
        before={"title": Standing(value="t")},
        unsure=(Asked(scalars={"title": "T2"}),),
    )
