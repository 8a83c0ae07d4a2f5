"""Ten thousand draws of everything uncertain, each with its own zone and Nash solution, exactly.

Against the target, and against solving a few of the same draws one by one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.instances import KINDS
from benchmarks.table import Row, in_words, times_faster
from benchmarks.uncertain import uncertain
from sim import read_scenario, sample
from sim.ensemble import Ensemble
from sim.feasible import find_acceptable
from sim.feasible.chance import zone_by_draw
from sim.problem import Problem
from sim.scenario import Scenario
from sim.solutions import nash
from sim.solutions.draws import nash_by_draw

DRAWS = 10_000
ALONE = 30
TARGET = 5.0


def many_draws(parties: Sequence[int] = (2, 3, 4)) -> Iterator[Row]:
    """Solve every draw; synthetic scenarios of 28 issues with four options, and the flagship."""
    for n in parties:
        for kind in KINDS:
            scenario = uncertain(kind, n, np.random.default_rng(n))
            yield _row(f"{DRAWS:,} draws, zone and nash, {n} parties, {kind}", scenario)
    flagship = read_scenario("ukraine-2025-12")
    yield _row(f"{DRAWS:,} draws, zone and nash, flagship, stated", flagship)


def _row(question: str, scenario: Scenario) -> Row:
    ensembles = list(sample(scenario, DRAWS, seed=1))
    zone_by_draw(ensembles[0].draw(0)), nash_by_draw(ensembles[0].draw(0))
    began = time.process_time()
    exact = 0
    for ensemble in ensembles:
        zones = zone_by_draw(ensemble)
        exact += int(((zones >= 0) & nash_by_draw(ensemble).exact).sum())
    seconds = time.process_time() - began
    alone = _one_by_one(ensembles) * DRAWS / ALONE
    verdict = "met" if seconds <= TARGET and exact == DRAWS else "NOT MET"
    faster = times_faster(alone, seconds)
    held = f"target {in_words(TARGET)}; one by one {in_words(alone)}"
    return Row(question, seconds, seconds, f"{exact}/{DRAWS}", held, f"{verdict}; {faster}")


def _one_by_one(ensembles: Sequence[Ensemble]) -> float:
    began = time.process_time()
    for k in range(ALONE):
        problem = Problem.from_draw(ensembles[0], k)
        find_acceptable(problem)
        nash(problem)
    return time.process_time() - began
