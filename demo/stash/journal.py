r"""What Stash's log shows: its own lines, and what plugins write to standard error.

A plugin frames a line as `\x01`, a letter for the level, `\x02` and the text. Lines without a
frame get the level that the manifest's `errLog` names, "error" by default.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timezone

_LEVELS = {"t": "trace", "d": "debug", "i": "info", "w": "warning", "e": "error", "p": "progress"}
_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line; `plugin_id` is empty for Stash's own."""

    level: str
    message: str
    plugin_id: str
    time: str


class Journal:
    """The log, oldest line first.

    Attributes:
        plugin_lines: What plugins wrote and what Stash says about their errors.
    """

    def __init__(self) -> None:
        self.plugin_lines: list[LogLine] = []
        self._all: list[LogLine] = []
        self._lock = threading.Lock()

    def write(self, level: str, message: str, *, plugin_id: str = "") -> LogLine:
        """Add a line."""
        line = LogLine(level=level, message=message, plugin_id=plugin_id, time=nanosecond_text())
        with self._lock:
            self._all.append(line)
            if plugin_id:
                self.plugin_lines.append(line)
        return line

    def plugin_wrote(self, raw: bytes, *, plugin_id: str, default_level: str) -> LogLine:
        """Add a line of a plugin's standard error."""
        text = raw.decode("utf-8", "replace")
        framed = len(text) >= 3 and text[0] == "\x01" and text[2] == "\x02" and text[1] in _LEVELS
        if framed:
            return self.write(_LEVELS[text[1]], text[3:].strip(), plugin_id=plugin_id)
        return self.write(default_level, text.strip(), plugin_id=plugin_id)

    def newest(self) -> list[LogLine]:
        """What GraphQL's `logs` answers: the last lines, the newest first."""
        with self._lock:
            return self._all[: -_SHOWN - 1 : -1]


def nanosecond_text() -> str:
    """Now, as Stash writes the times of jobs and log lines."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}Z"
