"""A few threads that carry work to Plex, so that deciding and waiting for answers overlap.

They only send: what comes back is looked at by the thread that owns the ledger. Urgent work passes
what waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from queue import Empty, PriorityQueue, SimpleQueue
from typing import Generic, TypeVar

from plex.throttle import WRITES

Subject = TypeVar("Subject")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Done(Generic[Subject, Answer]):
    """Work that came back: what it came to, or what kept it from that."""

    subject: Subject
    answer: Answer | None
    error: Exception | None


class Crew(Generic[Subject, Answer]):
    """Does work in the order of urgency, then of asking.

    Args:
        size: How many threads; they start with the first work and live as long as the process.

    Attributes:
        open: How much work was given and has not been taken back.
    """

    def __init__(self, size: int = WRITES) -> None:
        self._size = size
        self._threads: list[threading.Thread] = []
        self._order = count()
        self._waiting: PriorityQueue[tuple[int, int, Subject, Callable[[], Answer]]] = (
            PriorityQueue()
        )
        self._done: SimpleQueue[Done[Subject, Answer]] = SimpleQueue()
        self.open = 0

    def put(self, subject: Subject, work: Callable[[], Answer], *, is_urgent: bool) -> None:
        """Give work; `subject` comes back with its answer."""
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._work, name=f"crew {n}", daemon=True)
                for n in range(self._size)
            ]
            for thread in self._threads:
                thread.start()
        self.open += 1
        self._waiting.put((0 if is_urgent else 1, next(self._order), subject, work))

    def take(self, *, seconds: float = 0.0) -> Done[Subject, Answer] | None:
        """Take back one that is done; None when none is, after waiting for `seconds`."""
        try:
            done = self._done.get(block=seconds > 0, timeout=seconds or None)
        except Empty:
            return None
        self.open -= 1
        return done

    def take_back(self) -> list[Subject]:
        """Take back, undone, what nobody has begun."""
        subjects: list[Subject] = []
        while True:
            try:
                _, _, subject, _ = self._waiting.get(block=False)
            except Empty:
                return subjects
            self.open -= 1
            subjects.append(subject)

    def _work(self) -> None:
        while True:
            _, _, subject, work = self._waiting.get()
            try:
                done: Done[Subject, Answer] = Done(subject, work(), None)
            except Exception as error:  # noqa: BLE001 - who gave the work says what it means
                done = Done(subject, None, error)
            self._done.put(done)
