"""Packages of a problem whose interactions are loose, asked for one by one and checked exactly.

The integer programme is good to about 1e-6. So levels are asked for a little lower than they are,
every package is re-evaluated, and one that misses a level after all is barred and the question
put again. Where all numbers are multiples of something much larger than the programme's noise,
levels are asked for half a step lower, and nothing can pass for anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.blocks import Block, coded
from sim.clock import late
from sim.loose import Loose, added
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.search.criteria import SUM, Criterion
from sim.search.goals import Goal
from sim.search.programme import NOISE, Programme, Wish, multiple_of, programme

SMALL = 20_000
"""Up to so many outcomes are listed, which is quicker and always exact."""

ASKED_AGAIN = 200
"""How many packages are barred for missing a level before a question is given up."""

NEAR_TIES = 12
"""How many packages as good as the best, but for the noise, are told apart by barring them."""

NEAR_POINTS = 60
"""How many parts of the space are searched for points as good, where utilities go in steps."""


def listed(problem: Problem) -> Problem | None:
    """List all outcomes of a loose problem as one block; ``None`` where they are too many."""
    if problem.n_outcomes > SMALL:
        return None
    choices, utilities = problem.enumerate()
    block = Block(tuple(range(problem.n_issues)), choices, utilities)
    return replace(problem, blocks=(block,), loose=())


def valued(problem: Problem, choices: Indices) -> tuple[NDArray[np.bool_], Floats]:
    """Tell which of many outcomes are allowed, and what each gives.

    Returns
    -------
    allowed, utilities
        Shapes ``(n,)`` and ``(n, n_parties)``; what is not allowed gives nothing of meaning.
    """
    allowed = np.ones(len(choices), dtype=bool)
    total = added(problem.loose, choices, problem.n_parties)
    for block in problem.blocks:
        wanted, codes = coded(choices[:, list(block.issues)], block.choices)  # rows are in order
        place = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        allowed &= codes[place] == wanted
        total += block.utilities[place]
    return allowed, total


def _numbers(blocks: tuple[Block, ...], loose: tuple[Loose, ...]) -> Floats:
    return np.vstack([*(block.utilities for block in blocks), *(term.adds for term in loose)])


@lru_cache(maxsize=32)
def _units(blocks: tuple[Block, ...], loose: tuple[Loose, ...]) -> Floats:
    """Return what each party's utility is always a multiple of; 0 where nothing is."""
    return np.array([multiple_of(column) for column in _numbers(blocks, loose).T])


@dataclass(frozen=True, eq=False)
class Pool:
    """Packages that are best by some goal, or within the programme's noise of it.

    Attributes
    ----------
    choices, utilities
        Shapes ``(n, n_issues)`` and ``(n, n_parties)``.
    value, ceiling
        The best score, in the goal's units, and what none exceeds; minus infinity where there
        is no package.
    complete
        For every package that is as good as the best, one that gives the same, or more to all,
        is here: proven.
    every
        All packages as good as the best are here.
    """

    choices: Indices
    utilities: Floats
    value: float
    ceiling: float
    complete: bool
    every: bool = False

    def __len__(self) -> int:
        return len(self.choices)


Row = tuple[int, float, float]
"""A party, a sign, and what its utility times the sign must come to at least."""


@dataclass(eq=False)
class Packages:
    """The packages that give every party a level, and what else is asked of them.

    Attributes
    ----------
    problem
        With loose interactions, or without.
    floor
        Utility that a package must give, shape ``(n_parties,)``; minus infinity for any.
    barred
        Packages that are left out.
    """

    problem: Problem
    floor: Floats
    deadline: float | None
    barred: list[Indices] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rules: Programme = programme(self.problem.blocks, self.problem.loose)
        ends = np.abs([self.problem.best(), self.problem.worst()])
        self.noise = NOISE * max(1.0, float(ends[np.isfinite(ends)].max(initial=0.0)))
        units = _units(self.problem.blocks, self.problem.loose)
        self.units = np.where(units > 4 * self.noise, units, 0.0)
        pairs = zip(self.floor, self.units, strict=True)
        self.asked = np.array([self.lowered(level, unit) for level, unit in pairs])

    def unit(self, weights: Floats) -> float:
        """Return what a weighted sum of utilities is always a multiple of; 0 where nothing is."""
        numbers = _numbers(self.problem.blocks, self.problem.loose)
        unit = multiple_of(numbers @ weights)
        return unit if unit > 4 * self.noise else 0.0

    def lowered(self, level: float, unit: float) -> float:
        """Return a level that the programme can ask for without losing what meets the true one."""
        if not np.isfinite(level):
            return level
        if unit:
            return float(np.ceil((level - TOLERANCE) / unit - 1e-6) * unit - unit / 2)
        return level - self.noise

    def meets(self, utilities: Floats) -> bool:
        """Tell whether utilities reach the floor."""
        return bool((utilities >= self.floor - TOLERANCE).all())

    def first(self, wish: Wish, rows: Sequence[Row] = ()) -> tuple[Indices | None, Floats, float]:
        """Find the package that a wish puts first among those that truly meet the floor.

        Parameters
        ----------
        rows
            What is asked of single parties' utilities besides.

        Returns
        -------
        outcome, utilities, ceiling
            As `Programme.solved` returns them, with what the outcome gives.
        """
        n = self.problem.n_parties
        free = len(wish.goal) - n
        own = np.column_stack([np.eye(n), np.zeros((n, free))])
        more = np.array([sign * own[party] for party, sign, _ in rows]).reshape(-1, n + free)
        least = np.concatenate([self.asked, [level for _, _, level in rows], wish.least])
        whole = Wish(wish.goal, np.vstack([own, more, wish.views]), least)
        missed = list(self.barred)
        nothing = self.problem.disagreement.copy()
        ceiling = np.inf
        for _ in range(ASKED_AGAIN):
            outcome, ceiling = self.rules.solved(whole, barred=missed, deadline=self.deadline)
            if outcome is None:
                return None, nothing, ceiling
            allowed, utilities = valued(self.problem, outcome[None, :])
            if allowed[0] and self.meets(utilities[0]):
                return outcome, utilities[0], ceiling
            if any((outcome == other).all() for other in missed) or late(self.deadline):
                break
            missed.append(outcome)
        return None, nothing, ceiling

    def any(self) -> tuple[Indices | None, float]:
        """Find any package; the ceiling is minus infinity where it is proven that there is none."""
        n = self.problem.n_parties
        outcome, _, ceiling = self.first(Wish(np.zeros(n + 1), np.zeros((0, n + 1)), np.zeros(0)))
        return outcome, ceiling

    def highest(self, weights: Floats) -> Pool:
        """Find the package of highest weighted sum of utilities, weights of any sign."""
        goal = Goal(Criterion(SUM, weights, self.floor), np.zeros(len(weights)), weights)
        return self.best(goal, goal.signs, self.unit(weights))

    def best(self, goal: Goal, signs: Floats, unit: float = 0.0) -> Pool:
        """Find the best packages by a goal.

        Parameters
        ----------
        signs
            For which parties packages that are as good and give more (1) or less (-1) are told
            apart, shape ``(n_parties,)``: any that can move the score at least.
        unit
            What differences of the score are multiples of, where only the score is wanted.
        """
        search = _Search(self, goal, signs)
        top = search.within(())
        if not search.found:
            return search.pool(top)
        value, noise = search.value, search.noise
        if unit and top < value + unit - self.noise:
            return replace(search.pool(value), complete=True)
        if top > value + 2 * noise:
            return search.pool(top)
        whole = search.by_points() if search.stepped else search.by_packages()
        found = search.pool(search.value if whole else top + noise)
        return replace(found, complete=whole, every=whole and not search.stepped)

    def lowest(self, outcome: Indices) -> tuple[Indices, bool]:
        """Return the package of lowest number that meets the floor, and whether that is proven.

        Parameters
        ----------
        outcome
            One that does.
        """
        here, left = outcome, self.problem
        for issue in range(len(outcome)):
            while here[issue]:
                below = left.only(issue, np.arange(here[issue]))
                if not below.n_outcomes:
                    break
                lower, ceiling = Packages(below, self.floor, self.deadline).any()
                if lower is None and ceiling > -np.inf:
                    return here, False
                if lower is None:
                    break
                here = lower
            left = left.only(issue, [here[issue]])
        return here, True

    def every(self, most: int) -> tuple[Indices, bool]:
        """List packages: one by the programme, then its neighbours, and so on.

        Returns
        -------
        choices, complete
            In no order, at most so many; and whether there are no others.
        """
        before = list(self.barred)
        left_out = {outcome.tobytes() for outcome in before}
        found: dict[bytes, Indices] = {}
        ceiling = np.inf
        while len(found) <= most and not late(self.deadline):
            self.barred = [*before, *found.values()]
            outcome, ceiling = self.any()
            if outcome is None:
                break
            ahead = [outcome]
            found[outcome.tobytes()] = outcome
            while ahead and len(found) <= most and not late(self.deadline):
                for own in self._around(ahead.pop()):
                    key = own.tobytes()
                    if key not in found and key not in left_out:
                        found[key] = own
                        ahead.append(own)
        self.barred = before
        choices = np.array(list(found.values()), dtype=np.intp).reshape(-1, self.problem.n_issues)
        return choices[:most], len(found) <= most and ceiling == -np.inf

    def _around(self, outcome: Indices) -> Indices:
        """List the packages that meet the floor and differ from one on one issue."""
        sizes = np.diff(self.rules.first)
        changed = np.tile(outcome, (int(sizes.sum()), 1))
        issue = np.repeat(np.arange(len(sizes)), sizes)
        option = np.arange(len(issue)) - np.repeat(self.rules.first[:-1], sizes)
        changed[np.arange(len(issue)), issue] = option
        changed = changed[option != outcome[issue]]
        allowed, utilities = valued(self.problem, changed)
        met = (utilities >= self.floor - TOLERANCE).all(axis=1)
        around: Indices = changed[allowed & met]
        return around


@dataclass(eq=False)
class _Search:
    """The search for all that is as good as the best, but for the noise."""

    packages: Packages
    goal: Goal
    signs: Floats
    found: list[tuple[Indices, Floats]] = field(default_factory=list)
    value: float = -np.inf

    def __post_init__(self) -> None:
        self.units = self.packages.units
        self.noise = self.goal.noise(self.packages.noise)
        self.stepped = bool((self.units[self.signs != 0] > 0).all())

    def pool(self, ceiling: float) -> Pool:
        """Return what was found and is as good as the best, but for the noise."""
        kept = [
            pair for pair in self.found
            if self.goal.score(pair[1][None, :])[0] >= self.value - self.noise
        ]  # fmt: skip
        problem = self.packages.problem
        return Pool(
            np.array([o for o, _ in kept], dtype=np.intp).reshape(-1, problem.n_issues),
            np.array([u for _, u in kept]).reshape(-1, problem.n_parties),
            self.value,
            max(ceiling, self.value),
            ceiling == -np.inf,
        )

    def within(self, rows: tuple[Row, ...]) -> float:
        """Look for better packages in a part of the space; return what none there exceeds."""
        ceiling = np.inf
        for _ in range(ASKED_AGAIN):
            outcome, utilities, top = self.packages.first(self.goal.wish(), rows)
            ceiling = top - self.goal.base
            if outcome is None:
                break
            self.found.append((outcome, utilities))
            score = float(self.goal.score(utilities[None, :])[0])
            self.value = max(self.value, score)
            if ceiling < self.value - self.noise or ceiling <= score + self.noise:
                break
            if not self.goal.refine(utilities) or late(self.packages.deadline):
                break
        return ceiling

    def by_points(self) -> bool:
        """Go through the points that are as good: each must give somebody more than this one."""
        ahead = self._beyond((), self.found[-1][1])
        seen = set(ahead)
        for _ in range(NEAR_POINTS):
            if not ahead:
                return True
            if late(self.packages.deadline):
                return False
            rows = ahead.pop()
            before = len(self.found)
            ceiling = self.within(rows)
            if ceiling < self.value - self.noise:
                continue
            if len(self.found) == before or ceiling > self.value + 2 * self.noise:
                return False
            more = [part for part in self._beyond(rows, self.found[-1][1]) if part not in seen]
            seen.update(more)
            ahead += more
        return not ahead

    def _beyond(self, rows: tuple[Row, ...], point: Floats) -> list[tuple[Row, ...]]:
        """Split off the parts of the space in which somebody gets more than at a point."""
        parts = []
        for party in np.flatnonzero(self.signs).tolist():
            sign = float(self.signs[party])
            level = sign * float(point[party]) + float(self.units[party]) / 2
            kept = [row for row in rows if row[0] != party]
            parts.append(tuple(sorted([*kept, (party, sign, level)])))
        return parts

    def by_packages(self) -> bool:
        """Go through the packages that are as good, barring each."""
        before = list(self.packages.barred)
        whole = False
        for _ in range(NEAR_TIES):
            self.packages.barred = [*before, *(outcome for outcome, _ in self.found)]
            here = len(self.found)
            if self.within(()) < self.value - self.noise:
                whole = True
                break
            if len(self.found) == here or late(self.packages.deadline):
                break
        self.packages.barred = before
        return whole
