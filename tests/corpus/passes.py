"""The two ways of matching, run over many scenes, and what they got wrong.

A wrong match is one that the truth does not have: an item that is not the scene's, one chosen among
several that cannot be told apart, or a candidate that holds none of its files. A missed one is an
item or a candidate that the truth has and that was not found, and a scene that could not be asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from plex.cache import MatchCache, PlexCache
from plex.client import PlexClient
from plex.exceptions import PlexNotFound
from plex.finder import Finder, Found, Wanted
from plex.matcher import MatchConfidence, find_plex_items_with_confidence
from tests.corpus.builder import ROOTS, SHARED
from tests.corpus.facts import Corpus, CorpusScene, File, Verdict
from tests.corpus.library import HttpLibrary
from tests.corpus.oracle import Oracle
from tests.corpus.world import World

BATCH = 50  # as the worker claims them
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What was told of a scene or a file: rating keys, or why nothing was."""

    items: Sequence[int] = ()
    candidates: Sequence[int] = ()
    error: Exception | None = None


@dataclass(slots=True)
class Score:
    """How much went wrong, and the first of it in words.

    Few words: comparing thousands of lines would take a failing test minutes.
    """

    wrong: int = 0
    missed: int = 0
    examples: list[str] = field(default_factory=list)

    def count(self, what: str, verdict: Verdict, keys: Collection[int], answer: Answer) -> None:
        """Hold one answer against the truth."""
        told = [*answer.items, *answer.candidates]
        right = answer.items if verdict is Verdict.FOUND else answer.candidates
        is_alien = bool(set(told) - set(keys))
        is_wrong = is_alien or len(right) < len(told) or len(set(told)) < len(told)
        is_missed = bool(set(keys) - set(right) or answer.error)
        self.wrong += is_wrong
        self.missed += is_missed
        if (is_wrong or is_missed) and len(self.examples) < _EXAMPLES:
            self.examples.append(f"{what} is {verdict.value} {sorted(keys)}, but got {answer}")


def finder_of(world: World, client: PlexClient, cache: MatchCache) -> Finder:
    """A finder as a worker has it after its start."""
    return Finder(
        client,
        machine=client.machine_identifier(),
        sections=world.chosen(client),
        match_cache=cache,
    )


def run_batches(
    world: World,
    finder: Finder,
    scenes: Sequence[CorpusScene],
    *,
    fresh: float = 0.0,
    size: int = BATCH,
) -> Score:
    """Match scenes the worker's way.

    Args:
        world: Where.
        finder: What finds them.
        scenes: Which.
        fresh: The share of them that a person waits for.
        size: How many are found together.
    """
    score, rng = Score(), Random(len(scenes))
    for start in range(0, len(scenes), size):
        batch = scenes[start : start + size]
        wanted = {
            scene.id: Wanted(
                paths=tuple(world.corpus.mapping.to_plex(file.stash) for file in scene.files),
                is_fresh=rng.random() < fresh,
            )
            for scene in batch
        }
        found = finder.find(wanted)
        for scene in batch:
            _judge(world, scene, found[scene.id], score)
    return score


def _judge(world: World, scene: CorpusScene, found: Found, score: Score) -> None:
    answer = Answer(
        [item.rating_key for item in found.items],
        [item.rating_key for item in found.candidates],
        found.error,
    )
    keys = {world.keys[number] for number in scene.items}
    score.count(f"scene {scene.id} ({scene.kind})", scene.verdict, keys, answer)


def run_single(
    world: World,
    client: PlexClient,
    scenes: Sequence[CorpusScene],
    *,
    listings: PlexCache | None = None,
    matches: MatchCache | None = None,
) -> Score:
    """Match every file of each scene by itself, in each chosen library that may hold it."""
    score, oracle = Score(), Oracle(world.corpus)
    for number, scene, file in questions(world.corpus, oracle, scenes):
        shelf = HttpLibrary(client, world.cache_name(number), number + 1)
        keys = {world.keys[holder] for holder in oracle.holders(number, file.plex)}
        verdict = (Verdict.NONE, Verdict.FOUND, Verdict.AMBIGUOUS)[min(len(keys), 2)]
        answer = _ask(shelf, file, listings, matches)
        score.count(f"{file.plex} ({scene.kind})", verdict, keys, answer)
    return score


def questions(
    corpus: Corpus, oracle: Oracle, scenes: Sequence[CorpusScene]
) -> Iterator[tuple[int, CorpusScene, File]]:
    """Each file of the scenes with each chosen library that may hold it."""
    chosen = [number for number, one in enumerate(corpus.libraries) if one.is_chosen]
    for scene in scenes:
        for file in scene.files:
            for number in chosen:
                # A decoy lies in a library that does not look into the file's own folder.
                if oracle.looks_into(number, file.plex) or scene.kind == "decoys":
                    yield number, scene, file


def _ask(
    shelf: HttpLibrary, file: File, listings: PlexCache | None, matches: MatchCache | None
) -> Answer:
    stash, plex = prefixes(file)
    try:
        confidence, item, items = find_plex_items_with_confidence(
            shelf, file.stash, plex, stash, listings, matches
        )
    except PlexNotFound:
        return Answer()
    if confidence is MatchConfidence.HIGH and item is not None:
        return Answer(items=[int(item.key)])
    return Answer(candidates=[int(one.key) for one in items])


def prefixes(file: File) -> tuple[str, str]:
    """The folder of Stash that a file is in, and the one of Plex; the longest pair wins."""
    fitting = [root for root in (*ROOTS, SHARED) if file.plex.startswith(f"{root.plex}/")]
    root = max(fitting, key=lambda one: len(one.plex))
    return root.stash, root.plex
