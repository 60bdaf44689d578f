"""An end for every answer: a connection whose answer takes too long is cut from outside.

A time-out of a socket counts from one byte to the next. A server that sends a byte now and then,
in a head or in a body, would be waited for without end. So each connection is entered when its
answer is awaited, and one thread, which sleeps until the earliest end, shuts those that are late;
whoever reads then sees a cut connection.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Deadlines:
    """The answers that are awaited, at most one in each thread.

    Args:
        seconds: For one answer, from its request to its last byte.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._changed = threading.Condition()
        self._awaited: dict[int, tuple[float, socket.socket]] = {}
        self._cut_in: set[int] = set()
        self._thread: threading.Thread | None = None
        self._wakes: float | None = None  # when the thread looks next; None until it is told to
        self._is_closed = False

    def begin(self, connection: socket.socket | None) -> None:
        """The calling thread awaits an answer on this connection."""
        if connection is None:
            return
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            end = time.monotonic() + self._seconds
            self._awaited[threading.get_ident()] = (end, connection)
            # Mostly it sleeps for an earlier answer's end, and waking it is dearer than the rest.
            if self._wakes is None or end < self._wakes:
                self._changed.notify()

    def end(self) -> bool:
        """The calling thread has its answer, or does without; whether it was cut."""
        with self._changed:
            self._awaited.pop(threading.get_ident(), None)
            was_cut = threading.get_ident() in self._cut_in
            self._cut_in.discard(threading.get_ident())
            return was_cut

    def close(self) -> None:
        """Watch no more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def watch(self, pool: HTTPConnectionPool) -> None:
        """Have a pool's new connections watched."""
        pool.ConnectionCls = self._classes()[str(pool.scheme)]

    def pools(self) -> dict[str, type[HTTPConnectionPool]]:
        """urllib3's kinds of pools by scheme, whose connections are watched."""
        classes = self._classes()

        class Http(HTTPConnectionPool):
            ConnectionCls = classes["http"]

        class Https(HTTPSConnectionPool):
            ConnectionCls = classes["https"]

        return {"http": Http, "https": Https}

    def _classes(self) -> dict[str, Any]:
        """urllib3's kinds of connections by scheme; each enters its answers here."""
        deadlines = self

        class Http(HTTPConnection):
            def getresponse(self) -> Any:
                deadlines.begin(self.sock)
                return super().getresponse()

        class Https(HTTPSConnection):
            def getresponse(self) -> Any:
                deadlines.begin(self.sock)
                return super().getresponse()

        return {"http": Http, "https": Https}

    def _run(self) -> None:
        with self._changed:
            while not self._is_closed:
                first = min((end for end, _ in self._awaited.values()), default=None)
                now = time.monotonic()
                if first is not None and first <= now:
                    self._cut(now)
                    continue
                self._wakes = first
                self._changed.wait(None if first is None else first - now)

    def _cut(self, now: float) -> None:
        late = [one for one, (end, _) in self._awaited.items() if end <= now]
        for one in late:
            _, connection = self._awaited.pop(one)
            self._cut_in.add(one)
            with suppress(OSError, ValueError):
                connection.shutdown(socket.SHUT_RDWR)
