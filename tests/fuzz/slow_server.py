"""A server of raw bytes on loopback: what no HTTP library would send, as slowly as one likes."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress

from tests.loopback import Listener


class RawServer(Listener):
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
        super().__init__()
        self._pieces = list(pieces)
        self._pause_seconds = pause_seconds
        self._is_endless = is_endless
        self.heads: list[bytes] = []

    def serve(self, connection: socket.socket) -> None:
        """Read one head, and answer it."""
        connection.settimeout(5.0)
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
                head += piece
            self.heads.append(head)
            for piece in self._sent():
                connection.sendall(piece)
                if self.over.wait(self._pause_seconds):
                    return

    def _sent(self) -> Iterator[bytes]:
        yield from self._pieces
        while self._is_endless and not self.over.is_set():
            yield self._pieces[-1]
