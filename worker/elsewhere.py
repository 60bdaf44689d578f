"""What settings of other plugins amount to here: the older plugin of the same id, and Stash2Plex.

Only what somebody stored is offered, and only where nothing is stored here yet: a default of
another plugin is nobody's wish, and what was chosen here stays. A token's text is in no offer, and
neither is an address as it was stored, which may hold one.

Stash2Plex once had the id `PlexSync` as well, so both tables are tried on both maps. Some versions
of Stash give keys back as camelCase; case and underscores therefore tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from errors import NotConfiguredError
from stash.queries import PLUGIN_ID
from worker.settings import address_of, read_settings
from worker.settings_table import SETTINGS

STASH2PLEX = "Stash2Plex"
PLUGINS = (PLUGIN_ID, STASH2PLEX)
_TOKEN = "plexToken"  # noqa: S105 - the setting's name
_OURS = {one.key: one for one in SETTINGS}
_UNSET: tuple[object, ...] = (None, "", False)

# Switches of Stash2Plex for what is done here anyway; on, they need no counterpart.
_DONE_ANYWAY = {
    "enabled",
    "strictmatching",
    "syncmaster",
    "syncstudio",
    "syncsummary",
    "syncdate",
    "syncperformers",
    "synctags",
}
_PICTURES = ("syncposter", "syncbackground")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One setting of another plugin, and what it would be here.

    Attributes:
        plugin: Whose it is.
        old: Its key as Stash gives it.
        was: What is stored there, as a person reads it; "" for a token.
        setting: The key here.
        name: What that is called.
        description: What it does.
        value: What would be stored here; None for a token, which goes from Stash to its file.
    """

    plugin: str
    old: str
    was: str
    setting: str
    name: str
    description: str
    value: str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """A setting of another plugin that has no counterpart."""

    plugin: str
    old: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What one old setting amounts to; a `value` of "" or False is nothing to store."""

    setting: str
    was: str
    value: str | bool | None


def offers_of(
    stored: Mapping[str, Mapping[str, object]], *, has_token: bool
) -> tuple[list[Offer], list[Unlike]]:
    """What is offered, one offer a setting; and which old settings have no counterpart.

    Args:
        stored: What Stash has stored, by plugin.
        has_token: A token is in force already.
    """
    ours = stored.get(PLUGIN_ID, {})
    taken = {key for key in _OURS if ours.get(key) not in _UNSET}
    taken |= {_TOKEN} if has_token else set()
    offers: list[Offer] = []
    unlike: list[Unlike] = []
    for plugin in PLUGINS:
        foreign = {
            key: value
            for key, value in stored.get(plugin, {}).items()
            if plugin != PLUGIN_ID or key not in _OURS
        }
        values = {_plain(key): value for key, value in foreign.items()}
        for key, value in foreign.items():
            found = _amounts_to(_plain(key), value, values)
            if found is None:
                unlike.append(Unlike(plugin=plugin, old=key))
            elif found.setting not in taken and found.value not in ("", False):
                taken.add(found.setting)
                ours_now = _OURS[found.setting]
                offers.append(
                    Offer(
                        plugin=plugin,
                        old=key,
                        name=ours_now.name,
                        description=ours_now.description,
                        **asdict(found),
                    )
                )
    return offers, unlike


def _plain(key: str) -> str:
    return key.replace("_", "").lower()


_NOTHING = _Found("", "", "")


def _amounts_to(key: str, value: object, values: Mapping[str, object]) -> _Found | None:
    """What a setting amounts to; None where there is nothing like it here."""
    if key in _PICTURES:
        return _pictures(key, value, values)
    if value in (None, "") or key == "plexport":  # the port is part of what plexHost amounts to
        return _NOTHING
    if key in _DONE_ANYWAY:
        return _NOTHING if value is True else None
    if key in _SWITCHES:
        return _Found(_SWITCHES[key], "on", value is True)
    return _TEXTS[key](value, values) if key in _TEXTS else None


def _host(value: object, values: Mapping[str, object]) -> _Found | None:
    url = read_settings({"plexHost": value, "plexPort": values.get("plexport")}).plex_url
    return _Found("plexUrl", url.partition("://")[2], url) if url else None


def _url(value: object, _values: Mapping[str, object]) -> _Found | None:
    try:
        url = address_of(str(value))
    except NotConfiguredError:
        return None
    return _Found("plexUrl", url, url)


def _token(_value: object, _values: Mapping[str, object]) -> _Found | None:
    return _Found(_TOKEN, "", None)


def _libraries(value: object, _values: Mapping[str, object]) -> _Found | None:
    text = str(value)
    if ";" in text:
        return None  # part of a name there, and between names here
    return _Found("plexLibraries", text, "; ".join(filter(None, map(str.strip, text.split(",")))))


def _pictures(key: str, value: object, values: Mapping[str, object]) -> _Found | None:
    """Two switches there, both on by default; one choice and one switch here."""
    poster, background = (values.get(one) for one in _PICTURES)
    was = "on" if value else "off"
    if poster is False and background is False:
        return _Found("noPictures", was, True)
    if poster is False:
        return _Found("coverAs", was, "background") if key == "syncposter" else _NOTHING
    if background is True and key == "syncbackground":
        return _Found("coverAs", was, "both")
    return _NOTHING


_SWITCHES = {
    "skipunorganized": "filterOrganized",
    "preserveplexedits": "keepPlexEdits",
    "synccollection": "studioCollections",
    "triggerplexscan": "scanMissing",
}
_TEXTS: dict[str, Callable[[object, Mapping[str, object]], _Found | None]] = {
    "plexhost": _host,
    "plexurl": _url,
    "plextoken": _token,
    "plexlibrary": _libraries,
}
