"""Offers that others may refuse: how often each is accepted, and what none can exceed.

Arrays: ``own (n_rows,)``, what each row gives the proposer; ``theirs (n_rows, n_draws, n_others)``,
what it gives each of the others in every draw; ``asked (n_draws, n_others)``, what they insist on;
``start (n_blocks + 1,)``, the first row of each block. An offer takes one row from every block. A
row that somebody refuses whatever the rest has a large negative number in its draw.

``best (n_draws + 1,)`` and ``rows (n_draws + 1, n_blocks)`` hold the curve: the highest own
utility found among offers accepted in at least so many draws, minus infinity where there is none.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917

from __future__ import annotations

import numpy as np

from sim.problem import TOLERANCE
from sim.search.kernels.compiled import MARGIN, njit

ROUNDS = 150  # steps towards the prices of one draw
DONE, CUT_SHORT = 1, 0


@njit
def prices_by_draw(theirs, own, start, asked, floor, price, value):
    """Price the others' demands in every draw: Polyak's subgradient steps towards the floor.

    ``price (n_draws, n_others)`` and ``value (n_draws,)`` are filled in: no offer that is accepted
    in a draw gives the proposer more than the draw's value.
    """
    n_rows, n_draws, n = theirs.shape
    here, trial, slope = np.empty((n_rows, n)), np.empty(n), np.empty(n)
    for d in range(n_draws):
        here[:] = theirs[:, d]
        trial[:] = 0.0
        value[d], length, stale = np.inf, 1.0, 0
        for _ in range(ROUNDS):
            worth = 0.0
            for j in range(n):
                worth -= trial[j] * asked[d, j]
                slope[j] = -asked[d, j]
            for b in range(len(start) - 1):
                top, at = -np.inf, start[b]
                for r in range(start[b], start[b + 1]):
                    w = own[r]
                    for j in range(n):
                        w += trial[j] * here[r, j]
                    if w > top:
                        top, at = w, r
                worth += top
                for j in range(n):
                    slope[j] += here[at, j]
            if worth < value[d] - MARGIN:
                value[d], stale = worth, 0
                price[d] = trial
            else:
                stale += 1
                if stale == 3:
                    length, stale = 0.6 * length, 0
            size = 0.0
            for j in range(n):
                if trial[j] > 0 or slope[j] < 0:
                    size += slope[j] ** 2
            if value[d] < floor or size < 1e-18 or length < 1e-3:
                break
            step = length * max(worth - floor, MARGIN) / size
            for j in range(n):
                trial[j] = max(0.0, trial[j] - step * slope[j])
        for j in range(n):
            value[d] += price[d, j] * TOLERANCE


@njit
def mixes_by_draw(theirs, own, start, asked, floor, scale, mix, margin):
    """Weigh everyone's demands, the proposer's too, so that every draw is hardest to satisfy.

    By exponentiated gradient steps. ``mix (n_draws, n_others + 1)``, the proposer last, and
    ``margin (n_draws,)`` are filled in: no offer has a higher weighted sum of surpluses; none is
    acceptable to all where the margin is negative.

    Parameters
    ----------
    scale
        What a large surplus is for each of the others and for the proposer, ``(n_others + 1,)``.
    """
    n_rows, n_draws, n = theirs.shape
    here, weight, slope = np.empty((n_rows, n + 1)), np.empty(n + 1), np.empty(n + 1)
    ask = np.empty(n + 1)
    for d in range(n_draws):
        for j in range(n + 1):
            here[:, j] = theirs[:, d, j] if j < n else own
            here[:, j] /= scale[j]
            ask[j] = (asked[d, j] if j < n else floor) / scale[j]
        weight[:] = 1.0 / (n + 1)
        margin[d] = np.inf
        for k in range(ROUNDS):
            worth = 0.0
            for j in range(n + 1):
                worth -= weight[j] * ask[j]
                slope[j] = -ask[j]
            for b in range(len(start) - 1):
                top, at = -np.inf, start[b]
                for r in range(start[b], start[b + 1]):
                    w = 0.0
                    for j in range(n + 1):
                        w += weight[j] * here[r, j]
                    if w > top:
                        top, at = w, r
                worth += top
                for j in range(n + 1):
                    slope[j] += here[at, j]
            if worth < margin[d]:
                margin[d] = worth
                mix[d] = weight
            size, total = 1e-12, 0.0
            for j in range(n + 1):
                size = max(size, abs(slope[j]))
            for j in range(n + 1):
                weight[j] *= np.exp(-slope[j] / (size * np.sqrt(1.0 + k)))
                total += weight[j]
            weight /= total
        margin[d] += MARGIN
        for j in range(n + 1):
            mix[d, j] /= scale[j]
            margin[d] += mix[d, j] * TOLERANCE


@njit
def given_up(theirs, own, start, price, own_price, cost):
    """Say what choosing each row gives up at every draw's prices, ``cost (n_rows, n_draws)``."""
    n_draws, n = price.shape
    top = np.empty(n_draws)
    for b in range(len(start) - 1):
        top[:] = -np.inf
        for r in range(start[b], start[b + 1]):
            for d in range(n_draws):
                w = own_price[d] * own[r]
                for j in range(n):
                    w += price[d, j] * theirs[r, d, j]
                cost[r, d] = w
                top[d] = max(top[d], w)
        for r in range(start[b], start[b + 1]):
            for d in range(n_draws):
                cost[r, d] = top[d] - cost[r, d]


@njit
def best_by_draw(theirs, own, start, asked, floor, value, cost, max_steps, best, rows, state):
    """Find in every draw the best offer for the proposer that everyone accepts there.

    Parameters
    ----------
    value, cost
        What none exceeds, and what each row gives up against it.
    best, rows, state
        Filled in: own utility, minus infinity where no offer reaches the floor; the offer; and
        whether the search was ``DONE`` or ``CUT_SHORT``.
    """
    n_blocks, (n_rows, n_draws, n) = len(start) - 1, theirs.shape
    order, most = np.empty(n_rows, dtype=np.intp), np.empty((n_blocks + 1, n))
    here, loss = np.empty((n_rows, n)), np.empty(n_rows)
    at, spent = np.empty(n_blocks + 1, dtype=np.intp), np.empty(n_blocks + 1)
    left, mine = np.empty((n_blocks + 1, n)), np.empty(n_blocks + 1)
    for d in range(n_draws):
        best[d], state[d] = -np.inf, DONE
        if value[d] < floor - TOLERANCE:
            continue
        here[:], loss[:] = theirs[:, d], cost[:, d]
        most[n_blocks] = 0.0
        for b in range(n_blocks - 1, -1, -1):
            order[start[b] : start[b + 1]] = start[b] + np.argsort(loss[start[b] : start[b + 1]])
            for j in range(n):
                most[b, j] = most[b + 1, j] + here[start[b] : start[b + 1], j].max()
        at[0], spent[0], left[0], mine[0] = start[0], 0.0, -asked[d], 0.0
        reach, steps, b = floor - TOLERANCE, 0, 0
        while b >= 0:
            if at[b] >= start[b + 1]:
                b -= 1
                continue
            steps += 1
            if steps > max_steps:
                state[d] = CUT_SHORT
                break
            r = order[at[b]]
            at[b] += 1
            after = spent[b] + loss[r]
            if value[d] - after < reach + MARGIN:
                at[b] = start[b + 1]  # all further rows of the block give up more
                continue
            able = True
            for j in range(n):
                left[b + 1, j] = left[b, j] + here[r, j]
                if left[b + 1, j] + most[b + 1, j] < -TOLERANCE:
                    able = False
                    break
            if not able:
                continue
            mine[b + 1] = mine[b] + own[r]
            if b + 1 < n_blocks:
                b += 1
                at[b], spent[b] = start[b], after
            elif mine[b + 1] > reach + MARGIN:
                reach = best[d] = mine[b + 1]
                for k in range(n_blocks):
                    rows[d, k] = order[at[k] - 1]


@njit
def enough(best, utility):
    """Return in how few draws an offer of this utility must be accepted to better the curve."""
    low, high = 0, len(best)
    while low < high:
        middle = (low + high) // 2
        if best[middle] < utility - MARGIN:
            high = middle
        else:
            low = middle + 1
    return low


@njit
def noted(best, rows, offer, count, utility):
    """Write an offer into the curve wherever it betters it."""
    k = count
    while k >= 0 and best[k] < utility - MARGIN:
        best[k] = utility
        rows[k] = offer
        k -= 1


@njit
def counted(state, out, new, missing):
    """Count the draws in which all accept after one row for another; -1 if too many do not."""
    n_draws, n = state.shape
    count = 0
    for d in range(n_draws):
        able = True
        for j in range(n):
            if state[d, j] - out[d, j] + new[d, j] < -TOLERANCE:
                able = False
                break
        if able:
            count += 1
        elif missing == 0:
            return -1
        else:
            missing -= 1
    return count


@njit
def look_around(theirs, own, start, block_of, asked, floor, offer, only, two, best, rows):
    """Look at an offer and at all that differ from it in one block, or in two.

    Parameters
    ----------
    offer
        One row of every block.
    only, two
        The one block to change, or -1 for any; whether to change two at once as well.
    """
    n_rows, (n_draws, n) = len(own), asked.shape
    state, after, whole = -asked, np.empty((n_draws, n)), 0.0
    for r in offer:
        state += theirs[r]
        whole += own[r]
    changed = offer.copy()
    if whole >= floor - TOLERANCE:
        needed = enough(best, whole)
        if needed <= n_draws:
            count = counted(state, state, state, n_draws - needed)
            if count >= 0:
                noted(best, rows, changed, count, whole)
    first, last = 0, n_rows
    if only >= 0:
        first, last = start[only], start[only + 1]
    for r in range(first, last):
        b = block_of[r]
        if r == offer[b]:
            continue
        mine = whole - own[offer[b]] + own[r]
        needed = n_draws + 1
        if mine >= floor - TOLERANCE:
            needed = enough(best, mine)
        if needed <= n_draws:
            count = counted(state, theirs[offer[b]], theirs[r], n_draws - needed)
            if count >= 0:
                changed[b] = r
                noted(best, rows, changed, count, mine)
                changed[b] = offer[b]
        if not two:
            continue
        after[:] = state - theirs[offer[b]] + theirs[r]
        changed[b] = r
        for s in range(start[b + 1], n_rows):
            c = block_of[s]
            both = mine - own[offer[c]] + own[s]
            if s == offer[c] or both < floor - TOLERANCE:
                continue
            needed = enough(best, both)
            if needed > n_draws:
                continue
            count = counted(after, theirs[offer[c]], theirs[s], n_draws - needed)
            if count >= 0:
                changed[c] = s
                noted(best, rows, changed, count, both)
                changed[c] = offer[c]
        changed[b] = offer[b]


@njit
def excess(
    value, loss, spare, drain, ceiling, cap, floor, needs, cells, low, width, steps
):  # fmt: skip
    """Say in how many more draws than needed an offer might be accepted; none if not above 0.

    Parameters
    ----------
    value, loss
        What no offer accepted in a draw exceeds, before and for this row, ``(n_draws,)``.
    spare, drain
        What is left of the margin of every draw, and what this row takes of it.
    ceiling, cap
        What none exceeds in each draw wherever it stands in the search, and in any draw.
    needs
        Own utility that must be exceeded to count at ``k + 1`` draws, falling, ``(n_draws,)``.
    cells, low, width
        For each small interval of utility the fewest draws at which some part of it counts.
    steps
        Room for the counts, ``(n_draws + 1,)``.
    """
    if cap < floor - TOLERANCE:
        return 0
    n_draws = len(needs)
    steps[:] = 0
    for d in range(len(value)):
        able = True
        for view in range(len(spare)):
            if spare[view, d] < drain[view, d]:
                able = False
                break
        if not able:
            continue
        v = min(value[d] - loss[d], ceiling[d], cap)
        if v < floor - TOLERANCE:
            continue
        cell = min(max(int((v - low) / width), 0), len(cells) - 1)
        k = cells[cell]
        while k < n_draws and needs[k] >= v - MARGIN:
            k += 1
        steps[k] += 1
    count, most = 0, 0
    for k in range(n_draws):
        count += steps[k]
        if steps[k] and count - k > most:
            most = count - k
    return most


@njit
def branched(
    value, spare, ceiling, cap, fixed, start, cost, drain, own_cost, floor, needs, cells, low,
    width, steps, over, tried,
):  # fmt: skip
    """Choose the block to branch on: the one whose rows leave least that could better anything.

    Parameters
    ----------
    value, spare, cap
        Of the node: what no offer exceeds in each draw, what is left of the margins, and what no
        offer exceeds in any draw.
    ceiling
        What none exceeds in each draw wherever it stands in the search.
    fixed
        The row chosen in each block, or -1.
    over, tried
        Filled in for the rows of the block returned; and room, ``(n_rows,)`` each.
    """
    chosen, fewest = -1, np.inf
    for b in np.argsort(start[1:] - start[:-1]):
        if fixed[b] >= 0:
            continue
        total = 0.0
        for r in range(start[b], start[b + 1]):
            tried[r] = excess(
                value, cost[r], spare, drain[:, r], ceiling, cap - own_cost[r], floor, needs, cells,
                low, width, steps,
            )  # fmt: skip
            total += float(tried[r]) ** 4
            if total >= fewest:
                break
        if total < fewest:
            chosen, fewest = b, total
            over[start[b] : start[b + 1]] = tried[start[b] : start[b + 1]]
            if total == 0:
                break
    return chosen
