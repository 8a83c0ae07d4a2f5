"""How large is the zone of possible agreement? Counted where it can be, else estimated.

Counting goes through the blocks depth first and leaves a branch as soon as all that follows is
acceptable, or nothing is. Zones too large for that are estimated: by plain draws where
acceptable outcomes are common, else by draws tilted towards them and weighted back, which finds
shares of one in 10¹⁶ that plain draws would never hit.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.blocks import NONE, Ties, gathered
from sim.clock import deadline_in, late
from sim.loose import added
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.criteria import LEAST, Criterion
from sim.search.draws import drawn_rows, log_count, log_mean, log_sums
from sim.search.packages import Packages
from sim.search.stack import WORD, Stack, rational, stacked
from sim.search.tied import best_beyond, path

LISTED = 300_000
"""Up to so many outcomes are listed."""

FEW, FEW_TIME = 300, 3.0
"""Where interactions are loose, up to so many acceptable outcomes are counted one by one, if that
takes no more than so many seconds."""

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
    at_least
        So many were counted one by one before counting was given up for an estimate; all of them
        where it was not.
    rest
        Seconds that counting would have gone on for, going by how far it had come; 0 where it
        came to the end, infinite where it had hardly begun.
    """

    outcomes: int | None
    share: float
    share_interval: tuple[float, float]
    exact: bool
    method: str
    at_least: int = 0
    rest: float = field(default=0.0, compare=False)


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
    if problem.loose:
        return _sampled(problem, rng, samples, whole, deadline)
    stack = rational(stacked(problem.at_thresholds()))
    if stack is None:
        return _counted(0, whole, "enumeration")
    if stack.n_blocks <= 1 or stack.n_outcomes <= LISTED:
        _, gains = stack.listed()
        return _counted(int((gains >= -TOLERANCE).all(axis=1).sum()), whole, "enumeration")
    number, rest = _count(stack, limit, deadline)
    if not rest:
        return _counted(number, whole, "counting")
    inside = math.exp(log_count(stack.ties) - math.log(whole))
    found = _estimated(stack, rng, samples, inside, 1.0 / whole, deadline)
    low, high = (max(end, number / whole) for end in found.share_interval)
    share = max(found.share, number / whole)
    return replace(found, share=share, share_interval=(low, high), at_least=number, rest=rest)


def _sampled(
    problem: Problem,
    rng: np.random.Generator,
    samples: int,
    whole: int,
    deadline: float | None,
) -> ZoneSize:
    """Draw outcomes where interactions are no part of the blocks."""
    plain = replace(problem, loose=())
    stack = stacked(plain)
    if stack is None:
        return _counted(0, whole, "enumeration")
    if stack.n_outcomes <= LISTED:
        acceptable = problem.enumerate()[1] >= problem.thresholds - TOLERANCE
        return _counted(int(acceptable.all(axis=1).sum()), whole, "enumeration")
    known, complete = _few(problem, deadline)
    if complete:
        return _counted(known, whole, "integer programme")
    inside = math.exp(log_count(stack.ties) - math.log(whole))
    places = stack.row[drawn_rows(stack, np.zeros(problem.n_parties), samples, rng)]
    choices = np.zeros((len(places), problem.n_issues), dtype=np.intp)
    utilities = np.zeros((len(places), problem.n_parties))
    for block, rows in zip(problem.blocks, places.T, strict=True):
        choices[:, list(block.issues)] = block.choices[rows]
        utilities += block.utilities[rows]
    utilities += added(problem.loose, choices, problem.n_parties)
    share = float((utilities >= problem.thresholds - TOLERANCE).all(axis=1).mean())
    least = known / whole
    low, high = (min(max(end * inside, least), 1.0) for end in wilson(share, len(places)))
    share = min(max(share * inside, least), 1.0)
    return ZoneSize(None, share, (low, high), False, "sampling", at_least=known)


def _few(problem: Problem, deadline: float | None) -> tuple[int, bool]:
    """Count acceptable outcomes one by one while they are few; and whether there are no others."""
    soon = deadline_in(FEW_TIME)
    until = soon if deadline is None or soon is None else min(soon, deadline)
    choices, complete = Packages(problem, problem.thresholds, until).every(FEW)
    return len(choices), complete


def _counted(number: int, whole: int, method: str) -> ZoneSize:
    share = number / whole if whole else 0.0
    return ZoneSize(number, share, (share, share), True, method, at_least=number)


def _count(stack: Stack, limit: int, deadline: float | None) -> tuple[int, float]:
    """Count depth first, widest blocks first; also say how many seconds the rest would take."""
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    stack = priced(stack)
    way = path(stack.ties, (stack.best() - stack.worst()).max(axis=1))
    ties, at = way.ties, way.at.copy()
    gains = stack.gains[way.places]
    best_opened, best = opening(ties, gains)
    worst_opened, worst = opening(ties, -gains)
    total = np.zeros((stack.n_blocks + 1, len(stack.origin)))
    total[0] = stack.origin
    number = gathered(ties, np.ones(len(gains), dtype=object), np.multiply, np.add, 1, 0)
    alone = [int(number[at[b]]) if up == NONE else 1 for b, up in enumerate(ties.parent)]
    moduli = _moduli(math.prod(alone))
    ways = np.array([[int(k) % m for m in moduli] for k in number], dtype=np.int64)
    cursor = np.zeros(stack.n_blocks + 1, dtype=np.intp)
    closed = np.zeros((stack.n_blocks + 1, len(moduli)), dtype=np.int64)
    depth, done, began = 0, 0.0, time.monotonic()
    for steps in range(0, limit, SLICE):
        turn = min(SLICE, limit - steps)
        depth, _ = kernels.count_above(
            gains, ties.first, ties.link, ties.home, at, ties.parent, best_opened, -worst_opened,
            ways, np.array(moduli), best, -worst, total, cursor, depth, closed, turn,
        )  # fmt: skip
        done = _done(cursor, ties.first, at, depth)
        if depth < 0 or late(deadline) or done / (steps + turn) * limit * HOPELESS < 1.0:
            break
    counted = sum(
        _from_remainders(c, moduli) * math.prod(alone[k:]) for k, c in enumerate(closed.tolist())
    )
    if depth < 0:
        return counted, 0.0
    spent = time.monotonic() - began
    return counted, max(spent * (1.0 / done - 1.0), 1e-3) if done > 0 else math.inf


def opening(ties: Ties, gains: Floats) -> tuple[Floats, Floats]:
    """Return how the most that is still to come changes by each row, and room for what it is.

    Returns
    -------
    opened, most
        Shapes ``(n_rows, n_parties)`` and ``(n_blocks + 1, n_parties)``, of which the first is
        filled in: the most before any block is settled.
    """
    below, beyond = best_beyond(ties, gains)
    most = np.zeros((len(ties.parent) + 1, gains.shape[1]))
    most[0] = below[ties.root].sum(axis=0)
    return beyond - below[ties.state], most


def _moduli(most: int) -> list[int]:
    """Return numbers by whose remainders a count up to ``most`` is known, products within a word.

    The largest primes below 2³¹, unless the count itself fits.
    """
    if most < WORD:
        return [WORD]
    moduli, product, candidate = [], 1, 2**31 + 1
    while product <= most:
        candidate -= 2
        if all(candidate % k for k in range(3, math.isqrt(candidate) + 1, 2)):
            moduli.append(candidate)
            product *= candidate
    return moduli


def _from_remainders(remainders: list[int], moduli: list[int]) -> int:
    """Return the number that leaves some remainders (Chinese remainder theorem)."""
    number, product = 0, 1
    for remainder, modulus in zip(remainders, moduli, strict=True):
        step = (remainder - number) * pow(product, -1, modulus) % modulus
        number, product = number + product * step, product * modulus
    return number


def _done(cursor: Indices, first: Indices, at: Indices, depth: int) -> float:
    """Say what part of the outcomes the search has behind it, states counting alike."""
    done, part = 0.0, 1.0
    for block in range(depth + 1):
        begin, end = first[at[block]], first[at[block] + 1]
        part /= float(end - begin)
        done += part * float(cursor[block] - begin - (block < depth))  # that one is looked into
    return done


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
    wider = replace(stack, gains=stack.gains @ views, origin=stack.origin @ views)
    return rational(wider) or wider


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
        low, high = wilson(float((weights > 0).mean()), len(weights))
        share = float((weights > 0).mean()) * inside
        return ZoneSize(None, share, (low * inside, high * inside), False, "sampling")
    prices = tilted_prices(stack)
    weights = _draw(stack, prices, samples, rng, deadline)
    share = float(weights.mean())
    error = NORMAL_95 * float(weights.std(ddof=1)) / math.sqrt(len(weights))
    most = math.exp(min(log_mean(stack, prices), 0.0))  # Chernoff's bound: proven
    low = 0.0 if not share else max((share - error) * inside, 0.0)
    high = most * inside if not share else min(share + error, most) * inside
    interval = (min(max(low, least if share else 0.0), share * inside), high)
    return ZoneSize(None, share * inside, interval, False, "tilted sampling")


def tilted_prices(stack: Stack) -> Floats:
    """Find the exponential tilt under which outcomes just inside the zone are typical."""
    from sim.search import kernels  # noqa: PLC0415

    n = len(stack.origin)
    spread = np.maximum(stack.highest - stack.lowest, 1e-9)
    none = np.zeros(n)
    ties = stack.ties
    prices: Floats = kernels.find_prices_tied(
        stack.gains, ties.first, ties.link, ties.root, stack.origin, none, none, none, none,
        4.0 / spread, 1.0, 1.0,
    )  # fmt: skip
    return prices


def _draw(
    stack: Stack,
    prices: Floats,
    samples: int,
    rng: np.random.Generator,
    deadline: float | None,
) -> Floats:
    """Draw outcomes tilted by prices; return their weights, 0 for those not acceptable."""
    level = log_mean(stack, prices)
    apart = bool((stack.ties.parent == NONE).all())
    weights: list[NDArray[np.float64]] = []
    for begun in range(0, samples, CHUNK):
        n = min(CHUNK, samples - begun)
        weigh = _weighed if apart else _weighed_tied
        weights.append(weigh(stack, prices, level, n, rng))
        if late(deadline):
            break
    return np.concatenate(weights) if weights else np.zeros(0)


def _weighed(
    stack: Stack, prices: Floats, level: float, samples: int, rng: np.random.Generator
) -> Floats:
    """Draw and weigh in one compiled loop, where blocks do not hang on one another."""
    from sim.search import kernels  # noqa: PLC0415 - loads the compiled kernels

    share, weights = log_sums(stack.ties, stack.gains @ prices)[1], np.empty(samples)
    for begin, end in pairwise(stack.start):
        share[begin:end] = np.cumsum(share[begin:end])
    lots = rng.random((stack.n_blocks, samples))
    kernels.weigh_draws(stack.gains, share, stack.start, stack.origin, prices, level, lots, weights)
    return weights


def _weighed_tied(
    stack: Stack, prices: Floats, level: float, samples: int, rng: np.random.Generator
) -> Floats:
    """Draw and weigh where blocks share issues."""
    places = drawn_rows(stack, prices, samples, rng)
    drawn = np.tile(stack.origin, (len(places), 1))
    for rows in places.T:
        drawn += stack.gains[rows]
    weight = np.exp(level - drawn @ prices)
    return np.where((drawn >= -TOLERANCE).all(axis=1), weight, 0.0)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share seen in ``n`` draws (Wilson 1927)."""
    z2 = NORMAL_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)
