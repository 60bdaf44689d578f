"""The installation's own name towards Plex, made once and kept.

Without it every start in a container would be a new device, and a mail to the owner.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

FILE = "client.json"


def client_identifier(folder: Path) -> str:
    """The stable client identifier of this data folder.

    Raises:
        OSError: It is not there yet and cannot be written.
    """
    path = folder / FILE
    try:
        identifier = str(json.loads(path.read_bytes())["identifier"])
        return str(uuid.UUID(identifier))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        identifier = str(uuid.uuid4())
        unfinished = path.with_suffix(".tmp")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump({"identifier": identifier}, file)
        unfinished.replace(path)
        return identifier
