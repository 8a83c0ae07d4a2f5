"""A search for negotiations that make the solvers slow, and the worst ones found, run each time.

Random restarts and hill climbing over the numbers of `benchmarks.awkward.Case`, with the time that
a solver takes as the height. To search anew, so many seconds for each solver, and print what was
found as it is written in `benchmarks.worst_cases`::

    python -m benchmarks.adversary 60 --seed 1 --only nash
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.awkward import Case, random_case
from benchmarks.table import Row, in_words
from benchmarks.timing import is_proven, warm_up
from benchmarks.worst_cases import WORST
from sim.feasible import find_acceptable
from sim.feasible.amendment import smallest_amendments
from sim.frontier import pareto_frontier
from sim.problem import Problem
from sim.solutions import egalitarian, kalai_smorodinsky, nash

LIMIT = 5.0
"""Seconds that a solver is given; a case on which it does not end is as bad as can be."""

PATIENCE = 12
"""Changes in a row that make nothing worse, before the search starts elsewhere."""


@dataclass(frozen=True)
class Solver:
    """What is attacked.

    Attributes
    ----------
    ask
        The question.
    tight
        Whether thresholds near what can be had are part of it.
    worst
        Seconds that it may take: the target for the worst, or where only a median is asked for,
        that.
    """

    ask: Callable[[Problem], Any]
    tight: bool
    worst: float


def _amended(problem: Problem) -> Any:
    return smallest_amendments(problem, np.zeros(problem.n_issues, dtype=int), time_limit=LIMIT)


SOLVERS: dict[str, Solver] = {
    "nash": Solver(lambda p: nash(p, time_limit=LIMIT), tight=False, worst=0.02),
    "kalai_smorodinsky": Solver(
        lambda p: kalai_smorodinsky(p, time_limit=LIMIT), tight=False, worst=0.3
    ),
    "egalitarian": Solver(lambda p: egalitarian(p, time_limit=LIMIT), tight=False, worst=0.3),
    "is there a zone": Solver(
        lambda p: find_acceptable(p, time_limit=LIMIT), tight=True, worst=0.002
    ),
    "smallest amendments": Solver(_amended, tight=True, worst=0.3),
    "frontier": Solver(lambda p: pareto_frontier(p, time_limit=LIMIT), tight=False, worst=0.002),
}

PARTIES = {"frontier": (2,), "smallest amendments": (2, 3, 4)}
"""Among how many a solver is attacked: two to six, where nothing is said."""


def cost(solver: Solver, case: Case) -> tuple[float, bool]:
    """Time a solver on a case, and say whether it came to a proof."""
    problem = case.asking() if solver.tight else case.problem()
    began = time.process_time()
    answer = solver.ask(problem)
    return time.process_time() - began, is_proven(answer)


def search(name: str, seconds: float, seed: int) -> tuple[Case, float]:
    """Look for the case that takes a solver longest."""
    solver, rng = SOLVERS[name], np.random.default_rng(seed)
    parties = PARTIES.get(name, (2, 3, 4, 5, 6))
    until = time.monotonic() + seconds
    worst, height = Case(), 0.0
    while time.monotonic() < until:
        case = random_case(int(rng.choice(parties)), rng)
        now, idle = cost(solver, case)[0], 0
        while idle < PATIENCE and time.monotonic() < until:
            other = case.changed(rng)
            then = cost(solver, other)[0]
            idle += 1
            if then > now:
                case, now, idle = other, then, 0
        if now > height and (again := min(cost(solver, case)[0] for _ in range(2))) > height:
            worst, height = case, again  # timed again: the machine may have been busy
    return worst, height


def adversary() -> Iterator[Row]:
    """Replay the worst cases that were found."""
    for name, case in WORST:
        solver = SOLVERS[name]
        seconds, proven = min(cost(solver, case) for _ in range(2))
        met = seconds <= solver.worst and proven
        yield Row(
            f"worst found: {name}, {case.n_parties} parties (seed {case.seed})",
            seconds,
            seconds,
            f"{int(proven)}/1",
            f"target {in_words(solver.worst)}",
            "met" if met else "NOT MET",
        )


def main() -> None:
    """Search, and print what was found."""
    parser = argparse.ArgumentParser(description="Look for cases that make the solvers slow.")
    parser.add_argument("seconds", type=float, help="for each solver")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(SOLVERS), help="one solver")
    options = parser.parse_args()
    warm_up()
    for name in [options.only] if options.only else SOLVERS:
        case, height = search(name, options.seconds, options.seed)
        print(f"# {in_words(height)}", file=sys.stderr)
        print(f'    ("{name}", {case!r}),', flush=True)


if __name__ == "__main__":
    main()
