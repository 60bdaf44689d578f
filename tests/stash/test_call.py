"""What Stash writes to standard input, read."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import BadCallError
from stash.call import Call, Command, Connection, HookEvent, read_call, write_call
from tests.fixtures_folder import shared_fixtures

RECORDED = sorted((shared_fixtures() / "stash" / "stdin").glob("*.json"))


def event_of(path: Path) -> HookEvent:
    wants = read_call(path.read_bytes()).wants
    assert isinstance(wants, HookEvent)
    return wants


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_every_recorded_document_is_read_as_what_it_is(path: Path) -> None:
    if path.name.startswith("operation-error"):
        with pytest.raises(BadCallError, match="mode"):
            read_call(path.read_bytes())  # its arguments are the recorder's own
        return
    call = read_call(path.read_bytes())
    arguments = json.loads(path.read_bytes())["args"]
    assert call.connection == Connection(
        url="http://127.0.0.1:9999",
        cookie=("session", "scrubbed-session-cookie"),
        config_folder="/root/.stash",
    )
    if "hookContext" in arguments:
        kind, action, _ = arguments["hookContext"]["type"].split(".")
        event = event_of(path)
        assert (event.kind, event.action) == (kind, action)
        assert event.id == arguments["hookContext"]["id"]
    else:
        assert call.wants == Command(mode=arguments["mode"], ids=tuple(arguments.get("ids", ())))


def test_a_merge_names_what_it_did_away_with() -> None:
    [path] = [one for one in RECORDED if "Tag.Merge" in one.name]
    assert event_of(path).sources == (5,)


def test_a_persons_edit_is_told_from_what_a_scan_found() -> None:
    persons = {
        one.name: event_of(one).is_a_persons for one in RECORDED if "Scene.Update" in one.name
    }
    assert persons.pop("scan-renamed-file--Scene.Update.Post.json") is False
    assert set(persons.values()) == {True}


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("::", "[::1]"),
        ("fd00::5", "[fd00::5]"),
        ("nas", "nas"),
    ],
)
def test_the_address_that_stash_listens_on_becomes_one_to_call(host: str, address: str) -> None:
    server = {"Scheme": "http", "Host": host, "Port": 9999, "SessionCookie": None, "Dir": "/c"}
    document = json.dumps({"server_connection": server, "args": {"mode": "wake"}}).encode()
    assert read_call(document).connection.url == f"http://{address}:9999"


def test_a_cookie_is_not_in_a_connections_text() -> None:
    assert "canary" not in repr(Connection(url="http://x:1", cookie=("session", "canary")))


@given(
    cookie=st.none() | st.tuples(st.just("session"), st.text(min_size=1)),
    folder=st.text(),
    ids=st.lists(st.integers(0, 2**63 - 1)),
    run=st.from_regex(r"[A-Za-z0-9_-]{0,40}", fullmatch=True),
    scheme=st.sampled_from(["http", "https"]),
    host=st.sampled_from(["127.0.0.1", "[::1]", "nas"]),
)
def test_a_command_of_ours_is_read_as_it_was_written(
    cookie: tuple[str, str] | None, folder: str, ids: list[int], run: str, scheme: str, host: str
) -> None:
    connection = Connection(url=f"{scheme}://{host}:9999", cookie=cookie, config_folder=folder)
    command = Command(mode="sync", ids=tuple(ids), run=run, of=run[:3])
    assert read_call(write_call(connection, command)) == Call(connection=connection, wants=command)


@pytest.mark.parametrize("name", ["run", "id", "of"])
@pytest.mark.parametrize("word", ["../../etc", "a/b", "a\\b", "a:b", "a.b", "x" * 101, "ä"])
def test_what_names_no_run_is_refused(name: str, word: str) -> None:
    """It becomes part of a file's name."""
    server = {"Scheme": "http", "Host": "nas", "Port": 9999, "Dir": "/x"}
    document = {"server_connection": server, "args": {"mode": "result", name: word}}
    with pytest.raises(BadCallError):
        read_call(json.dumps(document).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"server_connection": JSON, "args": JSON | st.fixed_dictionaries({"hookContext": JSON})}
    )
)
def test_no_document_breaks_the_reading(document: object) -> None:
    with suppress(BadCallError):
        read_call(json.dumps(document).encode())
