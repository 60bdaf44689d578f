"""The one place that asks Stash: GraphQL and pictures, from a process that outlives its cookie.

Stash hands a session cookie to every hook; it dies an hour after its issue, but each answer
carries a fresh one. An API key, where one is set, never dies and is asked for once. Stash's https
is usually self-signed, so this connection alone is not verified; it goes to the address that Stash
itself named.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import requests
import urllib3
from stashapi.classes import GQLWrapper

from errors import StashAwayError, StashRefusedError, UnreadableAnswerError
from stash import changes, file_queries, queries, scenes, sources
from stash.call import Connection
from stash.changes import Change
from stash.scenes import Conditions, SceneBatch
from stash.transport import Patient, first_bytes, read_json

log = logging.getLogger("PlexSync.stash.client")

IDS_PER_PAGE = 5_000
SAMPLE_PAGE = 20
CHANGES_PER_PAGE = 1_000
LONGEST_PICTURE_BYTES = 10 * 1024 * 1024

_GOOD = b'{"data":{"findScenes":{'  # an answer with errors begins with them
_UNREAD: dict[str, Any] = {}


class StashClient(GQLWrapper):  # type: ignore[misc]
    """One connection to the Stash that started us; several threads take turns.

    Args:
        connection: From the newest hook, task or operation.

    Attributes:
        last_conditions: What Stash said about the plugin with its last changes.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.log = log
        self.s.trust_env = False
        self.s.verify = False
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._transport = Patient()
        self.s.mount("http://", self._transport)
        self.s.mount("https://", self._transport)
        self._key = ""
        self._lock = threading.RLock()
        self._raw = b""
        self._is_read = True
        self.last_conditions: Conditions | None = None
        self.use(connection)

    def use(self, connection: Connection) -> None:
        """Take a newer connection: another address, or a fresher cookie."""
        self.connection = connection
        self.url = f"{connection.url}/graphql"
        self._cookie = connection.cookie

    def current_connection(self) -> Connection:
        """The connection with the freshest cookie, for a successor."""
        return replace(self.connection, cookie=self._cookie)

    def close(self) -> None:
        """Close the connections."""
        self.s.close()

    def conditions(self) -> Conditions:
        """The plugin's settings and whether it is enabled."""
        return self._conditions_of(self._data(queries.CONDITIONS))

    def read_scenes(self, scene_ids: list[int], *, with_tag_parents: bool = False) -> SceneBatch:
        """Read a batch of scenes in one query, with the conditions; a missing scene is absent."""
        query = queries.read_scenes(scene_ids, with_tag_parents=with_tag_parents)
        data, raw = self._answer(query)
        found = scenes.read_batch(data, scene_ids, sources.digests(raw))
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
            data, raw = self._answer(query, {"page": page, "size": size}, is_read=False)
            found = sources.digests(raw) if data is _UNREAD else {}
            if not found:  # behind the last page, or an answer that is written otherwise
                data = self._data(query, {"page": page, "size": size})
                found = dict.fromkeys(scenes.read_ids(data), b"")
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
        with self._lock:
            return self._picture(path, etag)

    def _picture(self, path: str, etag: str) -> tuple[bytes, str, str] | None:
        headers = {**self._credentials(), **({"If-None-Match": etag} if etag else {})}
        headers["Accept"] = "*/*"
        target = f"{self.connection.url}{path}"
        try:
            with self.s.get(target, headers=headers, stream=True, allow_redirects=False) as answer:
                self._remember_cookie(answer)
                if answer.status_code == 304:
                    return None
                if answer.status_code == 401:
                    raise StashRefusedError("Stash asks for a login instead of a cover")
                if answer.status_code != 200:
                    raise UnreadableAnswerError(f"Stash answered {answer.status_code} to a cover")
                body = first_bytes(answer, LONGEST_PICTURE_BYTES)
                kind = answer.headers.get("Content-Type", "").partition(";")[0]
                return body, kind, answer.headers.get("ETag", "")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise StashAwayError(
                f"Stash at {self.connection.url} does not answer ({type(error).__name__})"
            ) from None
        finally:
            self._transport.done()

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
        return self._answer(query, variables)[0]

    def _answer(
        self, query: str, variables: Mapping[str, object] | None = None, *, is_read: bool = True
    ) -> tuple[dict[str, Any], bytes]:
        """Ask; the data, `_UNREAD` where it is good and shall not be read, and the bytes."""
        with self._lock:
            self._is_read = is_read
            return self._asked(query, variables), self._raw

    def _asked(self, query: str, variables: Mapping[str, object] | None) -> dict[str, Any]:
        self.s.headers.pop("ApiKey", None)
        self.s.headers.pop("Cookie", None)
        self.s.headers.update(self._credentials())
        self.s.cookies.clear()  # a jar keeps the old cookie beside the new, and Stash reads the old
        try:
            data: dict[str, Any] = self.call_GQL(query, dict(variables or {}))
        except (requests.RequestException, OSError) as error:
            raise StashAwayError(
                f"Stash at {self.connection.url} does not answer ({type(error).__name__})"
            ) from None
        finally:
            self._transport.done()
        return data

    def _handle_GQL_response(self, response: requests.Response) -> dict[str, Any]:  # noqa: N802
        """Classify an answer by status; stashapi's own handling knows only one bare exception."""
        self._remember_cookie(response)
        status = response.status_code
        if status in {401, 403}:
            raise StashRefusedError(
                "Stash refuses our login",
                remedy="save any scene, or set an API key in Stash's security settings",
            )
        if status >= 500 or status == 429:
            raise StashAwayError(f"Stash answered {status}")
        self._raw = response.content
        if not self._is_read and status == 200 and self._raw.startswith(_GOOD):
            return _UNREAD
        try:
            content = read_json(self._raw)
        except ValueError as error:
            raise StashAwayError(f"Stash answered {status} without JSON") from error
        told = content if isinstance(content, dict) else {}
        data = told.get("data")
        if status == 200 and isinstance(data, dict) and not told.get("errors"):
            return data
        # Errors come with status 200; "database is locked" is one of them and passes.
        raise StashAwayError(f"Stash answered {status} with an error: {_first_error(content)}")

    def _conditions_of(self, data: Mapping[str, Any]) -> Conditions:
        self._key = scenes.read_api_key(data) or self._key
        return scenes.read_conditions(data)

    def _credentials(self) -> dict[str, str]:
        if self._key:
            return {"ApiKey": self._key}
        return {"Cookie": f"{self._cookie[0]}={self._cookie[1]}"} if self._cookie else {}

    def _remember_cookie(self, response: requests.Response) -> None:
        if response.status_code in {401, 403}:
            self._key = ""  # a changed key fails even with a good cookie
        if self._cookie:
            fresh = response.cookies.get(self._cookie[0])
            if fresh and response.status_code < 300:
                self._cookie = (self._cookie[0], fresh)


def _first_error(content: object) -> str:
    errors = content.get("errors") if isinstance(content, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return str(first.get("message"))[:200] if isinstance(first, dict) else "no data"
