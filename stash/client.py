"""The one place that asks Stash: GraphQL and pictures, from a process that outlives its cookie.

Stash hands a session cookie to every hook; it dies an hour after its issue, but each answer
carries a fresh one. An API key, where one is set, never dies and is asked for once. Stash's https
is usually self-signed, so this connection alone is not verified; it goes to the address that Stash
itself named.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from errors import StashAwayError, StashRefusedError, UnreadableAnswerError
from stash import changes, file_queries, queries, scenes, sources
from stash.call import Connection
from stash.changes import Change
from stash.scenes import Conditions, SceneBatch
from stash.transport import Answer, Transport, read_json

IDS_PER_PAGE = 5_000
SAMPLE_PAGE = 20
CHANGES_PER_PAGE = 1_000
LONGEST_PICTURE_BYTES = 10 * 1024 * 1024

_GOOD = b'{"data":{"findScenes":{'  # an answer with errors begins with them
_STATEMENT = re.compile(r"`.*`(?: \[.*\](?=:|$))?", re.DOTALL)


class StashClient:
    """One connection to the Stash that started us; several threads take turns.

    Args:
        connection: From the newest hook, task or operation.

    Attributes:
        last_conditions: What Stash said about the plugin with its last changes.
    """

    def __init__(self, connection: Connection) -> None:
        self._transport = Transport()
        self._key = ""
        self._lock = threading.Lock()
        self.last_conditions: Conditions | None = None
        self.use(connection)

    def use(self, connection: Connection) -> None:
        """Take a newer connection: another address, or a fresher cookie."""
        self.connection = connection
        self._cookie = connection.cookie

    def current_connection(self) -> Connection:
        """The connection with the freshest cookie, for a successor."""
        return replace(self.connection, cookie=self._cookie)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def conditions(self) -> Conditions:
        """The plugin's settings and whether it is enabled."""
        return self._conditions_of(self._data(queries.CONDITIONS))

    def read_scenes(self, scene_ids: list[int], *, with_tag_parents: bool = False) -> SceneBatch:
        """Read a batch of scenes in one query, with the conditions; a missing scene is absent."""
        query = queries.read_scenes(scene_ids, with_tag_parents=with_tag_parents)
        answer = self._post(query)
        data = _good_data(answer)
        found = scenes.read_batch(data, scene_ids, sources.digests(answer.body))
        return SceneBatch(scenes=found, conditions=self._conditions_of(data))

    def all_scene_ids(self, *, first_page: int = 1) -> Iterator[list[int]]:
        """The ids of all scenes, page by page."""
        return self._pages(queries.SCENE_IDS, {}, first_page=first_page)

    def scene_pages(
        self, *, first_page: int, size: int, with_tag_parents: bool
    ) -> Iterator[dict[int, bytes]]:
        """All scenes, page by page, as digests of their bytes; see `stash.sources`."""
        query = queries.scene_page(with_tag_parents=with_tag_parents)
        page = first_page
        while True:
            answer = self._post(query, {"page": page, "size": size})
            is_good = answer.status == 200 and answer.body.startswith(_GOOD)
            found = sources.digests(answer.body) if is_good else {}
            if not found:  # behind the last page, or an answer that is written otherwise
                found = dict.fromkeys(scenes.read_ids(_good_data(answer)), b"")
            if found:
                yield found
            if len(found) < size:
                return
            page += 1

    def scene_ids_updated_since(self, since: str) -> Iterator[list[int]]:
        """The ids of scenes whose `updated_at` is later than `since`, compared as text."""
        return self._pages(queries.UPDATED_SINCE, {"since": since})

    def newest_update(self) -> str:
        """The latest `updated_at` of any scene in Stash's own words; "" without scenes."""
        return scenes.read_newest_update(self._data(queries.NEWEST))

    def changed_since(self, since: str) -> Iterator[Change]:
        """Objects of every kind whose `updated_at` is later than `since`, compared as text.

        The conditions ride along; see `last_conditions`.
        """
        page = 1
        while True:
            window = {"since": since, "page": page, "size": CHANGES_PER_PAGE}
            data = self._data(changes.CHANGES, window)
            self.last_conditions = self._conditions_of(data)
            yield from changes.read_changes(data)
            if changes.longest_list(data) < CHANGES_PER_PAGE:
                return
            page += 1

    def newest_changes(self) -> list[Change]:
        """The newest object of each kind."""
        return changes.read_changes(self._data(changes.NEWEST))

    def scene_ids_related_to(
        self, kind: str, ids: Sequence[int], *, with_tag_parents: bool = False
    ) -> list[int]:
        """The scenes that show these performers, studios, tags or groups; `kind` as in a hook."""
        wanted = {"ids": [str(one) for one in ids]}
        query = queries.scenes_related_to(kind, with_tag_parents=with_tag_parents)
        pages = self._pages(query, wanted)
        return [one for page in pages for one in page]

    def folders(self) -> tuple[str, ...]:
        """The folders of Stash's own libraries."""
        return file_queries.read_folders(self._data(file_queries.FOLDERS))

    def sample_files(self, most: int) -> tuple[list[str], int]:
        """Primary files of scenes from all over the library, and how many scenes there are.

        Args:
            most: How many scenes are looked at; in small groups, because neighbours share a folder.
        """
        total = file_queries.read_count(self._data(file_queries.COUNT))
        pages = -(-total // SAMPLE_PAGE)
        wanted = min(pages, -(-most // SAMPLE_PAGE))
        files: list[str] = []
        for index in range(wanted):
            window = {"page": 1 + index * pages // wanted, "size": SAMPLE_PAGE}
            files += file_queries.read_primary_files(self._data(file_queries.FILES, window))
        return files[:most], total

    def scenes_with_files(self, paths: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """The scenes that hold each of some files, by the path that was asked for."""
        query, variables = file_queries.holders(paths)
        found = file_queries.read_holders(self._data(query, variables), len(paths))
        return {
            path: tuple(one for one, files in some if path in files)
            for path, some in zip(paths, found, strict=True)
        }

    def picture(self, path: str, *, etag: str = "") -> tuple[bytes, str, str] | None:
        """A cover by its path below Stash's address.

        Args:
            path: Path and query, as `Scene.cover` holds it.
            etag: The ETag of what we have; "" for none.

        Returns:
            Body, content type and ETag; None when it is still the one of `etag`.

        Raises:
            StashRefusedError: Stash asks for a login instead.
            UnreadableAnswerError: Anything else than a picture's answer.
        """
        headers = {"Accept": "*/*", **({"If-None-Match": etag} if etag else {})}
        answer = self._ask(path, headers, most=LONGEST_PICTURE_BYTES)
        if answer.status == 304:
            return None
        if answer.status == 401:
            raise StashRefusedError("Stash asks for a login instead of a cover")
        if answer.status != 200:
            raise UnreadableAnswerError(f"Stash answered {answer.status} to a cover")
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        return answer.body, kind, answer.headers.get("ETag", "")

    def _pages(
        self, query: str, variables: Mapping[str, object], *, first_page: int = 1
    ) -> Iterator[list[int]]:
        page = first_page
        while True:
            window = {"page": page, "size": IDS_PER_PAGE}
            ids = scenes.read_ids(self._data(query, {**variables, **window}))
            if ids:
                yield ids
            if len(ids) < IDS_PER_PAGE:
                return
            page += 1

    def _data(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Ask; the answer's data."""
        return _good_data(self._post(query, variables))

    def _post(self, query: str, variables: Mapping[str, object] | None = None) -> Answer:
        asked = {"query": query, **({"variables": variables} if variables else {})}
        body = json.dumps(asked, separators=(",", ":")).encode("ascii")
        answer = self._ask("/graphql", {"Accept": "application/json"}, body=body)
        if answer.status in {401, 403}:
            raise StashRefusedError(
                "Stash refuses our login",
                remedy="save any scene, or set an API key in Stash's security settings",
            )
        return answer

    def _ask(
        self,
        path: str,
        headers: Mapping[str, str],
        *,
        body: bytes | None = None,
        most: int | None = None,
    ) -> Answer:
        """Ask with the freshest login, and keep what the answer says of it."""
        with self._lock:
            headers = {**self._credentials(), **headers}
            answer = self._transport.ask(self.connection.url, path, headers, body=body, most=most)
            self._learn(answer)
        return answer

    def _learn(self, answer: Answer) -> None:
        if answer.status in {401, 403}:
            self._key = ""  # a changed key fails even with a good cookie
        elif self._cookie and answer.status < 300:
            name, old = self._cookie
            self._cookie = (name, answer.cookies.get(name) or old)

    def _conditions_of(self, data: Mapping[str, Any]) -> Conditions:
        self._key = scenes.read_api_key(data) or self._key
        return scenes.read_conditions(data)

    def _credentials(self) -> dict[str, str]:
        if self._key:
            return {"ApiKey": self._key}
        return {"Cookie": f"{self._cookie[0]}={self._cookie[1]}"} if self._cookie else {}


def _good_data(answer: Answer) -> dict[str, Any]:
    """The data of an answer without errors; "database is locked" is one of them and passes."""
    try:
        content = read_json(answer.body)
    except ValueError as error:
        raise StashAwayError(f"Stash answered {answer.status} without JSON") from error
    told = content if isinstance(content, dict) else {}
    data = told.get("data")
    if answer.status == 200 and isinstance(data, dict) and not told.get("errors"):
        return data
    raise StashAwayError(f"Stash answered {answer.status} with an error: {_first_error(content)}")


def _first_error(content: object) -> str:
    errors = content.get("errors") if isinstance(content, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return "no data"
    # Stash repeats the statement and its values: paths, names and the like.
    return _STATEMENT.sub("a statement", str(first.get("message")))[:200]
