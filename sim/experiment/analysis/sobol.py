r"""Sobol' indices: which share of an outcome's variance each input accounts for.

The first-order index is the share that would go if the input alone were known,
:math:`S_i = V[E(y \mid x_i)] / V(y)`. The total index is the share that would be left if all
others were known, :math:`T_i = E[V(y \mid x_{\sim i})] / V(y)`. What lies between the two is
interaction. The inputs must be independent of each other; coordinates that are not, such as
weights that sum to one, form a group that is one input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.analysis.defined import (
    MOST_DROPPED,
    Account,
    Outcome,
    Unanswered,
    account,
    nothing_varies,
)
from sim.experiment.analysis.resampling import percentile_interval, resampled_counts

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


FEWEST_POINTS = 8
"""With fewer base points behind an input, resampling them tells nothing."""

LEAST_STEADY = 0.95
"""Share of the resamples in which the outcome must vary; the others are left out."""


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """First-order and total indices of every input, with intervals.

    Attributes
    ----------
    inputs
        Names, in the order of the design.
    first, total
        Shape ``(n_inputs,)``. Estimates: noise can carry them a little below 0 or above 1.
    first_low, first_high, total_low, total_high
        95 % intervals, shape ``(n_inputs,)``.
    points
        How many base points were behind each input, shape ``(n_inputs,)``.
    account
        What was undefined, and what was done about it.
    """

    inputs: tuple[str, ...]
    first: Floats
    total: Floats
    first_low: Floats
    first_high: Floats
    total_low: Floats
    total_high: Floats
    points: NDArray[np.intp]
    account: Account

    @property
    def interactions(self) -> Floats:
        """The share that each input has only together with others, shape ``(n_inputs,)``."""
        return self.total - self.first

    @property
    def additive(self) -> float:
        """The share that the inputs explain one by one; 1 where nothing interacts."""
        return float(self.first.sum())


def sobol_indices(
    inputs: Sequence[str],
    outcome: Outcome,
    *,
    resamples: int = 1000,
    seed: int = 0,
    most_dropped: float = MOST_DROPPED,
) -> SobolIndices | Unanswered:
    r"""Estimate Sobol' indices from the cases of a Saltelli design.

    .. math:: S_i = \frac{\overline{f_B (f_{AB_i} - f_A)}}{V}, \qquad
              T_i = \frac{\overline{(f_A - f_{AB_i})^2}}{2 V}

    with V the variance over A and B. These are the estimators of `scipy.stats.sobol_indices`.
    That function is not called because it knows no missing value, takes only powers of two (what
    is left after dropping seldom is one), returns zeros for a constant, and makes its intervals
    from random numbers without a seed.

    Parameters
    ----------
    inputs
        Names of the inputs; a group is one.
    outcome
        In the order of the design: for each base point A, then AB of each input, then B. Shape
        ``(n_points * (n_inputs + 2),)``.
    resamples
        Bootstrap resamples of the base points; without any the intervals are infinite.
    most_dropped
        An input's comparison of A, AB and B is dropped as a whole where one of the three is
        undefined. Where more than this share is, there is no answer: the points left over are
        no sample of independent inputs any more.

    Returns
    -------
    SobolIndices or Unanswered

    Raises
    ------
    InputError
        If the number of cases is not that of the design.

    References
    ----------
    Saltelli et al. (2010), "Variance based sensitivity analysis of model output. Design and
    estimator for the total sensitivity index", Computer Physics Communications 181, 259-270.

    Examples
    --------
    An outcome that is three times the first input, whatever the second: A, AB, AB and B for each
    of 64 points.

    >>> a, b = np.random.default_rng(0).random((2, 64))
    >>> outcome = Outcome.of(np.column_stack([3 * a, 3 * b, 3 * a, 3 * b]).ravel(), "surplus")
    >>> found = sobol_indices(["threshold", "patience"], outcome)
    >>> float(found.total[1]), bool(found.total_low[0] <= 1 <= found.total_high[0])
    (0.0, True)
    """
    width = len(inputs) + 2
    if len(outcome) % width or not inputs:
        raise InputError(
            f"{outcome.name}: {len(outcome)} cases are no Saltelli design of {len(inputs)} inputs; "
            f"it has {width} cases for each base point"
        )
    parts, known = outcome.values.reshape(-1, width), outcome.defined.reshape(-1, width)
    kept = known[:, :1] & known[:, -1:] & known[:, 1:-1]
    counted = account(outcome, _dropped(inputs, kept))
    declined = nothing_varies(outcome, counted) or _too_many(outcome, kept, most_dropped, counted)
    if declined:
        return declined
    terms = _terms(parts, known, kept)
    first, total, varies = _indices(terms.sum(axis=1, keepdims=True))
    drawn = [_indices(counts @ terms) for counts in resampled_counts(len(parts), resamples, seed)]
    vary = np.concatenate([varies, *(found[2] for found in drawn)])
    steady: Bools = np.logical_and.reduce(vary, axis=1)
    if not steady[0] or steady.mean() < LEAST_STEADY:
        return Unanswered(counted, f"{outcome.name} differs in too few cases to say owing to what")
    ends = [
        percentile_interval(np.concatenate([first[:0], *(found[k] for found in drawn)])[steady[1:]])
        for k in (0, 1)
    ]
    return SobolIndices(
        tuple(inputs), first[0], total[0], *ends[0], *ends[1], kept.sum(axis=0), counted
    )


def _dropped(inputs: Sequence[str], kept: Bools) -> str:
    lost = (~kept).sum(axis=0)
    worst = int(lost.argmax())
    return (
        f"{int(lost.sum())} of {kept.size} comparisons of A, AB and B were dropped whole, at most "
        f"{int(lost[worst])} of {len(kept)} for an input ({inputs[worst]}); the indices speak of "
        "the rest"
    )


def _too_many(
    outcome: Outcome, kept: Bools, most_dropped: float, counted: Account
) -> Unanswered | None:
    share = float((~kept).mean(axis=0).max())
    if kept.sum(axis=0).min() < FEWEST_POINTS:
        least = int(kept.sum(axis=0).min())
        return Unanswered(counted, f"{least} base points are too few; it takes {FEWEST_POINTS}")
    if share <= most_dropped:
        return None
    return Unanswered(
        counted,
        f"{share:.0%} of an input's comparisons would have to be dropped, and with more than "
        f"{most_dropped:.0%} the rest is no sample of independent inputs; ask instead what decides "
        f"whether {outcome.name} is defined",
    )


def _terms(parts: Floats, known: Bools, kept: Bools) -> Floats:
    """Return what the indices are sums of, input by input: shape ``(6, n_points, n_inputs)``."""
    largest = np.abs(parts[known]).max()
    level = np.where(known, parts / largest, 0.0)  # shares of variance have no unit
    level = np.where(known, level - level[known].mean(), 0.0)
    a, b, ab = level[:, :1], level[:, -1:], level[:, 1:-1]
    once = np.ones_like(ab)
    terms = [once, (a + b) * once, (a * a + b * b) * once, b * (ab - a), ab - a, (a - ab) ** 2]
    return np.stack([term * kept for term in terms])


def _indices(sums: Floats) -> tuple[Floats, Floats, Bools]:
    """Turn sums, shape ``(6, n, n_inputs)``, into indices, and say where there is a variance."""
    number, either, squares, product, difference, jump = sums
    number = np.maximum(number, 1.0)
    mean = either / (2 * number)
    variance = squares / (2 * number) - mean**2
    varies = variance > 1e-12 * np.maximum(squares / number, 1e-300)
    safe = np.where(varies, variance, 1.0)
    first = (product - mean * difference) / number / safe
    return first, jump / (2 * number) / safe, varies
