"""Settles the pairs that a sample proves, and names those that it leaves open.

Votes alone would also follow accidents, so what they chose has to stand three questions. Is there
another origin that finds half of the files as well, by tails as long (a copy of a folder)? Do half
as many certain files in the pair's own folder say otherwise? Does another pair find files in the
same Plex folder? A pair that fails is not used, and is named with its rivals so that a person can
choose; one that is far outnumbered is an accident and goes without a word.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mirror.detection.pairing import Pair, Vote, common_folder, share_out
from mirror.detection.tails import MOST_TIED, Key, Kind, Origin, PlexFiles, Sighting, folder_text

_FEWEST_TIED = 20  # ties of less than one in so many files are accidents
_MOST_PAIRS = 20  # of more, each needs its share of the sample
_CLEARLY = 4  # times as many files: then one of two pairs that fight is an accident


@dataclass(frozen=True, slots=True)
class Settled:
    """The pairs that are proven, and those of which no more than one can be right."""

    pairs: tuple[Pair, ...]
    open_pairs: tuple[Pair, ...]


class Survey:
    """The sampled files, and which origins find each of them in Plex."""

    def __init__(self, sightings: Sequence[Sighting], plex: PlexFiles) -> None:
        self.sightings = tuple(sightings)
        self._plex = plex
        known: dict[Key, list[Origin]] = {}
        for origin in dict.fromkeys(one for sighting in sightings for one in sighting.origins):
            known.setdefault(origin.stash, []).append(origin)
        self._finds = {sighting.file.key: self._finders(sighting, known) for sighting in sightings}

    def _finders(self, sighting: Sighting, known: dict[Key, list[Origin]]) -> dict[Origin, Key]:
        key = sighting.file.key
        fitting = [one for end in range(1, len(key)) for one in known.get(key[:end], ())]
        moved = ((origin, sighting.file.moved(origin)) for origin in fitting)
        return {origin: there for origin, there in moved if there in self._plex}

    def finders(self, sighting: Sighting) -> dict[Origin, Key]:
        """The origins that lead from the file to one that Plex has, and to which."""
        return self._finds[sighting.file.key]

    def held(self, pairs: Iterable[Pair]) -> dict[Pair, list[Sighting]]:
        """The files of each pair: those for which it is the longest."""
        held: dict[Pair, list[Sighting]] = {pair: [] for pair in pairs}
        by_folder = {pair.folder: pair for pair in held}
        for sighting in self.sightings:
            key = sighting.file.key
            ends = (end for end in range(len(key) - 1, 0, -1) if key[:end] in by_folder)
            if end := next(ends, 0):
                held[by_folder[key[:end]]].append(sighting)
        return held

    def found(self, pair: Pair, sightings: Iterable[Sighting]) -> list[Key]:
        """Where in Plex the pair finds those of the files that it finds."""
        origin = pair.origin
        return [self.finders(one)[origin] for one in sightings if origin in self.finders(one)]

    def image(self, pair: Pair) -> Key:
        """The key of the Plex folder that the pair names."""
        there, length = self._example(pair)[1:]
        return there[:length]

    def texts(self, pair: Pair) -> tuple[str, str]:
        """The pair as a person reads it."""
        if not pair.origin:
            file = next(s.file for s in self.sightings if is_in(s.file.key, pair.folder))
            text = folder_text(file.path, len(pair.folder))
            return text, text
        sighting, there, length = self._example(pair)
        stash = folder_text(sighting.file.path, len(pair.folder))
        return stash, folder_text(self._plex.text(there), length)

    def _example(self, pair: Pair) -> tuple[Sighting, Key, int]:
        for sighting in self.sightings:
            there = self.finders(sighting).get(pair.origin) if pair.origin else None
            if there and is_in(sighting.file.key, pair.folder):
                return sighting, there, len(there) - len(sighting.file.key) + len(pair.folder)
        raise LookupError(f"no sampled file proves {pair}")


def is_in(key: Key, folder: Key) -> bool:
    """Whether the key is that of the folder or of something below it."""
    return key[: len(folder)] == folder


def longest(key: Key, pairs: Collection[Pair]) -> Pair | None:
    """The pair that holds for a file."""
    fitting = [pair for pair in pairs if is_in(key, pair.folder)]
    return max(fitting, key=lambda pair: len(pair.folder), default=None)


def settle(survey: Survey) -> Settled:
    """Choose the pairs, ask them the questions, and list what stays open."""
    pairs = _voted(survey)
    if len(pairs) > _MOST_PAIRS:
        # Then the folders are arranged in another way on each side, or most pairs are accidents.
        held = survey.held(pairs)
        least = sum(map(len, held.values())) / _MOST_PAIRS
        pairs = [pair for pair, files in held.items() if len(files) >= least]
    open_pairs: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: -len(pair.folder)):
        rivals = _rivals(pair, pairs, survey)
        if rivals:
            pairs = [one for one in pairs if one != pair]
            open_pairs += [pair, *rivals] if len(rivals) < MOST_TIED else []
    found = {pair: survey.found(pair, files) for pair, files in survey.held(pairs).items()}
    claims = {pair: _claims(pair, found, survey) for pair in pairs}
    pairs = [pair for pair, claim in claims.items() if claim is _Claim.NONE]
    open_pairs += [pair for pair, claim in claims.items() if claim is _Claim.AS_GOOD]
    open_pairs += _ties(pairs, survey)
    return Settled(tuple(pairs), tuple(dict.fromkeys(open_pairs)))


def without_idle(pairs: Sequence[Pair]) -> list[Pair]:
    """Drop what a shorter pair says as well, or what needs no pair at all."""
    kept: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: len(pair.folder)):
        outer = longest(pair.folder, kept)
        if pair.origin != (outer.origin if outer else None):
            kept.append(pair)
    return kept


def _voted(survey: Survey) -> list[Pair]:
    """Let the certain files vote, then the likely ones where no certain file has a pair."""
    same = [_vote(one) for one in survey.sightings if one.kind is Kind.SAME]
    sure = [one for one in survey.sightings if one.kind is Kind.CERTAIN]
    likely = [one for one in survey.sightings if one.kind is Kind.LIKELY]
    proven = {one.origins[0] for one in sure}
    sure += [one for one in likely if one.origins[0] in proven]
    pairs = share_out([*same, *map(_vote, sure)])
    rest = [one for one in likely if not longest(one.file.key, pairs)]
    more = share_out([*same, *map(_vote, rest)]) if rest else []
    taken = {pair.folder for pair in pairs}
    return pairs + [pair for pair in more if pair.folder not in taken]


def _vote(sighting: Sighting) -> Vote:
    return Vote(sighting.file.folder, sighting.origins[0] if sighting.origins else None)


def _rivals(pair: Pair, pairs: Sequence[Pair], survey: Survey) -> list[Pair]:
    """Whoever explains half of the pair's files as well, or half as many others in its folder."""
    if not pair.origin:
        return []
    members = survey.held(pairs)[pair]
    found = [one for one in members if pair.origin in survey.finders(one)]
    as_good: Counter[Origin] = Counter()
    for sighting in found:
        for other in survey.finders(sighting):
            shares_as_much = len(other.stash) <= len(pair.origin.stash)
            as_good[other] += other != pair.origin and shares_as_much
    agreeing, others = _heard(members, pair.origin)
    doubts = [other for other, count in as_good.items() if 2 * count >= len(found)]
    doubts += [other for other, count in others.items() if 2 * count > agreeing]
    return [_narrowed(other, members, survey) for other in dict.fromkeys(doubts)]


def _heard(members: Sequence[Sighting], origin: Origin) -> tuple[int, Counter[Origin]]:
    """How many files vote for the origin, and how many for others; certain ones, if any does."""
    votes: Counter[Origin] = Counter()
    for kind in (Kind.CERTAIN, Kind.LIKELY):
        votes.update(one.origins[0] for one in members if one.kind is kind)
        if votes[origin]:
            break
    return votes.pop(origin, 0), votes


class _Claim(enum.Enum):
    """What another pair says of the Plex folder that a pair names."""

    NONE = enum.auto()
    AS_GOOD = enum.auto()
    BETTER = enum.auto()


def _claims(pair: Pair, found: Mapping[Pair, Sequence[Key]], survey: Survey) -> _Claim:
    """Weigh the files that pairs for the same Plex folder, or one above, find in this one's."""
    if not pair.origin:
        return _Claim.NONE
    image, own, claim = survey.image(pair), len(found[pair]), _Claim.NONE
    for other, places in found.items():
        if other.origin and other != pair and is_in(image, survey.image(other)):
            claims = sum(is_in(place, image) for place in places)
            if claims >= _CLEARLY * own:
                return _Claim.BETTER
            if own < _CLEARLY * claims:
                claim = _Claim.AS_GOOD
    return claim


def _ties(pairs: Sequence[Pair], survey: Survey) -> list[Pair]:
    """The origins that explain the same files, below no pair, equally well."""
    free = [one for one in survey.sightings if not longest(one.file.key, pairs)]
    tied = [one for one in free if one.kind is Kind.TIED]
    counts = Counter(origin for one in tied for origin in one.origins)
    most = max(counts.values(), default=0)
    named = sum(one.is_named for one in survey.sightings)
    options = [origin for origin, count in counts.items() if 2 * count >= most]
    if most * _FEWEST_TIED < named or not 1 < len(options) <= MOST_TIED:
        return []
    return [_narrowed(origin, tied, survey) for origin in options]


def _narrowed(origin: Origin, sightings: Sequence[Sighting], survey: Survey) -> Pair:
    found = [one.file.folder for one in sightings if origin in survey.finders(one)]
    return Pair(common_folder(found), origin)
