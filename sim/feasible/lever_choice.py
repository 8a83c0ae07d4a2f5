"""Which combinations of levers are worth their cost: listed cheapest first, inferred, compared.

A lever is something a third party could do; a combination is a set of them. Nothing here knows
what a lever does: only what it costs, in which situations a combination opens a zone, and whether
a lever can only help or only hurt, which spares looking at most combinations.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.problem import TOLERANCE, Floats, Indices

Bools = NDArray[np.bool_]

MOST = 65_536
"""Combinations listed at most: all of those of 16 levers."""


@dataclass(frozen=True, eq=False)
class Combinations:
    """Combinations of levers by rising cost; of equal cost, fewer levers first.

    Attributes
    ----------
    members
        Which levers each has, shape ``(n_combinations, n_levers)``.
    costs
        Shape ``(n_combinations,)``.
    complete
        There are no others; else none of those left out is cheaper than the last one here.
    """

    members: Bools
    costs: Floats
    complete: bool

    def __len__(self) -> int:
        return len(self.members)


def cheapest_first(costs: ArrayLike, *, most: int = MOST) -> Combinations:
    """List the combinations of levers, the cheapest first.

    Parameters
    ----------
    costs
        Of each lever; a lever that pays for itself may cost less than nothing.
    most
        How many to list. With more levers than that allows the dearer combinations are left out.

    Examples
    --------
    >>> listed = cheapest_first([0.3, 0.1])
    >>> listed.members.astype(int).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    each = np.asarray(costs, dtype=float)
    n = len(each)
    if n < 63 and 2**n <= most:
        members = (np.arange(2**n)[:, None] >> np.arange(n)[::-1]) & 1 == 1
    else:
        members = np.array(list(islice(_rising(each), most)))
    total = np.round(members @ each, 12)  # so that sums that are equal tie
    order = np.lexsort((*~members.T[::-1], members.sum(axis=1), total))
    return Combinations(members[order], total[order], len(members) == 2**n)


def _rising(costs: Floats) -> Iterator[Bools]:
    """Yield combinations by rising cost without listing them all.

    Starting from every lever that costs less than nothing, changing one adds its size to the
    cost; each change is followed by one of the next larger, beside it or in its place.
    """
    order = np.argsort(np.abs(costs), kind="stable")
    sizes = np.abs(costs)[order]
    start = costs < 0
    yield start.copy()
    heap: list[tuple[float, tuple[int, ...]]] = [(float(sizes[0]), (0,))] if len(sizes) else []
    while heap:
        total, changed = heapq.heappop(heap)
        members = start.copy()
        members[order[list(changed)]] ^= True
        yield members
        last = changed[-1]
        if last + 1 < len(sizes):
            step = float(sizes[last + 1])
            heapq.heappush(heap, (total + step, (*changed, last + 1)))
            heapq.heappush(heap, (total - float(sizes[last]) + step, (*changed[:-1], last + 1)))


def smallest_among(members: Bools) -> Indices:
    """Return which combinations hold no other one of the list.

    Parameters
    ----------
    members
        Shape ``(n, n_levers)``, all different.

    Examples
    --------
    >>> smallest_among(np.array([[True, False], [True, True], [False, True]]))
    array([0, 2])
    """
    whole = members.astype(np.int64)
    shared = whole @ whole.T  # how many levers of the row's are in the column's
    inside = shared == whole.sum(axis=1)[:, None]
    np.fill_diagonal(inside, val=False)
    return np.flatnonzero(~inside.any(axis=0))


def at_least_as_good(members: Bools, than: Bools, helps: Bools, hurts: Bools) -> Bools:
    """Mark the combinations that open a zone wherever another one does.

    Parameters
    ----------
    members
        The combinations, shape ``(n, n_levers)``.
    than
        The other one, shape ``(n_levers,)``.
    helps, hurts
        Which levers only lower levels and raise values, for all who must agree, and which only
        raise levels and lower values, shape ``(n_levers,)``. The other way round it marks the
        combinations that open a zone only where the other one does.

    Examples
    --------
    With aid that helps, more of it is as good; without what hurts, too.

    >>> some = np.array([[True, True], [True, False], [False, False]])
    >>> aid, harm = np.array([True, False]), np.array([False, True])
    >>> at_least_as_good(some, np.array([False, True]), aid, harm)
    array([ True,  True,  True])
    """
    added, dropped = members & ~than, ~members & than
    spoilt = (added & ~helps) | (dropped & ~hurts)
    return np.asarray(~spoilt.any(axis=1))


def telling_order(members: Bools, helps: Bools, hurts: Bools) -> Indices:
    """Return the order in which to look at combinations: those first that tell most of others.

    The best and the worst combination settle all between them where they agree, so extremes come
    first and the middle last.
    """
    rank = (members & helps).sum(axis=1) - (members & hurts).sum(axis=1)
    middle = (rank.max(initial=0) + rank.min(initial=0)) / 2
    return np.argsort(-np.abs(rank - middle), kind="stable")


def efficient_budgets(costs: Floats, chances: Floats) -> Indices:
    """Return the combinations that no cheaper or equally cheap one beats in probability.

    Returns
    -------
    ndarray
        Places by rising cost; each has a strictly higher chance than the one before. Of equals
        the first is taken.

    Examples
    --------
    >>> efficient_budgets(np.array([0.0, 0.1, 0.2, 0.2]), np.array([0.3, 0.3, 0.4, 0.6]))
    array([0, 3])
    """
    kept, highest = [], -np.inf
    for place in np.lexsort((-chances, costs)):
        if chances[place] > highest + TOLERANCE:
            kept.append(place)
            highest = chances[place]
    return np.array(kept, dtype=np.intp)
