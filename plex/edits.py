"""An edit as Plex's PUT carries it: pure text, no request.

The id stands in the path (`/library/metadata/{id}`): in the section form a missing id edits every
item of the section. A list is sent whole and what must go is named as well, because sources differ
on whether an indexed list replaces or adds; the two together end the same under both. For the same
reason an actor without a role says so: where a list adds, the old role would stay.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from plex.item import Tag

LONGEST_QUERY_BYTES = 7_000  # lines over some limit between 4 and 30 kB answer 400
_TYPE_NUMBERS = {"movie": 1, "show": 2, "season": 3, "episode": 4, "clip": 1}
_JOINER = "\u200d"  # makes one emoji of two
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a list field shall hold, and which values must not be in it any more."""

    final: tuple[Tag, ...]
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEdit:
    """What an edit does to one field.

    Attributes:
        name: The field, by Plex's name for edits.
        value: What it shall show, "" for nothing; None leaves the value as it is.
        locked: Whether Plex's agent is kept off it from then on.
    """

    name: str
    value: str | ListChange | None
    locked: bool

    def text(self) -> str:
        """Its part of a query."""
        pairs: list[str] = []
        if isinstance(self.value, ListChange):
            pairs.extend(_list_pairs(self.name, self.value))
        elif self.value is not None:
            pairs.append(_pair(f"{self.name}.value", self.value))
        return "&".join([*pairs, f"{self.name}.locked={self.locked:d}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class EditQuery:
    """One query string, and what it carries."""

    fields: tuple[FieldEdit, ...]
    text: str


def edit_queries(
    item_type: str,
    *,
    scalars: Mapping[str, str],
    lists: Mapping[str, ListChange],
    lock: Iterable[str],
    unlock: Iterable[str] = (),
    longest_bytes: int = LONGEST_QUERY_BYTES,
) -> list[str]:
    """The query strings that carry one edit; see `field_edits` and `packed`."""
    fields = field_edits(scalars=scalars, lists=lists, lock=lock, unlock=unlock)
    return [query.text for query in packed(item_type, fields, longest_bytes=longest_bytes)]


def field_edits(
    *,
    scalars: Mapping[str, str],
    lists: Mapping[str, ListChange],
    lock: Iterable[str],
    unlock: Iterable[str] = (),
) -> list[FieldEdit]:
    """One edit, field by field.

    Args:
        scalars: New values by field; "" clears.
        lists: New lists by field.
        lock: Fields to lock; the ones that are written need not be named.
        unlock: Fields to unlock, written or not.

    Raises:
        ValueError: A field is named to be locked and to be unlocked.
    """
    locked, unlocked = set(lock), set(unlock)
    if both := locked & unlocked:
        raise ValueError(f"to be locked and unlocked at once: {', '.join(sorted(both))}")
    values: dict[str, str | ListChange] = {**scalars, **lists}
    written = [
        FieldEdit(name=name, value=value, locked=name not in unlocked)
        for name, value in values.items()
    ]
    only_locks = [
        FieldEdit(name=name, value=None, locked=name in locked)
        for name in sorted((locked | unlocked) - values.keys())
    ]
    return [*written, *only_locks]


def packed(item_type: str, fields: Iterable[FieldEdit], *, longest_bytes: int) -> list[EditQuery]:
    """The queries that carry `fields`: one, or more where it would be too long.

    A field is never cut in two: under "an indexed list replaces" its second half would undo the
    first. A field that is too long by itself travels alone.

    Args:
        item_type: The item's type, "movie" or "episode".
        fields: What is to be edited.
        longest_bytes: What a query may take.
    """
    head = f"type={_TYPE_NUMBERS.get(item_type, 1)}"
    queries: list[EditQuery] = []
    for field in fields:
        text = f"&{field.text()}"
        fits = (n for n, one in enumerate(queries) if len(one.text) + len(text) <= longest_bytes)
        place = next(fits, None)
        if place is None:
            queries.append(EditQuery(fields=(field,), text=head + text))
        else:
            one = queries[place]
            queries[place] = EditQuery(fields=(*one.fields, field), text=one.text + text)
    return queries


def smaller(field: FieldEdit, *, by_bytes: int) -> tuple[FieldEdit, ...]:
    """What can be sent in place of a field that is too long, or nothing if nothing can.

    Removals may travel apart from their list and from each other, which loses nothing under either
    meaning of a list; the caller may find each of them too long again. What cannot be divided so
    is cut: text at its end, a list by its last values.

    Args:
        field: What was refused.
        by_bytes: How much shorter than `field.text()` a cut has to make it.
    """
    room = len(field.text()) - by_bytes
    if isinstance(field.value, str):
        around = len(replace(field, value="").text())
        start = _start(field.value, longest_bytes=room - around)
        return (replace(field, value=start),) if start else ()
    if field.value is None:
        return ()
    final, remove = field.value.final, field.value.remove
    if remove and final:
        parts: Sequence[ListChange] = (ListChange((), remove), ListChange(final))
    elif remove:
        half = len(remove) // 2
        parts = [ListChange((), part) for part in (remove[:half], remove[half:])] if half else ()
    else:
        kept = list(final)
        while kept and len(replace(field, value=ListChange(tuple(kept))).text()) > room:
            kept.pop()
        parts = [ListChange(tuple(kept))] if kept else ()
    return tuple(replace(field, value=part) for part in parts)


def _start(text: str, *, longest_bytes: int) -> str:
    """As much of the beginning as fits when it is encoded, whole characters as a person sees them.

    Blanks at the cut go too: Plex may drop them, and what it then shows would differ for ever.
    """
    fits = bisect_right(range(1, len(text) + 1), longest_bytes, key=lambda n: _size(text[:n]))
    end = fits
    while 0 < end < len(text) and _is_joined(text[end - 1], text[end]):
        end -= 1
    return text[: end or fits].rstrip()


def _is_joined(left: str, right: str) -> bool:
    return (
        unicodedata.category(right).startswith("M")
        or _JOINER in (left, right)
        or right in _SKIN_TONES
    )


def _size(text: str) -> int:
    return len(_encoded(text))


def _list_pairs(name: str, change: ListChange) -> Iterator[str]:
    for index, tag in enumerate(change.final):
        yield _pair(f"{name}[{index}].tag.tag", tag.tag)
        if tag.role or name == "actor":
            yield _pair(f"{name}[{index}].tagging.text", tag.role)
        if tag.thumb:
            yield _pair(f"{name}[{index}].tag.thumb", tag.thumb)
    if change.remove:
        # Encoded one by one, then once more as a whole: a comma in a tag travels as %252C.
        yield _pair(f"{name}[].tag.tag-", ",".join(map(_encoded, change.remove)))


def _pair(key: str, value: str) -> str:
    return f"{quote(key, safe='.')}={_encoded(value)}"


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")
