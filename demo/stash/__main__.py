"""`python -m demo.stash --folder DIR --port N`: the stand-in by itself, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from demo.stash.server import Credentials, StashServer


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m demo.stash")
    parser.add_argument("--folder", type=Path, required=True, help="plays Stash's own folder")
    parser.add_argument("--port", type=int, default=9999)
    parser.add_argument("--username", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--api-key", default="")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    options = parser.parse_args()
    credentials = None
    if options.username:
        credentials = Credentials(
            username=options.username, password=options.password, api_key=options.api_key
        )
    over = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: over.set())
    with StashServer(
        options.folder.absolute(),
        port=options.port,
        credentials=credentials,
        latency_seconds=options.latency_ms / 1000,
    ) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        over.wait()


if __name__ == "__main__":
    main()
