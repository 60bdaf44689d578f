"""`python -m release`: builds a release, pins its dependencies, checks what is published."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from release.contents import ROOT
from release.package import ReleaseError, build, version_in
from release.secret_scan import find_secrets
from release.wheels import WHEELS, WheelError, write_lock

DIST = ROOT / "dist"


def build_release(chosen: argparse.Namespace) -> int:
    """Write the zip and the index."""
    made = build(commit=None if chosen.edited else "HEAD")
    target: Path = chosen.to
    target.mkdir(parents=True, exist_ok=True)
    (target / made.name).write_bytes(made.content)
    (target / "index.yml").write_text(made.index, encoding="utf-8", newline="\n")
    print(f"{target / made.name}: {len(made.content):,} bytes\n{made.index}", end="")
    return 0


def pin_dependencies(_chosen: argparse.Namespace) -> int:
    """Choose the newest dependencies anew."""
    shutil.rmtree(WHEELS, ignore_errors=True)  # what is there would be pinned again
    for pin in write_lock(WHEELS):
        print(f"{pin.name} {pin.version}")
    return 0


def check_tag(chosen: argparse.Namespace) -> int:
    """Refuse a tag that names another version than the manifest."""
    version = version_in()
    if chosen.tag == f"v{version}":
        return 0
    print(f"PlexSync.yml is of version {version}: the tag must be v{version}, not {chosen.tag}")
    return 1


def scan_for_secrets(_chosen: argparse.Namespace) -> int:
    """Refuse files that hold what looks like a key or a token."""
    found = find_secrets(ROOT)
    for line in found:
        print(line)
    return 1 if found else 0


def main() -> int:
    """Do what the command line says; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    commands = parser.add_subparsers(required=True)
    building = commands.add_parser("build", help="write the zip and the index of a plugin source")
    building.add_argument("--to", type=Path, default=DIST, help="the folder; dist/ by default")
    building.add_argument("--edited", action="store_true", help="take files as they are edited")
    building.set_defaults(act=build_release)
    commands.add_parser("pin", help="pin the newest dependencies").set_defaults(
        act=pin_dependencies
    )
    checking = commands.add_parser("check-tag", help="compare a tag with the version")
    checking.add_argument("tag")
    checking.set_defaults(act=check_tag)
    commands.add_parser("secrets", help="look for keys and tokens in the files").set_defaults(
        act=scan_for_secrets
    )
    chosen = parser.parse_args()
    try:
        return int(chosen.act(chosen))
    except (ReleaseError, WheelError) as error:
        print(f"no release: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
