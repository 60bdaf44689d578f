"""A Plex with a certificate of its own, from the refusal to the first title that arrives."""

from __future__ import annotations

import re

import trustme

from tests.acceptance.world import World
from tests.plex.tls_front import TlsFront
from tests.waiting import wait_for


def test_the_fingerprint_that_the_refusal_tells_is_what_has_to_be_pasted(world: World) -> None:
    scene, key = world.add()
    with TlsFront(world.plex.url, trustme.CA().issue_cert("nas.example")) as front:
        world.configure(plexUrl=front.url)
        world.save(scene, title="kept")
        told = world.wait_for_pause("not_configured")
        assert world.plex.requests == []

        shown = re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", told)
        assert shown
        assert world.result(world.operation(mode="test_plex")["id"])["result"]["ok"] is False
        world.configure(plexUrl=front.url, plexCertificate=shown[0])
        wait_for(lambda: world.shown(key, "title") == "kept", what="the title")
        asked = world.result(world.operation(mode="test_plex")["id"])
        assert asked["result"]["token"] == "good"
        world.end_worker()
        assert world.operation(mode="status")["complaints"] == []


def test_that_nothing_is_checked_is_said_as_long_as_it_is_so(world: World) -> None:
    scene, key = world.add()
    with TlsFront(world.plex.url, trustme.CA().issue_cert("nas.example")) as front:
        world.configure(plexUrl=front.url, plexCertificate="unchecked")
        world.save(scene, title="sent")
        wait_for(lambda: world.shown(key, "title") == "sent", what="the title")
        wait_for(lambda: world.status()["complaints"], what="the complaint")
        status = world.operation(mode="status")
        assert "pose as Plex" in status["complaints"][0]
        assert any("plexCertificate" in one["sentence"] for one in status["troubles"])
        assert status["light"]["level"] != "in_step"
        settings = world.operation(mode="settings")["settings"]
        [shown] = [one for one in settings if one["key"] == "plexCertificate"]
        assert shown["effective"] == "unchecked"
        world.end_worker()
    assert "plexCertificate" in world.worker_log()
