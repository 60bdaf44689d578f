"""The look at the end of the run that finds what tests left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.left_behind import processes_below, wait_until_alone
from tests.systems import ON_LINUX


@ON_LINUX
def test_a_process_that_lives_on_is_named_with_what_it_was_started_for(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.stdin.read()", str(tmp_path / "a world")]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert [*processes_below(tmp_path)] == [process.pid]
        with pytest.raises(AssertionError, match="a world"):
            wait_until_alone(tmp_path, seconds=0.0)
        assert processes_below(tmp_path / "a world") == {}
        process.communicate()
    wait_until_alone(tmp_path)
