"""The table of settings: what Stash's page shows, and what `worker.settings` reads.

Stash knows STRING, NUMBER and BOOLEAN without defaults, and shows an unset boolean as off: every
boolean is worded so that off is the default. It sorts by key.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of Stash's settings page."""

    key: str
    type: str  # "STRING", "NUMBER" or "BOOLEAN"
    name: str
    description: str
    default: str = ""  # what is in force where nothing is stored, as a person reads it


def _text(key: str, name: str, description: str, default: str = "") -> Setting:
    return Setting(key=key, type="STRING", name=name, description=description, default=default)


def _switch(key: str, name: str, description: str) -> Setting:
    return Setting(key=key, type="BOOLEAN", name=name, description=description, default="off")


_WHERE = (
    _text("plexUrl", "Plex address", "Such as http://192.168.1.5:32400"),
    _text(
        "plexToken",
        "Plex token",
        "The X-Plex-Token of the server's owner. Every user of Stash can read it here.",
    ),
    _text(
        "plexCertificate",
        "Plex certificate",
        "For https with a certificate of your own: its SHA-256 fingerprint, or the path of a PEM "
        "file with the authority that made it. Empty: the usual check. unchecked: none at all.",
        "checked as usual",
    ),
    _text(
        "plexLibraries",
        "Plex libraries",
        "Names separated by ;  Empty: every library of movies or other videos. "
        "Show libraries only by name.",
        "every library of movies or other videos",
    ),
    _text(
        "pathMappings",
        "Path mappings",
        "/folder/in/stash => /folder/in/plex, several separated by ;  "
        "Empty: a mapping is detected, and used where that is sure.",
        "detected",
    ),
    _switch(
        "scanMissing",
        "Scan for missing files",
        "Ask Plex to scan the folder of a file that it does not have yet.",
    ),
    _switch(
        "markCards",
        "Mark cards of scenes",
        "A small mark on the cards of scenes in Stash says whether Plex shows them.",
    ),
)

_WHAT = (
    _text(
        "titleTemplate",
        "Title template",
        "Such as [{studio} - ]{title}[ ({date})]  What is in [ ] goes where a part of it is empty. "
        "Also {network}, {year}, {performers}, {director}, {id}. Empty: Stash's title.",
        "Stash's title",
    ),
    _text(
        "sortTitle",
        "Sort title",
        "A template like the title's, such as {date} {title}. Empty: Plex's is left alone.",
        "Plex's is left alone",
    ),
    _switch(
        "syncRatings",
        "Sync ratings",
        "Stash's rating becomes the rating of the token's Plex user.",
    ),
    _text(
        "contentRating",
        "Content rating",
        "Set on every item, such as XXX. Empty: Plex's is left alone.",
        "Plex's is left alone",
    ),
    _text("tagsAs", "Tags become", "genres, labels or both. Empty: genres.", "genres"),
    _text(
        "onlyTheseTags",
        "Only these tags",
        "Names separated by ;  Only these are shown in Plex. Empty: all of them.",
        "all of them",
    ),
    _text(
        "notTheseTags",
        "Not these tags",
        "Names separated by ;  These are not shown in Plex.",
        "none",
    ),
    _switch(
        "tagParents",
        "Parents of tags",
        "The tags above a scene's tags, up to three levels, are shown like its own.",
    ),
    _text(
        "organizedLabel",
        "Label for organized scenes",
        "A label in Plex for scenes that are marked as organized. Empty: none.",
        "none",
    ),
    _switch("groupCollections", "Groups become collections", "Each group is a collection in Plex."),
    _switch(
        "studioCollections", "Studios become collections", "Each studio is a collection in Plex."
    ),
    _switch(
        "networkCollections",
        "Networks become collections",
        "The studio that a studio belongs to is a collection in Plex.",
    ),
    _switch(
        "performerRoles",
        "Disambiguations as roles",
        "What tells performers of one name apart becomes their role.",
    ),
    _text("coverAs", "Covers become", "poster, background or both. Empty: poster.", "poster"),
    _switch(
        "padCovers",
        "Pad covers",
        "Covers are padded to the shape of a poster instead of being cropped by Plex.",
    ),
    _switch(
        "noPictures",
        "No pictures",
        "Leave Plex's posters and backgrounds alone instead of sending Stash's covers.",
    ),
    _switch(
        "keepPlexEdits",
        "Keep edits made in Plex",
        "What a person changed in Plex wins. Off: Stash wins.",
    ),
)

_WHICH = (
    _switch("filterOrganized", "Filter: only organized", "Only scenes marked as organized."),
    _text(
        "filterTags",
        "Filter: with tags",
        "Names separated by ;  Only scenes with one of these tags. Empty: all.",
        "all",
    ),
    _text(
        "filterNotTags",
        "Filter: without tags",
        "Names separated by ;  No scene with one of these tags.",
        "none",
    ),
    _text(
        "filterStudios",
        "Filter: studios",
        "Names separated by ;  Only scenes of these studios and of those that belong to them. "
        "Empty: all.",
        "all",
    ),
    _text(
        "filterPaths",
        "Filter: paths",
        "Paths in Stash separated by ;  * is any name in a folder, ** any folders, a leading ! "
        "leaves out: /data/**; !**/trailers/**  Empty: all.",
        "all",
    ),
    _switch(
        "undoFiltered",
        "Undo what is filtered out",
        "A scene that falls out of the filters gets back in Plex what stood there before. "
        "Off: it is left as it is.",
    ),
    _switch(
        "undoDestroyed",
        "Undo what is destroyed",
        "The item of a destroyed scene gets back in Plex what stood there before. "
        "Off: it is left as it is.",
    ),
    Setting(
        key="catchUpMinutes",
        type="NUMBER",
        name="Minutes between looks",
        description="How often Stash is asked what changed without a hook. 0: every minute.",
        default="every minute",
    ),
    _switch(
        "logDetails",
        "Details in the log",
        "Titles, paths and names are written into worker.log as well, to look into a problem. "
        "Off: ids alone.",
    ),
)

GROUPS = {"where": _WHERE, "what": _WHAT, "which": _WHICH}
SETTINGS = (*_WHERE, *_WHAT, *_WHICH)
