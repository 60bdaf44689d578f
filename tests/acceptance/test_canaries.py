"""A Plex token and a Stash key that can be recognised go through everything that can go wrong.

They may be found in the header that carries each to its own server, and nowhere else.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.plexserver.server import PlexServer
from demo.stash.server import Credentials, StashServer
from errors import BadCallError, NotKeptError, PlexAwayError, PlexSyncError
from plex.client import PlexClient
from plex.sign_in import SignIn
from plugin.status import worker_lives
from stash.call import Connection
from stash.client import StashClient
from tests.acceptance.pin_service import TOKEN as SIGNED_IN
from tests.acceptance.pin_service import PinService
from tests.acceptance.test_by_hand import run
from tests.acceptance.test_elsewhere import store
from tests.acceptance.world import World
from tests.fuzz.slow_server import RawServer
from tests.waiting import wait_for
from worker.outside import FIND_AT, SIGN_IN_AT
from worker.token_file import keep_token

TOKEN = "canary-of-plex-4f1d"
KEY = "canary-of-stash-9c2e"
LOGIN = Credentials(username="me", password="canary-of-login-71ab", api_key=KEY)
SECRETS = (TOKEN, KEY, LOGIN.password, SIGNED_IN)
TROUBLES = (
    *("status:400", "status:401", "status:403", "status:404", "status:429", "status:500"),
    *("maintenance", "reset", "lost", "garbage", "html", "truncated"),
)

# Those that ask a server in a way of their own.
TASKS = (
    "Sync all scenes",
    "Preview all scenes",
    "Detect path mappings",
    "Undo the last run",
    "Show status",
)


def found_in(text: str | bytes) -> list[str]:
    raw = text.encode() if isinstance(text, str) else text
    return [secret for secret in SECRETS if secret.encode() in raw]


@pytest.fixture(scope="module")
def stranger() -> Iterator[PlexServer]:
    """A server that nobody configured, to which Plex sends us on."""
    server = PlexServer(token="another token")
    server.start()
    yield server
    server.stop()


@dataclass
class Aftermath:
    """What is left when everything was gone through."""

    world: World
    said: list[object]  # what tasks and operations answered
    neighbour: PlexServer  # found when it was looked for Plex


@pytest.fixture(scope="module")
def aftermath(
    tmp_path_factory: pytest.TempPathFactory, stranger: PlexServer
) -> Iterator[Aftermath]:
    with World(tmp_path_factory.mktemp("canaries"), credentials=True) as world:
        world.stash.core.sessions.credentials = LOGIN
        world.plex.token = TOKEN
        neighbour = PlexServer(token="another token")
        neighbour.start()
        with pytest.MonkeyPatch.context() as environment, PinService() as pins:
            environment.setenv(FIND_AT, f"{world.plex.url},{neighbour.url}")
            environment.setenv(SIGN_IN_AT, pins.url)
            configure(world)
            said = go_through_everything(world, stranger)
            said += go_through_the_set_up(world, pins)
            yield Aftermath(world, said, neighbour)
        neighbour.stop()


def configure(world: World, **changes: object) -> None:
    """With every detail in the log that there is."""
    world.configure(logDetails=True, **changes)


def go_through_everything(world: World, stranger: PlexServer) -> list[object]:
    """Troubles of all kinds, tasks and questions of the page; what these two answered."""
    scene, key = world.add(title="one")
    world.save(scene, title="two")
    world.settle()
    astray = f"redirect:{stranger.url}/library/sections"
    for trouble in ("status:401", "status:500", "maintenance", "reset", "garbage", astray):
        meet(world, scene, trouble)
    for trouble in ("status:400", "lost"):
        meet(world, scene, trouble, method="PUT")
    world.save(scene, title="before the end")
    world.settle()
    os.kill(world.worker_pid(), signal.SIGKILL)
    wait_for(lambda: not worker_lives(world.data), what="the end of the worker")
    configure(world, plexToken=TOKEN + "-refused")
    world.save(scene, title="refused")
    said: list[object] = [world.wait_for_pause("token_refused")]
    said += by_hand(world)
    world.end_worker()
    configure(world)
    world.save(scene, title="taken")
    wait_for(lambda: world.shown(key, "title") == "taken", what="the title")
    said += [world.task(name) for name in TASKS]
    said.append(world.result(world.operation(mode="preview")["id"]))
    said.append(world.operation(mode="status"))
    return said


def by_hand(world: World) -> list[object]:
    """What somebody at a terminal is told, in good times and bad ones."""
    return [run(world, command) for command in ("status", "doctor")]


def go_through_the_set_up(world: World, pins: PinService) -> list[object]:
    """Everything that came with the set-up and with leaving another plugin; what it answered."""
    said = by_hand(world)
    for mask in (True, False):
        said.append(world.operation(mode="support", mask=mask))
    said.append(world.result(world.operation(mode="find_plex")["id"]))
    for url in (
        world.plex.url,
        f"{world.plex.url}/?X-Plex-Token={TOKEN}",
        f"http://me:{LOGIN.password}@127.0.0.1:9",
    ):
        said.append(world.result(world.operation(mode="test_plex", url=url)["id"]))
    store(world, "Stash2Plex", plex_url=f"http://me:{LOGIN.password}@plex", plex_token=TOKEN)
    said.append(world.result(world.operation(mode="elsewhere")["id"]))
    said.append(world.operation(mode="settings"))
    pins.is_typed = True
    said.append(world.result(world.operation(mode="sign_in")["id"]))
    configure(world, plexUrl=f"http://me:{LOGIN.password}@127.0.0.1:9/?X-Plex-Token={TOKEN}")
    world.operation(mode="wake")
    said.append(world.wait_for_pause("not_configured"))
    said.append(world.operation(mode="settings"))
    said.append(world.operation(mode="support", mask=False))
    said.append(world.operation(mode="status"))
    return said


def meet(world: World, scene: int, trouble: str, *, method: str = "GET") -> None:
    """Save while Plex is in trouble; the next worker starts without waiting for the last one's."""
    world.plex.faults.set(trouble, methods={method})
    seen = len(world.plex.requests)
    world.save(scene, title=f"{method} {trouble}"[:20])
    wait_for(
        lambda: any(one.method == method for one in world.plex.requests[seen:]),
        what=f"a {method} that meets {trouble}",
    )
    world.end_worker()
    world.plex.faults.clear()


def test_no_file_no_log_and_no_answer_holds_a_secret_whatever_goes_wrong(
    aftermath: Aftermath,
) -> None:
    world = aftermath.world
    assert found_in(json.dumps(aftermath.said)) == []
    assert found_in("\n".join(line.message for line in world.stash.log)) == []
    if sys.platform == "linux":
        for name in ("cmdline", "environ"):
            assert found_in(Path(f"/proc/{world.worker_pid()}/{name}").read_bytes()) == []

    world.end_worker()

    files = [path for path in world.config.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"worker.log", "ledger.db", "state.json"}
    assert " DEBUG " in (world.data / "worker.log").read_text()
    holding = {path.relative_to(world.data) for path in files if found_in(path.read_bytes())}
    assert holding == {Path("token.json")}


def test_each_secret_goes_to_its_own_server_in_its_own_header(
    aftermath: Aftermath, stranger: PlexServer
) -> None:
    world = aftermath.world
    carried = {
        name.lower()
        for one in world.plex.requests
        for name, value in one.headers.items()
        if found_in(value)
    }
    assert carried == {"x-plex-token"}
    assert not [one for one in world.plex.requests if found_in(one.raw_target)]
    assert not [one for one in world.plex.requests if KEY in str(one.headers)]
    assert stranger.requests == []
    assert aftermath.neighbour.requests
    assert not [one for one in aftermath.neighbour.requests if found_in(str(one.headers))]
    assert "api_key" in {one.auth for one in world.stash.requests}
    assert not [one for one in world.stash.requests if found_in(one.path)]


@pytest.mark.parametrize("trouble", [*TROUBLES, "redirect"])
def test_no_error_of_plexs_side_shows_the_token_even_at_debug_level(
    trouble: str, stranger: PlexServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = PlexServer(token=TOKEN)
    server.start()
    server.faults.set(f"redirect:{stranger.url}/" if trouble == "redirect" else trouble)
    client = PlexClient(server.url, TOKEN, identifier="an-identifier")
    try:
        with pytest.raises(PlexSyncError) as raised:
            client.sections()
    finally:
        client.close()
        server.stop()
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + repr(client)
    assert found_in(shown + caplog.text) == []
    assert stranger.requests == []


@pytest.mark.parametrize("trouble", ["off", "refused"])
def test_no_error_of_stashs_side_shows_a_key_or_a_cookie_even_at_debug_level(
    trouble: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cookie = "canary-of-cookie-55d0"
    with StashServer(tmp_path, credentials=LOGIN) as server:
        address = server.url
        good = StashClient(
            Connection(url=address, cookie=("session", server.core.sessions.issue()))
        )
        good.conditions()  # tells the key
        server.core.sessions.credentials = Credentials(
            username="me", password="another", api_key="another key"
        )
        if trouble == "off":
            server.stop()
        bad = StashClient(Connection(url=address, cookie=("session", cookie)))
        shown = ""
        for client in (good, bad):
            with pytest.raises(PlexSyncError) as raised:
                client.conditions()
            shown += "".join(traceback.format_exception(raised.value)) + repr(raised.value)
            client.close()
    assert found_in(shown + caplog.text) == []
    assert cookie not in shown + caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oh\r\nContent-Length: 24\r\n\r\n" + SIGNED_IN.encode(),
        b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<pin authToken="' + SIGNED_IN.encode(),
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + SIGNED_IN.encode(),
        b"",
    ],
    ids=["refused", "cut", "no XML", "nothing"],
)
def test_no_error_of_a_sign_in_shows_the_token_even_at_debug_level(
    answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with RawServer([answer]) as server, pytest.raises(PlexAwayError) as raised:
        SignIn(identifier="an-identifier", version="1", pins=f"{server.url}/pins")
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert found_in(shown + caplog.text) == []


def test_a_token_that_cannot_be_kept_is_in_no_error_and_in_no_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(BadCallError) as bad:
        keep_token(tmp_path, f"{TOKEN}\n")
    (tmp_path / "token.json" / "in the way").mkdir(parents=True)
    with pytest.raises(NotKeptError) as unkept:
        keep_token(tmp_path, TOKEN)
    for one in (bad.value, unkept.value):
        assert found_in("".join(traceback.format_exception(one)) + caplog.text) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
