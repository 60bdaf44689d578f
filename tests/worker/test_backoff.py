"""How long is waited, and how often is tried."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import (
    ItemGoneError,
    PlexAwayError,
    RefusedEditError,
    ServerBusyError,
    TokenRefusedError,
    UnreadableAnswerError,
)
from worker.backoff import probe_after, retry_after
from worker.pause import Brake

ERRORS = [
    ServerBusyError("x"),
    UnreadableAnswerError("x"),
    ItemGoneError("x"),
    RefusedEditError("x"),
    ValueError("a bug of ours"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_class_has_a_bound(error: Exception) -> None:
    tries = [retry_after(error, attempts, luck=0.5) for attempts in range(1, 50)]
    assert tries[-1] is None
    bound = tries.index(None)
    assert all(one is None for one in tries[bound:])


def test_a_refused_edit_is_not_tried_again() -> None:
    assert retry_after(RefusedEditError("x"), 1, luck=0.0) is None


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_a_probe_waits_between_one_second_and_a_minute(probes: int, luck: float) -> None:
    assert 1.0 <= probe_after(probes, luck=luck) <= 60.0


def test_a_pause_is_one_line_when_it_begins_and_one_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    brake = Brake()
    with caplog.at_level("INFO"):
        for now in range(100):
            brake.apply(PlexAwayError("Plex is off"), float(now))
        brake.release()
        brake.worked()
        brake.worked()
    assert len(caplog.records) == 2


def test_a_pause_keeps_its_beginning_and_probes_less_and_less_often() -> None:
    brake = Brake()
    brake.apply(PlexAwayError("x"), 100.0)
    waits = []
    for _ in range(8):
        assert brake.pause is not None
        waits.append(brake.pause.next_probe)
        brake.apply(PlexAwayError("x"), brake.pause.next_probe)
    assert brake.pause is not None
    assert brake.pause.since == 100.0
    gaps = [after - before for before, after in pairwise(waits)]
    assert gaps[-1] > gaps[0]


def test_another_cause_is_another_pause() -> None:
    brake = Brake()
    brake.apply(PlexAwayError("x"), 100.0)
    brake.apply(TokenRefusedError("y"), 200.0)
    assert brake.pause is not None
    assert (brake.pause.code, brake.pause.since) == ("token_refused", 200.0)


def test_a_clock_that_jumps_back_does_not_prolong_a_pause() -> None:
    brake = Brake()
    brake.apply(PlexAwayError("x"), 1_000_000.0)
    assert not brake.is_due(1_000_000.0)
    assert brake.is_due(10.0)


def test_a_server_that_answers_probes_and_fails_at_the_work_is_one_long_pause(
    caplog: pytest.LogCaptureFixture,
) -> None:
    brake = Brake()
    waits = []
    now = 0.0
    with caplog.at_level("INFO"):
        for _ in range(10):
            brake.apply(PlexAwayError("500 again"), now)
            assert brake.pause is not None
            assert brake.pause.since == 0.0
            waits.append(brake.pause.next_probe - now)
            now = brake.pause.next_probe
            brake.release()
    assert len(caplog.records) == 1
    assert waits[-1] > 25.0
