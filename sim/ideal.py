"""The most that a party could get if the others agreed to anything: its ideal, draw by draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Ensemble
from sim.partition import allowed_choices, groups
from sim.scenario import RedLines

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

MAX_COMPARED = 2_000
"""Joint choices of one group beyond which none are struck off beforehand."""


def ideal_utilities(ensemble: Ensemble, column: int, red_lines: RedLines = "none") -> Floats:
    """Return one party's highest utility over the outcomes that are allowed.

    Parameters
    ----------
    ensemble
        One reading or many.
    column
        Which party.
    red_lines
        Outcomes that cross a signatory's line under this reading are left out too; ``none``
        keeps to the constraints.

    Returns
    -------
    ndarray
        Shape ``(n_draws,)``; minus infinity where nothing is allowed.
    """
    structure = ensemble.structure
    lines = [structure.lines[k].condition for k in structure.binding(red_lines)]
    excluded = [*structure.constraints, *lines]
    own = [b.condition.issues for b in ensemble.bonuses if b.party == column]
    own += [t.issues for t in ensemble.tables if t.party == column]
    sizes = structure.space.sizes
    if structure.averaged[column]:
        own.append(tuple(range(len(sizes))))
    options = [np.arange(size) for size in sizes]
    total = np.zeros(ensemble.n_draws)
    for issues in groups(len(sizes), [*(c.issues for c in excluded), *own]):
        rows = allowed_choices(issues, options, excluded)
        if not len(rows):
            return np.full(ensemble.n_draws, -np.inf)
        plain = not any(set(tie) <= set(issues) for tie in own)
        if plain and 1 < len(issues) and len(rows) <= MAX_COMPARED:
            rows = _candidates(ensemble, column, issues, rows)
        best = np.full(ensemble.n_draws, -np.inf)
        for start in range(0, len(rows), 64):
            some = ensemble.row_utilities(issues, rows[start : start + 64], [column])
            np.maximum(best, some[:, :, 0].max(axis=1), out=best)
        total += best
    return total


def _candidates(ensemble: Ensemble, column: int, issues: tuple[int, ...], rows: Indices) -> Indices:
    """Strike off joint choices that some other one matches on every issue in every draw."""
    matches = np.ones((len(rows), len(rows)), dtype=bool)
    for place, issue in enumerate(issues):
        worth = ensemble.terms[issue][:, :, column]
        n = worth.shape[1]
        never_less = np.array(
            [[bool((worth[:, a] >= worth[:, b]).all()) for b in range(n)] for a in range(n)]
        )
        matches &= never_less[np.ix_(rows[:, place], rows[:, place])]
    earlier = np.tri(len(rows), k=-1, dtype=bool).T  # of two equal choices the first is kept
    struck = (matches & (~matches.T | earlier)).any(axis=0)
    return rows[~struck]
