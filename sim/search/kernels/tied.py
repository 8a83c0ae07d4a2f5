"""What holds along a tree of blocks: best completions, losses, what still fits, and climbing.

``first``, ``link`` and ``home`` are those of `sim.blocks.Ties`; blocks that hang on no other have
one state each and nothing links to it. A stack of blocks that share nothing is a tree without
links, so the same lines serve both.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917

from __future__ import annotations

import numpy as np

from sim.search.kernels.compiled import MARGIN, njit
from sim.search.kernels.scores import merit


@njit
def best_below(values, first, link):
    """Find the most that each state can still bring, column by column.

    Parameters
    ----------
    values
        What each row brings, ``(n_rows, n_columns)``.

    Returns
    -------
    below, beyond
        The most from a state on, ``(n_states, n_columns)``; the most from where each row leads,
        ``(n_rows, n_columns)``.
    """
    n_states, n = len(first) - 1, values.shape[1]
    below, beyond = np.empty((n_states, n)), np.zeros(values.shape)
    for s in range(n_states - 1, -1, -1):
        for i in range(n):
            below[s, i] = -np.inf
        for r in range(first[s], first[s + 1]):
            for j in range(link.shape[1]):
                if link[r, j] >= 0:
                    for i in range(n):
                        beyond[r, i] += below[link[r, j], i]
            for i in range(n):
                below[s, i] = max(below[s, i], values[r, i] + beyond[r, i])
    return below, beyond


@njit
def least_lost(lost, first, link):
    """Find the least that an outcome through each row loses, column by column.

    ``lost`` is what a row falls short of the best of its state; what an outcome loses is the sum
    over its rows.
    """
    n_states, n = len(first) - 1, lost.shape[1]
    before = np.zeros((n_states, n))
    for r in range(len(link)):
        for j in range(link.shape[1]):
            if link[r, j] >= 0:
                before[link[r, j], :] = np.inf
    through = np.empty(lost.shape)
    for s in range(n_states):
        for r in range(first[s], first[s + 1]):
            for i in range(n):
                through[r, i] = before[s, i] + lost[r, i]
            for j in range(link.shape[1]):
                if link[r, j] >= 0:
                    for i in range(n):
                        before[link[r, j], i] = min(before[link[r, j], i], through[r, i])
    return through


@njit
def still_fitting(keep, first, link, root):
    """Strike rows, of those kept, that fit no outcome; changes ``keep``."""
    n_states = len(first) - 1
    alive = np.zeros(n_states, dtype=np.bool_)
    for s in range(n_states - 1, -1, -1):
        for r in range(first[s], first[s + 1]):
            for j in range(link.shape[1]):
                if link[r, j] < -1 or (link[r, j] >= 0 and not alive[link[r, j]]):
                    keep[r] = False
            if keep[r]:
                alive[s] = True
    led = root.copy()
    for s in range(n_states):
        for r in range(first[s], first[s + 1]):
            if not led[s]:
                keep[r] = False
            elif keep[r]:
                for j in range(link.shape[1]):
                    if link[r, j] >= 0:
                        led[link[r, j]] = True


@njit
def follow(lead, link, home, rows, block):
    """Fill in the rows below a block by the leading row of every state that is led to."""
    n_blocks = len(rows)
    at = np.full(n_blocks, -1, dtype=np.intp)
    for b in range(block, n_blocks):
        if b > block:
            if at[b] < 0:
                continue
            rows[b] = lead[at[b]]
        for j in range(link.shape[1]):
            state = link[rows[b], j]
            if state >= 0:
                at[home[state]] = state


@njit
def cheapest(cost, first, link, home, root, n_blocks):
    """Return the outcome, one row from each block, that takes the cheapest row of every state."""
    lead, rows = leading(cost, first), np.empty(n_blocks, dtype=np.intp)
    for s in range(len(root)):
        if root[s]:
            rows[home[s]] = lead[s]
            follow(lead, link, home, rows, home[s])
    return rows


@njit
def leading(cost, first):
    """Find the cheapest row of every state."""
    lead = np.empty(len(first) - 1, dtype=np.intp)
    for s in range(len(lead)):
        lead[s] = first[s]
        for r in range(first[s], first[s + 1]):
            if cost[r] < cost[lead[s]]:
                lead[s] = r
    return lead


@njit
def climb_tied(gains, cost, first, link, home, state, origin, kind, coef, floor, rows):
    """Improve an outcome by changing one block, and what hangs on it, until nothing helps.

    A new row keeps all that it leads to as before; where it leads elsewhere, the cheapest rows
    follow. ``rows`` is changed in place; returns the parties' gains.
    """
    n, n_blocks = len(origin), len(rows)
    lead = leading(cost, first)
    ahead = np.zeros((len(lead), n))  # gains of the cheapest outcome from each state on
    for s in range(len(lead) - 1, -1, -1):
        ahead[s] = gains[lead[s]]
        for j in range(link.shape[1]):
            if link[lead[s], j] >= 0:
                ahead[s] += ahead[link[lead[s], j]]
    now_ahead = np.empty((n_blocks, n))
    total, trial = origin.copy(), np.empty(n)
    now, improved = -np.inf, True
    while improved:
        improved = False
        for b in range(n_blocks):
            total[:] = origin
            for c in range(n_blocks - 1, -1, -1):
                total += gains[rows[c]]
                now_ahead[c] = gains[rows[c]]
                for j in range(link.shape[1]):
                    if link[rows[c], j] >= 0:
                        now_ahead[c] += now_ahead[home[link[rows[c], j]]]
            now = merit(kind, coef, floor, total)
            best, change = now + MARGIN, -1
            s = state[rows[b]]
            for r in range(first[s], first[s + 1]):
                for i in range(n):
                    trial[i] = total[i] + gains[r, i] - gains[rows[b], i]
                for j in range(link.shape[1]):
                    to, from_ = link[r, j], link[rows[b], j]
                    if to != from_:
                        for i in range(n):
                            trial[i] += ahead[to, i] - now_ahead[home[from_], i]
                value = merit(kind, coef, floor, trial)
                if value > best:
                    best, change = value, r
            if change >= 0:
                improved = True
                before = rows.copy()
                rows[b] = change
                follow(lead, link, home, rows, b)
                for j in range(link.shape[1]):
                    if link[change, j] >= 0 and link[change, j] == link[before[b], j]:
                        restore(before, link, home, rows, home[link[change, j]])
    return total


@njit
def restore(before, link, home, rows, block):
    """Put back the rows of a block and of all that hangs on it."""
    n_blocks = len(rows)
    back = np.zeros(n_blocks, dtype=np.bool_)
    back[block] = True
    for b in range(block, n_blocks):
        if back[b]:
            rows[b] = before[b]
            for j in range(link.shape[1]):
                if link[rows[b], j] >= 0:
                    back[home[link[rows[b], j]]] = True


@njit
def uncovered(keys, start):
    """Mark, within each set of rows, those that no other covers; of equal ones the first."""
    keep = np.ones(len(keys), dtype=np.bool_)
    for b in range(len(start) - 1):
        for r in range(start[b], start[b + 1]):
            for s in range(start[b], start[b + 1]):
                if s == r or not keep[s]:
                    continue
                covers, same = True, True
                for i in range(keys.shape[1]):
                    if keys[s, i] < keys[r, i]:
                        covers = False
                        break
                    if keys[s, i] > keys[r, i]:
                        same = False
                if covers and (not same or s < r):
                    keep[r] = False
                    break
    return keep
