"""Who holds writes to Plex, and until when."""

from __future__ import annotations

import pytest

from errors import BadCallError
from worker.gate import IDLE_SECONDS, PERSON, SETUP, Gate, SetUp


class Notes:
    """What a ledger keeps between runs."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_meta(self, key: str) -> str | None:
        return self.kept.get(key)

    def set_meta(self, key: str, value: str) -> None:
        self.kept[key] = value


def test_nothing_is_held_by_itself() -> None:
    assert not Gate(Notes()).is_closed(0)


def test_a_person_s_pause_survives_a_restart_and_any_time() -> None:
    notes = Notes()
    Gate(notes).close_by_person()
    assert Gate(notes).hold.by(1e9) == PERSON
    Gate(notes).open_by_person()
    assert Gate(notes).hold.by(1e9) == ""


def test_an_open_set_up_holds_until_its_last_step() -> None:
    gate = Gate(Notes())
    gate.set_up("open", "", now=100)
    assert (gate.hold.by(100), gate.hold.setup.step) == (SETUP, "plex")
    gate.set_up("touch", "preview", now=200)
    assert gate.hold.by(200) == SETUP
    gate.set_up("touch", "first", now=300)
    assert not gate.is_closed(300)
    assert gate.hold.setup.is_open_at(300)


@pytest.mark.parametrize("end", ["finish", "skip"])
def test_a_set_up_that_is_ended_holds_nothing_and_is_done(end: str) -> None:
    gate = Gate(Notes())
    gate.set_up("open", "paths", now=100)
    gate.set_up(end, "", now=101)
    assert gate.hold.setup == SetUp(is_done=True)
    assert not gate.is_closed(101)


def test_ten_minutes_idle_end_a_set_up() -> None:
    notes = Notes()
    gate = Gate(notes)
    gate.set_up("open", "paths", now=1000)
    gate.set_up("touch", "", now=1500)
    assert gate.is_closed(1500 + IDLE_SECONDS - 1)
    assert not gate.is_closed(1500 + IDLE_SECONDS)
    gate.set_up("touch", "", now=1500 + IDLE_SECONDS)
    assert not Gate(notes).is_closed(1500 + IDLE_SECONDS), "a touch opens nothing that is over"


def test_a_pause_outlasts_a_set_up() -> None:
    gate = Gate(Notes())
    gate.close_by_person()
    gate.set_up("open", "", now=1)
    gate.set_up("finish", "", now=2)
    assert gate.hold.by(2) == PERSON


@pytest.mark.parametrize(("do", "step"), [("explode", ""), ("open", "somewhere")])
def test_what_a_set_up_does_not_know_is_refused(do: str, step: str) -> None:
    with pytest.raises(BadCallError):
        SetUp().after(do, step, now=0)
