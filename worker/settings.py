"""The settings, read from Stash's map into frozen choices.

A bad value is named with its key, its default used, and the rest stays in force.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from errors import NotConfiguredError
from mirror.filters import Filters
from mirror.fingerprint import digest_of
from mirror.normal import tag_key
from mirror.path_glob import PathGlob, parse_glob
from mirror.paths import PathMapping, parse_mappings
from mirror.policy import BACKGROUND, GENRES, LABELS, POSTER, Policy
from mirror.template import Template, parse_template
from plex.trust import USUAL, Trust, read_trust
from worker.settings_table import SETTINGS, Setting

__all__ = [
    "SETTINGS",
    "Setting",
    "Settings",
    "address_of",
    "content_print",
    "read_settings",
    "without_secrets",
]

DEFAULT_PORT = 32400
_LONGEST_SHOWN = 200
CATCH_UP_SECONDS = 55.0  # a little below a minute, in which a change should be in Plex

# What a word of a person's stands for; the first is the default.
_TAGS_AS = {
    "genres": frozenset({GENRES}),
    "labels": frozenset({LABELS}),
    "both": frozenset({GENRES, LABELS}),
}
_COVER_AS = {
    "poster": frozenset({POSTER}),
    "background": frozenset({BACKGROUND}),
    "both": frozenset({POSTER, BACKGROUND}),
}


# The older plugin with the same id stores its address in these two; they are only read.
_OLD_HOST, _OLD_PORT = "plexHost", "plexPort"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a person chose, with defaults where nothing was stored.

    Attributes:
        plex_url: Without a trailing slash; "" when there is none.
        plex_token: "" when there is none.
        trust: What proves over https that it is the server.
        libraries: Names or keys; empty means every library of type movie.
        policy: What items show.
        filters: Which scenes are shown at all.
        undo_filtered: A scene that falls out of the filters is undone, not left as it is.
        scan_missing: Plex is asked to scan the folder of a file that it does not have.
        mark_cards: The page marks the cards of scenes; the worker does not care.
        undo_destroyed: The item of a destroyed scene is undone, not left as it is.
        catch_up_seconds: Between two looks for changes that no hook told.
        log_details: Titles, paths and names are written into the log.
        complaints: One sentence for each value that could not be used.
    """

    plex_url: str = ""
    plex_token: str = field(default="", repr=False)
    trust: Trust = USUAL
    libraries: tuple[str, ...] = ()
    mapping: PathMapping = field(default_factory=lambda: PathMapping(()))
    policy: Policy = field(default_factory=Policy)
    filters: Filters = field(default_factory=Filters)
    undo_filtered: bool = False
    scan_missing: bool = False
    mark_cards: bool = False
    undo_destroyed: bool = False
    catch_up_seconds: float = CATCH_UP_SECONDS
    log_details: bool = False
    complaints: tuple[str, ...] = ()


def read_settings(stored: Mapping[str, object]) -> Settings:
    """The settings that Stash's map `stored` amounts to; never fails."""
    complaints: list[str] = []
    mapping, bad_pairs = parse_mappings(_text(stored, "pathMappings", complaints))
    complaints += [f"setting pathMappings: {one}" for one in bad_pairs]
    return Settings(
        plex_url=_url(stored, complaints),
        plex_token=_token(stored, complaints),
        trust=_trust(stored, complaints),
        libraries=tuple(_list(stored, "plexLibraries", complaints)),
        mapping=mapping,
        policy=_policy(stored, complaints),
        filters=_filters(stored, complaints),
        undo_filtered=_flag(stored, "undoFiltered", complaints),
        scan_missing=_flag(stored, "scanMissing", complaints),
        mark_cards=_flag(stored, "markCards", complaints),
        undo_destroyed=_flag(stored, "undoDestroyed", complaints),
        catch_up_seconds=max(
            CATCH_UP_SECONDS, 60.0 * _number(stored, "catchUpMinutes", complaints, most=1440)
        ),
        log_details=_flag(stored, "logDetails", complaints),
        complaints=tuple(complaints),
    )


def skip_print(settings: Settings) -> str:
    """A text that changes when a changed setting may change what any scene asks for."""
    return f"{content_print(settings)} {settings.undo_destroyed}"


@lru_cache(maxsize=4)  # asked for with each stretch of work
def content_print(settings: Settings) -> str:
    """A text that changes when a changed setting asks for a comparison of every scene."""
    return digest_of(
        (
            settings.libraries,
            settings.mapping,
            settings.policy,
            settings.filters,
            settings.undo_filtered,
            settings.scan_missing,
        )
    )


def _policy(stored: Mapping[str, object], complaints: list[str]) -> Policy:
    cover_as = _choice(stored, "coverAs", _COVER_AS, complaints)
    return Policy(
        title=_template(stored, "titleTemplate", complaints),
        sort_title=_template(stored, "sortTitle", complaints),
        sync_ratings=_flag(stored, "syncRatings", complaints),
        content_rating=_text(stored, "contentRating", complaints),
        tags_as=_choice(stored, "tagsAs", _TAGS_AS, complaints),
        only_tags=_names(stored, "onlyTheseTags", complaints),
        not_tags=_names(stored, "notTheseTags", complaints),
        tag_parents=_flag(stored, "tagParents", complaints),
        organized_label=_text(stored, "organizedLabel", complaints),
        group_collections=_flag(stored, "groupCollections", complaints),
        studio_collections=_flag(stored, "studioCollections", complaints),
        network_collections=_flag(stored, "networkCollections", complaints),
        performer_roles=_flag(stored, "performerRoles", complaints),
        cover_as=frozenset() if _flag(stored, "noPictures", complaints) else cover_as,
        pad_covers=_flag(stored, "padCovers", complaints),
        keep_plex_edits=_flag(stored, "keepPlexEdits", complaints),
    )


def _filters(stored: Mapping[str, object], complaints: list[str]) -> Filters:
    wanted, unwanted = _globs(stored, "filterPaths", complaints)
    return Filters(
        organized=_flag(stored, "filterOrganized", complaints),
        tags=_names(stored, "filterTags", complaints),
        not_tags=_names(stored, "filterNotTags", complaints),
        studios=_names(stored, "filterStudios", complaints),
        paths=wanted,
        not_paths=unwanted,
    )


def _url(stored: Mapping[str, object], complaints: list[str]) -> str:
    key, text = "plexUrl", _text(stored, "plexUrl", complaints)
    if not text and stored.get(_OLD_HOST):
        key, text = _OLD_HOST, _old_address(stored)
    if not text:
        return ""
    try:
        return _normal_url(text)
    except ValueError:
        complaints.append(
            f"setting {key}: {without_secrets(text)!r} is no address; write http://host:{DEFAULT_PORT}"
        )
        return ""


def _old_address(stored: Mapping[str, object]) -> str:
    host = str(stored.get(_OLD_HOST)).strip().rstrip("/")
    port = str(stored.get(_OLD_PORT) or DEFAULT_PORT).strip()
    bare = host.partition("://")[2] or host
    return host if re.search(r":\d+$", bare) else f"{host}:{port}"


def address_of(text: str) -> str:
    """The address of a Plex that a person typed or copied.

    Raises:
        NotConfiguredError: It is none.
    """
    try:
        return _normal_url(text)
    except ValueError:
        raise NotConfiguredError(
            f"{without_secrets(text)!r} is no address", remedy=f"write http://host:{DEFAULT_PORT}"
        ) from None


def without_secrets(text: str) -> str:
    """What may be told and kept of an address: a password or a token in it may not."""
    scheme, colon, rest = text.partition("?")[0].rpartition("://")
    return f"{scheme}{colon}{rest.rpartition('@')[2]}"[:_LONGEST_SHOWN]


def _normal_url(text: str) -> str:
    """Scheme, host and port of what a person typed or copied.

    Raises:
        ValueError: It is no address, or it carries a password.
    """
    typed_scheme = "://" in text
    parts = urlsplit(text if typed_scheme else f"http://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(text)
    if re.search(r"\s", text):
        raise ValueError(text)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or (None if typed_scheme else DEFAULT_PORT)
    path = "" if parts.path.startswith("/web") else parts.path.rstrip("/")
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}"


def _token(stored: Mapping[str, object], complaints: list[str]) -> str:
    text = _text(stored, "plexToken", complaints)
    if text and not re.fullmatch(r"[!-~]+", text):
        complaints.append("setting plexToken: it holds characters that no token has; copy it again")
        return ""
    return text


def _trust(stored: Mapping[str, object], complaints: list[str]) -> Trust:
    try:
        trust = read_trust(_text(stored, "plexCertificate", complaints))
    except ValueError as error:
        complaints.append(f"setting plexCertificate: {error}; Plex's is checked as usual")
        return USUAL
    if not trust.is_checked:
        complaints.append(
            "setting plexCertificate: unchecked, so that anybody in between can pose as Plex and "
            "read the token"
        )
    return trust


def _text(stored: Mapping[str, object], key: str, complaints: list[str]) -> str:
    value = stored.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    complaints.append(f"setting {key}: {type(value).__name__} instead of text, taken as empty")
    return ""


def _number(stored: Mapping[str, object], key: str, complaints: list[str], *, most: int) -> int:
    value = stored.get(key)
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    complaints.append(f"setting {key}: {value!r} is no number from 0 to {most}, taken as 0")
    return 0


def _flag(stored: Mapping[str, object], key: str, complaints: list[str]) -> bool:
    value = stored.get(key)
    if value is None or isinstance(value, bool):
        return bool(value)
    complaints.append(f"setting {key}: {value!r} is neither on nor off, taken as off")
    return False


def _list(stored: Mapping[str, object], key: str, complaints: list[str]) -> Iterator[str]:
    texts = re.split(r"[;\r\n]", _text(stored, key, complaints))
    return filter(None, map(str.strip, texts))


def _names(stored: Mapping[str, object], key: str, complaints: list[str]) -> frozenset[str]:
    return frozenset(map(tag_key, _list(stored, key, complaints)))


def _globs(
    stored: Mapping[str, object], key: str, complaints: list[str]
) -> tuple[tuple[PathGlob, ...], tuple[PathGlob, ...]]:
    """The globs of files that are wanted, and of those that are left out."""
    wanted: list[PathGlob] = []
    unwanted: list[PathGlob] = []
    for text in _list(stored, key, complaints):
        try:
            (unwanted if text.startswith("!") else wanted).append(parse_glob(text.lstrip("!")))
        except ValueError as error:
            complaints.append(f"setting {key}: {text!r} is left out: {error}")
    return tuple(wanted), tuple(unwanted)


def _choice(
    stored: Mapping[str, object],
    key: str,
    choices: Mapping[str, frozenset[str]],
    complaints: list[str],
) -> frozenset[str]:
    default = next(iter(choices))
    text = _text(stored, key, complaints).lower()
    if text and text not in choices:
        complaints.append(
            f"setting {key}: {text!r} is none of {', '.join(choices)}; taken as {default}"
        )
    return choices.get(text, choices[default])


def _template(stored: Mapping[str, object], key: str, complaints: list[str]) -> Template | None:
    text = _text(stored, key, complaints)
    if not text:
        return None
    try:
        return parse_template(text)
    except ValueError as error:
        complaints.append(f"setting {key}: {error}; taken as empty")
        return None
