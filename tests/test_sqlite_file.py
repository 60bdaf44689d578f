"""What is common to our SQLite files."""

from __future__ import annotations

from pathlib import Path

from sqlite_file import wal_works


def test_a_local_folder_can_hold_a_write_ahead_log_and_is_left_as_it_was(tmp_path: Path) -> None:
    assert wal_works(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_whose_shared_memory_does_not_work_cannot(tmp_path: Path) -> None:
    """A folder in the place of the shared memory's file stands for a network drive."""
    (tmp_path / "wal-probe.db-shm").mkdir()
    assert not wal_works(tmp_path)
