"""The floor of a row: the same necessary requests sent bare, with nobody deciding anything.

Necessary is what nobody can do without who starts where the worker started: pages of scenes
for a run over all scenes, reads of scenes, pages of the listing where no key is known, look-ups by
file, reads of items, writes. Each counts once, as the worker sent it; what it asked beside (who
the server is, its libraries, its own settings, what changed) does not count.

They are taken from the stand-ins' log of the worker's own run and sent by `requests` sessions that
are connected already, as many at once as the worker sends: one read of Stash, one read of Plex, two
writes. None of these waits for another, no answer is looked at. Where each request follows from the
answer of the one before, as after a single save, one thread sends them in turn.

The stand-ins do not keep what is written meanwhile, so a floor leaves no trace.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.rig import Rig
from bench.standin import ROOT

NECESSARY = {"ids", "scenes", "listing", "lookup", "metadata", "edit"}
WRITERS = 2


@dataclass(frozen=True, slots=True)
class Bare:
    """One request of a floor."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str


def floor_seconds(
    rig: Rig, logs: Mapping[str, Path], *, rounds: int = 3, is_in_turn: bool = False
) -> float:
    """How long the necessary requests of a log take; the median of some rounds.

    Args:
        rig: The stand-ins that the worker worked with.
        logs: What they logged, as `Worked.logs`.
        rounds: How often it is measured.
        is_in_turn: One thread sends all of them.
    """
    rig.plex.tell("forgetful", **{"is": True})
    try:
        command = [sys.executable, "-m", "bench.floor", rig.stash.url, rig.plex.url]
        arguments = [str(logs["stash"]), str(logs["plex"]), str(rounds), str(int(is_in_turn))]
        done = subprocess.run(
            [*command, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
    finally:
        rig.plex.tell("forgetful", **{"is": False})
    return statistics.median(map(float, done.stdout.split()))


def necessary(log: Path, url: str) -> list[Bare]:
    """The necessary requests of one stand-in's log, each once, in the order of the worker."""
    found: dict[tuple[str, str, str], Bare] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        kind, method, target, window, body = json.loads(line)
        if kind in NECESSARY:
            headers = {f"X-Plex-Container-{name.title()}": str(n) for name, n in window.items()}
            if body:
                headers["Content-Type"] = "application/json"
            bare = Bare(method, url + target, headers, body)
            found[method, target + str(window), body] = bare
    return list(found.values())


def lanes(asked: Sequence[Bare], *, is_in_turn: bool) -> list[list[Bare]]:
    """Who sends what: one list for each thread."""
    if is_in_turn:
        return [list(asked)]
    writes = [one for one in asked if one.method == "PUT"]
    reads_of_stash = [one for one in asked if one.method == "POST"]
    reads_of_plex = [one for one in asked if one.method == "GET"]
    shares = [reads_of_stash, reads_of_plex]
    shares += [writes[place::WRITERS] for place in range(WRITERS)]
    return [share for share in shares if share]


def _connected(urls: Iterable[str]) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    for url in urls:
        session.post(f"{url}/bench/told", data="{}", timeout=60)
    return session


def send(shares: Sequence[Sequence[Bare]], urls: Sequence[str]) -> float:
    """Send all of it; the seconds from the first to the last."""
    ready = threading.Barrier(len(shares) + 1)

    def run(share: Sequence[Bare]) -> None:
        session = _connected(urls)
        ready.wait()
        for one in share:
            session.request(
                one.method, one.url, headers=one.headers, data=one.body or None, timeout=60
            ).raise_for_status()

    threads = [threading.Thread(target=run, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def main() -> None:
    """Send what two logs hold, as often as asked; says the seconds of each round."""
    stash, plex, stash_log, plex_log, rounds, is_in_turn = sys.argv[1:]
    asked = necessary(Path(stash_log), stash) + necessary(Path(plex_log), plex)
    shares = lanes(asked, is_in_turn=bool(int(is_in_turn)))
    for _ in range(int(rounds)):
        print(send(shares, (stash, plex)), flush=True)


if __name__ == "__main__":
    main()
