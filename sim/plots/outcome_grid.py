"""The mean of an outcome over the cases in each cell of two factors, the others as they come."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.study import Study
from sim.plots.factor_cells import FactorCells, cells_of
from sim.plots.factor_ranking import ranking
from sim.plots.factor_values import FEW, factor_values
from sim.plots.shown_outcome import ShownOutcome, default_outcome, shown_outcome
from sim.plots.style import diverging
from sim.problem import TOLERANCE
from sim.words import decimals_for, plain, signed

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

CHANCE = 0.01
"""A side that random groups of cases would match more often than this tells nothing."""


@dataclass(frozen=True, eq=False)
class OutcomeGrid:
    """Means over the cases in each cell.

    Attributes
    ----------
    shown
        The outcome.
    x, y
        The two sides.
    means
        Shape ``(y.n, x.n)``; NaN where there is no case.
    counts
        Cases with a value in each cell, shape ``(y.n, x.n)``.
    measure
        By what the sides were chosen; empty where both were named.
    """

    shown: ShownOutcome
    x: FactorCells
    y: FactorCells
    means: Floats
    counts: Counts
    measure: str

    @property
    def known(self) -> Floats:
        """Means of the cells that have one."""
        return self.means[self.counts > 0]

    @property
    def ends(self) -> tuple[float, float]:
        """The numbers at the ends of the colours."""
        turns = self.shown.turns
        if turns is not None:
            far = 0.5 if self.shown.truth or self.shown.share else 0.0
            far = max(far, float(np.abs(self.known - turns).max()), 1e-12)
            return turns - far, turns + far
        low, high = float(self.known.min()), float(self.known.max())
        if self.shown.share:  # the same colours in every picture, so that two can be compared
            return min(low, 0.0), max(high, 1.0)
        return low, high

    def colour(self, value: float) -> tuple[float, float, float]:
        """Return the colour of a number: pale where the verdict turns, or else at the least."""
        low, high = self.ends
        pale = low if self.shown.turns is None else self.shown.turns
        return diverging(value - pale, high - pale)

    def write(self, value: float) -> str:
        """Write a mean, with decimals enough to tell those of different colours apart."""
        low, high = self.ends
        alike = high - low <= TOLERANCE * max(abs(low), abs(high))
        if self.shown.truth or self.shown.share or alike:
            return self.shown.write(value)
        decimals = max(decimals_for(self.ends), 1 - math.floor(math.log10(high - low)))
        return signed(value, decimals) if self.shown.difference else plain(value, decimals)

    def along(self, side: FactorCells) -> Floats:
        """Return the mean in each cell of one side, NaN where there is none.

        Cells of the other side count by how many cases they hold in all, so that it makes no
        difference how many of those chance has put here.
        """
        means, counts = (
            (self.means, self.counts) if side is self.x else (self.means.T, self.counts.T)
        )
        there = counts > 0
        weights = there * np.add.reduce(counts, axis=1, keepdims=True)
        total = np.add.reduce(weights, axis=0)
        sums = np.add.reduce(np.where(there, means, 0.0) * weights, axis=0)
        return np.where(total > 0, sums / np.maximum(total, 1), np.nan)

    def tells(self, side: FactorCells) -> bool:
        """Tell whether one side does more than random groups of cases would in 1 of 100 designs.

        An F test of the means along the side, once those along the other are taken off, against
        what varies within cells; with hardly any cell of two cases, against all that is left.
        """
        from scipy.special import fdtrc  # noqa: PLC0415  slow to import

        other = self.y if side is self.x else self.x
        outcome = self.shown.outcome
        ours, theirs = (one.places[outcome.defined] for one in (side, other))
        rest = outcome.known - self.along(other)[theirs]
        effects = _means(rest, ours, side.n)
        cells = _means(outcome.known, ours * other.n + theirs, side.n * other.n)
        within = outcome.known - cells[ours * other.n + theirs]
        spare = len(rest) - int((self.counts > 0).sum())
        if spare < side.n:
            within, spare = rest - effects[ours], len(rest) - side.n - other.n + 1
        explained, left = float((effects[ours] ** 2).sum()), float((within**2).sum())
        if spare < 1 or side.n < 2 or left <= 1e-12 * explained:
            return explained > 0
        ratio = explained / (side.n - 1) / (left / spare)
        return float(fdtrc(side.n - 1, spare, ratio)) < CHANCE


def _means(values: Floats, places: Counts, n: int) -> Floats:
    """Return the mean of the values at each place, 0 where there is none."""
    counts = np.bincount(places, minlength=n)
    return np.asarray(np.bincount(places, values, minlength=n) / np.maximum(counts, 1))


def outcome_grid(study: Study, x: str | None, y: str | None, outcome: str | None) -> OutcomeGrid:
    """Take the means of an outcome over two factors.

    Parameters
    ----------
    study
        What was run.
    x, y
        Things that vary; those that matter most if left out.
    outcome
        A column of the table of outcomes.

    Raises
    ------
    InputError
        If one of them is not there, or takes too many values to be shown.
    """
    name = default_outcome(study) if outcome is None else outcome
    shown = shown_outcome(study, name)
    sides, measure = _sides(study, name, shown, x, y)
    first, second = (factor_values(study, path) for path in sides)
    for factor in (first, second):
        if len(factor.levels) > FEW:
            raise InputError(
                f"{factor.path}: it takes {len(factor.levels)} values, and a heatmap can show "
                f"{FEW}: name something else as x or y"
            )
    across, up = cells_of(first, second, int(shown.outcome.defined.sum()))
    defined = shown.outcome.defined
    place, n = up.places[defined] * across.n + across.places[defined], up.n * across.n
    counts = np.bincount(place, minlength=n).reshape(up.n, across.n)
    sums = np.bincount(place, shown.outcome.known, minlength=n).reshape(up.n, across.n)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return OutcomeGrid(shown, across, up, means, counts, measure)


def _sides(
    study: Study, name: str, shown: ShownOutcome, x: str | None, y: str | None
) -> tuple[tuple[str, str], str]:
    """Choose what is not named: the factors that matter most, of those that can be shown."""
    if x is not None and x == y:
        raise InputError(f"x and y are both {x}: name two things that vary")
    if x is not None and y is not None:
        return (x, y), ""
    ranked = ranking(study, name, shown.outcome)
    fitting = [
        path
        for path in ranked.paths
        if path not in (x, y)
        and len(levels := factor_values(study, path).levels) <= FEW
        and len(levels) != 1  # the same in every case
    ]
    if len(fitting) < (x is None) + (y is None):
        raise InputError("a heatmap needs two things that vary, each a range or a few values")
    if x is None and y is None:  # a range has the longer side
        pair = sorted(fitting[:2], key=lambda path: bool(factor_values(study, path).levels))
        return (pair[0], pair[1]), ranked.measure
    first = fitting[0] if x is None else x
    second = fitting[0] if y is None else y
    return (first, second), ranked.measure
