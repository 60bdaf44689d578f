"""One connected Plex server: its name for itself, and the libraries that a person chose.

A worker connects once; a job costs no start-up request.
"""

from __future__ import annotations

from collections.abc import Sequence

from errors import NotConfiguredError
from plex.answers import Section
from plex.cache import MatchCache
from plex.client import PlexClient
from plex.finder import Finder

_MOVIES, _SHOWS = "movie", "show"


class Server:
    """A server that answered and took the token.

    Attributes:
        client: The connection.
        machine: The server's machine identifier.
        finder: Finds items in the chosen libraries.
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
        self.machine = client.machine_identifier()
        sections, self.complaints = choose_sections(client.sections(), libraries)
        self.finder = Finder(
            client, machine=self.machine, sections=sections, match_cache=match_cache
        )


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


def _is_called(section: Section, name: str) -> bool:
    return name == str(section.key) or name.casefold() == section.title.casefold()
