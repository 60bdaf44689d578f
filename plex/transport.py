"""The connection to one Plex server: requests out, checked answers back, for several threads.

urllib3 carries them without the sessions built on it: they are half of what a small request costs.
Every foreign exception is translated here, once. The token is in a header and in no message.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError, SSLError
from urllib3.response import BaseHTTPResponse

from deadlines import Deadlines
from errors import (
    ItemGoneError,
    NotConfiguredError,
    PlexAwayError,
    RefusedEditError,
    ServerBusyError,
    TokenRefusedError,
    UnreadableAnswerError,
)
from plex.throttle import READS, WRITES, Throttle
from plex.tls import address_in, fingerprint_at, options_for
from plex.trust import USUAL, Trust

log = logging.getLogger("PlexSync.plex.client")

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
ANSWER_SECONDS = 120.0  # for all of an answer, however steadily it trickles
IDLE_SECONDS = 15.0  # the server closes idle connections after 20
LONGEST_ANSWER_BYTES = 64 * 1024 * 1024
_AWAY_STATUSES = {429, 502, 503, 504}
_REFUSED_STATUSES = {401, 403}
_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 2
_SHORT_BYTES = 16 * 1024


class Transport:
    """Sends requests to one server and nowhere else.

    Args:
        url: The server's address without a trailing slash.
        headers: Sent with every request.
        patience: How long at most to wait for an answer, in seconds; None for the usual.
        trust: What proves over https that it is the server.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        patience: float | None = None,
        trust: Trust = USUAL,
    ) -> None:
        self._url = url
        self._trust = trust
        self._patience = patience
        self._deadlines = Deadlines(patience or ANSWER_SECONDS)
        self._headers = dict(headers)
        self._prefix = urlsplit(url).path
        self._throttle = Throttle()
        self._pool_lock = threading.Lock()
        self._pool = self._connect()
        self._last_used = time.monotonic()

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
        self._deadlines.close()

    @contextmanager
    def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Iterator[Iterator[bytes]]:
        """Send one request and hand over the body, in pieces, of an answer whose status is good.

        A time-out or a cut connection while the caller reads the body is translated as well.

        Raises:
            WaitError: The server cannot be asked, or refuses the token.
            SceneError: It refuses this request.
            ItemGoneError: It knows no such thing.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        started = time.monotonic()
        with self._throttle.turn("read" if method == "GET" else "write"):
            sent = time.monotonic()
            try:
                response = self._send(method, target, {**self._headers, **(headers or {})}, body)
                with closing(response):  # a connection whose answer was read to its end is kept
                    self._check(method, path, response)
                    yield _limited(response)
                if self._deadlines.end():  # what came of it may look whole
                    raise PlexAwayError(f"Plex at {self._url} does not answer in time")
            except SSLError as error:
                raise self._not_trusted() from type(error)()
            except (HTTPError, OSError) as error:
                self._throttle.struggles()
                raise PlexAwayError(
                    f"Plex at {self._url} does not answer ({type(error).__name__})"
                ) from None  # some of these texts hold whole addresses and headers
            finally:
                self._deadlines.end()
                self._last_used = time.monotonic()
            if method == "PUT":
                self._throttle.took(self._last_used - sent)
        log.debug(
            "%s %s: %.0f ms", method, path.partition("?")[0], 1000 * (self._last_used - started)
        )

    def _connect(self) -> HTTPConnectionPool:
        place = self._url
        options: dict[str, object] = {}
        if self._url.startswith("https:"):
            place, options = self._secured()
        try:
            pool = urllib3.connection_from_url(
                place,
                maxsize=READS + WRITES,
                timeout=urllib3.Timeout(
                    connect=self._patience or CONNECT_SECONDS, read=self._patience or READ_SECONDS
                ),
                retries=False,
                **options,
            )
        except HTTPError as error:
            raise NotConfiguredError(
                f"{self._url!r} is no address of a server", remedy="correct the setting plexUrl"
            ) from error
        self._deadlines.watch(pool)
        return pool

    def _secured(self) -> tuple[str, dict[str, object]]:
        """Where to connect to, and what has to be proved there.

        Raises:
            NotConfiguredError: What a person wrote down for that cannot be used.
        """
        options = options_for(self._trust)
        if not self._trust.is_checked:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # the status warns
        parts = urlsplit(self._url)
        address = address_in(parts.hostname or "")
        if not address:
            return self._url, options
        self._headers["Host"] = parts.netloc
        options["server_hostname"] = parts.hostname
        return urlunsplit(parts._replace(netloc=f"{address}:{parts.port or 443}")), options

    def _not_trusted(self) -> NotConfiguredError:
        """What a person is told; the fingerprint is theirs to compare."""
        if self._trust.fingerprint:
            return NotConfiguredError(
                f"Plex at {self._url} shows another certificate than the setting plexCertificate "
                "names",
                remedy="find out why before you name the new one",
            )
        shown = fingerprint_at(self._url, seconds=self._patience or CONNECT_SECONDS)
        own = f"; or, if {shown} is your server's fingerprint, write it into plexCertificate"
        return NotConfiguredError(
            f"Plex at {self._url} shows no certificate that can be verified",
            remedy="use its plex.direct address, or http inside your own network"
            + (own if shown else ""),
        )

    def _send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> BaseHTTPResponse:
        with self._pool_lock:
            if time.monotonic() - self._last_used > IDLE_SECONDS:
                self._pool.close()
                self._pool = self._connect()
                self._last_used = time.monotonic()
            pool = self._pool
        for hops in range(_MOST_REDIRECTS + 1):
            response = pool.urlopen(
                method,
                self._prefix + target,
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            place = self._own_place(target, response) if method == "GET" else None
            if place is None or hops == _MOST_REDIRECTS:
                break
            _leave(response)
            target = place
        return response

    def _own_place(self, target: str, response: BaseHTTPResponse) -> str | None:
        """Where on this very server a redirect leads; the token is never taken elsewhere."""
        place = response.headers.get("Location", "")
        if response.status not in _REDIRECTS or not place:
            return None
        try:
            here, there = urlsplit(self._url), urlsplit(urljoin(self._url + target, place))
        except ValueError:  # no address at all
            return None
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            return None
        path = there.path.removeprefix(self._prefix)
        return f"{path}?{there.query}" if there.query else path

    def _check(self, method: str, path: str, response: BaseHTTPResponse) -> None:
        status = response.status
        if status < 300:
            return
        _leave(response)
        what = f"Plex answered {status} to {method} {path.partition('?')[0]}"
        if status < 400:
            raise NotConfiguredError(
                f"Plex at {self._url} redirects to another address",
                remedy="set plexUrl to the address that it names, mostly https instead of http",
            )
        if status in _REFUSED_STATUSES:
            raise TokenRefusedError(
                f"Plex at {self._url} refuses the token",
                remedy="put a valid one into the setting plexToken",
            )
        if status in _AWAY_STATUSES:
            self._throttle.struggles()
            raise PlexAwayError(f"{what}: it is starting, in maintenance or overloaded")
        if status == 404:
            raise ItemGoneError(what)
        if status >= 500:
            self._throttle.struggles()
            raise ServerBusyError(what)
        raise RefusedEditError(what, remedy="see worker.log, and report it", status=status)


def _leave(response: BaseHTTPResponse) -> None:
    """Have done with an answer that nobody reads; a short one costs less than a new connection."""
    response.read(_SHORT_BYTES)
    response.close()


def _limited(response: BaseHTTPResponse) -> Iterator[bytes]:
    """The body in pieces; an endless one is unreadable.

    One that is packed more than once could grow a million times with each piece.
    """
    if "," in response.headers.get("Content-Encoding", ""):
        raise UnreadableAnswerError("Plex's answer is packed more than once")
    taken = 0
    for piece in response.stream(65536, decode_content=True):
        taken += len(piece)
        if taken > LONGEST_ANSWER_BYTES:
            response.close()
            raise UnreadableAnswerError("Plex's answer is endless")
        yield piece
