"""The token is in a header and in its one place: a canary goes through every operation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from plugin.entry import READING
from plugin.operations import ANSWERED_LATER, ASKING
from tests.acceptance.pin_service import TOKEN, PinService
from tests.acceptance.world import World
from tests.waiting import wait_for
from worker.outside import FIND_AT, SIGN_IN_AT

CANARY = "canary-7f3a9c51"
WORDS: dict[str, dict[str, object]] = {
    "sync": {"ids": [1]},
    "start": {"what": "rewrite_all"},
    "preview": {"ids": [1]},
    "undo": {"ids": [1]},
    "preview_undo": {"ids": [1]},
    "stop": {"id": "nothing"},
    "ignore": {"ids": [2], "on": True},
    "choose": {"id": 1, "rating_key": 5},
    "setup": {"do": "open", "step": "paths"},
    "test_path": {"path": "/data/stash/scene.mp4"},
    "scene": {"id": 1},
    "troubles": {"code": "refused_edit"},
    "result": {"id": "nothing"},
    "set_token": {"token": CANARY},
}


@pytest.fixture(params=["right", "wrong"])
def canary(
    request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[World, PinService]]:
    """A Plex whose token is the canary, or that refuses it."""
    if request.param == "right":
        world.plex.token = CANARY
    world.configure(plexToken="")
    monkeypatch.setenv(FIND_AT, world.plex.url)
    with PinService() as pins:
        monkeypatch.setenv(SIGN_IN_AT, pins.url)
        yield world, pins


def files_with(world: World, text: str) -> list[str]:
    """The files of the data folder that hold a text."""
    return [
        path.relative_to(world.data).as_posix()
        for path in world.data.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


def ask_everything(world: World) -> list[object]:
    """Every operation once; all that is answered, also in refusals."""
    told: list[object] = []
    modes = sorted({*ASKING, *READING} - {"show_status"})
    for mode in modes:
        words = WORDS.get(mode, {})
        try:
            answer = world.operation(mode=mode, **words)
        except Exception as error:  # noqa: BLE001 - whatever a person is told
            answer = str(error)
        told.append(answer)
        if mode in ANSWERED_LATER - {"sign_in", "undo", "preview", "preview_undo", "detect_paths"}:
            told.append(world.result(answer["id"]))
    assert {*modes} > set(WORDS)
    return told


def test_no_answer_no_file_and_no_log_holds_the_token(canary: tuple[World, PinService]) -> None:
    world, pins = canary
    world.add(title="t")
    world.operation(mode="set_token", token=CANARY)
    world.operation(mode="sync", ids=[1])
    told = ask_everything(world)
    world.operation(mode="setup", do="finish")
    world.operation(mode="go_on")
    with suppress(AssertionError):
        wait_for(lambda: world.status()["pause"], what="a refusal", seconds=3)
    told.append(world.operation(mode="status"))
    told.append([one.message for one in world.stash.log])

    text = json.dumps(told)
    assert CANARY not in text
    assert TOKEN not in text
    assert files_with(world, CANARY) == ["token.json"]
    used = [one for one in world.plex.requests if CANARY in str(one.headers)]
    assert used
    assert all(CANARY not in one.path + str(one.query) for one in world.plex.requests)

    pins.is_typed = True
    answer = world.result(world.operation(mode="sign_in")["id"])
    assert answer["result"]["state"] == "good"
    assert TOKEN not in str(answer)
    assert files_with(world, TOKEN) == ["token.json"]
