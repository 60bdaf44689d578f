"""The listening socket and its connections: requests in, faults, replies out.

A reply goes out in one write, so that a test never waits for Nagle's algorithm. The log entry
is closed before that write, see `Host.finish`.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

from demo.plexserver.endpoints import kind_of
from demo.plexserver.faults import Fault, Faults
from demo.plexserver.wire import (
    HTML,
    XML,
    LoggedRequest,
    Quirks,
    Reply,
    error_reply,
    maintenance_reply,
)

log = logging.getLogger(__name__)

_STOP_SECONDS = 10.0
_CHUNK_PAUSE_SECONDS = 0.005
_GARBAGE = b"\x00\xff\xfe<Media\x80Container \x1b]]>" * 20
_PAGE = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Sign in<br></body></html>"
_ENDLESS_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<MediaContainer size="1">\n'
_ENDLESS = b'<Video ratingKey="1" title="and so on" />\n' * 1000
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: RST instead of FIN


class Host(Protocol):
    """The server as its connections see it."""

    @property
    def faults(self) -> Faults:
        """Trouble on demand."""

    @property
    def quirks(self) -> Quirks:
        """Limits and times."""

    def begin(self, request: LoggedRequest) -> None:
        """Enter a request into the log and the count."""

    def finish(self, request: LoggedRequest, status: int | None) -> None:
        """Note how a request ended.

        It has to be called before the last byte is sent: a client that has its answer may ask
        again at once, and must not be counted twice.
        """

    def reply_to(self, request: LoggedRequest, body: bytes) -> Reply:
        """Answer a request that no fault has struck."""


class Listener(ThreadingTCPServer):
    """The listening socket of one start, and the connections that it accepted."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, host: Host, port: int) -> None:
        self.host = host
        self.stopping = False
        self._connections: dict[threading.Thread, socket.socket] = {}
        super().__init__(("127.0.0.1", port), Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own.

        The thread is on the list before it starts: once the accepting loop has ended, all are.
        """
        for thread in [thread for thread in self._connections if not thread.is_alive()]:
            del self._connections[thread]
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        self._connections[thread] = request
        thread.start()

    def end(self) -> None:
        """Stop listening, drop every connection and wait until all threads have ended."""
        self.stopping = True
        self.shutdown()
        self.server_close()
        self.host.faults.wake()
        for connection in self._connections.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._connections:
            # An edit hook may stop the server that it runs in.
            if thread is not threading.current_thread():
                thread.join(_STOP_SECONDS)


class Connection(BaseHTTPRequestHandler):
    """Reads one request after the other until the client or the server has enough."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def setup(self) -> None:
        """Set the idle time before the base class takes it from `timeout`."""
        self.host = self.server.host
        self.timeout = self.host.quirks.idle_seconds  # type: ignore[misc]
        super().setup()

    def handle(self) -> None:
        """Serve until either side ends; a client that vanishes is nothing to report."""
        try:
            super().handle()
        except OSError as error:
            log.debug("a connection ended: %s", error)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        """Keep quiet: `PlexServer.requests` is the log."""

    def answer(self) -> None:
        """Take one request from its head to its reply."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = self._logged(len(body))
        self.host.begin(request)
        reply = None
        try:
            reply = self._reply(request, body)
        finally:
            self.host.finish(request, None if reply is None else reply.status)
        if reply is None:
            self.close_connection = True
        else:
            self._send(reply)

    do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - the base class's names

    def _logged(self, body_size: int) -> LoggedRequest:
        path, _, text = self.path.partition("?")
        path, query = unquote(path), parse_qsl(text, keep_blank_values=True)
        return LoggedRequest(
            method=self.command,
            path=path,
            query=query,
            raw_target=self.path,
            headers=dict(self.headers.items()),
            body_size=body_size,
            started=time.time(),
            kind=kind_of(self.command, path, query),
        )

    def _reply(self, request: LoggedRequest, body: bytes) -> Reply | None:
        """Find the reply, None if the client gets none."""
        fault = self.host.faults.strike(request.method, request.raw_target)
        if self.host.quirks.latency_seconds:
            self._pause(None, self.host.quirks.latency_seconds)
        if fault is None:
            return self._usual(request, body)
        if fault.kind in {"endless", "reset", "lost"}:
            self._answer_nothing(fault, request, body)
            return None
        if fault.kind in {"hang", "slow"}:
            self._pause(fault, float(fault.argument) if fault.argument else None)
            return None if self.server.stopping else self._usual(request, body)
        if fault.kind == "truncated":
            reply = self._usual(request, body)
            half = reply.body[: len(reply.body) // 2]
            return Reply(status=reply.status, content_type=reply.content_type, body=half)
        return _struck(fault, request)

    def _answer_nothing(self, fault: Fault, request: LoggedRequest, body: bytes) -> None:
        if fault.kind == "endless":
            self._send_without_end(fault)
            return
        if fault.kind == "lost":
            self._usual(request, body)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        # Detached: files made of the socket keep it open, and shutting it down would send a FIN.
        socket.close(self.connection.detach())

    def _usual(self, request: LoggedRequest, body: bytes) -> Reply:
        quirks = self.host.quirks
        if len(self.requestline) > quirks.line_limit_bytes:
            return error_reply(quirks.line_limit_status)
        return self.host.reply_to(request, body)

    def _pause(self, fault: Fault | None, seconds: float | None) -> None:
        self.host.faults.wait(fault, lambda: self.server.stopping, seconds)

    def _send(self, reply: Reply) -> None:
        try:
            reason = HTTPStatus(reply.status).phrase
        except ValueError:
            reason = "Unknown"
        idle = int(self.host.quirks.idle_seconds)
        headers = {
            "X-Plex-Protocol": "1.0",
            "Content-Type": reply.content_type,
            "Content-Length": str(len(reply.body)),
            "Cache-Control": "no-cache",
            "Date": self.date_time_string(),
            **reply.headers,
        }
        if self.close_connection:
            headers["Connection"] = "close"
        else:
            headers |= {"Connection": "Keep-Alive", "Keep-Alive": f"timeout={idle}"}
        lines = [f"HTTP/1.1 {reply.status} {reason}", *(f"{k}: {v}" for k, v in headers.items())]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body)

    def _send_without_end(self, fault: Fault) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {XML}\r\nConnection: close\r\n\r\n"
        self.wfile.write(head.encode() + _ENDLESS_HEAD)
        while not (self.server.stopping or fault.cleared):
            self.wfile.write(_ENDLESS)
            self._pause(fault, _CHUNK_PAUSE_SECONDS)


def _struck(fault: Fault, request: LoggedRequest) -> Reply:
    """Give the reply of a fault that needs neither the store nor the socket."""
    if fault.kind == "status":
        return error_reply(int(fault.argument))
    if fault.kind == "maintenance":
        return maintenance_reply(wants_json=request.wants_json)
    if fault.kind == "redirect":
        return Reply(status=301, headers={"Location": fault.argument})
    if fault.kind == "html":
        return Reply(content_type=HTML, body=_PAGE)
    return Reply(content_type=XML, body=_GARBAGE)
