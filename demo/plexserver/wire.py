"""What goes over the wire, and the record of it: requests, replies, error pages, quirks.

Error pages are byte for byte what a Plex server was seen to answer.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

XML = "text/xml;charset=utf-8"
JSON = "application/json"
HTML = "text/html"

Kind = Literal[
    "root",
    "identity",
    "sections",
    "listing",
    "lookup",
    "search",
    "metadata",
    "edit",
    "upload",
    "posters",
    "scan",
    "image",
    "other",
]


@dataclass(slots=True, kw_only=True)
class LoggedRequest:
    """One request as it came in; the fields with defaults are filled when it is answered.

    Attributes:
        path: Decoded and without the query.
        query: Decoded, in the order in which it was sent.
        raw_target: Path and query as they were sent.
        headers: With their names as sent.
        status: None while it is in work, and for ever when no answer was sent.
        kind: "lookup" asks for files and "search" for a title; both are listings otherwise.
              "posters" lists pictures, "image" fetches or selects one.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    raw_target: str
    headers: dict[str, str]
    body_size: int
    started: float
    kind: Kind
    status: int | None = None
    finished: float | None = None

    def header(self, name: str) -> str | None:
        """Find a header whatever the case of its name."""
        wanted = name.lower()
        return next((v for k, v in self.headers.items() if k.lower() == wanted), None)

    def param(self, name: str) -> str | None:
        """Find the last value of a query parameter."""
        return next((value for key, value in reversed(self.query) if key == name), None)

    def option(self, name: str) -> str | None:
        """Find one of the X-Plex options, which may travel either way."""
        value = self.param(name)
        return self.header(name) if value is None else value

    @property
    def keys(self) -> list[int]:
        """The items that it names: in its path, or in `id` when a whole section is addressed."""
        named = self.param("id") or self.path.rpartition("/")[2]
        return [int(one) for one in named.split(",") if one.isdigit()]

    @property
    def wants_json(self) -> bool:
        """Plex answers XML unless it is asked for JSON."""
        return JSON in (self.header("Accept") or "")

    @property
    def is_write(self) -> bool:
        """Tell whether it may change something."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is sent back; the default is the empty 200 of an edit or a scan."""

    status: int = 200
    content_type: str = HTML
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """A request that Plex answers with an error page."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True, kw_only=True)
class Quirks:
    """What differs between Plex servers, or is not proven; all may be changed at run time.

    Attributes:
        semantics: Whether an indexed list of tags replaces the list or is added to it.
        page_limit: Largest page; above it the answer is 400. None: any size.
        honours_excludes: Whether excludeElements and excludeFields shrink an answer.
        honours_file_filter: Off, `file=` is ignored and the whole section is answered.
        honours_time_filter: Off, `addedAt>>=` and `updatedAt>>=` are ignored in the same way.
        line_limit_bytes: Longest request line, method and protocol included.
        line_limit_status: 414, 431 or 400.
        body_limit_bytes: Largest picture.
        body_limit_status: 413 or 400.
        ignored_fields: Edit names of fields that are answered 200 and not written.
        idle_seconds: How long a silent connection stays open; counts for new connections.
        latency_seconds: Added to every answer.
    """

    semantics: Literal["replace", "add"] = "replace"
    page_limit: int | None = 1000
    honours_excludes: bool = True
    honours_file_filter: bool = True
    honours_time_filter: bool = True
    line_limit_bytes: int = 8192
    line_limit_status: int = 414
    body_limit_bytes: int = 10_000_000
    body_limit_status: int = 413
    ignored_fields: frozenset[str] = frozenset()
    idle_seconds: float = 20.0
    latency_seconds: float = 0.0


def error_reply(status: int) -> Reply:
    """Answer with the HTML page that Plex sends instead of XML or JSON."""
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Unknown"
    name = html.escape(reason)
    page = f"<html><head><title>{name}</title></head><body><h1>{status} {name}</h1></body></html>\n"
    return Reply(status=status, body=page.encode())


def maintenance_reply(*, wants_json: bool) -> Reply:
    """Answer as Plex does for minutes while it starts or migrates its database."""
    if wants_json:
        text = (
            '{"code":503,"title":"Maintenance","status":"Plex Media Server is currently '
            'running startup maintenance tasks."}\n'
        )
        return Reply(status=503, content_type=JSON, body=text.encode())
    text = (
        '<Response code="503" title="Maintenance" status="Plex Media Server is currently '
        'running database migrations."/>\n'
    )
    return Reply(status=503, content_type=XML, body=text.encode())
