"""A bare HTTP/1.1 server for prepared bytes, with a set latency: the ground of both byte stand-ins.

It costs about a twentieth of a millisecond a request, so that its own slowness hides nothing of
what is measured. It counts requests by kind, notes the most that were ever in flight, and logs
whole requests where a row asks for that. `POST /bench/<word>` with a JSON object is for the
benchmark alone: it is answered at once and counted nowhere.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

LATENCY_SECONDS = 0.002
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 503: "Service Unavailable"}
_CONTROL = "/bench/"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `head` is everything before the body."""

    method: str
    target: str
    head: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back, and what kind of request it answers."""

    kind: str
    body: bytes
    status: int = 200


class Site(Protocol):
    """What is served."""

    content_type: str

    def answer(self, request: Request) -> Answer:
        """The answer to one request."""

    def obey(self, word: str, told: Mapping[str, Any]) -> object:
        """Do what the benchmark asks for; raises LookupError for an unknown word."""


@dataclass(slots=True)
class Board:
    """What is counted, and how the server behaves."""

    counts: Counter[str] = field(default_factory=Counter)
    now: dict[str, int] = field(default_factory=lambda: {"reads": 0, "writes": 0, "all": 0})
    most: dict[str, int] = field(default_factory=lambda: {"reads": 0, "writes": 0, "all": 0})
    first_at: float | None = None  # `time.monotonic` of the first request since the last reset
    log: list[tuple[str, Request]] | None = None
    latency: float = LATENCY_SECONDS
    status: int = 200

    def begin(self, side: str) -> None:
        """One more in flight."""
        if self.first_at is None:
            self.first_at = time.monotonic()
        for one in (side, "all"):
            self.now[one] += 1
            self.most[one] = max(self.most[one], self.now[one])

    def end(self, side: str) -> None:
        """One less in flight."""
        for one in (side, "all"):
            self.now[one] -= 1

    def reset(self) -> None:
        """Count anew; what is in flight stays so."""
        self.counts.clear()
        self.most = dict(self.now)
        self.first_at = None

    def told(self) -> dict[str, object]:
        """All counts."""
        return {
            "counts": dict(self.counts),
            "most": dict(self.most),
            "first_at": self.first_at,
        }

    def write_log(self, file: Path) -> int:
        """Write what was logged since `log` was asked for, and stop logging."""
        entries = self.log or []
        self.log = None
        with file.open("w", encoding="utf-8") as lines:
            for kind, one in entries:
                body = one.body.decode()
                lines.write(json.dumps([kind, one.method, one.target, window(one), body]) + "\n")
        return len(entries)


_WINDOW = re.compile(rb"\r\nx-plex-container-(start|size): *(\d+)", re.IGNORECASE)


def window(request: Request) -> dict[str, int]:
    """The page that a request's headers ask for: "start" and "size" where they are named."""
    return {name.decode().lower(): int(text) for name, text in _WINDOW.findall(request.head)}


class Connection(asyncio.Protocol):
    """One connection: a request, its answer after the latency, the next request."""

    def __init__(self, site: Site, board: Board) -> None:
        self._site = site
        self._board = board
        self._taken = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take pieces until a request is complete."""
        self._taken += data
        while (request := self._complete()) is not None:
            self._serve(request)

    def _complete(self) -> Request | None:
        end = self._taken.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self._taken[:end]
        told = _LENGTH.search(head)
        size = int(told[1]) if told else 0
        begin = end + 4
        if len(self._taken) < begin + size:
            return None
        body, self._taken = self._taken[begin : begin + size], self._taken[begin + size :]
        method, target, _ = head[: head.find(b"\r\n")].decode().split(" ", 2)
        return Request(method, target, head, body)

    def _serve(self, request: Request) -> None:
        board = self._board
        if request.target.startswith(_CONTROL):
            self._send(_controlled(self._site, board, request))
            return
        side = "reads" if self._is_read(request) else "writes"
        board.begin(side)
        if board.status == 200:
            answer = self._site.answer(request)
        else:
            answer = Answer("refused", b"", board.status)
        board.counts[answer.kind] += 1
        if board.log is not None:
            board.log.append((answer.kind, request))
        asyncio.get_running_loop().call_later(board.latency, self._finish, side, answer)

    def _is_read(self, request: Request) -> bool:
        return request.method == "GET" or request.target == "/graphql"

    def _finish(self, side: str, answer: Answer) -> None:
        self._board.end(side)
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        head = (
            f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}\r\n"
            f"Content-Type: {self._site.content_type}\r\n"
            f"Content-Length: {len(answer.body)}\r\n\r\n"
        )
        self._transport.write(head.encode() + answer.body)


def _controlled(site: Site, board: Board, request: Request) -> Answer:
    """Do what the benchmark asks for."""
    told: dict[str, Any] = json.loads(request.body or b"{}")
    word = request.target[len(_CONTROL) :]
    words: dict[str, Callable[[], object]] = {
        "reset": board.reset,
        "told": board.told,
        "log": lambda: setattr(board, "log", []),
        "write_log": lambda: board.write_log(Path(told["file"])),
        "latency": lambda: setattr(board, "latency", float(told["seconds"])),
        "status": lambda: setattr(board, "status", int(told["status"])),
    }
    try:
        done = words[word]() if word in words else site.obey(word, told)
    except LookupError as error:
        return Answer("control", json.dumps(repr(error)).encode(), 404)
    return Answer("control", json.dumps(done).encode())


def serve(make: Callable[[int], Site], description: str | None) -> None:
    """Be a stand-in until the process is ended; says its port on standard output."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scenes", type=int, required=True)
    options = parser.parse_args()
    site = make(options.scenes)
    gc.collect()
    gc.freeze()  # hundreds of thousands of prepared pieces need not be looked at again and again
    asyncio.run(_serve_forever(site))


async def _serve_forever(site: Site) -> None:
    board = Board()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(site, board), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Whoever started it holds the other end: when that is gone, there is nobody to serve.
    await loop.run_in_executor(None, sys.stdin.read)
