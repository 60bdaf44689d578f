"""The queue as other processes read it, beside the worker that owns it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync_queue.jobs import JobQueue, Priority
from sync_queue.queue_status import (
    DeadLetter,
    SceneJob,
    read_counts,
    read_dead_letters,
    read_failed,
    read_job,
    read_statuses,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "queue"


@pytest.fixture
def queue(folder: Path) -> Iterator[JobQueue]:
    """One job waits, one will be tried again, one is out; three are set aside."""
    with closing(JobQueue(folder)) as opened:
        opened.put_many([6, 5, 4, 3, 2], now=1, priority=Priority.SAVE)
        jobs = {job.scene_id: job for job in opened.claim(now=1, limit=9)}
        opened.bury(jobs[6], now=10, code="forbidden", message="six")
        opened.bury(jobs[5], now=12, code="forbidden", message="five")
        opened.bury(jobs[4], now=11, code="odd", message="four")
        opened.retry(jobs[3], not_before=50, code="slow", message="three")
        opened.put_many([1], now=2, priority=Priority.SAVE)
        yield opened


@pytest.mark.usefixtures("queue")
def test_the_job_of_a_scene_tells_why_it_waits(folder: Path) -> None:
    assert read_job(folder, 1) == SceneJob(status="waiting", due=2, code="", message="", attempts=0)
    again = read_job(folder, 3)
    assert again == SceneJob(status="waiting", due=50, code="slow", message="three", attempts=1)
    aside = read_job(folder, 5)
    assert aside is not None
    assert (aside.status, aside.code, aside.message) == ("failed", "forbidden", "five")
    out = read_job(folder, 2)
    assert out is not None
    assert (out.status, out.attempts) == ("out", 1)
    assert read_job(folder, 7) is None


@pytest.mark.usefixtures("queue")
def test_the_jobs_of_a_page_of_scenes_are_read_at_once(folder: Path) -> None:
    found = read_statuses(folder, [1, 2, 5, 7])
    assert found == {1: "waiting", 2: "out", 5: "failed"}
    assert read_statuses(folder, []) == {}


@pytest.mark.usefixtures("queue")
def test_what_was_set_aside_for_one_reason_comes_page_by_page(folder: Path) -> None:
    five = DeadLetter(scene_id=5, code="forbidden", message="five", attempts=1, buried=12)
    six = DeadLetter(scene_id=6, code="forbidden", message="six", attempts=1, buried=10)
    assert read_failed(folder, "forbidden", limit=9, offset=0) == [five, six]
    assert read_failed(folder, "forbidden", limit=1, offset=0) == [five]
    assert read_failed(folder, "forbidden", limit=9, offset=1) == [six]
    assert read_failed(folder, "none", limit=9, offset=0) == []


@pytest.mark.usefixtures("queue")
def test_the_latest_that_were_set_aside_come_first(folder: Path) -> None:
    assert [one.scene_id for one in read_dead_letters(folder, limit=9)] == [5, 4, 6]
    assert [one.scene_id for one in read_dead_letters(folder, limit=1)] == [5]
    assert read_dead_letters(folder, limit=0) == []


@pytest.mark.usefixtures("queue")
def test_jobs_are_counted_by_how_they_stand(folder: Path) -> None:
    counts = read_counts(folder, now=3)
    assert counts is not None
    assert (counts.waiting, counts.due, counts.out, counts.failed) == (2, 1, 1, 3)
    assert (counts.retrying, counts.next_retry, counts.next_due) == (1, 50, 2)
    assert counts.failed_by_code == {"forbidden": 2, "odd": 1}
    later = read_counts(folder, now=50)
    assert later is not None
    assert (later.waiting, later.due) == (2, 2)


def test_where_no_queue_is_nothing_is_read_and_nothing_made(folder: Path) -> None:
    assert read_counts(folder, now=0) is None
    assert read_dead_letters(folder, limit=9) == []
    assert read_failed(folder, "x", limit=9, offset=0) == []
    assert read_job(folder, 1) is None
    assert read_statuses(folder, [1]) == {}
    assert not folder.exists()


def test_a_wait_that_nobody_asks_for_is_ended(queue: JobQueue) -> None:
    """The clock was set back while jobs waited."""
    assert queue.bound_waits(now=3, most=47) == 0  # fifty is asked for
    assert queue.bound_waits(now=3, most=46) == 1
    assert sorted(job.scene_id for job in queue.claim(now=3, limit=9)) == [1, 3]
