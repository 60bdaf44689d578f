"""Steps of the directed tests: what is saved, killed, counted and looked at."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from demo.plexserver.wire import LoggedRequest
from mirror.ledger import Ledger
from sync_queue.inbox import TICKET_SECONDS
from tests.acceptance.world import World
from tests.plugin_process import call_document, run_plugin
from tests.torture.processes import kill, lock_holders
from tests.waiting import wait_for

Pairs = list[tuple[int, int]]  # scene ids and rating keys


def titles(world: World, pairs: Pairs) -> list[str]:
    return [world.shown(key, "title") for _, key in pairs]


def edits_of(world: World, pairs: Pairs) -> list[int]:
    """How many edits of each item were answered."""
    answered = [one.path for one in world.plex.requests if one.kind == "edit" and one.status == 200]
    return [answered.count(f"/library/metadata/{key}") for _, key in pairs]


def kill_worker(world: World) -> None:
    [pid] = lock_holders(world.data / "worker.lock")
    assert kill(pid, world.data)


def at_edit(world: World, number: int, act: Callable[[], None]) -> None:
    """Do something while the n-th edit from now on is on its way."""
    left = [number]

    def on_edit(_request: LoggedRequest) -> None:
        left[0] -= 1
        if left[0] == 0:
            act()

    world.plex.on_edit.append(on_edit)


def rename_all(world: World, pairs: Pairs, text: str) -> list[str]:
    """Save every scene within one burst, so that they become one batch."""
    for n, (scene, _) in enumerate(pairs):
        world.save(scene, title=f"ours-{n} {text}")
    return [f"ours-{n} {text}" for n in range(len(pairs))]


def assert_nothing_of_ours_is_a_persons(world: World, pairs: Pairs) -> None:
    """The next edit goes through though persons win, and `before` holds nothing of ours."""
    wanted = rename_all(world, pairs, "once more")
    wait_for(lambda: titles(world, pairs) == wanted, what="the next edit")
    world.settle()
    world.end_worker()
    ledger = Ledger(world.data / "ledger.db")
    for scene, _ in pairs:
        [item] = ledger.items_of(scene)
        written = ledger.written(item)
        assert written is not None
        assert written.unsure == ()
        seen = [
            one for standing in written.before.values() for one in (standing.value, *standing.tags)
        ]
        assert not [one for one in seen if "ours" in str(one)]
    ledger.close()


def hook_of(world: World, scene: int) -> bytes:
    """What Stash writes to the hook of a person's save."""
    context = {"id": scene, "type": "Scene.Update.Post", "input": {"id": str(scene)}}
    port = int(world.stash.url.rpartition(":")[2])
    return call_document(world.config, {"hookContext": context}, port=port)


def run_hook_of(world: World, scene: int) -> None:
    """Run that hook after a change that was made in Stash's store."""
    plugin = world.config / "plugins" / "PlexSync"
    assert run_plugin(hook_of(world, scene), plugin=plugin).code == 0


def let_ticket_expire(world: World) -> None:
    """Let the time pass for which a start that was killed blocks the next one, if it does."""
    ticket = world.data / "worker.start"
    if ticket.exists():
        old = time.time() - TICKET_SECONDS - 1
        os.utime(ticket, (old, old))
