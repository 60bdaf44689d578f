"""The short form of `make torture`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.run import torture
from tests.torture.stage import Options

SHORT = Options(seed=20, seconds=17.0, scenes=60, drain_seconds=60.0, kills_starters=False)


@pytest.mark.torture
def test_what_a_hook_kept_reaches_plex_whatever_is_killed_stopped_or_slow(tmp_path: Path) -> None:
    report = torture(SHORT, tmp_path, say=lambda _line: None)
    assert not report.violations, f"seed {SHORT.seed}\n{report}"
