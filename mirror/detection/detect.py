"""Finds out which folder of Stash is which folder of Plex, so that nobody has to write it down.

A sample of Stash's files is compared with Plex's files of the same names:

1. Each file says where it stands by the longest tail it shares with a file of Plex; a name that
   occurs once on both sides is certain, one that repeats everywhere says little (`tails`).
2. The fewest pairs that contradict the fewest files are chosen, and no file that has the same path
   on both sides is made to have another one (`pairing`).
3. Pairs that could as well be others are taken back and listed (`settle`).
4. Pairs are raised to the library folder they live in, for the scenes that come later; folders
   that no library holds are named (`reach`).

What is counted at the end is counted with the mapping itself, as the worker would apply it. A
wrong mapping shows one scene's values on another one's item, and a missing one is only asked for:
so where two answers are about as good, there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mirror.detection.reach import Libraries, missing_folders, raise_pairs
from mirror.detection.settle import Survey, settle
from mirror.detection.tails import PlexFiles, Sighting, look_for, stash_file, take_apart
from mirror.paths import PathMapping
from plex.paths import comparable

_ENOUGH_COVERAGE = 0.95
_ENOUGH_FILES = 20
_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What a sample of files tells about the folders of both servers."""

    pairs: tuple[tuple[str, str], ...]  # (Stash folder, Plex folder); none: equal, or unknown
    sampled: int
    named: int  # sampled files whose name exists in Plex
    matched: int  # of these, which stand in Plex where the mapping says
    agreeing: int  # matched ones whose name occurs once on both sides
    contradicting: int  # such names that stand elsewhere in Plex
    matched_examples: tuple[tuple[str, str], ...]  # (Stash path, Plex path)
    unmatched_examples: tuple[str, ...]  # Stash paths
    alternatives: tuple[tuple[str, str], ...]  # fit equally well, so that none is proposed
    missing_folders: tuple[str, ...]  # by their names in Plex; no library holds them

    @property
    def coverage(self) -> float:
        """The share of files known to Plex by name that the mapping finds, from 0 to 1."""
        return self.matched / self.named if self.named else 0.0

    @property
    def is_unanimous(self) -> bool:
        """Whether some file proves the mapping and none speaks against it."""
        return self.agreeing > 0 and not self.contradicting and not self.alternatives

    @property
    def mapping(self) -> PathMapping:
        """The pairs, ready for use."""
        return PathMapping(self.pairs)

    def may_be_used(self, scenes: int) -> bool:
        """Whether the mapping is certain enough to be used without a person's word.

        Args:
            scenes: How many scenes Stash has in all; of a few, half have to agree.
        """
        enough = min(_ENOUGH_FILES, (scenes + 1) // 2)
        return self.is_unanimous and self.coverage >= _ENOUGH_COVERAGE and self.agreeing >= enough

    def sentences(self) -> tuple[str, ...]:
        """What was found, what speaks against it and what there is to do, for a person."""
        return (*self.lines(), *self._examples())

    def lines(self) -> tuple[str, ...]:
        """The same by folders alone, without the name of any file."""
        return (self._finding(), *self._doubts(), *self._remedies())

    def _finding(self) -> str:
        if not self.sampled:
            return "Stash has no files yet, so nothing can be told about its folders."
        if not self.named:
            return (
                f"Plex has no file with the name of any of {_count(self.sampled, 'file')} of "
                "Stash, so nothing can be told about the folders: let Plex scan them, or choose "
                "other libraries."
            )
        known = f"of {_count(self.named, 'file')} that Plex knows by name"
        share = f"{_per_cent(self.matched, self.named)} {known}"
        if self.pairs:
            verb = "finds" if len(self.pairs) == 1 else "find"
            return f"{_listed(self.pairs)} {verb} {share}."
        if self.coverage >= _ENOUGH_COVERAGE:
            return f"Stash and Plex use the same paths, which find {share}: no mapping is needed."
        return f"No mapping is proposed, and the paths of Stash find {share}."

    def _doubts(self) -> Iterable[str]:
        if self.alternatives:
            yield (
                f"These fit about equally well, so that none is proposed: "
                f"{_listed(self.alternatives)}. Write what is meant into the setting Path mappings."
            )
        if self.contradicting:
            verb = "stands" if self.contradicting == 1 else "stand"
            yield (
                f"{_count(self.contradicting, 'file')} whose name occurs only once {verb} "
                "elsewhere in Plex: write a pair for the folder, if it is the same file."
            )

    def _examples(self) -> Iterable[str]:
        if self.unmatched_examples:
            yield f"Not found by path, for example: {', '.join(self.unmatched_examples)}."

    def _remedies(self) -> Iterable[str]:
        for folder in self.missing_folders:
            yield (
                f"No chosen Plex library holds {folder}: add that folder to one, or choose the "
                "library that has it, if its scenes are to be shown in Plex."
            )


def detect(
    stash_files: Sequence[str],
    plex_files: Iterable[str],
    *,
    plex_folders: Sequence[str],
    stash_folders: Sequence[str] = (),
) -> Detection:
    """Compare a sample of Stash's files with Plex's files and library folders.

    Args:
        stash_files: The sample; a few hundred files are plenty.
        plex_files: All files of the chosen libraries, or those that have a sampled name.
        plex_folders: The folders of the chosen libraries.
        stash_folders: Stash's own library folders; none if they are not known.
    """
    sample = {file.key: file for file in map(stash_file, stash_files)}
    plex = PlexFiles(list(sample.values()), plex_files)
    survey = Survey(look_for(list(sample.values()), plex), plex)
    libraries = Libraries(stash=tuple(stash_folders), plex=tuple(plex_folders))
    settled = settle(survey)
    pairs = raise_pairs(settled.pairs, survey, libraries)
    mapping = PathMapping(sorted(survey.texts(pair) for pair in pairs))
    there = [(one, _found(one, mapping, plex)) for one in survey.sightings if one.is_named]
    unique = [(one, path) for one, path in there if one.is_unique]
    return Detection(
        pairs=tuple(mapping.pairs),
        sampled=len(sample),
        named=len(there),
        matched=sum(path is not None for _, path in there),
        agreeing=sum(path is not None for _, path in unique),
        contradicting=sum(path is None for _, path in unique),
        matched_examples=tuple((one.file.path, path) for one, path in there if path)[:_EXAMPLES],
        unmatched_examples=tuple(one.file.path for one, path in there if not path)[:_EXAMPLES],
        alternatives=tuple(dict.fromkeys(survey.texts(pair) for pair in settled.open_pairs)),
        missing_folders=missing_folders(pairs, survey, mapping, libraries),
    )


def _found(sighting: Sighting, mapping: PathMapping, plex: PlexFiles) -> str | None:
    """The file of Plex to which the mapping leads, as Plex spells it; None if there is none."""
    key = take_apart(comparable(mapping.to_plex(sighting.file.path)))
    return plex.text(key) if key in plex else None


def _listed(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{stash} => {plex}" for stash, plex in pairs)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _per_cent(part: int, whole: int) -> str:
    """With one digit, and rounded down, so that only all of them are 100 %."""
    tenths = 1000 * part // whole
    return "100 %" if tenths == 1000 else f"{tenths // 10}.{tenths % 10} %"
