"""The walk of `sim.search` for one draw of many, without a step outside compiled code.

Narrow the rows, price the parties' gains, climb, search depth first what the prices leave open.
Rows are known by their ``place`` in the table that all draws share.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, PLR0911, PLR0913, PLR0917

from __future__ import annotations

import numpy as np

from sim.problem import TOLERANCE
from sim.search.criteria import LEAST, PRODUCT
from sim.search.kernels.climbing import climb
from sim.search.kernels.compiled import MARGIN, njit
from sim.search.kernels.depth_first import depth_first
from sim.search.kernels.narrowing import extremes, keep_rows, strike_short
from sim.search.kernels.prices import find_prices

YES, NO, UNKNOWN = 1, 0, -1
COOLEST = 1e-4


@njit
def allowed_part(utilities, allowed, whole_start, gains, place, start):
    """Copy the rows that a draw allows; say whether every block has one."""
    to = 0
    start[0] = 0
    for b in range(len(whole_start) - 1):
        before = to
        for r in range(whole_start[b], whole_start[b + 1]):
            if allowed[r]:
                for i in range(gains.shape[1]):
                    gains[to, i] = utilities[r, i]
                place[to] = r
                to += 1
        start[b + 1] = to
        if to == before:
            return False
    return True


@njit
def costs(prices, gains, start, origin, cost):
    """Fill in what each row gives away at some prices; return the worth of the best outcome."""
    worth = 0.0
    for i in range(len(origin)):
        worth += prices[i] * origin[i]
    for b in range(len(start) - 1):
        top = -np.inf
        for r in range(start[b], start[b + 1]):
            cost[r] = 0.0
            for i in range(len(origin)):
                cost[r] += prices[i] * gains[r, i]
            top = max(top, cost[r])
        for r in range(start[b], start[b + 1]):
            cost[r] = top - cost[r]
        worth += top
    return worth


@njit
def tightest(kind, gains, start, origin):
    """Find the prices whose ceiling is the tightest, as `sim.search.relaxation.ceiling` does."""
    n, n_blocks = len(origin), len(start) - 1
    best, worst = np.empty((n_blocks, n)), np.empty((n_blocks, n))
    extremes(gains, start, best, worst)
    first, power, nothing = np.empty(n), np.zeros(n), np.zeros(n)
    scale, heat = np.zeros(n), 0.0
    for i in range(n):
        high, low = origin[i], origin[i]
        for b in range(n_blocks):
            high += best[b, i]
            low += worst[b, i]
        spread = max(high - max(low, 0.0), 1e-6)
        if kind == PRODUCT:
            power[i], first[i] = 1.0, 2.0 / spread
        else:
            scale[i], first[i] = 1.0, 1.0 / n
        heat += 0.05 * first[i] * spread
    return find_prices(
        gains, start, origin, power, nothing, nothing, scale, first, heat, heat * COOLEST
    )


@njit
def cheapest(cost, start, rows):
    """Take the row of every block that costs least."""
    for b in range(len(rows)):
        rows[b] = start[b]
        for r in range(start[b] + 1, start[b + 1]):
            if cost[r] < cost[rows[b]]:
                rows[b] = r


@njit
def nearest(gains, place, start, hint, rows):
    """Take the rows of another draw's outcome; where one is not there, what does most for all."""
    for b in range(len(rows)):
        rows[b] = start[b]
        highest = -np.inf
        for r in range(start[b], start[b + 1]):
            if place[r] == hint[b]:
                rows[b] = r
                break
            own = 0.0
            for i in range(gains.shape[1]):
                own += gains[r, i]
            if own > highest:
                rows[b], highest = r, own


@njit
def affordable(limit, gains, place, start, cost):
    """Strike the rows that cost more than a limit; say whether every block has one left."""
    keep = np.empty(start[-1], dtype=np.bool_)
    for r in range(start[-1]):
        keep[r] = cost[r] <= limit
    return keep_rows(keep, gains, place, start)


@njit
def searched(
    kind, gains, place, start, codes, origin, floor, prices, slope, best, slack, target,
    found_rows, found_gains, found_value, max_nodes,
):  # fmt: skip
    """Go depth first through a narrowed table; the rows found are given as their places.

    Returns
    -------
    complete, best, n_found
        Whether every outcome wanted was looked at and kept; the best score; how many there are.
    """
    n, n_blocks, n_rows = len(origin), len(start) - 1, start[-1]
    best_of, worst_of = np.empty((n_blocks, n)), np.empty((n_blocks, n))
    extremes(gains, start, best_of, worst_of)
    cost, span = np.empty(n_rows), np.zeros(n_blocks)
    worth = costs(prices, gains, start, origin, cost)
    for b in range(n_blocks):
        for i in range(n):
            span[b] -= prices[i] * (best_of[b, i] - worst_of[b, i])
    order = np.argsort(span, kind="mergesort")
    local, own_start = np.empty(n_rows, dtype=np.intp), np.zeros(n_blocks + 1, dtype=np.intp)
    rest, to = np.zeros((n_blocks + 1, n)), 0
    for k in range(n_blocks):
        b = order[k]
        for r in np.argsort(cost[start[b] : start[b + 1]], kind="mergesort"):
            local[to] = start[b] + r
            to += 1
        own_start[k + 1] = to
    for k in range(n_blocks - 1, -1, -1):
        for i in range(n):
            rest[k, i] = rest[k + 1, i] + best_of[order[k], i]
    cursor = np.zeros(n_blocks + 1, dtype=np.intp)
    total, spent = np.zeros((n_blocks + 1, n)), np.zeros(n_blocks + 1)
    total[0] = origin
    depth, best, n_found, skipped, _ = depth_first(
        gains[local], cost[local], codes[place[local]], own_start, rest, origin, floor, kind,
        np.ones(n), prices, worth, slope, 0.0, np.zeros(0), np.zeros(0), best, slack, target,
        cursor, total, spent, 0, found_rows, found_gains, found_value, 0, -np.inf, max_nodes,
    )  # fmt: skip
    chosen = np.empty(n_blocks, dtype=np.intp)
    for f in range(n_found):
        for k in range(n_blocks):
            chosen[order[k]] = place[local[found_rows[f, k]]]
        for k in range(n_blocks):
            found_rows[f, k] = chosen[k]
    return depth < 0 and skipped < best - TOLERANCE, best, n_found


@njit
def shown(gains, enough, place, rows, outcome):
    """Whether every party has enough; if so, write down the outcome's places."""
    for gain in gains:
        if not gain >= enough:
            return False
    for b in range(len(rows)):
        outcome[b] = place[rows[b]]
    return True


@njit
def reach(gains, place, start, codes, origin, least, enough, hint, outcome, prices, max_nodes):
    """Look for an outcome that gives every party ``enough``; the table is narrowed on the way.

    Parameters
    ----------
    least, enough
        The search stops at an outcome in which the party worst off has ``enough``; what gives
        it less than ``least`` is of no interest.
    hint
        An outcome, as places, to climb from first.
    outcome, prices
        Filled with what shows a yes (as places) and, if it came to that, with prices.

    Returns
    -------
    int
        ``YES``: found. ``NO``: proven that none gives every party ``least``. Else ``UNKNOWN``.
    """
    n, n_blocks = len(origin), len(start) - 1
    ones, free = np.ones(n), np.full(n, -np.inf)
    rows = np.empty(n_blocks, dtype=np.intp)
    nearest(gains, place, start, hint, rows)
    total = climb(gains, start, origin, LEAST, ones, free, rows, False)
    if shown(total, enough, place, rows, outcome):
        return YES
    cost, slope = np.empty(start[-1]), 0.0
    found = tightest(LEAST, gains[: start[-1]], start, origin)
    for i in range(n):
        prices[i] = found[i]
        slope += found[i]
    worth = costs(prices, gains, start, origin, cost)
    if worth < slope * least:
        return NO
    cheapest(cost, start, rows)
    total = climb(gains, start, origin, LEAST, ones, free, rows, False)
    if shown(total, enough, place, rows, outcome):
        return YES
    floor = np.full(n, least)
    if not affordable(worth - slope * least + MARGIN, gains, place, start, cost):
        return NO
    if not strike_short(gains, place, start, origin, floor):
        return NO
    found_rows, found_gains = np.zeros((1, n_blocks), dtype=np.intp), np.zeros((1, n))
    complete, best, n_found = searched(
        LEAST, gains, place, start, codes, origin, free, prices, slope, least - MARGIN, -MARGIN,
        enough, found_rows, found_gains, np.zeros(1), max_nodes,
    )  # fmt: skip
    if n_found and best >= enough:
        for b in range(n_blocks):
            outcome[b] = found_rows[0, b]
        return YES
    return NO if complete and not n_found else UNKNOWN
