"""Pages of a long listing, the next of which is fetched while the last one is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Generic, TypeVar

from worker.crew import Crew, Done

Page = TypeVar("Page")
_LOOK_SECONDS = 60.0


class Ahead(Generic[Page]):
    """One thread that fetches for whoever lists; it starts with the first page."""

    def __init__(self) -> None:
        self._crew: Crew[Iterator[Page], Page | None] = Crew(size=1)

    def of(self, pages: Iterator[Page]) -> Iterator[Page]:
        """Give what `pages` gives; what it raises is raised here in its turn."""
        page: Page | None = None
        while True:
            self._crew.put(pages, partial(next, pages, None), is_urgent=False)
            if page is not None:
                yield page
            done = self._done(pages)
            if done.error:
                raise done.error
            page = done.answer
            if page is None:
                return

    def _done(self, pages: Iterator[Page]) -> Done[Iterator[Page], Page | None]:
        """The next page; those of a listing that nobody wants any more are dropped."""
        while True:
            done = self._crew.take(seconds=_LOOK_SECONDS)
            if done and done.subject is pages:
                return done
