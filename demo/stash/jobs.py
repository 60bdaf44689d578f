"""The job queue: one job at a time for the whole server, plugin tasks and scans alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from demo.stash.journal import Journal, nanosecond_text

_OVER = frozenset({"FINISHED", "CANCELLED", "FAILED"})


@dataclass(slots=True)
class Job:
    """One entry of the queue, kept after its end.

    Attributes:
        progress: 0 to 1; None until the job reports some.
        progress_history: Every value that was reported, oldest first.
        stopping: Set when somebody stops the job.
    """

    id: int
    description: str
    run: Callable[[Job], None] = field(repr=False)
    status: str = "READY"
    progress: float | None = None
    progress_history: list[float] = field(default_factory=list)
    error: str | None = None
    add_time: str = field(default_factory=nanosecond_text)
    start_time: str | None = None
    end_time: str | None = None
    stopping: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def progress_max(self) -> float:
        """The highest progress that was reported; 0 without any."""
        return max(self.progress_history, default=0.0)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in _OVER

    def report(self, progress: float) -> None:
        """Note how far the job is."""
        self.progress = min(max(progress, 0.0), 1.0)
        self.progress_history.append(self.progress)


class JobQueue:
    """Jobs in the order in which they came, and the thread that runs them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._jobs: dict[int, Job] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to run jobs."""
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="stash-jobs")
        self._thread.start()

    def close(self) -> None:
        """Stop the running job, drop the waiting ones."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self.stop_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def add(self, description: str, run: Callable[[Job], None]) -> int:
        """Queue a job and return its id."""
        with self._changed:
            job = Job(id=len(self._jobs) + 1, description=description, run=run)
            self._jobs[job.id] = job
            self._changed.notify_all()
            return job.id

    def stop(self, job_id: int) -> None:
        """Stop a running job; take a waiting one out."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None or job.is_over:
                return
            job.stopping.set()
            self._set(job, "CANCELLED" if job.status == "READY" else "STOPPING")

    def stop_all(self) -> None:
        """Stop every job."""
        for job in self.waiting_and_running():
            self.stop(job.id)

    def find(self, job_id: int) -> Job | None:
        """A job by its id, finished ones too."""
        return self._jobs.get(job_id)

    def waiting_and_running(self) -> list[Job]:
        """What the queue shows."""
        with self._changed:
            return [job for job in self._jobs.values() if not job.is_over]

    def wait(self, job_id: int, timeout_seconds: float) -> Job:
        """The job once it is over; TimeoutError when that takes too long."""
        with self._changed:
            job = self._jobs[job_id]
            if not self._changed.wait_for(lambda: job.is_over, timeout_seconds):
                raise TimeoutError(f"job {job_id} ({job.description}) is still {job.status}")
            return job

    def _set(self, job: Job, status: str) -> None:
        job.status = status
        if job.is_over:
            job.end_time = nanosecond_text()
        self._changed.notify_all()

    def _next(self) -> Job | None:
        def ready() -> list[Job]:
            return [job for job in self._jobs.values() if job.status == "READY"]

        with self._changed:
            self._changed.wait_for(lambda: self._closing or ready())
            if self._closing:
                return None
            job = ready()[0]
            job.start_time = nanosecond_text()
            self._set(job, "RUNNING")
            return job

    def _work(self) -> None:
        while (job := self._next()) is not None:
            status = "FINISHED"
            try:
                job.run(job)
            except Exception as error:  # noqa: BLE001 - a broken job must not end the queue
                status, job.error = "FAILED", str(error)
                self._journal.write("error", f"job {job.id}: {error!r}")
            with self._changed:
                self._set(job, "CANCELLED" if job.stopping.is_set() else status)
