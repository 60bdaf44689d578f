"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from tests.left_behind import wait_until_alone
from tests.scheduling import ByFile, slow_first

# How long an example takes is the machine's affair: speed is measured in `bench/`.
settings.register_profile("plexsync", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("plexsync")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=slow_first)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Made before every other fixture, so that all of them have ended when it looks."""
    yield
    wait_until_alone(tmp_path_factory.getbasetemp())
