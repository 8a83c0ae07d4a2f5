"""Against HiGHS, through `scipy.optimize.milp`: what one writes who knows integer programming.

Twenty-eight issues of four options. One binary variable for each option; every package that comes
back is scored again, for an integer program's objective can be a millionth too good. Nash takes
cuts (outer approximation), Kalai–Smorodinsky the ideal point first; of a fairest package the
program finds the smallest gain alone and of amendments one, where the solver finds what comes
next and all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.table import Row
from benchmarks.targets import rejected
from benchmarks.timing import asking, drawn, timed
from sim.feasible import find_acceptable
from sim.feasible.amendment import smallest_amendments
from sim.problem import Floats, Indices, Problem
from sim.solutions import egalitarian, kalai_smorodinsky, nash
from sim.solutions.ideal import ideal
from sim.solutions.search import field

PARTIES = (2, 3, 4)
NEAR = 1e-6


def integer_programs(seeds: int) -> Iterator[Row]:
    """Compare question by question, and the answers with each other."""
    for n in PARTIES:
        problems = drawn(n, min(seeds, 5))
        open_, shut = ([asking(p, beyond) for p in problems] for beyond in (-0.01, 0.002))
        amended = [(asking(p, -0.05), rejected(p, seed)) for seed, p in enumerate(problems)]
        for question, ask, write, given in (
            ("nash", _nash, nash_by_cuts, problems),
            ("kalai_smorodinsky", _ratio, highest_ratio, problems),
            ("egalitarian", _least, highest_least, problems),
            ("is there a zone, open", _exists, exists, open_),
            ("is there a zone, shut", _exists, exists, shut),
            ("smallest amendments", _changes, fewest_changes, amended),
        ):
            ours, answers = timed(ask, given)
            theirs, others = timed(write, given)
            assert np.allclose(answers, others, atol=NEAR), (question, answers, others)
            yield ours.against(f"{question}, {n} parties", "HiGHS", theirs)


def _nash(problem: Problem) -> float:
    return _mean(nash(problem).utilities - problem.disagreement)


def _ratio(problem: Problem) -> float:
    gains = kalai_smorodinsky(problem).utilities - problem.disagreement
    return float((gains / ideal_gains(problem)).min())


def ideal_gains(problem: Problem) -> Floats:
    """Return each party's highest gain: a second time, but in a fraction of a millisecond."""
    space = field(problem)
    assert space is not None
    return ideal(space).gains


def _least(problem: Problem) -> float:
    return float((egalitarian(problem).utilities - problem.disagreement).min())


def _exists(problem: Problem) -> bool:
    return not find_acceptable(problem).empty


def _changes(asked: tuple[Problem, Indices]) -> float:
    return float(smallest_amendments(*asked).cost or 0.0)


def _mean(gains: Floats) -> float:
    return float(np.exp(np.log(gains).mean()))


@dataclass(frozen=True, eq=False)
class Program:
    """A problem as an integer program: one variable an option, then some of its own."""

    problem: Problem

    @property
    def rows(self) -> Floats:
        """What each option adds, ``(n_options, n_parties)``."""
        return np.vstack([block.utilities for block in self.problem.blocks])

    @property
    def one_each(self) -> Floats:
        """One option of every issue, as a matrix ``(n_issues, n_options)``."""
        block = np.repeat(
            np.arange(len(self.problem.blocks)), [len(b) for b in self.problem.blocks]
        )
        return (block == np.arange(len(self.problem.blocks))[:, None]).astype(float)

    def best(
        self,
        cost: Floats,
        above: Sequence[tuple[Floats, Floats | float]],
        own: int = 0,
    ) -> Floats | None:
        """Minimise; return the utilities of the package found, or none.

        ``above`` are matrices over all variables, and what their rows must reach; the last
        ``own`` variables are free numbers.
        """
        n_options = len(self.rows)
        one_each = np.hstack([self.one_each, np.zeros((len(self.one_each), own))])
        limits = [LinearConstraint(one_each, 1, 1)]
        limits += [LinearConstraint(matrix, least, np.inf) for matrix, least in above]
        bounds = Bounds(
            np.concatenate([np.zeros(n_options), np.full(own, -50.0)]),
            np.concatenate([np.ones(n_options), np.full(own, 50.0)]),
        )
        whole = np.concatenate([np.ones(n_options), np.zeros(own)])
        result = milp(
            cost, constraints=limits, bounds=bounds, integrality=whole,
            options={"mip_rel_gap": 0},
        )  # fmt: skip
        if result.x is None:
            return None
        chosen: Floats = np.round(result.x[:n_options]).astype(bool)
        return chosen

    def utilities(self, chosen: Floats) -> Floats:
        """Score a package."""
        return self.rows[chosen].sum(axis=0)

    def at_least(self, levels: Floats, own: int = 0) -> tuple[Floats, Floats]:
        """Demand utilities."""
        return np.hstack([self.rows.T, np.zeros((len(levels), own))]), levels

    def ideal(self) -> Floats:
        """Return each party's highest gain."""
        d = self.problem.disagreement
        gains = []
        for party in range(len(d)):
            chosen = self.best(-self.rows[:, party], [self.at_least(d)])
            assert chosen is not None
            gains.append(self.utilities(chosen)[party] - d[party])
        return np.array(gains)

    def most_of_the_least(self, scale: Floats) -> float:
        """Maximise the smallest of gains over a scale."""
        d = self.problem.disagreement
        above = np.hstack([self.rows.T, -scale[:, None]])
        cost = np.append(np.zeros(len(self.rows)), -1.0)
        chosen = self.best(cost, [(above, d), self.at_least(d, 1)], own=1)
        assert chosen is not None
        return float(((self.utilities(chosen) - d) / scale).min())


def highest_least(problem: Problem) -> float:
    """Maximise the smallest gain."""
    return Program(problem).most_of_the_least(np.ones(problem.n_parties))


def highest_ratio(problem: Problem) -> float:
    """Maximise the smallest of gains over ideal gains."""
    program = Program(problem)
    return program.most_of_the_least(program.ideal())


def exists(problem: Problem) -> bool:
    """Look for a package that gives every party its threshold."""
    program = Program(problem)
    above = [program.at_least(problem.thresholds)]
    return program.best(np.zeros(len(program.rows)), above) is not None


def fewest_changes(asked: tuple[Problem, Indices]) -> float:
    """Change as few issues as can be so that every party has its threshold."""
    problem, start = asked
    program = Program(problem)
    changed = np.concatenate(
        [b.choices[:, 0] != option for b, option in zip(problem.blocks, start, strict=True)]
    )
    chosen = program.best(changed.astype(float), [program.at_least(problem.thresholds)])
    assert chosen is not None
    return float(changed[chosen].sum())


def nash_by_cuts(problem: Problem) -> float:
    """Maximise the product of gains: logarithms bounded by tangents, until none cuts deeper."""
    program, d, n = Program(problem), problem.disagreement, problem.n_parties
    cost = np.concatenate([np.zeros(len(program.rows)), -np.ones(n)])
    cuts: list[tuple[Floats, Floats | float]] = [program.at_least(d, n)]
    points = list(np.full((1, n), 0.2))
    best = -np.inf
    for _ in range(60):
        gains = points[-1]
        tangents = np.hstack([program.rows.T / gains[:, None], -np.eye(n)])
        cuts.append((tangents, 1.0 - np.log(gains) + d / gains))
        chosen = program.best(cost, cuts, own=n)
        assert chosen is not None
        found = program.utilities(chosen) - d
        if any(np.allclose(found, point) for point in points):
            return best
        points.append(np.maximum(found, 1e-4))
        if (found > 0).all():
            best = max(best, _mean(found))
    raise ValueError("sixty cuts were not enough")
