"""The stand-in as a real HTTP server on loopback, to be started, stopped and started again.

What it knows lives in `store` and survives a stop, as a database survives a restart. After
`stop` no thread and no socket of it is left, in whatever state its requests were.
"""

from __future__ import annotations

import threading
import time
from typing import Literal

from demo.plexserver.connection import Listener
from demo.plexserver.endpoints import EditHook, answer
from demo.plexserver.faults import Faults
from demo.plexserver.store import Store
from demo.plexserver.wire import LoggedRequest, Quirks, RefusedError, Reply, error_reply

# How long the accepting loop may take to notice that it shall end.
_POLL_SECONDS = 0.02


class PlexServer:
    """A Plex Media Server for tests and the demo.

    Attributes:
        store: What the server knows.
        requests: Every request since the start or the last `requests.clear()`, in work or done.
        faults: Trouble on demand.
        quirks: In what ways this server differs from others.
        on_edit: Called with the request before an edit is carried out, without any lock held.
            A hook that stops the server, or raises, keeps the edit from being carried out.
        most_in_flight: Highest number of requests in work at one time, by "read" and "write".
        token: The only one that is let in; a change holds from the next request on.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = "plex-token",
        semantics: Literal["replace", "add"] = "replace",
        latency_seconds: float = 0.0,
        machine_identifier: str = "8f3a1c5e7b9d2046f1e3d5c7b9a80624e6f80a1c",
    ) -> None:
        self.store = Store(machine_identifier=machine_identifier)
        self.requests: list[LoggedRequest] = []
        self.faults = Faults()
        self.quirks = Quirks(semantics=semantics, latency_seconds=latency_seconds)
        self.on_edit: list[EditHook] = []
        self.most_in_flight = {"read": 0, "write": 0}
        self.token = token
        self._port = port
        self._in_flight = {"read": 0, "write": 0}
        self._counting = threading.Lock()
        self._listener: Listener | None = None
        self._accepting: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address, without a slash at the end; the port is known from the first start on."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def semantics(self) -> Literal["replace", "add"]:
        """Whether an indexed list of tags replaces the list or is added to it."""
        return self.quirks.semantics

    @semantics.setter
    def semantics(self, value: Literal["replace", "add"]) -> None:
        self.quirks.semantics = value

    def start(self) -> None:
        """Listen, on the port of the last time if there was one."""
        if self._listener is not None:
            raise RuntimeError(f"the stand-in already listens at {self.url}")
        self._listener = Listener(self, self._port)
        self._port = int(self._listener.server_address[1])
        self._accepting = threading.Thread(
            target=self._listener.serve_forever, args=(_POLL_SECONDS,), daemon=True
        )
        self._accepting.start()

    def stop(self) -> None:
        """Refuse connections and drop those that are open; nothing happens when stopped."""
        listener, self._listener = self._listener, None
        if listener is not None and self._accepting is not None:
            listener.end()
            self._accepting.join()

    def reply_to(self, request: LoggedRequest, body: bytes) -> Reply:
        """Answer a request that no fault has struck."""
        if len(body) > self.quirks.body_limit_bytes:
            return error_reply(self.quirks.body_limit_status)
        if request.kind != "identity" and request.option("X-Plex-Token") != self.token:
            return error_reply(401)
        hooks = [*self.on_edit, self._refuse_when_stopped]
        try:
            return answer(request, body, store=self.store, quirks=self.quirks, on_edit=hooks)
        except RefusedError as refused:
            return error_reply(refused.status)

    def begin(self, request: LoggedRequest) -> None:
        """Enter a request into the log and the count."""
        side = "write" if request.is_write else "read"
        with self._counting:
            self.requests.append(request)
            self._in_flight[side] += 1
            self.most_in_flight[side] = max(self.most_in_flight[side], self._in_flight[side])

    def finish(self, request: LoggedRequest, status: int | None) -> None:
        """Note how a request ended; `status` is None if no answer is sent."""
        side = "write" if request.is_write else "read"
        with self._counting:
            request.status, request.finished = status, time.time()
            self._in_flight[side] -= 1

    def _refuse_when_stopped(self, request: LoggedRequest) -> None:
        if self._listener is None:
            raise ConnectionAbortedError(f"stopped before {request.path} was carried out")
