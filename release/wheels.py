"""The dependencies of a release: which versions, where they come from, what is taken of them.

`vendored.txt` names each with the one hash that is accepted. Only wheels for any Python and any
machine are, so that one zip serves them all; a wheel with compiled code would serve one.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

from release.contents import ROOT

LOCK = ROOT / "release" / "vendored.txt"
WHEELS = ROOT / "build" / "wheels"
OLDEST_PYTHON = "3.10"
HEADER = """\
# What a release carries in vendor/. Written by `make vendor` from requirements.txt; not by hand.
"""
_ANY_MACHINE = (
    "--only-binary=:all:",
    "--platform=any",
    "--implementation=py",
    "--abi=none",
    f"--python-version={OLDEST_PYTHON}",
)
_PIN = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+) --hash=sha256:(?P<digest>[0-9a-f]{64})$"
)
_LICENCE_FILE = re.compile(r"[^/]+\.dist-info/(licenses/)?(LICEN[CS]E|NOTICE|COPYING|AUTHORS)[^/]*")
# Tests, and what urllib3 needs inside a browser alone.
_LEFT_OUT = re.compile(r"\.dist-info/|/tests/|^urllib3/contrib/emscripten/")
_CODE_SUFFIXES = frozenset({".py", ".pyi", ".typed", ".pem"})


class WheelError(Exception):
    """A dependency cannot be vendored as it is."""


@dataclass(frozen=True)
class Pin:
    """One line of the lock."""

    name: str
    version: str
    digest: str  # SHA-256 of the wheel, in hexadecimal

    def __str__(self) -> str:
        """As pip reads it."""
        return f"{self.name}=={self.version} --hash=sha256:{self.digest}"


@dataclass(frozen=True)
class Vendored:
    """What a release takes of one wheel."""

    pin: Pin
    licence: str  # as the package names it
    needs: tuple[str, ...]  # names of packages
    files: dict[str, bytes]  # path below vendor/ -> bytes
    licence_texts: dict[str, str]  # name of the file -> text


def read_lock(path: Path = LOCK) -> list[Pin]:
    """All pins, in the order of their names."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pins = [_read_pin(line) for line in lines if line and not line.startswith("#")]
    return sorted(pins, key=lambda pin: pin.name)


def _read_pin(line: str) -> Pin:
    found = _PIN.match(line)
    if found is None:
        raise WheelError(f"not a pin with one hash: {line!r}; run `make vendor`")
    return Pin(**found.groupdict())


def write_lock(folder: Path, path: Path = LOCK) -> list[Pin]:
    """Take the newest versions that requirements.txt allows, and pin what came.

    Args:
        folder: Where the wheels go; those of other versions must not be in it.
        path: The lock.
    """
    _download(folder, "--requirement", str(ROOT / "requirements.txt"))
    pins = sorted((_pin_of(wheel) for wheel in folder.glob("*.whl")), key=lambda pin: pin.name)
    path.write_text(HEADER + "".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    return pins


def fetch(folder: Path = WHEELS, lock: Path = LOCK) -> list[Vendored]:
    """What the lock names; asks the network only for what `folder` does not have."""
    pins = read_lock(lock)
    if not {pin.digest for pin in pins} <= _wheels(folder).keys():
        folder.mkdir(parents=True, exist_ok=True)
        _download(folder, "--require-hashes", "--no-deps", "--requirement", str(lock))
    wheels = _wheels(folder)
    missing = [str(pin) for pin in pins if pin.digest not in wheels]
    if missing:
        raise WheelError(f"no wheel has the hash of {', '.join(missing)}")
    vendored = [read_wheel(pin, wheels[pin.digest]) for pin in pins]
    _check_complete(vendored)
    return vendored


def read_wheel(pin: Pin, path: Path) -> Vendored:
    """What a release takes of a wheel: its modules and licences, no tests and no commands."""
    with zipfile.ZipFile(path) as wheel:
        names = sorted(name for name in wheel.namelist() if not name.endswith("/"))
        metadata = _metadata(wheel, names)
        modules = [name for name in names if not _LEFT_OUT.search(name)]
        _check_pure(pin, path, modules)
        licences = [name for name in names if _LICENCE_FILE.fullmatch(name)]
        if not licences:
            raise WheelError(f"{pin.name} {pin.version} comes without the text of its licence")
        return Vendored(
            pin=pin,
            licence=metadata["License-Expression"] or metadata["License"] or "see its text",
            needs=tuple(_needs(metadata.get_all("Requires-Dist", []))),
            files={name: wheel.read(name) for name in modules},
            licence_texts={Path(name).name: wheel.read(name).decode() for name in licences},
        )


def _metadata(wheel: zipfile.ZipFile, names: Iterable[str]) -> Message:
    [name] = [name for name in names if name.endswith(".dist-info/METADATA")]
    return Parser().parsestr(wheel.read(name).decode())


def _needs(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        requirement, _, marker = line.partition(";")
        if "extra" in marker:
            continue
        # A marker may be true on one Python and false on another: then it is vendored for all.
        yield normal(re.split(r"[^A-Za-z0-9._-]", requirement.strip())[0])


def _check_pure(pin: Pin, path: Path, modules: Iterable[str]) -> None:
    if not path.name.endswith("-none-any.whl"):
        raise WheelError(f"{path.name} is not for every machine")
    odd = [name for name in modules if Path(name).suffix not in _CODE_SUFFIXES]
    if odd:
        # A file in `.yml` would be a plugin to Stash, a `.so` would serve one machine.
        raise WheelError(
            f"{pin.name} {pin.version} holds {', '.join(odd)}: look whether to ship it"
        )


def _check_complete(vendored: Iterable[Vendored]) -> None:
    known = {one.pin.name for one in vendored}
    missing = {need for one in vendored for need in one.needs} - known
    if missing:
        raise WheelError(
            f"{', '.join(sorted(missing))} is needed and not pinned; run `make vendor`"
        )


def _download(folder: Path, *what: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder)]
    subprocess.run([*command, *_ANY_MACHINE, *what], check=True)


def _wheels(folder: Path) -> dict[str, Path]:
    return {_digest(path): path for path in sorted(folder.glob("*.whl"))}


def _pin_of(wheel: Path) -> Pin:
    name, version = wheel.name.split("-")[:2]
    return Pin(normal(name), version, _digest(wheel))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def normal(name: str) -> str:
    """A package's name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
