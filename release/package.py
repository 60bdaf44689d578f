"""The zip that Stash unpacks into its plugins' folder, and the index that offers it.

The same commit gives the same bytes on every machine: names are sorted, every time is the
commit's, permissions are fixed. Nothing is compressed, because another zlib makes other bytes of
the same file.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from release.contents import ROOT, committed_files, edited_files, is_edited, time_of
from release.wheels import Vendored, fetch

PLUGIN_ID = "PlexSync"
LICENCES = "LICENSES-OF-DEPENDENCIES.txt"
_RULE = "=" * 80


class ReleaseError(Exception):
    """No release can be made of what is there."""


@dataclass(frozen=True)
class Package:
    """One release."""

    name: str  # of the zip
    content: bytes
    index: str


def build(root: Path = ROOT, *, commit: str | None = "HEAD") -> Package:
    """Make a release.

    Args:
        root: A checkout of the project.
        commit: What to take the plugin from; None is the working tree as it is edited.

    Raises:
        ReleaseError: The working tree differs from the commit, so that one of them is not meant.
    """
    if commit is None:
        files = edited_files(root)
    elif is_edited(root):
        raise ReleaseError(
            "files that a release is made of are not committed; commit or stash them first"
        )
    else:
        files = committed_files(root, commit)
    return package(files, fetch(), moment=time_of(root, commit or "HEAD"))


def version_in(root: Path = ROOT) -> str:
    """The version that the manifest names: the one place where it stands."""
    return _value((root / f"{PLUGIN_ID}.yml").read_text(encoding="utf-8"), "version")


def package(
    files: Mapping[str, bytes], vendored: Iterable[Vendored], *, moment: datetime
) -> Package:
    """Put the plugin and its dependencies together.

    Args:
        files: The plugin's own: path -> bytes.
        vendored: Its dependencies.
        moment: What stands for the time of everything; UTC.
    """
    vendored = list(vendored)
    manifest = files[f"{PLUGIN_ID}.yml"].decode()
    version = _value(manifest, "version")
    everything = dict(files)
    everything[LICENCES] = licences(vendored).encode()
    for one in vendored:
        everything.update({f"vendor/{name}": content for name, content in one.files.items()})
    content = _zip(everything, moment)
    name = f"{PLUGIN_ID}-{version}.zip"
    return Package(name, content, _index(manifest, name, content, moment))


def licences(vendored: Iterable[Vendored]) -> str:
    """What is carried along, under which terms, and the terms themselves."""
    vendored = list(vendored)
    lines = ["PlexSync itself is under the terms of LICENSE. In vendor/ it carries these packages,"]
    lines += [
        "unchanged but for what is not needed here, such as their tests, each under its own terms:",
        "",
    ]
    for one in vendored:
        lines.append(f"{one.pin.name} {one.pin.version}: {one.licence}")
        lines.append(f"    wheel's SHA-256 {one.pin.digest}")
    for one in vendored:
        for name, text in one.licence_texts.items():
            lines += ["", _RULE, f"{one.pin.name} {one.pin.version}: {name}", _RULE, text.rstrip()]
    return "\n".join(lines) + "\n"


def _zip(files: Mapping[str, bytes], moment: datetime) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.create_system = 3  # Unix, wherever it is made; else permissions would be lost
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return written.getvalue()


def _index(manifest: str, name: str, content: bytes, moment: datetime) -> str:
    """What Stash reads of a plugin source; a later date is what it calls an update."""
    facts = {
        "name": _value(manifest, "name"),
        "version": _value(manifest, "version"),
        "date": f"{moment:%Y-%m-%d %H:%M:%S}",
        "path": name,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    lines = [f"- id: {PLUGIN_ID}"]
    lines += [f"  {key}: {json.dumps(value)}" for key, value in facts.items()]
    lines += ["  metadata:", f"    description: {json.dumps(_value(manifest, 'description'))}"]
    return "\n".join(lines) + "\n"


def _value(manifest: str, key: str) -> str:
    found = re.search(rf"^{key}: *[\"']?(.+?)[\"']? *$", manifest, re.MULTILINE)
    if found is None:
        raise ReleaseError(f"{PLUGIN_ID}.yml names no {key}")
    return found.group(1)
