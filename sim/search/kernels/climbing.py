"""Climbing: change one block, then two, as long as it helps."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912

from __future__ import annotations

import numpy as np

from sim.search.kernels.compiled import MARGIN, njit
from sim.search.kernels.scores import merit

PAIRS_UP_TO = 160
"""With more rows than this, changing two blocks at a time costs too much."""


@njit
def climb(gains, start, origin, kind, coef, floor, rows, pairs):
    """Improve an outcome by changing one block at a time until nothing helps.

    With ``pairs``, which costs more, then also two blocks at a time. ``rows`` is changed in
    place; returns the parties' gains.
    """
    n, n_blocks = len(origin), len(rows)
    total, trial = origin.copy(), np.empty(n)
    for b in range(n_blocks):
        for i in range(n):
            total[i] += gains[rows[b], i]
    now = merit(kind, coef, floor, total)
    improved = True
    while improved:
        improved = False
        for b in range(n_blocks):
            for r in range(start[b], start[b + 1]):
                for i in range(n):
                    trial[i] = total[i] - gains[rows[b], i] + gains[r, i]
                value = merit(kind, coef, floor, trial)
                if value > now + MARGIN:
                    now, improved = value, True
                    rows[b] = r
                    total[:] = trial
        if improved or not pairs or start[n_blocks] > PAIRS_UP_TO:
            continue
        for b in range(n_blocks):
            for c in range(b):
                for r in range(start[b], start[b + 1]):
                    for s in range(start[c], start[c + 1]):
                        for i in range(n):
                            trial[i] = (
                                total[i]
                                - gains[rows[b], i]
                                + gains[r, i]
                                - gains[rows[c], i]
                                + gains[s, i]
                            )
                        value = merit(kind, coef, floor, trial)
                        if value > now + MARGIN:
                            now, improved = value, True
                            rows[b], rows[c] = r, s
                            total[:] = trial
    return total
