"""Runs the plugin as Stash does: `python3 -I -S PlexSync.py`, one JSON document on stdin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PLUGIN = Path(__file__).parents[1]


@dataclass(frozen=True)
class Answer:
    """How one process ended."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def reply(self) -> dict[str, object]:
        """The one JSON object on stdout."""
        reply = json.loads(self.stdout)
        assert isinstance(reply, dict)
        return reply


def run_plugin(
    document: bytes, *, plugin: Path = PLUGIN, cwd: Path | None = None, extra: tuple[str, ...] = ()
) -> Answer:
    """Run one hook, task or operation to its end."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", *extra, str(plugin / "PlexSync.py")],
        input=document,
        capture_output=True,
        cwd=cwd,
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def call_document(config_folder: Path, args: Mapping[str, object], *, port: int = 9) -> bytes:
    """A call as Stash writes it; nothing listens on the port unless a test says so."""
    server = {
        "Scheme": "http",
        "Host": "127.0.0.1",
        "Port": port,
        "SessionCookie": {"Name": "session", "Value": "a-session-cookie"},
        "Dir": str(config_folder),
        "PluginDir": str(PLUGIN),
    }
    return json.dumps({"server_connection": server, "args": args}).encode()


def hook_document(
    config_folder: Path, scene_id: int = 1, kind: str = "Scene.Update.Post", given: object = None
) -> bytes:
    """A hook's event."""
    context = {"id": scene_id, "type": kind, "input": given}
    return call_document(config_folder, {"hookContext": context})


def inbox_of(config_folder: Path) -> list[Path]:
    """The files that wait in the inbox, oldest first."""
    return sorted((config_folder / "plugin-data" / "PlexSync" / "inbox").glob("*.json"))
