"""The connection to Plex: made when it is needed, dropped when the settings change."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import (
    NotConfiguredError,
    PlexAwayError,
    PlexSyncError,
    TokenRefusedError,
    WaitError,
)
from plex.cache import MatchCache
from plex.client import PlexClient
from plex.server import Server
from worker.identity import client_identifier
from worker.log import log_complaints
from worker.settings import Settings
from worker.skip import skip_context

log = logging.getLogger("PlexSync.worker")


class PlexSide:
    """At most one connected server.

    Args:
        folder: The data folder, which holds the client identifier.
        version: The plugin's, shown to Plex.
        match_cache: Path -> rating key.
    """

    def __init__(self, folder: Path, *, version: str, match_cache: MatchCache) -> None:
        self._folder = folder
        self._version = version
        self._match_cache = match_cache
        self._server: Server | None = None

    def connected(self, settings: Settings) -> Server:
        """The server that the settings name, asked who it is at the first call.

        Raises:
            WaitError: Address or token is missing, or the server cannot be asked.
        """
        if self._server is None:
            with _all_is_the_servers():
                self._server = self._connect(settings)
            log_complaints(self._server.complaints)
        return self._server

    def context(self, settings: Settings) -> str:
        """All but a scene that decides what is written of it; "" while Plex cannot be asked."""
        try:
            return skip_context(settings, self.connected(settings))
        except WaitError:
            return ""

    def probe(self, settings: Settings, error: WaitError | None) -> None:
        """Look whether what `error` said is over; a refused token needs a request that takes it.

        Raises:
            WaitError: It is not over.
        """
        server = self.connected(settings)
        with _all_is_the_servers():
            if isinstance(error, TokenRefusedError):
                server.client.sections()
            else:
                server.client.machine_identifier()

    def drop(self) -> None:
        """Close the connection, and forget all that was learned of the server."""
        if self._server:
            self._server.client.close()
        self._server = None

    def _connect(self, settings: Settings) -> Server:
        if not settings.plex_url or not settings.plex_token:
            missing = "plexToken" if settings.plex_url else "plexUrl"
            raise NotConfiguredError(
                f"the setting {missing} is empty",
                remedy="fill it in under Settings > Plugins > PlexSync in Stash",
            )
        client = PlexClient(
            settings.plex_url,
            settings.plex_token,
            identifier=client_identifier(self._folder),
            version=self._version,
            trust=settings.trust,
        )
        try:
            return Server(client, libraries=settings.libraries, match_cache=self._match_cache)
        except BaseException:
            client.close()
            raise


@contextmanager
def _all_is_the_servers() -> Iterator[None]:
    """No scene is in hand: whatever a server answers wrongly here, it is to be waited for."""
    try:
        yield
    except WaitError:
        raise
    except PlexSyncError as error:
        raise PlexAwayError(str(error)) from error
