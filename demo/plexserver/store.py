"""The stand-in's database: sections, items, and what a person, an agent or a disk does to them.

Every change moves the item's `updatedAt` and its section's `contentChangedAt`. The time of a
change comes from one clock that never stands still: two changes within one second get two
numbers, so that no test depends on how fast it runs.

All methods may be called from any thread. `item` hands out copies; `live` hands out the object
itself and is for callers that hold `lock`.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable, Mapping, Sequence

from demo.plexserver.items import (
    PICTURES,
    TAG_ELEMENTS,
    Files,
    Item,
    Media,
    Part,
    Scalar,
    Section,
    TagValue,
    Upload,
    as_tag_values,
    is_below,
    own_hash,
    stem,
    versions,
)

Tags = Mapping[str, Sequence[str | TagValue]]


class Store:
    """Everything that a Plex server knows."""

    def __init__(
        self,
        *,
        machine_identifier: str,
        friendly_name: str = "Plex stand-in",
        version: str = "1.43.1.10611-1e34174b1",
    ) -> None:
        self.lock = threading.RLock()
        self.machine_identifier = machine_identifier
        self.friendly_name = friendly_name
        self.version = version
        # A person's picture belongs to the name: one for the whole server.
        self.people: dict[str, str] = {}
        self._sections: dict[int, Section] = {}
        self._items: dict[int, Item] = {}
        self._tag_ids: dict[tuple[str, str], int] = {}
        self._latest_media = 0
        self._latest_item = 0
        self._latest_change = 0

    def set_machine_identifier(self, value: str) -> None:
        """Become another server, as after a reinstallation."""
        self.machine_identifier = value

    # -- seeding -------------------------------------------------------------------------------

    def add_section(
        self,
        title: str,
        *,
        type: str = "movie",  # noqa: A002 - Plex's own word, and part of the agreed interface
        locations: Sequence[str] = (),
        agent: str = "tv.plex.agents.none",
        uuid: str | None = None,
    ) -> int:
        """Create a library and return its key."""
        with self.lock:
            key = len(self._sections) + 1
            digest = own_hash(self.machine_identifier, key)
            parts = (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])
            self._sections[key] = Section(
                key=key,
                title=title,
                type=type,
                agent=agent,
                uuid=uuid or "-".join(parts),
                locations=tuple(locations),
                created_at=self._now(),
                scanned_at=self._now(),
            )
            return key

    def add_item(
        self,
        section_key: int,
        files: Files,
        *,
        title: str | None = None,
        type: str | None = None,  # noqa: A002 - Plex's own word, and part of the agreed interface
        tags: Tags | None = None,
        locked: Iterable[str] = (),
        **scalars: Scalar,
    ) -> int:
        """Create an item and return its rating key.

        Args:
            section_key: As `add_section` returned it.
            files: The versions; each is one path, or a sequence of them for a film in parts.
            title: None for the file name without its ending.
            type: None for what the section holds: movies or episodes.
            tags: By their edit names: genre, actor, ...
            locked: Edit names of the fields that a refresh leaves alone.
            scalars: Attributes by Plex's names, `addedAt` and `updatedAt` included.
        """
        with self.lock:
            section = self._sections[section_key]
            self._latest_item += 1
            media = [self._media(version) for version in versions(files)]
            first = media[0].parts[0].file if media else ""
            now = self._now()
            values: dict[str, Scalar] = {"title": title or stem(first), "summary": ""}
            values |= {"addedAt": now, "updatedAt": now, **scalars}
            number = int(values["updatedAt"])
            item = Item(
                key=self._latest_item,
                section_key=section_key,
                type=type or section.item_type,
                scalars=values,
                locked=set(locked),
                media=media,
                picture_numbers=dict.fromkeys(PICTURES, number),
            )
            item.selected = {kind: item.picture_keys(kind)[0] for kind in PICTURES}
            for name, entries in (tags or {}).items():
                self.put_tags(item, name, entries)
            self._items[item.key] = section.items[item.key] = item
            section.content_changed_at += 1
            return item.key

    def put_file_on_disk(self, section_key: int, path: str) -> None:
        """Lay down a file that the next scan of its folder will find."""
        with self.lock:
            self._sections[section_key].on_disk[path] = None

    # -- reading -------------------------------------------------------------------------------

    def item(self, key: int) -> Item:
        """Copy an item as it is now, people's pictures filled in.

        Raises:
            KeyError: No item has this rating key.
        """
        with self.lock:
            twin = self._items[key].snapshot()
            twin.tags = {name: self.tags_of(twin, name) for name in twin.tags}
            return twin

    def live(self, key: int) -> Item | None:
        """Give the item itself, None if it is gone; hold `lock` meanwhile."""
        return self._items.get(key)

    def section(self, key: int) -> Section | None:
        """Give a library, None if there is none."""
        return self._sections.get(key)

    def sections(self) -> list[Section]:
        """List the libraries in the order of their keys."""
        with self.lock:
            return list(self._sections.values())

    def tags_of(self, item: Item, name: str) -> list[TagValue]:
        """List an item's tags with the pictures that their names have on this server."""
        values = item.tags.get(name, [])
        if name != "actor":
            return list(values)
        return [TagValue(v.tag, v.role, self.people.get(v.tag)) for v in values]

    def tag_id(self, name: str, tag: str) -> int:
        """Number a tag: one number per kind and name, for good."""
        return self._tag_ids.setdefault((name, tag.casefold()), len(self._tag_ids) + 1)

    # -- what happens to items -----------------------------------------------------------------

    def put_tags(self, item: Item, name: str, values: Iterable[str | TagValue]) -> None:
        """Give an item exactly this list; hold `lock` meanwhile."""
        entries = as_tag_values(name, values)
        for entry in entries:
            if name == "actor" and entry.thumb is not None:
                self.people[entry.tag] = entry.thumb
        item.tags[name] = [TagValue(entry.tag, entry.role) for entry in entries]

    def touch(self, item: Item) -> int:
        """Note that an item changed and return the time of it; hold `lock` meanwhile."""
        self._latest_change = max(int(time.time()), self._latest_change + 1)
        item.scalars["updatedAt"] = self._latest_change
        self._sections[item.section_key].content_changed_at += 1
        return self._latest_change

    def person_edits(
        self, key: int, name: str, value: Scalar | bytes | Sequence[str | TagValue]
    ) -> None:
        """Do what a person does in Plex's own page: set a field and lock it.

        Args:
            key: The item's rating key.
            name: The field's edit name, or "thumb" or "art" with a picture's bytes.
            value: A sequence for a list field; an empty text clears a single one.
        """
        with self.lock:
            item = self._items[key]
            if isinstance(value, bytes):
                kind = next(kind for kind, field in PICTURES.items() if field == name)
                self.upload(key, kind, value)
            elif name in TAG_ELEMENTS:
                if isinstance(value, (str, int, float)):
                    raise TypeError(f"{name} is a list")
                self.put_tags(item, name, value)
            elif isinstance(value, (str, int, float)):
                self.put_scalar(item, name, value)
            item.locked.add(name)
            self.touch(item)

    def refresh_item(self, key: int, *, tags: Tags | None = None, **scalars: Scalar) -> None:
        """Let the agent bring its own values: it overwrites whatever is not locked."""
        with self.lock:
            item = self._items[key]
            for name, value in scalars.items():
                if name not in item.locked:
                    self.put_scalar(item, name, value)
            for name, values in (tags or {}).items():
                if name not in item.locked:
                    self.put_tags(item, name, values)
            self.touch(item)

    def put_scalar(self, item: Item, name: str, value: Scalar) -> None:
        """Set a single value; an empty one leaves no attribute. Hold `lock` meanwhile."""
        if value == "" and name not in {"title", "summary"}:
            item.scalars.pop(name, None)
        else:
            item.scalars[name] = value

    def remove_item(self, key: int) -> None:
        """Take an item out of its library, as when its file vanished."""
        with self.lock:
            item = self._items.pop(key)
            section = self._sections[item.section_key]
            del section.items[key]
            section.content_changed_at += 1

    def move_item_to_new_key(self, key: int, *, keep_metadata: bool = False) -> int:
        """Remove an item and add its files again; return the new rating key.

        Plex then starts afresh: title from the file name, no tags, no locks, no uploads.
        `keep_metadata` is for the rarer case that everything comes along.
        """
        with self.lock:
            old = self._items[key]
            self.remove_item(key)
            files = [[part.file for part in media.parts] for media in old.media]
            new = self._items[self.add_item(old.section_key, files, type=old.type)]
            if keep_metadata:
                times = {"addedAt": new.added_at, "updatedAt": new.updated_at}
                new.scalars = {**old.scalars, **times}
                new.tags, new.locked, new.uploads = old.tags, old.locked, old.uploads
                new.selected = old.selected
            self.touch(new)
            return new.key

    def add_optimised_version(self, key: int, file: str) -> None:
        """Add a version that Plex converted for small devices."""
        with self.lock:
            item = self._items[key]
            item.media.append(self._media([file], proxy_type="42"))
            self.touch(item)

    def scan(self, section_key: int | None = None, path: str | None = None) -> list[int]:
        """Turn files on disk into items and return their keys; None means everywhere."""
        with self.lock:
            found: list[int] = []
            for section in self._sections.values():
                if section_key not in (None, section.key):
                    continue
                section.scanned_at = self._now()
                for file in [f for f in section.on_disk if path is None or is_below(f, path)]:
                    del section.on_disk[file]
                    found.append(self.add_item(section.key, [file]))
                    self.touch(self._items[found[-1]])
            return found

    def upload(self, key: int, kind: str, data: bytes) -> Upload:
        """Keep a picture under the SHA-1 of its bytes, for good, and select it."""
        with self.lock:
            item = self._items[key]
            upload = Upload(kind, hashlib.sha1(data, usedforsecurity=False).hexdigest(), data)
            if upload.key not in item.picture_keys(kind):
                item.uploads.append(upload)
            self.select_picture(key, kind, upload.key)
            return upload

    def select_picture(self, key: int, kind: str, picture_key: str) -> bool:
        """Show another of an item's pictures; False if it has no such one."""
        with self.lock:
            item = self._items[key]
            if picture_key not in item.picture_keys(kind):
                return False
            item.selected[kind] = picture_key
            item.picture_numbers[kind] = self.touch(item)
            return True

    def _media(self, files: Iterable[str], *, proxy_type: str | None = None) -> Media:
        self._latest_media += 1
        parts = tuple(Part(self._latest_media * 10 + n, file) for n, file in enumerate(files))
        return Media(self._latest_media, parts, proxy_type)

    def _now(self) -> int:
        """Read the clock; what was created now can only change later."""
        self._latest_change = max(int(time.time()), self._latest_change)
        return self._latest_change
