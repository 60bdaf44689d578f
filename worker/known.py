"""What the worker leaves in the ledger for those who may not ask a server: notes, never a secret.

The page's operations answer at once, so what they say of Stash's settings and of Plex's libraries
is what the worker heard last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Protocol

from worker.settings import without_secrets

SERVER = "known_server"
SETTINGS = "known_settings"
STASH = "known_stash"
_SECRET = "plexToken"  # noqa: S105 - the setting's name
_SECRETS = "token"  # part of the names of such settings, those of other plugins as well

_ADDRESSES = ("plexUrl", "plexHost")  # somebody may have pasted a password or a token with one


class _Notes(Protocol):
    def get_meta(self, key: str) -> str | None: ...
    def set_meta(self, key: str, value: str) -> None: ...


class Section(Protocol):
    """What is told of a library."""

    @property
    def uuid(self) -> str:
        """What names it in the ledger."""

    @property
    def title(self) -> str:
        """What a person calls it."""


def note_server(ledger: _Notes, *, machine: str, url: str, sections: Iterable[Section]) -> None:
    """Leave word of the connected server."""
    libraries = {one.uuid: one.title for one in sections}
    _note(ledger, SERVER, {"machine": machine, "url": url, "libraries": libraries})


def note_settings(ledger: _Notes, stored: Mapping[str, object]) -> None:
    """Leave word of what Stash has stored; of the token only that there is one."""
    told = {name: value for name, value in stored.items() if _SECRETS not in name.lower()}
    told.update((name, without_secrets(str(told[name]))) for name in _ADDRESSES if told.get(name))
    _note(ledger, SETTINGS, {"stored": told, "has_token": bool(stored.get(_SECRET))})


def note_stash(ledger: _Notes, *, url: str, config_folder: str) -> None:
    """Leave word of where Stash is; its login is kept nowhere."""
    _note(ledger, STASH, {"url": url, "config_folder": config_folder})


def _note(ledger: _Notes, key: str, value: object) -> None:
    text = json.dumps(value, sort_keys=True)
    if ledger.get_meta(key) != text:
        ledger.set_meta(key, text)
