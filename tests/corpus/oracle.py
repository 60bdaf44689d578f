"""The truth by plain comparison of paths, sharing no code with what is tested.

It checks the recipes' truth, and says for a single file what they say for whole scenes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.corpus.facts import Corpus, CorpusScene, Verdict
from tests.corpus.names import composed

NOTHING: frozenset[int] = frozenset()


class Oracle:
    """Knows which items of each library hold a file, by looking at all of them."""

    def __init__(self, corpus: Corpus) -> None:
        self._libraries = corpus.libraries
        self._exact: list[dict[str, set[int]]] = [{} for _ in corpus.libraries]
        self._composed: list[dict[str, set[int]]] = [{} for _ in corpus.libraries]
        for number, item in enumerate(corpus.items):
            for path in item.files:
                self._exact[item.library].setdefault(path, set()).add(number)
                self._composed[item.library].setdefault(composed(path), set()).add(number)

    def holders(self, library: int, plex_path: str) -> frozenset[int]:
        """Items of one library that hold a file; one that spells it the same goes first."""
        exact = self._exact[library].get(plex_path, ())
        return frozenset(exact) or self.equals(library, plex_path)

    def equals(self, library: int, plex_path: str) -> frozenset[int]:
        """Items of one library that hold a file, however they spell it."""
        return frozenset(self._composed[library].get(composed(plex_path), ()))

    def looks_into(self, library: int, plex_path: str) -> bool:
        """Whether a file lies below a folder of the library."""
        folders = self._libraries[library].locations
        return any(composed(plex_path).startswith(f"{composed(one)}/") for one in folders)

    def verdict(self, scene: CorpusScene) -> tuple[Verdict, frozenset[int]]:
        """What there is to say about a scene, over all chosen libraries."""
        told = [self._in_library(number, scene) for number in self._chosen()]
        found = frozenset().union(*(items for verdict, items in told if verdict is Verdict.FOUND))
        if found:
            return Verdict.FOUND, found
        unsure = frozenset().union(*(items for _, items in told))
        return (Verdict.AMBIGUOUS, unsure) if unsure else (Verdict.NONE, NOTHING)

    def is_held(self, scene: CorpusScene) -> bool:
        """Whether every library that looks into a folder of the scene holds the file there."""
        paths = [file.plex for file in scene.files]
        asked = [(n, path) for n in self._chosen() for path in paths if self.looks_into(n, path)]
        return bool(asked) and all(self.holders(number, path) for number, path in asked)

    def is_known(self, scene: CorpusScene) -> bool:
        """Whether every library that looks into a folder of the scene holds its primary file."""
        files = [file.plex for file in scene.files]
        asked = [n for n in self._chosen() if any(self.looks_into(n, path) for path in files)]
        return bool(asked) and all(self.holders(number, files[0]) for number in asked)

    def _chosen(self) -> Sequence[int]:
        return [number for number, one in enumerate(self._libraries) if one.is_chosen]

    def _in_library(self, library: int, scene: CorpusScene) -> tuple[Verdict, frozenset[int]]:
        held = [self.holders(library, file.plex) for file in scene.files]
        every = frozenset().union(*held)
        if len(every) == 1:
            return Verdict.FOUND, every
        if every and len(held[0]) == 1:
            return Verdict.FOUND, held[0]
        return (Verdict.AMBIGUOUS, every) if every else (Verdict.NONE, NOTHING)


def by_kind(scenes: Sequence[CorpusScene]) -> Mapping[str, list[CorpusScene]]:
    """The scenes of each kind, in their order."""
    kinds: dict[str, list[CorpusScene]] = {}
    for scene in scenes:
        kinds.setdefault(scene.kind, []).append(scene)
    return kinds


def sample(scenes: Sequence[CorpusScene], per_kind: int) -> list[CorpusScene]:
    """The first scenes of each kind: their order is the seed's."""
    return sorted(
        (scene for some in by_kind(scenes).values() for scene in some[:per_kind]),
        key=lambda scene: scene.id,
    )
