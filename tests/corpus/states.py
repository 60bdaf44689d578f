"""What the caches may hold when a scene is looked for: nothing, truth, or lies."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from itertools import islice
from pathlib import Path
from random import Random

from plex.cache import MatchCache, PlexCache
from plex.kept_keys import KeptKeys
from plex.matcher import suggested_titles
from tests.corpus.facts import CorpusScene
from tests.corpus.oracle import Oracle
from tests.corpus.world import World

_NO_KEYS = ("", "no key", "-5", "1e3", "/library/metadata/1", "\u0663", "9" * 30, "1,x", ",")
_MISSING = 90_000_000
_POISONED = 0.75  # of the entries; the rest stays right
_POISONED_ABSENT = 0.15  # of those of files that no item holds: each costs a look-up at least
_SEARCHES = 300  # false ones in a library, enough for all that the single path is asked


class CacheState(Enum):
    """How the caches stand to what Plex holds now."""

    COLD = "cold"
    WARM = "warm"  # an earlier pass filled them
    HALF_STALE = "half stale"  # half of the items came back under other keys since
    POISONED = "poisoned"  # other items' keys, keys of no item, and texts that are no key


class Caches:
    """The caches of a world: as an earlier pass left them, and as one does now.

    Args:
        folder: Where they are kept.
        world: Half of its items change their keys between the two passes.
        fill: One pass, which fills the caches of a folder that are to be in a state.
    """

    def __init__(
        self, folder: Path, world: World, fill: Callable[[Path, CacheState], None]
    ) -> None:
        self._folder = folder
        self._world = world
        self._copies = 0
        items = range(len(world.corpus.items))
        fill(self._left_by(CacheState.HALF_STALE), CacheState.HALF_STALE)
        world.move(Random(len(items)).sample(items, len(items) // 2))
        fill(self._left_by(CacheState.WARM), CacheState.WARM)

    def data_folder(self, state: CacheState, scenes: Sequence[CorpusScene]) -> Path:
        """A data folder whose caches are in a state, to be used once.

        Args:
            state: The state.
            scenes: What is poisoned when it is to be poisoned.
        """
        self._copies += 1
        place = self._folder / f"copy {self._copies}"
        if state is CacheState.COLD:
            return place
        is_poisoned = state is CacheState.POISONED
        shutil.copytree(self._left_by(CacheState.WARM if is_poisoned else state), place)
        if is_poisoned:
            poison(place, self._world, scenes)
        return place

    def _left_by(self, state: CacheState) -> Path:
        return self._folder / state.value


class _Liar(MatchCache):
    """A match cache that keeps a lie under whatever name the truth is kept."""

    lie = ""

    def set_match(self, library: str, file_path: str, key: str) -> None:
        """Keep the lie."""
        del key
        super().set_match(library, file_path, self.lie)


def poison(data_folder: Path, world: World, scenes: Sequence[CorpusScene]) -> None:
    """Make both caches tell lies about most files of some scenes."""
    rng, oracle = Random(len(scenes)), Oracle(world.corpus)
    paths = [world.corpus.mapping.to_plex(file.stash) for one in scenes for file in one.files]
    with (
        _Liar(data_folder) as matches,
        PlexCache(data_folder) as listings,
        world.client() as client,
    ):
        kept = KeptKeys(matches, machine=client.machine_identifier())
        for section in world.chosen(client):
            number = section.key - 1
            here = [path for path in paths if oracle.looks_into(number, path)]
            claims: dict[str, str] = {}
            for path in here:
                share = _POISONED if oracle.equals(number, path) else _POISONED_ABSENT
                if rng.random() > share:
                    continue
                lies = _lies(rng, world, oracle, path, number)
                matches.lie = rng.choice([*lies, *_elsewhere(world, oracle, path, number)])
                kept.keep(section, path, [0])  # where the batch path looks
                matches.lie = rng.choice(lies)
                matches.set_match(world.cache_name(number), path, "")  # where the single path does
                claims[path] = matches.lie or "-"
            _claim(listings, world.cache_name(number), claims)


def _claim(listings: PlexCache, name: str, keys: Mapping[str, str]) -> None:
    """Keep a listing, and searches, that name wrong keys for right paths."""
    claims = [{"key": key, "title": "", "file_paths": [path]} for path, key in keys.items()]
    listings.set_library_items(name, claims)
    for path, claim in islice(zip(keys, claims, strict=True), _SEARCHES):
        listings.set_search_results(name, suggested_titles(path)[0], [claim])


def _lies(rng: Random, world: World, oracle: Oracle, path: str, library: int) -> list[str]:
    """What a cache may say of a file that is not the whole truth."""
    libraries = range(len(world.corpus.libraries))
    holders = frozenset().union(*(oracle.equals(one, path) for one in libraries))
    numbers = rng.sample(range(len(world.keys)), 4)
    others = [str(world.keys[number]) for number in numbers if number not in holders]
    missing = str(_MISSING + rng.randrange(1000))
    lies = [others[0], ",".join(others), missing, rng.choice(_NO_KEYS)]
    here = [str(world.keys[number]) for number in oracle.equals(library, path)]
    if len(here) == 1:
        lies += [f"{missing},{here[0]}", f"{others[0]},{here[0]}"]
    return lies


def _elsewhere(world: World, oracle: Oracle, path: str, library: int) -> list[str]:
    """Keys of items that hold the file too, in another library.

    The single path is not told these: it takes any item that holds the file, as plexapi gives it.
    """
    libraries = range(len(world.corpus.libraries))
    numbers = [n for one in libraries if one != library for n in oracle.equals(one, path)]
    return [str(world.keys[number]) for number in numbers]
