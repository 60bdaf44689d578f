"""What came of a thing that was asked of the measured worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What the worker did for one thing that was asked of it.

    Attributes:
        seconds: From taking it to its end.
        cpu: The worker's CPU seconds in that time.
        peak: The most memory that the worker ever had, in MB.
        counts: Outcomes by kind; empty for what is no run.
        stash: Requests to Stash by kind.
        plex: Requests to Plex by kind.
        most: The most requests to Plex in flight at once, "reads" and "writes".
        logs: The requests themselves, if they were asked for: one file for each stand-in.
    """

    seconds: float
    cpu: float
    peak: float
    counts: Mapping[str, int]
    stash: Mapping[str, int]
    plex: Mapping[str, int]
    most: Mapping[str, int]
    logs: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended; times are Unix seconds."""

    started: float
    finished: float
    counts: Mapping[str, int]
