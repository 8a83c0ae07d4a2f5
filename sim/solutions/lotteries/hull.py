"""What the parties can expect from lotteries: the hull of all packages, known by its corners.

A lottery's expected gains are a weighted mean of what its packages give. There are far too many
packages to list, but at any prices for the parties' gains the best one is found block by block,
and its worth is a ceiling on what any lottery is worth. So packages are named only as they are
needed: the best mix of those known suggests prices, the best package at these prices joins them,
and when it is worth no more than the mix, the mix is proven best (column generation). Prices
that are nearly right to begin with come from the relaxation that the search uses, so that as a
rule one round is enough.

References
----------
Dantzig & Wolfe (1960), "Decomposition Principle for Linear Programs", Operations Research 8 (1),
101-111.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from sim.clock import deadline_in, late
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.criteria import LEAST, PRODUCT, Criterion
from sim.search.oracle import at_prices, best_package, lost_with
from sim.search.relaxation import ceiling
from sim.search.stack import Stack, stacked, undominated
from sim.solutions.lotteries.mix import Demands, Mix
from sim.solutions.search import listed_efficient

FINE = 1e-11
"""Differences of worth below this, in parties' ranges, are left to the noise of adding."""

ON_FACE = 1e-10
"""A row that gives away less than this at the prices of the best lottery may be part of it."""

ROUNDS = 1000
"""How often corners are named for one question at most; one to thirty times is usual."""

ASKEW = (0.03, -0.03, 0.003, -0.003)
"""By how much each price is set off in turn, so that all corners around the best are named."""


@dataclass(eq=False)
class Hull:
    """All that lotteries over the packages of a problem can give, and the corners named so far.

    Gains are counted from no deal, each in the party's own range, so that scales never matter.

    Attributes
    ----------
    unit
        A party's range in utility, shape ``(n_parties,)``.
    floor
        Gains that must be expected, in these units.
    corners, points
        Packages as rows of the stack, and what they give.
    mixed
        Places of the corners that are looked at for a mix; the others were of no use so far.
    deadline
        On ``time.monotonic``; ``None`` for as long as it takes.
    noise
        How much more a package may be worth than is said; nothing unless a programme says it.
    """

    problem: Problem
    stack: Stack
    unit: Floats
    floor: Floats
    deadline: float | None
    corners: list[Indices] = field(default_factory=list)
    points: list[Floats] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)
    mixed: set[int] = field(default_factory=set)
    noise: float = 0.0

    @classmethod
    def of(cls, problem: Problem, *, time_limit: float | None = None) -> Hull | None:
        """Make a problem ready; ``None`` where no package is allowed at all."""
        if problem.loose:
            problem, _ = listed_efficient(problem, deadline_in(time_limit))
        if problem.loose:
            from sim.solutions.lotteries.programmed import ProgrammedHull  # noqa: PLC0415 - a kind

            return ProgrammedHull.of_all(problem, time_limit=time_limit)
        stack = stacked(problem)
        if stack is None:
            return None
        stack = undominated(stack)
        unit = stack.highest - stack.lowest
        unit = np.where(unit > FINE, unit, 1.0)
        gains = np.ascontiguousarray(stack.gains / unit)
        scaled = replace(stack, gains=gains, origin=stack.origin / unit)
        floor = (problem.least - problem.disagreement) / unit
        return cls(problem, scaled, unit, floor, deadline_in(time_limit))

    @property
    def n_parties(self) -> int:
        """Number of parties."""
        return len(self.unit)

    @property
    def gains(self) -> Floats:
        """What the corners give, shape ``(n_corners, n_parties)``."""
        return np.array(self.points).reshape(-1, self.n_parties)

    def late(self) -> bool:
        """Whether the time is up."""
        return late(self.deadline)

    def floors(self) -> Demands:
        """Return the demand that everyone is to expect its floor."""
        kept = np.flatnonzero(np.isfinite(self.floor))
        return Demands(np.eye(self.n_parties)[kept], self.floor[kept], np.zeros(len(kept)))

    def corner(self, prices: Floats) -> int:
        """Return the place of the best package at some prices, and remember it."""
        return self.add(best_package(self.stack, np.maximum(prices, 0.0)))

    def add(self, rows: Indices) -> int:
        """Return the place of a package, and remember it."""
        place = self.known.setdefault(rows.tobytes(), len(self.corners))
        if place == len(self.corners):
            self.corners.append(rows)
            self.points.append(self.stack.origin + self.stack.gains[rows].sum(axis=0))
        self.mixed.add(place)
        return place

    def package(self, place: int) -> tuple[Indices, Floats]:
        """Return a corner's options and what it gives, in utility."""
        rows = self.stack.row[self.corners[place]]
        pairs = zip(self.problem.blocks, rows, strict=True)
        given: Floats = np.sum([block.utilities[row] for block, row in pairs], axis=0)
        return self.problem.outcome(rows), given

    def worth(self, prices: Floats) -> float:
        """Return what the best package is worth at some prices, and remember it."""
        return float(self.points[self.corner(prices)] @ prices)

    def scout(self, criterion: Criterion, origin: Floats | None = None) -> None:
        """Name the corners around the best lottery, from prices that are nearly right.

        With an ``origin``, gains are counted from there for once.
        """
        if criterion.kind in {LEAST, PRODUCT} and not (criterion.coef > 0).any():
            return
        stack = self.stack if origin is None else replace(self.stack, origin=origin)
        prices = ceiling(stack, criterion).prices
        if not np.isfinite(prices).all():
            return
        self.corner(prices)
        for party in range(self.n_parties):
            for part in ASKEW:
                askew = prices.copy()
                askew[party] *= 1.0 + part
                self.corner(askew)

    def face(self, mix: Mix) -> Hull:
        """Return what is left when only lotteries as good as a best one are looked at.

        They draw from packages that are worth the most at its prices, so that all other rows go.
        """
        prices = np.maximum(mix.prices, 0.0)
        _, cost = at_prices(self.stack, prices)
        keep = lost_with(self.stack, cost) <= ON_FACE * max(float(prices.max()), 1.0)
        for place in np.flatnonzero(mix.chances):
            keep[self.corners[place]] = True
        stack = self.stack.take(keep)
        assert stack is not None  # the rows of the best package stay
        place_of = np.cumsum(keep) - 1
        left = replace(self, stack=stack, corners=[], points=[], known={}, mixed=set())
        for rows in self.corners:
            if keep[rows].all():
                left.add(place_of[rows])
        return left

    def maximise(self, goal: Floats, demands: Demands) -> Mix | None:
        """Find the lottery that makes ``goal @ gains + t`` largest while it meets the demands.

        The goal, or what grows, should be of the order of 1.

        Returns
        -------
        Mix or None
            ``None`` where the corners known cannot meet the demands.
        """
        best: Mix | None = None
        top, nearest = np.inf, np.zeros(0)
        if not self.corners:
            self.corner(goal + demands.grows @ demands.views)
        for _ in range(ROUNDS):
            n_mixed = len(self.mixed)
            mix = self._best_of_known(goal, demands)
            if mix is None:
                return best
            for part in (1.0, 0.5, 0.2) if len(nearest) else (1.0,):
                shares = mix.shares if part == 1.0 else part * mix.shares + (1 - part) * nearest
                prices = goal + shares @ demands.views
                here = self.worth(prices) - float(shares @ demands.least)
                if here < top:
                    top, nearest = here, shares
                    proof = prices
            best = replace(mix, ceiling=top, prices=proof)
            if best.gap <= FINE or len(self.mixed) == n_mixed or self.late():
                break
        return best

    def _best_of_known(self, goal: Floats, demands: Demands) -> Mix | None:
        """Solve the linear program over the corners that are looked at."""
        from scipy.optimize import linprog  # noqa: PLC0415 - takes a while to load

        places = np.array(sorted(self.mixed))
        gains = self.gains[places]
        k, growing = len(gains), bool(demands.grows.any())
        result = linprog(
            np.append(-(gains @ goal), -1.0 if growing else 0.0),
            A_ub=np.column_stack([-(demands.views @ gains.T), demands.grows]),
            b_ub=-demands.least,
            A_eq=np.append(np.ones(k), 0.0)[None, :],
            b_eq=np.ones(1),
            bounds=[*[(0, None)] * k, (None, None) if growing else (0, 0)],
            method="highs-ds",
            options={
                "presolve": False,
                "primal_feasibility_tolerance": 1e-10,
                "dual_feasibility_tolerance": 1e-10,
            },
        )
        if result.status != 0 or result.x is None or result.fun is None:
            return None
        chances = np.zeros(len(self.corners))
        chances[places] = np.maximum(result.x[:k], 0.0)
        chances /= chances.sum()
        shares = np.maximum(-np.asarray(result.ineqlin.marginals), 0.0)
        if growing:  # the price of what grows is 1, to the last digit
            shares = shares / float(shares @ demands.grows)
        mixed = chances[places] @ gains
        return Mix(-float(result.fun), np.inf, chances, mixed, goal, shares)


def rational(hull: Hull) -> Mix | None:
    """Find the lottery whose party worst off is furthest above its floor, in utility.

    Floors that can be met within the tolerance only are lowered by what is missing. No lottery
    meets the floors where the ceiling of the answer is below minus the tolerance. ``None`` where
    there is no floor.
    """
    floors = hull.floors()
    if not len(floors.least):
        return None
    bounded = np.isfinite(hull.floor)
    least = float(hull.unit[bounded].min())
    coef = np.where(bounded, least / hull.unit, 0.0)
    origin = hull.stack.origin - np.where(bounded, hull.floor, 0.0)
    hull.scout(Criterion(LEAST, coef, np.full(hull.n_parties, -np.inf)), origin)
    mix = hull.maximise(np.zeros(hull.n_parties), replace(floors, grows=coef[bounded]))
    assert mix is not None  # any package serves
    if -TOLERANCE <= mix.value * least < 0:
        hull.floor = hull.floor + mix.value * coef
    return replace(mix, value=mix.value * least, ceiling=mix.ceiling * least)
