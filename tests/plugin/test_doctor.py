"""What the doctor says of an installation, and whether it is satisfied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from plugin.doctor import Doctor
from stash.call import Command

CONNECTED = {
    "ok": True,
    "url": "http://plex:32400",
    "name": "Home",
    "version": "1.40",
    "machine": "m",
    "token": "good",
    "error": "",
    "remedy": "",
}
VIDEOS = {"title": "Videos", "type": "movie", "items": 3, "chosen": True, "advice": ""}
PATHS = {"sampled": 40, "matched": 40, "sentences": []}
NOTHING_WRONG: Mapping[str, Any] = {"troubles": [], "held": None}


def examined(
    *,
    status: Mapping[str, Any] = NOTHING_WRONG,
    pause: Mapping[str, str] | None = None,
    **results: object,
) -> tuple[int, str]:
    """The exit code and all lines, where the questions by these names have these answers."""
    known = {"test_plex": CONNECTED, "libraries": {"libraries": [VIDEOS]}, "detect_paths": PATHS}
    lines: list[str] = []

    def ask(command: Command) -> Mapping[str, Any]:
        return {"result": {**known, **results}[command.mode], "pause": pause}

    code = Doctor(ask, lambda: status, lines.append).examine()
    return code, "\n".join(lines)


def test_a_sound_installation_is_found_sound() -> None:
    code, text = examined()
    assert code == 0
    assert "!!" not in text
    assert "the server Home takes the token" in text


def test_a_missing_token_is_named_and_nothing_is_asked_that_needs_one() -> None:
    code, text = examined(test_plex={**CONNECTED, "token": "missing"}, libraries=None)
    assert code == 1
    assert "!!     there is no token: sign in on PlexSync's page" in text
    assert "library" not in text


def test_without_a_chosen_library_it_is_said_where_to_name_one() -> None:
    code, text = examined(libraries={"libraries": [{**VIDEOS, "chosen": False}]})
    assert code == 1
    assert "!!     no library of Plex is chosen: name some in the setting plexLibraries" in text
    assert "Videos" not in text


def test_what_should_be_known_of_a_library_is_said_though_it_is_no_fault() -> None:
    code, text = examined(libraries={"libraries": [{**VIDEOS, "advice": "it has no folder"}]})
    assert code == 0
    assert "       it has no folder" in text


@pytest.mark.parametrize(
    ("answer", "pause", "said"),
    [
        ({"error": "Stash does not answer"}, None, "Stash does not answer"),
        ({}, None, "paths could not be compared"),
        (None, {"message": "Plex refuses the token"}, "Plex refuses the token"),
        (None, None, "the worker gives no answer"),
    ],
)
def test_paths_that_could_not_be_compared_are_a_trouble_for_later(
    answer: object, pause: Mapping[str, str] | None, said: str
) -> None:
    code, text = examined(detect_paths=answer, pause=pause)
    assert code == 1
    assert f"!!     {said}: try again later" in text


def test_writes_that_a_person_holds_are_no_sound_state() -> None:
    code, text = examined(status={**NOTHING_WRONG, "held": {"since": 1.0}})
    assert code == 1
    assert "!!     nothing is written to Plex: go on, or finish the set-up, on the page" in text
