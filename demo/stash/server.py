"""A stand-in for Stash: a real HTTP server that starts real plugin processes.

It promises what reference/STASH.md says and the recordings show, and nothing more: which edits
fire which hooks with which bytes, who waits for whom, who is killed and when. Data lives in memory
and survives `stop()` and `start()`.
"""

from __future__ import annotations

import http.client
import json
import shutil
import sys
import threading
from pathlib import Path

from demo.stash.api import shared_api
from demo.stash.core import Core, Faults
from demo.stash.jobs import Job
from demo.stash.journal import LogLine
from demo.stash.manifest import ManifestError
from demo.stash.sessions import COOKIE, Credentials
from demo.stash.store import Store
from demo.stash.web import BROWSER_HEADER, LoggedRequest, StashHttpServer

__all__ = ["Credentials", "GraphQLFailed", "StashServer"]

_LONGEST_ANSWER_SECONDS = 300.0
_LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "build")


class GraphQLFailed(Exception):  # noqa: N818 - the name that tests and demo agreed on
    """The answer was no data."""

    def __init__(self, status: int, messages: list[str]) -> None:
        self.status = status
        self.messages = messages
        super().__init__(f"{status}: {'; '.join(messages)}")


class StashServer:
    """One Stash; `with` starts and stops it.

    Args:
        folder: Plays the folder of Stash's config.yml; plugins live in `plugins/<id>/` below it.
        port: 0 takes a free one at the first start and keeps it for later ones.
        credentials: None leaves everything open.
        latency_seconds: How much later every answer comes.
        python: What `python` and `python3` in a manifest mean; None is the running interpreter.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        credentials: Credentials | None = None,
        latency_seconds: float = 0.0,
        python: str | None = None,
    ) -> None:
        (folder / "plugins").mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.core = Core(folder, credentials=credentials, python=python or sys.executable)
        self.core.port = port
        self.latency_seconds = latency_seconds
        self.faults = Faults()
        self.requests: list[LoggedRequest] = []
        self._api = shared_api()
        self._http: StashHttpServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> StashServer:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.core.port}"

    @property
    def store(self) -> Store:
        """The data, for seeding and looking without hooks."""
        return self.core.store

    @property
    def log(self) -> list[LogLine]:
        """What plugins wrote to standard error, and what Stash says about their errors."""
        return self.core.journal.plugin_lines

    @property
    def external_host(self) -> str:
        """The address in links to pictures; empty for the one that was asked."""
        return self.core.external_host

    @external_host.setter
    def external_host(self, address: str) -> None:
        self.core.external_host = address

    @property
    def send_null_cookie(self) -> bool:
        """Whether calls bring no session cookie."""
        return self.core.send_null_cookie

    @send_null_cookie.setter
    def send_null_cookie(self, wanted: bool) -> None:
        self.core.send_null_cookie = wanted

    @property
    def max_session_age(self) -> float:
        """Seconds after which a session cookie is dead."""
        return self.core.sessions.max_age_seconds

    @max_session_age.setter
    def max_session_age(self, seconds: float) -> None:
        self.core.sessions.max_age_seconds = seconds

    def start(self) -> None:
        """Listen, load the plugins and begin to run jobs."""
        self._http = StashHttpServer(
            self.core.port, core=self.core, api=self._api, latency_seconds=self.latency_seconds
        )
        self._http.faults, self._http.log = self.faults, self.requests
        self.core.port = self._http.server_port
        self.core.plugins.reload()
        self.core.jobs.start()
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, name="stash-http"
        )
        self._thread.start()

    def stop(self) -> None:
        """Kill the plugin processes that Stash waits for, end connections, close the port."""
        if self._http is None or self._thread is None:
            return
        self._http.shutdown()
        self._http.close_connections()
        self.core.jobs.close()
        self.core.plugins.abandon_all()
        self._http.server_close()
        self._thread.join()
        self._http = self._thread = None

    def install_plugin(self, source: Path, *, plugin_id: str = "PlexSync") -> Path:
        """Copy a plugin into its place, load it, and return its folder.

        Raises:
            ManifestError: Stash would not load it.
        """
        target = self.core.plugins.folder / plugin_id
        if source.resolve() != target.resolve():
            shutil.copytree(source, target, ignore=_LEFT_BEHIND, dirs_exist_ok=True)
        errors = self.core.plugins.reload()
        if errors:
            raise errors[0]
        if plugin_id not in {one.id for one in self.core.plugins.all()}:
            raise ManifestError(f"{target} holds no {plugin_id}.yml")
        return target

    def graphql(
        self,
        query: str,
        variables: dict[str, object] | None = None,
        *,
        leave_after_seconds: float | None = None,
    ) -> dict[str, object]:
        """Ask as a logged-in browser does, over HTTP; `faults` do not apply.

        Args:
            query: The text of a query or mutation.
            variables: Its variables.
            leave_after_seconds: Close the connection after that time, answered or not; what was
                not answered is `{}`.

        Raises:
            GraphQLFailed: The answer carries errors or is none.
        """
        patience = leave_after_seconds
        connection = http.client.HTTPConnection(
            "127.0.0.1",
            self.core.port,
            timeout=_LONGEST_ANSWER_SECONDS if patience is None else patience,
        )
        headers = {
            "Content-Type": "application/json",
            "Cookie": f"{COOKIE}={self.core.sessions.issue()}",
            BROWSER_HEADER: "1",
        }
        body = json.dumps({"query": query, "variables": variables or {}})
        try:
            connection.request("POST", "/graphql", body, headers)
            response = connection.getresponse()
            return _data(response.status, response.read())
        except TimeoutError:
            if patience is None:
                raise
            return {}
        finally:
            connection.close()

    def wait_for_job(self, job_id: str, timeout_seconds: float = 60) -> Job:
        """The job once it is over; TimeoutError when that takes too long."""
        return self.core.jobs.wait(int(job_id), timeout_seconds)


def _data(status: int, body: bytes) -> dict[str, object]:
    try:
        answer = json.loads(body)
    except ValueError:
        raise GraphQLFailed(status, [body[:200].decode("utf-8", "replace")]) from None
    if answer.get("errors"):
        raise GraphQLFailed(status, [str(one["message"]) for one in answer["errors"]])
    data = answer["data"]
    if not isinstance(data, dict):
        raise GraphQLFailed(status, ["no data"])
    return data
