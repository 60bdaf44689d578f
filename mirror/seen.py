"""Which changes in Stash the catch-up has dealt with, for as long as it may meet them again."""

from __future__ import annotations

from collections.abc import Iterable

from mirror.ledger_file import LedgerFile


class Seen:
    """The table of changes that were seen.

    Args:
        file: The ledger's.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def note(self, changes: Iterable[tuple[str, int, str, float]]) -> None:
        """Remember changes: kind, id, Stash's `updated_at`, and the same in Unix seconds."""
        with self._file.transaction():
            self._file.execute_many(
                "INSERT INTO seen (kind, object_id, updated_at, at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (kind, object_id) DO UPDATE SET"
                " updated_at = excluded.updated_at, at = excluded.at",
                list(changes),
            )

    def of(self, objects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Return the `updated_at` at which each of some objects was seen."""
        wanted = set(objects)
        if not wanted:
            return {}
        rows = self._file.execute("SELECT kind, object_id, updated_at FROM seen")
        return {(kind, one): at for kind, one, at in rows if (kind, one) in wanted}

    def forget_before(self, at: float) -> None:
        """Drop what is too old to be met again; `at` is in Unix seconds."""
        self._file.execute("DELETE FROM seen WHERE at < ?", (at,))
