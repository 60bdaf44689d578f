"""Scenes whose writes a person wants undone, kept until it was done.

A wish stands in the ledger and not in the scene's job: a job may be taken over by a later save, and
what was asked for has to be done all the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from mirror.ledger_file import LedgerFile

EVERYTHING = ""  # instead of a run: all that was ever written


class Wishes:
    """The table of what is to be undone.

    Args:
        file: The ledger's; transactions are its caller's.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def put(self, scene_ids: Iterable[int], *, run: str = EVERYTHING) -> None:
        """Wish that what a run wrote for some scenes is undone; the newest wish counts."""
        self._file.execute_many(
            "INSERT INTO wishes (scene_id, undo) VALUES (?, ?)"
            " ON CONFLICT (scene_id) DO UPDATE SET undo = excluded.undo",
            [(scene_id, run) for scene_id in scene_ids],
        )

    def of(self, scene_ids: Iterable[int]) -> dict[int, str]:
        """Return the wishes for some scenes: the run, or `EVERYTHING`."""
        if not self._file.execute("SELECT 1 FROM wishes LIMIT 1"):
            return {}
        wanted = set(scene_ids)
        found: dict[int, str] = {}
        for scene_id in wanted:
            rows = self._file.execute("SELECT undo FROM wishes WHERE scene_id = ?", (scene_id,))
            if rows:
                found[scene_id] = str(rows[0][0])
        return found

    def forget(self, scene_id: int) -> None:
        """The wish was fulfilled."""
        self._file.execute("DELETE FROM wishes WHERE scene_id = ?", (scene_id,))
