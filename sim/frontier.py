"""The Pareto frontier, exactly, for spaces far too large to list.

The efficient packages of a sum of blocks are sums of efficient partial packages. So take the
blocks one by one: add every row to every partial package kept so far, and drop what another
partial package covers for everyone, or what cannot reach the disagreement point even with the
best of the rest. Two parties with 28 issues of four options have about a thousand efficient
packages among 10¹⁶; three have some 25,000; with four it is hundreds of thousands, and with
more the frontier itself is out of reach, however it is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.agreement import PROVEN_EMPTY, Certificate, Frontier
from sim.clock import deadline_in
from sim.loose import REFUSAL
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.elimination import Elimination, TooLateError
from sim.search.pace import Pace
from sim.search.programme import efficient_packages
from sim.search.stack import (
    Numbering,
    Stack,
    cell,
    nondominated,
    numbering,
    rational,
    stacked,
    undominated,
)
from sim.words import big

MAX_POINTS = 2_000_000
"""More partial packages than this are not kept: the memory of an ordinary laptop."""

MAX_STAIRS = 50_000
"""The same for two parties, whose longer lists can be thinned with a proven bound."""


WIDE = 32
"""Blocks with more rows than this are added last; the others in the order of issues."""


MANY = 10_000
"""From so many sums of three parties' gains on, the compiled sweep is used."""


@dataclass(frozen=True)
class OutOfReach:
    """The answer is too large to compute within the limits that were set.

    Attributes
    ----------
    why
        What stopped the work, how far it had come, and what was proven on the way.
    """

    why: str


@dataclass(frozen=True, eq=False)
class Partial:
    """Efficient partial packages: what they give and the numbers that name them.

    Attributes
    ----------
    gains
        Shape ``(n_points, n_parties)``.
    codes
        Partial outcome numbers, shape ``(n_points, n_words)``.
    bound
        Each efficient partial package is within this of one that is listed, for every party.
    """

    gains: Floats
    codes: NDArray[np.int64]
    bound: float = 0.0

    def __len__(self) -> int:
        return len(self.gains)


def pareto_frontier(
    problem: Problem, *, time_limit: float | None = None, max_points: int | None = None
) -> Frontier | OutOfReach:
    """Find every outcome that cannot be bettered for one party without hurting another.

    Taken over the outcomes that give every party at least its disagreement value; for the
    efficient part of the zone ask about ``problem.within_zone()``.

    Parameters
    ----------
    time_limit
        Seconds, on the clock; without it the work goes on to the end. The work also stops
        when the next step is expected to take longer than what is left.
    max_points
        The most partial packages to hold, by default `MAX_POINTS`, or `MAX_STAIRS` for two
        parties. Where two need more, which happens when what one gains the other loses, the
        list is thinned and the certificate says how far any efficient point can be from a
        listed one.

    Returns
    -------
    Frontier or OutOfReach
        Points whose utilities agree within the tolerance are one point, reached by the outcome
        of lowest number. An empty feasible set has an empty frontier.

    Examples
    --------
    Two issues that matter unequally: giving each party what it wants more beats splitting.

    >>> from sim.problem import Block
    >>> land = Block((0,), np.array([[0], [1]]), np.array([[0.0, 0.3], [0.7, 0.0]]))
    >>> money = Block((1,), np.array([[0], [1]]), np.array([[0.0, 0.7], [0.3, 0.0]]))
    >>> pareto_frontier(Problem((land, money), np.zeros(2), np.zeros(2))).utilities
    array([[1. , 0. ],
           [0.7, 0.7],
           [0. , 1. ]])

    References
    ----------
    Raith (2000), "Fair-negotiation procedures", Mathematical Social Sciences 39 (3), 303-322,
    for the two-party additive case; Nemhauser & Ullmann (1969), "Discrete Dynamic Programming
    and Capital Allocation", Management Science 15 (9), 494-505, for lists kept undominated.
    """
    if problem.loose:
        return _walked(problem, deadline_in(time_limit))
    floor = problem.least - problem.disagreement
    stack = rational(stacked(problem), floor)
    if stack is None:
        return _empty(problem)
    stack = undominated(stack)
    if stack.n_blocks > 1:
        stack = undominated(rational(stack, floor) or stack)
    names = numbering(problem, stack)
    if max_points is None:
        max_points = MAX_STAIRS if problem.n_parties == 2 else MAX_POINTS
    found = efficient(stack, names, floor=floor, time_limit=time_limit, max_points=max_points)
    if isinstance(found, OutOfReach):
        return found
    found = _consolidated(found, cell(stack))
    if found.bound and not (found.gains >= floor + found.bound).all(axis=1).any():
        return OutOfReach("thinned to stay in memory, the list says nothing this close to no deal")
    if not len(found):
        return _empty(problem)
    certificate = Certificate(found.bound == 0.0, found.bound, "frontier")
    return Frontier(found.gains + problem.disagreement, names.choices(found.codes), certificate)


def _walked(problem: Problem, deadline: float | None) -> Frontier | OutOfReach:
    """Walk the frontier between two parties by integer programmes."""
    if problem.n_parties != 2:
        return OutOfReach(REFUSAL)
    packages, walk = efficient_packages(problem, deadline)
    if not walk.done:
        many = len(walk.found)
        return OutOfReach(f"the time limit was reached with {many:,} efficient packages found")
    frontier = pareto_frontier(packages)
    assert isinstance(frontier, Frontier)  # what is listed is in reach
    bound = 0.0 if walk.exact else float(walk.step.max())
    certificate = Certificate(bound == 0.0, bound, "integer programme")
    return replace(frontier, certificate=certificate)


def _empty(problem: Problem) -> Frontier:
    none = np.zeros((0, problem.n_parties))
    return Frontier(none, np.zeros((0, problem.n_issues), dtype=np.intp), PROVEN_EMPTY)


def efficient(
    stack: Stack,
    names: Numbering,
    *,
    floor: Floats | float = 0.0,
    cuts: Sequence[tuple[Floats, float]] = (),
    time_limit: float | None = None,
    max_points: int = MAX_POINTS,
) -> Partial | OutOfReach:
    """Sum the blocks of a stack, keeping what no other partial package covers.

    Parameters
    ----------
    floor
        What every party must gain, counted from the disagreement point.
    cuts
        Pairs of prices and a worth: only outcomes whose gains are worth as much at those
        prices are wanted, so that partial packages too poor to get there are dropped.
    """
    views = np.column_stack([np.eye(stack.gains.shape[1]), *(prices for prices, _ in cuts)])
    needed = np.concatenate((np.zeros(stack.gains.shape[1]) + floor, [w for _, w in cuts]))
    step = cell(stack)
    clock = Pace(time_limit)
    if stack.tied is not None:
        return _eliminated(stack, names, views, needed, clock, max_points)
    order = np.argsort(stack.sizes > WIDE, kind="stable")
    best = np.maximum.reduceat(stack.gains @ views, stack.start[:-1], axis=0)
    rest = np.cumsum(np.vstack([best[order], np.zeros(len(needed))])[::-1], axis=0)[::-1]
    kept = Partial(stack.origin[None, :], np.zeros((1, names.codes.shape[1]), dtype=np.int64))
    for done, block in enumerate(order):
        reason = _stopped(
            clock, done, stack.n_blocks, len(kept), max_points, len(kept) * int(stack.sizes[block])
        )
        if reason:
            return OutOfReach(reason)
        rows = slice(stack.start[block], stack.start[block + 1])
        enough = needed - rest[done + 1] - TOLERANCE
        if views.shape == (2, 2):
            kept = _stairs(kept, stack.gains[rows], names.codes[rows], enough, step)
            if len(kept) > max_points:
                kept = _thinned(kept, max_points)
        elif views.shape == (3, 3) and MANY < len(kept) * stack.sizes[block] <= WIDE * len(kept):
            kept = _swept(kept, stack.gains[rows], names.codes[rows], enough, step)
        else:
            kept = _sum(kept, stack.gains[rows], names.codes[rows], views, enough)
            kept = _covering(kept, step)
    return kept


def _stopped(clock: Pace, done: int, n_blocks: int, held: int, max_points: int, sums: int) -> str:
    """Say why the next step must not be taken; nothing where it may."""
    reason = clock.too_late(sums)
    if not reason and held > max_points:
        reason = f"more than {big(max_points)} would have to be held"
    if reason:
        return (
            f"stopped after {done} of {n_blocks} groups of issues, with "
            f"{big(held)} efficient partial packages: {reason}{clock.outlook(n_blocks - done)}"
        )
    return ""


def _eliminated(
    stack: Stack, names: Numbering, views: Floats, needed: Floats, clock: Pace, max_points: int
) -> Partial | OutOfReach:
    """Do the same where blocks overlap, from the last block back to the first."""

    def too_late(done: int, held: int, sums: int) -> str:
        most = max(held, max_points) if views.shape == (2, 2) else max_points  # two are thinned
        return _stopped(clock, done, stack.n_blocks, held, most, sums)

    step = cell(stack) / 2  # every block is merged, and the blocks that hang on it added up
    try:
        found = Elimination(stack, names.codes, views, needed, step, max_points, too_late).run()
    except TooLateError as reason:
        return OutOfReach(str(reason))
    return Partial(found.gains, found.codes, found.bound)


def _sum(
    kept: Partial, gains: Floats, codes: NDArray[np.int64], views: Floats, enough: Floats
) -> Partial:
    """Add every row to every partial package, leaving out those that can never be enough."""
    total = (kept.gains[:, None, :] + gains[None, :, :]).reshape(-1, gains.shape[1])
    number = (kept.codes[:, None, :] + codes[None, :, :]).reshape(-1, codes.shape[1])
    seen = total if views.shape[0] == views.shape[1] else total @ views
    able = np.ones(len(total), dtype=bool)
    for column, least in zip(seen.T, enough, strict=True):
        able &= column >= least
    if not able.all():
        total, number = total[able], number[able]
    return Partial(total, number, kept.bound)


def _covering(partial: Partial, step: float) -> Partial:
    """Drop what another partial package covers; of equal ones keep the lowest number.

    The numbers stay in rising order, as they come when blocks are added in order of issues.
    """
    if len(partial) < 2:
        return partial
    gains, codes = partial.gains, partial.codes
    if codes.shape[1] > 1 or (codes[1:, 0] < codes[:-1, 0]).any():
        order = np.lexsort(codes.T[::-1])
        gains, codes = gains[order], codes[order]
    keep = nondominated(np.rint(gains / step))
    return Partial(gains[keep], codes[keep], partial.bound)


def _stairs(
    kept: Partial, gains: Floats, codes: NDArray[np.int64], enough: Floats, step: float
) -> Partial:
    """Do both for two parties, whose efficient points go down like stairs.

    The list comes by falling gain of the first party; with a row added it still does, so the
    sums are a few sorted runs, and a stable sort merges them.
    """
    first = np.add.outer(gains[:, 0], kept.gains[:, 0]).ravel()
    second = np.add.outer(gains[:, 1], kept.gains[:, 1]).ravel()
    able = np.flatnonzero((first >= enough[0]) & (second >= enough[1]))
    if len(able) < len(first):
        first, second = first[able], second[able]
    if not len(first):
        return Partial(np.zeros((0, 2)), codes[:0], kept.bound)
    fall, rise = np.rint(first / -step), np.rint(second / step)
    order = np.argsort(fall, kind="stable")
    level = fall[order]
    if (level[1:] == level[:-1]).any():
        row, point = np.divmod(able, len(kept))
        order = np.lexsort((*(codes[row] + kept.codes[point]).T[::-1], -rise, fall))
    rise = rise[order]
    better = np.ones(len(order), dtype=bool)
    np.greater(rise[1:], np.maximum.accumulate(rise)[:-1], out=better[1:])
    order = order[better]
    row, point = np.divmod(able[order], len(kept))
    return Partial(
        np.stack((first[order], second[order])).T, codes[row] + kept.codes[point], kept.bound
    )


def _swept(
    kept: Partial, gains: Floats, codes: NDArray[np.int64], enough: Floats, step: float
) -> Partial:
    """Do both for three parties, in one compiled sweep."""
    from sim.search.kernels import merge_three  # noqa: PLC0415 - loads the compiled kernels

    order = np.argsort(-kept.gains[:, 0], kind="stable")  # sorted already after the first sweep
    total, number = merge_three(kept.gains[order], kept.codes[order], gains, codes, enough, step)
    return Partial(total, number, kept.bound)


def _thinned(partial: Partial, max_points: int) -> Partial:
    """Keep both ends of every small square of the staircase, and account for the loss.

    Swapping a point for the one end never costs the first party anything and the second at most
    the side of the square; for the other end it is the other way round. So every efficient
    outcome is within the sum of the sides of a listed one that nobody refuses, unless it gives
    both parties hardly more than no deal.
    """
    gains = partial.gains
    side = float(np.ptp(gains, axis=0).max()) / (max_points // 4)
    squares = np.floor((gains - gains.min(axis=0)) / side)
    change = (squares[1:] != squares[:-1]).any(axis=1)
    keep = np.concatenate(([True], change)) | np.concatenate((change, [True]))
    return Partial(gains[keep], partial.codes[keep], partial.bound + side)


def _consolidated(partial: Partial, step: float) -> Partial:
    """Merge points that agree within the tolerance, drop what they cover, and sort.

    Gains of one party that are closer than the tolerance, or joined by a chain of such, count
    as one level; points are then compared level by level.
    """
    if not len(partial):
        return partial
    levels, merged = zip(*(level(column, step) for column in partial.gains.T), strict=True)
    keep = np.arange(len(partial))
    table = np.column_stack(levels)
    if any(merged):
        order = np.lexsort(partial.codes.T[::-1])
        keep = order[nondominated(table[order])]
    keep = keep[np.lexsort(-table[keep].T[::-1])]
    return Partial(partial.gains[keep], partial.codes[keep], partial.bound)


def level(values: Floats, step: float = 0.0) -> tuple[Floats, bool]:
    """Number the distinct values from the lowest up, counting as one what is within tolerance.

    Also says whether that joins values which are different multiples of ``step``.

    >>> level(np.array([0.3, 0.1 + 0.2, 0.5, 0.1]))
    (array([1., 1., 2., 0.]), True)
    """
    order = np.argsort(values)
    rising = values[order]
    apart = np.diff(rising) > TOLERANCE
    ranks = np.empty(len(values))
    ranks[order] = np.concatenate(([0], np.cumsum(apart)))
    different = np.diff(np.rint(rising / step) if step else rising) != 0
    return ranks, bool((different & ~apart).any())


def is_pareto_optimal(problem: Problem, outcome: Indices) -> bool:
    """Say whether no feasible outcome betters this one: the slow definition, by listing all."""
    _, utilities = problem.enumerate()
    feasible = utilities[(utilities >= problem.least - TOLERANCE).all(axis=1)]
    own = problem.utility(outcome)
    covers = (feasible >= own - TOLERANCE).all(axis=1)
    betters = covers & (feasible > own + TOLERANCE).any(axis=1)
    return bool((own >= problem.least - TOLERANCE).all() and not betters.any())
