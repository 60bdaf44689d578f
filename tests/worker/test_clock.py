"""The clock that is set back."""

from __future__ import annotations

from pathlib import Path

from sync_queue.jobs import JobQueue, Priority
from worker.clock import Clock


def test_a_clock_that_runs_is_not_set_back() -> None:
    clock = Clock()
    clock.was_set_back(wall=1000.0, steady=10.0)
    assert not clock.was_set_back(wall=1060.0, steady=70.0)
    assert not clock.was_set_back(wall=9999.0, steady=71.0)  # set forward, or the machine slept


def test_a_clock_that_is_set_back_is_noticed_once() -> None:
    clock = Clock()
    clock.was_set_back(wall=1000.0, steady=10.0)
    assert clock.was_set_back(wall=400.0, steady=11.0)
    assert not clock.was_set_back(wall=401.0, steady=12.0)


def test_what_waits_longer_than_anybody_asks_for_becomes_due(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path / "queue")
    queue.put_many([1], now=1_000_000.0, priority=Priority.SAVE)
    queue.put_many([2], now=100.0, priority=Priority.SAVE, hold=3.0, hold_most=3.0)
    assert queue.bound_waits(now=100.0, most=3700.0) == 1
    assert [job.scene_id for job in queue.claim(now=100.0, limit=9)] == [1]
    queue.close()
