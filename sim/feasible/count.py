"""How large is the zone of possible agreement? Counted where it can be, else estimated.

Counting goes through the blocks depth first and leaves a branch as soon as all that follows is
acceptable, or nothing is. Zones too large for that are estimated: by plain draws where
acceptable outcomes are common, else by draws tilted towards them and weighted back, which finds
shares of one in 10¹⁶ that plain draws would never hit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.clock import deadline_in, late
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.criteria import LEAST, Criterion
from sim.search.stack import Stack, rational, stacked

LISTED = 300_000
"""Up to so many outcomes are listed."""

CHUNK = 50_000
"""Outcomes drawn at a time."""

COMMON = 0.01
"""From this share on, plain draws do."""

SLICE = 500_000
"""Steps of counting between two looks at the clock and at how much is done."""

HOPELESS = 20
"""Counting ends when at its pace it would take so many times the limit."""

NORMAL_95 = 1.959964
"""Half the width of a 95 % interval, in standard errors."""


@dataclass(frozen=True)
class ZoneSize:
    """How many outcomes are acceptable to all.

    Attributes
    ----------
    outcomes
        Their exact number; ``None`` where it is estimated.
    share
        Their share of the outcome space.
    share_interval
        Both ends are the share where it is exact, else a 95 % confidence interval, cut to what
        is proven.
    exact
        Counted, not estimated.
    method
        ``enumeration``, ``counting``, ``sampling`` or ``tilted sampling``.
    """

    outcomes: int | None
    share: float
    share_interval: tuple[float, float]
    exact: bool
    method: str


def count_acceptable(
    problem: Problem,
    *,
    rng: np.random.Generator,
    limit: int = 20_000_000,
    time_limit: float | None = None,
    samples: int = 200_000,
    of: int | None = None,
) -> ZoneSize:
    """Count the outcomes that give every party its threshold.

    Parameters
    ----------
    rng
        Draws outcomes, where there are too many to count.
    limit
        Steps that counting may take, some twenty million a second.
    time_limit
        Seconds after which counting, and then sampling, is cut short; results then depend on
        the machine.
    samples
        Outcomes to draw where they are too many to count.
    of
        Size of the whole that the share is taken of; the problem's own outcomes if not given.

    Examples
    --------
    Ten coins between two who want three and five of them.

    >>> coins = np.arange(11.0)
    >>> split = Problem.enumerated(np.column_stack([coins, 10 - coins]), [0, 0], [3, 5])
    >>> count_acceptable(split, rng=np.random.default_rng(1)).outcomes
    3
    """
    deadline = deadline_in(time_limit)
    whole = problem.n_outcomes if of is None else of
    stack = rational(stacked(problem.at_thresholds()))
    if stack is None:
        return _counted(0, whole, "enumeration")
    if stack.n_blocks <= 1 or stack.n_outcomes <= LISTED:
        _, gains = stack.listed()
        return _counted(int((gains >= -TOLERANCE).all(axis=1).sum()), whole, "enumeration")
    number = _count(stack, limit, deadline)
    if number is not None:
        return _counted(number, whole, "counting")
    inside = math.prod(int(size) for size in stack.sizes) / whole
    return _estimated(stack, rng, samples, inside, 1.0 / whole, deadline)


def _counted(number: int, whole: int, method: str) -> ZoneSize:
    share = number / whole if whole else 0.0
    return ZoneSize(number, share, (share, share), True, method)


def _count(stack: Stack, limit: int, deadline: float | None) -> int | None:
    """Count depth first, widest blocks first; ``None`` when the limits are reached."""
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    stack = priced(stack)
    order = np.argsort(-(stack.best() - stack.worst()).max(axis=1), kind="stable")
    rank = np.argsort(order)
    gains = stack.gains[np.argsort(rank[stack.block], kind="stable")]
    sizes = stack.sizes[order]
    start = np.concatenate(([0], np.cumsum(sizes)))
    best, worst = ahead(stack.best()[order]), ahead(stack.worst()[order])
    total = np.zeros((stack.n_blocks + 1, len(stack.origin)))
    total[0] = stack.origin
    cursor = np.zeros(stack.n_blocks + 1, dtype=np.intp)
    closed = np.zeros(stack.n_blocks + 1, dtype=np.int64)
    depth = 0
    for steps in range(0, limit, SLICE):
        turn = min(SLICE, limit - steps)
        depth, _ = kernels.count_above(
            gains, start, best, worst, total, cursor, depth, closed, turn
        )
        pace = _done(cursor, start, sizes, depth) / (steps + turn)
        if depth < 0 or late(deadline) or pace * limit * HOPELESS < 1.0:
            break
    if depth >= 0:
        return None
    return sum(int(c) * math.prod(map(int, sizes[k:])) for k, c in enumerate(closed))


def _done(cursor: Indices, start: Indices, sizes: Indices, depth: int) -> float:
    """Say what part of the outcomes the search has behind it."""
    open_ = np.arange(len(sizes))
    behind = (cursor - start)[:-1] - (open_ < depth)  # the row that is being looked into is not
    parts = np.where(open_ <= depth, behind / np.cumprod(sizes, dtype=float), 0.0)
    return float(parts.sum())


def priced(stack: Stack) -> Stack:
    """Set columns ahead of the parties' that no acceptable outcome has negative.

    Gains valued at prices that make even the best outcome barely acceptable: what is worth
    less than nothing at such prices starves somebody, long before it shows who.
    """
    from sim.search.relaxation import ceiling  # noqa: PLC0415 - loads the compiled kernels

    n = len(stack.origin)
    none = np.full(n, -np.inf)
    groups = [np.ones(n)] if n <= 2 else [np.ones(n), *(1.0 - np.eye(n))]
    prices = np.array([ceiling(stack, Criterion(LEAST, group, none)).prices for group in groups])
    prices /= prices.sum(axis=1, keepdims=True)
    views = np.vstack([prices, np.eye(n)]).T
    wider = Stack(stack.gains @ views, stack.start, stack.origin @ views, stack.row)
    return rational(wider) or wider


def ahead(by_block: Floats) -> Floats:
    """Add up from each block to the last, ``(n_blocks + 1, n_parties)``."""
    closing = np.zeros((1, by_block.shape[1]))
    ahead: Floats = np.cumsum(np.vstack([by_block, closing])[::-1], axis=0)[::-1]
    return np.ascontiguousarray(ahead)


def _estimated(
    stack: Stack,
    rng: np.random.Generator,
    samples: int,
    inside: float,
    least: float,
    deadline: float | None,
) -> ZoneSize:
    """Draw outcomes of the stack; ``inside`` is its part of the whole."""
    plain = np.zeros(stack.gains.shape[1])
    pilot = _draw(stack, plain, CHUNK, rng, deadline)
    if (pilot > 0).mean() >= COMMON:
        weights = np.concatenate([pilot, _draw(stack, plain, samples - CHUNK, rng, deadline)])
        low, high = _wilson(float((weights > 0).mean()), len(weights))
        share = float((weights > 0).mean()) * inside
        return ZoneSize(None, share, (low * inside, high * inside), False, "sampling")
    prices = _tilt(stack)
    weights = _draw(stack, prices, samples, rng, deadline)
    share = float(weights.mean())
    error = NORMAL_95 * float(weights.std(ddof=1)) / math.sqrt(len(weights))
    most = math.exp(min(_log_mean(stack, prices), 0.0))  # Chernoff's bound: proven
    low = 0.0 if not share else max((share - error) * inside, 0.0)
    high = most * inside if not share else min(share + error, most) * inside
    interval = (min(max(low, least if share else 0.0), share * inside), high)
    return ZoneSize(None, share * inside, interval, False, "tilted sampling")


def _tilt(stack: Stack) -> Floats:
    """Find the exponential tilt under which outcomes just inside the zone are typical."""
    from sim.search import kernels  # noqa: PLC0415

    n = len(stack.origin)
    spread = np.maximum((stack.best() - stack.worst()).sum(axis=0), 1e-9)
    none = np.zeros(n)
    prices: Floats = kernels.find_prices(
        stack.gains, stack.start, stack.origin, none, none, none, none, 4.0 / spread, 1.0, 1.0
    )
    return prices


def _log_mean(stack: Stack, prices: Floats) -> float:
    """Logarithm of the mean of ``exp(prices · gains)`` over all outcomes."""
    value = stack.gains @ prices
    top = np.maximum.reduceat(value, stack.start[:-1])
    shares = np.add.reduceat(np.exp(value - np.repeat(top, stack.sizes)), stack.start[:-1])
    return float(stack.origin @ prices + (top + np.log(shares / stack.sizes)).sum())


def _draw(
    stack: Stack,
    prices: Floats,
    samples: int,
    rng: np.random.Generator,
    deadline: float | None,
) -> Floats:
    """Draw outcomes tilted by prices; return their weights, 0 for those not acceptable."""
    log_mean = _log_mean(stack, prices)
    weights: list[NDArray[np.float64]] = []
    for first in range(0, samples, CHUNK):
        drawn = np.tile(stack.origin, (min(CHUNK, samples - first), 1))
        for rows in np.split(stack.gains, stack.start[1:-1]):
            value = rows @ prices
            steps = np.cumsum(np.exp(value - value.max()))
            chosen = np.searchsorted(steps, rng.random(len(drawn)) * steps[-1], side="right")
            drawn += rows[np.minimum(chosen, len(rows) - 1)]
        weight = np.exp(log_mean - drawn @ prices)
        weights.append(np.where((drawn >= -TOLERANCE).all(axis=1), weight, 0.0))
        if late(deadline):
            break
    return np.concatenate(weights) if weights else np.zeros(0)


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share seen in ``n`` draws (Wilson 1927)."""
    z2 = NORMAL_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)
