"""Branch and bound over the blocks: the best outcome by a criterion, with a proof.

Prices turn the criterion into a sum over blocks, whose best is a ceiling that no outcome passes.
Every row then has a cost: what it gives away at those prices. Rows that cost more than the
distance between the ceiling and the best outcome known cannot be in a better one, which leaves
a handful; a depth-first search goes through what remains.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.clock import late
from sim.problem import TOLERANCE, Floats, Indices
from sim.search import kernels
from sim.search.criteria import LEAST, Criterion
from sim.search.oracle import at_prices, best_package, cheapest, lost_with
from sim.search.relaxation import Ceiling, ceiling
from sim.search.stack import Stack, rational
from sim.search.tied import best_beyond, path

ROOM = 64
"""Outcomes that tie and give the parties different gains, up to this many, are all kept."""

FIRST = 20_000
"""Nodes of a search before the harder bounds are worth their price."""

SLICE = 200_000
"""Nodes between two looks at the clock."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a search came to.

    Attributes
    ----------
    best
        The highest score found; minus infinity where there is no outcome.
    ceiling
        No outcome scores more. Equal to ``best`` when that is proven to be the highest.
    rows
        The outcomes within the tolerance of the best that differ in what they give, as places
        in the stack, ``(n_found, n_blocks)``; of those that give the same, the lowest number.
    gains
        What they give, ``(n_found, n_parties)``.
    complete
        Every outcome within the tolerance of the best was looked at.
    """

    best: float
    ceiling: float
    rows: Indices
    gains: Floats
    complete: bool

    @property
    def proven(self) -> bool:
        """Whether no outcome can be better by more than the tolerance."""
        return self.ceiling <= self.best + TOLERANCE


def maximise(  # noqa: PLR0913
    stack: Stack,
    codes: NDArray[np.int64],
    criterion: Criterion,
    *,
    ties: bool = True,
    known: Indices | None = None,
    beat: float = -np.inf,
    target: float = np.inf,
    deadline: float | None = None,
    max_nodes: int = 50_000_000,
) -> Found:
    """Find the outcomes that score highest, among those that give every party its floor.

    Parameters
    ----------
    codes
        Outcome numbers by row, `sim.search.stack.Numbering.codes`.
    ties
        Whether every outcome within the tolerance of the best is wanted.
    known
        An outcome to start from, as places in the stack.
    beat, target
        Only scores above the one are wanted; at the other the search may stop.
    deadline
        On ``time.monotonic``; the best so far is returned then, with the ceiling.
    """
    bound = ceiling(stack, criterion)
    slack = TOLERANCE if ties else -kernels.MARGIN
    best, rows = _start(stack, criterion, bound, known)
    if rows is None or best <= beat:
        best, rows = beat, None
    if bound.value < best - TOLERANCE:
        return _found(best, best, stack, None, complete=True)
    if rows is not None and best >= target:
        return _found(best, max(best, bound.value), stack, rows)
    small, where = _worthwhile(stack, np.arange(len(stack.row)), criterion, bound, best - slack)
    if small is not None and rows is not None:
        best, rows = _climb_among(small, where, criterion, bound.cost, best, rows)
        small, where = _worthwhile(small, where, criterion, bound, best - slack)
    if small is None:
        return _found(best, best, stack, rows, complete=True)
    search = _Search(stack, small, where, codes, criterion, bound, slack, target)
    if criterion.kind != LEAST or max_nodes <= FIRST:
        return search.run(best, rows, deadline, max_nodes)
    found = search.run(best, rows, deadline, FIRST)
    if found.ceiling <= found.best or (len(found.rows) and found.best >= target):
        return found
    rows = found.rows[0] if len(found.rows) else None
    best = max(best, found.best)
    harder = _with_views(stack, small, where, codes, criterion, bound, slack, target)
    found = harder.run(best, rows, deadline, max_nodes - FIRST)
    return replace(found, gains=found.gains[:, : len(stack.origin)])


def _with_views(
    stack: Stack,
    small: Stack,
    where: Indices,
    codes: NDArray[np.int64],
    criterion: Criterion,
    bound: Ceiling,
    slack: float,
    target: float,
) -> _Search:
    """Let every way of leaving one party aside be one party more, to see sooner what is too little.

    A mean of the ratios, at prices that would be right without one of the parties, is never
    below the smallest ratio; so it changes no score, but it falls short earlier in the search.
    """
    counted = np.flatnonzero(criterion.coef > 0)
    views = []
    for aside in counted if len(counted) > 2 else ():
        others = criterion.coef.copy()
        others[aside] = 0.0
        free = replace(criterion, coef=others, floor=np.full(len(others), -np.inf))
        prices = ceiling(small, free).prices
        views.append(prices / (prices @ others))
    if not views:
        return _Search(stack, small, where, codes, criterion, bound, slack, target)
    seen = np.array(views).T
    more = np.ones(len(views))

    def wider(table: Stack) -> Stack:
        gains = np.hstack([table.gains, table.gains @ seen])
        return replace(table, gains=gains, origin=np.append(table.origin, table.origin @ seen))

    extended = replace(
        criterion,
        coef=np.append(criterion.coef, more),
        floor=np.append(criterion.floor, -np.inf * more),
        ladder_scale=np.append(criterion.ladder_scale, 0 * more),
    )
    prices = np.append(bound.prices, 0 * more)
    return _Search(
        wider(stack), wider(small), where, codes, extended, replace(bound, prices=prices), slack,
        target,
    )  # fmt: skip


def _climb_among(
    small: Stack, where: Indices, criterion: Criterion, cost: Floats, best: float, rows: Indices
) -> tuple[float, Indices]:
    """Climb once more among few rows, where changing two blocks at a time is affordable."""
    local = np.searchsorted(where, rows)
    if (where[np.minimum(local, len(where) - 1)] != rows).any():
        return best, rows
    gains = _climb(small, criterion, cost[where], local, pairs=True)
    value = float(criterion.score(gains[None, :])[0])
    if value > best and criterion.allows(gains[None, :])[0]:
        return value, where[local]
    return best, rows


def _found(
    best: float, top: float, stack: Stack, rows: Indices | None, *, complete: bool = False
) -> Found:
    """Report one outcome, or none."""
    if rows is None:
        none = np.zeros((0, stack.n_blocks), dtype=np.intp)
        return Found(-np.inf, top, none, np.zeros((0, len(stack.origin))), complete)
    gains = stack.origin + stack.gains[rows].sum(axis=0)
    return Found(best, top, rows[None, :], gains[None, :], complete)


def _start(
    stack: Stack, criterion: Criterion, bound: Ceiling, known: Indices | None
) -> tuple[float, Indices | None]:
    """Climb from the cheapest rows, and from an outcome already known; keep the better."""
    starts = [cheapest(stack, bound.cost)]
    if known is not None:
        starts.append(np.array(known, dtype=np.intp))
    best, chosen = -np.inf, None
    for rows in starts:
        gains = _climb(stack, criterion, bound.cost, rows, pairs=False)
        value = float(criterion.score(gains[None, :])[0])
        if criterion.allows(gains[None, :])[0] and value > best:
            best, chosen = value, rows
    return best, chosen


def _climb(
    stack: Stack, criterion: Criterion, cost: Floats, rows: Indices, *, pairs: bool
) -> Floats:
    """Improve an outcome in place by small changes; return what it then gives."""
    kind, coef, floor = criterion.kind, criterion.coef, criterion.floor
    gains: Floats
    if stack.tied is None:
        gains = kernels.climb(
            stack.gains, stack.start, stack.origin, kind, coef, floor, rows, pairs
        )
    else:
        ties = stack.tied
        gains = kernels.climb_tied(
            stack.gains, cost, ties.first, ties.link, ties.home, ties.state, stack.origin, kind,
            coef, floor, rows,
        )  # fmt: skip
    return gains


def _worthwhile(
    stack: Stack, where: Indices, criterion: Criterion, bound: Ceiling, wanted: float
) -> tuple[Stack | None, Indices]:
    """Strike the rows that cost too much for a better outcome, then those that starve a party."""
    numbered = replace(stack, row=np.arange(len(where)))
    if np.isfinite(wanted):
        spare = bound.worth - bound.slope * wanted - bound.base + kernels.MARGIN
        keep = lost_with(stack, bound.cost[where]) <= spare
        small = numbered.take(keep)
        if small is None:
            return None, where
        numbered = small
    floor = criterion.floor
    if criterion.kind == LEAST:
        counted = criterion.coef > 0
        floor = np.where(counted, np.maximum(floor, wanted * criterion.coef), floor)
    left = rational(numbered, floor)
    return left, where if left is None else where[left.row]


@dataclass(frozen=True, eq=False)
class _Search:
    """A depth-first search over the rows that are left, dearest blocks first."""

    stack: Stack
    small: Stack
    where: Indices
    codes: NDArray[np.int64]
    criterion: Criterion
    bound: Ceiling
    slack: float
    target: float

    def run(
        self, best: float, rows: Indices | None, deadline: float | None, max_nodes: int
    ) -> Found:
        """Search to the end, or to the limits, looking at the clock now and then."""
        small, bound, criterion = self.small, self.bound, self.criterion
        n_blocks, n = small.n_blocks, len(small.origin)
        span = (small.best() - small.worst()) @ bound.prices
        way = path(small.ties, span, bound.cost[self.where])
        ties, rank, at = way.ties, way.rank, way.at.copy()
        local = self.where[way.places]
        below, beyond = best_beyond(ties, small.gains[way.places])
        opened, rest = beyond - below[ties.state], np.zeros((n_blocks + 1, n))
        rest[0] = below[ties.root].sum(axis=0)
        room = ROOM if self.slack > 0 else 1
        found_rows = np.zeros((room, n_blocks), dtype=np.intp)
        found_gains, found_value = np.zeros((room, n)), np.zeros(room)
        n_found = 0
        if rows is not None:
            place = np.full(len(self.stack.row), -1, dtype=np.intp)
            place[local] = np.arange(len(local))
            if (place[rows] >= 0).all():
                found_rows[0] = place[rows][way.order]
                found_gains[0] = self.stack.origin + self.stack.gains[rows].sum(axis=0)
                found_value[0], n_found = best, 1
        cursor = np.zeros(n_blocks + 1, dtype=np.intp)
        total, spent = np.zeros((n_blocks + 1, n)), np.zeros(n_blocks + 1)
        total[0] = small.origin
        gains, cost, codes = self.stack.gains[local], bound.cost[local], self.codes[local]
        depth, skipped, nodes, first = 0, -np.inf, 0, best
        while depth >= 0 and nodes < max_nodes and (best < self.target or not n_found):
            depth, best, n_found, skipped, used = kernels.depth_first_tied(
                gains, cost, codes, ties.first, ties.link, ties.home, at, opened, rest,
                small.origin, criterion.floor, criterion.kind, criterion.coef, bound.prices,
                bound.worth, bound.slope, bound.base, criterion.ladder, criterion.ladder_scale,
                best, self.slack, self.target, cursor, total, spent, depth, found_rows,
                found_gains, found_value, n_found, skipped, SLICE,
            )  # fmt: skip
            nodes += used
            if late(deadline):
                break
        top = best if depth < 0 else max(best, bound.value)
        if not n_found:  # nothing beats what was known before
            return _found(best, top, self.stack, rows if best == first else None,
                          complete=depth < 0)  # fmt: skip
        complete = depth < 0 and self.slack > 0 and skipped < best - TOLERANCE
        chosen = local[found_rows[:n_found]][:, rank]
        return Found(best, top, chosen, found_gains[:n_found].copy(), complete)


def feasible(
    stack: Stack,
    codes: NDArray[np.int64],
    floor: Floats,
    *,
    deadline: float | None = None,
    max_nodes: int = 50_000_000,
) -> Found:
    """Find an outcome that gives every party its floor, or prove that there is none.

    Returns
    -------
    Found
        ``best`` is the surplus over its floor of the party worst off, in units of utility: the
        outcome is feasible when that is not below minus the tolerance, and none is when
        ``ceiling`` is. In between, the limits were reached before either was known.
    """
    bounded = np.isfinite(floor)
    if not bounded.any():
        return _found(np.inf, np.inf, stack, best_package(stack, np.zeros(len(floor))))
    aside = replace(
        stack,
        gains=np.ascontiguousarray(stack.gains[:, bounded]),
        origin=stack.origin[bounded] - floor[bounded],
    )
    n = int(bounded.sum())
    surplus = Criterion(LEAST, np.ones(n), np.full(n, -np.inf))
    rows, cost = _greedy(aside)
    gains = _climb(aside, surplus, cost, rows, pairs=False)
    if gains.min() >= -TOLERANCE:
        return _found(float(gains.min()), np.inf, stack, rows)
    return maximise(
        aside, codes, surplus, ties=False, known=rows, target=-TOLERANCE, deadline=deadline,
        max_nodes=max_nodes,
    )  # fmt: skip


def _greedy(stack: Stack) -> tuple[Indices, Floats]:
    """Take from every block the row that does most for all, each by its own range."""
    range_ = np.maximum(stack.highest - stack.lowest, 1e-12)
    _, cost = at_prices(stack, 1.0 / range_)
    return cheapest(stack, cost), cost
