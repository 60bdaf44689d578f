"""Faults of Stash: it is off, busy, slow, or does not know us any more."""

from __future__ import annotations

from functools import partial

from tests.faults.fault import Act, Fault
from tests.faults.stage import Stage

GROUP = "Stash"
AWAY = "stash_away"


def _set(name: str, value: object, stage: Stage) -> None:
    setattr(stage.world.stash.faults, name, value)


def _fault(name: str, switch: str, on: object, off: object, sees: str, **more: object) -> Fault:
    begin: Act = partial(_set, switch, on)
    end: Act = partial(_set, switch, off)
    return Fault(group=GROUP, name=name, begin=begin, end=end, sees=sees, **more)  # type: ignore[arg-type]


def _cut_covers(stage: Stage) -> None:
    stage.give_covers()
    _set("cuts_pictures", True, stage)


def _save_anew(stage: Stage) -> None:
    """A save brings a fresh login."""
    stage.edit_all()


def _stop_after_saves(stage: Stage) -> None:
    stage.edit_all()
    stage.world.stash.stop()


def _start(stage: Stage) -> None:
    stage.world.stash.start()


def _edit_unheard(stage: Stage) -> None:
    """Changes that no hook tells."""
    for one in stage.subjects:
        one.titles.append(f"ours-{one.number} unheard")
        stage.world.edit_without_hook(one.scene, title=one.titles[-1])


def _look(stage: Stage) -> None:
    stage.world.operation(mode="wake")


FAULTS = [
    _fault("its database is locked", "locked", True, False, AWAY, is_quick=True),
    _fault("it closes connections", "down", True, False, AWAY),
    *(
        _fault(f"it answers {status}", "status", status, None, AWAY)
        for status in (400, 404, 429, 500, 502, 503)
    ),
    _fault("it answers after two seconds", "delay_seconds", 2.0, 2.0, "nothing"),
    _fault(
        "it refuses our login",
        "refuse_cookies",
        True,
        False,
        "stash_refused",
        credentials=True,
        then=_save_anew,
    ),
    _fault("it answers nothing, and keeps the connection open", "hangs", True, False, AWAY),
    Fault(
        group=GROUP,
        name="it breaks off in the middle of covers",
        begin=_cut_covers,
        end=partial(_set, "cuts_pictures", False),
        sees="retrying",
    ),
    Fault(
        group=GROUP,
        name="it is off right after the saves",
        begin=_stop_after_saves,
        end=_start,
        sees=AWAY,
        saves=False,
    ),
    Fault(group=GROUP, name="a change fires no hook", begin=_edit_unheard, then=_look, saves=False),
]
