"""A way into a plain server over TLS, with any certificate."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit

import trustme

_LOOK_SECONDS = 0.05


class TlsFront:
    """Takes TLS connections on loopback, and carries what comes to a plain server and back.

    Args:
        url: The plain server's.
        certificate: What is shown.

    Attributes:
        greeted: Connections whose certificate was accepted.
    """

    def __init__(self, url: str, certificate: trustme.LeafCert) -> None:
        self._behind = ("127.0.0.1", urlsplit(url).port or 0)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_LOOK_SECONDS)
        self._threads = [threading.Thread(target=self._accept)]
        self.greeted = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> TlsFront:
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
            with suppress(TimeoutError):
                plain, _ = self._listener.accept()
                self._start(self._greet, plain)

    def _greet(self, plain: socket.socket) -> None:
        with suppress(OSError), plain:  # an SSLError is an OSError
            plain.settimeout(5)
            with self._context.wrap_socket(plain, server_side=True) as secured:
                self.greeted += 1
                with socket.create_connection(self._behind) as behind:
                    self._start(self._carry, behind, secured)
                    self._carry(secured, behind)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError, ValueError):  # the other direction may have closed them
            source.settimeout(_LOOK_SECONDS)
            while not self._over.is_set():
                try:
                    piece = source.recv(65536)
                except TimeoutError:
                    continue
                if not piece:
                    break
                target.sendall(piece)
            target.shutdown(socket.SHUT_RDWR)

    def _start(self, work: object, *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
