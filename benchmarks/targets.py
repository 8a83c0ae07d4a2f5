"""What the exact solvers are to reach on 28 issues of four options, 7·10¹⁶ packages.

Twenty seeds of each kind (`benchmarks.instances`), kernels warm, one core: medians, and the worst.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from benchmarks.instances import KINDS, with_interactions
from benchmarks.table import Row
from benchmarks.timing import asking, drawn, timed
from sim.agreement import Frontier
from sim.feasible import ZoneSize, count_acceptable, find_acceptable
from sim.feasible.amendment import smallest_amendments
from sim.frontier import pareto_frontier
from sim.problem import Indices, Problem
from sim.solutions import SOLUTIONS, nash

MS = 1e-3
MOST_COUNTED = 1_000_000


def frontiers(seeds: int) -> Iterator[Row]:
    """List every efficient package, among two and three."""
    for n, target in ((2, 2 * MS), (3, 150 * MS)):
        for kind in KINDS:
            timing, answers = timed(pareto_frontier, drawn(n, seeds, [kind]))
            note = f"{_typical(answers):,} points"
            yield timing.row(f"frontier, {n} parties, {kind}", target=target, note=note)


def _typical(answers: Iterable[object]) -> int:
    return int(np.median([len(a) for a in answers if isinstance(a, Frontier)] or [0]))


def solutions(seeds: int) -> Iterator[Row]:
    """Find the solutions, certified."""
    for name, parties, target, worst in (
        ("nash", (2, 3, 4, 5, 6), 1 * MS, 20 * MS),
        ("kalai_smorodinsky", (2, 3, 4, 6), 30 * MS, 300 * MS),
        ("egalitarian", (2, 3, 4, 6), 30 * MS, 300 * MS),
    ):
        for n in parties:
            timing, _ = timed(SOLUTIONS[name], drawn(n, seeds))
            yield timing.row(f"{name}, {n} parties", target=target, worst=worst)


def zones(seeds: int) -> Iterator[Row]:
    """Say whether a zone exists, with thresholds just below and just above what can be had."""
    for n in (2, 3, 4, 5):
        problems = drawn(n, seeds)
        for label, beyond in (("just open", -0.002), ("just shut", 0.002)):
            timing, _ = timed(find_acceptable, [asking(p, beyond) for p in problems])
            yield timing.row(f"is there a zone, {n} parties, {label}", target=2 * MS)


def counts(seeds: int) -> Iterator[Row]:
    """Count zones of up to a million packages; prove that there is nothing to count."""
    for n in (2, 3, 4):
        problems = drawn(n, seeds)
        small = [_small_zone(problem) for problem in problems]
        timing, sizes = timed(_counted, small)
        typical = int(np.median([size.outcomes or 0 for size in sizes]))
        note = f"{typical:,} packages"
        yield timing.row(f"count a zone, {n} parties", target=1.0, note=note)
        timing, _ = timed(_counted, [asking(p, 0.002) for p in problems])
        yield timing.row(f"count an empty zone, {n} parties", target=1.0)


def _counted(problem: Problem) -> ZoneSize:
    return count_acceptable(problem, rng=np.random.default_rng(0))


def _small_zone(problem: Problem) -> Problem:
    """Lower the thresholds from the fairest package for as long as about a million fit."""
    below, asked = 0.004, asking(problem, -0.002)
    while below < 0.2:
        wider = asking(problem, -below)
        size = count_acceptable(wider, rng=np.random.default_rng(0), limit=0, samples=20_000)
        if size.share * problem.n_outcomes > MOST_COUNTED:
            break
        below, asked = 2 * below, wider
    return asked


def amendments(seeds: int) -> Iterator[Row]:
    """Find all smallest amendments of packages that are rejected: near ones and far ones."""
    for n in (2, 3, 4):
        for label, beyond in (("near", -0.1), ("far", -0.02)):
            asked = [
                (asking(problem, beyond), rejected(problem, seed))
                for seed, problem in enumerate(drawn(n, seeds))
            ]
            timing, _ = timed(_amended, asked)
            question = f"all smallest amendments, {n} parties, {label}"
            yield timing.row(question, target=10 * MS, worst=300 * MS)


def _amended(asked: tuple[Problem, Indices]) -> object:
    return smallest_amendments(*asked)


def rejected(problem: Problem, seed: int) -> Indices:
    """Draw a package at random, which hardly ever is acceptable."""
    sizes = [len(block) for block in problem.blocks]
    return np.random.default_rng(seed).integers(0, sizes)


def interactions(seeds: int) -> Iterator[Row]:
    """Do it where 28 random pairs of issues interact, so that all hang together."""
    for n, ask, question, target in (
        (2, pareto_frontier, "frontier", 100 * MS),
        (2, nash, "nash", 10 * MS),
        (3, nash, "nash", 10 * MS),
        (4, nash, "nash", 10 * MS),
    ):
        problems = [with_interactions(n, np.random.default_rng(seed)) for seed in range(seeds)]
        ask(problems[0])
        timing, answers = timed(ask, problems)
        points = f"{_typical(answers):,} points" if question == "frontier" else ""
        yield timing.row(f"28 interactions, {question}, {n} parties", target=target, note=points)
