"""A row of the ledger that nobody can use is one scene's trouble, and the worker lives on."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.acceptance.world import World
from tests.waiting import wait_for

REFUSING = """
CREATE TRIGGER refusing BEFORE INSERT ON items WHEN NEW.scene_id = {scene}
BEGIN SELECT RAISE(ABORT, 'refused'); END
"""
BROKEN_ITEM = "UPDATE items SET before = 'no JSON' WHERE scene_id = {scene}"


def wait_for_title(world: World, key: int, title: str) -> None:
    wait_for(lambda: world.shown(key, "title") == title, what=f"the title {title!r}")


def three_in_step(world: World) -> list[tuple[int, int]]:
    pairs = [world.add(f"scene {n}.mp4", title=f"before {n}") for n in range(3)]
    world.operation(mode="sync", ids=[scene for scene, _ in pairs])
    for n, (_, key) in enumerate(pairs):
        wait_for_title(world, key, f"before {n}")
    world.settle()
    return pairs


def change_ledger(world: World, statement: str) -> None:
    """Change a row beside the worker, which looks at it anew each time."""
    with closing(sqlite3.connect(world.data / "ledger.db")) as ledger, ledger:
        ledger.execute(statement)


def sync_all_anew(world: World, pairs: list[tuple[int, int]]) -> None:
    """New titles for all, in one claim."""
    for n, (scene, _) in enumerate(pairs):
        world.edit_without_hook(scene, title=f"after {n}")
    world.operation(mode="sync", ids=[scene for scene, _ in pairs])


@pytest.mark.parametrize(
    ("statement", "named"),
    [(BROKEN_ITEM, "JSONDecodeError"), (REFUSING, "IntegrityError")],
    ids=["while deciding", "while recording what is to be written"],
)
def test_a_row_that_makes_the_worker_stumble_fails_its_own_scene_alone(
    world: World, statement: str, named: str
) -> None:
    pairs = three_in_step(world)
    pid = world.worker_pid()
    (broken, broken_key) = pairs[1]
    change_ledger(world, statement.format(scene=broken))

    sync_all_anew(world, pairs)
    for n in (0, 2):
        wait_for_title(world, pairs[n][1], f"after {n}")
    text = world.wait_for_outcome(broken, "retrying")

    assert named in text
    assert "worker.log" in text
    assert world.shown(broken_key, "title") == "before 1"
    assert f"scene {broken}: unexpected trouble: {named}" in world.worker_log()
    assert world.worker_pid() == pid
    assert named in world.operation(mode="scene", id=broken)["sentence"]


def test_what_a_broken_row_cannot_tell_of_a_scene_is_found_out_anew(world: World) -> None:
    pairs = three_in_step(world)
    change_ledger(world, f"UPDATE scenes SET detail = 'no JSON' WHERE scene_id = {pairs[1][0]}")

    sync_all_anew(world, pairs)
    wait_for_title(world, pairs[1][1], "after 1")
    world.settle()
    assert world.ledger_state(pairs[1][0]).state == "in_step"


@pytest.mark.parametrize("mode", ["preview", "preview_undo", "undo"])
def test_looking_or_undoing_with_a_broken_row_tells_of_the_other_scenes(
    world: World, mode: str
) -> None:
    pairs = three_in_step(world)
    pid = world.worker_pid()
    change_ledger(world, BROKEN_ITEM.format(scene=pairs[1][0]))
    for n, (scene, _) in enumerate(pairs):
        world.edit_without_hook(scene, title=f"after {n}")

    asked = world.operation(mode=mode, ids=[scene for scene, _ in pairs])
    if mode == "undo":
        for n in (0, 2):
            world.wait_for_outcome(pairs[n][0], "undone")
        assert "JSONDecodeError" in world.wait_for_outcome(pairs[1][0], "retrying")
    else:
        shown = world.result(asked["id"])["result"]["scenes"]
        kinds = {one["scene_id"]: (one["kind"], one["text"]) for one in shown}
        assert set(kinds) == {scene for scene, _ in pairs}
        assert "JSONDecodeError" in kinds[pairs[1][0]][1]
        assert "JSONDecodeError" not in str([kinds[pairs[n][0]] for n in (0, 2)])
    assert world.worker_pid() == pid


def test_an_item_that_changed_in_plex_is_repaired_though_another_ones_row_is_broken(
    world: World,
) -> None:
    pairs = three_in_step(world)
    pid = world.worker_pid()
    change_ledger(world, BROKEN_ITEM.format(scene=pairs[0][0]))
    world.look()
    world.settle()
    for _, key in pairs:
        world.plex.store.live(key).locked.discard("title")  # type: ignore[union-attr]
        world.plex.store.refresh_item(key, title="an agent's")

    world.look()
    for n in (1, 2):
        wait_for_title(world, pairs[n][1], f"before {n}")
    trouble = f"scene {pairs[0][0]}: unexpected trouble: JSONDecodeError"
    wait_for(lambda: trouble in world.worker_log(), what="word of the broken row")
    assert world.shown(pairs[0][1], "title") == "an agent's"
    assert world.worker_pid() == pid
