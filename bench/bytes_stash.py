"""The byte stand-in of Stash: answers to the plugin's queries, joined of prepared JSON.

It knows the queries of `stash/` by their text and refuses what it does not know, so that a query
that changed is seen at once and nothing is measured that never happened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bench import library
from bench.bytes_server import Answer, Request, serve
from bench.library import AS_IT_WAS, Revision
from stash.changes import CHANGES
from stash.changes import NEWEST as NEWEST_CHANGES
from stash.file_queries import COUNT, FOLDERS
from stash.queries import CONDITIONS, NEWEST, RIDING_ALONG, SCENE_IDS, UPDATED_SINCE, scene_page

_ONE = re.compile(r"findScene\(id:(\d+)\)")
_KINDS = {
    "findPerformers": "performers",
    "findStudios": "studios",
    "findTags": "tags",
    "findGroups": "groups",
}
_PAGES = {scene_page(with_tag_parents=one) for one in (False, True)}
_NO_OTHERS = "".join(f',"{find}":{{"{plural}":[]}}' for find, plural in _KINDS.items())


class BytesStash:
    """What is served.

    Args:
        scenes: How many there are, with the ids from 1 on.
    """

    content_type = "application/json"

    def __init__(self, scenes: int) -> None:
        self._pieces = [b"null", *(_piece(number) for number in range(1, scenes + 1))]
        self._changed: dict[int, Revision] = {}
        self._changes = 0
        self._settings: dict[str, object] = {}
        self._set_riding()
        self._known: dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
            CONDITIONS: lambda _: ("conditions", self._riding),
            SCENE_IDS: self._ids,
            UPDATED_SINCE: self._ids_since,
            NEWEST: lambda _: ("newest", f'"findScenes":{self._newest()}'),
            NEWEST_CHANGES: lambda _: ("newest", f'"findScenes":{self._newest()}{_NO_OTHERS}'),
            CHANGES: self._changes_since,
            COUNT: lambda _: ("count", f'"findScenes":{{"count":{self._count}}}'),
            FOLDERS: lambda _: ("folders", _FOLDERS),
        }

    @property
    def _count(self) -> int:
        return len(self._pieces) - 1

    def answer(self, request: Request) -> Answer:
        """The answer to one query."""
        asked = json.loads(request.body)
        query, variables = asked["query"], asked.get("variables") or {}
        known = self._known.get(query)
        if known:
            kind, data = known(variables)
            return Answer(kind, f'{{"data":{{{data}}}}}'.encode())
        if query in _PAGES:
            return Answer("scenes", self._page(variables))
        ids = _ONE.findall(query)
        if ids:
            return Answer("scenes", self._scenes(ids, is_riding=RIDING_ALONG in query))
        return Answer("unknown", f"the benchmark knows no query {query[:200]!r}".encode(), 400)

    def obey(self, word: str, told: Mapping[str, Any]) -> object:
        """Change scenes, or add one; see `bench.standin`."""
        if word == "change":
            self._change([int(one) for one in told["ids"]], str(told["what"]))
        elif word == "add":
            self._pieces.append(_piece(len(self._pieces)))
        elif word == "settings":
            self._settings = dict(told)
            self._set_riding()
        else:
            raise LookupError(word)
        return self._count

    def _set_riding(self) -> None:
        settings = json.dumps(self._settings)
        self._riding = (
            f'"configuration":{{"plugins":{{"PlexSync":{settings}}},"general":{{"apiKey":""}}}},'
            f'"plugins":[{{"id":"PlexSync","enabled":true}}]'
        )

    def _change(self, ids: Iterable[int], what: str) -> None:
        for number in ids:
            self._changes += 1
            old = self._changed.pop(number, AS_IT_WAS)
            at = library.changed_at(self._changes)
            count = {what: getattr(old, what) + 1}
            self._changed[number] = revision = replace(old, updated_at=at, **count)
            self._pieces[number] = _piece(number, revision)

    def _scenes(self, ids: Iterable[str], *, is_riding: bool) -> bytes:
        pieces = [b'"s%b":%b' % (one.encode(), self._piece_of(int(one))) for one in ids]
        if is_riding:
            pieces.append(self._riding.encode())
        return b'{"data":{%b}}' % b",".join(pieces)

    def _page(self, window: Mapping[str, Any]) -> bytes:
        first = 1 + (window["page"] - 1) * window["size"]
        pieces = b",".join(self._pieces[first : first + window["size"]])
        return b'{"data":{"findScenes":{"count":%d,"scenes":[%b]}}}' % (self._count, pieces)

    def _piece_of(self, number: int) -> bytes:
        return self._pieces[number] if number <= self._count else b"null"

    def _ids(self, window: Mapping[str, Any]) -> tuple[str, str]:
        return "ids", self._page_of_ids(range(1, self._count + 1), window)

    def _ids_since(self, window: Mapping[str, Any]) -> tuple[str, str]:
        changed = [number for number, _ in self._since(window["since"])]
        return "ids", self._page_of_ids(sorted(changed), window)

    def _page_of_ids(self, ids: range | list[int], window: Mapping[str, Any]) -> str:
        first = (window["page"] - 1) * window["size"]
        page = ids[first : first + window["size"]]
        rows = ",".join(f'{{"id":"{one}"}}' for one in page)
        return f'"findScenes":{{"count":{len(ids)},"scenes":[{rows}]}}'

    def _changes_since(self, window: Mapping[str, Any]) -> tuple[str, str]:
        first = (window["page"] - 1) * window["size"]
        page = sorted(self._since(window["since"]))[first : first + window["size"]]
        rows = ",".join(f'{{"id":"{number}","updated_at":"{at}"}}' for number, at in page)
        return "changes", f'"findScenes":{{"scenes":[{rows}]}}{_NO_OTHERS},{self._riding}'

    def _since(self, since: str) -> list[tuple[int, str]]:
        """The scenes that changed later, looked for from the newest on."""
        found = [
            (number, one.updated_at)
            for number, one in self._changed.items()
            if one.updated_at > since
        ]
        for number in range(self._count, 0, -1):
            at = library.updated_at(number)
            if at <= since:
                break
            if number not in self._changed:
                found.append((number, at))
        return found

    def _newest(self) -> str:
        last = next(reversed(self._changed), self._count)
        at = library.updated_at(last, self._changed.get(last, AS_IT_WAS))
        return f'{{"count":{self._count},"scenes":[{{"id":"{last}","updated_at":"{at}"}}]}}'


_FOLDERS = json.dumps(
    {"configuration": {"general": {"stashes": [{"path": library.STASH_FOLDER}]}}}
)[1:-1]


def _piece(number: int, revision: Revision = AS_IT_WAS) -> bytes:
    return json.dumps(library.scene(number, revision), separators=(",", ":")).encode()


if __name__ == "__main__":
    serve(BytesStash, __doc__)
