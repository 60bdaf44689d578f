"""Plex's answers as trees of elements, in the shapes that were recorded from real servers.

A listing is not a short form of the full item but a lossy one: it keeps only the first tags of
a list, no producers, no labels and no locks, and says nothing about what it left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from demo.plexserver.items import TAG_ELEMENTS, Item, Media, Part, Scalar, Section
from demo.plexserver.render import Node
from demo.plexserver.store import Store

# How many tags of a kind a listing keeps (recorded: plex-api-rs movie_library/metadata_108).
LISTED_TAGS = {"genre": 2, "country": 2, "collection": 2, "director": 1, "writer": 2, "actor": 3}

MEDIA_TAG_VERSION = 1775731696
DURATION_MS = 30_023
_LIBRARY: dict[str, Scalar] = {
    "identifier": "com.plexapp.plugins.library",
    "mediaTagPrefix": "/system/bundle/media/flags/",
    "mediaTagVersion": MEDIA_TAG_VERSION,
}
_TITLES = {"movie": "All Movies", "show": "All Shows"}
_SCANNERS = {"movie": "Plex Movie", "show": "Plex TV Series"}
_DIRECTORIES = {"show", "season"}


def container(attributes: dict[str, Scalar | None], children: Iterable[Node] = ()) -> Node:
    """Wrap an answer; `size` is the number of children unless given."""
    nodes = list(children)
    return Node("MediaContainer", {"size": len(nodes), **attributes}, nodes)


def identity(store: Store) -> Node:
    """Say who the server is, to anyone."""
    return container(
        {
            "size": 0,
            "apiVersion": "1.2.0",
            "claimed": True,
            "machineIdentifier": store.machine_identifier,
            "version": store.version,
        }
    )


def root(store: Store) -> Node:
    """Say who the server is and what it can do."""
    return container(
        {
            "allowMediaDeletion": True,
            "allowSync": True,
            "apiVersion": "1.2.0",
            "friendlyName": store.friendly_name,
            "machineIdentifier": store.machine_identifier,
            "multiuser": True,
            "myPlex": True,
            "myPlexSubscription": True,
            "ownerFeatures": "collections,hwtranscode,pass",
            "platform": "Linux",
            "platformVersion": "6.17.0-23-generic",
            "readOnlyLibraries": False,
            "transcoderActiveVideoSessions": 0,
            "updater": True,
            "version": store.version,
        },
        [
            Node("Directory", {"count": 1, "key": key, "title": key})
            for key in ("identity", "library", "search", "status")
        ],
    )


def library() -> Node:
    """Answer `/library`, which python-plexapi reads before it asks for the sections."""
    names = {"sections": "Library Sections", "recentlyAdded": "Recently Added", "onDeck": "On Deck"}
    return container(
        {
            "allowSync": False,
            "art": "/:/resources/library-art.png",
            "content": "",
            **_LIBRARY,
            "title1": "Plex Library",
            "title2": "",
        },
        [Node("Directory", {"key": key, "title": title}) for key, title in names.items()],
    )


def sections(store: Store) -> Node:
    """List the libraries."""
    with store.lock:
        nodes = [_section(section) for section in store.sections()]
    return container({"allowSync": False, "title1": "Plex Library"}, nodes)


def section_menu(section: Section) -> Node:
    """Answer `/library/sections/{id}`: the ways to browse it."""
    names = {"all": _TITLES.get(section.type, "All"), "recentlyAdded": "Recently Added"}
    attributes = _section_container(section) | {"content": "secondary"}
    return container(
        attributes, [Node("Directory", {"key": key, "title": t}) for key, t in names.items()]
    )


def listing(
    store: Store, section: Section, items: Iterable[Item], *, total: int, offset: int | None
) -> Node:
    """Show one page of a library; `offset` is None for an answer without pages."""
    paging: dict[str, Scalar | None] = {}
    if offset is not None:
        paging = {"totalSize": total, "offset": offset}
    nodes = [_item(store, item, full=False) for item in items]
    return container({"size": len(nodes), **paging, **_section_container(section)}, nodes)


def metadata(store: Store, items: Iterable[Item]) -> Node:
    """Show items in full, from one library or several."""
    wanted = list(items)
    keys = {item.section_key for item in wanted}
    place: dict[str, Scalar | None] = {}
    if len(keys) == 1 and (section := store.section(keys.pop())):
        place = _place(section) | {"librarySectionUUID": section.uuid}
    nodes = [_item(store, item, full=True) for item in wanted]
    return container({"allowSync": True, **_LIBRARY, **place}, nodes)


def pictures(item: Item, kind: str) -> Node:
    """List what can be selected as an item's poster or background."""
    nodes = []
    for key in item.picture_keys(kind):
        address = f"/library/metadata/{item.key}/file?url={key}"
        attributes: dict[str, Scalar | None] = {
            "key": address,
            "ratingKey": key,
            "thumb": address,
            "selected": item.selected[kind] == key,
        }
        nodes.append(Node("Photo", attributes, json_name="Metadata"))
    return container(dict(_LIBRARY), nodes)


def without(node: Node, *, elements: frozenset[str], fields: frozenset[str]) -> Node:
    """Leave out of every item the elements and attributes that a client does not want."""
    for item in node.children:
        item.children = [child for child in item.children if child.name not in elements]
        item.attributes = {k: v for k, v in item.attributes.items() if k not in fields}
    return node


def _section(section: Section) -> Node:
    attributes: dict[str, Scalar | None] = {
        "allowSync": True,
        "art": f"/:/resources/{section.type}-fanart.jpg",
        "composite": f"/library/sections/{section.key}/composite/{section.scanned_at}",
        "filters": True,
        "refreshing": section.refreshing,
        "thumb": f"/:/resources/{section.type}.png",
        "key": str(section.key),
        "type": section.type,
        "title": section.title,
        "agent": section.agent,
        "scanner": _SCANNERS.get(section.type, "Plex Video Files"),
        "language": "en-US",
        "uuid": section.uuid,
        "updatedAt": section.created_at,
        "createdAt": section.created_at,
        "scannedAt": section.scanned_at,
        "content": True,
        "directory": True,
        "contentChangedAt": section.content_changed_at,
        "hidden": 0,
    }
    places = [
        Node("Location", {"id": section.key * 100 + number, "path": path})
        for number, path in enumerate(section.locations)
    ]
    return Node("Directory", attributes, places)


def _place(section: Section) -> dict[str, Scalar | None]:
    return {"librarySectionID": section.key, "librarySectionTitle": section.title}


def _section_container(section: Section) -> dict[str, Scalar | None]:
    return {
        "allowSync": True,
        "art": f"/:/resources/{section.type}-fanart.jpg",
        **_LIBRARY,
        **_place(section),
        "librarySectionUUID": section.uuid,
        "thumb": f"/:/resources/{section.type}.png",
        "title1": section.title,
        "title2": _TITLES.get(section.type, "All"),
        "viewGroup": section.type,
        "viewMode": 65592,
    }


def _item(store: Store, item: Item, *, full: bool) -> Node:
    key = f"/library/metadata/{item.key}"
    attributes: dict[str, Scalar | None] = {
        "ratingKey": str(item.key),
        "key": f"{key}/children" if item.type in _DIRECTORIES else key,
        "guid": f"local://{item.key}",
        "type": item.type,
        **item.scalars,
        "thumb": item.thumb,
        "art": item.art,
    }
    if item.media:
        attributes.setdefault("duration", DURATION_MS)
    if full and (section := store.section(item.section_key)):
        attributes |= _place(section) | {"librarySectionKey": f"/library/sections/{section.key}"}
    children = [_media(media, full=full) for media in item.media]
    title = str(item.scalars["title"])
    for shape, url in (("coverPoster", item.thumb), ("background", item.art)):
        children.append(Node("Image", {"alt": title, "type": shape, "url": url}))
    children += _full_tags(store, item) if full else _listed_tags(item)
    name = "Directory" if item.type in _DIRECTORIES else "Video"
    return Node(name, attributes, children, json_name="Metadata")


def _listed_tags(item: Item) -> list[Node]:
    return [
        Node(TAG_ELEMENTS[name], {"tag": value.tag})
        for name, limit in LISTED_TAGS.items()
        for value in item.tags.get(name, ())[:limit]
    ]


def _full_tags(store: Store, item: Item) -> list[Node]:
    nodes = []
    for name, element in TAG_ELEMENTS.items():
        for value in store.tags_of(item, name):
            number = store.tag_id(name, value.tag)
            attributes: dict[str, Scalar | None] = {
                "id": number,
                "filter": f"{name}={number}",
                "tag": value.tag,
                "role": value.role,
                "thumb": value.thumb,
            }
            nodes.append(Node(element, attributes))
    nodes += [Node("Field", {"locked": True, "name": name}) for name in sorted(item.locked)]
    return nodes


def _media(media: Media, *, full: bool) -> Node:
    attributes: dict[str, Scalar | None] = {
        "id": media.id,
        "duration": DURATION_MS,
        "bitrate": 3250,
        "width": 1280,
        "height": 720,
        "aspectRatio": 1.78,
        "audioChannels": 2,
        "audioCodec": "aac",
        "videoCodec": "h264",
        "videoResolution": "720",
        "container": _ending(media.parts[0]),
        "videoFrameRate": "PAL",
        "videoProfile": "high",
    }
    if media.proxy_type is not None:
        attributes |= {"proxyType": int(media.proxy_type), "target": "Optimized for Mobile"}
    return Node("Media", attributes, [_part(part, full=full) for part in media.parts])


def _part(part: Part, *, full: bool) -> Node:
    ending = _ending(part)
    attributes: dict[str, Scalar | None] = {
        "id": part.id,
        "key": f"/library/parts/{part.id}/{MEDIA_TAG_VERSION}/file.{ending}",
        "duration": DURATION_MS,
        "file": part.file,
        "size": part.size,
        "container": ending,
        "videoProfile": "high",
    }
    return Node("Part", attributes, _streams(part) if full else [])


def _streams(part: Part) -> list[Node]:
    video: dict[str, Scalar | None] = {"streamType": 1, "default": True, "codec": "h264"}
    audio: dict[str, Scalar | None] = {"streamType": 2, "selected": True, "codec": "aac"}
    return [
        Node("Stream", {"id": part.id * 10 + index, **stream, "index": index})
        for index, stream in enumerate((video, audio))
    ]


def _ending(part: Part) -> str:
    return PurePosixPath(part.file.replace("\\", "/")).suffix.lstrip(".") or "mkv"
