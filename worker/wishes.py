"""Which scenes an undo speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from mirror.ledger import Ledger
from mirror.wishes import EVERYTHING
from worker.destroyed import HELD
from worker.runs import Runs

ALL, LAST, DESTROYED = "all", "last", "destroyed"


def scenes_to_undo(
    ledger: Ledger, runs: Runs, ids: Sequence[int], of: str
) -> tuple[list[int], str]:
    """The scenes to undo, and the run whose writes alone are undone, or `EVERYTHING`.

    Args:
        ledger: Knows what was written.
        runs: Knows which run was the last.
        ids: Scenes that a person named; all that was written for them is undone.
        of: Else `ALL`, `LAST`, `DESTROYED` or the id of a run.
    """
    if ids:
        return list(ids), EVERYTHING
    if of == ALL:
        return ledger.all_written(), EVERYTHING
    if of == DESTROYED:
        return [one.scene_id for one in ledger.gone_because(HELD)], EVERYTHING
    if of != LAST:
        return ledger.journal.scenes_of(of), of
    for run in runs.newest_first():
        scenes = ledger.journal.scenes_of(run)
        if scenes:
            return scenes, run
    return [], LAST
