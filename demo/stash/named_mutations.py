"""Edits of performers, studios, tags and groups, and the hooks that they fire.

None of them moves a scene's `updated_at`. A merge of performers fires nothing, one of tags fires
Tag.Merge. `Any` stands for values that the schema has checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo

from demo.stash import edits
from demo.stash.core import Asker
from demo.stash.gojson import hook_input
from demo.stash.records import KINDS, Kind, Named
from demo.stash.resolvers import Resolver, store_of
from demo.stash.scene_mutations import fire
from demo.stash.store import Store, StoreError

if TYPE_CHECKING:
    Info = GraphQLResolveInfo[Asker]

Input = Mapping[str, Any]


def _named_row(store: Store, kind: Kind, row_id: Any) -> Named:
    row = store.named[kind].get(int(row_id))
    if row is None:
        raise StoreError(f"{kind.lower()} with id {row_id} not found")
    return row


def _fire_named(
    info: Info, kind: Kind, event: str, row_id: int, told: object, fields: Any = None
) -> None:
    fire(info, f"{kind}.{event}", row_id, told, fields)
    if kind == "Group":  # Stash goes on telling plugins that know groups as movies
        fire(info, f"Movie.{event}", row_id, told, fields)


def _create(kind: Kind) -> Resolver:
    def resolve(_root: object, info: Info, **arguments: Any) -> Named:
        changes: Input = arguments["input"]
        store = store_of(info)
        with store.lock:
            edits.check_name(store, kind, changes["name"])
            row = store.add_named(kind, changes["name"])
            edits.edit_named(store, row, changes)
        _fire_named(info, kind, "Create", row.id, hook_input(f"{kind}Create", changes))
        return row

    return resolve


def _update(kind: Kind) -> Resolver:
    def resolve(_root: object, info: Info, **arguments: Any) -> Named:
        changes: Input = arguments["input"]
        store = store_of(info)
        row = _named_row(store, kind, changes["id"])
        edits.edit_named(store, row, changes)
        told = hook_input(f"{kind}Update", changes)
        _fire_named(info, kind, "Update", row.id, told, changes)
        return row

    return resolve


def _bulk_update(kind: Kind) -> Resolver:
    def resolve(_root: object, info: Info, **arguments: Any) -> list[Named]:
        changes: Input = arguments["input"]
        store = store_of(info)
        rows = [_named_row(store, kind, one) for one in changes.get("ids") or ()]
        for row in rows:
            edits.edit_named(store, row, changes)
        told = hook_input(f"Bulk{kind}Update", changes)
        for row in rows:
            _fire_named(info, kind, "Update", row.id, told, changes)
        return rows

    return resolve


def _destroy(kind: Kind) -> Resolver:
    def resolve(_root: object, info: Info, **arguments: Any) -> bool:
        row_id = int(arguments["input"]["id"])
        edits.destroy_named(store_of(info), kind, [row_id])
        _fire_named(info, kind, "Destroy", row_id, dict(arguments["input"]))
        return True

    return resolve


def _destroy_several(kind: Kind) -> Resolver:
    def resolve(_root: object, info: Info, **arguments: Any) -> bool:
        ids = [int(one) for one in arguments["ids"]]
        edits.destroy_named(store_of(info), kind, ids)
        for one in ids:
            _fire_named(info, kind, "Destroy", one, arguments["ids"])
        return True

    return resolve


def _merge(info: Info, kind: Kind, changes: Input) -> Named:
    store = store_of(info)
    with store.lock:
        target = _named_row(store, kind, changes["destination"])
        sources = [_named_row(store, kind, one) for one in changes["source"]]
        if target in sources:
            raise StoreError(f"destination {kind.lower()} cannot be in source list")
        for source in sources:
            edits.replace_named(store, kind, source.id, target.id)
            del store.named[kind][source.id]
        edits.edit_named(store, target, changes.get("values") or {})
    return target


def _tags_merge(_root: object, info: Info, **arguments: Any) -> Named:
    target = _merge(info, "Tag", arguments["input"])
    fire(info, "Tag.Merge", target.id, dict(arguments["input"]))
    return target


def _performer_merge(_root: object, info: Info, **arguments: Any) -> Named:
    return _merge(info, "Performer", arguments["input"])


NAMED_MUTATIONS: dict[str, Resolver] = {
    **{f"{kind.lower()}Create": _create(kind) for kind in KINDS},
    **{f"{kind.lower()}Update": _update(kind) for kind in KINDS},
    **{f"bulk{kind}Update": _bulk_update(kind) for kind in KINDS},
    **{f"{kind.lower()}Destroy": _destroy(kind) for kind in KINDS},
    **{f"{kind.lower()}sDestroy": _destroy_several(kind) for kind in KINDS},
    "tagsMerge": _tags_merge,
    "performerMerge": _performer_merge,
}
