"""Talks taken back round by round: who proposes what, and what each then expects.

Arrays: ``ladders (n_parties, n_points, n_parties)``, what each rung of a proposer's ladder gives
everybody, infinite in the proposer's own column; ``own (n_parties, n_points)``, what it gives the
proposer; ``places (n_parties, n_points)``, where it stands in ``table (n_points, n_parties)``.
For each round ``now (n_rounds, n_parties)``, what no deal is worth, ``risk (n_rounds,)`` and
``chances (n_rounds, n_parties)`` of proposing.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917

from __future__ import annotations

import numpy as np

from sim.search.kernels.compiled import njit


@njit
def take_back(
    table, ladders, own, places, now, risk, chances, patience, cost, outside, near,
    values, proposals, leavers,
):  # fmt: skip
    """Fill in all rounds before the last row of ``values (n_rounds + 1, n_parties)``."""
    n_points, n = table.shape
    wait, demand = np.empty(n), np.empty(n)
    for t in range(len(risk) - 1, -1, -1):
        for p in range(n):
            going_on = (1 - risk[t]) * values[t + 1, p] + risk[t] * now[t, p]
            wait[p] = (1 - patience[p]) * now[t, p] + patience[p] * going_on - cost[p]
            demand[p] = max(wait[p], outside[p]) - near
            values[t, p] = 0.0
        for who in range(n):
            if chances[t, who] <= 0:
                continue
            found = -1
            for k in range(n_points):
                fits = True
                for p in range(n):
                    if ladders[who, k, p] < demand[p]:
                        fits = False
                        break
                if fits:
                    found = k
                    break
            if found >= 0 and own[who, found] >= wait[who] - near:
                place = places[who, found]
                proposals[t, who] = place
                for p in range(n):
                    values[t, p] += chances[t, who] * table[place, p]
                continue
            leaver = -1
            for p in range(n):
                if p != who and outside[p] > wait[p] + near:
                    leaver = p
                    break
            leavers[t, who] = leaver
            for p in range(n):
                gets = wait[p] if leaver < 0 else now[t, p]
                values[t, p] += chances[t, who] * (outside[p] if p == leaver else gets)
