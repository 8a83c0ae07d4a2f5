"""A factor cut into cells for a heatmap: its values where they are few, else parts of its range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.plots.factor_values import FactorValues, number_in
from sim.plots.style import tick_texts
from sim.words import ticks

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

PER_CELL = 8
"""So many cases a cell should hold on average; with fewer, there are fewer cells."""

MOST = (12, 9)
"""Cells side by side, and one above the other, that can still be read."""

FEWEST = 2


@dataclass(frozen=True, eq=False)
class FactorCells:
    """One side of a heatmap; positions run from 0 to the number of cells.

    Attributes
    ----------
    factor
        What is cut.
    edges
        Where cells begin and end, one more than there are; empty where cells are single values.
    places
        Cell of every case, shape ``(n_cases,)``.
    n
        How many cells.
    """

    factor: FactorValues
    edges: Floats
    places: Places
    n: int

    @property
    def own(self) -> float | None:
        """Where the scenario itself lies; ``None`` where that is not known or outside."""
        value = self.factor.own
        if value is None:
            return None
        if self.factor.levels:
            return value + 0.5
        if not self.edges[0] <= value <= self.edges[-1]:
            return None
        return float(np.interp(value, self.edges, np.arange(self.n + 1)))

    def name(self, k: int) -> str:
        """Say which values a cell holds."""
        if self.factor.levels:
            return self.factor.levels[k]
        span = self.edges[-1] - self.edges[0]
        low, high = (number_in(edge, span) for edge in self.edges[k : k + 2])
        return f"{low}–{high}" if not low.startswith("−") else f"{low} to {high}"

    def ticks(self, apart: float) -> list[tuple[float, str]]:
        """Return positions along the side and what to write there, at least so far apart.

        Parameters
        ----------
        apart
            In cells.
        """
        if self.factor.levels:
            return [(k + 0.5, name) for k, name in enumerate(self.factor.levels)]
        low, high = float(self.edges[0]), float(self.edges[-1])
        values = ticks(low, high) if self.factor.evenly else self.edges.tolist()
        texts = tick_texts(values)
        if not self.factor.evenly:
            texts = [number_in(value, high - low) for value in values]
        places = np.interp(values, self.edges, np.arange(self.n + 1)).tolist()
        kept: list[tuple[float, str]] = []
        for place, text in zip(places, texts, strict=True):
            if not kept or place - kept[-1][0] >= apart:
                kept.append((place, text))
        return kept


def cells_of(x: FactorValues, y: FactorValues, n_cases: int) -> tuple[FactorCells, FactorCells]:
    """Cut two factors, into as many cells as this number of cases can fill."""
    room = max(n_cases // PER_CELL, 1)
    for factor in (x, y):
        room = room // len(factor.levels) if factor.levels else room
    ranged = sum(not factor.levels for factor in (x, y))
    wanted = int(room ** (1 / ranged)) if ranged else 0
    across, up = (min(max(wanted, FEWEST), most) for most in MOST)
    return _cut(x, across), _cut(y, up)


def _cut(factor: FactorValues, n: int) -> FactorCells:
    if factor.levels:
        n = len(factor.levels)
        return FactorCells(factor, np.array([]), factor.values.astype(np.int64), n)
    if not factor.evenly:
        edges = np.unique(np.quantile(factor.values, np.linspace(0, 1, n + 1)))
    elif np.array_equal(factor.values, np.round(factor.values)):
        whole = np.linspace(factor.low, factor.high + 1, n + 1)
        edges = np.unique(np.round(whole)) - 0.5
    else:
        edges = np.linspace(factor.low, factor.high, n + 1)
    places = np.searchsorted(edges, factor.values, side="right") - 1
    n = len(edges) - 1
    return FactorCells(factor, edges, np.clip(places, 0, n - 1), n)
