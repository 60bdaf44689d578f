"""Acts on what changed in Plex: wakes what it has now, writes again what it changed of ours."""

from __future__ import annotations

import time
from collections.abc import Iterator

from errors import ServerChangedError
from mirror.ledger import Ledger
from mirror.policy import Policy
from plex.server import Server
from sync_queue.jobs import JobQueue, Priority
from worker.repair import Repairs
from worker.watch import Noticed, Watch

STEP_SECONDS = 1.0  # then a person's save may be waiting


class Noticing:
    """Looks now and then, a moment at a time.

    Args:
        ledger: Knows what rests, and what was written.
        queue: Where the scenes go that have to be looked at.
    """

    def __init__(self, ledger: Ledger, queue: JobQueue) -> None:
        self._queue = queue
        self._watch = Watch(ledger)
        self._repairs = Repairs(ledger)
        self._begun: tuple[Server, Iterator[Noticed]] | None = None

    @property
    def is_begun(self) -> bool:
        """Whether a look goes on with the next step."""
        return self._begun is not None

    def is_due(self) -> bool:
        """Whether there is a look to take, or to go on with."""
        return self.is_begun or self._watch.is_due()

    def look_soon(self) -> None:
        """Somebody came to look: ask Plex what changed without delay."""
        self._watch.look_soon()

    def step(self, server: Server, policy: Policy, now: float) -> None:
        """Look for a moment; one part of what changed is always taken.

        Raises:
            WaitError: Plex cannot be asked; the look begins anew later.
            ServerChangedError: Its libraries or their folders are other ones.
        """
        begun, self._begun = self._begun, None  # nothing is kept if anything goes wrong
        parts = begun[1] if begun and begun[0] is server else self._watch.look(server)
        until = time.monotonic() + STEP_SECONDS
        for noticed in parts:
            again = self._repairs.look(server, noticed.owned, policy, now=now)
            scenes = {*noticed.woken, *again}
            if scenes:  # the fingerprint knows nothing of what happened in Plex
                self._queue.put_many(scenes, now=now, priority=Priority.RELATED, force=True)
            if noticed.is_other:
                raise ServerChangedError("the libraries of Plex, or their folders, changed")
            if time.monotonic() > until:
                self._begun = server, parts
                return
