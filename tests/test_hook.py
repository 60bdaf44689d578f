"""The hook: exit 0 means that the event is on disk, and nothing else is done."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stash.call import HookEvent, read_call
from sync_queue import host
from tests.fixtures_folder import shared_fixtures
from tests.plugin_process import PLUGIN, hook_document, inbox_of, run_plugin
from tests.systems import WITH_MODES


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """A folder of Stash's configuration whose worker seems to live, so that none is started."""
    folder = tmp_path / "stash config ü"
    data = folder / "plugin-data" / "PlexSync"
    (data / "inbox").mkdir(parents=True, mode=0o700)
    lock = host.hold(str(data / "worker.lock"))
    assert lock is not None
    yield folder
    host.let_go(lock)


def test_an_event_is_kept_byte_for_byte(config: Path) -> None:
    document = hook_document(config, given={"id": "1", "title": "ü \u2028 \U0001f600"})
    answer = run_plugin(document)
    assert (answer.code, answer.reply) == (0, {"output": "kept"})
    [kept] = inbox_of(config)
    assert kept.read_bytes() == document


@WITH_MODES
def test_a_kept_event_is_readable_by_its_owner_alone(config: Path) -> None:
    run_plugin(hook_document(config))
    [kept] = inbox_of(config)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def hooks_recorded() -> list[str]:
    paths = (shared_fixtures() / "stash" / "stdin").glob("*.Post.json")
    return sorted(path.name for path in paths)


@pytest.mark.parametrize("name", hooks_recorded())
def test_every_recorded_hook_is_kept_and_names_its_object(config: Path, name: str) -> None:
    recorded = (shared_fixtures() / "stash" / "stdin" / name).read_bytes()
    document = recorded.replace(b'"/root/.stash"', json.dumps(str(config)).encode())
    assert run_plugin(document).code == 0
    [kept] = inbox_of(config)
    assert kept.read_bytes() == document
    wants = read_call(kept.read_bytes()).wants
    raw = json.loads(recorded)["args"]["hookContext"]
    assert isinstance(wants, HookEvent)
    assert f"{wants.kind}.{wants.action}.Post" == raw["type"]
    assert wants.id == raw["id"]


def test_sixty_hooks_at_once_leave_sixty_events(config: Path) -> None:
    documents = [hook_document(config, scene_id) for scene_id in range(1, 61)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(run_plugin, documents))
    assert [one.code for one in answers] == [0] * 60
    kept = [read_call(path.read_bytes()).wants for path in inbox_of(config)]
    assert sorted(one.id for one in kept if isinstance(one, HookEvent)) == list(range(1, 61))


@pytest.mark.parametrize(
    "given",
    [None, {}, [], [{"id": "1"}], {"cover_image": "data:image/jpeg;base64," + "A" * 3_000_000}],
)
def test_any_input_is_kept(config: Path, given: object) -> None:
    document = hook_document(config, given=given)
    assert run_plugin(document).code == 0
    [kept] = inbox_of(config)
    assert kept.stat().st_size == len(document)


@pytest.mark.parametrize("kind", ["Image.Update.Post", "Nobody.Knows.This", ""])
def test_an_unknown_kind_of_hook_is_kept_too(config: Path, kind: str) -> None:
    assert run_plugin(hook_document(config, kind=kind)).code == 0
    assert len(inbox_of(config)) == 1


def test_an_event_that_is_cut_short_is_kept_for_a_person_to_see(config: Path) -> None:
    assert run_plugin(hook_document(config)[:-20]).code == 0
    assert len(inbox_of(config)) == 1


def test_a_null_cookie_is_normal(config: Path) -> None:
    raw = json.loads(hook_document(config))
    raw["server_connection"]["SessionCookie"] = None
    assert run_plugin(json.dumps(raw).encode()).code == 0
    [kept] = inbox_of(config)
    assert read_call(kept.read_bytes()).connection.cookie is None


def test_an_event_whose_connection_comes_last_is_kept_all_the_same(config: Path) -> None:
    """Stash writes it first; the dearer way parses whatever has another shape."""
    raw = json.loads(hook_document(config, given={"details": "x" * 100_000}))
    swapped = {"args": raw["args"], "server_connection": raw["server_connection"]}
    assert run_plugin(json.dumps(swapped).encode()).code == 0
    assert len(inbox_of(config)) == 1


def test_it_runs_from_a_folder_with_a_space_and_a_letter_beyond_ascii(
    config: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "plügin folder"
    elsewhere.mkdir()
    for name in ("plugin", "worker", "mirror", "plex", "stash", "sync_queue"):
        shutil.copytree(PLUGIN / name, elsewhere / name)
    for name in ("PlexSync.py", "PlexSync.yml", "errors.py", "sqlite_file.py"):
        shutil.copy(PLUGIN / name, elsewhere / name)
    answer = run_plugin(hook_document(config), plugin=elsewhere, cwd=tmp_path)
    assert (answer.code, answer.stderr) == (0, b"")
    assert len(inbox_of(config)) == 1


def test_a_hook_imports_built_in_modules_and_two_of_ours(config: Path) -> None:
    """`json` alone costs as much as the whole hook."""
    bare = _imports_of("-c", "pass", document=b"")
    ours = _imports_of(str(PLUGIN / "PlexSync.py"), document=hook_document(config))
    mine = {"sync_queue", "sync_queue.inbox", "sync_queue.host"}
    # `_json` alone, without `json`: the folder of this test is written with escapes.
    assert ours - bare <= {*mine, "fcntl", "msvcrt", "posix", "time", "_json"}


def _imports_of(*arguments: str, document: bytes) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", *arguments],
        input=document,
        capture_output=True,
        check=True,
    )
    lines = done.stderr.decode().splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


@WITH_MODES
def test_the_first_use_makes_the_data_folder_for_its_owner_alone(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "plugin-data").mkdir(mode=0o700)
    answer = _run_without_worker(config)
    assert answer == 0
    data = config / "plugin-data" / "PlexSync"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "inbox").stat().st_mode) == 0o700


def _run_without_worker(config: Path) -> int:
    """A fresh start ticket stands for a worker that somebody else is starting."""
    data = config / "plugin-data" / "PlexSync"
    data.mkdir(mode=0o700)
    (data / "worker.start").touch()
    return run_plugin(hook_document(config)).code


def test_an_event_that_cannot_be_written_ends_with_words_and_a_code(config: Path) -> None:
    """A full disk shows as an error of the write; a folder in place of the inbox does as well."""
    inbox = config / "plugin-data" / "PlexSync" / "inbox"
    inbox.rmdir()
    inbox.write_text("a file where a folder should be")
    answer = run_plugin(hook_document(config))
    assert answer.code != 0
    assert "could not keep this event" in str(answer.reply["error"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_failed_write_leaves_nothing_half_written(tmp_path: Path) -> None:
    """RLIMIT_FSIZE makes the write fail in the middle, as a full disk does."""
    config = tmp_path / "config"
    data = config / "plugin-data" / "PlexSync"
    (data / "inbox").mkdir(parents=True)
    (data / "worker.start").touch()
    limited = (
        "import resource, signal, sys, runpy; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        f"sys.argv = [{str(PLUGIN / 'PlexSync.py')!r}];"
        f"runpy.run_path({str(PLUGIN / 'PlexSync.py')!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited],
        input=hook_document(config, given={"details": "x" * 5000}),
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert b"could not keep this event" in done.stdout
    assert list((data / "inbox").iterdir()) == []


def test_an_event_is_kept_though_no_worker_can_be_started_and_that_is_said(tmp_path: Path) -> None:
    """Exit 0: the event is safe; what is wrong goes to Stash's log."""
    data = tmp_path / "plugin-data" / "PlexSync"
    (data / "inbox").mkdir(parents=True)
    (data / "worker.lock").mkdir()  # a lock that cannot be opened
    answer = run_plugin(hook_document(tmp_path))
    assert (answer.code, answer.reply) == (0, {"output": "kept"})
    assert answer.stderr.startswith(b"\x01e\x02PlexSync kept the event but cannot start its worker")
    assert len(inbox_of(tmp_path)) == 1
