"""What differs when the tests are asked which changes of the code they notice, in `make mutation`.

Every mutant meets the same examples, few of them, and a failure is not made smaller: that it fails
is all that is asked. Tests of single cases come before the properties, which take longer.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from mutmut.state import state

# mutmut sees which functions a test runs, but not in a process of its own.
ELSEWHERE = {
    "tests/queue/test_receive.py": (
        "sync_queue.inbox.x_receive",
        "sync_queue.inbox.x__read_head",
        "sync_queue.inbox.x__refuse",
    ),
    "tests/test_platforms.py": (
        "sync_queue.host.x__start_with_subprocess",
        "sync_queue.host.x__lock",
        "sync_queue.host.x_start_detached",
        "sync_queue.host.x_is_alive",
    ),
}

settings.register_profile(
    "mutation",
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the properties to the end, each group in its order."""
    items.sort(key=lambda item: item.get_closest_marker("hypothesis") is not None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note what the processes of a test will run."""
    state()._stats.update(ELSEWHERE.get(item.nodeid.partition("::")[0], ()))
