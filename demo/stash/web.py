"""HTTP as Stash speaks it: `/graphql`, pictures, the login page; on loopback only."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from demo.stash.api import Api
from demo.stash.core import Asker, Core, Faults
from demo.stash.pages import Page, find_page
from demo.stash.pictures import answer_picture
from demo.stash.sessions import AuthKind, Verdict

BROWSER_HEADER = "X-Stand-In-Browser"
_LOOK_SECONDS = 0.05
_JSON = {"Content-Type": "application/json"}


@dataclass(slots=True, kw_only=True)
class LoggedRequest:
    """One request.

    Attributes:
        operation: The text of a GraphQL request.
        status: None while it is in work, and when no answer was sent.
        auth: What the request brought to prove itself.
        by_browser: Sent by `StashServer.graphql`.
    """

    method: str
    path: str
    auth: AuthKind
    by_browser: bool
    operation: str | None = None
    variables: dict[str, object] | None = None
    status: int | None = None
    started: float = field(default_factory=time.time)


class StashHttpServer(ThreadingHTTPServer):
    """The listening socket, and every connection that it accepted."""

    # Threads are joined on close, so that nothing is left of a stopped server.
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, *, core: Core, api: Api, latency_seconds: float) -> None:
        self.core = core
        self.api = api
        self.latency_seconds = latency_seconds
        self.faults = Faults()
        self.log: list[LoggedRequest] = []
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), StashHandler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own.

        It is on the list before that starts: once the accepting loop has ended, all are.
        """
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._connections.discard(connection)

    def close_connections(self) -> None:
        """End every connection, whoever waits at it."""
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave are nothing to print about."""


class StashHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    server: StashHttpServer

    def finish(self) -> None:
        """Forget the connection."""
        self.server.closed(self.connection)
        with suppress(OSError):
            super().finish()
        self.rfile.close()  # which a client that left kept the line above from reaching

    def log_message(self, *_arguments: object) -> None:
        """Nothing: requests are kept in `StashHttpServer.log`."""

    def do_GET(self) -> None:
        """Pictures and pages."""
        self._serve()

    def do_HEAD(self) -> None:
        """Refused everywhere, as Stash's router does."""
        self._serve()

    def do_POST(self) -> None:
        """GraphQL and login."""
        self._serve()

    def _serve(self) -> None:
        server, faults = self.server, self.server.faults
        by_browser = BROWSER_HEADER in self.headers
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        target = urlsplit(self.path)
        query = parse_qs(target.query)
        verdict = server.core.sessions.judge(
            api_key=self.headers.get("ApiKey") or query.get("apikey", [""])[0],
            cookie_header=self.headers.get("Cookie"),
            refuse=faults.refuse_cookies and not by_browser,
        )
        entry = LoggedRequest(
            method=self.command, path=self.path, auth=verdict.kind, by_browser=by_browser
        )
        call = _read_call(body) if target.path == "/graphql" else None
        if call is not None:
            entry.operation, entry.variables = call.query, call.variables
        server.log.append(entry)
        time.sleep(server.latency_seconds + (0 if by_browser else faults.delay_seconds))
        while faults.hangs and not by_browser and not self._client_is_gone():
            time.sleep(_LOOK_SECONDS)
        if faults.down and not by_browser:
            self.close_connection = True
            return
        self._answer(entry, target.path, query, verdict, call, body)

    def _answer(
        self,
        entry: LoggedRequest,
        path: str,
        query: dict[str, list[str]],
        verdict: Verdict,
        call: _Call | None,
        body: bytes,
    ) -> None:
        if path == "/login":
            self._login(entry, body)
        elif self.command == "HEAD":
            self._send(entry, 405, {"Allow": "GET"}, b"")
        elif not verdict.allowed:
            self._refuse(entry, path, verdict)
        elif path == "/graphql":
            self._graphql(entry, verdict, call)
        else:
            self._picture(entry, path, query, verdict)

    def _refuse(self, entry: LoggedRequest, path: str, verdict: Verdict) -> None:
        if path == "/graphql" or verdict.wrong_key:
            self._send(entry, 401, {"Www-Authenticate": "FormBased"}, b"")
            return
        login = f"/login?returnURL={quote(self.path, safe='')}"
        page = f'<a href="{login}">Found</a>.\n\n'.encode()
        self._send(
            entry, 302, {"Content-Type": "text/html; charset=utf-8", "Location": login}, page
        )

    def _graphql(self, entry: LoggedRequest, verdict: Verdict, call: _Call | None) -> None:
        faults = Faults() if entry.by_browser else self.server.faults
        headers = {"Cache-Control": "no-store", **_JSON, **self._renewal(verdict)}
        if faults.status is not None:
            self._send(entry, faults.status, headers, b"")
            return
        if faults.locked:
            asked = call.variables if call else None
            values = [*(asked or {}).values()]  # Stash repeats statement and values
            told = f"error executing `SELECT * FROM (?)` [{values}]: database is locked"
            locked: dict[str, object] = {"message": told, "path": []}
            self._send_json(entry, 200, headers, {"errors": [locked], "data": None})
            return
        if call is None:
            error: dict[str, object] = {"message": "json request body could not be decoded"}
            self._send_json(entry, 400, headers, {"errors": [error], "data": None})
            return
        asker = Asker(
            core=self.server.core,
            base_url=f"http://{self.headers.get('Host') or 'localhost'}",
            gone=self._client_is_gone,
        )
        status, answer = self.server.api.answer(call.query, call.variables, call.operation, asker)
        self._send_json(entry, status, headers, answer)

    def _picture(
        self, entry: LoggedRequest, path: str, query: dict[str, list[str]], verdict: Verdict
    ) -> None:
        match = self.headers.get("If-None-Match")
        answer = answer_picture(self.server.core.store, path, query, match)
        headers = self._renewal(verdict)
        if self.command == "GET" and answer is not None:
            is_cut = self.server.faults.cuts_pictures and not entry.by_browser
            told = {**answer.headers, **headers}
            self._send(entry, answer.status, told, answer.body, is_cut=is_cut)
            return
        page = self._page(path)
        if page is not None:
            self._send(entry, 200, {"Content-Type": page.content_type, **headers}, page.body)
            return
        status = 404 if self.command == "GET" else 405
        self._send(entry, status, {"Content-Type": "text/plain; charset=utf-8"}, b"")

    def _page(self, path: str) -> Page | None:
        core = self.server.core
        enabled = [one for one in core.plugins.all() if core.plugins.is_enabled(one.id)]
        return find_page(enabled, core.page_folder, path) if self.command == "GET" else None

    def _login(self, entry: LoggedRequest, body: bytes) -> None:
        form = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        page = {"Content-Type": "text/html; charset=utf-8"}
        if self.command != "POST":
            self._send(entry, 200, page, b"<!doctype html><title>Login</title>")
        elif self.server.core.sessions.logs_in(form.get("username", ""), form.get("password", "")):
            cookie = self.server.core.sessions.set_cookie()
            self._send(entry, 200, {**page, "Set-Cookie": cookie}, b"")
        else:
            self._send(entry, 401, page, b"Invalid credentials")

    def _renewal(self, verdict: Verdict) -> dict[str, str]:
        return {"Set-Cookie": self.server.core.sessions.set_cookie()} if verdict.renews else {}

    def _send_json(
        self, entry: LoggedRequest, status: int, headers: dict[str, str], answer: dict[str, object]
    ) -> None:
        body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        self._send(entry, status, headers, body)

    def _send(
        self,
        entry: LoggedRequest,
        status: int,
        headers: dict[str, str],
        body: bytes,
        *,
        is_cut: bool = False,
    ) -> None:
        entry.status = status
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Vary", "Origin")
        if status not in {401, 302}:
            self.send_header("X-Content-Type-Options", "nosniff")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body[: len(body) // 2] if is_cut else body)
        self.close_connection |= is_cut

    def _client_is_gone(self) -> bool:
        try:
            peek = self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not peek


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    query: str
    variables: dict[str, object] | None
    operation: str | None


def _read_call(body: bytes) -> _Call | None:
    try:
        told = json.loads(body)
        return _Call(
            query=str(told["query"]),
            variables=told.get("variables") or None,
            operation=told.get("operationName") or None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
