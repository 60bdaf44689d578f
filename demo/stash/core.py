"""Everything of the stand-in but HTTP: data, log, plugins, jobs, sessions, switches."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.stash.jobs import JobQueue
from demo.stash.journal import Journal
from demo.stash.plugins import Plugins
from demo.stash.sessions import COOKIE, Credentials, Sessions
from demo.stash.store import Store


@dataclass(slots=True)
class Faults:
    """Switches that make Stash misbehave; the browser of `StashServer.graphql` is spared.

    Attributes:
        down: Connections are accepted and closed.
        status: Every `/graphql` answers with it.
        locked: `/graphql` answers 200 with "database is locked".
        delay_seconds: How much later every answer comes.
        hangs: No answer comes as long as this is set, or until the asker goes.
        cuts_pictures: Only half of a picture comes before the connection is closed.
        refuse_cookies: No session cookie is good any more.
    """

    down: bool = False
    status: int | None = None
    locked: bool = False
    delay_seconds: float = 0.0
    hangs: bool = False
    cuts_pictures: bool = False
    refuse_cookies: bool = False


class Core:
    """One Stash.

    Attributes:
        port: The port it listens on; 0 before the first start.
        hook_host: What `server_connection.Host` says; Stash writes its listen address there.
        send_null_cookie: Calls bring `"SessionCookie": null`.
        relative_plugin_dir: `PluginDir` is relative to the working directory.
        external_host: Address in `paths.screenshot` and its like instead of the asker's.
        page_folder: Where the page for browsers lies; None is a Stash without one.
    """

    def __init__(self, folder: Path, *, credentials: Credentials | None, python: str) -> None:
        self.folder = folder
        self.python = python
        self.port = 0
        self.hook_host = "127.0.0.1"
        self.send_null_cookie = False
        self.relative_plugin_dir = False
        self.external_host = ""
        self.page_folder: Path | None = None
        self.version = "v0.30.1"
        self.parallel_tasks = 4
        self.store = Store()
        self.journal = Journal()
        self.sessions = Sessions(credentials)
        self.jobs = JobQueue(self.journal)
        self.plugins = Plugins(
            folder / "plugins",
            store=self.store,
            journal=self.journal,
            python=python,
            connection=self._connection,
        )

    def _connection(self, plugin_folder: Path) -> dict[str, object]:
        relative = self.relative_plugin_dir
        return {
            "Scheme": "http",
            "Host": self.hook_host,
            "Port": self.port,
            "SessionCookie": None if self.send_null_cookie else go_cookie(self.sessions.issue()),
            "Dir": str(self.folder),
            "PluginDir": os.path.relpath(plugin_folder) if relative else str(plugin_folder),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who sent a GraphQL request, as resolvers see it.

    Attributes:
        base_url: The address that the request was sent to.
        gone: Tells whether the client has closed its connection.
    """

    core: Core
    base_url: str
    gone: Callable[[], bool]

    @property
    def address(self) -> str:
        """What links to pictures begin with."""
        return (self.core.external_host or self.base_url).rstrip("/")


def go_cookie(value: str) -> dict[str, object]:
    """A cookie as Go's `http.Cookie` looks in JSON."""
    return {
        "Name": COOKIE,
        "Value": value,
        "Quoted": False,
        "Path": "",
        "Domain": "",
        "Expires": "0001-01-01T00:00:00Z",
        "RawExpires": "",
        "MaxAge": 0,
        "Secure": False,
        "HttpOnly": False,
        "SameSite": 0,
        "Partitioned": False,
        "Raw": "",
        "Unparsed": None,
    }
