"""Ordinal values: only the ranking of the options is known, so every spacing is tried.

The central reading spaces the levels equally from 1 (best) to 0 (worst). A draw spaces them at
random: the steps between neighbouring levels are Dirichlet(1), which is uniform over all
monotone value functions with those ends (the spacings of uniform order statistics).
"""

from __future__ import annotations

from typing import Annotated, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from sim.issues import Options
from sim.preferences.uncertain import Basis

Floats = NDArray[np.float64]


class Order(Basis):
    """Options from best to worst; a list inside the list is a tie."""

    order: Annotated[list[Options], Field(min_length=1)]
    why: str | None = None

    @property
    def levels(self) -> list[list[str]]:
        """Options level by level, best first, each level as a list."""
        return [[level] if isinstance(level, str) else list(level) for level in self.order]

    def level_of(self, options: list[str]) -> NDArray[np.intp]:
        """Return the level of each option, 0 for the best."""
        place = {option: k for k, level in enumerate(self.levels) for option in level}
        return np.array([place[option] for option in options], dtype=np.intp)


def central_levels(n_levels: int) -> Floats:
    """Return equally spaced values for the levels, best first; a single level is worth 0."""
    return np.linspace(1.0, 0.0, n_levels) if n_levels > 1 else np.zeros(1)


class Exponentials(Protocol):
    """What levels are drawn from: a generator, or several."""

    def standard_exponential(self, shape: tuple[int, int], /) -> Floats:
        """Return exponentials of mean 1."""


def draw_levels(n_levels: int, n_draws: int, rng: Exponentials) -> Floats:
    """Draw values for the levels, shape ``(n_levels, n_draws)``, falling from 1 to 0."""
    values = np.zeros((n_levels, n_draws))
    if n_levels == 1:
        return values
    values[0] = 1.0
    steps = rng.standard_exponential((n_levels - 1, n_draws))
    steps /= sum(steps, np.zeros(n_draws))  # one by one: rounds alike for any n
    for level in range(1, n_levels - 1):
        np.subtract(values[level - 1], steps[level - 1], out=values[level])
    return values
