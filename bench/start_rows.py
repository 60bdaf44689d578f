"""The row about the start of a worker, of a release: from exec to its first request.

The first start of a release finds no `.pyc`, neither of the plugin nor of its dependencies.
"""

from __future__ import annotations

import statistics
import time

from bench.measure import Row, cpu_seconds
from bench.release import add_vendor, forget_compiled
from bench.rig import Rig
from bench.rigs import Rigs

SCENES = 10
ROUNDS = 5


def start(rigs: Rigs) -> list[Row]:
    """With the files that the first start leaves, and without them."""
    rig = rigs.fresh(SCENES)
    add_vendor(rig.here)
    rig.start_worker()
    rig.run()
    rig.end_worker()
    return [
        _start(rig, most=0.4, what="a worker starts", is_compiled=True),
        _start(rig, most=1.5, what="a worker starts without .pyc", is_compiled=False),
    ]


def _start(rig: Rig, *, most: float, what: str, is_compiled: bool) -> Row:
    took, used = [], []
    for _ in range(ROUNDS):
        if not is_compiled:
            forget_compiled(rig.here)
        rig.stash.tell("reset")
        began = time.monotonic()
        rig.start_worker()
        first = rig.stash.first_at()
        assert first is not None
        took.append(first - began)
        used.append(cpu_seconds(rig.pid))
        rig.end_worker()
    seconds = statistics.median(took)
    return Row(
        name="start",
        what=f"{what}: exec to first request, median of {ROUNDS}",
        must=f"<= {most} s",
        measured=f"{seconds:.2f} s (worst {max(took):.2f})",
        holds=seconds <= most,
        facts={"seconds": took, "cpu_seconds": used},
    )
