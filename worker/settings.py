"""The settings: one table, read from Stash's map into frozen choices.

Stash knows STRING, NUMBER and BOOLEAN without defaults, and shows an unset boolean as off: every
boolean is worded so that off is the default. A bad value is named, its default used, and the rest
stays in force.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from mirror.paths import PathMapping, parse_mappings
from mirror.policy import Policy

DEFAULT_PORT = 32400


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of Stash's settings page."""

    key: str
    type: str  # "STRING", "NUMBER" or "BOOLEAN"
    name: str
    description: str


SETTINGS = (
    Setting(
        key="plexUrl",
        type="STRING",
        name="Plex address",
        description="Such as http://192.168.1.5:32400",
    ),
    Setting(
        key="plexToken",
        type="STRING",
        name="Plex token",
        description="The X-Plex-Token of the server's owner. Every user of Stash can read it here.",
    ),
    Setting(
        key="plexLibraries",
        type="STRING",
        name="Plex libraries",
        description="Names separated by ;  Empty: every library of movies or other videos. "
        "Show libraries only by name.",
    ),
    Setting(
        key="pathMappings",
        type="STRING",
        name="Path mappings",
        description="/folder/in/stash => /folder/in/plex, several separated by ;  "
        "Empty: both see the same paths.",
    ),
    Setting(
        key="syncRatings",
        type="BOOLEAN",
        name="Sync ratings",
        description="Stash's rating becomes the rating of the token's Plex user.",
    ),
    Setting(
        key="noPictures",
        type="BOOLEAN",
        name="No pictures",
        description="Leave Plex's posters alone instead of sending Stash's covers.",
    ),
    Setting(
        key="keepPlexEdits",
        type="BOOLEAN",
        name="Keep edits made in Plex",
        description="What a person changed in Plex wins. Off: Stash wins.",
    ),
)

# The older plugin with the same id stores its address in these two; they are only read.
_OLD_HOST, _OLD_PORT = "plexHost", "plexPort"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a person chose, with defaults where nothing was stored.

    Attributes:
        plex_url: Without a trailing slash; "" when there is none.
        plex_token: "" when there is none.
        libraries: Names or keys; empty means every library of type movie.
        complaints: One sentence for each value that could not be used.
    """

    plex_url: str = ""
    plex_token: str = field(default="", repr=False)
    libraries: tuple[str, ...] = ()
    mapping: PathMapping = field(default_factory=lambda: PathMapping(()))
    policy: Policy = field(default_factory=Policy)
    complaints: tuple[str, ...] = ()


def read_settings(stored: Mapping[str, object]) -> Settings:
    """The settings that Stash's map `stored` amounts to; never fails."""
    complaints: list[str] = []
    mapping, bad_pairs = parse_mappings(_text(stored, "pathMappings", complaints))
    complaints += [f"setting pathMappings: {one}" for one in bad_pairs]
    libraries = _text(stored, "plexLibraries", complaints).split(";")
    return Settings(
        plex_url=_url(stored, complaints),
        plex_token=_token(stored, complaints),
        libraries=tuple(name.strip() for name in libraries if name.strip()),
        mapping=mapping,
        policy=Policy(
            sync_ratings=_flag(stored, "syncRatings", complaints),
            pictures=not _flag(stored, "noPictures", complaints),
            keep_plex_edits=_flag(stored, "keepPlexEdits", complaints),
        ),
        complaints=tuple(complaints),
    )


def content_print(settings: Settings) -> str:
    """A text that changes when a changed setting asks for a comparison of every scene."""
    choices = (settings.libraries, settings.mapping, settings.policy)
    return hashlib.sha256(repr(choices).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _url(stored: Mapping[str, object], complaints: list[str]) -> str:
    key, text = "plexUrl", _text(stored, "plexUrl", complaints)
    if not text and stored.get(_OLD_HOST):
        key, text = _OLD_HOST, _old_address(stored)
    if not text:
        return ""
    try:
        return _normal_url(text)
    except ValueError:
        complaints.append(
            f"setting {key}: {text!r} is no address; write http://host:{DEFAULT_PORT}"
        )
        return ""


def _old_address(stored: Mapping[str, object]) -> str:
    host = str(stored.get(_OLD_HOST)).strip().rstrip("/")
    port = str(stored.get(_OLD_PORT) or DEFAULT_PORT).strip()
    bare = host.partition("://")[2] or host
    return host if re.search(r":\d+$", bare) else f"{host}:{port}"


def _normal_url(text: str) -> str:
    """Scheme, host and port of what a person typed or copied.

    Raises:
        ValueError: It is no address, or it carries a password.
    """
    typed_scheme = "://" in text
    parts = urlsplit(text if typed_scheme else f"http://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(text)
    if re.search(r"\s", text):
        raise ValueError(text)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or (None if typed_scheme else DEFAULT_PORT)
    path = "" if parts.path.startswith("/web") else parts.path.rstrip("/")
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}"


def _token(stored: Mapping[str, object], complaints: list[str]) -> str:
    text = _text(stored, "plexToken", complaints)
    if text and not re.fullmatch(r"[!-~]+", text):
        complaints.append("setting plexToken: it holds characters that no token has; copy it again")
        return ""
    return text


def _text(stored: Mapping[str, object], key: str, complaints: list[str]) -> str:
    value = stored.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    complaints.append(f"setting {key}: {type(value).__name__} instead of text, taken as empty")
    return ""


def _flag(stored: Mapping[str, object], key: str, complaints: list[str]) -> bool:
    value = stored.get(key)
    if value is None or isinstance(value, bool):
        return bool(value)
    complaints.append(f"setting {key}: {value!r} is neither on nor off, taken as off")
    return False
