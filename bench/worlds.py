"""What a row is measured in: a plugin as after its first start, with or without its servers."""

from __future__ import annotations

import base64
import compileall
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from demo.plugin_folder import copy_plugin
from sync_queue.queue_status import read_counts
from tests.acceptance.world import World
from tests.waiting import wait_for

COVER_BYTES = 5_000_000
_STARTED = re.compile(r"the worker starts \(pid (\d+)\)")


class Quiet:
    """A plugin whose Stash is away: events come, a real worker takes them, nobody else runs.

    Args:
        folder: Empty, and ours.
    """

    def __init__(self, folder: Path) -> None:
        self.config = folder / "stash config"
        self.plugin = self.config / "plugins" / "PlexSync"
        self.data = self.config / "plugin-data" / "PlexSync"
        self.inbox = self.data / "inbox"
        self.hook = (sys.executable, "-I", "-S", str(self.plugin / "PlexSync.py"))
        self._folder = folder
        copy_plugin(self.plugin)
        compile_plugin(self.plugin)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]

    def document(self, name: str, given: object, *, scene_id: int = 1) -> Path:
        """A file with a hook's call as Stash writes it; `given` is the mutation's input."""
        context = {"id": scene_id, "type": "Scene.Update.Post", "input": given}
        server = {
            "Scheme": "http",
            "Host": "127.0.0.1",
            "Port": self._port,
            "SessionCookie": {"Name": "session", "Value": "c" * 180},
            "Dir": str(self.config),
            "PluginDir": str(self.plugin),
        }
        call = {"server_connection": server, "args": {"hookContext": context}}
        file = self._folder / name
        file.write_text(json.dumps(call, separators=(",", ":")))
        return file

    def documents(self, count: int, *, first: int = 1) -> Path:
        """A folder with the calls of `count` scenes from `first` on, named 0, 1, ..."""
        folder = self._folder / f"calls from {first}"
        folder.mkdir()
        for number in range(count):
            scene_id = first + number
            self.document(f"{folder.name}/{number}", small_input(scene_id), scene_id=scene_id)
        return folder

    def started_pids(self) -> list[int]:
        """The workers that began to work, by their log."""
        log = self.data / "worker.log"
        return [int(pid) for pid in _STARTED.findall(log.read_text())] if log.exists() else []

    def wait_for_worker(self, number: int = 1) -> int:
        """The process of the `number`th worker that began to work."""
        seen = wait_for(
            lambda: len(self.started_pids()) >= number and self.started_pids(), what="a worker"
        )
        assert seen
        return seen[-1]

    def end_worker(self) -> None:
        """End the worker that lives, and see that it did."""
        pid = self.started_pids()[-1] if self.started_pids() else 0
        if self._is_worker(pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            wait_for(lambda: not self._is_worker(pid), what="the end of the worker")

    def _is_worker(self, pid: int) -> bool:
        """Whether this is our worker, and no process that got its number later."""
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return str(self.data).encode() in command  # a zombie has none

    def events(self) -> tuple[int, int]:
        """How many scenes have a job, and how many files wait in the inbox."""
        counts = read_counts(self.data / "queue", now=0.0)
        jobs = counts.waiting + counts.out + counts.failed if counts else 0
        return jobs, sum(1 for _ in self.inbox.glob("*.json"))


@contextmanager
def quiet(folder: Path) -> Iterator[Quiet]:
    """A `Quiet`, whose worker is ended whatever happens."""
    folder.mkdir()
    made = Quiet(folder)
    try:
        yield made
    finally:
        if made.data.exists():
            made.end_worker()


@contextmanager
def both_servers(folder: Path) -> Iterator[World]:
    """Both stand-ins, with the plugin compiled between them."""
    folder.mkdir()
    with World(folder) as world:
        compile_plugin(world.config / "plugins" / "PlexSync")
        yield world


def compile_plugin(plugin: Path) -> None:
    """Leave the `.pyc` files that a first start leaves."""
    compileall.compile_dir(plugin, quiet=2, workers=1)


def small_input(scene_id: int) -> object:
    """What most saves hold."""
    return {"id": str(scene_id), "title": "A title", "rating100": 80, "tag_ids": ["1", "2", "3"]}


def cover_input(scene_id: int) -> object:
    """A save with a cover of 5 MB."""
    picture = base64.b64encode(bytes(range(256)) * (COVER_BYTES * 3 // 4 // 256)).decode()
    return {"id": str(scene_id), "cover_image": f"data:image/jpeg;base64,{picture}"}


def list_input(count: int = 20_000) -> object:
    """An input that is no object but a long list."""
    return [{"id": str(number), "title": f"Scene {number}"} for number in range(count)]
