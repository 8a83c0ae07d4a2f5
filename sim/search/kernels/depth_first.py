"""Depth-first search for the outcomes that score highest."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917, SIM110

from __future__ import annotations

import numpy as np

from sim.problem import TOLERANCE
from sim.search.criteria import PRODUCT
from sim.search.kernels.compiled import MARGIN, njit
from sim.search.kernels.scores import below_ladder, product_ceiling, score, shortfall


@njit
def same_place(a, b):
    """Whether two outcomes give every party the same, but for the noise of adding."""
    for i in range(len(a)):
        if abs(a[i] - b[i]) > 1e-11:
            return False
    return True


@njit
def lower_number(codes, a, b):
    """Whether outcome ``a``, given by its rows, has a lower number than outcome ``b``."""
    for w in range(codes.shape[1]):
        difference = 0
        for k in range(len(a)):
            difference += codes[a[k], w] - codes[b[k], w]
        if difference != 0:
            return difference < 0
    return False


@njit
def depth_first_tied(
    gains, cost, codes, first, link, home, at, opened, rest, origin, floor, kind, coef, prices,
    worth, slope, base, ladder, ladder_scale, best, slack, target, cursor, total, spent, depth,
    found_rows, found_gains, found_value, n_found, skipped, max_nodes,
):  # fmt: skip
    """Go through the outcomes that may still be best, dearest rows last; can be resumed.

    Parameters
    ----------
    cost
        How much worth at ``prices`` each row gives away against the best of its state; rows of
        a state stand in rising order of it.
    first, link, home, at
        How the rows fit together, see `sim.blocks.Ties`, and the state that each block is in.
    opened, rest
        What the best that each party can still get changes by with each row, ``(n_rows, n)``;
        what it is with the blocks still open, ``(n_blocks + 1, n)``.
    slope, base
        An outcome that scores ``v`` is worth at least ``slope * v + base``.
    best, slack, target
        The score to beat; how far below it an outcome is still wanted, as a tie; and the score
        at which to stop.
    cursor, total, spent, depth
        Where the search stands.
    found_rows, found_gains, found_value, n_found
        The outcomes within ``slack`` of the best, distinct in what they give.
    skipped
        Nothing that was passed over for want of room scores more than this.

    Returns
    -------
    depth, best, n_found, skipped, nodes
        A negative depth says that the search is complete.
    """
    n, n_blocks, nodes = len(origin), len(at), 0
    box, ratios = np.empty(n), np.empty(n)
    wanted = best - slack if skipped < best - slack else best + MARGIN
    while depth >= 0:
        if depth == n_blocks:
            value = score(kind, coef, total[depth])
            if value >= wanted and shortfall(total[depth], floor) <= TOLERANCE:
                if value > best:
                    best = value
                    kept = 0
                    for f in range(n_found):
                        if found_value[f] >= best - slack:
                            found_value[kept] = found_value[f]
                            found_rows[kept] = found_rows[f]
                            found_gains[kept] = found_gains[f]
                            kept += 1
                    n_found = kept
                place = n_found
                for f in range(n_found):
                    if same_place(found_gains[f], total[depth]):
                        place = f
                        break
                if place == len(found_value):
                    skipped = best
                elif place == n_found:
                    for b in range(n_blocks):
                        found_rows[place, b] = cursor[b] - 1
                    found_gains[place] = total[depth]
                    found_value[place] = value
                    n_found += 1
                else:
                    rows = cursor[:n_blocks] - 1
                    if lower_number(codes, rows, found_rows[place]):
                        found_rows[place] = rows
                wanted = best - slack if skipped < best - slack else best + MARGIN
                if best >= target:
                    return depth - 1, best, n_found, skipped, nodes
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
        after = spent[depth] + cost[r]
        if worth - after < slope * wanted + base:
            cursor[depth] = first[at[depth] + 1]
            continue
        able = True
        for i in range(n):
            total[depth + 1, i] = total[depth, i] + gains[r, i]
            rest[depth + 1, i] = rest[depth, i] + opened[r, i]
            box[i] = total[depth + 1, i] + rest[depth + 1, i]
            if box[i] < floor[i] - TOLERANCE:
                able = False
        if not able:
            continue
        if kind == PRODUCT:
            if product_ceiling(coef, prices, worth - after - base, box) < wanted:
                continue
        elif score(kind, coef, box) < wanted:
            continue
        if len(ladder) > 0 and below_ladder(box, ladder_scale, ladder, ratios):
            continue
        for j in range(link.shape[1]):
            if link[r, j] >= 0:
                at[home[link[r, j]]] = link[r, j]
        depth += 1
        spent[depth] = after
        if depth < n_blocks:
            cursor[depth] = first[at[depth]]
    return depth, best, n_found, skipped, nodes


@njit
def depth_first(
    gains, cost, codes, start, rest, origin, floor, kind, coef, prices, worth, slope, base,
    ladder, ladder_scale, best, slack, target, cursor, total, spent, depth, found_rows,
    found_gains, found_value, n_found, skipped, max_nodes,
):  # fmt: skip
    """Do the same for blocks that share nothing; ``rest`` is filled in for every block."""
    n_blocks = len(start) - 1
    link = np.empty((len(gains), 0), dtype=np.intp)
    block, opened = np.arange(n_blocks), np.empty(gains.shape)
    for b in range(n_blocks):
        for r in range(start[b], start[b + 1]):
            opened[r] = rest[b + 1] - rest[b]
    return depth_first_tied(
        gains, cost, codes, start, link, block, block, opened, rest.copy(), origin, floor, kind,
        coef, prices, worth, slope, base, ladder, ladder_scale, best, slack, target, cursor, total,
        spent, depth, found_rows, found_gains, found_value, n_found, skipped, max_nodes,
    )  # fmt: skip
