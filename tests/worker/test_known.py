"""What other processes are told of Stash's settings: never a token."""

from __future__ import annotations

import json

import pytest

from worker.known import SETTINGS, note_settings


class Notes:
    """What a ledger keeps between runs."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_meta(self, key: str) -> str | None:
        return self.kept.get(key)

    def set_meta(self, key: str, value: str) -> None:
        self.kept[key] = value


@pytest.mark.parametrize("key", ["plexToken", "plex_token", "PLEX_TOKEN", "plexTokenOld"])
def test_no_token_is_told_under_whatever_name_it_is_stored(key: str) -> None:
    """The map may hold what another plugin of the same id stored."""
    notes = Notes()
    note_settings(notes, {key: "canary", "plexUrl": "http://plex:32400"})
    assert "canary" not in notes.kept[SETTINGS]
    told = json.loads(notes.kept[SETTINGS])
    assert told["stored"] == {"plexUrl": "http://plex:32400"}
    assert told["has_token"] is (key == "plexToken")
