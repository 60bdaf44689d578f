"""The rows about matching, in this process: a listing with cold caches, look-ups in warm ones."""

from __future__ import annotations

import time
from contextlib import closing

from bench import library
from bench.measure import Row
from bench.report import CPU
from bench.rigs import Rigs
from bench.standin import Standin
from plex.cache import MatchCache
from plex.client import PlexClient
from plex.server import Server

PAGE = 1_000
COLD_CPU_SECONDS = 6.0
WARM_US = 30.0
AT_ONCE = 250  # paths of one batch


def matching(rigs: Rigs) -> list[Row]:
    """List a whole library, then find every path of it."""
    items = rigs.sizes.large
    with (
        Standin("plex", items) as plex,
        closing(MatchCache(rigs.folder())) as cache,
        closing(PlexClient(plex.url, "any", identifier="bench")) as client,
    ):
        server = Server(client, libraries=(), match_cache=cache)
        return [_cold(server, plex, items), _warm(server, items)]


def _cold(server: Server, plex: Standin, items: int) -> Row:
    [section] = server.finder.sections
    plex.tell("reset")
    began, used = time.perf_counter(), time.process_time()
    found = sum(1 for _ in server.finder.lookup.all_files(section))
    cpu, seconds = time.process_time() - used, time.perf_counter() - began
    asked = plex.counts()
    assert found == items, found
    return Row(
        name="matching",
        what=f"cold caches, {items:,} items in Plex",
        must=f"one listing, {PAGE:,} a page; <= {COLD_CPU_SECONDS:.0f} s of CPU",
        measured=f"{dict(asked)}; {cpu:.2f} s of CPU, {seconds:.2f} s in all",
        holds=dict(asked) == {"listing": -(-items // PAGE)} and cpu <= COLD_CPU_SECONDS,
        facts={CPU: 1000 * cpu / items, "cpu_seconds": cpu, "seconds": seconds},
    )


def _warm(server: Server, items: int) -> Row:
    [section] = server.finder.sections
    paths = [library.path_below(library.PLEX_FOLDER, one) for one in range(1, items + 1)]
    kept = server.finder.lookup.kept
    began, used = time.perf_counter(), time.process_time()
    found = sum(len(kept.of(section, paths[at : at + AT_ONCE])) for at in range(0, items, AT_ONCE))
    cpu, seconds = time.process_time() - used, time.perf_counter() - began
    assert found == items, found
    each = 1e6 * cpu / items
    return Row(
        name="matching",
        what=f"warm caches, {items:,} paths, {AT_ONCE} at once",
        must=f"<= {WARM_US:.0f} us of CPU a path",
        measured=f"{each:.1f} us of CPU a path, {seconds:.2f} s in all",
        holds=each <= WARM_US,
        facts={CPU: 1000 * cpu / items, "us_a_path": each, "seconds": seconds},
    )
