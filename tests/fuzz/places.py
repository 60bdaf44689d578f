"""One thing wrong at one place of a JSON value."""

from __future__ import annotations

import json


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a JSON value."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def put(value: object, path: tuple[str | int, ...], wrong: object) -> object:
    """A copy with something else at one place."""
    if not path:
        return wrong
    copy = json.loads(json.dumps(value))
    here = copy
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = wrong
    return copy
