"""Carries edits to one Plex server in as few requests as it takes.

How long a request line may be is the server's secret: above some length it answers 400, 414 or
431. So a refused line is sent again in shorter ones, and the length is remembered. A value that is
too long by itself is tried in full first, and cut only when it is refused: no limit is invented.

A 400 may also mean that a value is bad. It is taken for the length only as long as a shorter line
helps: when a short one is refused too, the first refusal stands and nothing is remembered of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from errors import RefusedEditError
from plex.client import PlexClient, edit_path
from plex.edits import (
    LONGEST_QUERY_BYTES,
    EditQuery,
    FieldEdit,
    ListChange,
    field_edits,
    packed,
    smaller,
)

log = logging.getLogger("PlexSync.plex.writer")

SHORTEST_BYTES = 500  # every server takes such a line: what is refused in it is no matter of length
_BAD_REQUEST = 400
_TOO_LONG = {_BAD_REQUEST, 414, 431}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """What one edit came to.

    Attributes:
        cut: Fields whose value Plex refused in full: the text that was written instead; for a
            list the values that were left out, joined by ", ".
        requests: How many were sent, refused ones too.
    """

    cut: Mapping[str, str]
    requests: int


class Writer:
    """Sends edits to one server and remembers what length of request it takes.

    Args:
        client: The connection.

    Attributes:
        longest_bytes: What a request line may take, as far as this server is known.
    """

    def __init__(self, client: PlexClient) -> None:
        self._client = client
        self.longest_bytes = LONGEST_QUERY_BYTES

    def write(
        self,
        rating_key: int,
        item_type: str,
        *,
        scalars: Mapping[str, str],
        lists: Mapping[str, ListChange],
        lock: Iterable[str],
        unlock: Iterable[str] = (),
    ) -> Wrote:
        """Write one edit to one item; nothing to write is no request. See `write_fields`."""
        fields = field_edits(scalars=scalars, lists=lists, lock=lock, unlock=unlock)
        return self.write_fields(rating_key, item_type, fields)

    def write_fields(self, rating_key: int, item_type: str, fields: Sequence[FieldEdit]) -> Wrote:
        """Write one edit to one item.

        Args:
            rating_key: The item.
            item_type: "movie" or "episode".
            fields: What to write.

        Raises:
            RefusedEditError: Plex refuses a value for another reason than its length.
        """
        around = len(f"PUT /library/metadata/{rating_key}? HTTP/1.1")
        return self._deliver(
            _Delivery(
                lambda query: self._client.edit(rating_key, query),
                fields,
                around=around,
                named=f"item {rating_key}",
                limit=self.longest_bytes,
            ),
            item_type,
        )

    def write_same(
        self,
        section_key: int,
        rating_keys: Sequence[int],
        item_type: str,
        fields: Sequence[FieldEdit],
    ) -> Wrote:
        """Write the same edit to items of one type in one library; raises as `write_fields`.

        Args:
            section_key: The library.
            rating_keys: At least one: an edit that names no item would reach all of them.
            item_type: "movie" or "episode".
            fields: What to write.

        Raises:
            ValueError: No item is named.
        """
        around = len(f"PUT {edit_path(section_key, rating_keys)}& HTTP/1.1")
        return self._deliver(
            _Delivery(
                lambda query: self._client.edit_same(section_key, rating_keys, query),
                fields,
                around=around,
                named=f"items {', '.join(map(str, rating_keys))}",
                limit=self.longest_bytes,
            ),
            item_type,
        )

    def _deliver(self, delivery: _Delivery, item_type: str) -> Wrote:
        try:
            delivery.send_all(item_type)
        finally:
            if delivery.proven < self.longest_bytes:
                self.longest_bytes = delivery.proven
                log.info("Plex refused a long request; now at most %d bytes", delivery.proven)
        return Wrote(cut=delivery.cut, requests=delivery.requests)


class _Delivery:
    """One edit on its way.

    Attributes:
        proven: The longest line that nothing speaks against, as far as that is beyond doubt.
        cut: As in `Wrote`.
        requests: As in `Wrote`.
    """

    def __init__(
        self,
        send: Callable[[str], None],
        fields: Sequence[FieldEdit],
        *,
        around: int,
        named: str,
        limit: int,
    ) -> None:
        self._send_query = send
        self._named = named
        self._around = around
        self._limit = self.proven = limit
        self._waiting = list(fields)
        self._whole = {field.name: field.value for field in fields}
        self._refused: dict[str, RefusedEditError] = {}
        self.cut: dict[str, str] = {}
        self.requests = 0

    def send_all(self, item_type: str) -> None:
        """Send what waits until nothing does."""
        while self._waiting:
            query, *_ = packed(item_type, self._waiting, longest_bytes=self._limit - self._around)
            try:
                self._send(query.text)
            except RefusedEditError as error:
                self._after_refusal(query, error)
            else:
                self._waiting = [one for one in self._waiting if one not in query.fields]
        self.proven = self._limit
        for name, text in self.cut.items():
            self._say_cut(name, text)

    def _send(self, query: str) -> None:
        self.requests += 1
        self._send_query(query)

    def _after_refusal(self, query: EditQuery, error: RefusedEditError) -> None:
        """Make the line shorter that was refused.

        Raises:
            RefusedEditError: It was not the length.
        """
        length = self._around + len(query.text)
        first = self._refused.get(query.fields[0].name, error)
        if error.status not in _TOO_LONG or length <= SHORTEST_BYTES:
            names = ", ".join(field.name for field in query.fields)
            log.info("%s: Plex refused %s", self._named, names)
            raise first
        while self._limit >= length:
            self._limit = max(self._limit // 2, SHORTEST_BYTES)
        if error.status != _BAD_REQUEST:
            self.proven = self._limit
        if len(query.fields) == 1:
            self._refused[query.fields[0].name] = first
            # Half of what was refused may pass though it is above the limit: that cuts less.
            self._make_smaller(query.fields[0], by_bytes=length - max(self._limit, length // 2))

    def _make_smaller(self, field: FieldEdit, *, by_bytes: int) -> None:
        parts = smaller(field, by_bytes=by_bytes)
        if not parts:
            raise self._refused[field.name]
        place = self._waiting.index(field)
        self._waiting[place : place + 1] = parts
        whole, part = self._whole[field.name], parts[-1].value
        if isinstance(part, str):
            self.cut[field.name] = part
        elif isinstance(whole, ListChange) and isinstance(part, ListChange) and part.final:
            left_out = whole.final[len(part.final) :]
            if left_out:
                self.cut[field.name] = ", ".join(tag.tag for tag in left_out)

    def _say_cut(self, name: str, text: str) -> None:
        whole = self._whole[name]
        if isinstance(whole, str):
            log.warning(
                "%s: Plex refuses a %s of %d characters, so its first %d were written; "
                "shorten it in Stash if its end matters",
                self._named,
                name,
                len(whole),
                len(text),
            )
        else:
            log.warning(
                "%s: Plex refuses so long a list of %s; its last values were left out, "
                "the scene's page says which",
                self._named,
                name,
            )
            log.debug("%s: left out were %r", self._named, text)
