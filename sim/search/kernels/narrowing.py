"""Striking rows, within compiled loops: those that starve a party, and those that others cover.

What `sim.search.stack` does with arrays for one problem, done here for one of very many, where
calling NumPy would cost more than the work. A table is narrowed in place: ``gains``, ``place``
(which row of the whole each one is) and ``start`` are moved together.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, SIM110

from __future__ import annotations

import numpy as np

from sim.problem import TOLERANCE
from sim.search.kernels.compiled import njit

FEW = 16
"""Blocks of up to so many rows are compared row with row, without sorting."""


@njit
def keep_rows(keep, gains, place, start):
    """Move the rows marked together; say whether every block has one left."""
    to, end = 0, start[0]
    for b in range(len(start) - 1):
        first, end, before = end, start[b + 1], to
        for r in range(first, end):
            if keep[r]:
                for i in range(gains.shape[1]):
                    gains[to, i] = gains[r, i]
                place[to] = place[r]
                to += 1
        start[b + 1] = to
        if to == before:
            return False
    return True


@njit
def extremes(gains, start, best, worst):
    """Fill in the most and the least that each block can give each party."""
    for b in range(len(start) - 1):
        first = start[b]
        for i in range(gains.shape[1]):
            high, low = gains[first, i], gains[first, i]
            for r in range(first + 1, start[b + 1]):
                high = max(high, gains[r, i])
                low = min(low, gains[r, i])
            best[b, i], worst[b, i] = high, low


@njit
def strike_short(gains, place, start, origin, floor):
    """Strike rows that leave a party below its floor even with the best of the rest.

    Says whether anything is left; if not, no outcome gives every party its floor.
    """
    n, n_blocks = len(origin), len(start) - 1
    best, worst = np.empty((n_blocks, n)), np.empty((n_blocks, n))
    spare = np.empty(n)
    keep = np.empty(len(gains), dtype=np.bool_)
    while True:
        extremes(gains, start, best, worst)
        for i in range(n):
            spare[i] = origin[i] - floor[i] + TOLERANCE
            for b in range(n_blocks):
                spare[i] += best[b, i]
            if spare[i] < 0.0:
                return False
        struck = False
        for b in range(n_blocks):
            for r in range(start[b], start[b + 1]):
                keep[r] = True
                for i in range(n):
                    if best[b, i] - gains[r, i] > spare[i]:
                        keep[r], struck = False, True
                        break
        if not struck:
            return True
        if not keep_rows(keep, gains, place, start):
            return False


@njit
def covers(keys, s, r):
    """Whether row ``s`` gives every party at least what row ``r`` does."""
    for i in range(keys.shape[1]):
        if keys[s, i] < keys[r, i]:
            return False
    return True


@njit
def strike_covered(gains, place, start):
    """Strike rows that another row of the block makes needless; of equal rows keep the first."""
    n, n_blocks, n_rows = gains.shape[1], len(start) - 1, start[-1]
    largest = 0.0
    for r in range(n_rows):
        for i in range(n):
            largest = max(largest, abs(gains[r, i]))
    step = max(TOLERANCE / max(128, 2 * n_blocks), largest * n_blocks * 2.0**-44)
    keys, keep = np.empty((n_rows, n)), np.ones(n_rows, dtype=np.bool_)
    for r in range(n_rows):
        for i in range(n):
            keys[r, i] = np.rint(gains[r, i] / step)
    for b in range(n_blocks):
        first, end = start[b], start[b + 1]
        if end - first <= FEW:
            for r in range(first, end):
                for s in range(first, end):
                    if s != r and covers(keys, s, r) and (s < r or not covers(keys, r, s)):
                        keep[r] = False
                        break
            continue
        total = np.zeros(end - first)
        for r in range(first, end):
            for i in range(n):
                total[r - first] -= keys[r, i]
        order = np.argsort(total, kind="mergesort")  # nothing is covered by what comes later
        kept, n_kept = np.empty(end - first, dtype=np.intp), 0
        for place_in_order in order:
            r = first + place_in_order
            for k in range(n_kept):
                if covers(keys, kept[k], r):
                    keep[r] = False
                    break
            if keep[r]:
                kept[n_kept] = r
                n_kept += 1
    keep_rows(keep, gains, place, start)
