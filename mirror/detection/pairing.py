"""Shares out Stash's folders among origins: the fewest pairs that contradict the fewest files.

Every file that says something votes for its origin, or for having the same path on both sides.
Each folder then takes the origin of the folder above it, or another one, at a price: a file whose
vote is not heard costs less than a pair for it alone, so that one stray namesake makes no pair, and
a large nested folder costs one pair and not one for each of its neighbours. A file that has the
same path on both sides is never outvoted. The cheapest of all ways is found from the deepest
folders upwards, and a pair is written for the deepest folder that does not cost more.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mirror.detection.tails import Key, Origin

_UNHEARD = 10  # the price of one vote that is not followed
_PAIR = 9  # of a pair that one file alone can justify
_SECOND_FILE = 15  # of one that needs two
_EXCEPTION = 7  # of a folder that is left out of a pair, because its paths are the same in Plex
_FEW_VOTES = 20  # below so many in all, one file is enough for a pair

# Stands for any origin without a vote below a folder: all of them cost the same there.
_STRANGER = Origin((), ())


@dataclass(frozen=True, slots=True)
class Pair:
    """A Stash folder and the origin its files follow; without one, paths are the same in Plex."""

    folder: Key
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Vote:
    """What one file says about the folder that holds it."""

    folder: Key
    origin: Origin | None


def common_folder(folders: Iterable[Key]) -> Key:
    """The deepest folder that holds all of `folders`."""
    first, *others = folders
    for other in others:
        while other[: len(first)] != first:
            first = first[:-1]
    return first


def share_out(votes: Sequence[Vote]) -> list[Pair]:
    """The pairs that follow the most votes; none for votes that are too few or too mixed."""
    return _Tree(votes).pairs()


@dataclass(slots=True)
class _Node:
    votes: Counter[Origin | None] = field(default_factory=Counter)
    children: dict[Key, None] = field(default_factory=dict)
    costs: dict[Origin | None, float] = field(default_factory=dict)
    # The cheapest origin of its own, when the folder above has none, and when it has one.
    below_none: tuple[float, Origin | None] = (math.inf, None)
    below_other: tuple[float, Origin | None] = (math.inf, None)

    def choose(self, above: Origin | None) -> tuple[float, Origin | None]:
        """What the folder costs at best, and the origin it then takes."""
        inherited = (self.costs.get(above, self.costs[_STRANGER]), above)
        own = self.below_none if above is None else self.below_other
        return own if own[0] < inherited[0] else inherited


class _Tree:
    def __init__(self, votes: Sequence[Vote]) -> None:
        self._nodes: dict[Key, _Node] = {}
        self._prices: dict[Origin | None, float] = {}
        for vote in votes:
            self._add(vote, is_enough=len(votes) < _FEW_VOTES)
        for folder in sorted(self._nodes, key=len, reverse=True):
            self._weigh(folder, self._nodes[folder])

    def pairs(self) -> list[Pair]:
        """Walk down the cheapest way, and note where the origin changes."""
        found: list[Pair] = []
        waiting: list[tuple[Key, Origin | None]] = [
            (folder, None) for folder in self._nodes if not folder[1:]
        ]
        while waiting:
            folder, above = waiting.pop()
            node = self._nodes[folder]
            _, origin = node.choose(above)
            if origin != above:
                found.append(Pair(folder, origin))
            waiting.extend((child, origin) for child in node.children)
        return found

    def _add(self, vote: Vote, *, is_enough: bool) -> None:
        self._nodes.setdefault(vote.folder, _Node()).votes[vote.origin] += 1
        child = vote.folder
        while len(child) > 1:
            node = self._nodes.setdefault(child[:-1], _Node())
            if child in node.children:
                break
            node.children[child] = None
            child = child[:-1]
        if vote.origin:
            # A name that is shared together with its folder's name is no accident.
            price = (
                _PAIR if is_enough or len(vote.folder) > len(vote.origin.stash) else _SECOND_FILE
            )
            self._prices[vote.origin] = min(price, self._prices.get(vote.origin, price))

    def _weigh(self, folder: Key, node: _Node) -> None:
        children = [self._nodes[child] for child in node.children]
        heard = dict.fromkeys([*node.votes, *(one for child in children for one in child.costs)])
        for origin in dict.fromkeys([None, _STRANGER, *heard]):
            if origin and len(origin.stash) > len(folder):
                continue  # nobody can vote for it up here, and weighing it would only take time
            node.costs[origin] = sum(child.choose(origin)[0] for child in children) + sum(
                count * (_UNHEARD if vote else math.inf)
                for vote, count in node.votes.items()
                if vote != origin
            )
        for origin, cost in node.costs.items():
            if origin != _STRANGER:
                first = self._prices.get(origin, 0)
                longer = _SECOND_FILE if origin else _EXCEPTION
                node.below_none = min(node.below_none, (cost + first, origin), key=_by_cost)
                node.below_other = min(node.below_other, (cost + longer, origin), key=_by_cost)


def _by_cost(option: tuple[float, Origin | None]) -> float:
    return option[0]
