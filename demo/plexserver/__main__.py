"""`python -m demo.plexserver`: the stand-in on its own, with a small library to look at."""

from __future__ import annotations

import argparse
import sys
import threading

from demo.plexserver.server import PlexServer


def main() -> None:
    """Serve until interrupted; one line on stdout says where."""
    parser = argparse.ArgumentParser(prog="python -m demo.plexserver", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--token", default="plex-token")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="added to every answer")
    parser.add_argument("--semantics", choices=("replace", "add"), default="replace")
    options = parser.parse_args()
    plex = PlexServer(
        port=options.port,
        token=options.token,
        semantics=options.semantics,
        latency_seconds=options.latency_ms / 1000,
    )
    videos = plex.store.add_section("Videos", locations=("/media/videos",))
    for name in ("first", "second", "third"):
        plex.store.add_item(videos, [f"/media/videos/{name}.mp4"])
    plex.start()
    sys.stdout.write(f"{plex.url}\n")
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        plex.stop()


if __name__ == "__main__":
    main()
