"""The floor: what of the worker's own requests is sent bare, and by how many threads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import library
from bench.floor import lanes, necessary, send
from bench.standin import Standin
from plex.client import PlexClient

SCENES = 50


def client(plex: Standin) -> PlexClient:
    return PlexClient(plex.url, "any", identifier="test")


def asked_and_logged(plex: Standin, log: Path) -> None:
    """What a worker asks, with one read twice."""
    plex.tell("log")
    asking = client(plex)
    asking.machine_identifier()
    asking.sections()
    asking.listing(1, type_number=1, size=1000)
    for keys in ([1, 2], [3], [1, 2]):
        asking.items([library.FIRST_KEY + one for one in keys])
    for number in range(1, 6):
        asking.edit(library.FIRST_KEY + number, "type=1&title.value=new&title.locked=1")
    asking.close()
    plex.tell("write_log", file=str(log))


def test_only_what_is_necessary_is_sent_and_each_once(tmp_path: Path) -> None:
    log = tmp_path / "plex.log"
    with Standin("plex", SCENES) as plex:
        asked_and_logged(plex, log)
        bare = necessary(log, plex.url)
        shares = lanes(bare, is_in_turn=False)
        plex.tell("reset")
        send(shares, [plex.url])
        assert plex.counts() == {"listing": 1, "metadata": 2, "edit": 5}
    assert [one.method for one in bare] == ["GET"] * 3 + ["PUT"] * 5


def test_writes_are_sent_by_two_threads_and_reads_by_one(tmp_path: Path) -> None:
    log = tmp_path / "plex.log"
    with Standin("plex", SCENES) as plex:
        plex.tell("log")
        asking = client(plex)
        for number in range(1, SCENES + 1):
            asking.items([library.FIRST_KEY + number])
            asking.edit(library.FIRST_KEY + number, "type=1&title.value=new&title.locked=1")
        asking.close()
        plex.tell("write_log", file=str(log))
        plex.tell("latency", seconds=0.02)
        plex.tell("reset")
        send(lanes(necessary(log, plex.url), is_in_turn=False), [plex.url])
        assert plex.most() == {"reads": 1, "writes": 2, "all": 3}


@pytest.mark.parametrize("is_in_turn", [True, False])
def test_nothing_is_left_out_or_sent_twice(tmp_path: Path, is_in_turn: bool) -> None:
    log = tmp_path / "plex.log"
    with Standin("plex", SCENES) as plex:
        asked_and_logged(plex, log)
        bare = necessary(log, plex.url)
    shares = lanes(bare, is_in_turn=is_in_turn)
    assert sorted(one.url for share in shares for one in share) == sorted(one.url for one in bare)
    assert len(shares) == (1 if is_in_turn else 3)


def test_a_page_is_asked_for_as_the_worker_asked_for_it(tmp_path: Path) -> None:
    log = tmp_path / "plex.log"
    with Standin("plex", SCENES) as plex:
        plex.tell("log")
        asking = client(plex)
        asking.listing(1, type_number=1, start=20, size=10)
        asking.listing(1, type_number=1, start=30, size=10)
        asking.close()
        plex.tell("write_log", file=str(log))
        bare = necessary(log, plex.url)
    starts = [one.headers["X-Plex-Container-Start"] for one in bare]
    assert starts == ["20", "30"]
    assert len([json.loads(line) for line in log.read_text().splitlines()]) == 2
