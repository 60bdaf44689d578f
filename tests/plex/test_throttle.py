"""A server that struggles gets one request at a time, and more as soon as it is well again."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from plex.throttle import READS, SLOW_IN_A_ROW, WELL_IN_A_ROW, WRITES, Throttle
from tests.waiting import wait_for


def most_in_flight(throttle: Throttle, kind: str, *, threads: int) -> int:
    """How many of some threads are let through at once, while nobody comes back."""
    inside: list[str] = []
    go_back = threading.Event()

    def ask() -> None:
        with throttle.turn(kind):
            inside.append(kind)
            go_back.wait(10)

    asking = [threading.Thread(target=ask) for _ in range(threads)]
    for one in asking:
        one.start()
    wait_for(lambda: inside, what="the first")
    for one in asking:
        one.join(0.02)
    most = len(inside)
    go_back.set()
    for one in asking:
        one.join()
    assert len(inside) == threads
    return most


def usual(throttle: Throttle) -> None:
    for _ in range(20):
        throttle.took(0.005)


def test_a_few_reads_and_fewer_writes_are_in_flight() -> None:
    assert most_in_flight(Throttle(), "write", threads=6) == WRITES
    assert most_in_flight(Throttle(), "read", threads=8) == READS


def test_reads_and_writes_do_not_wait_for_each_other() -> None:
    throttle = Throttle()
    with ExitStack() as flying:
        for kind in ["read"] * READS + ["write"] * WRITES:
            flying.enter_context(throttle.turn(kind))


def test_a_slow_server_gets_one_request_at_a_time_and_more_when_it_is_well() -> None:
    throttle = Throttle()
    usual(throttle)
    for _ in range(SLOW_IN_A_ROW):
        throttle.took(0.05)
    assert throttle.is_narrow
    assert most_in_flight(throttle, "write", threads=3) == 1
    for _ in range(WELL_IN_A_ROW):
        throttle.took(0.005)
    assert not throttle.is_narrow
    assert most_in_flight(throttle, "write", threads=3) == WRITES


def test_in_a_narrow_time_a_read_waits_for_a_write() -> None:
    throttle = Throttle()
    throttle.struggles()
    with throttle.turn("write"):
        reading = threading.Thread(target=lambda: throttle.turn("read").__enter__())
        reading.start()
        reading.join(0.05)
        assert reading.is_alive()
    reading.join(5)
    assert not reading.is_alive()


def test_one_slow_answer_means_nothing() -> None:
    throttle = Throttle()
    usual(throttle)
    for _ in range(10):
        throttle.took(0.05)
        throttle.took(0.005)
    assert not throttle.is_narrow
