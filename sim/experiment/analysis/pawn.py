"""PAWN: how far the whole distribution of an outcome moves when one factor is known.

It looks at distributions, not variances, so it suits outcomes that are skewed, or yes and no; it
works on any design that spreads its cases, and for categories as for numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.analysis.columns import Column, columns_of
from sim.experiment.analysis.defined import Account, Outcome, Unanswered, account, nothing_varies
from sim.experiment.analysis.resampling import LEVEL

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

FEWEST_CASES = 20
"""With fewer defined cases a distribution is a guess."""

RANKS = 500
"""So many ranks of the outcome are told apart where distances are resampled; all, elsewhere."""


@dataclass(frozen=True, eq=False)
class PawnIndices:
    """Distances between the outcome's distribution and that with a factor known, in [0, 1].

    Attributes
    ----------
    factors
        Names, in the order of the settings.
    median, largest
        Over the slices of a factor, shape ``(n_factors,)``.
    low, high
        95 % interval of the median: plus and minus 1.96 bootstrap standard errors.
    by_chance
        What the median would stay below, 19 times in 20, if the factor did not matter: finite
        slices are never quite alike. A factor that is not above it is not shown to matter.
    slices
        Into how many slices each factor was cut.
    account
        What was undefined, and what was done about it.
    """

    factors: tuple[str, ...]
    median: Floats
    largest: Floats
    low: Floats
    high: Floats
    by_chance: Floats
    slices: Indices
    account: Account


def pawn_indices(
    settings: Mapping[str, Any],
    outcome: Outcome,
    *,
    slices: int = 10,
    resamples: int = 200,
    seed: int = 0,
) -> PawnIndices | Unanswered:
    r"""Measure how far each factor moves the distribution of an outcome.

    .. math:: \mathrm{PAWN}_i = \operatorname{median}_s \; \max_y
              \bigl| F(y) - F(y \mid x_i \in \text{slice}_s) \bigr|

    A number is cut into slices of about as many cases each; a category, or a number with few
    values, into its values. SALib's version is not called: it leaves out the largest value of
    every factor, which of a factor with two values is half of all cases. On factors that are
    numbers the two agree.

    Parameters
    ----------
    settings
        Factor -> its values, shape ``(n_cases,)``.
    outcome
        Undefined cases are left out.
    slices
        Into how many a number is cut.
    resamples
        Bootstrap resamples behind the interval, and shuffles behind ``by_chance``; with fewer
        than two the interval is all of [0, 1], and without any ``by_chance`` is 1.

    Returns
    -------
    PawnIndices or Unanswered

    References
    ----------
    Pianosi, Wagener (2015), "A simple and efficient method for global sensitivity analysis based
    on cumulative distribution functions", Environmental Modelling & Software 67, 1-11; (2018),
    "Distribution-based sensitivity analysis from a generic input-output sample", same journal
    108, 197-207.

    Examples
    --------
    Known: the reading decides all. The other factor says nothing.

    >>> reading, coin = np.repeat(["none", "stated"], 50), np.tile(["heads", "tails"], 50)
    >>> found = pawn_indices(
    ...     {"reading": reading, "coin": coin}, Outcome.of((reading == "none") * 1.0)
    ... )
    >>> found.median
    array([0.5, 0. ])
    """
    columns = columns_of(settings, len(outcome))
    counted = account(outcome, "those were left out")
    known = outcome.known
    declined = nothing_varies(outcome, counted)
    if declined:
        return declined
    if len(known) < FEWEST_CASES:
        why = f"{len(known)} defined cases are too few for distributions; it takes {FEWEST_CASES}"
        return Unanswered(counted, why)
    cuts = [_slices(column.only(outcome.defined), slices) for column in columns]
    rng = np.random.default_rng(seed)
    exact, coarse = _ranks(known), _ranks(known, RANKS)
    distances = [_distances(cut, exact) for cut in cuts]
    median = np.array([np.median(d) for d in distances])
    error = _standard_errors(cuts, coarse, resamples, rng)
    return PawnIndices(
        tuple(settings),
        median,
        np.array([d.max() for d in distances]),
        np.maximum(median - 1.959964 * error, 0.0),
        np.minimum(median + 1.959964 * error, 1.0),
        _by_chance(cuts, coarse, resamples, rng),
        np.array([len(d) for d in distances]),
        counted,
    )


def _slices(column: Column, slices: int) -> Indices:
    """Say in which slice of the factor each case lies; cases with one value stay together."""
    levels, codes = np.unique(column.values, return_inverse=True)
    if column.categories or len(levels) <= slices:
        return codes.astype(np.intp)
    before = np.cumsum(np.bincount(codes)) - np.bincount(codes)
    return np.unique(before * slices // len(codes), return_inverse=True)[1][codes].astype(np.intp)


def _distances(cut: Indices, ranks: Indices, times: Floats | None = None) -> Floats:
    """Return the Kolmogorov-Smirnov distance of each slice from all, shape ``(n_slices,)``.

    ``ranks`` are those of the outcome, ``times`` how often each case counts.
    """
    shape = (cut.max() + 1, ranks.max() + 1)
    table = np.bincount(cut * shape[1] + ranks, times, minlength=shape[0] * shape[1])
    below = table.reshape(shape).cumsum(axis=1)
    below = below[below[:, -1] > 0]
    everywhere = below.sum(axis=0)
    distance: Floats = np.abs(below / below[:, -1:] - everywhere / everywhere[-1]).max(axis=1)
    return distance


def _ranks(values: Floats, most: int | None = None) -> Indices:
    """Rank the outcome, equal values alike; in ``most`` ranks of about as many cases each."""
    levels, ranks, sizes = np.unique(values, return_inverse=True, return_counts=True)
    if most is None or len(levels) <= most:
        return ranks.astype(np.intp)
    coarse = (np.cumsum(sizes) - sizes) * most // len(values)
    return np.unique(coarse, return_inverse=True)[1][ranks].astype(np.intp)


def _standard_errors(
    cuts: list[Indices], ranks: Indices, resamples: int, rng: np.random.Generator
) -> Floats:
    if resamples < 2:
        return np.full(len(cuts), np.inf)
    medians = np.empty((resamples, len(cuts)))
    for row in medians:
        drawn = rng.integers(len(ranks), size=len(ranks))
        times = np.bincount(drawn, minlength=len(ranks)).astype(float)
        row[:] = [np.median(_distances(cut, ranks, times)) for cut in cuts]
    return medians.std(axis=0, ddof=1)


def _by_chance(
    cuts: list[Indices], ranks: Indices, shuffles: int, rng: np.random.Generator
) -> Floats:
    """Shuffle the outcome; slices of the same sizes share what comes out."""
    known: dict[bytes, float] = {}
    levels = []
    for cut in cuts:
        sizes = np.sort(np.bincount(cut)).tobytes()
        if sizes not in known:
            medians = [np.median(_distances(cut, rng.permutation(ranks))) for _ in range(shuffles)]
            known[sizes] = float(np.quantile(medians, LEVEL)) if medians else 1.0
        levels.append(known[sizes])
    return np.array(levels)
