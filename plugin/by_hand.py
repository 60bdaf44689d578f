"""The command line, for those without a browser: it asks the same worker as the page does.

A command needs a Stash to belong to. The data folder is found beside the plugin or by an option,
and how to reach Stash is what the worker heard last; the login itself is kept nowhere, so where
Stash wants one and no worker lives, Stash has to call first.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from errors import BadCallError, NoWorkerError, PlexSyncError
from mirror.view import read_meta
from plugin.doctor import Doctor
from plugin.light import scenes
from plugin.operations import send
from plugin.results import read_result
from plugin.scene_view import read_scene
from plugin.status import describe, read_status, worker_lives
from stash.call import Call, Command, Connection
from sync_queue.inbox import find_data_folder
from sync_queue.queue_status import read_job
from worker.known import STASH

FOLDER = "PLEXSYNC_STASH_FOLDER"
WORKER_SECONDS = 20.0
LOOK_SECONDS = 0.2
LATE_SECONDS = 2.0
STASH_REMEDY = "open Stash, run the task Show status of PlexSync and save a scene once"
TEXT = "PlexSync is a plugin that Stash starts. By hand it asks the same worker as the page does."


class Desk:
    """Sends commands for a person at a terminal, and waits for what comes of them.

    Args:
        folder: The data folder.
        here: The plugin's folder.
        say: Writes one line.

    Raises:
        BadCallError: Nobody knows yet how to reach Stash.
    """

    def __init__(self, folder: Path, here: str, say: Callable[[str], None]) -> None:
        self.folder = folder
        self._here = here
        self.say = say
        known = json.loads(read_meta(folder / "ledger.db", STASH) or "{}")
        if not known:
            raise BadCallError("PlexSync does not know yet where Stash is", remedy=STASH_REMEDY)
        self._connection = Connection(url=known["url"], config_folder=known["config_folder"])

    def send(self, command: Command) -> None:
        """Put a command into the inbox, and see that a worker lives.

        Raises:
            NoWorkerError: None can be started.
        """
        send(Call(connection=self._connection, wants=command), command, self.folder, self._here)
        deadline = time.monotonic() + WORKER_SECONDS
        while not worker_lives(self.folder):
            if time.monotonic() > deadline:
                raise NoWorkerError(
                    "no worker lives", remedy=f"see {self.folder / 'worker.log'} for why"
                )
            time.sleep(LOOK_SECONDS)

    def ask(self, command: Command) -> dict[str, object]:
        """Send a command that has a result, and wait for it, or for what everything waits for.

        Returns:
            As `plugin.results.read_result`; not "done" where something else has to be there first.
        """
        name = f"{command.mode}-{uuid.uuid4().hex}"
        self.send(replace(command, run=name))
        waited = late = 0
        while True:
            answer = read_result(self.folder, Command(mode="result", run=name))
            is_begun = answer["run"] is not None
            # What was found is there at once, how it was found up to half a second later.
            late += bool(answer["done"] and not is_begun)
            if answer["done"] and (is_begun or late * LOOK_SECONDS > LATE_SECONDS):
                return answer
            waited = waited + 1 if answer["pause"] or self._held() else 0
            if is_begun and waited * LOOK_SECONDS > 2:
                return answer
            if not worker_lives(self.folder) and not is_begun:
                waited += 1
                if waited * LOOK_SECONDS > WORKER_SECONDS:
                    return answer
            time.sleep(LOOK_SECONDS)

    def _held(self) -> object:
        return read_status(self.folder)["held"]


def run_by_hand(here: str, arguments: list[str]) -> int:
    """Carry out one command line; the exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if not asked.command:
        parser.print_help()
        return 0

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    try:
        folder = _find_folder(here, asked.stash_folder)
        if asked.command == "status":
            return _status(folder, say)
        return _COMMANDS[asked.command](Desk(folder, here, say), asked)
    except PlexSyncError as error:
        sys.stderr.write(f"PlexSync: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 PlexSync.py", description=TEXT, epilog=f"{FOLDER} serves as --stash-folder."
    )
    parser.add_argument(
        "--stash-folder",
        default=os.environ.get(FOLDER, ""),
        help="the folder of Stash's config.yml; needed where the plugin does not lie in it",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("doctor", help="check connection, token, libraries and paths")
    commands.add_parser("status", help="what the worker does, and what waits")
    sync = commands.add_parser("sync", help="sync scenes, all without ids")
    preview = commands.add_parser("preview", help="what a sync would write, all without ids")
    undo = commands.add_parser("undo", help="give back in Plex what stood there before")
    for one in (sync, preview, undo):
        one.add_argument("ids", nargs="*", type=int, metavar="ID", help="ids of scenes in Stash")
    undo.add_argument("--of", choices=("last", "all", "destroyed"), help="instead of ids")
    return parser


def _find_folder(here: str, stash_folder: str) -> Path:
    """The data folder that a person means.

    Raises:
        BadCallError: There is none.
    """
    places = [Path(stash_folder)] if stash_folder else list(Path(here).resolve().parents)
    for place in places:
        found = find_data_folder(str(place), here)
        if found:
            return Path(found).resolve()
    where = f"in {stash_folder}" if stash_folder else "above the plugin's folder"
    raise BadCallError(
        f"there is no data folder of PlexSync {where}",
        remedy=f"name the folder of Stash's config.yml with --stash-folder; or {STASH_REMEDY}",
    )


def _status(folder: Path, say: Callable[[str], None]) -> int:
    status = read_status(folder)
    light = status["light"]
    if isinstance(light, dict):
        say(str(light["sentence"]))
    for line in describe(folder, with_names=True):
        say(line)
    return 0


def _doctor(desk: Desk, _asked: argparse.Namespace) -> int:
    return Doctor(desk.ask, lambda: read_status(desk.folder), desk.say).examine()


def _sync(desk: Desk, asked: argparse.Namespace) -> int:
    if not asked.ids:
        return _told(desk, desk.ask(Command(mode="sync_all")))
    desk.send(Command(mode="sync", ids=tuple(asked.ids)))
    for scene_id in asked.ids:
        _wait_for_scene(desk, scene_id)
        told = read_scene(desk.folder, Command(mode="scene", run=str(scene_id)))
        desk.say(f"scene {scene_id}: {told['state']} {told['sentence']}".rstrip())
    return 0


def _wait_for_scene(desk: Desk, scene_id: int) -> None:
    while list((desk.folder / "inbox").glob("*.json")):
        time.sleep(LOOK_SECONDS)
    while True:
        job = read_job(desk.folder / "queue", scene_id)
        status = read_status(desk.folder)
        if job is None or job.status == "failed" or job.code or status["pause"] or status["held"]:
            return
        time.sleep(LOOK_SECONDS)


def _preview(desk: Desk, asked: argparse.Namespace) -> int:
    answer = desk.ask(Command(mode="preview", ids=tuple(asked.ids)))
    result = answer["result"]
    scenes = result["scenes"] if isinstance(result, dict) and asked.ids else []
    for scene in scenes:
        desk.say(f"scene {scene['scene_id']}: {scene['kind']} {scene['text']}".rstrip())
        for item in scene["items"]:
            for name, change in item["fields"].items():
                desk.say(f"  {name}: {change['plex']!r} becomes {change['will_be']!r}")
    return _told(desk, answer)


def _undo(desk: Desk, asked: argparse.Namespace) -> int:
    if not (asked.ids or asked.of):
        raise BadCallError("undo names nothing", remedy="give ids of scenes, or --of last")
    command = Command(mode="undo", ids=tuple(asked.ids), of=asked.of or "")
    return _told(desk, desk.ask(command))


def _told(desk: Desk, answer: dict[str, object]) -> int:
    """Say how a run ended, or why it did not yet."""
    run, pause = answer["run"], answer["pause"]
    if not answer["done"]:
        why = pause["message"] if isinstance(pause, dict) else "nothing is written to Plex for now"
        desk.say(f"It waits, and goes on by itself: {why}")
        return 1
    if isinstance(run, dict):
        for line in run["lines"]:
            desk.say(line)
        counts = ", ".join(
            f"{number} {kind.replace('_', ' ')}" for kind, number in run["counts"].items()
        )
        desk.say(f"{scenes(run['done'])}: {counts or 'nothing is left to do'}")
    return 0


_COMMANDS: dict[str, Callable[[Desk, argparse.Namespace], int]] = {
    "doctor": _doctor,
    "sync": _sync,
    "preview": _preview,
    "undo": _undo,
}
