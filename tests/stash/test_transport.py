"""How Stash is reached when nobody vouches for its certificate."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import trustme

from demo.stash.server import StashServer
from stash.call import Connection
from stash.client import StashClient
from tests.plex.tls_front import TlsFront


def test_a_stash_with_a_certificate_of_its_own_is_asked(tmp_path: Path) -> None:
    """It is at the address that it named itself, mostly on this very machine."""
    certificate = trustme.CA().issue_cert("stash")
    with StashServer(tmp_path) as stash, TlsFront(stash.url, certificate) as front:
        scene = stash.store.add_scene("/data/a.mp4", title="A")
        with closing(StashClient(Connection(url=front.url))) as client:
            assert client.read_scenes([scene]).scenes[scene].title == "A"
    assert front.greeted == 1  # and one connection is enough
