"""By what a Plex is recognised when it is asked over https.

Without a choice, by the certificate authorities that everybody trusts, and by its name. A person
who gave a server a certificate of their own names its fingerprint, or a file with the authority
that made it. Not to check anything is a choice as well, and never made by itself. Standard library
only: the page is told of settings by processes that load nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UNCHECKED = "unchecked"
_PREFIX = re.compile(r"^\s*sha-?256( fingerprint)?\s*[=:]", re.IGNORECASE)  # as openssl writes it
_HEX = re.compile(r"[0-9a-fA-F]+")
_SHA256_DIGITS, _OTHER_DIGITS = 64, {32, 40, 128}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What proves that a server is the one that is meant.

    Attributes:
        fingerprint: The SHA-256 of its certificate, in hex; "" for none.
        authorities: A PEM file with those who may vouch for it; "" for the usual ones.
        is_checked: Anything has to be proved at all.
    """

    fingerprint: str = ""
    authorities: str = ""
    is_checked: bool = True


USUAL = Trust()


def read_trust(text: str) -> Trust:
    """What a person wrote: nothing, a fingerprint, the path of a file, or "unchecked".

    Raises:
        ValueError: It is none of them.
    """
    bare = _PREFIX.sub("", text).replace(":", "").replace(" ", "")
    if not text:
        return USUAL
    if text.lower() == UNCHECKED:
        return Trust(is_checked=False)
    if _HEX.fullmatch(bare) and len(bare) == _SHA256_DIGITS:
        return Trust(fingerprint=bare.lower())
    if _HEX.fullmatch(bare) and len(bare) in _OTHER_DIGITS:
        raise ValueError("a fingerprint has to be the SHA-256 one, of 64 digits")
    if "/" not in text and "\\" not in text:
        raise ValueError("it is no SHA-256 fingerprint and no path of a PEM file")
    return Trust(authorities=text)
