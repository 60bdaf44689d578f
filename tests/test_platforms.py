"""The lock and the detached start, on platforms that this machine is not.

A process of its own pretends the platform: the modules that only Windows has are stood in for by
ones that note what they were asked.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

WINDOWS = r"""
import fcntl, os, posix, sys, types
calls = []

def locking(handle, mode, count):
    calls.append((mode, count, os.lseek(handle, 0, os.SEEK_CUR)))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise PermissionError(13, "Permission denied") from error

class Popen:
    pid = 7
    def __init__(self, arguments, **options):
        calls.append((arguments, options))

sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
nt = types.ModuleType("nt")
for name in dir(posix):
    if "spawn" not in name.lower():
        setattr(nt, name, getattr(posix, name))
nt.O_BINARY = 0
sys.modules["nt"] = nt
sys.modules["subprocess"] = types.SimpleNamespace(
    Popen=Popen, DEVNULL=-3, CREATE_NO_WINDOW=1, DETACHED_PROCESS=2, CREATE_NEW_PROCESS_GROUP=4
)
sys.platform = "win32"
sys.path.insert(0, sys.argv[1])
folder = sys.argv[2]
from sync_queue import host, inbox
"""

MACOS = r"""
import posix, sys
sys.platform = "darwin"
sys.path.insert(0, sys.argv[1])
folder = sys.argv[2]
from sync_queue import host, inbox
"""

WITHOUT_SETSID = r"""
import posix, sys
def refuse(*_args, **_options):
    raise NotImplementedError("setsid")
posix.posix_spawn = refuse
sys.path.insert(0, sys.argv[1])
folder = sys.argv[2]
from sync_queue import host, inbox
"""

LOCKS = r"""
path = folder + "/lock"
assert not host.is_held(path)
handle = host.hold(path)
assert handle is not None
assert host.is_held(path)
assert host.hold(path) is None
host.let_go(handle)
assert not host.is_held(path)
"""

KEEPS = r"""
import json
config = folder + "/config"
import os
os.mkdir(config)
data = inbox.data_folder(config, folder)
assert data == config + "/plugin-data/PlexSync", data
name = inbox.keep(data, b'{"kept": true}')
assert json.load(open(data + "/inbox/" + name)) == {"kept": True}
"""


def run(script: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(ROOT), str(folder)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pretends the others from a POSIX system")
@pytest.mark.parametrize(
    "platform", [WINDOWS, MACOS, WITHOUT_SETSID], ids=["windows", "macos", "musl"]
)
@pytest.mark.parametrize("what", [LOCKS, KEEPS], ids=["locks", "keeps"])
def test_locks_and_the_inbox_work_alike(platform: str, what: str, tmp_path: Path) -> None:
    run(platform + what, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="pretends Windows from a POSIX system")
def test_on_windows_the_first_byte_is_locked_without_waiting(tmp_path: Path) -> None:
    """`filelock` locks the same byte with the same call."""
    run(WINDOWS + LOCKS + "assert set(calls) == {(2, 1, 0)}, calls", tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="pretends Windows from a POSIX system")
def test_on_windows_a_worker_is_started_detached_and_without_a_window(tmp_path: Path) -> None:
    run(
        WINDOWS
        + """
assert host.start_detached(["python", "PlexSync.py"], folder + "/log") == 7
[(arguments, options)] = calls
assert arguments == ["python", "PlexSync.py"]
assert options["creationflags"] == 1 | 2 | 4
assert options["close_fds"] and not options["start_new_session"]
assert options["stdin"] == options["stdout"] == -3
assert options["stderr"].name == folder + "/log"
""",
        tmp_path,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="pretends a C library from a POSIX system")
@pytest.mark.parametrize("platform", [MACOS, WITHOUT_SETSID], ids=["macos", "musl"])
def test_elsewhere_a_worker_gets_a_session_of_its_own(platform: str, tmp_path: Path) -> None:
    script = (
        platform
        + """
import os, time
program = "import os, sys; open(sys.argv[1], 'w').write(f'{os.getsid(0)} {os.getpid()}')"
note = folder + "/note"
host.start_detached([sys.executable, "-c", program, note], folder + "/log")
for _ in range(1000):
    if os.path.exists(note) and os.path.getsize(note):
        break
    time.sleep(0.01)
session, pid = open(note).read().split()
assert session == pid
"""
    )
    run(script, tmp_path)
