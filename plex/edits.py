"""An edit as Plex's PUT carries it: pure text, no request.

The id stands in the path (`/library/metadata/{id}`): in the section form a missing id edits every
item of the section. A list is sent whole and what must go is named as well, because sources differ
on whether an indexed list replaces or adds; the two together end the same under both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from plex.item import Tag

LONGEST_QUERY_BYTES = 7_000  # lines over some limit between 4 and 30 kB answer 400
_TYPE_NUMBERS = {"movie": 1, "show": 2, "season": 3, "episode": 4, "clip": 1}


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a list field shall hold, and which values must not be in it any more."""

    final: tuple[Tag, ...]
    remove: tuple[str, ...] = ()


def edit_queries(
    item_type: str,
    *,
    scalars: Mapping[str, str],
    lists: Mapping[str, ListChange],
    lock: Iterable[str],
    longest_bytes: int = LONGEST_QUERY_BYTES,
) -> list[str]:
    """The query strings that carry one edit: one, or more where it would be too long.

    A field is never cut in two: under "an indexed list replaces" its second half would undo the
    first. A field that is too long by itself travels alone.

    Args:
        item_type: The item's type, "movie" or "episode".
        scalars: New values by field; "" clears.
        lists: New lists by field.
        lock: Fields to lock; the ones that are written need not be named.
        longest_bytes: What a request line may take.
    """
    written = [*scalars, *lists]
    units = [[_pair(f"{name}.value", value), _lock(name)] for name, value in scalars.items()]
    units += [[*_list_pairs(name, change), _lock(name)] for name, change in lists.items()]
    units += [[_lock(name)] for name in sorted(set(lock) - set(written))]
    head = f"type={_TYPE_NUMBERS.get(item_type, 1)}"
    queries: list[str] = []
    current = head
    for unit in units:
        text = "&".join(unit)
        if current != head and len(current) + 1 + len(text) > longest_bytes:
            queries.append(current)
            current = head
        current = f"{current}&{text}"
    return [*queries, current] if current != head else queries


def _list_pairs(name: str, change: ListChange) -> Iterator[str]:
    for index, tag in enumerate(change.final):
        yield _pair(f"{name}[{index}].tag.tag", tag.tag)
        if tag.role:
            yield _pair(f"{name}[{index}].tagging.text", tag.role)
        if tag.thumb:
            yield _pair(f"{name}[{index}].tag.thumb", tag.thumb)
    if change.remove:
        # Encoded one by one, then once more as a whole: a comma in a tag travels as %252C.
        yield _pair(f"{name}[].tag.tag-", ",".join(quote(one, safe="") for one in change.remove))


def _pair(key: str, value: str) -> str:
    return f"{quote(key, safe='.')}={quote(value.encode('utf-8', 'replace'), safe='')}"


def _lock(name: str) -> str:
    return f"{name}.locked=1"
