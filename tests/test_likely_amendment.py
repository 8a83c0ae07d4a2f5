"""The likeliest package for ever more changes, against looking at every package in every draw."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.feasible.drawn_changes import Wish
from sim.feasible.likely_amendment import Curve, likely_amendments
from sim.plans import read_plans
from sim.sampling import sample
from sim.scenario import Scenario
from sim.structure import Structure
from tests.strategies import scenarios

DRAWS = 30


def curve_of(scenario: Scenario, wish: Wish, **options: object) -> Curve:
    drawn = list(sample(scenario, DRAWS, seed=1, red_lines=wish.red_lines))
    fresh = sample(scenario, DRAWS, seed=2, red_lines=wish.red_lines)
    return likely_amendments(drawn, fresh, wish, time_limit=None, **options)


def best_by_definition(scenario: Scenario, wish: Wish) -> list[float]:
    """Return the largest share of draws for every number of changes."""
    (drawn,) = sample(scenario, DRAWS, seed=1, red_lines=wish.red_lines)
    sizes = scenario.space.sizes
    best = np.zeros(len(sizes) + 1)
    for outcome in product(*map(range, sizes)):
        changed = np.flatnonzero(np.array(outcome) != wish.start)
        if not wish.frozen & set(changed.tolist()):
            share = wish.satisfied(drawn, np.array(outcome)).mean()
            best[len(changed)] = max(best[len(changed)], share)
    return np.maximum.accumulate(best).tolist()


@given(scenarios(), st.sampled_from(["none", "stated", "implied"]), st.integers(0, 2**16))
def test_every_step_is_the_best_among_all_packages_with_so_few_changes(
    scenario: Scenario, reading: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    (plan, *_) = read_plans(scenario)
    structure = Structure(scenario)
    sizes = scenario.space.sizes
    wish = Wish(
        start=np.array([options[0] for options in plan.central]),
        columns=tuple(structure.columns()),
        unharmed=tuple(np.flatnonzero(rng.random(len(structure.parties)) < 0.2).tolist()),
        frozen=frozenset(np.flatnonzero(rng.random(len(sizes)) < 0.2).tolist()),
        red_lines=reading,
    )
    curve = curve_of(scenario, wish)
    best = best_by_definition(scenario, wish)
    assert all(step.exact for step in curve.steps)
    assert [step.share for step in curve.steps] == best[: len(curve.steps)]
    assert curve.ceiling >= best[-1]
    if curve.ended == "certain":
        assert curve.steps[-1].share == best[-1]
    for step in curve.steps:
        assert (step.outcome != wish.start).sum() <= step.changes
        low, high = step.interval
        assert low <= step.probability <= high
