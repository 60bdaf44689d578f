"""A Stash with the plugin installed, a Plex with the same files, and real processes in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both stand-ins run, the plugin is installed and configured, nothing was saved yet."""
    with World(tmp_path) as made:
        yield made
