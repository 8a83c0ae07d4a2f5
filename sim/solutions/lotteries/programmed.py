"""The hull of all packages where interactions tie too many issues: corners by integer programme."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from sim.clock import deadline_in
from sim.problem import Floats, Indices, Problem
from sim.search.criteria import Criterion
from sim.search.packages import Packages, valued
from sim.search.programme import Wish
from sim.search.stack import stacked
from sim.solutions.lotteries.hull import ON_FACE, Hull
from sim.solutions.lotteries.mix import Mix


@dataclass(eq=False)
class ProgrammedHull(Hull):
    """A hull whose corners are packages by their options, not rows of the stack.

    Attributes
    ----------
    packages
        All of them.
    faces
        Prices of gains, and what a package must be worth at them: it lies on these faces.
    """

    packages: Packages = field(kw_only=True)
    faces: list[tuple[Floats, float]] = field(default_factory=list)

    @classmethod
    def of_all(cls, problem: Problem, *, time_limit: float | None) -> Hull | None:
        """Make a problem ready; ``None`` where no package is allowed at all."""
        stack = stacked(replace(problem, loose=()))
        anything = np.full(problem.n_parties, -np.inf)
        if stack is None:
            return None
        first, ceiling = Packages(problem, anything, None).any()
        if first is None and ceiling == -np.inf:
            return None
        unit = problem.best() - problem.worst()
        unit = np.where(unit > 0, unit, 1.0)
        scaled = replace(stack, gains=stack.gains / unit, origin=stack.origin / unit)
        floor = (problem.least - problem.disagreement) / unit
        deadline = deadline_in(time_limit)
        packages = Packages(problem, anything, deadline)
        noise = packages.noise / float(unit.min())
        hull = cls(problem, scaled, unit, floor, deadline, noise=noise, packages=packages)
        if first is not None:
            hull.add(first)
        return hull

    def package(self, place: int) -> tuple[Indices, Floats]:
        """Return a corner's options and what it gives, in utility."""
        outcome = self.corners[place]
        return outcome, valued(self.problem, outcome[None, :])[1][0]

    def add(self, rows: Indices) -> int:
        """Return the place of a package, and remember it."""
        place = self.known.setdefault(rows.tobytes(), len(self.corners))
        if place == len(self.corners):
            self.corners.append(rows)
            utilities = valued(self.problem, rows[None, :])[1][0]
            self.points.append((utilities - self.problem.disagreement) / self.unit)
        self.mixed.add(place)
        return place

    def corner(self, prices: Floats) -> int:
        """Return the place of the best package at some prices, and remember it."""
        return self._best(prices)[0]

    def worth(self, prices: Floats) -> float:
        """Return what no package is worth more than at some prices, and remember the best."""
        return self._best(prices)[1]

    def _best(self, prices: Floats) -> tuple[int, float]:
        n, d = self.n_parties, self.problem.disagreement
        wanted = np.maximum(prices, 0.0) / self.unit
        views = np.array([np.append(own / self.unit, 0.0) for own, _ in self.faces])
        least = np.array([level + float(own @ (d / self.unit)) for own, level in self.faces])
        wish = Wish(np.append(wanted, 0.0), views.reshape(-1, n + 1), least)
        outcome, _, ceiling = self.packages.first(wish)
        ceiling -= float(wanted @ d)
        if outcome is None:
            place = int((self.gains @ prices).argmax())
            return place, max(ceiling, float(self.points[place] @ prices))
        place = self.add(outcome)
        return place, max(float(self.points[place] @ prices), ceiling)

    def scout(self, criterion: Criterion, origin: Floats | None = None) -> None:
        """Name no corners in advance: each takes a programme."""

    def face(self, mix: Mix) -> Hull:
        """Return what is left when only lotteries as good as a best one are looked at."""
        prices = np.maximum(mix.prices, 0.0)
        on_it = float(max(self.points[k] @ prices for k in np.flatnonzero(mix.chances)))
        near = max(self.noise, ON_FACE) * max(float(prices.sum()), 1.0)
        faces = [*self.faces, (prices, on_it - near)]
        left = replace(
            self, faces=faces, corners=[], points=[], known={}, mixed=set()
        )  # the deadline and the packages stay
        for place, rows in enumerate(self.corners):
            drawn = place < len(mix.chances) and mix.chances[place] > 0
            if drawn or self.points[place] @ prices >= on_it - near:
                left.add(rows)
        return left
