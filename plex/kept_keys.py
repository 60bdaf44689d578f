"""The rating keys that `MatchCache` keeps for the worker: by comparable path, all of them.

A path that two items hold is kept with both keys, so that a cache never hides what the server would
show. The cache's own keys are without case; paths with capitals are told apart by a digest, or the
absence of one file would drop the match of another that differs in case alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from plex.answers import ListedItem, Section
from plex.cache import MatchCache
from plex.paths import comparable

_SEEN_BYTES = 1024 * 1024
_PLACES = 8 * _SEEN_BYTES  # two of them stand for a path


class SeenPaths:
    """The paths that a listing has named, in a megabyte however many there are.

    One that comes again is always known. Of a hundred thousand new ones some sixty are taken for
    known as well; each costs a look into the cache.
    """

    def __init__(self) -> None:
        self._bits = bytearray(_SEEN_BYTES)

    def add(self, path: str) -> bool:
        """Note a path; whether it was noted before."""
        number = hash(path)
        was_there = True
        for place in (number % _PLACES, (number >> 24) % _PLACES):
            byte, bit = place >> 3, 1 << (place & 7)
            was_there = was_there and bool(self._bits[byte] & bit)
            self._bits[byte] |= bit
        return was_there


class KeptKeys:
    """Paths and the keys of the items that hold them, for the libraries of one server.

    Args:
        cache: Where they are kept.
        machine: The server's machine identifier: other servers give the same keys.
    """

    def __init__(self, cache: MatchCache, *, machine: str) -> None:
        self._cache = cache
        self._machine = machine

    def of(self, section: Section, paths: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """The keys that are kept for paths; each has to be verified against its item."""
        forms = {path: _form(path) for path in paths}
        kept = self._cache.get_many(self._name(section), forms.values())
        found = {path: _read(kept.get(form, "")) for path, form in forms.items()}
        return {path: keys for path, keys in found.items() if keys}

    def keep(self, section: Section, path: str, keys: Sequence[int]) -> None:
        """Keep which items hold a file; none at all forgets it."""
        if keys:
            self._cache.set_match(self._name(section), _form(path), _written(keys))
        else:
            self._cache.invalidate(self._name(section), _form(path))

    def learn(
        self, section: Section, items: Iterable[ListedItem], seen: SeenPaths | None = None
    ) -> None:
        """Keep the keys of all files of some items, in one transaction.

        Args:
            section: Their library.
            items: The items.
            seen: The paths of this listing's earlier pages; a path that comes again keeps both
                keys. None where the items are only some of the library's.
        """
        keys: dict[str, list[int]] = {}
        for one in items:
            for path in one.files:
                keys.setdefault(_form(path), []).append(one.rating_key)
        again = [path for path in keys if seen is None or seen.add(path)]
        for path, text in self._cache.get_many(self._name(section), again).items():
            keys[path] += _read(text)
        self._cache.set_many(
            self._name(section), [(path, _written(some)) for path, some in keys.items()]
        )

    def _name(self, section: Section) -> str:
        return f"{self._machine}/{section.key}"


def _form(path: str) -> str:
    """The text under which a path is kept: equal for equal paths, whatever the cache does to it."""
    form = comparable(path)
    if form == form.lower():
        return form
    return f"{form}:{blake2b(form.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


def _read(text: str) -> tuple[int, ...]:
    """The keys in a text of the cache; what is no key is left out."""
    parts = text.split(",")
    return tuple(
        dict.fromkeys(
            int(one) for one in parts if one.isascii() and one.isdigit() and len(one) < 19
        )
    )


def _written(keys: Iterable[int]) -> str:
    return ",".join(map(str, dict.fromkeys(keys)))
