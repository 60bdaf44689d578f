"""The connection to Stash, and what Stash says about the plugin itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from errors import StashAwayError, UnreadableAnswerError
from stash.call import Connection
from stash.client import StashClient
from stash.scenes import Conditions, SceneBatch
from worker.catch_up import CatchUp, Missed
from worker.settings import Settings

log = logging.getLogger("PlexSync.worker")

_Answer = TypeVar("_Answer")

CONDITIONS_SECONDS = 55.0  # a plugin that is switched off has no worker a minute later
CONDITIONS_WHILE_WAITING_SECONDS = 5.0


class StashSide:
    """At most one connection, renewed by every hook, task and operation.

    Attributes:
        client: None until somebody said how to reach Stash.
        seen: When Stash last answered, by `time.monotonic`.
    """

    def __init__(self) -> None:
        self.client: StashClient | None = None
        self.seen = time.monotonic()
        self._asked = float("-inf")

    def connect(self, connection: Connection) -> StashClient:
        """Take the newest connection."""
        if self.client is None:
            self.client = StashClient(connection)
            self.seen = time.monotonic()
        elif connection != self.client.connection and not self._says_less(connection):
            self.client.use(connection)
        return self.client

    def current_connection(self) -> Connection | None:
        """The connection with its freshest cookie; None before anybody called."""
        return self.client.current_connection() if self.client else None

    def _says_less(self, connection: Connection) -> bool:
        """Whether it is the Stash that we know without its login: somebody calls by hand."""
        if self.client is None or connection.cookie:
            return False
        return connection.url == self.client.connection.url

    def conditions_if_due(self, *, is_waiting: bool) -> Conditions | None:
        """Ask for the settings once a minute, more often while something is waited for.

        Raises:
            WaitError: Stash cannot be asked.
        """
        interval = CONDITIONS_WHILE_WAITING_SECONDS if is_waiting else CONDITIONS_SECONDS
        if self.client is None or time.monotonic() - self._asked < interval:
            return None
        return self.conditions(self.client)

    def ask_soon(self) -> None:
        """Ask for the settings at the next turn: somebody set the token."""
        self._asked = float("-inf")

    def conditions(self, client: StashClient) -> Conditions:
        """Ask for the settings now; raises as `conditions_if_due`."""
        found = _readable(client.conditions)
        self.seen = self._asked = time.monotonic()
        return found

    def missed(self, client: StashClient, catch_up: CatchUp) -> Missed:
        """Look for changes that no hook told; raises as `conditions_if_due`."""
        missed = _readable(lambda: catch_up.look(client, now=time.time()))
        self.seen = self._asked = time.monotonic()
        return missed

    def read(self, client: StashClient, scene_ids: Sequence[int], settings: Settings) -> SceneBatch:
        """Read scenes, and the settings with them; raises as `conditions_if_due`.

        Args:
            client: The connection.
            scene_ids: Which scenes.
            settings: Those known so far: what they do not need is not asked for.
        """
        parents = settings.policy.tag_parents
        batch = _readable(lambda: client.read_scenes(list(scene_ids), with_tag_parents=parents))
        self.seen = self._asked = time.monotonic()
        return batch

    def close(self) -> None:
        """Close the connection."""
        if self.client:
            self.client.close()


def _readable(ask: Callable[[], _Answer]) -> _Answer:
    """An answer of another shape than asked for is Stash's trouble, no scene's."""
    try:
        return ask()
    except UnreadableAnswerError as error:
        raise StashAwayError(str(error)) from error
