"""The plugin under guard: every address that its process looks up or speaks to is noted.

Started with the plugin's folder, a file for the notes, and the plugin's own arguments. The
interpreter itself tells of each socket, so nothing that a library does can be missed.
"""

from __future__ import annotations

import json
import os
import runpy
import sys

WATCHED = {
    *("socket.connect", "socket.sendto", "socket.sendmsg"),
    *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
}


def main() -> None:
    """Be the plugin."""
    here, notes, *arguments = sys.argv[1:]
    handle = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(event: str, told: tuple[object, ...]) -> None:
        if event in WATCHED:
            where = told[1] if event.startswith(("socket.connect", "socket.send")) else told[:2]
            os.write(handle, json.dumps([event, str(where)]).encode() + b"\n")

    sys.addaudithook(note)
    program = os.path.join(here, "PlexSync.py")  # noqa: PTH118 - as little as can be
    sys.path.insert(0, here)
    sys.argv = [program, *arguments]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
