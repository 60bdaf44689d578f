"""Plex behind https: whom the token is shown to, and that answers end there as well."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import certifi
import pytest

from errors import NotConfiguredError, PlexAwayError
from plex.client import PlexClient

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="makes a certificate")

IDENTITY = b'<MediaContainer machineIdentifier="m" version="1.40" claimed="1"/>'


class Plex:
    """Answers who it is over TLS, with a certificate that nobody but itself has signed.

    Attributes:
        tokens: What each request showed.
        pause_seconds: Waits that long before each byte of an answer.
    """

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "certificate.pem"
        key = folder / "key.pem"
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        files = ["-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run([*made, *named, *files], check=True, capture_output=True)
        self.tokens: list[str] = []
        self.pause_seconds = 0.0
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        plex = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                plex.tokens.append(self.headers.get("X-Plex-Token", ""))
                self.send_response(200)
                self.send_header("Content-Length", str(len(IDENTITY)))
                self.end_headers()
                try:
                    for byte in IDENTITY:
                        plex.over.wait(plex.pause_seconds)
                        self.wfile.write(bytes([byte]))
                except OSError:
                    pass  # nobody reads any more

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@pytest.fixture
def plex(tmp_path: Path) -> Iterator[Plex]:
    server = Plex(tmp_path)
    yield server
    server.close()


@pytest.fixture
def trusted(plex: Plex, monkeypatch: pytest.MonkeyPatch) -> Plex:
    """Its certificate is among those that are known."""
    monkeypatch.setattr(certifi, "where", lambda: str(plex.certificate))
    return plex


def client(plex: Plex, *, patience: float = 20.0) -> PlexClient:
    return PlexClient(plex.url, "the-token", identifier="test", patience=patience)


def test_a_certificate_that_nobody_signed_is_named_with_a_remedy_and_sees_no_token(
    plex: Plex,
) -> None:
    asking = client(plex)
    with pytest.raises(NotConfiguredError, match="no certificate that can be verified") as caught:
        asking.identity()
    asking.close()
    assert "plex.direct" in str(caught.value)
    assert plex.tokens == []


def test_a_server_with_a_good_certificate_is_asked_as_any_other(trusted: Plex) -> None:
    asking = client(trusted)
    assert asking.identity().machine == "m"
    assert asking.identity().version == "1.40"
    asking.close()
    assert trusted.tokens == ["the-token"] * 2


def test_an_answer_that_drips_is_given_up_behind_https_too(trusted: Plex) -> None:
    """Each byte comes in time, the whole does not."""
    trusted.pause_seconds = 0.2  # thirteen seconds for all of it
    asking = client(trusted, patience=1.0)
    began = time.monotonic()
    with pytest.raises(PlexAwayError):
        asking.identity()
    assert time.monotonic() - began < 10
    asking.close()
