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
from errors import PlexSyncError
from plex.client import PlexClient
from plugin.status import worker_lives
from stash.call import Connection
from stash.client import StashClient
from tests.acceptance.world import World
from tests.waiting import wait_for

TOKEN = "canary-of-plex-4f1d"
KEY = "canary-of-stash-9c2e"
LOGIN = Credentials(username="me", password="canary-of-login-71ab", api_key=KEY)
SECRETS = (TOKEN, KEY, LOGIN.password)
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


@pytest.fixture(scope="module")
def aftermath(
    tmp_path_factory: pytest.TempPathFactory, stranger: PlexServer
) -> Iterator[Aftermath]:
    with World(tmp_path_factory.mktemp("canaries"), credentials=True) as world:
        world.stash.core.sessions.credentials = LOGIN
        world.plex.token = TOKEN
        world.configure()
        yield Aftermath(world, go_through_everything(world, stranger))


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
    world.configure(plexToken=TOKEN + "-refused")
    world.save(scene, title="refused")
    said: list[object] = [world.wait_for_pause("token_refused")]
    world.end_worker()
    world.configure()
    world.save(scene, title="taken")
    wait_for(lambda: world.shown(key, "title") == "taken", what="the title")
    said += [world.task(name) for name in TASKS]
    said.append(world.result(world.operation(mode="preview")["id"]))
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
    assert [path for path in files if found_in(path.read_bytes())] == []


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
