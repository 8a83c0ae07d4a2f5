"""The likeliest package for ever more changes, against looking at every package in every draw."""

from __future__ import annotations

from itertools import product
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.amendments import amend
from sim.feasible import drawn_changes
from sim.feasible.drawn_changes import Wish
from sim.feasible.likely_amendment import Curve, Step, likely_amendments
from sim.findings.amendments import curve_note, rising
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


READINGS = st.sampled_from(["none", "stated", "implied"])


def some_wish(scenario: Scenario, reading: str, seed: int) -> Wish:
    rng = np.random.default_rng(seed)
    (plan, *_) = read_plans(scenario)
    structure = Structure(scenario)
    sizes = scenario.space.sizes
    return Wish(
        start=np.array([options[0] for options in plan.central]),
        columns=tuple(structure.columns()),
        unharmed=tuple(np.flatnonzero(rng.random(len(structure.parties)) < 0.2).tolist()),
        frozen=frozenset(np.flatnonzero(rng.random(len(sizes)) < 0.2).tolist()),
        red_lines=reading,
    )


@given(scenarios(), READINGS, st.integers(0, 2**16), st.none() | st.integers(0, 3))
def test_every_step_is_the_best_among_all_packages_with_so_few_changes(
    scenario: Scenario, reading: str, seed: int, most: int | None
) -> None:
    wish = some_wish(scenario, reading, seed)
    curve = curve_of(scenario, wish, max_changes=most)
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


@given(scenarios(), READINGS, st.integers(0, 2**16), st.sampled_from([0, 300, 1500]))
def test_what_is_too_much_to_go_through_is_not_taken_for_impossible(
    scenario: Scenario, reading: str, seed: int, room: int
) -> None:
    wish = some_wish(scenario, reading, seed)
    rng = np.random.default_rng(seed)
    known = [
        np.array([
            wish.start[k] if k in wish.frozen else rng.integers(size)
            for k, size in enumerate(scenario.space.sizes)
        ])
        for _ in range(3)
    ]  # fmt: skip
    with patch.object(drawn_changes, "ROOM", room):
        curve = curve_of(scenario, wish, known=known)
    best = best_by_definition(scenario, wish)
    assert curve.ceiling >= best[-1]
    assert [step.changes for step in curve.steps] == list(range(len(curve.steps)))
    for step in curve.steps:
        assert step.share <= best[step.changes] <= step.at_most
        assert (step.outcome != wish.start).sum() <= step.changes
    if curve.ended == "certain":
        assert curve.steps[-1].share == best[-1]
    if curve.ended == "size":
        (drawn,) = sample(scenario, DRAWS, seed=1, red_lines=reading)
        assert curve.steps[-1].share >= max(wish.satisfied(drawn, k).mean() for k in known)


def test_a_gain_that_fresh_draws_do_not_bear_out_is_not_told() -> None:
    seen = [(0.0, 0.0), (0.02, 0.0), (0.3, 0.26), (0.32, 0.25), (0.32, 0.27), (0.33, 0.28)]
    steps = tuple(
        Step(k, np.array([k]), share, share, fresh, (fresh, fresh))
        for k, (share, fresh) in enumerate(seen)
    )
    told = rising(Curve(steps, 100, 1000, 1.0, "flat"))
    assert [step.changes for step in told] == [0, 2, 5]


def three_in_a_bundle() -> Scenario:
    """Ann gains from every one of three fences, and asks a lot; a bonus ties all three."""
    worth = {fence: {"no": 0, "yes": 1} for fence in "abc"}
    titled = {"title": "Fence", "options": {"no": "none", "yes": "one"}, "status_quo": "no"}
    bonus = {"when": {"a": "yes", "b": "yes", "c": "no"}, "add": 0.01}
    return Scenario.model_validate(
        {
            "zopa": 1,
            "title": "Fences",
            "issues": dict.fromkeys("abc", titled),
            "parties": {
                "ann": {"name": "Ann", "threshold": {"uniform": [0.3, 0.9]}, "values": worth,
                        "interactions": [bonus]},
                "bob": {"name": "Bob", "disagreement": 0, "values": worth},
            },
            "plans": {"draft": {"title": "Draft", "picks": dict.fromkeys("abc", "no")}},
        }
    )  # fmt: skip


def test_a_limit_on_changes_says_nothing_of_packages_beyond_it() -> None:
    scenario = three_in_a_bundle()
    for most in (0, 1):
        found = amend(scenario, "draft", draws=60, max_changes=most)
        assert found.curve is not None
        assert (found.curve.ended, found.curve.ceiling) == ("changes", 1.0)
        assert "no package does better" not in curve_note(found)
        assert "Any package at all" not in curve_note(found)
    assert "With so few changes, no package is accepted in more than" in curve_note(found)


def test_the_smallest_amendment_carries_on_where_changes_are_too_many_to_go_through() -> None:
    scenario = three_in_a_bundle()
    whole = amend(scenario, "draft", draws=60)
    with patch.object(drawn_changes, "ROOM", 540):  # three rows: single changes
        found = amend(scenario, "draft", draws=60)
    assert found.curve is not None
    assert whole.curve is not None
    assert [step.share for step in found.curve.steps] == [s.share for s in whole.curve.steps]
    assert found.curve.ended == "certain"
    assert [step.exact for step in found.curve.steps] == [True, True, False, True]
