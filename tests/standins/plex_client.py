"""A plain HTTP client for the Plex stand-in, which hides nothing of what it says."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

import requests

from demo.plexserver.server import PlexServer


class Client:
    """Asks one server over kept connections."""

    def __init__(self, plex: PlexServer) -> None:
        self._plex = plex
        self._session = requests.Session()
        self._session.trust_env = False

    def ask(
        self,
        target: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        token: str | None = "plex-token",
    ) -> requests.Response:
        """Send a request exactly as written; `token` None sends none."""
        sent = {"Accept": "*/*", **(headers or {})}
        if token is not None:
            sent["X-Plex-Token"] = token
        return self._session.request(
            method,
            self._plex.url + target,
            headers=sent,
            data=data,
            timeout=30,
            allow_redirects=False,
        )

    def put(self, target: str) -> requests.Response:
        return self.ask(target, method="PUT")

    def tree(self, target: str, **headers: str) -> ElementTree.Element:
        """The answer's XML."""
        reply = self.ask(target, headers=headers)
        assert reply.status_code == 200, reply.text
        return ElementTree.fromstring(reply.content)

    def keys(self, target: str, **headers: str) -> list[int]:
        """The rating keys in the answer, in its order."""
        return [int(item.attrib["ratingKey"]) for item in self.tree(target, **headers)]

    def close(self) -> None:
        self._session.close()
