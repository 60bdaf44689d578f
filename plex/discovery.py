"""Looks for Plex servers where they usually are: all addresses at once, two seconds in all.

No token goes out: `/identity` answers anybody. A server that announces itself in the local network
is found by that, under whatever port.
"""

from __future__ import annotations

import queue
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from errors import PlexSyncError
from plex.about import About
from plex.client import PlexClient

PORT = 32400
IN_ALL_SECONDS = 1.9
GDM = ("239.0.0.250", 32414)  # where servers listen for those who look for them
_ROUTES = Path("/proc/net/route")
_NAMES = ("host.docker.internal", "plex")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A server that was found, and where."""

    url: str
    about: About


def usual_addresses() -> tuple[str, ...]:
    """Where a Plex mostly is for a Stash of the same house: this machine, its gateway, its host."""
    hosts = dict.fromkeys(["127.0.0.1", *_own_hosts(), *_gateways(), *_NAMES])
    return tuple(f"http://{host}:{PORT}" for host in hosts)


def discover(
    addresses: Iterable[str],
    *,
    identifier: str,
    version: str,
    group: tuple[str, int] | None = GDM,
    seconds: float = IN_ALL_SECONDS,
) -> list[Answer]:
    """The servers that answer in time, each once, in the order of the addresses.

    Args:
        addresses: Asked at once; an earlier one is told where several lead to the same server.
        identifier: The installation's client identifier.
        version: The plugin's, shown to Plex.
        group: Where servers listen for a call to all; None calls nobody.
        seconds: When to come back, whoever has not answered.
    """
    deadline = time.monotonic() + seconds
    found: queue.SimpleQueue[tuple[int, Answer]] = queue.SimpleQueue()
    asked = list(dict.fromkeys(addresses))

    def ask(order: int, url: str) -> None:
        for about in _ask(url, identifier=identifier, version=version, seconds=seconds):
            found.put((order, Answer(url=url, about=about)))

    def call(stations: tuple[str, int]) -> None:
        for number, (url, about) in enumerate(_called(stations, seconds=seconds / 2)):
            found.put((len(asked) + number, Answer(url=url, about=about)))

    workers = [
        threading.Thread(target=ask, args=(order, url), daemon=True)
        for order, url in enumerate(asked)
    ]
    if group:
        workers.append(threading.Thread(target=call, args=(group,), daemon=True))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(max(deadline - time.monotonic(), 0.0))
    answers = []
    while not found.empty():
        answers.append(found.get())
    return _each_once([one for _, one in sorted(answers, key=lambda pair: pair[0])])


def _each_once(answers: Sequence[Answer]) -> list[Answer]:
    kept: dict[str, Answer] = {}
    for one in answers:
        known = kept.get(one.about.machine)
        if known is None:
            kept[one.about.machine] = one
        elif one.about.name and not known.about.name:
            kept[one.about.machine] = Answer(url=known.url, about=one.about)
    return list(kept.values())


def _ask(url: str, *, identifier: str, version: str, seconds: float) -> Iterator[About]:
    """Who answers, and once more with the name, which most tell to those with a token only."""
    client = PlexClient(url, "", identifier=identifier, version=version, patience=seconds)
    with closing(client), suppress(PlexSyncError):
        yield client.identity()
        yield client.about()


def _called(group: tuple[str, int], *, seconds: float) -> Iterable[tuple[str, About]]:
    """Servers that answer a call to all; what else answers is left out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.settimeout(0.1)
        with suppress(OSError):
            caller.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 4)
            caller.sendto(b"M-SEARCH * HTTP/1.0\r\n\r\n", group)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                data, (host, _) = caller.recvfrom(4096)
            except TimeoutError:
                continue
            except OSError:
                return
            said = _headers(data)
            if said.get("content-type") == "plex/media-server" and said.get("resource-identifier"):
                about = About(
                    name=said.get("name", ""),
                    version=said.get("version", ""),
                    machine=said["resource-identifier"],
                    claimed=True,
                )
                yield f"http://{host}:{said.get('port', PORT)}", about


def _headers(data: bytes) -> dict[str, str]:
    lines = data.decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _own_hosts() -> list[str]:
    """The address of this machine as its network sees it; no name is looked up, which may last."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks which way it would go
        return [str(probe.getsockname()[0])]
    return []


def _gateways() -> list[str]:
    """Where this machine's, or container's, packets go first; on Linux alone."""
    try:
        lines = _ROUTES.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return []
    ways = [line.split() for line in lines]
    defaults = [way[2] for way in ways if len(way) > 2 and way[1] == "00000000"]
    return [socket.inet_ntoa(struct.pack("<L", int(one, 16))) for one in defaults]
