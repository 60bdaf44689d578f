"""Which light is on, and its sentence."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.light import Facts, light_of

QUIET = Facts(
    lives=True,
    pause=None,
    held="",
    busy=0,
    run=None,
    counts={"in_step": 5},
    needing=0,
    complaints=0,
)
AWAY = ("plex_away", "Plex at http://p:32400 does not answer", 7.0)
REFUSED = ("token_refused", "Plex refuses the token", 7.0)


@pytest.mark.parametrize(
    ("facts", "level", "said"),
    [
        ({}, "in_step", "5 scenes are in step with Plex"),
        ({"counts": {"in_step": 1}}, "in_step", "1 scene is in step"),
        ({"counts": {}}, "in_step", "no scene has been synced yet"),
        ({"lives": False}, "off", "No worker runs"),
        ({"lives": False, "busy": 3}, "off", "3 scenes wait"),
        ({"busy": 1200}, "working", "1,200 scenes to go"),
        ({"run": ("preview", 50, 1200)}, "working", "Preview: 50 of 1,200 scenes"),
        ({"run": ("find_plex", 0, None)}, "working", "Looking for Plex"),
        ({"pause": AWAY}, "waiting", "Waiting for Plex: Plex at http"),
        ({"pause": AWAY, "lives": False}, "off", "No worker runs"),
        ({"pause": AWAY, "busy": 9}, "waiting", "Waiting for Plex"),
        ({"pause": REFUSED, "busy": 9}, "needs_you", "refuses the token"),
        ({"pause": ("no_worker", "it broke", 1.0), "lives": False}, "needs_you", "It broke"),
        ({"held": "person", "busy": 2}, "waiting", "until you go on; 2 scenes wait"),
        ({"held": "setup"}, "setup", "until it is finished"),
        ({"held": "setup", "pause": REFUSED}, "setup", "until it is finished"),
        ({"held": "person", "pause": REFUSED}, "needs_you", "refuses the token"),
        ({"needing": 1}, "needs_you", "1 scene needs you"),
        ({"needing": 4, "busy": 1}, "working", "1 scene to go"),
        ({"complaints": 1}, "needs_you", "A setting"),
        ({"counts": {"retrying": 2}}, "waiting", "2 scenes will be tried again"),
    ],
)
def test_the_light_says_what_matters_most(facts: dict[str, Any], level: str, said: str) -> None:
    light = light_of(QUIET._replace(**facts))
    assert light.level == level
    assert said in light.sentence


def test_a_wait_says_since_when() -> None:
    assert light_of(QUIET._replace(pause=AWAY)).since == 7.0
    assert light_of(QUIET).since is None
