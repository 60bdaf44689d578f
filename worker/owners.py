"""Which scene speaks for an item that holds the files of several.

The scene of the item's first file does, always: whoever is synced last must not win, or two scenes
would take turns for ever. Files that Stash does not know count for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mirror.known_items import KnownItems
from mirror.ledger import ItemId
from mirror.paths import PathMapping
from plex.item import Item
from plex.paths import comparable
from stash.client import StashClient
from worker.plan import Plan, Rest


class Owners:
    """Knows, for the items of one batch, which scene each belongs to.

    Args:
        stash: Says who holds a file.
        mapping: Leads from Plex's paths to Stash's.
    """

    def __init__(self, stash: StashClient, mapping: PathMapping) -> None:
        self._stash = stash
        self._mapping = mapping
        self._holders: dict[str, tuple[int, ...]] = {}

    def look(self, found: Iterable[tuple[Plan, Item, ItemId]], known: KnownItems) -> None:
        """Ask Stash once for all files of these items that others may hold.

        Args:
            found: What was found for each scene of a batch.
            known: Says which scene wrote an item last.
        """
        doubtful: dict[str, None] = {}
        for plan, item, item_id in found:
            mine = {comparable(path) for path in plan.paths}
            last = known.writer(item_id)
            for path in item.files:
                is_mine = comparable(path) in mine
                if not is_mine or last not in {None, plan.scene.id}:
                    doubtful[path] = None
                if is_mine:
                    break  # what comes after the scene's own file decides nothing
        if not doubtful:
            return
        asked = {path: self._mapping.to_stash(path) for path in doubtful}
        holders = self._stash.scenes_with_files(list(dict.fromkeys(asked.values())))
        self._holders = {path: holders[stash_path] for path, stash_path in asked.items()}

    def owner(self, plan: Plan, item: Item) -> int:
        """The scene that the item is written from."""
        mine = {comparable(path) for path in plan.paths}
        for path in item.files:
            holders = {*self._holders.get(path, ())}
            if comparable(path) in mine:
                holders.add(plan.scene.id)
            if holders:
                return min(holders)
        return plan.scene.id


def merged(items: Mapping[int, int]) -> Rest:
    """The rest of a scene whose items, by rating key, are written from other scenes."""
    keys = ",".join(map(str, items))
    told = " and ".join(f"item {key}, which shows scene {owner}" for key, owner in items.items())
    return Rest(
        code="merged",
        about=keys,
        message=f"its file is part of {told}; split the item in Plex to show both",
    )
