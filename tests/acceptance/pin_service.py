"""A stand-in for the place where codes for a sign-in are made."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

TOKEN = "pin-token-0123456789"


class PinService:
    """Makes one code, and gives its token once a person typed it in."""

    def __init__(self) -> None:
        self.is_typed = False
        self.has_expired = False
        self.code = "AB12"
        self.requests: list[tuple[str, dict[str, str]]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._answer()

            def do_GET(self) -> None:
                self._answer()

            def log_message(self, *_: Any) -> None:
                pass

            def _answer(self) -> None:
                service.requests.append((self.path, dict(self.headers)))
                token = TOKEN if service.is_typed else ""
                body = f'<pin id="7" code="{service.code}" authToken="{token}"/>'.encode()
                self.send_response(404 if service.has_expired else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/pins"

    def __enter__(self) -> PinService:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
