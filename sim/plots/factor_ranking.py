"""Which factors matter most for an outcome: by an analysis that was run, else by plain means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.analysis import Outcome
from sim.experiment.study import Study
from sim.plots.answers import rows_of
from sim.plots.factor_values import FactorValues, factor_values

Floats = NDArray[np.float64]

MEASURES = {
    "sobol": ("input", "total", "Sobol' total index"),
    "pawn": ("factor", "median", "PAWN"),
    "morris": ("input", "mean_size", "Morris's mu*"),
}
"""Table -> its column of names, its column of sizes, and what it is called; the best first."""

GROUPS = 10
"""Parts of a range whose means are compared."""


@dataclass(frozen=True)
class Ranking:
    """Factors, those that matter most first.

    Attributes
    ----------
    paths
        Every setting that varies.
    measure
        By what they are ranked.
    """

    paths: tuple[str, ...]
    measure: str


def ranking(study: Study, name: str, outcome: Outcome) -> Ranking:
    """Rank all settings by how much they matter for an outcome.

    An analysis of sensitivity counts where it was run on this outcome and tells all settings
    apart; weights that count as one group do not. Otherwise they are ranked by the share of the
    variance that lies between the means of parts of their range.
    """
    for table, (key, size, words) in MEASURES.items():
        rows = rows_of(study.tables[table]) if table in study.tables else []
        mine = [row for row in rows if row["outcome"] == name and row[size] is not None]
        found = {row[key]: row[size] for row in mine}
        if set(study.settings) <= found.keys():
            return Ranking(_sorted(study.settings, found), words)
    factors = [factor_values(study, path) for path in study.settings]
    sizes = {factor.path: between_means(factor, outcome) for factor in factors}
    return Ranking(_sorted(study.settings, sizes), "variance of means along each")


def _sorted(paths: Mapping[str, object], sizes: Mapping[str, float]) -> tuple[str, ...]:
    order: Sequence[str] = sorted(paths, key=lambda path: -sizes[path])
    return tuple(order)


def between_means(factor: FactorValues, outcome: Outcome) -> float:
    """Return the share of the variance between levels, or parts of a range, in [0, 1]."""
    known, values = outcome.known, factor.values[outcome.defined]
    if len(known) < 2 or np.ptp(known) == 0:
        return 0.0
    if factor.levels:
        parts = values.astype(np.intp)
    else:
        order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
        parts = order * min(GROUPS, max(len(known) // 5, 1)) // len(known)
    counts = np.bincount(parts)
    there = counts > 0
    means = np.bincount(parts, known)[there] / counts[there]
    between = float((counts[there] * (means - known.mean()) ** 2).sum())
    return between / float(((known - known.mean()) ** 2).sum())
