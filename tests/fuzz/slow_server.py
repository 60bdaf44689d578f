"""A server of raw bytes on loopback: what no HTTP library would send, as slowly as one likes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType

_LOOK_SECONDS = 0.05


class RawServer:
    """Answers every request with the same pieces, a pause between two of them.

    Args:
        pieces: What is sent after a request came in.
        pause_seconds: Between two pieces.
        is_endless: Begin anew with the last piece, for as long as somebody reads.

    Attributes:
        heads: The head of each request.
    """

    def __init__(
        self, pieces: Iterable[bytes], *, pause_seconds: float = 0.0, is_endless: bool = False
    ) -> None:
        self._pieces = list(pieces)
        self._pause_seconds = pause_seconds
        self._is_endless = is_endless
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_LOOK_SECONDS)
        self._threads = [threading.Thread(target=self._accept)]
        self.heads: list[bytes] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> RawServer:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5.0)
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
                head += piece
            self.heads.append(head)
            for piece in self._sent():
                connection.sendall(piece)
                if self._over.wait(self._pause_seconds):
                    return

    def _sent(self) -> Iterator[bytes]:
        yield from self._pieces
        while self._is_endless and not self._over.is_set():
            yield self._pieces[-1]
