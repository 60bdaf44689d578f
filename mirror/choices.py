"""What a person decided about single scenes: which are left out, and whose item is which.

Both stand beside the scenes' states, so that no sync and no comparison can forget them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mirror.ledger_file import LedgerFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The item that a person chose for a scene.

    Attributes:
        machine: The server that it was first used on; "" until then. A rating key means another
            item on another server.
    """

    rating_key: int
    machine: str = ""


class Choices:
    """The tables of ignored scenes and of chosen items.

    Args:
        file: The ledger's.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def ignore(self, scene_ids: Iterable[int], *, now: float) -> None:
        """Leave scenes out from now on; `now` is in Unix seconds."""
        with self._file.transaction():
            self._file.execute_many(
                "INSERT OR IGNORE INTO ignored (scene_id, at) VALUES (?, ?)",
                [(scene_id, now) for scene_id in scene_ids],
            )

    def heed(self, scene_ids: Iterable[int]) -> None:
        """Leave scenes out no longer."""
        with self._file.transaction():
            self._file.execute_many(
                "DELETE FROM ignored WHERE scene_id = ?", [(scene_id,) for scene_id in scene_ids]
            )

    def ignored_among(self, scene_ids: Iterable[int]) -> frozenset[int]:
        """Return which of some scenes are left out."""
        if not self._file.execute("SELECT 1 FROM ignored LIMIT 1"):
            return frozenset()
        return frozenset(
            scene_id
            for scene_id in scene_ids
            if self._file.execute("SELECT 1 FROM ignored WHERE scene_id = ?", (scene_id,))
        )

    def choose(self, scene_id: int, rating_key: int, *, machine: str = "") -> None:
        """Let this item be the scene's; the newest choice counts."""
        self._file.execute(
            "INSERT INTO choices (scene_id, rating_key, machine) VALUES (?, ?, ?)"
            " ON CONFLICT (scene_id) DO UPDATE SET"
            " rating_key = excluded.rating_key, machine = excluded.machine",
            (scene_id, rating_key, machine),
        )

    def drop(self, scene_id: int) -> None:
        """Forget what was chosen for a scene."""
        self._file.execute("DELETE FROM choices WHERE scene_id = ?", (scene_id,))

    def of(self, scene_ids: Iterable[int]) -> dict[int, Choice]:
        """Return what was chosen for some scenes."""
        if not self._file.execute("SELECT 1 FROM choices LIMIT 1"):
            return {}
        found: dict[int, Choice] = {}
        for scene_id in scene_ids:
            rows = self._file.execute(
                "SELECT rating_key, machine FROM choices WHERE scene_id = ?", (scene_id,)
            )
            if rows:
                found[scene_id] = Choice(rating_key=int(rows[0][0]), machine=str(rows[0][1]))
        return found
