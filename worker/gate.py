"""The one gate in front of every write to Plex: text, pictures, undo, and asking for a scan.

A person closes it until somebody goes on; an open set-up closes it until its last step. Jobs wait
in the queue meanwhile and no attempt is counted, because none is claimed. What only looks goes on.

What is kept is one note in the ledger, so that it survives restarts and other processes can read
it. Standard library only, for those. Times are Unix seconds, passed in.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Protocol

from errors import BadCallError

META = "gate"
IDLE_SECONDS = 600.0  # a set-up that nobody touched for so long is over
STEPS = ("plex", "token", "libraries", "paths", "preview", "first")
WRITING_STEP = "first"  # here a person writes the first scene
PERSON, SETUP = "person", "setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """How far the set-up of an installation is.

    Attributes:
        is_open: Somebody began it and did not end it; see `is_open_at` for whether that counts.
        is_done: It was finished or skipped once.
        step: One of `STEPS`, or "".
        touched: When somebody last did anything in it.
    """

    is_open: bool = False
    is_done: bool = False
    step: str = ""
    touched: float = 0.0

    def is_open_at(self, now: float) -> bool:
        """Whether it is open and not left alone for too long."""
        return self.is_open and abs(now - self.touched) < IDLE_SECONDS

    def after(self, do: str, step: str, *, now: float) -> SetUp:
        """The set-up after a person did something in it.

        Args:
            do: "open", "touch", "skip" or "finish".
            step: The step that is shown now; "" leaves it as it is.
            now: Unix seconds.

        Raises:
            BadCallError: There is no such thing to do, or no such step.
        """
        if step and step not in STEPS:
            raise BadCallError(f"the set-up has no step {step[:40]!r}")
        if do in {"skip", "finish"}:
            return SetUp(is_done=True)
        if do not in {"open", "touch"}:
            raise BadCallError(f"the set-up cannot {do[:40]!r}", remedy="open, touch, skip, finish")
        if do == "touch" and not self.is_open_at(now):
            return self  # it was ended meanwhile, perhaps in another window
        return replace(self, is_open=True, step=step or self.step or STEPS[0], touched=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What keeps the gate closed."""

    by_person: bool = False
    setup: SetUp = field(default_factory=SetUp)

    def by(self, now: float) -> str:
        """Who holds all writes: `PERSON`, `SETUP`, or "" while nobody does."""
        if self.by_person:
            return PERSON
        is_before_last = self.setup.is_open_at(now) and self.setup.step != WRITING_STEP
        return SETUP if is_before_last else ""


class _Notes(Protocol):
    def get_meta(self, key: str) -> str | None: ...
    def set_meta(self, key: str, value: str) -> None: ...


class Gate:
    """The gate as its worker keeps it.

    Args:
        ledger: Keeps the note.
    """

    def __init__(self, ledger: _Notes) -> None:
        self._ledger = ledger
        self.hold = read_hold(ledger.get_meta(META))

    def is_closed(self, now: float) -> bool:
        """Whether nothing may be written."""
        return bool(self.hold.by(now))

    def close_by_person(self) -> None:
        """A person pauses all writes."""
        self._keep(replace(self.hold, by_person=True))

    def open_by_person(self) -> None:
        """A person lets writes go on."""
        self._keep(replace(self.hold, by_person=False))

    def set_up(self, do: str, step: str, *, now: float) -> None:
        """A person did something in the set-up; arguments and errors as for `SetUp.after`."""
        self._keep(replace(self.hold, setup=self.hold.setup.after(do, step, now=now)))

    def _keep(self, hold: Hold) -> None:
        if hold != self.hold:
            self._ledger.set_meta(META, json.dumps(asdict(hold)))
            self.hold = hold


def read_hold(note: str | None) -> Hold:
    """What the ledger's note says; nothing is held where there is none."""
    if not note:
        return Hold()
    plain = json.loads(note)
    return Hold(by_person=bool(plain["by_person"]), setup=SetUp(**plain["setup"]))
