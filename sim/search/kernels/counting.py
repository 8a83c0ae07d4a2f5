"""Counting the outcomes that give every party what it asks."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917

from __future__ import annotations

import numpy as np

from sim.problem import TOLERANCE
from sim.search.kernels.compiled import njit

FEW = 16
"""In so few rows one after the other is quicker than bisection."""


@njit
def count_above(
    gains, first, link, home, at, opener, best_opened, worst_opened, ways, moduli, best, worst,
    total, cursor, depth, closed, max_nodes,
):  # fmt: skip
    """Count outcomes by what follows where nothing that follows can spoil them; resumable.

    Parameters
    ----------
    first, link, home, at
        How the rows fit together, see `sim.blocks.Ties`, and the state that each block is in.
    opener
        The block that each block hangs on, shape ``(n_blocks,)``; negative for those that hang on
        none.
    best_opened, worst_opened, best, worst
        What the most and the least that the blocks still open can add changes by with each row,
        ``(n_rows, n)``; what it is, ``(n_blocks + 1, n)``.
    ways, moduli
        The number of outcomes from each state on, ``(n_states, n_moduli)``, as remainders.
    total, cursor, depth
        Where the search stands; ``total[0]`` is the gain before any block.
    closed
        ``closed[k]`` grows, for every choice in the first ``k`` blocks after which every outcome
        gives all parties a gain that is not negative, by the ways to settle the blocks that hang
        on these; ``(n_blocks + 1, n_moduli)``, as remainders.

    Returns
    -------
    depth, nodes
        A negative depth says that the count is complete.
    """
    n, n_blocks, nodes = total.shape[1], len(at), 0
    hanging = np.flatnonzero(opener >= 0)
    while depth >= 0:
        r = cursor[depth]
        if r == first[at[depth] + 1]:
            depth -= 1
            continue
        if nodes >= max_nodes:
            break
        nodes += 1
        cursor[depth] = r + 1
        able, safe = True, True
        for i in range(n):
            own = total[depth, i] + gains[r, i]
            total[depth + 1, i] = own
            best[depth + 1, i] = best[depth, i] + best_opened[r, i]
            worst[depth + 1, i] = worst[depth, i] + worst_opened[r, i]
            if own + best[depth + 1, i] < -TOLERANCE:
                able = False
                break
            if own + worst[depth + 1, i] < -TOLERANCE:
                safe = False
        if not able:
            continue
        for j in range(link.shape[1]):
            if link[r, j] >= 0:
                at[home[link[r, j]]] = link[r, j]
        if not safe and depth + 1 < n_blocks:
            depth += 1
            cursor[depth] = first[at[depth]]
            continue
        for m in range(len(moduli)):
            product = 1
            for b in hanging:
                if opener[b] <= depth < b:
                    product = product * ways[at[b], m] % moduli[m]
            closed[depth + 1, m] = (closed[depth + 1, m] + product) % moduli[m]
    return depth, nodes


@njit
def list_above(
    gains, first, link, home, at, opened, best, total, cursor, depth, rows, n_found, max_nodes
):  # fmt: skip
    """List outcomes after which every party's gain is not negative; resumable.

    Parameters
    ----------
    first, link, home, at, opened, best, total, cursor, depth
        As for `count_above`.
    rows, n_found
        Where the outcomes go, one row from every block, ``(n_room, n_blocks)``, and how many
        there are. The search stops where the room is full.

    Returns
    -------
    depth, n_found, nodes
        A negative depth says that the list is complete.
    """
    n, n_blocks, nodes = total.shape[1], len(at), 0
    while depth >= 0:
        if depth == n_blocks:
            if n_found == len(rows):
                break
            for b in range(n_blocks):
                rows[n_found, b] = cursor[b] - 1
            n_found += 1
            depth -= 1
            continue
        r = cursor[depth]
        if r == first[at[depth] + 1]:
            depth -= 1
            continue
        if nodes >= max_nodes:
            break
        nodes += 1
        cursor[depth] = r + 1
        able = True
        for i in range(n):
            own = total[depth, i] + gains[r, i]
            total[depth + 1, i] = own
            best[depth + 1, i] = best[depth, i] + opened[r, i]
            if own + best[depth + 1, i] < -TOLERANCE:
                able = False
                break
        if able:
            for j in range(link.shape[1]):
                if link[r, j] >= 0:
                    at[home[link[r, j]]] = link[r, j]
            depth += 1
            if depth < n_blocks:
                cursor[depth] = first[at[depth]]
    return depth, n_found, nodes


@njit
def weigh_draws(gains, share, start, origin, prices, level, lots, weights):
    """Draw outcomes from blocks that do not hang on one another, and weigh them back.

    Parameters
    ----------
    share
        How likely each row of a block is, added up from the block's first row on, ``(n_rows,)``.
    prices, level
        By what the draws are tilted, and the logarithm of what that comes to on average.
    lots
        Uniforms in [0, 1), shape ``(n_blocks, n_samples)``.
    weights
        Filled in: the weight of each draw, 0 where some party's gain is negative.
    """
    n = len(origin)
    total = np.empty((len(weights), n))
    total[:] = origin
    for b in range(len(start) - 1):
        first, last = start[b], start[b + 1] - 1
        for j in range(len(weights)):
            lot = lots[b, j] * share[last]
            if last - first <= FEW:
                r = first
                for k in range(first, last):  # without a jump that nobody could foretell
                    r += share[k] <= lot
            else:
                r = first + np.searchsorted(share[first:last], lot, side="right")
            for i in range(n):
                total[j, i] += gains[r, i]
    for j in range(len(weights)):
        worth, able = level, True
        for i in range(n):
            worth -= total[j, i] * prices[i]
            able = able and total[j, i] >= -TOLERANCE
        weights[j] = np.exp(worth) if able else 0.0
