"""Puts items and scenes together, file by file; recipes say which.

Each new file gets a number of its own and with it a path of its own, so that a recipe knows the
truth about its scenes without looking at any other's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from random import Random

from mirror.paths import PathMapping
from tests.corpus import names
from tests.corpus.facts import (
    Corpus,
    CorpusItem,
    CorpusScene,
    File,
    Library,
    Root,
    Verdict,
)

FILMS, CLIPS, ASIDE = range(3)
LIBRARIES = (
    # The second library looks into Stash's own folder too: who forgets the mapping finds decoys.
    Library(title="Films", locations=("/plex/films", "/mnt/archive", "/plex/shared")),
    Library(
        title="Clips",
        locations=(
            *("/plex/clips", "/data/clips 2", "/plex/shared"),
            *("/plex/S\u00e9ries", "/data/films"),
        ),
    ),
    Library(
        title="Aside", locations=("/plex/films", "/plex/clips", "/plex/aside"), is_chosen=False
    ),
)
# The archive lies below another root, and `clips 2` only begins as one does.
ROOTS = (
    Root(stash="/data/films", plex="/plex/films", libraries=(FILMS,)),
    Root(stash="/data/films/archive", plex="/mnt/archive", libraries=(FILMS,)),
    Root(stash="/data/clips", plex="/plex/clips", libraries=(CLIPS,)),
    Root(stash="/data/clips 2", plex="/data/clips 2", libraries=(CLIPS,)),
    Root(stash="/data/s\u00e9ries", plex="/plex/S\u00e9ries", libraries=(CLIPS,)),
)
SHARED = Root(stash="/data/shared", plex="/plex/shared", libraries=(FILMS, CLIPS))
NOWHERE = Root(stash="/data/elsewhere", plex="/data/elsewhere", libraries=())
MAPPING = PathMapping(
    tuple((root.stash, root.plex) for root in (*ROOTS, SHARED) if root.stash != root.plex)
)
_FOLDERS = (
    *("Studio A", "studio a", "Studio A/2024", "Studio B", "Tom & Jerry's", "100%", "#1, #2"),
    *("[x]", "\U0001f3ac", "\u00dcn\u00ef", "a,b", "Net (UK)", "films", "deep/er/and/deeper"),
)
_ENTITLED = 0.45  # how many items no longer bear the title that their file suggests


class Builder:
    """Collects a corpus.

    Args:
        rng: The only source of chance.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.items: list[CorpusItem] = []
        self.scenes: list[CorpusScene] = []
        self.chosen = 0  # how many of the items lie in chosen libraries
        self._number = 0

    def number(self) -> int:
        """A number that no name has yet."""
        self._number += 1
        return self._number

    def name(self, flavour: names.Flavour = names.any_name) -> str:
        """A new file name."""
        return flavour(self.rng, self.number()) + names.ending(self.rng)

    def root(self) -> Root:
        """One of the roots that belong to one library."""
        return self.rng.choice(ROOTS)

    def file(
        self, *, root: Root | None = None, folder: str | None = None, name: str | None = None
    ) -> File:
        """A file somewhere below a root; without a name it is a new one."""
        where = root or self.root()
        below = f"{folder or self.rng.choice(_FOLDERS)}/{name or self.name()}"
        return File(stash=f"{where.stash}/{below}", plex=f"{where.plex}/{below}")

    def files(self, count: int, *, root: Root | None = None) -> list[File]:
        """New files below one root."""
        where = root or self.root()
        return [self.file(root=where) for _ in range(count)]

    def folders(self, count: int) -> list[tuple[Root, str]]:
        """Different folders of all roots."""
        every = [(root, folder) for root in ROOTS for folder in _FOLDERS]
        return self.rng.sample(every, count)

    def item(
        self,
        *versions: File | Sequence[File],
        library: int | None = None,
        optimised: Collection[str] = (),
        title: str | None = None,
    ) -> int:
        """Put an item into Plex and say its number.

        Args:
            versions: Each a file, or the files of its parts.
            library: None for the one that looks into the first file's root.
            optimised: Paths of versions that Plex made.
            title: None for any.
        """
        parts = [[one] if isinstance(one, File) else list(one) for one in versions]
        first = parts[0][0].plex
        item = CorpusItem(
            library=library_of(first) if library is None else library,
            versions=tuple(tuple(file.plex for file in version) for version in parts),
            optimised=tuple(optimised),
            title=self.title() if title is None else title,
        )
        self.items.append(item)
        self.chosen += LIBRARIES[item.library].is_chosen
        return len(self.items) - 1

    def title(self) -> str:
        """Empty, a title that a person gave, one that many share, or what another file suggests."""
        if self.rng.random() > _ENTITLED:
            return ""
        return self.rng.choice(
            (f"{names.words(self.rng, 3)} {self.number()}", "Untitled", self._stem_of_another())
        )

    def scene(self, kind: str, *files: File, found: Collection[int] = ()) -> None:
        """Tell Stash of a scene whose items are known, or that has none."""
        verdict = Verdict.FOUND if found else Verdict.NONE
        self._scene(kind, files, verdict, found)

    def ambiguous(self, kind: str, *files: File, items: Collection[int]) -> None:
        """Tell Stash of a scene whose items cannot be told apart."""
        self._scene(kind, files, Verdict.AMBIGUOUS, items)

    def finished(self) -> Corpus:
        """The corpus, its scenes in no order that tells anything."""
        self.rng.shuffle(self.scenes)
        scenes = tuple(replace(one, id=id_) for id_, one in enumerate(self.scenes, start=1))
        return Corpus(libraries=LIBRARIES, mapping=MAPPING, items=tuple(self.items), scenes=scenes)

    def _scene(
        self, kind: str, files: Sequence[File], verdict: Verdict, items: Collection[int]
    ) -> None:
        self.scenes.append(
            CorpusScene(
                id=0, kind=kind, files=tuple(files), verdict=verdict, items=frozenset(items)
            )
        )

    def _stem_of_another(self) -> str:
        if not self.items:
            return "Untitled"
        path = self.rng.choice(self.items).files[0]
        return path.rpartition("/")[2].rpartition(".")[0]


def library_of(plex_path: str) -> int:
    """The one chosen library that looks into a file's root.

    Raises:
        ValueError: There is none, or the root is shared.
    """
    for root in ROOTS:
        if plex_path.startswith(f"{root.plex}/"):
            return root.libraries[0]
    raise ValueError(f"no single library holds {plex_path}")


def respelled(
    file: File, root: Root, *, stash: Callable[[str], str], plex: Callable[[str], str]
) -> File:
    """The same file as two systems spell it; Plex spells its own folder in one way only."""
    below = file.plex.removeprefix(root.plex)
    return File(stash=stash(file.stash), plex=root.plex + plex(below))
