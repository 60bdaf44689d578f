"""The one light of the page and its one sentence: pure rules over what is known.

The first rule that holds decides, from what stops everything to what is a detail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from catalogue import explain

_FOR_A_PERSON = {
    "not_configured",
    "token_refused",
    "stash_refused",
    "not_kept",
    "no_worker",
    "not_installed",
    "newer_schema",
}
_NAMES = {"plex_away": "Plex", "stash_away": "Stash"}
ASKS_FOR_A_PERSON = ("mapping", "choose", "scan", "undo_held", "retry", "settings")


class Light(NamedTuple):
    """What the page shows first.

    Attributes:
        level: "in_step", "working", "waiting", "needs_you", "setup" or "off".
        since: Since when it is so, in Unix seconds, where that is known.
    """

    level: str
    sentence: str
    since: float | None = None


class Facts(NamedTuple):
    """What the light depends on.

    Attributes:
        lives: A worker does.
        pause: Its code, message and since when; None while nothing is waited for.
        held: "person", "setup" or "".
        busy: Scenes that are due or in hand.
        run: The mode, how many are done, and of how many, of a run that goes on.
        counts: As the status tells them.
        needing: Scenes in trouble that a person can do something about.
        complaints: Of the settings.
    """

    lives: bool
    pause: tuple[str, str, float] | None
    held: str
    busy: int
    run: tuple[str, int, int | None] | None
    counts: Mapping[str, int]
    needing: int
    complaints: int


def light_of(facts: Facts) -> Light:
    """Which light is on."""
    rules = (_of_the_pause(facts), _of_the_hold(facts), _of_work(facts), _of_trouble(facts))
    return next((one for one in rules if one), _in_step(facts))


def scenes(count: int) -> str:
    """So many scenes, in words."""
    return "1 scene" if count == 1 else f"{count:,} scenes"


def _of_the_pause(facts: Facts) -> Light | None:
    if facts.held == "setup":
        return Light("setup", "The set-up is open: nothing is written to Plex until it is finished")
    if facts.pause is None:
        return None
    code, message, since = facts.pause
    if code in _FOR_A_PERSON:
        return Light("needs_you", _sentence(message or explain(code).told()), since)
    if not facts.lives:
        return None
    name = _NAMES.get(code)
    return Light("waiting", f"Waiting for {name}: {message}" if name else _sentence(message), since)


def _of_the_hold(facts: Facts) -> Light | None:
    if facts.held != "person":
        return None
    waiting = f"; {_waiting(facts.busy)}" if facts.busy else ""
    return Light("waiting", f"Paused: nothing is written to Plex until you go on{waiting}")


def _of_work(facts: Facts) -> Light | None:
    if not facts.lives:
        if facts.busy:
            return Light("off", f"No worker runs; {_waiting(facts.busy)} for the next save or task")
        return None
    if facts.run:
        mode, done, total = facts.run
        of = f"{done:,} of {scenes(total)}" if total else "looking"
        return Light("working", f"{_RUNS.get(mode, 'Working')}: {of}")
    if facts.busy:
        return Light("working", f"Working: {scenes(facts.busy)} to go")
    return None


_RUNS = {
    "preview": "Preview",
    "preview_undo": "Preview of an undo",
    "undo": "Undoing",
    "detect_paths": "Looking for path mappings",
    "find_plex": "Looking for Plex",
    "sign_in": "Waiting for you to sign in",
}


def _of_trouble(facts: Facts) -> Light | None:
    if facts.complaints:
        return Light("needs_you", "A setting is not as it should be")
    if facts.needing:
        verb = "needs" if facts.needing == 1 else "need"
        return Light("needs_you", f"{scenes(facts.needing)} {verb} you")
    if facts.counts.get("retrying"):
        told = scenes(facts.counts["retrying"])
        return Light("waiting", f"{told} will be tried again, because Plex did not take them")
    return None


def _in_step(facts: Facts) -> Light:
    count = facts.counts.get("in_step", 0)
    if not facts.lives:
        return Light("off", "No worker runs; the next save, task or visit of this page starts one")
    if not count:
        return Light("in_step", "Nothing waits; no scene has been synced yet")
    verb = "is" if count == 1 else "are"
    return Light("in_step", f"{scenes(count)} {verb} in step with Plex")


def _waiting(count: int) -> str:
    return f"{scenes(count)} {'waits' if count == 1 else 'wait'}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
