"""The same question asked of very many problems that share their rows, draw after draw.

What was found for one draw is tried on the next ones: packages that show a zone, prices that
prove there is none, the last best package. That cannot change an answer, only how soon it is
known.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0913, PLR0917, SIM110, SIM114

from __future__ import annotations

import numpy as np

from sim.problem import TOLERANCE
from sim.search.criteria import PRODUCT
from sim.search.kernels.climbing import climb
from sim.search.kernels.compiled import MARGIN, njit
from sim.search.kernels.depth_first import lower_number
from sim.search.kernels.narrowing import strike_covered, strike_short
from sim.search.kernels.one_draw import (
    NO,
    UNKNOWN,
    YES,
    affordable,
    allowed_part,
    cheapest,
    costs,
    nearest,
    reach,
    searched,
    tightest,
)
from sim.search.kernels.scores import score, shortfall

ROOM = 64
"""Outcomes that tie for the best are compared up to this many."""


@njit
def acceptable(utilities, allowed, asked, rows):
    """Whether an outcome is allowed and gives every party what it asks."""
    for r in rows:
        if not allowed[r]:
            return False
    for i in range(len(asked)):
        own = -asked[i]
        for r in rows:
            own += utilities[r, i]
        if own < -TOLERANCE:
            return False
    return True


@njit
def ruled_out(utilities, allowed, start, asked, prices):
    """Whether even the best outcome at some prices is worth less than what the parties ask."""
    n, worth = len(asked), 0.0
    for i in range(n):
        worth -= prices[i] * asked[i]
    for b in range(len(start) - 1):
        top = -np.inf
        for r in range(start[b], start[b + 1]):
            if allowed[r]:
                own = 0.0
                for i in range(n):
                    own += prices[i] * utilities[r, i]
                top = max(top, own)
        worth += top
    return worth < -TOLERANCE * prices.sum()


@njit
def copy_to(into, numbers):
    """Copy a list of numbers."""
    for k in range(len(into)):
        into[k] = numbers[k]


@njit
def remember(pool, held, item):
    """Put an item into a pool that is read from the front, pushing the last one out."""
    for k in range(min(held, len(pool) - 1), 0, -1):
        copy_to(pool[k], pool[k - 1])
    copy_to(pool[0], item)
    return min(held + 1, len(pool))


@njit
def zones_by_draw(
    utilities, allowed, start, codes, asked, shown, ruling, held, max_nodes, answer, outcomes
):
    """Say for each draw whether some outcome gives every party what it asks.

    Parameters
    ----------
    utilities, allowed
        Shapes ``(n_draws, n_rows, n_parties)`` and ``(n_draws, n_rows)``.
    asked
        Shape ``(n_draws, n_parties)``.
    shown, ruling, held
        Pools of outcomes (rows of every block) and of prices, and how many of each they hold.
    answer, outcomes
        Filled with ``YES`` and the rows of an outcome that shows it, ``NO`` or, where
        ``max_nodes`` did not do, ``UNKNOWN``.
    """
    n_draws, n_rows, n = utilities.shape
    gains, place = np.empty((n_rows, n)), np.empty(n_rows, dtype=np.intp)
    own_start, prices, nothing = np.empty_like(start), np.empty(n), np.zeros(n)
    for d in range(n_draws):
        answer[d] = UNKNOWN
        for k in range(held[0]):
            if acceptable(utilities[d], allowed[d], asked[d], shown[k]):
                answer[d] = YES
                copy_to(outcomes[d], shown[k])
                break
        if answer[d] == UNKNOWN:
            for k in range(held[1]):
                if ruled_out(utilities[d], allowed[d], start, asked[d], ruling[k]):
                    answer[d] = NO
                    break
        if answer[d] != UNKNOWN:
            continue
        origin = -asked[d]
        if not allowed_part(utilities[d], allowed[d], start, gains, place, own_start):
            answer[d] = NO
        elif not strike_short(gains, place, own_start, origin, nothing):
            answer[d] = NO
        else:
            strike_covered(gains, place, own_start)
            prices[0] = -1.0
            answer[d] = reach(
                gains, place, own_start, codes, origin, -TOLERANCE, -TOLERANCE, shown[0],
                outcomes[d], prices, max_nodes,
            )  # fmt: skip
            if answer[d] == YES:
                held[0] = remember(shown, held[0], outcomes[d])
            elif answer[d] == NO and prices[0] >= 0.0:
                held[1] = remember(ruling, held[1], prices)


@njit
def first_of_fairest(n_found, values, gains, rows, codes):
    """Choose among outcomes that tie: leximin of gains, then the lowest number."""
    n = gains.shape[1]
    left = np.ones(n_found, dtype=np.bool_)
    rungs = np.empty((n_found, n + 1))
    for f in range(n_found):
        rungs[f, 0] = values[f]
        for i in range(n):
            j = i + 1
            while j > 1 and rungs[f, j - 1] > gains[f, i]:
                rungs[f, j] = rungs[f, j - 1]
                j -= 1
            rungs[f, j] = gains[f, i]
    for step in range(n + 1):
        top = -np.inf
        for f in range(n_found):
            if left[f]:
                top = max(top, rungs[f, step])
        for f in range(n_found):
            left[f] = left[f] and rungs[f, step] >= top - TOLERANCE
    chosen = -1
    for f in range(n_found):
        if left[f] and (chosen < 0 or lower_number(codes, rows[f], rows[chosen])):
            chosen = f
    return chosen


@njit
def nash_by_draw(
    utilities, allowed, start, codes, origins, floors, shown, max_nodes, answer, outcomes
):
    """Find in each draw the outcome of highest product of gains, ties broken.

    Parameters
    ----------
    origins, floors
        What each party has gained before any row is added, and the least that it must gain,
        ``(n_draws, n_parties)``.
    shown
        For each draw the rows of an outcome that gives every party its floor.
    answer, outcomes
        Filled with ``YES`` and the rows; ``UNKNOWN`` where ``max_nodes`` did not do, or where no
        outcome is known in which all parties gain. Draws answered ``NO`` are passed over.
    """
    n_draws, n_rows, n = utilities.shape
    n_blocks = len(start) - 1
    gains, place = np.empty((n_rows, n)), np.empty(n_rows, dtype=np.intp)
    own_start, rows = np.empty_like(start), np.empty(n_blocks, dtype=np.intp)
    ones, cost, hint = np.ones(n), np.empty(n_rows), np.full(n_blocks, -1, dtype=np.intp)
    found_rows, found_gains = np.zeros((ROOM, n_blocks), dtype=np.intp), np.zeros((ROOM, n))
    found_value = np.zeros(ROOM)
    for d in range(n_draws):
        if answer[d] == NO:
            continue
        answer[d] = UNKNOWN
        origin, floor, best = origins[d], floors[d], -1.0
        allowed_part(utilities[d], allowed[d], start, gains, place, own_start)
        if not strike_short(gains, place, own_start, origin, floor):
            continue
        strike_covered(gains, place, own_start)
        for turn in range(3):
            if turn == 2:
                prices = tightest(PRODUCT, gains[: own_start[-1]], own_start, origin)
                worth = costs(prices, gains, own_start, origin, cost)
                cheapest(cost, own_start, rows)
            else:
                nearest(gains, place, own_start, shown[d] if turn else hint, rows)
            total = climb(gains, own_start, origin, PRODUCT, ones, floor, rows, False)
            if shortfall(total, floor) <= TOLERANCE and all_above(total, 2 * TOLERANCE):
                best = max(best, score(PRODUCT, ones, total))
        slope = float(n)
        for i in range(n):
            slope *= prices[i] ** (1.0 / n)
        limit = worth - slope * (best - TOLERANCE) + MARGIN
        if best < 0.0 or not affordable(limit, gains, place, own_start, cost):
            continue
        if not strike_short(gains, place, own_start, origin, floor):
            continue
        complete, _, n_found = searched(
            PRODUCT, gains, place, own_start, codes, origin, floor, prices, slope, best - MARGIN,
            TOLERANCE, np.inf, found_rows, found_gains, found_value, max_nodes,
        )  # fmt: skip
        if complete and n_found:
            chosen = first_of_fairest(n_found, found_value, found_gains, found_rows, codes)
            for b in range(n_blocks):
                outcomes[d, b] = hint[b] = found_rows[chosen, b]
            answer[d] = YES


@njit
def all_above(gains, least):
    """Whether every party gains more than a little."""
    for gain in gains:
        if not gain > least:
            return False
    return True
