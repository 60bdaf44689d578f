"""Whose trouble an unreadable answer is: one scene's, or the server's."""

from __future__ import annotations

from errors import (
    PlexAwayError,
    PlexSyncError,
    RefusedEditError,
    ServerBusyError,
    UnreadableAnswerError,
)
from plex.client import PlexClient

POISONED = 3  # scenes of one batch that fail alike: it is the server, not the scenes
ONE_SCENES = (RefusedEditError, ServerBusyError, UnreadableAnswerError)


class Blame:
    """Counts the scenes of one batch whose answers were no use.

    Args:
        client: The server that gave them.
    """

    def __init__(self, client: PlexClient) -> None:
        self._client = client
        self._failed = 0

    def count(self, error: PlexSyncError) -> None:
        """Take trouble for the server's own, not a scene's, where more than one scene has it.

        The first one to fail asks the server for its name: one that cannot even say that is busy,
        or something else answers in its place.

        Raises:
            PlexAwayError: It is the server's.
        """
        self._failed += 1
        try:
            if self._failed == 1:
                self._client.machine_identifier()
        except ONE_SCENES:
            self._failed = POISONED
        if self._failed >= POISONED:
            raise PlexAwayError(f"Plex cannot answer: {error}") from error
