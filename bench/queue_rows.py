"""The rows about the queue: absolute times, because each is one call that nobody may feel."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.measure import Row
from sync_queue.jobs import JobQueue, Priority

SCENES = 100_000
BATCH = 50  # what the worker claims at once
DEPTHS = (100_000, 50_000, 1_000)
CLAIMS = 15
LOOKS = 200


def queue(folder: Path, *, is_quick: bool) -> list[Row]:
    """Put, claim, and look in vain."""
    del is_quick  # it takes seconds anyhow
    folder.mkdir()
    return [_put(folder), _claim(folder), *_nothing_due(folder)]


def _put(folder: Path) -> Row:
    took = []
    for number in range(3):
        jobs = JobQueue(folder / f"put {number}")
        began = time.perf_counter()
        jobs.put_many(range(1, SCENES + 1), now=1.0, priority=Priority.BULK, run="a run")
        took.append(time.perf_counter() - began)
        jobs.close()
    worst = max(took)
    return Row(
        name="queue",
        what=f"{SCENES:,} jobs enqueued at once, worst of {len(took)}",
        must="<= 1.5 s",
        measured=f"{worst:.2f} s",
        holds=worst <= 1.5,
        facts={"seconds": took},
    )


def _claim(folder: Path) -> Row:
    found: dict[int, float] = {}
    for depth in DEPTHS:
        jobs = JobQueue(folder / f"claim {depth}")
        jobs.put_many(range(1, depth + 1), now=1.0, priority=Priority.BULK)
        found[depth] = _median_ms(CLAIMS, lambda jobs=jobs: jobs.claim(now=2.0, limit=BATCH))  # type: ignore[misc]
        jobs.close()
    return Row(
        name="queue",
        what=f"claim of the next {BATCH}, median of {CLAIMS}",
        must="<= 3 ms at any depth",
        measured=", ".join(f"{ms:.2f} ms at {depth:,}" for depth, ms in found.items()),
        holds=max(found.values()) <= 3,
        facts={f"ms_at_{depth}": ms for depth, ms in found.items()},
    )


def _nothing_due(folder: Path) -> list[Row]:
    """The worker asks `next_due` and claims only when that has come."""
    jobs = JobQueue(folder / "later")
    for priority in Priority:
        part = range(int(priority) + 1, SCENES + 1, len(Priority))
        jobs.put_many(part, now=1.0, priority=priority, hold=1000.0)
    looks: dict[str, Callable[[], object]] = {
        "the worker's look (next_due)": jobs.next_due,
        "a claim in vain": lambda: jobs.claim(now=2.0, limit=BATCH),
    }
    found = {name: _median_ms(LOOKS, look) for name, look in looks.items()}
    jobs.close()
    return [
        Row(
            name="queue",
            what=f"nothing due at {SCENES:,}: {name}, median of {LOOKS}",
            must="<= 0.1 ms",
            measured=f"{ms:.3f} ms",
            holds=ms <= 0.1,
            facts={"ms": ms},
        )
        for name, ms in found.items()
    ]


def _median_ms(times: int, act: Callable[[], object]) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took)
