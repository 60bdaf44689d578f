"""Who may ask: API key first, else the session cookie, else nobody, once credentials are set.

A cookie is a signed time of issue, so it outlives a restart and dies `max_age_seconds` later;
every answer to a good one brings a fresh one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from email.utils import formatdate
from typing import Literal

COOKIE = "session"

AuthKind = Literal["none", "cookie", "api_key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a person set in Stash's security settings."""

    username: str
    password: str
    api_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a request's credentials.

    Attributes:
        wrong_key: The request carries an API key that is not ours; nothing else is looked at.
        renews: The answer has to bring a fresh cookie.
    """

    kind: AuthKind
    allowed: bool
    wrong_key: bool = False
    renews: bool = False


class Sessions:
    """Issues and checks cookies.

    Attributes:
        max_age_seconds: Stash's `max_session_age`.
    """

    def __init__(self, credentials: Credentials | None) -> None:
        self.credentials = credentials
        self.max_age_seconds = 3600.0
        self._secret = secrets.token_bytes(32)

    def issue(self) -> str:
        """A cookie value that is good from now on."""
        told = f"{time.time():.6f}:{secrets.token_hex(8)}"
        return base64.urlsafe_b64encode(f"{told}:{self._sign(told)}".encode()).decode()

    def is_good(self, value: str) -> bool:
        """Whether we issued it, and not too long ago."""
        try:
            told, _, mark = base64.urlsafe_b64decode(value).decode().rpartition(":")
            issued = float(told.partition(":")[0])
        except ValueError:
            return False
        is_ours = hmac.compare_digest(mark, self._sign(told))
        return is_ours and time.time() - issued < self.max_age_seconds

    def set_cookie(self) -> str:
        """The Set-Cookie header of a fresh cookie."""
        expires = formatdate(time.time() + self.max_age_seconds, usegmt=True)
        age = int(self.max_age_seconds)
        return f"{COOKIE}={self.issue()}; Path=/; Expires={expires}; Max-Age={age}; SameSite=Lax"

    def judge(self, *, api_key: str | None, cookie_header: str | None, refuse: bool) -> Verdict:
        """Decide about a request.

        Args:
            api_key: From the header or the query; None or empty when there is none.
            cookie_header: The `Cookie` header.
            refuse: Treat every cookie as one of a past session.
        """
        if api_key and self.credentials is not None:
            is_right = hmac.compare_digest(api_key.encode(), self.credentials.api_key.encode())
            return Verdict(kind="api_key", allowed=is_right, wrong_key=not is_right)
        cookie = first_cookie(cookie_header or "")
        is_good = cookie is not None and not refuse and self.is_good(cookie)
        return Verdict(
            kind="none" if cookie is None else "cookie",
            allowed=is_good or (self.credentials is None and not (refuse and cookie)),
            renews=is_good,
        )

    def logs_in(self, username: str, password: str) -> bool:
        """Whether the login page accepts these."""
        known = self.credentials
        return known is not None and (username, password) == (known.username, known.password)

    def _sign(self, told: str) -> str:
        return hmac.new(self._secret, told.encode(), hashlib.sha256).hexdigest()


def first_cookie(header: str) -> str | None:
    """The session cookie of a request; of two, Stash reads the first."""
    for part in header.split(";"):
        name, found, value = part.strip().partition("=")
        if found and name == COOKIE:
            return value
    return None
