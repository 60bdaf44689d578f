"""The settings with the values that are in force, also where Stash stores none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mirror.view import read_meta
from stash.call import Command
from worker.known import SETTINGS as KNOWN
from worker.path_note import DETECTED
from worker.settings import Settings, read_settings
from worker.settings_table import GROUPS, Setting
from worker.token_file import has_token

TOKEN_TEXTS = {
    "setting": "set here",
    "file": "set on PlexSync's own page",
    "missing": "missing",
}


def read_settings_view(folder: Path | None, _command: Command) -> dict[str, object]:
    """Every setting as a person reads it; the token's text is in no answer.

    Args:
        folder: The data folder; None before the first use.
    """
    known = json.loads((read_meta(folder / "ledger.db", KNOWN) if folder else None) or "{}")
    stored: Mapping[str, object] = known.get("stored", {})
    settings = read_settings(stored)
    source = "missing"
    if known.get("has_token"):
        source = "setting"
    elif folder and has_token(folder):
        source = "file"
    effective = {
        "plexUrl": settings.plex_url,
        "plexCertificate": "unchecked" if not settings.trust.is_checked else "",
        "plexToken": TOKEN_TEXTS[source],
        "plexLibraries": "; ".join(settings.libraries),
        "pathMappings": _mapping(settings, folder),
    }
    complaints = _by_key(settings.complaints)
    return {
        "settings": [
            {
                "key": one.key,
                "group": group,
                "type": one.type,
                "name": one.name,
                "description": one.description,
                "default": one.default,
                "effective": effective.get(one.key)
                or _effective(one, stored, is_bad=one.key in complaints),
                "complaint": complaints.get(one.key, ""),
            }
            for group, table in GROUPS.items()
            for one in table
        ],
        "token_is": source,
        "plex_url": settings.plex_url,
    }


def _effective(setting: Setting, stored: Mapping[str, object], *, is_bad: bool) -> str:
    value = stored.get(setting.key)
    if is_bad or value in (None, "", False, 0):
        return setting.default
    if setting.type == "BOOLEAN":
        return "on"
    return f"{value} minutes" if setting.type == "NUMBER" else str(value).strip()


def _mapping(settings: Settings, folder: Path | None) -> str:
    pairs = settings.mapping.pairs
    if pairs or folder is None:
        return "; ".join(f"{stash} => {plex}" for stash, plex in pairs)
    kept = json.loads(read_meta(folder / "ledger.db", DETECTED) or "{}")
    if not kept.get("is_used"):
        return ""
    told = "; ".join(f"{stash} => {plex}" for stash, plex in kept["pairs"])
    return f"{told} (detected)" if told else ""


def _by_key(complaints: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in complaints:
        key, _, what = text.removeprefix("setting ").partition(": ")
        found[key] = f"{found[key]}; {what}" if key in found else what
    return found
