"""Search for the changes after which everyone accepts in as many draws as can be.

A draw is satisfied where no view of it is negative: a view is one party's surplus over what it
asks, or a mix of all. Arrays: ``delta (n_rows, n_draws, n_views)``, what the change to a row adds;
``start (n_blocks + 1,)``, the first row of each block, the choice it starts from not among them;
``rest (n_blocks + 1, budget + 1, n_draws, n_views)``, the most that changes from a block on can
add within what is left to change. The first ``n_own`` views decide; all of them bound.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917

from __future__ import annotations

import numpy as np

from sim.problem import TOLERANCE
from sim.search.kernels.compiled import njit

LOOSE = 1e-8
"""What a mix of views may be below nought before it proves anything: above the noise of adding."""


@njit
def most_to_come(delta, cost, start, budget):
    """Work out the most that changes from each block on can add, for every budget and view."""
    n_blocks, (_, n_draws, n_views) = len(start) - 1, delta.shape
    rest = np.zeros((n_blocks + 1, budget + 1, n_draws, n_views))
    for b in range(n_blocks - 1, -1, -1):
        for m in range(budget + 1):
            rest[b, m] = rest[b + 1, m]
            for r in range(start[b], start[b + 1]):
                if cost[r] <= m:
                    left = rest[b + 1, m - cost[r]]
                    for d in range(n_draws):
                        for v in range(n_views):
                            value = delta[r, d, v] + left[d, v]
                            rest[b, m, d, v] = max(rest[b, m, d, v], value)
    return rest


@njit
def within_reach(state, rest, draws, n_draws):
    """Count the draws that what is still to come could satisfy."""
    count = 0
    for k in range(n_draws):
        d = draws[k]
        able = True
        for v in range(state.shape[1]):
            if state[d, v] + rest[d, v] < -LOOSE:
                able = False
                break
        count += able
    return count


@njit
def held(state, n_own, rows, n_rows, part, missing, binds, spoilt, draws, n_draws):
    """Count the draws satisfied by some changes, clauses that reach across blocks looked at.

    Parameters
    ----------
    rows, n_rows
        The rows changed to.
    part
        By how much each row brings each clause nearer to being met, ``(n_clauses, n_rows)``:
        1, 0 or -1, against the choice started from.
    missing
        How many blocks each clause is from being met at the start, ``(n_clauses,)``.
    binds
        In which draws each clause holds, ``(n_clauses, n_draws)``.
    spoilt
        Room for a mark on every draw.
    draws, n_draws
        Which draws to look at.
    """
    spoilt[:] = False
    for c in range(len(missing)):
        left = missing[c]
        for k in range(n_rows):
            left -= part[c, rows[k]]
        if left == 0:
            for d in range(len(spoilt)):
                spoilt[d] |= binds[c, d]
    count = 0
    for k in range(n_draws):
        able = not spoilt[draws[k]]
        for v in range(n_own):
            if state[draws[k], v] < -TOLERANCE:
                able = False
                break
        count += able
    return count


@njit
def nearness(state, n_own, scale):
    """Say how near the draws are to being satisfied on average: 0 all, -1 none by far."""
    total = 0.0
    for d in range(len(state)):
        worst = 0.0
        for v in range(n_own):
            worst = min(worst, state[d, v] / scale[v])
        total += worst / (1.0 - worst)
    return total / len(state)


@njit
def climb_draws(
    base, delta, cost, start, block_of, n_own, part, missing, binds, scale, weight, budget, chosen
):
    """Improve some changes by one more, by another in place of one, or by one less.

    Parameters
    ----------
    scale, weight
        What near is for each view, and how much a draw satisfied counts beside being near.
    chosen
        The row changed to in each block, or -1; improved in place.

    Returns
    -------
    int
        In how many draws everyone accepts.
    """
    n_blocks, n_draws = len(start) - 1, len(base)
    spoilt = np.zeros(n_draws, dtype=np.bool_)
    rows, every = np.empty(n_blocks, dtype=np.intp), np.arange(n_draws)
    state, trial = base.copy(), np.empty_like(base)
    spent = 0
    for b in range(n_blocks):
        if chosen[b] >= 0:
            state += delta[chosen[b]]
            spent += cost[chosen[b]]
    now, count, improved = -np.inf, 0, True
    while improved:
        improved = False
        for out in range(-1, n_blocks):  # no change taken back, then one after the other
            if out >= 0 and chosen[out] < 0:
                continue
            for r in range(-1, len(cost)):
                if r < 0 and out < 0 and now > -np.inf:
                    continue
                b = block_of[r] if r >= 0 else -1
                if r >= 0 and (chosen[b] == r or (out != b and out >= 0 and chosen[b] >= 0)):
                    continue
                after = spent
                trial[:] = state
                if out >= 0:
                    after -= cost[chosen[out]]
                    trial -= delta[chosen[out]]
                if r >= 0:
                    if out != b and chosen[b] >= 0:
                        after -= cost[chosen[b]]
                        trial -= delta[chosen[b]]
                    after += cost[r]
                    trial += delta[r]
                if after > budget:
                    continue
                n = 0
                for k in range(n_blocks):
                    row = r if k == b else (-1 if k == out else chosen[k])
                    if row >= 0:
                        rows[n] = row
                        n += 1
                able = held(trial, n_own, rows, n, part, missing, binds, spoilt, every, n_draws)
                value = weight * able + 0.5 * nearness(trial, n_own, scale)
                if value > now + 1e-9:
                    now, count, spent, improved = value, able, after, True
                    state[:] = trial
                    if out >= 0:
                        chosen[out] = -1
                    if r >= 0:
                        chosen[b] = r
                    if out >= 0:
                        break
    return count


@njit
def likeliest(
    delta, cost, start, block_of, n_own, part, missing, binds, rest, state, draws, n_draws,
    cursor, left, rows, depth, best, found, n_found, max_nodes,
):  # fmt: skip
    """Go through all changes within a budget for those that satisfy most draws; can be resumed.

    Parameters
    ----------
    state, draws, n_draws, cursor, left, rows, depth
        Where the search stands: at every depth the views, the draws that may still be satisfied,
        the next row to try, the budget left, and the rows changed to.
    best, found, n_found
        The number of draws to beat, and the rows that do.

    Returns
    -------
    depth, best, n_found, nodes
        A negative depth says that the search is complete.
    """
    nodes, n_rows, n_views = 0, len(cost), delta.shape[2]
    spoilt = np.zeros(state.shape[1], dtype=np.bool_)
    while depth >= 0:
        r = cursor[depth]
        if r >= n_rows:
            depth -= 1
            continue
        b, m = block_of[r], left[depth]
        if r == start[b]:
            reach = within_reach(state[depth], rest[b, m], draws[depth], n_draws[depth])
            if reach <= best:
                depth -= 1
                continue
        if nodes >= max_nodes:
            break
        nodes += 1
        cursor[depth] = r + 1
        if cost[r] > m:
            continue
        to_come = rest[b + 1, m - cost[r]]
        alive, now, n_open = 0, 0, n_draws[depth]
        for k in range(n_open):
            d = draws[depth, k]
            able, well = True, True
            for v in range(n_views):
                own = state[depth, d, v] + delta[r, d, v]
                state[depth + 1, d, v] = own
                if own + to_come[d, v] < -LOOSE:
                    able = False
                    break
                if v < n_own and own < -TOLERANCE:
                    well = False
            if able:
                draws[depth + 1, alive] = d
                alive += 1
                now += well
            if alive + n_open - k - 1 <= best:
                break
        if alive <= best:
            continue
        rows[depth] = r
        if now > best:
            count = held(
                state[depth + 1], n_own, rows, depth + 1, part, missing, binds, spoilt,
                draws[depth + 1], alive,
            )  # fmt: skip
            if count > best:
                best, n_found = count, depth + 1
                found[:n_found] = rows[:n_found]
        if m > cost[r] and alive > best:
            depth += 1
            cursor[depth], left[depth], n_draws[depth] = start[b + 1], m - cost[r], alive
    return depth, best, n_found, nodes


@njit
def still_open(state, rest, draws, n_draws, cursor, left, depth, block_of, best):
    """Bound how many draws the part that was not searched could satisfy."""
    for t in range(depth + 1):
        if cursor[t] < len(block_of):
            b = block_of[cursor[t]]
            reach = within_reach(state[t], rest[b, left[t]], draws[t], n_draws[t])
            best = max(best, reach)
    return best
