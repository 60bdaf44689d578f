"""`make demo`: a save in Stash shows in Plex, with real processes, on loopback alone.

Starts both stand-ins, installs the plugin into the Stash one, edits scenes through GraphQL, and
prints for each edit what Stash took, what Plex then shows and how long it took. Ends by itself,
leaves no process behind, and exits non-zero if anything differs.

`--plugin` takes an unpacked release instead of the checkout's files, `--python` says which
interpreter the Stash stand-in starts plugins with.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo.plexserver.server import PlexServer
from demo.plugin_folder import copy_plugin
from demo.stash.server import StashServer
from plugin.status import worker_lives
from worker.state import read_state

LONGEST_SECONDS = 15.0
SHOWN = ("title", "summary", "originallyAvailableAt", "userRating", "studio")
COVER = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256))


class Demo:
    """The two servers, and the steps between them.

    Args:
        folder: Where everything lives that the demo makes.
        plugin: An unpacked release; None installs the checkout's files.
        python: What Stash starts plugins with; None is the running interpreter.
    """

    def __init__(self, folder: Path, *, plugin: Path | None, python: str | None) -> None:
        self.config = folder / "stash config"
        self.stash = StashServer(self.config, python=python)
        self.release = plugin
        self.plex = PlexServer()
        self.data = self.config / "plugin-data" / "PlexSync"
        self.failures = 0

    def start(self) -> None:
        """Start both, install the plugin and store its settings."""
        self.stash.start()
        self.plex.start()
        self.videos = self.plex.store.add_section("Videos", locations=("/media/videos",))
        plugin = self.release or copy_plugin(self.config / "plugins" / "PlexSync")
        self.stash.install_plugin(plugin)
        settings = {
            "plexUrl": self.plex.url,
            "plexToken": self.plex.token,
            "pathMappings": "/data/videos => /media/videos",
            "syncRatings": True,
        }
        self.ask(
            'mutation($s:Map!){configurePlugin(plugin_id:"PlexSync",input:$s)}', {"s": settings}
        )
        say(f"Stash stands in at {self.stash.url}, Plex at {self.plex.url}")

    def ask(self, query: str, variables: dict[str, object] | None = None) -> Any:
        """Ask Stash as a browser would."""
        return self.stash.graphql(query, variables)

    def add(self, name: str, **facts: Any) -> tuple[int, int]:
        """A file that both know: its scene id and its rating key."""
        scene = self.stash.store.add_scene(f"/data/videos/{name}", **facts)
        return scene, self.plex.store.add_item(self.videos, [f"/media/videos/{name}"])

    def shown(self, key: int) -> dict[str, object]:
        """What Plex shows of an item."""
        item = self.plex.store.item(key)
        lists = {name: [tag.tag for tag in tags] for name, tags in item.tags.items() if tags}
        values = {name: str(item.scalars[name]) for name in SHOWN if item.scalars.get(name)}
        return {**values, **lists, "covers": len(item.uploads)}

    def step(
        self, what: str, act: Callable[[], object], look: Callable[[], object], expected: object
    ) -> None:
        """Do one edit, wait until Plex shows what is expected, and say how long that took."""
        say(f"\n{what}")
        began = time.perf_counter()
        act()
        took = time.perf_counter() - began
        seen = look()
        while seen != expected and time.perf_counter() - began < LONGEST_SECONDS:
            time.sleep(0.01)
            seen = look()
        shown = time.perf_counter() - began
        say(f"  Stash took it in {1000 * took:.0f} ms (the hooks' processes included)")
        say(f"  Plex shows after {shown:.2f} s: {seen}")
        if seen != expected:
            self.failures += 1
            say(f"  WRONG, expected: {expected}")

    def run(self) -> None:
        """All steps."""
        ada = self.stash.store.add_performer("Ada")
        studio = self.stash.store.add_studio("Studio A")
        tag = self.stash.store.add_tag("Outdoors")
        scene, key = self.add("Studio A/scene 1.mp4", cover=COVER)
        self.step(
            "A person saves one scene",
            lambda: self.save(
                scene,
                title="The first scene",
                details="Line one.\nLine two.",
                date="2024-05",
                rating100=85,
                studio_id=str(studio),
                performer_ids=[str(ada)],
                tag_ids=[str(tag)],
                director="Dee Rector",
            ),
            lambda: self.shown(key),
            {
                "title": "The first scene",
                "summary": "Line one.\nLine two.",
                "originallyAvailableAt": "2024-05-01",
                "userRating": "8.5",
                "studio": "Studio A",
                "actor": ["Ada"],
                "genre": ["Outdoors"],
                "director": ["Dee Rector"],
                "covers": 1,
            },
        )
        pairs = [self.add(f"bulk/scene {n}.mp4", title=f"Bulk {n}") for n in range(50)]
        self.step(
            "A bulk edit gives fifty scenes a performer",
            lambda: self.bulk([one for one, _ in pairs], ada),
            lambda: sum(self.shown(one).get("actor") == ["Ada"] for _, one in pairs),
            50,
        )
        self.step(
            "The performer is renamed",
            lambda: self.ask(
                "mutation($i:PerformerUpdateInput!){performerUpdate(input:$i){id}}",
                {"i": {"id": str(ada), "name": "Ada Lovelace"}},
            ),
            lambda: sum(self.shown(one).get("actor") == ["Ada Lovelace"] for _, one in pairs),
            50,
        )
        self.step(
            "A scene is destroyed; its item is left as it is",
            lambda: self.ask(
                "mutation($i:SceneDestroyInput!){sceneDestroy(input:$i)}", {"i": {"id": str(scene)}}
            ),
            lambda: (self.last_outcome(scene), self.shown(key)["title"]),
            ("gone", "The first scene"),
        )

    def save(self, scene: int, **changes: object) -> None:
        """Save one scene as its page does."""
        self.ask(
            "mutation($i:SceneUpdateInput!){sceneUpdate(input:$i){id}}",
            {"i": {"id": str(scene), **changes}},
        )

    def bulk(self, scenes: list[int], performer: int) -> None:
        """Edit many scenes at once."""
        change = {"ids": [str(performer)], "mode": "ADD"}
        self.ask(
            "mutation($i:BulkSceneUpdateInput!){bulkSceneUpdate(input:$i){id}}",
            {"i": {"ids": [str(one) for one in scenes], "performer_ids": change}},
        )

    def last_outcome(self, scene: int) -> str:
        """How the last sync of a scene ended."""
        state = read_state(self.data)
        kinds = [one.kind for one in state.outcomes if one.scene_id == scene] if state else []
        return kinds[-1] if kinds else ""

    def end(self) -> None:
        """End the worker and both servers."""
        state = read_state(self.data)
        if state and worker_lives(self.data):
            os.kill(state.pid, signal.SIGTERM)
        deadline = time.monotonic() + LONGEST_SECONDS
        while worker_lives(self.data) and time.monotonic() < deadline:
            time.sleep(0.02)
        if worker_lives(self.data):
            self.failures += 1
            say("WRONG: the worker did not end")
        self.stash.stop()
        self.plex.stop()


def say(text: str) -> None:
    """Show one line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run the demo; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo")
    parser.add_argument("--plugin", type=Path, help="an unpacked release to install")
    parser.add_argument("--python", help="the interpreter that Stash starts plugins with")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plexsync demo ") as folder:
        demo = Demo(Path(folder), plugin=chosen.plugin, python=chosen.python)
        try:
            demo.start()
            demo.run()
        finally:
            demo.end()
    say("\nEverything is as it should be." if not demo.failures else "\nSomething differs.")
    return 1 if demo.failures else 0


if __name__ == "__main__":
    sys.exit(main())
