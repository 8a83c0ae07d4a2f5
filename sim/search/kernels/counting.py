"""Counting the outcomes that give every party what it asks."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0913, PLR0917

from __future__ import annotations

from sim.problem import TOLERANCE
from sim.search.kernels.compiled import njit


@njit
def count_above(gains, start, best, worst, total, cursor, depth, closed, max_nodes):
    """Count outcomes by the depth at which nothing that follows can spoil them; resumable.

    Parameters
    ----------
    best, worst
        The most and the least that the blocks still open can add, ``(n_blocks + 1, n)``.
    total, cursor, depth
        Where the search stands; ``total[0]`` is the gain before any block.
    closed
        ``closed[k]`` grows by one for every choice in the first ``k`` blocks after which every
        outcome gives all parties a gain that is not negative.

    Returns
    -------
    depth, nodes
        A negative depth says that the count is complete.
    """
    n, nodes = total.shape[1], 0
    while depth >= 0:
        r = cursor[depth]
        if r == start[depth + 1]:
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
            if own + best[depth + 1, i] < -TOLERANCE:
                able = False
                break
            if own + worst[depth + 1, i] < -TOLERANCE:
                safe = False
        if able:
            if safe:
                closed[depth + 1] += 1
            else:
                depth += 1
                cursor[depth] = start[depth]
    return depth, nodes


@njit
def list_above(gains, start, best, total, cursor, depth, rows, n_found, max_nodes):
    """List outcomes after which every party's gain is not negative; resumable.

    Parameters
    ----------
    best, total, cursor, depth
        As for `count_above`.
    rows, n_found
        Where the outcomes go, one row from every block, ``(n_room, n_blocks)``, and how many
        there are. The search stops where the room is full.

    Returns
    -------
    depth, n_found, nodes
        A negative depth says that the list is complete.
    """
    n, n_blocks, nodes = total.shape[1], len(start) - 1, 0
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
        if r == start[depth + 1]:
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
            if own + best[depth + 1, i] < -TOLERANCE:
                able = False
                break
        if able:
            depth += 1
            if depth < n_blocks:
                cursor[depth] = start[depth]
    return depth, n_found, nodes
