"""How fast scenes are written, as far as a run has shown it."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.status import read_status
from worker.state import RunState, State, write_state


def ran(mode: str, changed: int, *, seconds: float = 10.0, unchanged: int = 0) -> RunState:
    counts = {"changed": changed, "unchanged": unchanged}
    return RunState(id=mode, mode=mode, started=100.0, finished=100.0 + seconds, counts=counts)


@pytest.mark.parametrize(
    ("runs", "rate"),
    [
        ([], None),
        ([ran("sync_all", 900)], 90.0),
        ([ran("sync_all", 900), ran("rewrite_all", 400)], 40.0),
        ([ran("sync_all", 900), ran("preview", 400)], 90.0),
        ([ran("sync_all", 900), ran("sync_recent", 3)], 90.0),
        ([ran("sync_all", 0, unchanged=9000)], None),
        ([RunState(id="a", mode="sync_all", started=1.0, counts={"changed": 900})], None),
    ],
)
def test_the_rate_is_that_of_the_last_run_that_wrote_many(
    tmp_path: Path, runs: list[RunState], rate: float | None
) -> None:
    write_state(tmp_path, State(pid=1, since=0.0, runs={str(n): one for n, one in enumerate(runs)}))
    assert read_status(tmp_path)["rate"] == rate
