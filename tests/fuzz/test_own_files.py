"""Our own files after a bad disk or a curious person: at worst they are as none."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import BadCallError
from plugin.results import read_result
from plugin.status import describe, read_status
from stash.call import Command, read_call
from tests.fuzz.hostile import LEAVES, NASTY_TEXTS, anything, encoded
from tests.fuzz.places import places, put
from worker.arrivals import Inbox
from worker.identity import client_identifier
from worker.state import Outcome, Pause, RunState, State, read_state, write_state
from worker.token_file import FILE, keep_token, read_token

KEYS = ("token", "pid", "since", "pause", "runs", "outcomes", "identifier", "args", "mode", "ids")
WRONG = LEAVES | anything(KEYS)
BROKEN = [b"", b"{", b"null", b"[]", b"7", b'"x"', b"[" * 100_000, b"\xff\xfe\x00", b"{}" * 9]
STATE = State(
    pid=7,
    since=1.0,
    pause=Pause(code="plex_away", message="m", since=1.0, next_probe=2.0),
    complaints=("c",),
    mapping=("m",),
    outcomes=(Outcome(scene_id=1, kind="changed", text="title", at=1.0),),
    runs={"r": RunState(id="r", mode="sync_all", started=1.0, lines=("l",))},
)


def state_as_json() -> object:
    with TemporaryDirectory() as folder:
        write_state(Path(folder), STATE)
        return json.loads((Path(folder) / "state.json").read_bytes())


WHOLE_STATE = state_as_json()


@given(st.sampled_from(places(WHOLE_STATE)), WRONG)
def test_a_state_with_anything_at_any_place_is_shown_or_left_out(
    place: tuple[str | int, ...], wrong: object
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "state.json").write_bytes(encoded(put(WHOLE_STATE, place, wrong)))
        json.dumps(read_status(folder))
        describe(folder, with_names=True)
        read_result(folder, Command(mode="result", run="r"))


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_as_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    for name in ("state.json", FILE, "results/r.json", "client.json"):
        (tmp_path / name).write_bytes(content)
    assert read_state(tmp_path) is None
    assert read_token(tmp_path) == ""
    assert read_result(tmp_path, Command(mode="result", run="r"))["result"] in (None, [], 7, "x")
    assert len(client_identifier(tmp_path)) > 9


@pytest.mark.parametrize("value", [None, 7, True, ["t"], {"t": 1}])
def test_a_token_that_is_no_text_is_none(value: object, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(encoded({"token": value}))
    assert read_token(tmp_path) == ""


@pytest.mark.parametrize("text", [one for one in NASTY_TEXTS if not one.isascii() or " " in one])
def test_a_token_that_no_header_takes_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadCallError):
        keep_token(tmp_path, text)
    assert not (tmp_path / FILE).exists()


CALL: dict[str, object] = {
    "server_connection": {
        "Scheme": "http",
        "Host": "127.0.0.1",
        "Port": 9999,
        "SessionCookie": {"Name": "session", "Value": "v"},
        "Dir": "/config",
    },
    "args": {
        "mode": "sync",
        "ids": [1],
        "id": "r",
        "of": "last",
        "what": "sync_all",
        "hookContext": {"id": 1, "type": "Scene.Merge.Post", "input": {"source": ["2"]}},
    },
}
COMMAND = {**CALL, "args": {"mode": "sync", "ids": [1], "id": "r", "token": "t", "on": True}}


@given(st.sampled_from([CALL, COMMAND]), st.data())
def test_a_call_with_anything_at_any_place_is_read_or_refused(
    call: dict[str, object], data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(places(call)))
    document = encoded(put(call, place, data.draw(WRONG)))
    try:
        found = read_call(document)
    except BadCallError as error:
        str(error).encode("utf-8", "backslashreplace")
    else:
        assert "/" not in getattr(found.wants, "run", "")
        assert found.connection.url.startswith(("http://", "https://"))


@given(st.lists(st.binary(max_size=30) | WRONG.map(encoded), max_size=3))
def test_an_inbox_file_of_any_bytes_is_taken_or_set_aside(contents: list[bytes]) -> None:
    with TemporaryDirectory() as name:
        inbox = Path(name) / "inbox"
        inbox.mkdir()
        for number, content in enumerate(contents):
            (inbox / f"{number}-1.json").write_bytes(content)
        box = Inbox(Path(name))
        taken = len(list(box.take()))
        assert taken + box.set_aside_count() == len(contents)
