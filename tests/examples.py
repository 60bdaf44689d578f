"""How many examples a property is tried with, as far as the profile in force allows."""

from __future__ import annotations

from hypothesis import settings

FULL = 100  # what the profile of the suite has


def examples(number: int) -> settings:
    """Settings with `number` examples, fewer by the same part as the profile has fewer."""
    return settings(max_examples=max(1, number * settings().max_examples // FULL))
