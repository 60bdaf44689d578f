"""A listener on loopback that no HTTP library stands behind; a thread for each connection."""

from __future__ import annotations

import socket
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import TypeVar

_Own = TypeVar("_Own", bound="Listener")
LOOK_SECONDS = 0.05


class Listener(ABC):
    """Serves each connection as the class that stands on it says; `with` ends every thread.

    Attributes:
        scheme: That of its address.
        over: Set when it ends.
    """

    scheme = "http"

    def __init__(self) -> None:
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LOOK_SECONDS)
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def __enter__(self: _Own) -> _Own:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @abstractmethod
    def serve(self, connection: socket.socket) -> None:
        """Serve one connection to its end, and close it."""

    def start(self, thread: threading.Thread) -> None:
        """Start a thread that is waited for at the end."""
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.start(threading.Thread(target=self.serve, args=(connection,)))
