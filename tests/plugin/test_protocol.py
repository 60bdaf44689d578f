"""What Stash reads: framed lines on stderr, one object on stdout."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import protocol


def test_a_message_of_three_lines_is_three_frames(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    protocol.say("one\ntwo\nthree", logging.WARNING)
    assert capfdbinary.readouterr().err == b"\x01w\x02one\n\x01w\x02two\n\x01w\x02three\n"


def test_a_line_stays_below_what_closes_the_pipe(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    protocol.say("ü" * 100_000)
    line = capfdbinary.readouterr().err
    assert len(line) < 60_100
    assert line.endswith(b"...\n")
    line.decode()


@pytest.mark.parametrize(("given_", "written"), [(0.5, "0.5000"), (-1, "0.0000"), (7, "1.0000")])
def test_progress_is_between_nothing_and_everything(
    capfdbinary: pytest.CaptureFixture[bytes], given_: float, written: str
) -> None:
    protocol.progress(given_)
    assert capfdbinary.readouterr().err == f"\x01p\x02{written}\n".encode()


def test_a_reply_is_one_object_on_one_line(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    protocol.reply({"title": "ü\n\U0001f600 \ud800"})
    out = capfdbinary.readouterr().out
    assert out.count(b"\n") == 1
    assert json.loads(out) == {"output": {"title": "ü\n\U0001f600 \ud800"}}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_whatever_is_said_every_line_is_framed(
    capfdbinary: pytest.CaptureFixture[bytes], text: str
) -> None:
    capfdbinary.readouterr()
    protocol.say(text)
    lines = capfdbinary.readouterr().err.split(b"\n")
    assert lines.pop() == b""
    assert all(line.startswith(b"\x01i\x02") for line in lines)
