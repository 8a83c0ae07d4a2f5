"""Negotiations made to be hard: what an adversary can turn to make a solver slow.

A case is a handful of numbers that says how a problem is drawn, so that a bad one can be written
down and drawn again, on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.problem import Block, Floats, Problem
from sim.solutions import egalitarian


@dataclass(frozen=True)
class Case:
    """How to draw a problem.

    Attributes
    ----------
    seed
        Of everything that is drawn.
    n_parties, n_issues, n_options
        Its size.
    concentration
        Of the Dirichlet weights: small puts all on few issues, large makes all issues equal.
    conflict
        From 0, where values are independent, to 1, where what the first party wins all others
        lose; below 0, down to -1, where all want the same.
    duplicates
        Share of options that are copies of another option of the issue, but for ``blur``.
    blur
        By how much copies differ: a near-tie where it is small.
    points
        Utilities are whole numbers of so many points in total; 0 leaves them as they are.
    disagreement
        Utility of no deal.
    beyond
        Thresholds stand so much above (or below) what the fairest package gives its worst off.
    """

    seed: int = 0
    n_parties: int = 3
    n_issues: int = 28
    n_options: int = 4
    concentration: float = 1.0
    conflict: float = 0.5
    duplicates: float = 0.0
    blur: float = 0.0
    points: int = 0
    disagreement: float = 0.3
    beyond: float = -0.01

    def problem(self) -> Problem:
        """Draw it, with the thresholds at the disagreement values."""
        rng = np.random.default_rng(self.seed)
        weights = rng.dirichlet(np.full(self.n_issues, self.concentration), self.n_parties)
        rows = [self._values(rng) * weights[:, k] for k in range(self.n_issues)]
        if self.points:
            rows = [np.rint(utilities * self.points) for utilities in rows]
        best = np.maximum(np.sum([u.max(axis=0) for u in rows], axis=0), 1e-12)
        options = np.arange(self.n_options)[:, None]
        unit = 1.0 if self.points else best
        blocks = tuple(Block((k,), options, u / unit) for k, u in enumerate(rows))
        level = self.disagreement * best / unit
        return Problem(blocks, level, level)

    def asking(self) -> Problem:
        """Draw it, with thresholds near what can be had."""
        problem = self.problem()
        gains = egalitarian(problem, time_limit=2.0).utilities - problem.disagreement
        beyond = self.beyond * (self.points or 1)
        asked = np.maximum(problem.disagreement + gains.min() + beyond, problem.disagreement)
        return replace(problem, thresholds=asked)

    def _values(self, rng: np.random.Generator) -> Floats:
        """Values of one issue's options, ``(n_options, n_parties)``."""
        first = rng.random((self.n_options, 1))
        others = first if self.conflict < 0 else 1.0 - first
        share = abs(self.conflict)
        values = (1.0 - share) * rng.random((self.n_options, self.n_parties)) + share * others
        values[:, :1] = first
        for option in range(1, self.n_options):
            if rng.random() < self.duplicates:
                copied = values[rng.integers(option)]
                values[option] = copied + self.blur * rng.random(self.n_parties)
        return values

    def changed(self, rng: np.random.Generator) -> Case:
        """Change one thing about it, or draw it anew."""
        name = rng.choice(list(RANGES) + ["seed"] * 4)
        if name == "seed":
            return replace(self, seed=int(rng.integers(2**31)))
        return replace(self, **{name: _pick(RANGES[name], rng)})  # type: ignore[arg-type]


RANGES: dict[str, tuple[float, ...]] = {
    "concentration": (0.05, 0.2, 0.5, 1.0, 3.0, 10.0, 100.0, 1e4),
    "conflict": (-1.0, -0.5, 0.0, 0.3, 0.6, 0.9, 0.99, 0.9999, 1.0),
    "duplicates": (0.0, 0.3, 0.6, 1.0),
    "blur": (0.0, 1e-12, 1e-9, 1e-6, 1e-3, 0.05),
    "points": (0, 0, 100, 1000, 20_000),
    "disagreement": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
    "beyond": (-0.1, -0.03, -0.01, -0.003, -0.0005, -1e-6, 0.0, 1e-6, 0.0005, 0.003),
}


def _pick(values: tuple[float, ...], rng: np.random.Generator) -> float:
    return values[int(rng.integers(len(values)))]


def random_case(n_parties: int, rng: np.random.Generator) -> Case:
    """Draw every number of a case."""
    chosen = {name: _pick(values, rng) for name, values in RANGES.items()}
    return Case(seed=int(rng.integers(2**31)), n_parties=n_parties, **chosen)  # type: ignore[arg-type]
