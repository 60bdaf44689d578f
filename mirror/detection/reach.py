"""What the library folders add to the pairs that a sample proves.

Votes reach no further than the sampled files, and tomorrow's scene may lie beside them. A pair is
therefore raised as far as the tail of both folders is the same and Plex's library still holds its
side, unless that touches a file, or a folder of Plex, that is something else. The same folders tell
which of Stash's Plex cannot have seen at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from mirror.detection.pairing import Pair, common_folder
from mirror.detection.settle import Survey, is_in, longest, without_idle
from mirror.detection.tails import Key, Kind, folder_text, take_apart
from mirror.paths import PathMapping, is_within
from plex.paths import comparable


@dataclass(frozen=True, slots=True, kw_only=True)
class Libraries:
    """The library folders of both servers; none where they are not known."""

    stash: tuple[str, ...]
    plex: tuple[str, ...]


def raise_pairs(pairs: Sequence[Pair], survey: Survey, libraries: Libraries) -> list[Pair]:
    """The pairs, each for the highest folder for which it is safe."""
    raised = list(pairs)
    for pair in sorted(pairs, key=lambda pair: len(pair.folder)):
        higher = _higher(pair, raised, survey, libraries)
        raised = list(dict.fromkeys(higher if one == pair else one for one in raised))
    return without_idle(raised)


def _higher(pair: Pair, pairs: Collection[Pair], survey: Survey, libraries: Libraries) -> Pair:
    if not pair.origin:
        return pair
    plex = [_key(folder) for folder in libraries.plex]
    stash = [_key(folder) for folder in libraries.stash]
    image, folder, best = survey.image(pair), pair.folder, pair
    while len(folder) > len(pair.origin.stash):
        image, folder = image[:-1], folder[:-1]
        side, holders = (image, plex) if plex else (folder, stash)
        is_held = any(is_in(side, one) for one in holders)
        if not is_held or _is_claimed(image, pair, pairs, survey):
            break
        if not _is_safe(folder, pair, pairs, survey, plex):
            break
        best = Pair(folder, pair.origin)
    return best


def _is_claimed(image: Key, pair: Pair, pairs: Collection[Pair], survey: Survey) -> bool:
    """Whether another pair finds files in the Plex folder."""
    held = survey.held(one for one in pairs if one.origin and one != pair)
    return any(
        is_in(place, image)
        for other, files in held.items()
        if is_in(image, survey.image(other))
        for place in survey.found(other, files)
    )


def _is_safe(
    folder: Key, pair: Pair, pairs: Collection[Pair], survey: Survey, plex: Sequence[Key]
) -> bool:
    """Whether the pair may hold for all of the folder."""
    if any(is_in(one, folder) or is_in(folder, one) for one in plex):
        return False  # Plex has a folder of this name, which may be the same one
    for sighting in survey.sightings:
        now = longest(sighting.file.key, pairs)
        if not is_in(sighting.file.key, folder) or (now and len(now.folder) > len(folder)):
            continue  # it keeps its pair
        finders = survey.finders(sighting)
        if sighting.kind is Kind.SAME or (now and now.origin in finders):
            return False
        if pair.origin in finders and sighting.origins != (pair.origin,):
            return False  # what it finds there may be another file
    return True


@dataclass(slots=True)
class _Group:
    """Files whose folder no library holds."""

    places: list[str] = field(default_factory=list)
    named: int = 0


def missing_folders(
    pairs: Sequence[Pair], survey: Survey, mapping: PathMapping, libraries: Libraries
) -> tuple[str, ...]:
    """The folders, by their names in Plex, whose files no library can have seen.

    A folder below no pair is named as if the pair next to it held for it too. One of which Plex
    knows most file names is left out: it is there, only under another name.
    """
    if not libraries.plex:
        return ()
    origins = dict.fromkeys(pair.origin for pair in pairs if pair.origin)
    guess = PathMapping([survey.texts(Pair(one.stash, one)) for one in origins])
    groups: dict[str, _Group] = {}
    for sighting in survey.sightings:
        path = sighting.file.path
        names = mapping
        if not longest(sighting.file.key, pairs) and not _is_held(path, libraries):
            names = guess
        place = names.to_plex(path)
        if not _is_held(place, libraries):
            roots = [names.to_plex(one) for one in libraries.stash if is_within(path, one)]
            group = groups.setdefault(_top(place, roots, libraries.plex), _Group())
            group.places.append(place)
            group.named += sighting.is_named
    lost = {top: one.places for top, one in groups.items() if 2 * one.named < len(one.places)}
    if libraries.stash:
        return tuple(lost)
    return tuple(dict.fromkeys(_common(places) for places in lost.values()))


def _is_held(path: str, libraries: Libraries) -> bool:
    return any(is_within(path, folder) for folder in libraries.plex)


def _top(place: str, roots: Iterable[str], plex: Iterable[str]) -> str:
    """The highest folder of the file, within Stash's own, that lies around no library folder."""
    lengths = [len(_key(root)) for root in roots if is_within(place, root)]
    end = len(_key(place))
    for length in range(max(lengths, default=1), end):
        folder = folder_text(place, length)
        if not any(is_within(one, folder) for one in plex):
            return folder
    return folder_text(place, end - 1)


def _common(places: Sequence[str]) -> str:
    return folder_text(places[0], len(common_folder(_key(place)[:-1] for place in places)))


def _key(path: str) -> Key:
    return take_apart(comparable(path))
