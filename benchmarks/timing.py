"""Taking times: of one core, as the process spent them, with the kernels warm."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.instances import KINDS, instance
from benchmarks.table import Row, in_words, times_faster
from sim.feasible import count_acceptable, find_acceptable
from sim.feasible.amendment import smallest_amendments
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import Problem
from sim.solutions import SOLUTIONS, USUAL, egalitarian


@dataclass(frozen=True)
class Timing:
    """How long the same question took of many problems, and how many answers were proven."""

    seconds: tuple[float, ...]
    proven: int

    @property
    def median(self) -> float:
        """Median time, in seconds."""
        return float(np.median(self.seconds))

    @property
    def worst(self) -> float:
        """Longest time, in seconds."""
        return max(self.seconds)

    def row(self, question: str, *, target: float, worst: float = np.inf, note: str = "") -> Row:
        """Hold the times against a target on the median and one on the worst, in seconds."""
        met = self.median <= target and self.worst <= worst and self.proven == len(self.seconds)
        asked = f"target {in_words(target)}"
        asked += f", worst {in_words(worst)}" if np.isfinite(worst) else ""
        verdict = ("met" if met else "NOT MET") + (f"; {note}" if note else "")
        return Row(question, self.median, self.worst, self.share, asked, verdict)

    def against(self, question: str, other: str, theirs: Timing) -> Row:
        """Hold the times against another method's of the same run."""
        verdict = times_faster(theirs.median, self.median)
        held = f"{other}: {in_words(theirs.median)}"
        return Row(question, self.median, self.worst, self.share, held, verdict)

    @property
    def share(self) -> str:
        """How many answers were proven, of how many."""
        return f"{self.proven}/{len(self.seconds)}"


def timed(ask: Callable[[Any], Any], problems: Iterable[Any]) -> tuple[Timing, list[Any]]:
    """Ask the same question of many problems; return the times and the answers."""
    seconds, answers = [], []
    for problem in problems:
        began = time.process_time()
        answers.append(ask(problem))
        seconds.append(time.process_time() - began)
    return Timing(tuple(seconds), sum(map(is_proven, answers))), answers


def is_proven(answer: Any) -> bool:
    """Whether an answer is exact, whatever was asked."""
    if isinstance(answer, OutOfReach):
        return False
    for name in ("exact", "minimal"):
        if hasattr(answer, name):
            return bool(getattr(answer, name))
    return bool(answer.certificate.exact) if hasattr(answer, "certificate") else True


def drawn(n_parties: int, seeds: int, kinds: Sequence[str] = KINDS) -> list[Problem]:
    """Draw problems of 28 issues with four options: each kind, one for each seed."""
    return [
        instance(kind, n_parties, np.random.default_rng(seed))
        for kind in kinds
        for seed in range(seeds)
    ]


def asking(problem: Problem, beyond: float) -> Problem:
    """Set every threshold a little above or below what the fairest package gives."""
    gains = egalitarian(problem).utilities - problem.disagreement
    return replace(problem, thresholds=problem.disagreement + gains.min() + beyond)


def warm_up() -> None:
    """Compile what is compiled, or load it from the disk."""
    for n_parties in (2, 3):
        problem = instance("mixed", n_parties, np.random.default_rng(0), n_issues=12)
        for name in USUAL:
            SOLUTIONS[name](problem)
        tight = asking(problem, -0.01)
        find_acceptable(tight)
        count_acceptable(tight, rng=np.random.default_rng(0), limit=1000)
        smallest_amendments(tight, np.zeros(12, dtype=np.intp))
        pareto_frontier(problem)
