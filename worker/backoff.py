"""How long to wait, purely: exponential with jitter and a cap, and a bound for each error class.

Times are seconds. The caller passes the randomness, so that a test can choose it.
"""

from __future__ import annotations

from dataclasses import dataclass

from errors import (
    ItemGoneError,
    PlexSyncError,
    RefusedEditError,
    ServerBusyError,
    UnreadableAnswerError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How an error class is tried again.

    Attributes:
        attempts: Claims in all before the job is set aside.
        first: Seconds before the second attempt; each further one doubles it.
        most: The longest wait.
    """

    attempts: int
    first: float = 5.0
    most: float = 3600.0


# An error that this table does not know is one of ours; it is bounded as well.
_UNKNOWN = Patience(attempts=4, first=10.0)
_PATIENCE: dict[type[PlexSyncError], Patience] = {
    ServerBusyError: Patience(attempts=6, first=5.0),
    UnreadableAnswerError: Patience(attempts=6, first=5.0),
    ItemGoneError: Patience(attempts=3, first=2.0),
    RefusedEditError: Patience(attempts=1),
}


def retry_after(error: Exception, attempts: int, *, luck: float) -> float | None:
    """Seconds until the next attempt; None when the job has to be set aside.

    Args:
        error: What went wrong.
        attempts: Claims so far, counting this one.
        luck: From 0 to 1; spreads the waits over half their length.
    """
    patience = next((p for kind, p in _PATIENCE.items() if isinstance(error, kind)), _UNKNOWN)
    if attempts >= patience.attempts:
        return None
    return _wait(patience.first, patience.most, attempts, luck)


def probe_after(probes: int, *, luck: float, first: float = 2.0, most: float = 60.0) -> float:
    """Seconds until the next probe of a server that was probed `probes` times in vain."""
    return _wait(first, most, probes + 1, luck)


def _wait(first: float, most: float, attempts: int, luck: float) -> float:
    longest = min(most, first * 2.0 ** min(attempts - 1, 30))
    return longest * (0.5 + 0.5 * luck)
