"""One fault from its beginning to the recovery, and what was seen of it on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.world import World
from tests.faults.stage import SCENES, Stage, plain
from tests.waiting import wait_for

Act = Callable[[Stage], None]
NOTHING = "nothing"
SEEN_SECONDS = 75.0  # longer than the longest time-out


def _nothing(_stage: Stage) -> None:
    """Nothing has to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is done to the world, and what a person sees of it.

    Attributes:
        group: The part of the table.
        name: The row's name.
        begin: Done while everything is in step, before three scenes are saved.
        end: What ends the fault; the time to recover counts from here.
        sees: The code of the pause or of the trouble, the level of the light, "retrying", or
            `NOTHING`.
        then: What a person does besides, once the fault is over.
        is_quick: A part of the short form.
        credentials: Stash asks for a login.
        saves: The three scenes are saved while it lasts.
    """

    group: str
    name: str
    begin: Act
    end: Act = _nothing
    sees: str = NOTHING
    then: Act = _nothing
    is_quick: bool = False
    credentials: bool = False
    saves: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """One row of the table.

    Attributes:
        sees: In the words of the status.
        retried: What was sent again.
        lost: What is not as it should be in the end, a sentence each.
        wrong_writes: A sentence for each.
        seconds: From the end of the fault until every item was right.
    """

    fault: Fault
    sees: str
    retried: str
    lost: tuple[str, ...]
    wrong_writes: tuple[str, ...]
    seconds: float

    @property
    def violations(self) -> tuple[str, ...]:
        """What must not be; nothing for a row that holds."""
        return (*self.lost, *self.wrong_writes)


def survive(fault: Fault, folder: Path) -> Survived:
    """Let it happen between both servers and a real worker."""
    with World(folder, credentials=fault.credentials) as world:
        world.configure(keepPlexEdits=False)
        stage = Stage(world)
        stage.edit_all()
        stage.wait_until_right()
        world.settle()
        before = len(world.plex.requests)
        fault.begin(stage)
        if fault.saves:
            stage.edit_all()
        told = "" if fault.sees == NOTHING else _wait_until_seen(stage, fault.sees)
        fault.end(stage)
        ended = time.monotonic()
        fault.then(stage)
        stage.wait_until_right()
        seconds = time.monotonic() - ended
        world.settle()
        lost = [*stage.lost(), *_after(stage, fault)]
        return Survived(
            fault=fault,
            sees=plain(told, world) or "nothing: it goes on by itself",
            retried=_retried(stage, before),
            lost=tuple(lost),
            wrong_writes=tuple(stage.wrong_writes()),
            seconds=seconds,
        )


def _wait_until_seen(stage: Stage, sees: str) -> str:
    def told() -> str:
        return _told(stage.status(), sees)

    try:
        return wait_for(told, what=f"a person to see {sees}", seconds=SEEN_SECONDS)
    except AssertionError as error:
        status = stage.status()
        seen = {name: status[name] for name in ("light", "pause", "failed", "outcomes", "events")}
        raise AssertionError(f"{error}\n{seen}\n{stage.world.worker_log()[-2000:]}") from None


def _told(status: dict[str, Any], sees: str) -> str:
    """What a status says of a fault, "" as long as it says nothing of this kind."""
    light = str(status["light"]["sentence"])
    pause = status["pause"]
    if pause and pause["code"] == sees and status["light"]["level"] in {"waiting", "needs_you"}:
        return f"{light} (`{sees}`)"
    if sees == status["light"]["level"]:
        return light
    if sees == "retrying" and status["counts"]["retrying"]:
        texts = [one["text"] for one in status["outcomes"] if one["kind"] == "retrying"]
        return f"{light}; {texts[-1]}" if texts else ""
    for one in status["troubles"]:
        if one["code"] == sees:
            return f"{one['sentence']}; {one['remedy']} (`{sees}`)"
    return ""


def _after(stage: Stage, fault: Fault) -> list[str]:
    """A pause that stays, or one that nobody should have seen."""
    found = []
    try:
        wait_for(lambda: stage.status()["pause"] is None, what="the end of the pause")
    except AssertionError as error:
        found.append(str(error))
    if fault.sees == NOTHING and "PlexSync waits" in stage.world.worker_log():
        found.append("it waited where nothing hindered it")
    return found


def _retried(stage: Stage, before: int) -> str:
    """What was sent besides one write for each scene, in figures."""
    requests = stage.world.plex.requests[before:]
    probes = sum(one.kind in {"identity", "sections"} for one in requests)
    failed = sum(one.status != 200 for one in requests)
    writes = sum(one.kind == "edit" for one in requests)
    told = f"{_count(writes, 'write')} for {SCENES} scenes, {_count(probes, 'probe')}"
    return f"{told}; {_count(failed, 'request')} in vain" if failed else told


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
