"""What Stash writes to a plugin's standard input, read once into frozen facts.

The same document is what an inbox file holds: an event of a hook, or a command that a task, an
operation or the page asked for. Shapes are those of `internal/plugin` in Stash v0.30 as recorded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from errors import BadCallError

_ANY_ADDRESS = {"", "0.0.0.0"}  # noqa: S104 - what Stash listens on, not what we bind
MANY_IDS = 100_000
LONGEST_WORD = 10_000
# What a page may say besides, and each mode takes what it knows of it.
WORDS = (
    "what",
    "do",
    "step",
    "on",
    "rating_key",
    "url",
    "path",
    "mapping",
    "code",
    "about",
    "page",
    "mask",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to reach the Stash that called us.

    Attributes:
        url: Scheme, host and port without a trailing slash. Stash names the address it listens
            on; "every address" becomes loopback.
        cookie: Name and value of the session cookie; None when Stash needs no login.
        config_folder: The folder of Stash's configuration, maybe relative to Stash's own cwd.
    """

    url: str
    cookie: tuple[str, str] | None = field(default=None, repr=False)
    config_folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookEvent:
    """One `hookContext`: what happened to which object.

    `input` is left unread but for what a destroyed or merged object leaves behind: values come
    from a fresh read of the scene.

    Attributes:
        kind: "Scene", "Performer", "Studio", "Tag", "Group", or any other word of Stash.
        action: "Create", "Update", "Merge", "Destroy", or any other word.
        id: The object's id; the target's for a merge.
        sources: Ids that a merge did away with.
        is_a_persons: Somebody asked for the change; False for what a scan found.
    """

    kind: str
    action: str
    id: int
    sources: tuple[int, ...] = ()
    is_a_persons: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a task or an operation asks for.

    Attributes:
        mode: The word that chooses what to do.
        ids: Scene ids, for modes that take them.
        run: The run that this command belongs to; empty when nobody watches.
        of: What the mode speaks of: the id of a run that is to be undone, or "last" or "all".
        words: What else was said, as text: see `WORDS`.
        token: For "set_token" alone, and never written anywhere by this module.
    """

    mode: str
    ids: tuple[int, ...] = ()
    run: str = ""
    of: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default="", repr=False)

    def word(self, name: str) -> str:
        """One of the words, "" if it was not said."""
        return self.words.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One document from Stash: how to reach it, and what it wants."""

    connection: Connection
    wants: HookEvent | Command


def read_call(document: bytes) -> Call:
    """Read one document.

    Raises:
        BadCallError: Empty, no JSON, no object, or without anything that we understand.
    """
    if not document.strip():
        raise BadCallError(
            "standard input is empty", remedy="this program is started by Stash; see --help"
        )
    try:
        outer = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise BadCallError(f"standard input is no JSON: {type(error).__name__}") from error
    if not isinstance(outer, dict):
        raise BadCallError(f"standard input is a JSON {type(outer).__name__}, not an object")
    arguments = outer.get("args")
    if not isinstance(arguments, dict):
        raise BadCallError('the call has no "args" object')
    context = arguments.get("hookContext")
    wants = _read_event(context) if context is not None else _read_command(arguments)
    return Call(connection=_read_connection(outer.get("server_connection")), wants=wants)


def write_call(connection: Connection, command: Command) -> bytes:
    """A document that `read_call` reads, for a command of our own."""
    parts = urlsplit(connection.url)
    cookie = None
    if connection.cookie:
        cookie = {"Name": connection.cookie[0], "Value": connection.cookie[1]}
    server = {
        "Scheme": parts.scheme,
        "Host": parts.hostname,
        "Port": parts.port,
        "SessionCookie": cookie,
        "Dir": connection.config_folder,
    }
    arguments = {
        "mode": command.mode,
        "ids": list(command.ids),
        "run": command.run,
        "of": command.of,
        **command.words,
    }
    return json.dumps({"server_connection": server, "args": arguments}).encode("ascii")


def _read_connection(raw: object) -> Connection:
    if not isinstance(raw, dict):
        raise BadCallError('the call has no "server_connection" object')
    host = str(raw.get("Host") or "")
    if host in _ANY_ADDRESS:
        host = "127.0.0.1"
    elif host in {"::", "[::]"}:
        host = "[::1]"
    elif ":" in host and not host.startswith("["):
        host = f"[{host}]"
    scheme = "https" if raw.get("Scheme") == "https" else "http"
    cookie = raw.get("SessionCookie")
    pair = None
    if isinstance(cookie, dict) and cookie.get("Value"):
        pair = (str(cookie.get("Name") or "session"), str(cookie["Value"]))
    return Connection(
        url=f"{scheme}://{host}:{_read_id(raw.get('Port'), 'Port')}",
        cookie=pair,
        config_folder=str(raw.get("Dir") or ""),
    )


def _read_event(context: object) -> HookEvent:
    if not isinstance(context, dict):
        raise BadCallError('"hookContext" is no object')
    kind, _, rest = str(context.get("type") or "").partition(".")
    merged = context.get("input")
    sources = merged.get("source") if isinstance(merged, dict) and "Merge" in rest else None
    return HookEvent(
        kind=kind,
        action=rest.partition(".")[0],
        id=_read_id(context.get("id"), "hookContext.id"),
        sources=_read_ids(sources or (), "hookContext.input.source"),
        is_a_persons=merged is not None,
    )


def _read_command(arguments: Mapping[str, Any]) -> Command:
    mode = arguments.get("mode")
    if not isinstance(mode, str) or not mode:
        raise BadCallError('the call names no "mode"')
    return Command(
        mode=mode,
        ids=_read_ids(arguments.get("ids") or (), "ids"),
        run=_read_word(arguments.get("run") or arguments.get("id"), "id"),
        of=_read_word(arguments.get("of"), "of"),
        words={name: _read_text(arguments[name], name) for name in WORDS if name in arguments},
        token=_read_text(arguments.get("token") or "", "token"),
    )


def _read_text(raw: object, name: str) -> str:
    """What a page says in words, numbers or switches, as text."""
    if isinstance(raw, bool):
        return "true" if raw else ""
    if isinstance(raw, int | str) and len(str(raw)) <= LONGEST_WORD:
        return str(raw).strip()
    raise BadCallError(f'"{name}" is neither text nor a number')


def _read_word(raw: object, name: str) -> str:
    """A name of ours that may become part of a file's name."""
    text = str(raw or "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,100}", text):
        raise BadCallError(f'"{name}" is no run: {text[:40]!r}')
    return text


def _read_ids(raw: object, name: str) -> tuple[int, ...]:
    if isinstance(raw, str | int):
        raw = str(raw).replace(",", " ").split()  # a task's arguments arrive as text
    if not isinstance(raw, list | tuple) or len(raw) > MANY_IDS:
        raise BadCallError(f'"{name}" is no list of at most {MANY_IDS} ids')
    return tuple(_read_id(one, name) for one in raw)


def _read_id(raw: object, name: str) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 2**63:
        return raw
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 19:
        return int(raw)
    raise BadCallError(f'"{name}" is no id: {str(raw)[:40]!r}')
