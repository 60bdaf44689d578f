"""Every order of puts, claims, ends and crashes, against a model that fits on a page.

The model keeps, beside the rows, what nobody has answered yet: an edit is owed until a job that
was claimed after it is acknowledged. Whatever happens, what is owed is in the queue.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sync_queue.jobs import Job, JobQueue, Priority, read_counts
from tests.examples import examples

SCENES = st.integers(1, 3)  # few, so that most puts meet a row
RUNS = st.sampled_from(["", "a", "b"])
PRIORITIES = st.sampled_from(Priority)
HOLDS = st.sampled_from([0, 0, 2, 20])
DATA = st.data()


@dataclass(kw_only=True)
class Ask:
    """What one or more puts ask for a scene."""

    due: float
    asked: float
    priority: Priority
    run: str
    force: bool

    def joined_by(self, later: Ask, *, hold_most: float) -> Ask:
        """This request, still waiting, after another put."""
        due = min(later.due, min(self.asked, later.asked) + hold_most)
        if later.priority < self.priority:
            due = min(due, self.due)
        return self.with_(later, due=due)

    def with_(self, later: Ask, *, due: float) -> Ask:
        return Ask(
            due=due,
            asked=min(self.asked, later.asked),
            priority=max(self.priority, later.priority),
            run=self.run if self.run == later.run else "",
            force=self.force or later.force,
        )


@dataclass(kw_only=True)
class Row:
    ask: Ask
    state: str = "waiting"
    generation: int = 1
    attempts: int = 0
    meanwhile: Ask | None = None
    code: str = ""  # of a dead letter, and of one that a run tries again
    owed_to_people: bool = False
    owed_anew: bool = False  # asked for by a person while out
    job: Job | None = field(default=None)

    def wait(self, ask: Ask, *, attempts: int) -> None:
        self.state, self.ask, self.attempts = "waiting", ask, attempts
        self.meanwhile, self.job = None, None
        self.owed_to_people |= self.owed_anew
        self.owed_anew = False

    def unfinished(self) -> Ask:
        if self.meanwhile is None:
            return self.ask
        return self.ask.with_(self.meanwhile, due=min(self.ask.due, self.meanwhile.due))


class QueueMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.home = tempfile.TemporaryDirectory()
        self.folder = Path(self.home.name)
        self.queue = JobQueue(self.folder)
        self.now = 100.0
        self.rows: dict[int, Row] = {}

    def teardown(self) -> None:
        self.release_everything()
        self.queue.due_now(now=self.now)
        owed = {scene_id for scene_id, row in self.rows.items() if row.owed_to_people}
        self.queue.retry_failed(now=self.now)
        jobs = [job for _ in Priority for job in self.queue.claim(now=self.now, limit=99)]
        held = [job.scene_id for job in jobs]
        assert len(held) == len(set(held))
        assert set(held) == set(self.rows)
        assert owed <= set(held)
        assert self.queue.ack(jobs, now=self.now) == len(jobs)
        assert self.queue.next_due() is None
        self.queue.close()
        self.home.cleanup()

    def release_everything(self) -> None:
        self.queue.release([row.job for row in self.rows.values() if row.job is not None])

    def out(self) -> list[Row]:
        return [row for row in self.rows.values() if row.state == "out"]

    def waiting(self) -> list[Row]:
        return [row for row in self.rows.values() if row.state == "waiting"]

    @rule(seconds=st.integers(1, 15))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(
        scene_ids=st.lists(SCENES, min_size=1, max_size=4),
        priority=PRIORITIES,
        hold=HOLDS,
        hold_most=HOLDS,
        run=RUNS,
        force=st.booleans(),
    )
    def put(
        self,
        scene_ids: list[int],
        priority: Priority,
        hold: int,
        hold_most: int,
        run: str,
        force: bool,
    ) -> None:
        new = self.queue.put_many(
            scene_ids,
            now=self.now,
            priority=priority,
            hold=hold,
            hold_most=hold_most,
            run=run,
            force=force,
        )
        assert new == len(set(scene_ids) - set(self.rows))
        ask = Ask(due=self.now + hold, asked=self.now, priority=priority, run=run, force=force)
        for scene_id in set(scene_ids):
            self.model_put(scene_id, ask, hold_most=max(hold, hold_most))

    def model_put(self, scene_id: int, ask: Ask, *, hold_most: float) -> None:
        row = self.rows.get(scene_id)
        if row is None:
            self.rows[scene_id] = Row(ask=replace(ask), owed_to_people=not ask.run)
            return
        row.generation += 1
        if row.state == "out":
            before = row.meanwhile
            row.meanwhile = before.joined_by(ask, hold_most=hold_most) if before else replace(ask)
            row.owed_anew |= not ask.run
            return
        row.owed_to_people |= not ask.run
        if row.state == "failed":
            row.wait(replace(ask, force=ask.force or row.ask.force), attempts=0)
        else:
            attempts = 0 if ask.priority is Priority.SAVE else row.attempts
            row.wait(row.ask.joined_by(ask, hold_most=hold_most), attempts=attempts)

    @rule(limit=st.integers(0, 4))
    def claim(self, limit: int) -> None:
        due = [
            (-row.ask.priority, row.ask.due, scene_id)
            for scene_id, row in self.rows.items()
            if row.state == "waiting" and row.ask.due <= self.now
        ]
        expected = []
        most_urgent = [one for one in sorted(due) if one[0] == min(due)[0]]
        for _, _, scene_id in most_urgent[:limit]:
            row = self.rows[scene_id]
            row.state, row.attempts = "out", row.attempts + 1
            row.job = Job(
                scene_id=scene_id,
                generation=row.generation,
                attempts=row.attempts,
                priority=row.ask.priority,
                run=row.ask.run,
                force=row.ask.force,
                asked=row.ask.asked,
            )
            expected.append(row.job)
        assert self.queue.claim(now=self.now, limit=limit) == expected

    @precondition(lambda self: self.out())
    @rule(data=DATA)
    def ack(self, data: st.DataObject) -> None:
        batch = data.draw(st.lists(st.sampled_from(self.out_jobs()), unique=True))
        done = [job for job in batch if self.rows[job.scene_id].meanwhile is None]
        assert self.queue.ack(batch, now=self.now) == len(done)
        for job in batch:
            row = self.rows[job.scene_id]
            if row.meanwhile is None:
                del self.rows[job.scene_id]
            else:
                row.owed_to_people, row.code = False, ""
                row.wait(row.meanwhile, attempts=0)

    def out_jobs(self) -> list[Job]:
        return [row.job for row in self.out() if row.job is not None]

    @precondition(lambda self: self.out())
    @rule(data=DATA)
    def release(self, data: st.DataObject) -> None:
        batch = data.draw(st.lists(st.sampled_from(self.out_jobs()), unique=True))
        self.queue.release(batch)
        for job in batch:
            row = self.rows[job.scene_id]
            row.wait(row.unfinished(), attempts=self.attempts_left(row, row.attempts - 1))

    @staticmethod
    def attempts_left(row: Row, attempts: int) -> int:
        edited = row.meanwhile is not None and row.meanwhile.priority is Priority.SAVE
        return 0 if edited else attempts

    @precondition(lambda self: self.out())
    @rule(data=DATA, seconds=st.integers(0, 30))
    def retry(self, data: st.DataObject, seconds: int) -> None:
        job = data.draw(st.sampled_from(self.out_jobs()))
        not_before = self.now + seconds
        self.queue.retry(job, not_before=not_before, code="busy", message="")
        row = self.rows[job.scene_id]
        if row.meanwhile is None:
            row.code = row.code and "busy"
            row.wait(replace(row.ask, due=not_before), attempts=row.attempts)
        else:
            row.wait(row.unfinished(), attempts=0)

    @precondition(lambda self: self.out())
    @rule(data=DATA, code=st.sampled_from(["x", "y"]))
    def bury(self, data: st.DataObject, code: str) -> None:
        job = data.draw(st.sampled_from(self.out_jobs()))
        self.queue.bury(job, now=self.now, code=code, message="why")
        row = self.rows[job.scene_id]
        if row.meanwhile is None:
            row.state, row.code, row.job = "failed", code, None
            row.ask.run = ""
        else:
            row.wait(row.unfinished(), attempts=0)

    @rule()
    def due_now(self) -> None:
        late = [row for row in self.waiting() if row.ask.due > self.now]
        assert self.queue.due_now(now=self.now) == len(late)
        for row in late:
            row.ask.due = self.now

    @rule(run=RUNS)
    def retry_failed(self, run: str) -> None:
        failed = [row for row in self.rows.values() if row.state == "failed"]
        assert self.queue.retry_failed(now=self.now, run=run) == len(failed)
        for row in failed:
            row.generation += 1
            row.wait(replace(row.ask, due=self.now, asked=self.now, run=run), attempts=0)

    @rule(run=RUNS)
    def cancel(self, run: str) -> None:
        dropped = [] if not run else [row for row in self.waiting() if row.ask.run == run]
        assert self.queue.cancel_run(run) == len(dropped)
        for row in dropped:
            if row.code:
                row.state, row.ask.run = "failed", ""
        self.rows = {
            scene_id: row
            for scene_id, row in self.rows.items()
            if not any(row is gone and not gone.code for gone in dropped)
        }
        for row in self.out():
            for ask in (row.ask, row.meanwhile):
                if ask is not None and ask.run == run:
                    ask.run = ""

    @rule()
    def crash(self) -> None:
        """To the file a closed connection and a killed one differ only in a checkpoint."""
        self.queue.close()
        self.queue = JobQueue(self.folder)
        for row in self.out():
            row.wait(row.unfinished(), attempts=self.attempts_left(row, row.attempts))

    @invariant()
    def the_queue_stands_where_the_model_does(self) -> None:
        counts = self.queue.counts(now=self.now)
        waiting = self.waiting()
        failed = {i: row for i, row in self.rows.items() if row.state == "failed"}
        assert counts.waiting == len(waiting)
        assert counts.due == sum(row.ask.due <= self.now for row in waiting)
        assert counts.out == len(self.out())
        assert counts.failed == len(failed)
        assert counts.next_due == min((row.ask.due for row in waiting), default=None)
        assert counts.next_due == self.queue.next_due()
        letters = self.queue.dead_letters(limit=99)
        assert {i: (row.code, row.attempts) for i, row in failed.items()} == {
            letter.scene_id: (letter.code, letter.attempts) for letter in letters
        }
        assert read_counts(self.folder, now=self.now) == counts

    @invariant()
    def a_run_knows_its_open_jobs(self) -> None:
        for run in ("a", "b"):
            mine = [
                row
                for row in self.rows.values()
                if row.state != "failed"
                and (row.ask.run == run or (row.meanwhile and row.meanwhile.run == run))
            ]
            assert self.queue.open_jobs_of_run(run) == len(mine)


TestQueue = QueueMachine.TestCase
TestQueue.settings = settings(examples(60), stateful_step_count=40)
