"""The addresses of the API, and what each does.

An endpoint gets a `Call` and returns a `Reply`, or raises `RefusedError`. Sockets, tokens and
faults are none of its business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from demo.plexserver import answers, edits, listing
from demo.plexserver.items import TYPE_NUMBERS, Item, Section
from demo.plexserver.render import Node, to_json, to_xml
from demo.plexserver.store import Store
from demo.plexserver.wire import JSON, XML, Kind, LoggedRequest, Quirks, RefusedError, Reply

EditHook = Callable[[LoggedRequest], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request with all that an endpoint needs to answer it."""

    request: LoggedRequest
    body: bytes
    store: Store
    quirks: Quirks
    on_edit: Sequence[EditHook]
    groups: tuple[str, ...]  # what the route's pattern found in the path

    def section(self) -> Section:
        """Give the library that the path names."""
        section = self.store.section(int(self.groups[0]))
        if section is None:
            raise RefusedError(404)
        return section

    def item(self) -> Item:
        """Give the item that the path names; it may change at once."""
        item = self.store.live(int(self.groups[0]))
        if item is None:
            raise RefusedError(404)
        return item

    def items(self, keys: str) -> list[Item]:
        """Give those of several items that exist; none at all is a 404."""
        found = [self.store.live(int(key)) for key in dict.fromkeys(keys.split(",")) if key]
        items = [item for item in found if item is not None]
        if not items:
            raise RefusedError(404)
        return items

    def page(self, node: Node) -> Reply:
        """Write an answer in the format that was asked for."""
        if self.quirks.honours_excludes:
            elements, fields = (
                frozenset((self.request.param(name) or "").split(","))
                for name in ("excludeElements", "excludeFields")
            )
            node = answers.without(node, elements=elements, fields=fields)
        if self.request.wants_json:
            return Reply(content_type=JSON, body=to_json(node))
        return Reply(content_type=XML, body=to_xml(node))


def kind_of(method: str, path: str, query: Sequence[tuple[str, str]]) -> Kind:
    """Name what a request is for, as the log shows it."""
    route = _find(method, path)
    if route is None:
        return "other"
    if route.kind == "listing":
        names = {name for name, _ in query}
        return "lookup" if "file" in names else "search" if "title" in names else "listing"
    return route.kind


def answer(
    request: LoggedRequest,
    body: bytes,
    *,
    store: Store,
    quirks: Quirks,
    on_edit: Sequence[EditHook],
) -> Reply:
    """Carry a request out.

    Raises:
        RefusedError: The answer is an error page.
    """
    route = _find(request.method, request.path)
    if route is None:
        raise RefusedError(404)
    found = route.pattern.fullmatch(_trimmed(request.path))
    call = Call(
        request=request,
        body=body,
        store=store,
        quirks=quirks,
        on_edit=on_edit,
        groups=found.groups() if found else (),
    )
    return route.endpoint(call)


def _identity(call: Call) -> Reply:
    return call.page(answers.identity(call.store))


def _root(call: Call) -> Reply:
    return call.page(answers.root(call.store))


def _library(call: Call) -> Reply:
    return call.page(answers.library())


def _sections(call: Call) -> Reply:
    return call.page(answers.sections(call.store))


def _section(call: Call) -> Reply:
    return call.page(answers.section_menu(call.section()))


def _listing(call: Call) -> Reply:
    section = call.section()
    with call.store.lock:
        page = listing.select(section, call.request, call.quirks)
        node = answers.listing(
            call.store, section, page.items, total=page.total, offset=page.offset
        )
    reply = call.page(node)
    if page.offset is None:
        return reply
    numbers = {
        "X-Plex-Container-Start": str(page.offset),
        "X-Plex-Container-Total-Size": str(page.total),
    }
    return Reply(content_type=reply.content_type, body=reply.body, headers=numbers)


def _metadata(call: Call) -> Reply:
    with call.store.lock:
        node = answers.metadata(call.store, call.items(call.groups[0]))
    return call.page(node)


def _edit_items(call: Call) -> Reply:
    return _edit(call, lambda: call.items(call.groups[0]))


def _edit_section(call: Call) -> Reply:
    """Edit the items in `id=`, and all items of the section when it is missing or empty."""

    def chosen() -> list[Item]:
        keys = call.request.param("id")
        section = call.section()
        items = call.items(keys) if keys else list(section.items.values())
        number = call.request.param("type")
        return [
            item
            for item in items
            if item.section_key == section.key and str(TYPE_NUMBERS[item.type]) == number
        ]

    return _edit(call, chosen)


def _edit(call: Call, chosen: Callable[[], list[Item]]) -> Reply:
    for hook in list(call.on_edit):
        hook(call.request)
    ignored = call.quirks.ignored_fields
    query = [pair for pair in call.request.query if re.split(r"[.\[]", pair[0])[0] not in ignored]
    edit = edits.parse(query)
    with call.store.lock:
        for item in chosen():
            edits.apply(edit, item, call.store, call.quirks.semantics)
    return Reply()


def _upload(call: Call) -> Reply:
    if not call.body:
        raise RefusedError(400)
    with call.store.lock:
        call.store.upload(call.item().key, call.groups[1], call.body)
    return Reply()


def _pictures(call: Call) -> Reply:
    with call.store.lock:
        node = answers.pictures(call.item(), call.groups[1])
    return call.page(node)


def _select_picture(call: Call) -> Reply:
    with call.store.lock:
        key = call.request.param("url") or ""
        if not call.store.select_picture(call.item().key, f"{call.groups[1]}s", key):
            raise RefusedError(404)
    return Reply()


def _picture(call: Call) -> Reply:
    """Send the bytes of the selected picture; an agent's own picture has none here."""
    with call.store.lock:
        item = call.item()
        kind = {"thumb": "posters", "art": "arts"}[call.groups[1]]
        data = next((u.data for u in item.uploads if u.key == item.selected[kind]), None)
    if data is None:
        raise RefusedError(404)
    return Reply(content_type="image/jpeg", body=data)


def _scan(call: Call) -> Reply:
    path = call.request.param("path")
    call.store.scan(call.section().key, path)
    return Reply()


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    pattern: re.Pattern[str]
    kind: Kind
    endpoint: Callable[[Call], Reply]


_SECTION = r"/library/sections/(\d+)"
_ITEM = r"/library/metadata/(\d+)"
_ITEMS = r"/library/metadata/(\d[\d,]*)"


def _route(method: str, pattern: str, kind: Kind, endpoint: Callable[[Call], Reply]) -> _Route:
    return _Route(method, re.compile(pattern), kind, endpoint)


_ROUTES = (
    _route("GET", r"/", "root", _root),
    _route("GET", r"/identity", "identity", _identity),
    _route("GET", r"/library", "other", _library),
    _route("GET", r"/library/sections", "sections", _sections),
    _route("GET", _SECTION, "sections", _section),
    _route("GET", f"{_SECTION}/all", "listing", _listing),
    _route("PUT", f"{_SECTION}/all", "edit", _edit_section),
    _route("GET", f"{_SECTION}/refresh", "scan", _scan),
    _route("GET", _ITEMS, "metadata", _metadata),
    _route("PUT", _ITEMS, "edit", _edit_items),
    _route("POST", f"{_ITEM}/(posters|arts)", "upload", _upload),
    _route("GET", f"{_ITEM}/(posters|arts)", "posters", _pictures),
    _route("PUT", f"{_ITEM}/(poster|art)", "image", _select_picture),
    _route("GET", rf"{_ITEM}/(thumb|art)/\d+", "image", _picture),
)


def _find(method: str, path: str) -> _Route | None:
    routes = (route for route in _ROUTES if route.method == method)
    return next((route for route in routes if route.pattern.fullmatch(_trimmed(path))), None)


def _trimmed(path: str) -> str:
    return path.rstrip("/") or "/"
