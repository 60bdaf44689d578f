"""How a Plex proves over https who it is: names, certificates, fingerprints."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from contextlib import closing
from urllib.parse import urlsplit

import certifi

from errors import NotConfiguredError
from plex.trust import Trust

# Plex's own names for addresses: 192-168-1-5.HASH.plex.direct is 192.168.1.5.
_DIRECT = re.compile(r"(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})\.[0-9a-z]+\.plex\.direct")


def options_for(trust: Trust) -> dict[str, object]:
    """What urllib3 is told.

    Raises:
        NotConfiguredError: The file cannot be read.
    """
    if not trust.is_checked:
        return {"cert_reqs": "CERT_NONE", "assert_hostname": False}
    if trust.fingerprint:  # proves more than a name and an authority
        return {"cert_reqs": "CERT_NONE", "assert_fingerprint": trust.fingerprint}
    if trust.authorities:
        _check_file(trust.authorities)
    return {"cert_reqs": "CERT_REQUIRED", "ca_certs": trust.authorities or certifi.where()}


def address_in(host: str) -> str:
    """The address that one of Plex's own names stands for; "" for any other name.

    Nobody has to be asked for it, and many routers refuse to tell addresses of the own network.
    """
    found = _DIRECT.fullmatch(host.lower())
    return ".".join(found.groups()) if found else ""


def fingerprint_at(url: str, *, seconds: float) -> str:
    """The fingerprint of the certificate that is shown there, as people write it; "" if none is.

    Nothing is sent but the greeting.
    """
    parts = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host = parts.hostname or ""
    try:
        place = (address_in(host) or host, parts.port or 443)
        with (
            closing(socket.create_connection(place, timeout=seconds)) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return ""
    digits = hashlib.sha256(shown or b"").hexdigest().upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)) if shown else ""


def _check_file(path: str) -> None:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise NotConfiguredError(
            f"the certificates in {path} cannot be read ({type(error).__name__})",
            remedy="correct the setting plexCertificate",
        ) from error
