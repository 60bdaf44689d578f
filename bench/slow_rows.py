"""The row about a Plex in trouble: how many requests are in flight while it is slow or answers 503.

A run is on its way all the time. Plex becomes ten times as slow, is itself again, answers 503, and
is itself again. After each turn the worker gets a moment to notice; what was in flight in that
moment is judged by the limits that always hold.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from bench.bytes_server import LATENCY_SECONDS
from bench.measure import Row
from bench.rig import Rig
from bench.rigs import Rigs
from tests.waiting import wait_for

MOST = {"reads": 4, "writes": 2}
TIMES_SLOWER = 10
NOTICING_SECONDS = 1.0
LOOKED_SECONDS = 1.5
BACK_SECONDS = 30.0  # a pause ends with a probe, and those come less and less often
SOME_EDITS = 50


@dataclass(slots=True)
class Seen:
    """The most in flight in each part of the row, and in all of it."""

    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MOST, 0))

    def take(self, rig: Rig, part: str = "") -> None:
        """Note what was in flight since the last time, for a part or in passing."""
        told = dict(rig.plex.most())
        rig.plex.tell("reset")
        if part:
            self.parts[part] = told
        for side in MOST:
            self.most[side] = max(self.most[side], told[side])

    def look(self, rig: Rig, part: str) -> None:
        """Let the worker notice that something is different now, then look for a while."""
        time.sleep(NOTICING_SECONDS)
        self.take(rig)
        time.sleep(LOOKED_SECONDS)
        self.take(rig, part)


def slow(rigs: Rigs) -> list[Row]:
    """A first sync with a Plex that is slow for a while, and away for a while."""
    scenes = rigs.sizes.slow
    rig = rigs.fresh(scenes)
    rig.start_worker()
    seen = Seen()
    run = rig.ask()
    _wait_for_edits(rig)
    seen.take(rig)
    time.sleep(LOOKED_SECONDS)
    seen.take(rig, "usual")
    rig.plex.tell("latency", seconds=TIMES_SLOWER * LATENCY_SECONDS)
    seen.look(rig, "slow")
    rig.plex.tell("latency", seconds=LATENCY_SECONDS)
    seen.look(rig, "after it")
    rig.plex.tell("status", status=503)
    seen.look(rig, "503")
    rig.plex.tell("status", status=200)
    back = _wait_for_edits(rig)
    seen.look(rig, "after that")
    counts = dict(rig.end_of(run, may_wait=True).counts)
    rig.end_worker()
    return [_row(seen, back, is_all_done=counts == {"changed": scenes}, counts=counts)]


def _wait_for_edits(rig: Rig) -> float:
    """Wait until it writes; how long that took."""
    began = time.monotonic()
    wait_for(
        lambda: rig.plex.counts().get("edit", 0) >= SOME_EDITS, what="edits", seconds=BACK_SECONDS
    )
    return time.monotonic() - began


def _row(seen: Seen, back: float, *, is_all_done: bool, counts: dict[str, int]) -> Row:
    parts = seen.parts
    is_bounded = all(seen.most[side] <= most for side, most in MOST.items())
    is_one_at_a_time = all(parts[part]["all"] <= 1 for part in ("slow", "503"))
    is_back = all(
        parts[part]["writes"] == parts["usual"]["writes"] for part in ("after it", "after that")
    )
    told = ", ".join(f"{part} {most['writes']}+{most['reads']}" for part, most in parts.items())
    return Row(
        name="slow",
        what=f"most writes+reads in flight: Plex {TIMES_SLOWER}x slower, then answers 503",
        must="<= 2+4 ever, one at a time meanwhile, as before afterwards, nothing lost",
        measured=f"{told}; ever {seen.most['writes']}+{seen.most['reads']}; "
        f"writes again {back:.1f} s after the last 503",
        holds=is_bounded and is_one_at_a_time and is_back and is_all_done,
        facts={"parts": parts, "most": seen.most, "back_seconds": back, "counts": counts},
    )
