"""The command line against real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from demo.plugin_folder import copy_plugin
from tests.acceptance.world import World
from tests.waiting import wait_for


def run(world: World, *arguments: str, folder: bool = False) -> tuple[int, str]:
    """One command line; its exit code and all that it wrote."""
    plugin = world.config / "plugins" / "PlexSync" / "PlexSync.py"
    extra = ["--stash-folder", str(world.config)] if folder else []
    done = subprocess.run(
        [sys.executable, str(plugin), *extra, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    return done.returncode, done.stdout + done.stderr


def used_once(world: World) -> tuple[int, int]:
    scene, key = world.add(title="t")
    world.save(scene, title="first")
    wait_for(lambda: world.shown(key, "title") == "first", what="the first sync")
    world.settle()
    return scene, key


def test_help_names_every_command(world: World) -> None:
    code, text = run(world, "--help")
    assert code == 0
    assert all(name in text for name in ("doctor", "status", "sync", "preview", "undo"))


def test_what_is_missing_is_said_before_the_first_use(world: World, tmp_path: Path) -> None:
    for command in ("status", "doctor", "sync"):
        code, text = run(world, command)
        assert code == 1
        assert "no data folder" in text
        assert "--stash-folder" in text
    code, text = run(world, "nonsense")
    assert code == 2
    assert not world.data.exists()

    elsewhere = copy_plugin(tmp_path / "elsewhere" / "PlexSync")
    used_once(world)
    plugin = str(elsewhere / "PlexSync.py")
    done = subprocess.run(
        [sys.executable, plugin, "--stash-folder", str(world.config), "status"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "1 scene is in step" in done.stdout


def test_without_a_command_the_help_is_shown(world: World) -> None:
    code, text = run(world, folder=True)
    assert code == 0
    assert "COMMAND" in text


def test_before_the_first_call_of_stash_it_is_said_that_nobody_knows_where_it_is(
    world: World,
) -> None:
    world.data_folder()
    code, text = run(world, "sync")
    assert code == 1
    assert "does not know yet where Stash is" in text
    assert run(world, "status")[0] == 0


def test_status_says_what_the_page_shows(world: World) -> None:
    used_once(world)
    code, text = run(world, "status")
    assert code == 0
    assert text.startswith("1 scene is in step with Plex")
    assert "The worker runs since" in text


def test_scenes_are_synced_previewed_and_undone(world: World) -> None:
    scene, key = used_once(world)
    world.edit_without_hook(scene, title="second")
    code, text = run(world, "preview", str(scene))
    assert code == 0
    assert "title: 'first' becomes 'second'" in text
    code, text = run(world, "preview")
    assert "1 scene: 1 changed" in text
    assert world.shown(key, "title") == "first"

    code, text = run(world, "sync", str(scene))
    assert (code, world.shown(key, "title")) == (0, "second")
    assert f"scene {scene}: in_step" in text

    code, text = run(world, "undo", str(scene))
    assert code == 0
    assert "1 undone" in text
    assert world.shown(key, "title") == "scene"
    assert run(world, "undo")[0] == 1


def test_all_scenes_are_synced_also_by_a_worker_that_has_to_start(world: World) -> None:
    used_once(world)
    _, key = world.add("other.mp4", title="other")
    world.end_worker()
    code, text = run(world, "sync")
    assert code == 0, text
    assert "2 scenes" in text
    wait_for(lambda: world.shown(key, "title") == "other", what="the scene that was not synced yet")


def test_a_sync_that_has_to_wait_says_for_what(world: World) -> None:
    scene, _ = used_once(world)
    world.edit_without_hook(scene, title="second")
    world.plex.stop()
    code, text = run(world, "sync")
    assert code == 1
    assert "goes on by itself" in text
    assert "does not answer" in text
    world.plex.start()


def test_the_doctor_finds_a_sound_installation_sound(world: World) -> None:
    used_once(world)
    code, text = run(world, "doctor")
    assert code == 0, text
    assert "Nothing has to be done" in text
    assert "takes the token" in text
    assert "library Videos: 1 items" in text
    assert world.plex.token not in text


def test_the_doctor_names_each_trouble_with_its_remedy(world: World) -> None:
    used_once(world)
    world.stash.store.add_scene("/elsewhere/a.mp4")
    run(world, "sync")
    code, text = run(world, "doctor")
    assert code == 1
    assert "!!     1 scene: no chosen Plex library has" in text
    assert "add a path mapping" in text

    world.configure(plexToken="wrong")
    world.operation(mode="wake")
    world.wait_for_pause("token_refused")
    code, text = run(world, "doctor")
    assert code == 1
    assert "refuses the token" in text


def test_a_call_by_hand_does_not_take_the_login_away(tmp_path: Path) -> None:
    """It carries none, and the worker goes on with the one that Stash gave."""
    with World(tmp_path, credentials=True) as world:
        scene, key = used_once(world)
        code, text = run(world, "doctor")
        assert code == 0, text
        world.edit_without_hook(scene, title="second")
        assert run(world, "sync", str(scene))[0] == 0
        assert world.shown(key, "title") == "second"
        kept = b"".join(one.read_bytes() for one in world.data.rglob("*") if one.is_file())
        assert b"session" not in kept


def test_without_a_login_and_without_a_worker_it_is_said_what_is_missing(tmp_path: Path) -> None:
    with World(tmp_path, credentials=True) as world:
        used_once(world)
        world.end_worker()
        code, text = run(world, "doctor")
        assert code == 1
        assert "login" in text
        assert world.plex.token not in text
