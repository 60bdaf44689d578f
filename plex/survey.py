"""Finds the Plex files that carry the names of some of Stash's files: the ground of path detection.

Names are asked for many at a time, because a comma means OR in the filter by file. Where that finds
too few, one listing of each library tells, which fills `MatchCache` on the way.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from errors import PlexSyncError, WaitError
from plex.answers import Section
from plex.lookup import Lookup
from plex.paths import file_name

log = logging.getLogger("PlexSync.plex.survey")

MOST_REQUESTS = 5  # for all libraries together, as long as names are found by them
LONGEST_QUERY = 3_000  # characters of names in one request


def files_with_names(
    lookup: Lookup, sections: Sequence[Section], files: Sequence[str], *, enough: int
) -> list[str]:
    """The files in some libraries that are called like some of Stash's.

    Args:
        lookup: Asks the server.
        sections: The libraries.
        files: Paths on Stash's side.
        enough: How many different names have to be found for the short way to do.

    Raises:
        WaitError: Plex cannot be asked.
    """
    per_section = MOST_REQUESTS // len(sections) if sections else 0
    chunks = _chunks(files)[:per_section]
    if chunks:
        found, is_complete = _by_names(lookup, sections, chunks)
        if is_complete and len({file_name(path) for path in found}) >= enough:
            return found
    names = {file_name(path).casefold() for path in files}
    return [
        path
        for section in sections
        for path in lookup.all_files(section)
        if file_name(path).casefold() in names or not path.isascii()
    ]


def _by_names(
    lookup: Lookup, sections: Sequence[Section], chunks: Sequence[Sequence[str]]
) -> tuple[list[str], bool]:
    found: list[str] = []
    try:
        for section in sections:
            for names in chunks:
                files, is_complete = lookup.files_named(section, names)
                if not is_complete:
                    return found, False
                found += files
    except WaitError:
        raise
    except PlexSyncError as error:  # a server that cannot take such a question can list
        log.debug("Plex cannot be asked for many names at once: %s", error)
        return found, False
    return found, True


def _chunks(files: Iterable[str]) -> list[list[str]]:
    """Names for one request each; the plainest first, and none that repeats in the sample."""
    counts = Counter(map(file_name, files))
    names = [name for name, count in counts.items() if count == 1 and "," not in name]
    names.sort(key=lambda name: (not name.isascii(), len(quote(name))))
    chunks: list[list[str]] = [[]]
    length = 0
    for name in names:
        length += len(quote(name)) + 1
        if length > LONGEST_QUERY and chunks[-1]:
            chunks.append([])
            length = len(quote(name)) + 1
        chunks[-1].append(name)
    return [chunk for chunk in chunks if chunk]
