"""Depth-first search for the cheapest outcomes that give every party what it asks.

At every node the parties' gains are priced anew: at the best prices, in units of cost, the
cheapest lottery over what is left bounds the cost of every outcome from below, and a row whose
reduced cost goes beyond the bound's distance from the limit is struck. Where parties are many and
the zone is narrow that is worth its price: hundreds of nodes instead of millions.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917

from __future__ import annotations

import math

import numpy as np

from sim.problem import TOLERANCE
from sim.search.kernels.compiled import njit
from sim.search.kernels.prices import eliminate

PRUNED, LEAF, BRANCHED = 0, 1, 2
FRESH = -2
"""In the place of the block to settle: a node that was not looked at yet."""

SLACK = 1e-7
"""Part of a unit of cost within which costs are equal."""

HEAT = 0.05
"""How far prices are smoothed, in units of a typical cost: what worked best on 28 issues."""

ROUNDS = 8
"""Newton steps at a node before it is branched."""

DEAREST = 1e11
"""Prices beyond this prove, for all purposes, that a party cannot have what it asks."""


@njit
def reduced(gains, cost, start, alive, origin, prices, above):
    """Bound the cost of every outcome from below at some prices; fill in the reduced costs."""
    n = len(origin)
    total = 0.0
    for i in range(n):
        total -= prices[i] * (origin[i] + TOLERANCE)
    for b in range(len(start) - 1):
        low = np.inf
        for r in range(start[b], start[b + 1]):
            if alive[r]:
                value = cost[r]
                for i in range(n):
                    value -= prices[i] * gains[r, i]
                above[r] = value
                low = min(low, value)
        total += low
        for r in range(start[b], start[b + 1]):
            if alive[r]:
                above[r] -= low
    return total


@njit
def smoothed(above, gains, start, alive, origin, prices, heat, slope, curve, chance):
    """Smooth the bound with a little chance in the choice of each row, from the reduced costs.

    Fills in its slopes by each price, the second derivatives (with their sign turned) and the
    chance of each row. Returns by how much it lies below the bound, and the barrier's part.
    """
    n = len(origin)
    added = 0.0
    for i in range(n):
        slope[i] = -origin[i] + heat / prices[i]
        added += heat * math.log(prices[i])
        for j in range(n):
            curve[i, j] = 0.0
        curve[i, i] = heat / prices[i] ** 2
    mean = np.empty(n)
    for b in range(len(start) - 1):
        weight = 0.0
        mean[:] = 0.0
        for r in range(start[b], start[b + 1]):
            if alive[r]:
                share = math.exp(-above[r] / heat) if above[r] < 40.0 * heat else 0.0
                chance[r] = share
                weight += share
                if share > 0.0:
                    for i in range(n):
                        mean[i] += share * gains[r, i]
        added -= heat * math.log(weight)
        for i in range(n):
            mean[i] /= weight
            slope[i] -= mean[i]
        for r in range(start[b], start[b + 1]):
            if alive[r] and chance[r] > 0.0:
                chance[r] /= weight
                if chance[r] < 1.0:
                    for i in range(n):
                        away = chance[r] * (gains[r, i] - mean[i]) / heat
                        for j in range(i + 1):
                            curve[i, j] += away * (gains[r, j] - mean[j])
    for i in range(n):
        for j in range(i):
            curve[j, i] = curve[i, j]
    return added


@njit
def strike(gains, start, alive, origin, above, spare):
    """Strike the rows that cost too much, and those that starve a party with the best of the rest.

    Returns how many were struck; -1 where nothing acceptable is left.
    """
    n, n_blocks, struck = len(origin), len(start) - 1, 0
    for r in range(start[n_blocks]):
        if alive[r] and above[r] > spare:
            alive[r] = False
            struck += 1
    best = np.empty(n_blocks)
    again = True
    while again:
        again = False
        for i in range(n):
            total = origin[i] + TOLERANCE
            for b in range(n_blocks):
                best[b] = -np.inf
                for r in range(start[b], start[b + 1]):
                    if alive[r]:
                        best[b] = max(best[b], gains[r, i])
                total += best[b]
            if not total >= 0.0:
                return -1
            for b in range(n_blocks):
                for r in range(start[b], start[b + 1]):
                    if alive[r] and best[b] - gains[r, i] > total:
                        alive[r] = False
                        struck += 1
                        again = True
    return struck


@njit
def tighten(gains, cost, start, alive, origin, prices, limit, heat, above, chance):
    """Price what is left, and strike rows until nothing more goes.

    Returns
    -------
    status, block, bound
        Whether nothing is left, one outcome is, or a block must be branched; which one; and what
        every outcome that is left costs at least.
    """
    n, n_blocks = len(origin), len(start) - 1
    slope, curve = np.empty(n), np.empty((n, n))
    trial, best = np.empty(n), prices.copy()
    highest, base, length = -np.inf, -np.inf, 1.0
    step = np.zeros(n)
    gained = 0.0
    above[:] = 0.0
    if strike(gains, start, alive, origin, above, np.inf) < 0:
        return PRUNED, 0, np.inf
    trial[:] = prices
    for _ in range(ROUNDS):
        bound = reduced(gains, cost, start, alive, origin, trial, above)
        if bound > limit + SLACK:
            return PRUNED, 0, np.inf
        fresh = 0
        if bound > highest:
            highest = bound
            best[:] = trial
            fresh = strike(gains, start, alive, origin, above, limit + SLACK - bound)
            if fresh < 0:
                return PRUNED, 0, np.inf
            if fresh > 0:
                bound = reduced(gains, cost, start, alive, origin, trial, above)
                if bound > limit + SLACK:
                    return PRUNED, 0, np.inf
                base, highest = -np.inf, bound
        value = bound + smoothed(
            above, gains, start, alive, origin, trial, heat, slope, curve, chance
        )
        if value < base + 0.1 * length * gained:
            length *= 0.3
            if length < 1e-3:
                break
        else:
            prices[:] = trial
            base = value
            step[:] = slope
            eliminate(curve, step)
            gained, length = 0.0, 1.0
            for i in range(n):
                gained += slope[i] * step[i]
                if step[i] < 0.0:
                    length = min(length, -0.9 * prices[i] / step[i])
            if not 0.02 * heat < gained < np.inf:
                break
        for i in range(n):
            trial[i] = prices[i] + length * step[i]
        if trial.max() > DEAREST:
            break
    prices[:] = best
    block, widest = -1, -1.0
    for b in range(n_blocks):
        rows, top = 0, 0.0
        for r in range(start[b], start[b + 1]):
            if alive[r]:
                rows += 1
                top = max(top, chance[r])
        if rows > 1 and 1.0 - top > widest:
            block, widest = b, 1.0 - top
    if block < 0:
        return LEAF, 0, highest
    return BRANCHED, block, highest


@njit
def nearest(
    gains, cost, start, origin, limit, ties, heat, alive, prices, branch, tried, depth, rows,
    n_found, best, max_nodes,
):  # fmt: skip
    """List the acceptable outcomes that cost least, up to a limit; can be resumed.

    Parameters
    ----------
    limit
        What an outcome may cost; comes down to the cheapest found.
    ties
        Whether outcomes as cheap as the best are still wanted; not once the room is full.
    alive, prices, branch, tried
        The rows left, the prices, the block to settle and its rows still to try, at each depth.
    rows, n_found
        The outcomes at the least cost so far, ``(n_room, n_blocks)``, and how many.

    Returns
    -------
    depth, limit, ties, n_found, best, nodes
        A negative depth says that the search is complete.
    """
    n_blocks, nodes = len(start) - 1, 0
    above, chance = np.zeros(len(cost)), np.zeros(len(cost))
    fresh = branch[depth] == FRESH
    while depth >= 0:
        if fresh:
            if nodes >= max_nodes:
                branch[depth] = FRESH
                break
            nodes += 1
            fresh = False
            top = limit if ties else limit - 2 * SLACK
            status, block, _ = tighten(
                gains, cost, start, alive[depth], origin, prices[depth], top, heat, above, chance
            )
            branch[depth] = block
            tried[depth] = False
            if status == BRANCHED:
                for r in range(start[block], start[block + 1]):
                    tried[depth, r] = not alive[depth, r]
            elif status == LEAF:
                total = 0.0
                for b in range(n_blocks):
                    for r in range(start[b], start[b + 1]):
                        if alive[depth, r]:
                            total += cost[r]
                if total <= top + SLACK:
                    if total < best - SLACK:
                        best, limit, n_found, ties = total, min(limit, total), 0, True
                    if n_found == len(rows):
                        ties = False
                    else:
                        for b in range(n_blocks):
                            for r in range(start[b], start[b + 1]):
                                if alive[depth, r]:
                                    rows[n_found, b] = r
                        n_found += 1
                depth -= 1
                continue
            else:
                depth -= 1
                continue
        block, chosen, least = branch[depth], -1, np.inf
        for r in range(start[block], start[block + 1]):
            if not tried[depth, r]:
                value = cost[r]
                for i in range(len(origin)):
                    value -= prices[depth, i] * gains[r, i]
                if value < least:
                    chosen, least = r, value
        if chosen < 0:
            depth -= 1
            continue
        tried[depth, chosen] = True
        alive[depth + 1] = alive[depth]
        for r in range(start[block], start[block + 1]):
            alive[depth + 1, r] = r == chosen
        prices[depth + 1] = prices[depth]
        depth += 1
        branch[depth] = FRESH
        fresh = True
    return depth, limit, ties, n_found, best, nodes


@njit
def lowest_cost(gains, cost, start, origin, prices, heat):
    """Bound from below what any acceptable outcome costs; infinite where there is none."""
    alive = np.ones(len(cost), dtype=np.bool_)
    above, chance = np.zeros(len(cost)), np.zeros(len(cost))
    _, _, bound = tighten(
        gains, cost, start, alive, origin, prices.copy(), np.inf, heat, above, chance
    )
    return bound


@njit
def hardest_mix(base, delta, cost, start, prices, heat):
    """Find for every draw how many changes it takes at least, and the prices that show it.

    Parameters
    ----------
    base, delta
        Surplus of the parties at the start, ``(n_draws, n_parties)``, and what each row adds,
        ``(n_rows, n_draws, n_parties)``. Blocks also have the choice of no change.

    Returns
    -------
    least, mix
        Shapes ``(n_draws,)``, infinite where nothing satisfies the draw, and
        ``(n_draws, n_parties)``: prices that sum to one.
    """
    n_draws, n = base.shape
    n_blocks, n_rows = len(start) - 1, len(cost)
    gains, spent = np.zeros((n_rows + n_blocks, n)), np.zeros(n_rows + n_blocks)
    begins, alive = np.zeros(n_blocks + 1, dtype=np.intp), np.ones(len(spent), dtype=np.bool_)
    place = np.zeros(n_rows, dtype=np.intp)
    for b in range(n_blocks):
        begins[b] = start[b] + b
        for r in range(start[b], start[b + 1]):
            place[r] = r + b + 1
            spent[r + b + 1] = cost[r]
    begins[n_blocks] = n_rows + n_blocks
    least, mix = np.zeros(n_draws), np.zeros((n_draws, n))
    above, chance = np.zeros(len(spent)), np.zeros(len(spent))
    for d in range(n_draws):
        for r in range(n_rows):
            gains[place[r]] = delta[r, d]
        alive[:] = True
        own = prices.copy()
        _, _, bound = tighten(
            gains, spent, begins, alive, base[d], own, np.inf, heat, above, chance
        )
        least[d] = max(np.ceil(bound - SLACK), 0.0)
        mix[d] = own / own.sum()
    return least, mix
