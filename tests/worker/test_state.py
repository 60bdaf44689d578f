"""The state file: what others see of the worker."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.systems import WITH_MODES
from worker.state import (
    FILE,
    Outcome,
    Pause,
    RunState,
    State,
    disown_state,
    read_state,
    write_state,
)

FULL = State(
    pid=7,
    since=1.0,
    version="1.2.3",
    pause=Pause(code="plex_away", message="Plex is off", since=2.0, next_probe=3.0),
    complaints=("one",),
    set_aside=2,
    outcomes=(Outcome(scene_id=1, kind="changed", text="title", at=4.0),),
    runs={"a": RunState(id="a", mode="sync_all", started=5.0, total=9, counts={"changed": 3})},
)


@pytest.mark.parametrize("state", [FULL, State(pid=1, since=0.0)])
def test_what_is_written_is_read(tmp_path: Path, state: State) -> None:
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state


@pytest.mark.parametrize("state", [FULL, None])
def test_a_state_that_cannot_be_written_anew_tells_so_until_it_can(
    tmp_path: Path, state: State | None
) -> None:
    if state:
        write_state(tmp_path, state)
    disown_state(tmp_path)
    shown = read_state(tmp_path)
    assert shown
    assert shown.pause
    assert shown.pause.code == "not_kept"
    assert "free disk space" in shown.pause.message
    assert shown.runs == (state.runs if state else {})

    began = shown.pause.since
    disown_state(tmp_path)
    again = read_state(tmp_path)
    assert again
    assert again.pause
    assert again.pause.since == began
    write_state(tmp_path, FULL)
    assert read_state(tmp_path) == FULL


@WITH_MODES
def test_it_is_its_owners_alone(tmp_path: Path) -> None:
    write_state(tmp_path, FULL)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "null", '{"pid":1}', "nonsense"])
def test_a_file_that_no_worker_of_ours_wrote_is_no_state(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text)
    assert read_state(tmp_path) is None
