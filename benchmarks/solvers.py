"""How fast the exact solvers are, and against what: ``python -m benchmarks.solvers``.

Twenty-eight issues of four options, 7·10¹⁶ packages; see `benchmarks.instances` for how they are
drawn. Compiled code is warm; times are of one core, as the process spent them. Every ratio is
taken in this run: against listing all packages in NumPy on a size where that can be done, and
against HiGHS through `scipy.optimize.milp`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import LinearConstraint, milp

from benchmarks.instances import KINDS, instance
from sim.agreement import Agreement, Frontier
from sim.feasible import Zone, ZoneSize, count_acceptable, find_acceptable
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import Problem
from sim.search.stack import nondominated
from sim.solutions import SOLUTIONS, egalitarian, nash


@dataclass(frozen=True)
class Line:
    """One row of the table: a question, how long it took, and whether every answer was proven."""

    question: str
    seconds: list[float]
    proven: int
    target: str
    note: str = ""

    def __str__(self) -> str:
        median, worst = 1e3 * np.median(self.seconds), 1e3 * max(self.seconds)
        proven = f"{self.proven}/{len(self.seconds)}"
        return (
            f"{self.question:44} {median:10.2f} {worst:10.1f}  {proven:>7}  {self.target:18}"
            f" {self.note}"
        )


Answer = Agreement | Frontier | OutOfReach | Zone | ZoneSize


def timed(
    question: str, ask: Callable[[Problem], Answer], problems: Iterable[Problem], target: str = ""
) -> Line:
    """Ask the same question about many problems."""
    seconds, proven, points = [], 0, []
    for problem in problems:
        began = time.process_time()
        answer = ask(problem)
        seconds.append(time.process_time() - began)
        proven += is_proven(answer)
        if isinstance(answer, Frontier):
            points.append(len(answer))
    note = f"{int(np.median(points)):,} points" if points else ""
    return Line(question, seconds, proven, target, note)


def is_proven(answer: Answer) -> bool:
    """Whether an answer is exact."""
    if isinstance(answer, OutOfReach):
        return False
    return answer.exact if isinstance(answer, ZoneSize) else answer.certificate.exact


def drawn(kind: str, n_parties: int, seeds: int) -> list[Problem]:
    """Draw one problem of 28 issues for each seed."""
    return [instance(kind, n_parties, np.random.default_rng(seed)) for seed in range(seeds)]


def asking(problem: Problem, beyond: float) -> Problem:
    """Set every threshold a little above or below what the fairest package gives."""
    gains = egalitarian(problem).utilities - problem.disagreement
    return replace(problem, thresholds=problem.disagreement + gains.min() + beyond)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--four", type=int, default=1, help="four-party frontiers of each kind")
    options = parser.parse_args()
    warm_up()
    print(f"28 issues x 4 options, {options.seeds} seeds of each kind")
    print(f"{'question':44} {'median ms':>10} {'worst ms':>10}  {'proven':>7}  target")
    for line in large(options.seeds):
        print(line, flush=True)
    for line in four_parties(options.four):
        print(line, flush=True)
    print("\nagainst listing all packages in NumPy, 10 issues x 4 options, and against HiGHS")
    for text in (*against_listing(3), *against_milp(min(options.seeds, 5))):
        print(text, flush=True)


def warm_up() -> None:
    """Compile what is compiled, or load it from the disk."""
    problem = instance("mixed", 3, np.random.default_rng(0), n_issues=12)
    for solve in SOLUTIONS.values():
        solve(problem)
    find_acceptable(problem)
    count_acceptable(problem, rng=np.random.default_rng(0), limit=1000)
    pareto_frontier(problem)


def large(seeds: int) -> Iterable[Line]:
    """Questions on 28 issues."""
    for n in (2, 3):
        target = "<= 2 ms" if n == 2 else "<= 150 ms"
        for kind in KINDS:
            problems = drawn(kind, n, seeds)
            yield timed(f"frontier, {n} parties, {kind}", pareto_frontier, problems, target)
    for name, target in (
        ("nash", "<= 1, worst 20 ms"),
        ("kalai_smorodinsky", "<= 30, worst 300"),
        ("egalitarian", "<= 30, worst 300"),
        ("utilitarian", ""),
    ):
        for n in (2, 3, 4, 6):
            problems = [p for kind in KINDS for p in drawn(kind, n, seeds)]
            yield timed(f"{name}, {n} parties", SOLUTIONS[name], problems, target)
    for n in (2, 3, 4, 5):
        problems = [p for kind in KINDS for p in drawn(kind, n, seeds)]
        for label, beyond in (("just open", -0.002), ("just shut", 0.002)):
            asked = [asking(p, beyond) for p in problems]
            yield timed(f"zone, {n} parties, {label}", find_acceptable, asked, "<= 2 ms")
    for n in (2, 3, 4):
        problems = [p for kind in KINDS for p in drawn(kind, n, seeds)]
        asked = [asking(p, -0.01) for p in problems]
        yield timed(f"number of packages in a small zone, {n} parties", counted, asked, "<= 1 s")
        yield timed(f"share of packages, estimated, {n} parties", estimated, asked)


def counted(problem: Problem) -> ZoneSize:
    """Count, with as many steps as it takes."""
    return count_acceptable(problem, rng=np.random.default_rng(0), limit=100_000_000)


def estimated(problem: Problem) -> ZoneSize:
    """Estimate, without counting."""
    return count_acceptable(problem, rng=np.random.default_rng(0), limit=0)


def four_parties(seeds: int) -> Iterable[Line]:
    """Frontiers among four, which have hundreds of thousands of points."""
    for kind in KINDS if seeds else ():
        problems = drawn(kind, 4, seeds)
        yield timed(f"frontier, 4 parties, {kind}", pareto_frontier, problems, "<= 30 s")


def against_listing(seeds: int) -> Iterable[str]:
    """Compare with scoring all 4¹⁰ packages."""
    for n in (2, 3, 4):
        ours, theirs = np.zeros(2), np.zeros(2)
        for seed in range(seeds):
            problem = instance("mixed", n, np.random.default_rng(seed), n_issues=10)
            began = time.process_time()
            _, utilities = problem.enumerate()
            gains = utilities - problem.disagreement
            gains = gains[(gains >= 0).all(axis=1)]
            listing = time.process_time() - began
            best = gains[gains.prod(axis=1).argmax()]
            theirs[0] += time.process_time() - began
            began = time.process_time()
            efficient = gains[nondominated(gains)]
            theirs[1] += time.process_time() - began + listing
            began = time.process_time()
            answer = nash(problem)
            ours[0] += time.process_time() - began
            began = time.process_time()
            frontier = pareto_frontier(problem)
            ours[1] += time.process_time() - began
            assert np.allclose(answer.utilities - problem.disagreement, best)
            assert isinstance(frontier, Frontier)
            assert len(frontier) == len(efficient)
        for label, k in (("Nash", 0), ("frontier", 1)):
            yield (
                f"{label}, {n} parties: {1e3 * ours[k] / seeds:.2f} ms, listing "
                f"{1e3 * theirs[k] / seeds:.0f} ms: {theirs[k] / ours[k]:,.0f} times faster"
            )


def against_milp(seeds: int) -> Iterable[str]:
    """Compare with integer programming on 28 issues, solved to a gap of nothing."""
    for n in (2, 3, 4):
        ours = theirs = 0.0
        for kind in KINDS:
            for problem in drawn(kind, n, seeds):
                began = time.process_time()
                answer = egalitarian(problem)
                ours += time.process_time() - began
                began = time.process_time()
                least = most_of_the_least(problem)
                theirs += time.process_time() - began
                assert abs((answer.utilities - problem.disagreement).min() - least) < 1e-6
        count = seeds * len(KINDS)
        yield (
            f"egalitarian, {n} parties: {1e3 * ours / count:.2f} ms, HiGHS "
            f"{1e3 * theirs / count:.0f} ms for the smallest gain alone: "
            f"{theirs / ours:,.0f} times faster"
        )


def most_of_the_least(problem: Problem) -> float:
    """Maximise the smallest gain by integer programming, and evaluate what comes back."""
    gains = np.vstack([block.utilities for block in problem.blocks])
    block = np.repeat(np.arange(len(problem.blocks)), [len(b) for b in problem.blocks])
    one_each = (block == np.arange(len(problem.blocks))[:, None]).astype(float)
    above = np.hstack([gains.T, -np.ones((problem.n_parties, 1))])
    result = milp(
        -np.append(np.zeros(len(gains)), 1.0),
        constraints=[
            LinearConstraint(np.hstack([one_each, np.zeros((len(one_each), 1))]), 1, 1),
            LinearConstraint(above, problem.disagreement, np.inf),
        ],
        bounds=(np.append(np.zeros(len(gains)), -1.0), np.ones(len(gains) + 1)),
        integrality=np.append(np.ones(len(gains)), 0),
        options={"mip_rel_gap": 0},
    )
    chosen = gains[np.round(result.x[:-1]).astype(bool)].sum(axis=0)
    return float((chosen - problem.disagreement).min())


if __name__ == "__main__":
    main()
