"""The token that a person gave on the page: in one file of its own, readable by its owner alone.

It serves while the setting `plexToken` is empty. Every user of Stash can read a setting, so the
set-up does not put the token there. Nothing else of ours ever holds it.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from errors import BadCallError, NotKeptError

FILE = "token.json"


def read_token(folder: Path) -> str:
    """The token that was kept; "" if there is none that can be read."""
    try:
        token = json.loads((folder / FILE).read_bytes())["token"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    return token if isinstance(token, str) else ""


def has_token(folder: Path) -> bool:
    """Whether a token is kept."""
    return bool(read_token(folder))


def keep_token(folder: Path, token: str) -> None:
    """Keep a token, or forget the one that is kept for "".

    Raises:
        BadCallError: It holds what no token has.
        NotKeptError: It could not be written.
    """
    if any(not "!" <= letter <= "~" for letter in token):
        raise BadCallError(
            "the token holds characters that no token has", remedy="copy it once more"
        )
    path = folder / FILE
    unfinished = path.with_suffix(".tmp")
    try:
        if not token:
            path.unlink(missing_ok=True)
            return
        unfinished.unlink(missing_ok=True)
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump({"token": token}, file)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):  # what was begun holds the token, or a part of it
            unfinished.unlink(missing_ok=True)
        raise NotKeptError(
            f"the token cannot be kept: {error}", remedy="make PlexSync's data folder writable"
        ) from error
