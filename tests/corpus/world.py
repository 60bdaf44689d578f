"""A corpus on a server: real HTTP answers, in either language, and keys that can change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from demo.plexserver.listing import SIZE, START
from demo.plexserver.server import PlexServer
from demo.plexserver.wire import JSON, LoggedRequest, Reply
from plex.answers import Section
from plex.client import PlexClient
from tests.corpus.facts import Corpus

_FIRST_ADDED = 1_500_000_000
_FIRST_MOVED = 1_700_000_000


class EitherLanguage(PlexServer):
    """A server that can be made to answer JSON to a client that asks for XML.

    Attributes:
        speaks_json: Answer every request as if it accepted JSON.
    """

    speaks_json = False

    def __init__(self) -> None:
        super().__init__()
        self._pages: dict[tuple[object, ...], Reply] = {}

    def reply_to(self, request: LoggedRequest, body: bytes) -> Reply:
        """Answer a request that no fault has struck."""
        if self.speaks_json:
            request = replace(request, headers={**request.headers, "Accept": JSON})
        if request.kind != "listing":
            return super().reply_to(request, body)
        # Making a page takes most of the time of a listing, and the tests list often.
        window = (request.option(START), request.option(SIZE))
        changes = [section.content_changed_at for section in self.store.sections()]
        page = (request.raw_target, *window, self.speaks_json, *changes)
        if page not in self._pages:
            self._pages[page] = super().reply_to(request, body)
        return self._pages[page]


class World:
    """A corpus as a running server has it.

    Attributes:
        server: The server; its quirks may be changed.
        corpus: What it was filled with.
        keys: The rating key of each item, by its number.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.server = EitherLanguage()
        self.corpus = corpus
        for library in corpus.libraries:
            self.server.store.add_section(library.title, locations=library.locations)
        self._changed_at = _FIRST_ADDED
        self.keys = [self._put(number) for number in range(len(corpus.items))]
        self.server.start()

    def close(self) -> None:
        """Stop the server."""
        self.server.stop()

    def move(self, numbers: Iterable[int]) -> None:
        """Remove items and add their files again; each gets another rating key."""
        self._changed_at = max(self._changed_at, _FIRST_MOVED)
        for number in numbers:
            self.server.store.remove_item(self.keys[number])
            self.keys[number] = self._put(number)

    @contextmanager
    def client(self) -> Iterator[PlexClient]:
        """A connection as the worker makes it."""
        with closing(PlexClient(self.server.url, self.server.token, identifier="corpus")) as client:
            yield client

    def chosen(self, client: PlexClient) -> list[Section]:
        """The chosen libraries as the server tells of them."""
        titles = {one.title for one in self.corpus.libraries if one.is_chosen}
        return [section for section in client.sections() if section.title in titles]

    def cache_name(self, library: int) -> str:
        """Under which name the caches keep a library."""
        return f"{self.server.store.machine_identifier}/{library + 1}"

    @contextmanager
    def speaking(self, *, json: bool, honours_file: bool) -> Iterator[None]:
        """Be a server of another kind for a while."""
        self.server.speaks_json = json
        self.server.quirks.honours_file_filter = honours_file
        try:
            yield
        finally:
            self.server.speaks_json = False
            self.server.quirks.honours_file_filter = True

    @contextmanager
    def counting(self) -> Iterator[Counter[str]]:
        """Count requests by kind.

        Listings with a filter by time are "changes", those of a single item "probe".
        """
        counts: Counter[str] = Counter()
        first = len(self.server.requests)
        yield counts
        counts.update(_kind(one) for one in self.server.requests[first:])

    def pages(self, size: int) -> int:
        """How many requests one listing of each chosen library takes."""
        sections = zip(self.corpus.libraries, self.server.store.sections(), strict=True)
        return sum(-(-len(s.items) // size) for one, s in sections if one.is_chosen)

    def _put(self, number: int) -> int:
        """Put an item into its library, at a time of its own on the server's clock."""
        item, store = self.corpus.items[number], self.server.store
        self._changed_at += 3600
        key = store.add_item(
            item.library + 1,
            item.versions,
            title=item.title or None,
            addedAt=self._changed_at,
            updatedAt=self._changed_at,
        )
        for path in item.optimised:
            store.add_optimised_version(key, path)
        with store.lock:
            live = store.live(key)
            assert live is not None
            store.put_scalar(live, "updatedAt", self._changed_at)  # a version was made at once
        return key


def _kind(request: LoggedRequest) -> str:
    if request.kind != "listing":
        return str(request.kind)
    if any(name.startswith(("addedAt", "updatedAt")) for name, _ in request.query):
        return "changes"
    return "probe" if request.option(SIZE) == "1" else "listing"
