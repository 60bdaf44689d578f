"""Over https the token goes to the server that is meant, and to nobody else."""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import certifi
import pytest
import trustme

from demo.plexserver.server import PlexServer
from errors import NotConfiguredError, PlexAwayError
from plex.client import PlexClient
from plex.tls import address_in
from plex.trust import Trust, read_trust
from tests.fuzz.slow_server import RawServer
from tests.plex.tls_front import TlsFront

HASH = "0123456789abcdef0123456789abcdef"
DIRECT = f"127-0-0-1.{HASH}.plex.direct"


@pytest.fixture
def plex() -> Iterator[PlexServer]:
    server = PlexServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def pem(authority: trustme.CA, tmp_path: Path) -> str:
    """The file that a person with an authority of their own names."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def fingerprint(certificate: trustme.LeafCert) -> str:
    der = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
    return hashlib.sha256(der).hexdigest()


def ask(url: str, plex: PlexServer, trust: Trust) -> str:
    """Ask with the token; the machine identifier."""
    client = PlexClient(url, plex.token, identifier="tls", trust=trust, patience=5)
    with closing(client):
        client.sections()
        return client.machine_identifier()


def test_a_plex_direct_name_is_verified_at_the_address_that_it_names(
    plex: PlexServer, authority: trustme.CA, pem: str
) -> None:
    """Routers that refuse to tell addresses of the own network hinder nobody."""
    with TlsFront(plex.url, authority.issue_cert(f"*.{HASH}.plex.direct")) as front:
        url = f"https://{DIRECT}:{front.port}"
        assert ask(url, plex, Trust(authorities=pem)) == plex.store.machine_identifier
        assert {one.headers["Host"] for one in plex.requests} == {f"{DIRECT}:{front.port}"}


@pytest.mark.parametrize("name", [f"*.{'f' * 32}.plex.direct", "127.0.0.1", DIRECT.upper()[2:]])
def test_another_name_than_that_of_the_address_is_refused(
    plex: PlexServer, authority: trustme.CA, pem: str, name: str
) -> None:
    with (
        TlsFront(plex.url, authority.issue_cert(name)) as front,
        pytest.raises(NotConfiguredError, match="no certificate that can be verified"),
    ):
        ask(f"https://{DIRECT}:{front.port}", plex, Trust(authorities=pem))
    assert plex.requests == []


def test_without_a_choice_only_the_usual_authorities_count_and_the_fingerprint_is_told(
    plex: PlexServer, authority: trustme.CA
) -> None:
    certificate = authority.issue_cert("127.0.0.1")
    with TlsFront(plex.url, certificate) as front, pytest.raises(NotConfiguredError) as refused:
        ask(front.url, plex, Trust())
    told = str(refused.value).replace(":", "").lower()
    assert fingerprint(certificate) in told
    assert "plexCertificate" in str(refused.value)
    assert "plex.direct" in str(refused.value)
    assert plex.requests == []


def test_the_usual_authorities_are_those_of_certifi(
    plex: PlexServer, authority: trustme.CA, pem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certifi, "where", lambda: pem)
    with TlsFront(plex.url, authority.issue_cert("127.0.0.1")) as front:
        assert ask(front.url, plex, Trust()) == plex.store.machine_identifier
    assert {one.headers["X-Plex-Token"] for one in plex.requests} == {plex.token}


def test_an_answer_that_drips_is_given_up_behind_https_too(authority: trustme.CA, pem: str) -> None:
    """Each byte comes in time, the whole does not."""
    dripping = RawServer([b"HTTP/1.1 200 OK\r\n\r\n", b" "], pause_seconds=0.2, is_endless=True)
    with dripping, TlsFront(dripping.url, authority.issue_cert("127.0.0.1")) as front:
        trust = Trust(authorities=pem)
        client = PlexClient(front.url, "any", identifier="tls", trust=trust, patience=1.0)
        began = time.monotonic()
        with closing(client), pytest.raises(PlexAwayError):
            client.identity()
    assert time.monotonic() - began < 10


def test_a_server_that_speaks_no_tls_shows_no_fingerprint(plex: PlexServer) -> None:
    with pytest.raises(NotConfiguredError, match=r"or http inside your own network$"):
        ask(plex.url.replace("http:", "https:"), plex, Trust())


def test_a_certificate_of_ones_own_counts_by_its_fingerprint_whatever_its_name(
    plex: PlexServer, authority: trustme.CA
) -> None:
    certificate = authority.issue_cert("some.nas.example")
    with TlsFront(plex.url, certificate) as front:
        pinned = Trust(fingerprint=fingerprint(certificate))
        assert ask(front.url, plex, pinned) == plex.store.machine_identifier
        direct = f"https://{DIRECT}:{front.port}"
        assert ask(direct, plex, pinned) == plex.store.machine_identifier


def test_another_certificate_than_the_pinned_one_gets_no_request(
    plex: PlexServer, authority: trustme.CA
) -> None:
    pinned = Trust(fingerprint=fingerprint(authority.issue_cert("127.0.0.1")))
    with (
        TlsFront(plex.url, authority.issue_cert("127.0.0.1")) as front,
        pytest.raises(NotConfiguredError, match="another certificate than the setting"),
    ):
        ask(front.url, plex, pinned)
    assert plex.requests == []


def test_nothing_is_checked_only_where_a_person_wrote_so(
    plex: PlexServer, authority: trustme.CA
) -> None:
    with TlsFront(plex.url, authority.issue_cert("another.example")) as front:
        unchecked = read_trust("Unchecked")
        assert ask(front.url, plex, unchecked) == plex.store.machine_identifier
        assert ask(f"https://{DIRECT}:{front.port}", plex, unchecked)


def test_an_authority_vouches_for_the_name_alone(
    plex: PlexServer, authority: trustme.CA, pem: str
) -> None:
    trust = Trust(authorities=pem)
    with TlsFront(plex.url, authority.issue_cert("127.0.0.1")) as front:
        assert ask(front.url, plex, trust) == plex.store.machine_identifier
    seen = len(plex.requests)
    with (
        TlsFront(plex.url, authority.issue_cert("other.example")) as front,
        pytest.raises(NotConfiguredError, match="verified"),
    ):
        ask(front.url, plex, trust)
    assert len(plex.requests) == seen


@pytest.mark.parametrize("there", [True, False])
def test_a_file_without_certificates_is_named(
    plex: PlexServer, tmp_path: Path, *, there: bool
) -> None:
    path = tmp_path / "empty.pem"
    if there:
        path.write_text("no certificate")
    with pytest.raises(NotConfiguredError, match=r"empty\.pem") as refused:
        ask("https://127.0.0.1:1", plex, Trust(authorities=str(path)))
    assert "plexCertificate" in str(refused.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_to_another_host_is_not_followed_over_tls_either(
    plex: PlexServer, authority: trustme.CA, pem: str, scheme: str
) -> None:
    stranger = PlexServer()
    stranger.start()
    try:
        with (
            TlsFront(plex.url, authority.issue_cert("127.0.0.1")) as front,
            TlsFront(stranger.url, authority.issue_cert("127.0.0.1")) as elsewhere,
        ):
            place = elsewhere.url if scheme == "https" else stranger.url
            plex.faults.set(f"redirect:{place}/library/sections")
            with pytest.raises(NotConfiguredError, match="redirects to another address"):
                ask(front.url, plex, Trust(authorities=pem))
            assert elsewhere.greeted == 0
    finally:
        stranger.stop()
    assert stranger.requests == []


@pytest.mark.parametrize(
    ("text", "trust"),
    [
        ("", Trust()),
        ("unchecked", Trust(is_checked=False)),
        ("AB" * 32, Trust(fingerprint="ab" * 32)),
        (":".join(["AB"] * 32), Trust(fingerprint="ab" * 32)),
        (f"sha256 Fingerprint={':'.join(['0C'] * 32)}", Trust(fingerprint="0c" * 32)),
        ("/etc/ssl/my authority.pem", Trust(authorities="/etc/ssl/my authority.pem")),
        ("C:\\certs\\own.pem", Trust(authorities="C:\\certs\\own.pem")),
    ],
)
def test_what_a_person_writes_is_understood(text: str, trust: Trust) -> None:
    assert read_trust(text) == trust


@pytest.mark.parametrize("text", ["yes", "false", "ab" * 20, "ab" * 31, "unchecked please"])
def test_what_is_no_choice_switches_nothing_off(text: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        read_trust(text)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        (f"192-168-1-5.{HASH}.plex.direct", "192.168.1.5"),
        (f"192-168-1-5.{HASH}.PLEX.direct", "192.168.1.5"),
        (f"192-168-1-5.{HASH}.plex.direct.example", ""),
        (f"192-168-1-5.sub.{HASH}.plex.direct", ""),
        ("192-168-1-5.plex.direct", ""),
        (f"2001-db8--5.{HASH}.plex.direct", ""),
        ("plex.example", ""),
    ],
)
def test_only_plexs_own_names_stand_for_addresses(host: str, address: str) -> None:
    assert address_in(host) == address
