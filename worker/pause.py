"""Why the whole worker waits, and when it looks whether it may go on.

A pause counts no attempt. It is one log line when it begins and one when it ends, however often it
is met in between.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass

from errors import StashAwayError, StashRefusedError, WaitError
from worker.backoff import probe_after
from worker.state import Pause

log = logging.getLogger("PlexSync.worker")

_SOON_SECONDS = 2.0


@dataclass(slots=True)
class Brake:
    """At most one pause at a time, for Plex's side or for Stash's.

    Times are Unix seconds, passed in.
    """

    pause: Pause | None = None
    error: WaitError | None = None
    _last: Pause | None = None  # the pause that ended but was not yet followed by work done
    _probes: int = 0

    def apply(self, error: WaitError, now: float) -> None:
        """Begin to wait because of `error`, or go on waiting after a probe in vain.

        A server may answer the probe and fail at the work. Until some work was done, waiting for
        the same cause again is the same pause: no further line, and longer between the probes.
        """
        last = self.pause or self._last
        if last is not None and last.code == error.code:
            self._probes += 1
            since = last.since
        else:
            self._probes = 0
            since = now
            log.warning("PlexSync waits: %s", error)
        wait = probe_after(self._probes, luck=random.random())  # noqa: S311 - spread, no secret
        self.error = error
        self.pause = Pause(code=error.code, message=str(error), since=since, next_probe=now + wait)
        self._last = None

    def release(self) -> None:
        """Try to go on; `worked` says whether that was right."""
        self._last = self.pause or self._last
        self.pause, self.error = None, None

    def worked(self) -> None:
        """Something was done: the pause is over."""
        if self._last:
            log.info("PlexSync goes on: %s is over", self._last.code)
        self._last, self._probes = None, 0

    def probe_now(self, now: float) -> None:
        """Look at once: the settings changed, or Stash sent a fresh login."""
        if self.pause:
            self._probes = 0
            self.pause = Pause(
                code=self.pause.code,
                message=self.pause.message,
                since=self.pause.since,
                next_probe=now,
            )

    def is_due(self, now: float) -> bool:
        """Whether it is time to probe; a clock that jumped back does not prolong the wait."""
        if self.pause is None:
            return False
        return now >= self.pause.next_probe or self.pause.next_probe - now > 120

    @property
    def is_stash(self) -> bool:
        """Whether it is Stash that we wait for."""
        return isinstance(self.error, StashAwayError | StashRefusedError)
