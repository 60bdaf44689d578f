"""What Stash reads from a plugin: one JSON object on stdout, framed lines on stderr.

A stray byte on stdout turns the whole text into output and hides the error; an unframed line on
stderr is logged as an error; a line over 64 KiB closes the pipe. So nothing else writes to either.
"""

from __future__ import annotations

import json
import logging
import sys

_LONGEST_LINE_BYTES = 60_000
_LEVELS = {
    logging.DEBUG: "d",
    logging.INFO: "i",
    logging.WARNING: "w",
    logging.ERROR: "e",
    logging.CRITICAL: "e",
}


def reply(output: object) -> None:
    """Answer with `output`; to be called once."""
    _write_reply({"output": output})


def reply_error(message: str) -> None:
    """Answer with an error that Stash logs and shows; to be called once."""
    _write_reply({"error": message})


def say(message: str, level: int = logging.INFO) -> None:
    """Write one message to Stash's log, a frame for each of its lines."""
    letter = _LEVELS.get(level, "i")
    for line in message.splitlines() or [""]:
        _write_frame(letter, line)


def progress(fraction: float) -> None:
    """Move the task's progress bar; `fraction` from 0 to 1."""
    _write_frame("p", f"{min(max(fraction, 0.0), 1.0):.4f}")


def _write_frame(letter: str, text: str) -> None:
    data = text.encode("utf-8", "backslashreplace")
    if len(data) > _LONGEST_LINE_BYTES:
        data = data[:_LONGEST_LINE_BYTES].decode("utf-8", "ignore").encode() + b"..."
    sys.stderr.buffer.write(b"\x01" + letter.encode() + b"\x02" + data + b"\n")
    sys.stderr.buffer.flush()


def _write_reply(answer: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii") + b"\n")
    sys.stdout.buffer.flush()
