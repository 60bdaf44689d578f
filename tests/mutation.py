"""What differs when the tests are asked which changes of the code they notice, in `make mutation`.

Every mutant meets the same examples, few of them, and a failure is not made smaller: that it fails
is all that is asked. Tests of single cases come before the properties, which take longer.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "mutation",
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the properties to the end, each group in its order."""
    items.sort(key=lambda item: item.get_closest_marker("hypothesis") is not None)
