"""Cases as lines over parallel axes: which are drawn, and where they cross each axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.labels import factor_label
from sim.experiment.study import Study
from sim.plots.factor_ranking import ranking
from sim.plots.factor_values import FactorValues, factor_values
from sim.plots.shown_outcome import (
    Interest,
    ShownOutcome,
    default_question,
    interest_in,
    shown_outcome,
)

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

MOST_AXES, FEWEST_AXES, MOST_LINES = 12, 6, 1500

BAND = 0.32
"""How far cases spread from the place of a level, as a share of what lies between levels."""

SEED = 0


@dataclass(frozen=True, eq=False)
class ParallelLines:
    """What parallel coordinates show.

    Attributes
    ----------
    shown
        The outcome.
    interest
        Which cases are of interest.
    factors
        One for each axis, from left to right.
    left_out
        Things that vary and have no axis.
    measure
        By what the axes were chosen and ordered.
    drawn
        Numbers of the cases that are drawn, those of interest last.
    """

    shown: ShownOutcome
    interest: Interest
    factors: tuple[FactorValues, ...]
    left_out: tuple[str, ...]
    measure: str
    drawn: Places

    @property
    def n_interest(self) -> int:
        """How many cases are of interest."""
        return int(self.interest.cases.sum())

    @property
    def n_drawn(self) -> int:
        """How many of those are drawn."""
        return int(self.interest.cases[self.drawn].sum())

    def heights(self) -> Floats:
        """Return where each drawn case crosses each axis, in [0, 1], shape ``(n, n_axes)``."""
        return np.stack([spread(factor)[self.drawn] for factor in self.factors], axis=1)


def spread(factor: FactorValues) -> Floats:
    """Return where cases cross an axis, in [0, 1].

    Cases of one level are put side by side in a band; along a range that they fill unevenly they
    are put at equal distances, in order.
    """
    if not factor.levels:
        if factor.evenly:
            return np.clip(factor.ranks, 0.0, 1.0)
        return np.argsort(np.argsort(factor.values, kind="stable")) / max(len(factor.values) - 1, 1)
    n = len(factor.levels)
    places = factor.values.astype(np.intp)
    order = np.argsort(places, kind="stable")
    counts = np.bincount(places, minlength=n)
    inside = np.empty(len(places))
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    inside[order] = (np.arange(len(places)) - starts + 0.5) / np.repeat(counts, counts)
    return (places + 0.5 + (inside - 0.5) * 2 * BAND) / n


def parallel_lines(
    study: Study, outcome: str | None, fits: Callable[[Sequence[str]], bool]
) -> ParallelLines:
    """Choose the axes and the cases.

    Parameters
    ----------
    study
        What was run.
    outcome
        A column of the table of outcomes, or `default_question`.
    fits
        Tells whether there is room for axes of these names.

    Raises
    ------
    InputError
        If there is no such outcome, it has no value anywhere, or nothing varies.
    """
    if not study.settings:
        raise InputError("nothing varies in this experiment: name something under `vary:`")
    name = default_question(study) if outcome is None else outcome
    shown = shown_outcome(study, name)
    interest = interest_in(study, name, shown)
    ranked = ranking(study, name, shown.outcome)
    names = [factor_label(study, path) for path in ranked.paths]
    n = min(len(names), MOST_AXES)
    while n > FEWEST_AXES and not fits(names[:n]):
        n -= 1
    factors = tuple(factor_values(study, path) for path in ranked.paths[:n])
    drawn = _drawn(shown, interest)
    return ParallelLines(shown, interest, factors, ranked.paths[n:], ranked.measure, drawn)


def _drawn(shown: ShownOutcome, interest: Interest) -> Places:
    """Choose cases at random, those of interest last: in proportion, but of either kind a tenth.

    Where a kind has fewer cases than that, all of them are drawn.
    """
    kinds = [
        np.flatnonzero(shown.outcome.defined & ~interest.cases),
        np.flatnonzero(interest.cases),
    ]
    sizes = np.array([len(kind) for kind in kinds])
    if sizes.sum() > MOST_LINES:
        rarer = int(np.argmin(sizes))
        fair = max(round(MOST_LINES * sizes[rarer] / sizes.sum()), MOST_LINES // 10)
        sizes[rarer] = min(fair, sizes[rarer])
        sizes[1 - rarer] = MOST_LINES - sizes[rarer]
    rng = np.random.default_rng(SEED)
    some = [np.sort(rng.permutation(kind)[:n]) for kind, n in zip(kinds, sizes, strict=True)]
    return np.concatenate(some)
