"""Runs hooks and operations as Stash does, and kills some of the hooks at random moments."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

from tests.plugin_process import Answer, call_document, run_plugin
from tests.torture.stage import Stage

HOOK_SECONDS = 60.0
KILLED_WITHIN_SECONDS = 0.03  # about the length of a hook


def run_hook(stage: Stage, kind: str, object_id: int, *, kill_after: float | None = None) -> bool:
    """Run one hook process; whether it ended with 0, which promises the edit."""
    choose = Random(f"{stage.options.seed} {kind} {object_id} {stage.counts().get('hooks run')}")
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(plugin_script(stage))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            out, err = process.communicate(
                _document(stage, kind, object_id, choose),
                timeout=HOOK_SECONDS if kill_after is None else kill_after,
            )
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
    answer = Answer(process.returncode, out, err)
    stage.count("hooks run")
    if answer.code < 0 and kill_after is not None:
        stage.count("hooks killed")
    elif answer.code or answer.stderr or answer.reply != {"output": "kept"}:
        stage.violated(f"a hook answered {answer}")
    return answer.code == 0


def some_moment(choose: Random, *, share: float) -> float | None:
    """When a hook is killed, for a share of them."""
    return choose.uniform(0.0, KILLED_WITHIN_SECONDS) if choose.random() < share else None


def wake(stage: Stage) -> None:
    """What the page does when it is opened."""
    document = call_document(stage.world.config, {"mode": "wake"}, port=stage.port)
    answer = run_plugin(document, plugin=plugin_script(stage).parent)
    stage.count("wakes")
    if answer.code or answer.reply != {"output": {"worker": "awake"}}:
        stage.violated(f"wake answered {answer}")


def plugin_script(stage: Stage) -> Path:
    """The installed plugin."""
    return stage.world.config / "plugins" / "PlexSync" / "PlexSync.py"


def _document(stage: Stage, kind: str, object_id: int, choose: Random) -> bytes:
    told: dict[str, object] = {"id": str(object_id)}
    if choose.random() < 0.1:  # a cover makes the copying long enough to be killed in the middle
        told["cover_image"] = "data:image/jpeg;base64," + "A" * choose.randrange(1_500_000)
    call = json.loads(
        call_document(
            stage.world.config,
            {"hookContext": {"id": object_id, "type": kind, "input": told}},
            port=stage.port,
        )
    )
    cookie = stage.world.stash.core.sessions.issue()
    real = {"Name": "session", "Value": cookie}
    call["server_connection"]["SessionCookie"] = real if choose.random() < 0.5 else None
    return json.dumps(call, separators=(",", ":")).encode()
