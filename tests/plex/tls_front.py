"""A way into a plain server over TLS, with any certificate."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import trustme

from tests.loopback import LOOK_SECONDS, Listener


class TlsFront(Listener):
    """Takes TLS connections on loopback, and carries what comes to a plain server and back.

    Args:
        url: The plain server's.
        certificate: What is shown.

    Attributes:
        greeted: Connections whose certificate was accepted.
    """

    scheme = "https"

    def __init__(self, url: str, certificate: trustme.LeafCert) -> None:
        super().__init__()
        self._behind = ("127.0.0.1", urlsplit(url).port or 0)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)
        self.greeted = 0

    def serve(self, plain: socket.socket) -> None:
        """Speak TLS, and carry both ways."""
        with suppress(OSError), plain:  # an SSLError is an OSError
            plain.settimeout(5)
            with self._context.wrap_socket(plain, server_side=True) as secured:
                self.greeted += 1
                with socket.create_connection(self._behind) as behind:
                    self.start(threading.Thread(target=self._carry, args=(behind, secured)))
                    self._carry(secured, behind)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError, ValueError):  # the other direction may have closed them
            source.settimeout(LOOK_SECONDS)
            while not self.over.is_set():
                try:
                    piece = source.recv(65536)
                except TimeoutError:
                    continue
                if not piece:
                    break
                target.sendall(piece)
            target.shutdown(socket.SHUT_RDWR)
