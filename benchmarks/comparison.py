"""How fast plan versions are compared.

The flagship, nine plan versions for four parties, 100,000 draws. Ratios taken in this run: to the
time that NumPy needs for the random numbers alone, which is the floor for anyone who draws all
numbers afresh, and to a plain loop over draws that reads the same arrays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.table import Row, in_words, times_faster
from sim import compare, read_scenario, sample
from sim.plans import read_plans
from sim.preferences.ordinal import Order
from sim.scenario import Scenario

DRAWS = 100_000
LOOPED = 500


def comparison() -> Iterator[Row]:
    """Compare the flagship's plan versions."""
    scenario = read_scenario("ukraine-2025-12")
    compare(scenario, draws=1)
    times = [_seconds(lambda: compare(scenario, draws=DRAWS)) for _ in range(3)]
    floor = min(_seconds(lambda: _random_numbers(scenario)) for _ in range(3))
    loop = _seconds(lambda: _plain_loop(scenario)) * DRAWS / LOOPED
    ours, question = float(np.median(times)), f"compare 9 plans, flagship, {DRAWS:,} draws"
    for held, verdict in (
        (f"a plain loop: {in_words(loop)}", times_faster(loop, ours)),
        (
            f"the random numbers alone: {in_words(floor)}",
            f"{ours / floor:.1f} times that; it is the floor",
        ),
    ):
        yield Row(question, ours, max(times), "", held, verdict)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _random_numbers(scenario: Scenario) -> None:
    """Draw as many numbers as the flagship has, and do nothing with them."""
    rng = np.random.default_rng(1)
    for party in scenario.parties.values():
        for issue in party.say or scenario.issues:
            rng.random(DRAWS)
            values = party.values[issue]
            if isinstance(values, Order) and len(values.levels) > 1:
                rng.standard_exponential((len(values.levels) - 1, DRAWS))


def _plain_loop(scenario: Scenario) -> None:
    """Score every plan for every party, one draw after the other."""
    plans = read_plans(scenario)
    for ensemble in sample(scenario, LOOPED, seed=1):
        for draw in range(ensemble.n_draws):
            for plan in plans:
                for party in range(ensemble.n_parties):
                    sum(
                        float(term[draw, options[0], party])
                        for term, options in zip(ensemble.terms, plan.open, strict=True)
                    )
