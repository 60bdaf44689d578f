from __future__ import annotations

import logging
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from persistqueue.sqlackqueue import SQLiteAckQueue

from errors import DamagedError, NewerSchemaError, NotKeptError
from sqlite_file import translated
from sync_queue.jobs import (
    DeadLetter,
    Job,
    JobQueue,
    Priority,
    read_counts,
    read_dead_letters,
)
from tests.systems import WITH_MODES

BULK, RELATED, SAVE = Priority.BULK, Priority.RELATED, Priority.SAVE
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "queue"


@pytest.fixture
def queue(folder: Path) -> Iterator[JobQueue]:
    with closing(JobQueue(folder)) as opened:
        yield opened


def scenes(jobs: list[Job]) -> list[int]:
    return [job.scene_id for job in jobs]


def claim_one(queue: JobQueue, *, now: float) -> Job:
    [job] = queue.claim(now=now, limit=10)
    return job


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# One job per scene


def test_a_job_tells_who_asked_when_and_how(queue: JobQueue) -> None:
    queue.put_many([7], now=3, priority=RELATED, run="all", force=True)

    assert claim_one(queue, now=4) == Job(
        scene_id=7, generation=1, attempts=1, priority=RELATED, run="all", force=True, asked=3
    )


def test_a_scene_asked_for_many_times_is_one_job(queue: JobQueue) -> None:
    assert queue.put_many([7, 7, 8], now=0, priority=BULK) == 2
    assert queue.put_many(iter([8, 9]), now=1, priority=BULK) == 1

    assert scenes(queue.claim(now=1, limit=10)) == [7, 8, 9]
    assert queue.claim(now=1, limit=10) == []


def test_a_waiting_job_keeps_its_earliest_time_its_highest_priority_and_force(
    queue: JobQueue,
) -> None:
    queue.put_many([7], now=5, priority=SAVE, force=True)
    queue.put_many([7], now=9, priority=BULK)
    queue.put_many([7], now=4, priority=BULK)

    job = claim_one(queue, now=9)
    assert (job.asked, job.priority, job.force) == (4, SAVE, True)


def test_a_put_that_fails_half_way_puts_nothing(queue: JobQueue) -> None:
    def breaks() -> Iterator[int]:
        yield 1
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half"):
        queue.put_many(breaks(), now=0, priority=SAVE)

    assert queue.claim(now=0, limit=10) == []
    assert queue.put_many([2], now=0, priority=SAVE) == 1
    assert scenes(queue.claim(now=0, limit=10)) == [2]


def test_a_time_that_is_no_number_is_refused_and_not_dropped(queue: JobQueue) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        queue.put_many([7], now=float("nan"), priority=SAVE)


# Bursts


def test_a_burst_of_edits_is_one_job_after_the_last_of_them(queue: JobQueue) -> None:
    for now in (0.0, 0.5, 1.0):
        queue.put_many([7], now=now, priority=SAVE, hold=1, hold_most=5)

    assert queue.next_due() == 2.0
    assert queue.claim(now=1.9, limit=10) == []
    assert scenes(queue.claim(now=2, limit=10)) == [7]


def test_a_burst_without_end_is_synced_after_hold_most(queue: JobQueue) -> None:
    for now in range(8):
        queue.put_many([7], now=now, priority=SAVE, hold=2, hold_most=5)

    assert queue.next_due() == 5.0


def test_a_hold_without_hold_most_holds_once(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE, hold=2)
    queue.put_many([7], now=1, priority=SAVE, hold=2)

    assert queue.next_due() == 2.0


def test_a_less_urgent_put_never_makes_an_edit_wait_longer(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE, hold=1, hold_most=5)
    queue.put_many([7], now=0.5, priority=BULK, hold=60, hold_most=60)

    assert queue.next_due() == 1.0


def test_a_clock_that_was_ahead_delays_nothing_that_is_asked_for_again(queue: JobQueue) -> None:
    queue.put_many([7], now=9_000, priority=SAVE, hold=1, hold_most=5)
    queue.put_many([7], now=10, priority=SAVE, hold=1, hold_most=5)

    assert queue.next_due() == 11.0


# Claims


def test_a_claim_takes_the_most_urgent_first_then_what_was_due_first(queue: JobQueue) -> None:
    queue.put_many([1], now=1, priority=BULK)
    queue.put_many([2], now=3, priority=SAVE)
    queue.put_many([3], now=2, priority=SAVE)
    queue.put_many([4], now=0, priority=RELATED)

    assert scenes(queue.claim(now=5, limit=3)) == [3, 2]
    assert scenes(queue.claim(now=5, limit=3)) == [4]
    assert scenes(queue.claim(now=5, limit=3)) == [1]


def test_a_claim_can_leave_what_is_less_urgent(queue: JobQueue) -> None:
    queue.put_many([1], now=0, priority=BULK)
    queue.put_many([2], now=0, priority=RELATED)

    assert queue.claim(now=1, limit=3, least=SAVE) == []
    assert scenes(queue.claim(now=1, limit=3, least=RELATED)) == [2]


def test_what_is_out_and_asked_for_anew_is_told(queue: JobQueue) -> None:
    queue.put_many([1, 2, 3], now=0, priority=BULK)
    queue.claim(now=0, limit=3)
    queue.put_many([2], now=1, priority=SAVE)
    queue.put_many([3], now=1, priority=RELATED)

    assert queue.asked_again(SAVE) == [2]


def test_each_priority_may_have_a_limit_of_its_own(queue: JobQueue) -> None:
    queue.put_many(range(1, 6), now=0, priority=BULK)

    assert len(queue.claim(now=1, limit=1, limits={BULK: 4})) == 4


def test_urgent_jobs_that_wait_do_not_block_a_bulk_job_that_is_due(queue: JobQueue) -> None:
    queue.put_many(range(1, 1_000), now=0, priority=SAVE, hold=60)
    queue.put_many([5_000], now=0, priority=BULK)

    assert queue.next_due() == 0
    assert scenes(queue.claim(now=1, limit=50)) == [5_000]
    assert queue.next_due() == 60
    assert queue.claim(now=1, limit=50) == []


@pytest.mark.parametrize("priority", Priority)
def test_jobs_of_every_priority_are_claimed_counted_and_awaited(
    queue: JobQueue, priority: Priority
) -> None:
    queue.put_many([7], now=1, priority=priority)

    assert queue.next_due() == 1
    assert queue.counts(now=1).due == 1
    assert scenes(queue.claim(now=1, limit=1)) == [7]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_claim_of_none_takes_none(queue: JobQueue, limit: int) -> None:
    queue.put_many([7], now=0, priority=SAVE)

    assert queue.claim(now=0, limit=limit) == []


def test_an_empty_queue_has_no_next_job(queue: JobQueue) -> None:
    assert queue.next_due() is None


# Ends of a job


def test_a_done_job_leaves_the_table(queue: JobQueue) -> None:
    queue.put_many([7, 8], now=0, priority=SAVE)

    assert queue.ack(queue.claim(now=0, limit=10), now=1) == 2
    counts = queue.counts(now=1)
    assert (counts.waiting, counts.out, counts.failed) == (0, 0, 0)
    assert queue.acked_count() == 0
    assert queue.put_many([7], now=2, priority=SAVE) == 1


def test_no_jobs_are_acknowledged_as_no_jobs(queue: JobQueue) -> None:
    assert queue.ack([], now=0) == 0


def test_an_edit_made_while_its_scene_is_syncing_is_not_lost(queue: JobQueue) -> None:
    """The claimed job may have read the scene too early."""
    queue.put_many([7], now=0, priority=BULK, run="all", force=True)
    running = claim_one(queue, now=0)

    queue.put_many([7], now=1, priority=SAVE)
    assert queue.claim(now=2, limit=10) == [], "it is out"
    assert queue.ack([running], now=2) == 0

    assert claim_one(queue, now=2) == Job(
        scene_id=7, generation=2, attempts=1, priority=SAVE, run="", force=False, asked=1
    )


def test_a_burst_while_its_scene_is_syncing_is_one_more_pass(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    running = claim_one(queue, now=0)
    for now in (1.0, 1.5, 2.0):
        queue.put_many([7], now=now, priority=SAVE, hold=1, hold_most=5)
    queue.ack([running], now=2)

    assert queue.next_due() == 3.0
    queue.ack([claim_one(queue, now=3)], now=3)
    assert queue.next_due() is None


def test_a_burst_without_end_while_its_scene_is_syncing_ends_after_hold_most(
    queue: JobQueue,
) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    running = claim_one(queue, now=0)
    for now in range(1, 9):
        queue.put_many([7], now=now, priority=SAVE, hold=2, hold_most=5)
    queue.ack([running], now=9)

    assert queue.next_due() == 6.0


def test_what_is_asked_while_its_scene_is_syncing_is_joined_like_what_waits(
    queue: JobQueue,
) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    running = claim_one(queue, now=0)
    queue.put_many([7], now=1, priority=SAVE, hold=1, hold_most=5, run="all")
    queue.put_many([7], now=1, priority=BULK, hold=60, hold_most=60, run="other", force=True)
    assert queue.open_jobs_of_run("other") == 0, "two runs asked: it is neither's alone"
    queue.ack([running], now=1)

    assert queue.next_due() == 2.0
    assert claim_one(queue, now=2) == Job(
        scene_id=7, generation=3, attempts=1, priority=SAVE, run="", force=True, asked=1
    )


def test_an_acknowledgement_of_an_older_generation_ends_nothing(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    first = claim_one(queue, now=0)
    queue.put_many([7], now=1, priority=SAVE)
    queue.ack([first], now=1)
    second = claim_one(queue, now=1)

    assert queue.ack([first], now=2) == 0
    assert queue.counts(now=2).out == 1
    assert queue.ack([second], now=2) == 1


def test_a_released_job_is_due_as_before_and_its_attempt_does_not_count(queue: JobQueue) -> None:
    """Plex was away: that is no fault of the scene."""
    queue.put_many([7], now=0, priority=SAVE)
    for _ in range(20):
        queue.release(queue.claim(now=3, limit=10))

    assert queue.next_due() == 0
    assert claim_one(queue, now=3).attempts == 1


def test_a_released_job_still_owes_what_was_asked_before_and_meanwhile(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE, force=True)
    running = claim_one(queue, now=0)
    queue.put_many([7], now=1, priority=BULK, hold=60, run="all")
    queue.release([running])

    assert claim_one(queue, now=1) == Job(
        scene_id=7, generation=2, attempts=1, priority=SAVE, run="", force=True, asked=0
    )


def test_force_that_was_asked_for_meanwhile_survives_a_release(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    running = claim_one(queue, now=0)
    queue.put_many([7], now=1, priority=SAVE, force=True)
    queue.release([running])

    assert claim_one(queue, now=1).force


def test_a_failed_job_waits_and_its_attempts_are_counted(queue: JobQueue) -> None:
    queue.put_many([7, 8], now=0, priority=SAVE)
    broken, fine = queue.claim(now=0, limit=10)
    queue.retry(broken, not_before=30, code="plex_500", message="busy")
    queue.ack([fine], now=1)

    assert queue.claim(now=29, limit=10) == []
    assert claim_one(queue, now=30).attempts == 2


def test_a_failed_job_that_was_asked_for_again_is_due_at_once_and_anew(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=BULK, force=True)
    running = claim_one(queue, now=0)
    queue.put_many([7], now=1, priority=BULK)
    queue.retry(running, not_before=30, code="plex_500", message="busy")

    job = claim_one(queue, now=1)
    assert (job.attempts, job.force) == (1, True)


@pytest.mark.parametrize(("priority", "attempts"), [(BULK, 2), (RELATED, 2), (SAVE, 1)])
def test_a_put_ends_a_back_off_and_a_persons_edit_forgets_the_attempts(
    queue: JobQueue, priority: Priority, attempts: int
) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    queue.retry(claim_one(queue, now=0), not_before=900, code="plex_500", message="busy")
    queue.put_many([7], now=10, priority=priority)

    assert claim_one(queue, now=10).attempts == attempts


# Dead letters


def test_a_dead_letter_says_why_and_is_not_claimed(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    queue.bury(claim_one(queue, now=0), now=5, code="refused_edit", message="scene 7: no")

    assert queue.claim(now=99, limit=10) == []
    assert queue.next_due() is None
    assert queue.dead_letters(limit=10) == [
        DeadLetter(scene_id=7, code="refused_edit", message="scene 7: no", attempts=1, buried=5)
    ]


def test_dead_letters_come_latest_first_and_in_pages(queue: JobQueue) -> None:
    queue.put_many([1, 2, 3], now=0, priority=SAVE)
    for job, now in zip(queue.claim(now=0, limit=3), (7, 9, 8), strict=True):
        queue.bury(job, now=now, code="x", message="")

    assert [letter.scene_id for letter in queue.dead_letters(limit=2)] == [2, 3]
    assert [letter.scene_id for letter in queue.dead_letters(limit=2, offset=2)] == [1]


def test_a_job_that_was_asked_for_again_is_not_buried(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    running = claim_one(queue, now=0)
    queue.put_many([7], now=1, priority=BULK)
    queue.bury(running, now=2, code="refused_edit", message="no")

    assert queue.dead_letters(limit=10) == []
    assert claim_one(queue, now=2).attempts == 1


def test_a_dead_letter_that_is_asked_for_again_waits_from_the_start(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    queue.bury(claim_one(queue, now=0), now=1, code="refused_edit", message="no")

    assert queue.put_many([7], now=2, priority=SAVE) == 0
    assert queue.dead_letters(limit=10) == []
    assert claim_one(queue, now=2).attempts == 1


def test_a_dead_letter_that_is_asked_for_again_is_still_forced(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE, force=True)
    queue.bury(claim_one(queue, now=0), now=1, code="refused_edit", message="no")
    queue.put_many([7], now=2, priority=SAVE)

    assert claim_one(queue, now=2).force


def test_retry_failed_makes_every_dead_letter_a_job_of_the_run(queue: JobQueue) -> None:
    queue.put_many([1, 2], now=0, priority=SAVE)
    for job in queue.claim(now=0, limit=2):
        queue.bury(job, now=1, code="x", message="")

    assert queue.retry_failed(now=5, run="again") == 2
    assert queue.open_jobs_of_run("again") == 2
    assert [(job.scene_id, job.attempts) for job in queue.claim(now=5, limit=9)] == [(1, 1), (2, 1)]


def test_what_was_a_dead_letter_is_one_again_when_its_run_is_cancelled(queue: JobQueue) -> None:
    """Else cancelling "try the failed ones again" would hide that they failed."""
    queue.put_many([1, 2], now=0, priority=SAVE)
    for job in queue.claim(now=0, limit=2):
        queue.bury(job, now=1, code="x", message="why")
    queue.retry_failed(now=5, run="again")
    queue.ack(queue.claim(now=5, limit=1), now=5)

    assert queue.cancel_run("again") == 1
    [letter] = queue.dead_letters(limit=10)
    assert (letter.scene_id, letter.code, letter.message, letter.buried) == (2, "x", "why", 1)


def test_a_dead_letter_that_was_done_at_last_is_none_again(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    queue.bury(claim_one(queue, now=0), now=1, code="x", message="why")
    queue.retry_failed(now=2, run="again")
    running = claim_one(queue, now=2)
    queue.put_many([7], now=3, priority=BULK, run="all")
    queue.ack([running], now=4)

    assert queue.cancel_run("all") == 1
    assert queue.dead_letters(limit=10) == []


# Runs


def test_cancelling_a_run_drops_only_what_nobody_else_asked_for(queue: JobQueue) -> None:
    queue.put_many([1], now=0, priority=SAVE)
    queue.put_many([1, 2, 3, 4], now=1, priority=BULK, run="all")
    queue.put_many([3], now=2, priority=SAVE)
    queue.put_many([4, 5], now=2, priority=BULK, run="other")

    assert queue.cancel_run("all") == 1
    assert scenes([*queue.claim(now=9, limit=9), *queue.claim(now=9, limit=9)]) == [1, 3, 4, 5]


def test_cancelling_a_run_lets_what_is_out_finish(queue: JobQueue) -> None:
    queue.put_many([1, 2], now=0, priority=BULK, run="all")
    [running] = queue.claim(now=0, limit=1)

    assert queue.cancel_run("all") == 1
    assert queue.open_jobs_of_run("all") == 0
    queue.retry(running, not_before=5, code="x", message="")
    assert queue.cancel_run("all") == 0
    assert scenes(queue.claim(now=5, limit=9)) == [1]


def test_a_cancelled_run_owns_no_next_pass_either(queue: JobQueue) -> None:
    queue.put_many([1], now=0, priority=SAVE)
    running = claim_one(queue, now=0)
    queue.put_many([1], now=1, priority=BULK, run="all")

    assert queue.cancel_run("all") == 0
    assert queue.open_jobs_of_run("all") == 0
    queue.ack([running], now=2)
    assert scenes(queue.claim(now=2, limit=9)) == [1]


def test_cancelling_nobodys_run_drops_nothing(queue: JobQueue) -> None:
    queue.put_many([1], now=0, priority=SAVE)

    assert queue.cancel_run("") == 0
    assert scenes(queue.claim(now=0, limit=9)) == [1]


def test_the_open_jobs_of_a_run_are_those_that_wait_or_are_out(queue: JobQueue) -> None:
    queue.put_many([1, 2, 3, 4], now=0, priority=BULK, run="all")
    queue.put_many([9], now=0, priority=BULK, run="other")
    one, two, _three = queue.claim(now=0, limit=3)
    assert queue.open_jobs_of_run("all") == 4

    queue.ack([one], now=1)
    queue.bury(two, now=1, code="x", message="")
    assert queue.open_jobs_of_run("all") == 2


def test_a_run_that_asks_for_a_scene_that_is_out_waits_for_its_next_pass(queue: JobQueue) -> None:
    queue.put_many([1], now=0, priority=SAVE)
    running = claim_one(queue, now=0)
    queue.put_many([1], now=1, priority=BULK, run="all")
    assert queue.open_jobs_of_run("all") == 1

    queue.ack([running], now=2)
    assert queue.open_jobs_of_run("all") == 1
    queue.ack([claim_one(queue, now=2)], now=2)
    assert queue.open_jobs_of_run("all") == 0


def test_a_run_that_asks_twice_for_a_scene_has_one_open_job(queue: JobQueue) -> None:
    queue.put_many([1], now=0, priority=BULK, run="all")
    queue.claim(now=0, limit=1)
    queue.put_many([1], now=1, priority=BULK, run="all")

    assert queue.open_jobs_of_run("all") == 1


# Asking about the queue


def test_due_now_brings_forward_what_waits(queue: JobQueue) -> None:
    queue.put_many([1, 2], now=0, priority=SAVE, hold=60)
    queue.put_many([3], now=0, priority=SAVE)

    assert queue.due_now(now=5) == 2
    assert scenes(queue.claim(now=5, limit=9)) == [3, 1, 2]


def test_the_counts_say_how_many_scenes_stand_where(queue: JobQueue) -> None:
    queue.put_many(range(1, 7), now=0, priority=SAVE)
    _out, refused, busy, broken, *_ = queue.claim(now=0, limit=4)
    queue.bury(refused, now=1, code="refused_edit", message="")
    queue.bury(busy, now=1, code="plex_500", message="")
    queue.bury(broken, now=1, code="plex_500", message="")
    queue.put_many([99], now=0, priority=BULK, hold=60)

    counts = queue.counts(now=1)
    assert (counts.waiting, counts.due, counts.out, counts.failed) == (3, 2, 1, 3)
    assert counts.next_due == 0
    assert counts.failed_by_code == {"refused_edit": 1, "plex_500": 2}
    assert queue.size == len(queue) == 3


def test_it_is_persist_queues_but_its_one_item_calls_are_refused(queue: JobQueue) -> None:
    """They know no generation: `nack` would spin and `ack_failed` would bury a newer edit."""
    assert isinstance(queue, SQLiteAckQueue)
    queue.put_many([7], now=0, priority=SAVE)

    with pytest.raises(TypeError):
        queue.put({"scene": 8})
    with pytest.raises(TypeError):
        queue.get(block=False)
    with pytest.raises(TypeError):
        queue.nack(id=7)
    with pytest.raises(TypeError):
        queue.ack_failed(id=7)
    with pytest.raises(TypeError):
        queue.clear_acked_data()
    assert scenes(queue.claim(now=0, limit=9)) == [7]


# The file


def test_jobs_survive_being_closed_and_opened(folder: Path) -> None:
    with closing(JobQueue(folder)) as queue:
        queue.put_many([7], now=3, priority=RELATED, run="all", force=True)
    with closing(JobQueue(folder)) as queue:
        assert not queue.was_damaged
        assert claim_one(queue, now=3).run == "all"


def test_a_worker_takes_back_what_its_predecessor_had_in_hand(folder: Path) -> None:
    """The attempt counts: the scene may be what killed the predecessor."""
    with closing(JobQueue(folder)) as queue:
        queue.put_many([7, 8], now=0, priority=BULK)
        queue.claim(now=0, limit=10)
        queue.put_many([8], now=1, priority=SAVE)
    with closing(JobQueue(folder)) as queue:
        assert queue.counts(now=1).out == 0
        assert [
            (job.scene_id, job.attempts, job.priority)
            for job in [*queue.claim(now=1, limit=10), *queue.claim(now=1, limit=10)]
        ] == [(8, 1, SAVE), (7, 2, BULK)]


KILLED = """
import pathlib, sys
from sync_queue.jobs import JobQueue, Priority
queue = JobQueue(pathlib.Path(sys.argv[1]))
queue.put_many(range(1, 201), now=0, priority=Priority.SAVE)
queue.ack(queue.claim(now=0, limit=50), now=0)
print(*(job.scene_id for job in queue.claim(now=0, limit=50)), flush=True)
sys.stdin.read()
"""


def test_a_killed_worker_loses_nothing_and_its_batch_is_claimed_again(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        in_hand = [int(scene_id) for scene_id in worker.stdout.readline().split()]
        worker.kill()
    assert len(in_hand) == 50

    before = read_counts(folder, now=0)
    assert before is not None
    assert (before.waiting, before.out) == (100, 50)
    with closing(JobQueue(folder)) as queue:
        again = queue.claim(now=0, limit=50)
        assert scenes(again) == in_hand
        assert {job.attempts for job in again} == {2}
        rest = queue.claim(now=0, limit=500)
        assert scenes(rest) == list(range(101, 201))
        assert {job.attempts for job in rest} == {1}


@WITH_MODES
def test_nobody_else_may_read_the_queue(folder: Path) -> None:
    before = os.umask(0)
    try:
        with closing(JobQueue(folder)) as queue:
            queue.put_many([7], now=0, priority=SAVE)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(before)

    assert modes == {"data.db": 0o600, "data.db-wal": 0o600, "data.db-shm": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_nothing_is_pickled(folder: Path) -> None:
    with closing(JobQueue(folder)) as queue:
        queue.put_many([7], now=0, priority=SAVE, run="all")
    with closing(sqlite3.connect(folder / "data.db")) as connection:
        row = connection.execute("SELECT * FROM scene_jobs").fetchone()

    assert not any(isinstance(value, bytes) for value in row)
    assert pickle.PROTO not in (folder / "data.db").read_bytes()[:1]


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "killed before a checkpoint"])
def test_a_newer_schema_is_refused_and_untouched_byte_for_byte(folder: Path, closed: bool) -> None:
    JobQueue(folder).close()
    with closing(sqlite3.connect(folder / "data.db")) as newer:
        newer.execute("PRAGMA user_version = 2")
        if closed:
            newer.close()
        kept = {name: data for name, data in contents(folder).items() if name != "data.db-shm"}
        with pytest.raises(NewerSchemaError, match="schema 2"):
            JobQueue(folder)
        with pytest.raises(NewerSchemaError):
            read_counts(folder, now=0)
        now = {name: data for name, data in contents(folder).items() if name != "data.db-shm"}

    assert now == kept


def test_a_file_that_was_never_finished_is_finished(folder: Path) -> None:
    folder.mkdir()
    (folder / "data.db").touch()

    assert read_counts(folder, now=0) is None
    with closing(JobQueue(folder)) as queue:
        assert not queue.was_damaged
        assert queue.put_many([7], now=0, priority=SAVE) == 1


def test_a_damaged_file_is_set_aside_and_the_queue_starts_empty(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.mkdir()
    for n, garbage in enumerate((b"no database" * 1000, b"<html>" * 1000), start=1):
        caplog.clear()
        (folder / "data.db").write_bytes(garbage)
        with caplog.at_level(logging.WARNING), closing(JobQueue(folder)) as queue:
            assert queue.was_damaged
            assert queue.put_many([7], now=0, priority=SAVE) == 1
        assert len(caplog.records) == 1
        assert (folder / f"data.db.damaged-{n}").read_bytes() == garbage


def damage(folder: Path) -> None:
    """Overwrite all but the first page, which says only that this is a database."""
    with (folder / "data.db").open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


@pytest.mark.parametrize("when", ["before it is opened", "while it is open"])
def test_damage_below_the_first_page_never_ends_in_a_loop(folder: Path, when: str) -> None:
    """Whoever opens again after a `DamagedError` must not find the same damage."""
    with closing(JobQueue(folder)) as queue:
        queue.put_many(range(5_000), now=0, priority=SAVE)
    if when == "before it is opened":
        damage(folder)
        with closing(JobQueue(folder)) as queue:
            assert queue.was_damaged
    else:
        with closing(JobQueue(folder)) as queue:
            damage(folder)
            with pytest.raises(DamagedError):
                queue.claim(now=0, limit=50)
    with closing(JobQueue(folder)) as queue:
        assert not queue.was_damaged
        assert queue.put_many([7], now=0, priority=SAVE) == 1
    assert (folder / "data.db.damaged-1").exists()


def test_a_log_beside_a_damaged_file_is_set_aside_with_it(folder: Path) -> None:
    """SQLite would play it into the fresh file."""
    folder.mkdir()
    (folder / "data.db").write_bytes(b"no database" * 1000)
    (folder / "data.db-wal").write_bytes(b"frames")
    with closing(JobQueue(folder)) as queue:
        assert queue.was_damaged
        assert queue.counts(now=0).waiting == 0

    assert contents(folder)["data.db.damaged-1-wal"] == b"frames"


def test_a_reader_says_that_a_file_is_damaged_and_leaves_it(folder: Path) -> None:
    folder.mkdir()
    (folder / "data.db").write_bytes(b"no database" * 1000)
    before = contents(folder)

    with pytest.raises(DamagedError):
        read_counts(folder, now=0)
    assert contents(folder) == before


def test_a_queue_that_cannot_be_made_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotKeptError):
        JobQueue(tmp_path / "file")

    (tmp_path / "queue" / "data.db").mkdir(parents=True)
    with pytest.raises(NotKeptError):
        JobQueue(tmp_path / "queue")


FULL = """
import pathlib, resource, sys
from errors import NotKeptError
from sync_queue.jobs import JobQueue, Priority
queue = JobQueue(pathlib.Path(sys.argv[1]))
queue.put_many([7], now=0, priority=Priority.SAVE)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
try:
    queue.put_many(range(100_000), now=0, priority=Priority.SAVE)
except NotKeptError:
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    print(queue.put_many([7, 8], now=0, priority=Priority.SAVE), queue.counts(now=0).waiting)
queue.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_full_disk_is_said_and_leaves_the_queue_as_it_was(folder: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.stdout, run.stderr) == ("1 2\n", "")


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (sqlite3.DatabaseError, DamagedError),
        (sqlite3.OperationalError, NotKeptError),
        (sqlite3.ProgrammingError, sqlite3.ProgrammingError),
        (OSError, NotKeptError),
    ],
)
def test_without_a_code_the_class_tells_damage_from_a_full_disk(
    folder: Path, raised: type[Exception], expected: type[Exception]
) -> None:
    """Python 3.10 gives no `sqlite_errorcode`, nor has an error made by hand one."""
    with pytest.raises(expected), translated(folder / "data.db", "nothing was read"):
        raise raised


# Beside the worker


def test_there_is_nothing_to_read_before_the_first_worker(folder: Path) -> None:
    assert read_counts(folder, now=0) is None
    assert read_dead_letters(folder, limit=5) == []
    assert not folder.exists()


def test_a_reader_sees_what_an_open_queue_has_committed(folder: Path, queue: JobQueue) -> None:
    queue.put_many([7, 8], now=0, priority=SAVE)
    first, _ = queue.claim(now=0, limit=2)
    queue.bury(first, now=1, code="x", message="why")

    assert read_counts(folder, now=1) == queue.counts(now=1)
    assert read_dead_letters(folder, limit=5) == queue.dead_letters(limit=5)


def test_a_reader_neither_waits_for_a_put_nor_sees_half_of_it(
    folder: Path, queue: JobQueue
) -> None:
    def reading() -> Iterator[int]:
        yield 7
        counts = read_counts(folder, now=0)
        assert counts is not None
        assert counts.waiting == 0
        yield 8

    assert queue.put_many(reading(), now=0, priority=SAVE) == 2


def test_a_reader_writes_nothing_and_leaves_nothing_behind(folder: Path) -> None:
    with closing(JobQueue(folder)) as queue:
        queue.put_many([7], now=0, priority=SAVE)
    before = contents(folder)
    assert list(before) == ["data.db"]

    counts = read_counts(folder, now=0)
    assert counts is not None
    assert counts.due == 1
    assert read_dead_letters(folder, limit=5) == []
    assert contents(folder) == before


def test_a_reader_in_a_folder_with_a_strange_name_reads_its_queue(tmp_path: Path) -> None:
    folder = tmp_path / "a b#ü%20"
    with closing(JobQueue(folder)) as queue:
        queue.put_many([7], now=0, priority=SAVE)

    counts = read_counts(folder, now=0)
    assert counts is not None
    assert counts.waiting == 1


def test_a_queue_of_an_older_version_is_counted_when_it_is_opened(tmp_path: Path) -> None:
    """It has no counts of its runs, nor what keeps them."""
    with closing(JobQueue(tmp_path)) as queue:
        queue.put_many([1, 2, 3], now=0, priority=Priority.BULK, run="all")
    with closing(sqlite3.connect(tmp_path / "data.db")) as old:
        for name in ("job_comes", "job_goes", "job_moves"):
            old.execute(f"DROP TRIGGER {name}")
        old.execute("DROP TABLE run_counts")
        old.execute("DELETE FROM scene_jobs WHERE scene_id = 3")
        old.commit()
    with closing(JobQueue(tmp_path)) as queue:
        assert queue.open_jobs_of_run("all") == 2
        queue.put_many([4], now=0, priority=Priority.BULK, run="all")
        assert queue.open_jobs_of_run("all") == 3


def test_an_attempt_that_is_given_back_is_the_only_one_that_does_not_count(queue: JobQueue) -> None:
    queue.put_many([7], now=0, priority=SAVE)
    for now in (1, 2):
        queue.retry(claim_one(queue, now=now), not_before=now, code="x", message="y")
    third = claim_one(queue, now=3)
    assert third.attempts == 3

    queue.release([third])

    assert claim_one(queue, now=4).attempts == 3


def test_when_a_queue_is_opened_again_it_knows_what_is_due_next(folder: Path) -> None:
    with closing(JobQueue(folder)) as queue:
        queue.put_many([7], now=5, priority=SAVE)
    with closing(JobQueue(folder)) as queue:
        assert queue.next_due() == 5
    with closing(JobQueue(folder.with_name("another") / "deep")) as queue:
        assert queue.next_due() is None
