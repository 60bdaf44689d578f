"""What a scene that did not change is told by, beside its own bytes."""

from __future__ import annotations

from mirror.fingerprint import RULES
from plex.server import Server
from worker.settings import Settings, skip_print


def skip_context(settings: Settings, server: Server) -> str:
    """All but the scene itself that decides what is written, as a text."""
    return f"{skip_print(settings)} {server.machine} {libraries_of(server)} {RULES}"


def libraries_of(server: Server) -> str:
    """The keys of the chosen libraries."""
    return ",".join(str(one.key) for one in server.finder.sections)
