"""Boxes in the space of assumptions: a range of some factors, some categories of others.

A box is judged by three shares. *Coverage*: how much of what is of interest lies in it. *Density*:
how much of what lies in it is of interest. *Support*: how much of everything lies in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.experiment.analysis.columns import Column

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Limits:
    """The faces of a box, in the order of the columns.

    Attributes
    ----------
    low, high
        Shape ``(n_columns,)``, both inside the box; infinite where a face is not limited.
    allowed
        For each column the categories that are in, shape ``(n_categories,)``; of a number empty.
    """

    low: Floats
    high: Floats
    allowed: tuple[Bools, ...]

    @classmethod
    def everywhere(cls, columns: Sequence[Column]) -> Limits:
        """Return the box that holds all cases."""
        n = len(columns)
        every = tuple(np.ones(len(column.categories), dtype=bool) for column in columns)
        return cls(np.full(n, -np.inf), np.full(n, np.inf), every)

    def limits(self, k: int) -> bool:
        """Tell whether the box limits a factor at all."""
        return bool(
            np.isfinite(self.low[k]) or np.isfinite(self.high[k]) or not self.allowed[k].all()
        )

    def within(self, k: int, values: Floats) -> Bools:
        """Tell of a factor's values which are in the box."""
        if len(self.allowed[k]):
            return self.allowed[k][values.astype(np.intp)]
        return (values >= self.low[k]) & (values <= self.high[k])

    def inside(self, columns: Sequence[Column], *, but: int | None = None) -> Bools:
        """Tell which cases are in the box; ``but`` leaves one factor unlimited."""
        found = np.ones(len(columns[0].values), dtype=bool)
        for k, column in enumerate(columns):
            if k != but and self.limits(k):
                found &= self.within(k, column.values)
        return found

    def with_low(self, k: int, value: float) -> Limits:
        """Return the box with another lower face."""
        return replace(self, low=_put(self.low, k, value))

    def with_high(self, k: int, value: float) -> Limits:
        """Return the box with another upper face."""
        return replace(self, high=_put(self.high, k, value))

    def without(self, k: int) -> Limits:
        """Return the box that does not limit a factor."""
        every = np.ones_like(self.allowed[k])
        allowed = (*self.allowed[:k], every, *self.allowed[k + 1 :])
        return Limits(_put(self.low, k, -np.inf), _put(self.high, k, np.inf), allowed)

    def with_category(self, k: int, category: int, allowed: bool) -> Limits:
        """Return the box with one category let in, or shut out."""
        changed = self.allowed[k].copy()
        changed[category] = allowed
        return replace(self, allowed=(*self.allowed[:k], changed, *self.allowed[k + 1 :]))


def _put(values: Floats, k: int, value: float) -> Floats:
    changed = values.copy()
    changed[k] = value
    return changed


@dataclass(frozen=True)
class Restriction:
    """What a box asks of one factor.

    Attributes
    ----------
    factor
        Its name.
    low, high
        Ends, both inside; ``None`` where that side is open.
    categories
        Those that are in; empty for a number.
    chance
        Quasi-p-value: how likely a box as dense would come about if this factor did not matter
        and the box were cut without it. It is no test at a level, because the box was chosen on
        the same cases; a factor with a value above 0.05 may well be left out.
    """

    factor: str
    low: float | None
    high: float | None
    categories: tuple[str, ...]
    chance: float

    def __str__(self) -> str:
        if self.categories:
            return f"{self.factor} is {' or '.join(self.categories)}"
        if self.low is None:
            return f"{self.factor} ≤ {self.high:.4g}"
        if self.high is None:
            return f"{self.factor} ≥ {self.low:.4g}"
        return f"{self.low:.4g} ≤ {self.factor} ≤ {self.high:.4g}"


@dataclass(frozen=True)
class Box:
    """A box, and how well it holds what is of interest.

    Attributes
    ----------
    restrictions
        One for each factor that is limited; all hold together.
    coverage, density, support
        Shares in [0, 1], on the cases that the box was found on.
    cases, interesting
        How many cases are in it; how many of those are of interest.
    """

    restrictions: tuple[Restriction, ...]
    coverage: float
    density: float
    support: float
    cases: int
    interesting: int

    def __str__(self) -> str:
        what = " and ".join(map(str, self.restrictions)) or "everywhere"
        return (
            f"{what}: {self.interesting} of {self.cases} cases "
            f"(density {self.density:.0%}, coverage {self.coverage:.0%})"
        )


def measured(
    limits: Limits, columns: Sequence[Column], interesting: Bools, *, of: int | None = None
) -> Box:
    """Judge a box on cases.

    Parameters
    ----------
    limits
        The box.
    columns, interesting
        The settings of the cases, and which of them are of interest.
    of
        Of how many interesting cases the coverage is a share; all of these if left out.
    """
    inside = limits.inside(columns)
    n, yes = int(inside.sum()), int(interesting[inside].sum())
    total = int(interesting.sum()) if of is None else of
    return Box(
        tuple(
            _restriction(limits, columns, k, interesting, n, yes)
            for k in range(len(columns))
            if limits.limits(k)
        ),
        yes / total if total else 0.0,
        yes / n if n else 0.0,
        n / len(interesting),
        n,
        yes,
    )


def _restriction(
    limits: Limits, columns: Sequence[Column], k: int, interesting: Bools, n: int, yes: int
) -> Restriction:
    names = columns[k].categories
    without = limits.inside(columns, but=k)
    density = float(interesting[without].mean()) if without.any() else 0.0
    return Restriction(
        columns[k].name,
        float(limits.low[k]) if np.isfinite(limits.low[k]) else None,
        float(limits.high[k]) if np.isfinite(limits.high[k]) else None,
        tuple(name for name, at in zip(names, limits.allowed[k], strict=True) if at),
        chance_of_as_many(yes, n, density),
    )


def chance_of_as_many(yes: int, n: int, density: float) -> float:
    """Return how likely ``yes`` or more of ``n`` are, each with a chance of ``density``.

    The one-sided binomial test of Bryant, Lempert (2010), "Thinking inside the box: a
    participatory, computer-assisted approach to scenario discovery", Technological Forecasting &
    Social Change 77, 34-49.

    >>> round(chance_of_as_many(2, 2, 0.5), 3)
    0.25
    """
    if yes == 0:
        return 1.0
    from scipy.special import bdtrc  # noqa: PLC0415  slow to import, seldom needed

    return float(bdtrc(yes - 1, n, density))
