"""Pages that are fetched ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.waiting import wait_for
from worker.ahead import Ahead


def test_pages_come_in_order_and_end() -> None:
    assert list(Ahead[str]().of(iter(["a", "b", "c"]))) == ["a", "b", "c"]


def test_the_next_page_is_fetched_while_the_last_one_is_looked_at() -> None:
    begun: list[int] = []

    def pages() -> Iterator[int]:
        for number in range(4):
            begun.append(number)
            yield number

    ahead = Ahead[int]().of(pages())
    assert next(ahead) == 0
    wait_for(lambda: begun == [0, 1], what="the fetching of the second page")
    assert next(ahead) == 1


def test_what_the_listing_raises_is_raised_in_its_turn() -> None:
    def pages() -> Iterator[int]:
        yield 1
        raise ValueError("away")

    ahead = Ahead[int]().of(pages())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="away"):
        next(ahead)


def test_a_listing_that_nobody_wants_any_more_is_not_taken_for_the_next_one() -> None:
    may_go_on = threading.Event()

    def stopped() -> Iterator[str]:
        yield "old"
        may_go_on.wait()
        yield "old"

    ahead = Ahead[str]()
    assert next(ahead.of(stopped())) == "old"
    another = ahead.of(iter(["new"]))
    may_go_on.set()
    assert list(another) == ["new"]
