"""What came of a command whose answer could not be given at once."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from errors import BadCallError
from stash.call import Command
from worker.state import RESULTS, read_state


def read_result(folder: Path | None, command: Command) -> dict[str, object]:
    """What a preview, an undo, a detection or a question of the set-up came to.

    Args:
        folder: The data folder; None before the first use.
        command: Names the id that was given back when it was asked for.

    Returns:
        "done"; how far it is, with the counts; and the "result" of what only looks, as far as there
        is any: a sign-in has one before it is done.

    Raises:
        BadCallError: It names nothing.
    """
    run = command.run
    if not run:
        raise BadCallError('"result" names no run', remedy='such as {"mode":"result","id":"..."}')
    state = read_state(folder) if folder else None
    mine = state.runs.get(run) if state else None
    path = folder / RESULTS / f"{run}.json" if folder else None
    result = _read(path) if path else None
    is_over = isinstance(result, dict) and result.get("state") != "waiting"
    is_done = mine.finished is not None if mine else is_over
    return {
        "done": is_done,
        "run": asdict(mine) if mine else None,
        "pause": asdict(state.pause) if state and state.pause else None,
        "result": result,
    }


def _read(path: Path) -> object:
    """What a file of results holds; None where there is none that can be read."""
    try:
        found: object = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found
