"""The most that a party could get if the others agreed to anything: its ideal, draw by draw."""

from __future__ import annotations

import moocore
import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Ensemble
from sim.partition import allowed_choices, groups, meets
from sim.scenario import RedLines

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def ideal_utilities(ensemble: Ensemble, column: int, red_lines: RedLines = "none") -> Floats:
    """Return one party's highest utility over the outcomes that are allowed.

    Parameters
    ----------
    ensemble
        One reading or many.
    column
        Which party.
    red_lines
        Outcomes that cross a signatory's line under this reading, in draws in which it holds,
        are left out too; ``none`` keeps to the constraints.

    Returns
    -------
    ndarray
        Shape ``(n_draws,)``; minus infinity where nothing is allowed.
    """
    structure = ensemble.structure
    lines = {
        structure.lines[k].condition: ensemble.binds[:, k] for k in structure.binding(red_lines)
    }
    excluded = [*structure.constraints, *(c for c, binds in lines.items() if binds.all())]
    at_times = {c: binds for c, binds in lines.items() if binds.any() and not binds.all()}
    own = [b.condition.issues for b in ensemble.bonuses if b.party == column]
    own += [t.issues for t in ensemble.tables if t.party == column]
    sizes = structure.space.sizes
    if structure.averaged[column]:
        own.append(tuple(range(len(sizes))))
    options = [np.arange(size) for size in sizes]
    total = np.zeros(ensemble.n_draws)
    for issues in groups(len(sizes), [*(c.issues for c in (*excluded, *at_times)), *own]):
        rows = allowed_choices(issues, options, excluded)
        if not len(rows):
            return np.full(ensemble.n_draws, -np.inf)
        here = {c: binds for c, binds in at_times.items() if set(c.issues) <= set(issues)}
        plain = not here and not any(set(tie) <= set(issues) for tie in own)
        if plain and len(issues) > 1:
            rows = _candidates(ensemble, column, issues, rows)
        best = np.full(ensemble.n_draws, -np.inf)
        for start in range(0, len(rows), 64):
            some = rows[start : start + 64]
            worth = ensemble.row_utilities(issues, some, [column])[:, :, 0]
            for condition, binds in here.items():
                worth[np.ix_(binds, meets(condition, issues, some))] = -np.inf
            np.maximum(best, worth.max(axis=1), out=best)
        total += best
    return total


def _candidates(ensemble: Ensemble, column: int, issues: tuple[int, ...], rows: Indices) -> Indices:
    """Strike off joint choices that some other one matches on every issue in every draw.

    Only where the party ranks the options of each issue alike in all draws; as a rule it does.
    """
    ranks = [_ranks(ensemble.terms[issue][:, :, column]) for issue in issues]
    if any(rank is None for rank in ranks):
        return rows
    places = np.stack([r[rows[:, k]] for k, r in enumerate(ranks) if r is not None], axis=1)
    best = moocore.is_nondominated(places.astype(float), maximise=True, keep_weakly=False)
    kept: Indices = rows[best]
    return kept


def _ranks(worth: Floats) -> Indices | None:
    """Rank options by worth, shape ``(n_draws, n_options)``; None if the draws disagree."""
    order = np.argsort(worth[0], kind="stable")
    steps = np.diff(worth[:, order], axis=1)
    if (steps < 0).any():
        return None
    ranks = np.zeros(len(order), dtype=np.intp)
    ranks[order[1:]] = np.cumsum((steps > 0).any(axis=0))
    return ranks
