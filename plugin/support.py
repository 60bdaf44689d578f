"""What a person sends along with a report: no secret, and unless wanted no path, title or name."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections import deque
from pathlib import Path

from mirror.view import read_meta
from plugin.status import read_status
from stash.call import Command
from worker.known import SETTINGS as KNOWN
from worker.token_file import read_token

LOG_LINES = 300
LOG = "worker.log"
LEFT_OUT = ("events", "outcomes", "failed", "runs")  # the log has them in words
_QUOTED = re.compile(r"""(['"])(?:\\.|(?!\1).)*\1""")
_PATH = re.compile(r"""(?:(?<![\w:/.])/|(?<!\w)[A-Za-z]:[\\/]|\\\\)[^;'"\n]*""")
_FIELD = re.compile(r"\{[^{}]*\}")  # of a template; who mistypes one may write a name
_ADDRESS = re.compile(r"https?://[^\s;'\"]+")
_CHOICES = {"genres", "labels", "poster", "background", "both"}  # words of ours


def read_support(folder: Path | None, command: Command) -> dict[str, object]:
    """The bundle as one text.

    Args:
        folder: The data folder; None before the first use.
        command: Every path, title and name becomes a short mark, the same for the same, unless
            "mask" is false.
    """
    hide = str if command.words.get("mask") == "" else mask
    status = read_status(folder)
    told = {name: value for name, value in status.items() if name not in LEFT_OUT}
    stored = json.loads((read_meta(folder / "ledger.db", KNOWN) if folder else None) or "{}")
    settings = {
        name: value
        if hide is str or isinstance(value, bool | int) or value in _CHOICES
        else _mark(str(value))
        for name, value in stored.get("stored", {}).items()
    }
    lines = [
        f"PlexSync {status['version']}",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
        "",
        "Settings (without the token)",
        json.dumps(settings, indent=1, ensure_ascii=False),
        "",
        "Status",
        _hidden(told, is_masked=hide is mask),
        "",
        f"The last {LOG_LINES} lines of the log",
        *(hide(line) for line in _log(folder, is_masked=hide is mask)),
    ]
    token = read_token(folder) if folder else ""
    text = "\n".join(lines)
    return {"text": text.replace(token, "(token)") if token else text}


def mask(text: str) -> str:
    """The text with every quoted value, field, path and address replaced by a mark.

    A path may hold spaces, so everything from its first slash to the end of the clause goes.
    """
    for pattern in (_ADDRESS, _QUOTED, _FIELD, _PATH):
        text = pattern.sub(lambda found: _mark(found.group()), text)
    return text


def _mark(text: str) -> str:
    digest = hashlib.sha256(text.strip("'\"").encode("utf-8", "backslashreplace")).hexdigest()
    return f"<{digest[:8]}>"


def _hidden(value: object, *, is_masked: bool) -> str:
    return json.dumps(_masked(value) if is_masked else value, indent=1, ensure_ascii=False)


def _masked(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: _mark(str(one)) if name == "about" and one else _masked(one)
            for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked(one) for one in value]
    return mask(value) if isinstance(value, str) else value


def _log(folder: Path | None, *, is_masked: bool) -> list[str]:
    """The end of the log; masked without what is there for the sake of names."""
    path = folder / LOG if folder else None
    if path is None or not path.exists():
        return []
    with path.open(encoding="utf-8", errors="replace") as lines:
        told = (line for line in lines if not (is_masked and " DEBUG " in line))
        return [line.rstrip("\n") for line in deque(told, maxlen=LOG_LINES)]
