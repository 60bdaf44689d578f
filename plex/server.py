"""One connected Plex server: its name for itself, and the libraries that a person chose.

A worker connects once; a job costs no start-up request.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from errors import NotConfiguredError, PlexSyncError, WaitError
from plex.answers import Section
from plex.cache import MatchCache
from plex.client import PlexClient
from plex.finder import Finder
from plex.writer import Writer

log = logging.getLogger("PlexSync.plex.server")

SCAN_SECONDS = 60.0
_MOVIES, _SHOWS = "movie", "show"


class Server:
    """A server that answered and took the token.

    Attributes:
        client: The connection.
        machine: The server's machine identifier.
        finder: Finds items in the chosen libraries.
        writer: Sends edits.
        complaints: One sentence for each chosen library that does not exist.
    """

    def __init__(
        self, client: PlexClient, *, libraries: Sequence[str], match_cache: MatchCache
    ) -> None:
        """Ask the server who it is and what it has.

        Args:
            client: The connection.
            libraries: Names or keys of the chosen libraries; empty means all of type movie.
            match_cache: Path -> rating key.

        Raises:
            WaitError: It cannot be asked, refuses the token, or has none of the libraries.
        """
        self.client = client
        self._libraries = tuple(libraries)
        self.machine = client.machine_identifier()
        sections, self.complaints = choose_sections(client.sections(), libraries)
        self.finder = Finder(
            client, machine=self.machine, sections=sections, match_cache=match_cache
        )
        self.writer = Writer(client)
        self._scanned: dict[tuple[int, str], float] = {}

    def is_as_before(self, sections: Sequence[Section]) -> bool:
        """Whether the chosen libraries, and their folders, are still those of the connection.

        Args:
            sections: All libraries as they are now.
        """
        try:
            chosen, _ = choose_sections(sections, self._libraries)
        except NotConfiguredError:
            return False
        return list(map(_shape, chosen)) == list(map(_shape, self.finder.sections))

    def scan(self, section_key: int, folder: str) -> None:
        """Ask Plex to look for new files in a folder of a library; once per folder and minute.

        A server that refuses is asked no more often than one that obeys.

        Raises:
            WaitError: It cannot be asked.
        """
        now = time.monotonic()
        if now - self._scanned.get((section_key, folder), float("-inf")) < SCAN_SECONDS:
            return
        self._scanned = {
            place: at for place, at in self._scanned.items() if now - at < SCAN_SECONDS
        }
        self._scanned[section_key, folder] = now
        try:
            self.client.scan(section_key, folder)
        except WaitError:
            raise
        except PlexSyncError as error:
            log.warning("Plex cannot be asked to scan in library %d: %s", section_key, error)
            log.debug("the folder is %r", folder)


def choose_sections(
    sections: Sequence[Section], names: Sequence[str]
) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """The libraries that `names` choose, and a complaint for each name that chooses none.

    Raises:
        NotConfiguredError: No library is left.
    """
    usable = [one for one in sections if one.type in {_MOVIES, _SHOWS}]
    there = ", ".join(one.title for one in usable) or "none of movies, videos or shows"
    if not names:
        chosen = [one for one in usable if one.type == _MOVIES]
        if not chosen:
            raise NotConfiguredError(
                "Plex has no library of movies or other videos",
                remedy=f"make one, or name others in plexLibraries; there are: {there}",
            )
        return tuple(chosen), ()
    chosen = [one for one in usable if any(_is_called(one, name) for name in names)]
    unknown = [name for name in names if not any(_is_called(one, name) for one in usable)]
    complaints = tuple(
        f"setting plexLibraries: Plex has no library {name!r}; there are: {there}"
        for name in unknown
    )
    if not chosen:
        raise NotConfiguredError(
            f"Plex has no library called {' or '.join(map(repr, unknown))}",
            remedy=f"correct plexLibraries; there are: {there}",
        )
    return tuple(chosen), complaints


def _shape(section: Section) -> object:
    """What makes a library another one for us; its name may change."""
    return section.key, section.uuid, section.type, sorted(section.locations)


def _is_called(section: Section, name: str) -> bool:
    return name == str(section.key) or name.casefold() == section.title.casefold()
