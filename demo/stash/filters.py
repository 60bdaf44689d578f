"""Which scenes, performers, studios, tags and groups a GraphQL filter lets through.

A filter becomes one test that is called once per row, so a search costs one walk over the rows.
`Any` stands for values that the schema has already checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from demo.stash.records import Kind, Named, Scene
from demo.stash.store import Store, StoreError, related_ids

Row = TypeVar("Row", Scene, Named)
Filter = Mapping[str, Any]

_DEFAULT_PAGE_SIZE = 25


def _compare(criterion: Filter) -> Callable[[Any], bool]:
    """Texts of times are compared as texts, as SQLite does for Stash."""
    value, upper = criterion["value"], criterion.get("value2")
    tests: dict[str, Callable[[Any], bool]] = {
        "EQUALS": lambda one: one == value,
        "NOT_EQUALS": lambda one: one != value,
        "GREATER_THAN": lambda one: one is not None and one > value,
        "LESS_THAN": lambda one: one is not None and one < value,
        "IS_NULL": lambda one: one is None,
        "NOT_NULL": lambda one: one is not None,
        "BETWEEN": lambda one: one is not None and value <= one <= upper,
        "NOT_BETWEEN": lambda one: one is not None and not value <= one <= upper,
    }
    return _pick(tests, criterion)


def _match_text(criterion: Filter) -> Callable[[Any], bool]:
    value = str(criterion["value"])
    folded = value.lower()  # Stash compares with LIKE
    tests: dict[str, Callable[[Any], bool]] = {
        "EQUALS": lambda one: one.lower() == folded,
        "NOT_EQUALS": lambda one: one.lower() != folded,
        "INCLUDES": lambda one: folded in one.lower(),
        "EXCLUDES": lambda one: folded not in one.lower(),
        "MATCHES_REGEX": lambda one: re.search(value, one) is not None,
        "NOT_MATCHES_REGEX": lambda one: re.search(value, one) is None,
        "IS_NULL": lambda one: not one,
        "NOT_NULL": lambda one: bool(one),
    }
    return _pick(tests, criterion)


def _match_related(store: Store, kind: Kind, criterion: Filter) -> Callable[[Scene], bool]:
    depth = int(criterion.get("depth") or 0)
    wanted = [store.family(kind, {int(one)}, depth) for one in criterion.get("value") or () if one]
    any_wanted: set[int] = set().union(*wanted)
    excluded = store.family(kind, {int(one) for one in criterion.get("excludes") or ()}, depth)
    tests: dict[str, Callable[[Collection[int]], bool]] = {
        "INCLUDES": lambda ids: not any_wanted.isdisjoint(ids),
        "INCLUDES_ALL": lambda ids: all(not one.isdisjoint(ids) for one in wanted),
        "EXCLUDES": lambda ids: any_wanted.isdisjoint(ids),
        "EQUALS": lambda ids: set(ids) == any_wanted,
        "IS_NULL": lambda ids: not ids,
        "NOT_NULL": lambda ids: bool(ids),
    }
    test = _pick(tests, criterion)

    def passes(scene: Scene) -> bool:
        ids = related_ids(scene, kind)
        return test(ids) and excluded.isdisjoint(ids)

    return passes


def _pick(tests: Mapping[str, Callable[[Any], bool]], criterion: Filter) -> Callable[[Any], bool]:
    modifier = criterion["modifier"]
    if modifier not in tests:
        raise StoreError(f"invalid modifier {modifier}")
    return tests[modifier]


_SCENE_TEXTS = ("title", "code", "details", "director")
_SCENE_VALUES = ("id", "rating100", "play_count", "created_at", "updated_at")
_RELATED: dict[str, Kind] = {
    "studios": "Studio",
    "groups": "Group",
    "tags": "Tag",
    "performers": "Performer",
}


def _scene_criterion(store: Store, name: str, criterion: Any) -> Callable[[Scene], bool]:
    if name in _RELATED:
        return _match_related(store, _RELATED[name], criterion)
    if name in _SCENE_VALUES:
        compare = _compare(criterion)
        return lambda scene: compare(getattr(scene, name))
    if name in _SCENE_TEXTS:
        match = _match_text(criterion)
        return lambda scene: match(getattr(scene, name))
    if name == "url":
        address = _match_text(criterion)
        return lambda scene: any(address(one) for one in scene.urls)
    if name == "organized":
        return lambda scene: scene.organized == criterion
    if name == "file_count":
        count = _compare(criterion)
        return lambda scene: count(len(scene.file_ids))
    text = _match_text(criterion)
    column = {"path": "path", "oshash": "oshash"}[name]
    return lambda scene: any(text(getattr(file, column)) for file in store.files_of(scene))


def _named_criterion(_store: Store, name: str, criterion: Any) -> Callable[[Named], bool]:
    if name in {"created_at", "updated_at"}:
        compare = _compare(criterion)
        return lambda row: compare(getattr(row, name))
    match = _match_text(criterion)
    return lambda row: match(getattr(row, name))


def scene_test(store: Store, wanted: Filter) -> Callable[[Scene], bool]:
    """The test that a `SceneFilterType` stands for."""
    return _combine(store, wanted, _scene_criterion)


def named_test(store: Store, wanted: Filter) -> Callable[[Named], bool]:
    """The test that a filter of performers, studios, tags or groups stands for."""
    return _combine(store, wanted, _named_criterion)


def _combine(
    store: Store, wanted: Filter, criterion: Callable[[Store, str, Any], Callable[[Row], bool]]
) -> Callable[[Row], bool]:
    joins = {name: wanted[name] for name in ("AND", "OR", "NOT") if wanted.get(name)}
    tests = [
        criterion(store, name, value)
        for name, value in wanted.items()
        if name not in {"AND", "OR", "NOT"} and value is not None
    ]
    below = {name: _combine(store, value, criterion) for name, value in joins.items()}

    def passes(row: Row) -> bool:
        own = all(test(row) for test in tests)
        if "OR" in below:
            own = (own and bool(tests)) or below["OR"](row)
        if "AND" in below:
            own = own and below["AND"](row)
        return own and not ("NOT" in below and below["NOT"](row))

    return passes


def order(rows: Sequence[Row], wanted: Filter | None) -> list[Row]:
    """Sorted as a `FindFilterType` says; rows come in the order of their ids."""
    wanted = wanted or {}
    column = wanted.get("sort") or "id"
    descending = wanted.get("direction") == "DESC"
    if column == "id":
        return list(reversed(rows)) if descending else list(rows)
    if not rows or not hasattr(rows[0], column):
        return list(rows)
    # Stash breaks a tie by the title, or by the id where there is none.
    ordered = sorted(rows, key=lambda row: _title(row) or str(row.id))
    return sorted(ordered, key=lambda row: getattr(row, column) or "", reverse=descending)


def _title(row: Scene | Named) -> str:
    return row.title if isinstance(row, Scene) else row.name


def page(rows: Sequence[Row], wanted: Filter | None) -> Sequence[Row]:
    """The page that a `FindFilterType` asks for: -1 is everything, 0 is nothing."""
    wanted = wanted or {}
    size = wanted.get("per_page")
    size = _DEFAULT_PAGE_SIZE if size is None else size
    if size < 0:
        return rows
    start = (max(wanted.get("page") or 1, 1) - 1) * size
    return rows[start : start + size]


def keep_text(rows: Sequence[Row], wanted: Filter | None) -> list[Row]:
    """Those whose title or name holds the search text `q`, if there is one."""
    text = str((wanted or {}).get("q") or "").lower()
    return [row for row in rows if text in _title(row).lower()] if text else list(rows)


def by_ids(rows: Mapping[int, Row], ids: Sequence[Any], noun: str) -> list[Row]:
    """The rows with these ids; one missing or doubled id fails the whole, as in Stash."""
    seen: set[int] = set()
    for one in map(int, ids):
        if one not in rows or one in seen:
            raise StoreError(f"{noun} with id {one} not found")
        seen.add(one)
    return [rows[int(one)] for one in ids]
