"""What can go wrong, named for what is done next.

Each edge (`stash/`, `plex/`, `sync_queue/`) translates foreign exceptions into these once, by
type or status and never by message text. The worker reacts to the class alone. A message names
the thing, its id and the remedy, and never holds a token or a cookie.
"""

from __future__ import annotations


class PlexSyncError(Exception):
    """Every error of this plugin that a person may read.

    Attributes:
        code: A short stable name for status answers and documents.
        remedy: What a person can do about it; empty when nothing needs doing.
    """

    code = "error"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    def __str__(self) -> str:
        """The message, and the remedy behind it."""
        text = super().__str__()
        return f"{text}; {self.remedy}" if self.remedy else text


class BadCallError(PlexSyncError):
    """What Stash, or somebody by hand, wrote to standard input cannot be used: refuse it."""

    code = "bad_call"


class WaitError(PlexSyncError):
    """Nothing is wrong with the scene: the whole worker waits and no attempt is counted."""

    code = "waiting"


class NotKeptError(WaitError):
    """The disk is full or read-only: a call says so and exits non-zero, the worker waits."""

    code = "not_kept"


class NotConfiguredError(WaitError):
    """Address or token is missing, or a chosen library does not exist: wait for the settings."""

    code = "not_configured"


class PlexAwayError(WaitError):
    """Plex is off, starting, in maintenance or overloaded: probe `/identity` until it answers."""

    code = "plex_away"


class TokenRefusedError(WaitError):
    """Plex refuses the token: probe `/library/sections` and wait for the settings to change."""

    code = "token_refused"


class StashAwayError(WaitError):
    """Stash is off, restarting or its database is locked: ask again later."""

    code = "stash_away"


class StashRefusedError(WaitError):
    """Stash refuses our cookie: wait for the next hook, which brings a fresh one."""

    code = "stash_refused"


class SceneError(PlexSyncError):
    """Trouble with one scene's item: try this scene again later, others go on."""

    code = "scene_error"


class ServerBusyError(SceneError):
    """Plex answered 500 for this item: busy or broken; a few tries, then set aside."""

    code = "plex_500"


class UnreadableAnswerError(SceneError):
    """An answer was garbage, truncated, HTML or too long: never read as "not there"."""

    code = "unreadable_answer"


class RefusedEditError(SceneError):
    """Plex refused an edit as such (4xx): a person has to look.

    Attributes:
        status: What Plex answered; 0 where no answer stands behind it.
    """

    code = "refused_edit"

    def __init__(self, message: str, *, remedy: str = "", status: int = 0) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


class ItemGoneError(PlexSyncError):
    """Plex says that a rating key does not exist: forget the match, match again by path once."""

    code = "item_gone"


class ServerChangedError(PlexSyncError):
    """Another server, or another library, answers than was connected to: connect anew, at once."""

    code = "server_changed"


class MappingChangedError(PlexSyncError):
    """Another path mapping is in force from now on: take the settings anew, at once."""

    code = "mapping_changed"


class UnsupportedError(PlexSyncError):
    """The server does not know a request of ours (an old version): use the dearer way."""

    code = "unsupported"


class DamagedError(PlexSyncError):
    """A file of ours cannot be read: it was set aside and is built anew."""

    code = "damaged"


class NoWorkerError(PlexSyncError):
    """No worker can be started: say why, exit non-zero."""

    code = "no_worker"


class NotInstalledError(NoWorkerError):
    """A module that the worker needs is not there."""

    code = "not_installed"


class NewerSchemaError(PlexSyncError):
    """A file of ours was written by a newer version: refuse, touch nothing."""

    code = "newer_schema"
