"""The two caches between PlexSync and Plex: what was listed, and which item holds which file.

A cache changes what an answer costs, never what it says. So nothing here is needed: a file that
is damaged is thrown away and built anew, an operation that fails is a miss or does nothing, and
each is said once. Keys and values are JSON; nothing that was pickled is ever loaded.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TypedDict, TypeVar

import diskcache

from plex.cache_file import LOCK_SECONDS, CacheFile, UnreadableValueError

log = logging.getLogger("PlexSync.plex.cache")

T = TypeVar("T")
SelfT = TypeVar("SelfT", bound="_Counting")

_OPTIMISED = ("42", 42)  # `proxyType` of a version that Plex made itself
_ROOM = 0.9  # a full match cache is emptied to this part of its limit


class ItemData(TypedDict):
    """All that is kept of an item."""

    key: str
    title: str
    file_paths: list[str]


def _extract_item_data(item: object) -> ItemData | None:
    """What is kept of an item, whatever it carries; None for an item without a key.

    Args:
        item: A plexapi object, one of our own items or candidates, or such a dict.
    """
    if isinstance(item, Mapping):
        key = item.get("key") or item.get("ratingKey")
        title, files = item.get("title"), item.get("file_paths")
    else:
        with _no_hidden_request(item):
            key = _first(item, "key", "ratingKey", "rating_key")
            title = getattr(item, "title", None)
            files = getattr(item, "files", None)
            if not isinstance(files, (tuple, list)):
                files = list(_part_files(item))
    if not key:
        return None
    paths = files if isinstance(files, (tuple, list)) else ()
    return ItemData(
        key=str(key),
        title=title if isinstance(title, str) else "",
        file_paths=[path for path in paths if isinstance(path, str) and path],
    )


def _first(item: object, *names: str) -> object:
    return next((value for name in names if (value := getattr(item, name, None))), None)


def _part_files(item: object) -> Iterator[object]:
    for media in getattr(item, "media", None) or ():
        if getattr(media, "proxyType", None) not in _OPTIMISED:
            for part in getattr(media, "parts", None) or ():
                yield getattr(part, "file", None)


@contextmanager
def _no_hidden_request(item: object) -> Iterator[None]:
    """Keep a plexapi object from fetching itself when an empty attribute is read."""
    own = getattr(item, "__dict__", {})
    if "_autoReload" not in own:
        yield
        return
    before = own["_autoReload"]
    own["_autoReload"] = False
    try:
        yield
    finally:
        own["_autoReload"] = before


class _Counting:
    """What both caches share: the store, hits and misses, the end of use."""

    def __init__(self, store: CacheFile) -> None:
        self._store = store
        self._hits = 0
        self._misses = 0

    def clear(self) -> None:
        """Forget everything, and begin to count anew."""
        self._store.run(lambda cache: cache.clear(), 0)
        self._hits = self._misses = 0

    def get_stats(self) -> dict[str, float]:
        """`hits`, `misses` and `hit_rate` (per cent) of this object; `size` (bytes), `count`."""
        asked = self._hits + self._misses
        nothing = (0, 0)
        size, count = self._store.run(lambda cache: (cache.volume(), len(cache)), nothing)
        return {
            "hits": self._hits,
            "misses": self._misses,
            "hit_rate": 100.0 * self._hits / asked if asked else 0.0,
            "size": size,
            "count": count,
        }

    def close(self) -> None:
        """Give up this thread's connection to the file."""
        self._store.close()

    def __enter__(self: SelfT) -> SelfT:
        """Use the cache in a `with` statement."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it at the end of the statement."""
        self.close()

    def _count(self, value: T | None) -> T | None:
        if value is None:
            self._misses += 1
        else:
            self._hits += 1
        return value


class PlexCache(_Counting):
    """Listings and searches of libraries, believed for a limited time.

    Args:
        data_dir: The data folder; the cache is its subfolder `cache`.
        library_ttl: Seconds for which an answer is kept.
        size_limit: Bytes on disk; what was stored first goes.
    """

    def __init__(
        self,
        data_dir: str | os.PathLike[str],
        library_ttl: float = 3600,
        size_limit: int = 100 * 1024 * 1024,
    ) -> None:
        self._library_ttl = library_ttl
        self._size_limit = size_limit
        super().__init__(
            CacheFile(
                Path(data_dir) / "cache",
                size_limit=size_limit,
                eviction_policy="least-recently-stored",
            )
        )

    def get_library_items(self, library_name: str) -> list[ItemData] | None:
        """The listing of a library; None when none is known."""
        return self._get(f"all:{library_name}")

    def set_library_items(self, library_name: str, items: Iterable[object]) -> None:
        """Keep the listing of a library."""
        self._set(f"all:{library_name}", items)

    def get_search_results(self, library_name: str, title: str) -> list[ItemData] | None:
        """What a search by title found; None when that is not known."""
        return self._get(f"search:{library_name}:{title}")

    def set_search_results(self, library_name: str, title: str, items: Iterable[object]) -> None:
        """Keep what a search by title found."""
        self._set(f"search:{library_name}:{title}", items)

    def _get(self, key: str) -> list[ItemData] | None:
        return self._count(self._store.run(lambda cache: _read_items(cache.get(key)), None))

    def _set(self, key: str, items: Iterable[object]) -> None:
        kept = [data for data in map(_extract_item_data, items) if data is not None]

        def put(cache: diskcache.Cache) -> None:
            cache.set(key, kept, expire=self._library_ttl)
            cache.cull()  # `set` alone lets one large listing exceed the limit

        self._store.run(put, None)


def _read_items(value: object) -> list[ItemData] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(map(_is_item_data, value)):
        raise UnreadableValueError("a value of another shape")
    return value


def _is_item_data(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("key"), str)
        and isinstance(value.get("title"), str)
        and isinstance(paths := value.get("file_paths"), list)
        and all(isinstance(path, str) for path in paths)
    )


class MatchCache(_Counting):
    """Which item holds which file, kept until somebody finds it wrong.

    Reading is all that a hit costs: nothing expires and no use is recorded (`eviction_policy`
    other than "none" makes every read a write). When the limit is reached, the entries stored
    first are dropped, a tenth at a time.

    Args:
        data_dir: The data folder; the cache is its subfolder `match_cache`.
        size_limit: Bytes on disk.
        lock_seconds: How long another holder of the file is waited for.
    """

    def __init__(
        self,
        data_dir: str | os.PathLike[str],
        size_limit: int = 50 * 1024 * 1024,
        *,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self._size_limit = size_limit
        super().__init__(
            CacheFile(
                Path(data_dir) / "match_cache",
                lock_seconds=lock_seconds,
                size_limit=size_limit,
                eviction_policy="none",
            )
        )

    def get_match(self, library: str, file_path: str) -> str | None:
        """The key of the item that held the file; verify the item's full path before use."""
        return self.get_many(library, [file_path]).get(file_path)

    def get_many(self, library: str, paths: Iterable[str]) -> dict[str, str]:
        """The keys that are known, by path; verify each item's full path before use."""
        wanted = list(dict.fromkeys(paths))

        def read(cache: diskcache.Cache) -> dict[str, str]:
            values = ((path, cache.get(_match_key(library, path))) for path in wanted)
            return {path: _read_key(value) for path, value in values if value is not None}

        found: dict[str, str] = self._store.run(read, {})
        self._hits += len(found)
        self._misses += len(wanted) - len(found)
        return found

    def set_match(self, library: str, file_path: str, key: str) -> None:
        """Keep which item holds the file."""
        self.set_many(library, [(file_path, key)])

    def set_many(self, library: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep pairs of path and key in one transaction: a listing, a page at a time."""
        # Read first: what fails while the pairs come is not the cache's failure.
        rows = [(_match_key(library, path), str(key)) for path, key in pairs]
        tag = _tag(library)

        def put(cache: diskcache.Cache) -> None:
            with cache.transact():
                for row_key, key in rows:
                    cache.set(row_key, key, tag=tag)
            self._make_room(cache)

        if rows:
            self._store.run(put, None)

    def invalidate(self, library: str, file_path: str) -> None:
        """Forget which item holds the file."""
        self._store.run(lambda cache: cache.delete(_match_key(library, file_path)), False)

    def invalidate_library(self, library: str) -> None:
        """Forget every match of one library."""
        self._store.run(lambda cache: cache.evict(_tag(library)), 0)

    def _make_room(self, cache: diskcache.Cache) -> None:
        if cache.volume() <= self._size_limit:
            return
        before = len(cache)
        while (count := len(cache)) and cache.volume() > _ROOM * self._size_limit:
            with cache.transact():
                for key in list(islice(iter(cache), -(-count // 10))):
                    cache.delete(key)
            if len(cache) == count:  # rows that are not ours
                cache.clear()
        log.info("the match cache is full; %d of %d entries dropped", before - len(cache), before)


def _match_key(library: str, path: str) -> str:
    return f"match:{library}:{path.lower()}"


def _tag(library: str) -> int:
    """What marks a library's rows: short, and exact where a key's beginning is not.

    `Movies` is the beginning of the keys of `Movies:4K` too.
    """
    digest = hashlib.blake2b(str(library).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


def _read_key(value: object) -> str:
    if not isinstance(value, str):
        raise UnreadableValueError("a value of another shape")
    return value
