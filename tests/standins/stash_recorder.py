"""A plugin that keeps what Stash writes to it, and does as a test tells it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from demo.stash.server import StashServer
from tests.systems import need_plugin_processes

HOOKS = [
    *(
        f"{noun}.{event}.Post"
        for noun in ("Scene", "Performer", "Studio", "Tag", "Group")
        for event in ("Create", "Update", "Destroy")
    ),
    "Tag.Merge.Post",
    "SceneMarker.Create.Post",
    "Scene.Merge.Post",  # no such event is ever fired; Stash takes any name
]

MANIFEST = """\
name: Recorder
description: keeps what it is told
version: 0.1
exec:
  - python3
  - -I
  - -S
  - "{pluginDir}/recorder.py"
interface: raw
hooks:
  - name: hook
    description: all
    triggeredBy: [%s]
tasks:
  - name: Sync all
    description: x
    defaultArgs:
      mode: sync_all
      n: 5
      flag: true
settings:
  aString: {displayName: A string, type: STRING}
  aNumber: {displayName: A number, type: NUMBER}
  aBool: {displayName: A bool, type: BOOLEAN}
"""

# Files in its own folder tell the script what to do: `wait` holds every call until it is removed,
# `then.txt` is run as Python before the call ends.
SCRIPT = """\
import json, os, sys, time
here = os.path.dirname(os.path.abspath(__file__))
raw = sys.stdin.buffer.read()
number = time.time_ns()
def keep(ending, content):
    part = os.path.join(here, "calls", f"{number}.part")
    with open(part, "wb") as file:
        file.write(content)
    os.replace(part, os.path.join(here, "calls", f"{number}.{ending}"))
keep("json", raw)
keep("pid", str(os.getpid()).encode())
args = json.loads(raw)["args"]
def say(level, text):
    sys.stderr.write(f"\\x01{level}\\x02{text}\\n")
    sys.stderr.flush()
say("i", "recorded")
if "progress" in args:
    for one in args["progress"]:
        say("p", str(one))
while os.path.exists(os.path.join(here, "wait")):
    time.sleep(0.005)
if os.path.exists(os.path.join(here, "then.txt")):
    exec(open(os.path.join(here, "then.txt")).read())
keep("done", b"")
sys.stdout.write(json.dumps({"error": args.get("err"), "output": {"ok": True, "args": args}}))
"""


class Recorder:
    """The plugin as it is installed in a server."""

    def __init__(self, server: StashServer) -> None:
        need_plugin_processes()
        self.folder = server.folder / "plugins" / "Recorder"
        (self.folder / "calls").mkdir(parents=True)
        (self.folder / "Recorder.yml").write_text(MANIFEST % ", ".join(HOOKS))
        (self.folder / "recorder.py").write_text(SCRIPT)
        server.install_plugin(self.folder, plugin_id="Recorder")

    def calls(self) -> list[bytes]:
        """What came on standard input so far, oldest first."""
        return [one.read_bytes() for one in self._files("json")]

    def pids(self) -> list[int]:
        """The processes so far, oldest first."""
        return [int(one.read_text()) for one in self._files("pid")]

    def finished(self) -> int:
        """How many calls came to their end."""
        return len(self._files("done"))

    def hold(self) -> None:
        """Make every call wait from now on."""
        (self.folder / "wait").touch()

    def let_go(self) -> None:
        """Let waiting calls end."""
        (self.folder / "wait").unlink()

    def then(self, python: str) -> None:
        """Make every call run this before it ends."""
        (self.folder / "then.txt").write_text(python)

    def _files(self, ending: str) -> list[Path]:
        return sorted((self.folder / "calls").glob(f"*.{ending}"))


def until(what: Callable[[], bool], *, seconds: float = 30) -> None:
    """Wait until something visible is so."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.002)
