"""Where the files of a sample stand in Plex, told from file names and common tails.

Two servers that see one disk disagree about the beginning of a path and agree about its end. So
the Plex files that have a sampled name are laid out by their parts from the last to the first, and
the one that shares the longest tail with a sampled file is where that file most likely stands.

What is left of both paths above the tail is their origin. All files below one shared folder have
the same origin, whatever lies between, and hardly two other files have: origins are what can be
counted. A path's tail is compared by the rules of Plex's side, because it keeps the spelling of
Stash when it is exchanged and has to be found there.
"""

from __future__ import annotations

import enum
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plex.paths import comparable, file_name, is_windows, spelled

# A path's beginning (`/`, `c:/`, `//server/share/` or nothing) and its comparable parts.
Key = tuple[str, ...]

MOST_TIED = 4  # of more places that fit equally well, none says anything


@dataclass(frozen=True, slots=True)
class Origin:
    """A Stash folder and a Plex folder below which the same tails are found."""

    stash: Key
    plex: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class StashFile:
    """A sampled file, ready to be compared."""

    path: str
    key: Key
    as_posix: Key  # the key as a POSIX server compares its parts
    as_windows: Key

    @property
    def folder(self) -> Key:
        """The key of the folder that holds the file."""
        return self.key[:-1]

    def moved(self, origin: Origin) -> Key:
        """The file's key in Plex by an origin that it is below."""
        tail = self.as_windows if _on_windows(origin.plex) else self.as_posix
        return origin.plex + tail[len(origin.stash) :]


class Kind(enum.Enum):
    """How much a sampled file says."""

    SAME = enum.auto()  # Plex has a file under exactly this path
    CERTAIN = enum.auto()  # its name occurs once on both sides
    LIKELY = enum.auto()  # one shares a longer tail than all others, of at least two parts
    TIED = enum.auto()  # a few fit equally well
    SILENT = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What Plex's files say about one sampled file."""

    file: StashFile
    kind: Kind
    origins: tuple[Origin, ...]  # one if CERTAIN or LIKELY, those that fit if TIED, none if SAME
    is_named: bool  # Plex has a file of this name
    is_unique: bool  # the name occurs once in the sample and once in Plex


def take_apart(text: str) -> Key:
    """The beginning and the parts of a path in its comparable, or spelled, form."""
    beginning = ""
    if text.startswith("//"):
        pieces = text.split("/", 4)  # no folder is above the share
        beginning, text = "/".join(pieces[:4]) + "/", "".join(pieces[4:])
    elif text.startswith("/"):
        beginning, text = "/", text[1:]
    elif is_windows(text):
        beginning, text = text[:3], text[3:]
    return (beginning, *text.split("/")) if text else (beginning,)


def folder_text(path: str, length: int) -> str:
    """The folder of the path whose key has `length` entries, spelled as the path is."""
    beginning, *parts = take_apart(spelled(path))
    text = beginning + "/".join(parts[: length - 1])
    if length == 1 and text.startswith("//"):
        text = text.rstrip("/")
    return text.replace("/", "\\") if is_windows(path) and "\\" in path else text


def stash_file(path: str) -> StashFile:
    """Take a sampled path apart."""
    key = take_apart(comparable(path))
    exact = take_apart(unicodedata.normalize("NFC", spelled(path)))
    return StashFile(
        path=path, key=key, as_posix=exact, as_windows=(key[0], *map(_without_case, exact[1:]))
    )


class PlexFiles:
    """The files of Plex that have a sampled name, found by path and by tail."""

    def __init__(self, sample: Sequence[StashFile], plex_files: Iterable[str]) -> None:
        """Keep those of `plex_files`, which may be a whole library or a look-up's answers."""
        wanted = {_without_case(_last_part(file.path)) for file in sample}
        self._texts: dict[Key, str] = {}
        for path in plex_files:
            if _without_case(_last_part(path)) in wanted:
                self._texts.setdefault(take_apart(comparable(path)), path)
        self._names = _Names(self._texts.values())
        self._sampled = _Names(file.path for file in sample)
        self._posix = _Turned(key for key in self._texts if not _on_windows(key))
        self._windows = _Turned(key for key in self._texts if _on_windows(key))

    def __contains__(self, key: Key) -> bool:
        """Whether Plex has this path."""
        return key in self._texts

    def text(self, key: Key) -> str:
        """The path as Plex spells it."""
        return self._texts[key]

    def namesakes(self, file: StashFile) -> int:
        """How many files of Plex have the file's name."""
        return self._names.count(file.path)

    def is_only_pair(self, file: StashFile, keys: Sequence[Key]) -> bool:
        """Whether the file's name occurs once in Plex and once in the sample."""
        there = self._texts[keys[0]] if keys else file.path
        return self.namesakes(file) == 1 and self._sampled.count(there) == 1

    def nearest(self, file: StashFile) -> tuple[int, list[Key]]:
        """The length of the longest tail that the file shares, and at most five that share it."""
        longest, keys = self._posix.nearest(file.as_posix)
        on_windows, more = self._windows.nearest(file.as_windows)
        if longest == on_windows:
            return longest, [*keys, *more]
        return max((longest, keys), (on_windows, more))


def shared_tail(file: StashFile, plex: Key) -> int:
    """How many parts at the end of both paths are the same, by Plex's rules."""
    return _shared(file.as_windows if _on_windows(plex) else file.as_posix, plex)


def look_for(files: Sequence[StashFile], plex: PlexFiles) -> list[Sighting]:
    """Look for every sampled file in Plex."""
    near = [plex.nearest(file) for file in files]
    claims: dict[Key, list[int]] = {}
    for file, (_, keys) in zip(files, near, strict=True):
        for key in keys:
            claims.setdefault(key, []).append(shared_tail(file, key))
    return [
        _sighting(file, tail, keys, claims, plex)
        for file, (tail, keys) in zip(files, near, strict=True)
    ]


def _sighting(
    file: StashFile, tail: int, keys: list[Key], claims: dict[Key, list[int]], plex: PlexFiles
) -> Sighting:
    is_unique = plex.is_only_pair(file, keys)
    origins = tuple(Origin(file.key[:-tail], key[:-tail]) for key in keys) if tail else ()
    kind = Kind.SILENT
    if file.key in plex:
        kind, origins = Kind.SAME, ()
    elif tail and is_unique:
        kind = Kind.CERTAIN
    elif tail:
        kind = _weak_kind(tail, [claims[key] for key in keys])
    return Sighting(
        file=file,
        kind=kind,
        origins=origins if kind is not Kind.SILENT else (),
        is_named=plex.namesakes(file) > 0,
        is_unique=is_unique,
    )


def _weak_kind(tail: int, claims: list[list[int]]) -> Kind:
    """Weigh a file whose name is not unique; `claims` are the tails of all who want its places."""
    if any(max(tails) > tail for tails in claims):
        return Kind.SILENT
    return Kind.LIKELY if len(claims) == 1 and tail > 1 else Kind.TIED


class _Names:
    """Counts file names: without case where one of two paths is a Windows path."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._exact: Counter[str] = Counter()
        self._windows: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        for path in paths:
            name = _last_part(path)
            self._all[_without_case(name)] += 1
            if is_windows(path):
                self._windows[_without_case(name)] += 1
            else:
                self._exact[unicodedata.normalize("NFC", name)] += 1

    def count(self, path: str) -> int:
        name = _last_part(path)
        if is_windows(path):
            return self._all[_without_case(name)]
        return self._exact[unicodedata.normalize("NFC", name)] + self._windows[_without_case(name)]


def _last_part(path: str) -> str:
    name = path.rpartition("/")[2]
    # Nearly all paths end here; the others are asked for their style.
    return file_name(path) if "\\" in name or name in {"", "."} else name


def _without_case(part: str) -> str:
    # A name on a drive is compared without case; plain letters need no detour.
    return part.lower() if part.isascii() else comparable(f"c:/{part}")[3:]


def _on_windows(key: Key) -> bool:
    return key[0] not in {"/", ""}


class _Turned:
    """Keys sorted by their parts from the last to the first: neighbours share the longest tails."""

    def __init__(self, keys: Iterable[Key]) -> None:
        # Text sorts several times faster than tuples; no part holds a NUL.
        self._keys = sorted((_turned(key), key) for key in keys)

    def nearest(self, own: Key) -> tuple[int, list[Key]]:
        at = bisect_left(self._keys, (_turned(own),))
        around = self._keys[max(at - 1, 0) : at + 1]
        tail = max((_shared(own, key) for _, key in around), default=0)
        if not tail:
            return 0, []
        start = _turned(own[:1] + own[-tail:])
        at = bisect_left(self._keys, (start,))
        near = self._keys[at : at + MOST_TIED + 1]
        return tail, [key for text, key in near if text.startswith(start)]


def _turned(key: Key) -> str:
    return "\0".join(key[:0:-1]) + "\0"


def _shared(a: Key, b: Key) -> int:
    """How many parts at the end are the same; the beginnings are no parts."""
    count = 0
    for one, other in zip(a[:0:-1], b[:0:-1], strict=False):
        if one != other:
            break
        count += 1
    return count
