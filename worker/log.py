"""The worker's log: what it names, and where it lies.

From INFO on it names scenes by their ids and items by their rating keys, so that it can be shown to
somebody; titles, paths and names of tags stand in it at DEBUG alone, which a setting switches on.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

log = logging.getLogger("PlexSync.worker")

LOG_BYTES = 1_000_000


def log_to(path: Path) -> None:
    """Have everything logged into a file that rotates."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # Its warnings name whole addresses, with the values that an edit carries.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)


def tell_names(*, is_wanted: bool) -> None:
    """Write titles, paths and names as well, or leave them out."""
    logging.getLogger("PlexSync").setLevel(logging.DEBUG if is_wanted else logging.INFO)


def log_complaints(complaints: Iterable[str]) -> None:
    """Log which settings there is something to say about; their values are a person's own."""
    for complaint in complaints:
        log.warning("%s: the page says what is wrong with it", complaint.partition(":")[0])
        log.debug("%s", complaint)
