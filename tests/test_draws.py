"""Zone and Nash solution draw by draw are those of each draw taken as a problem of its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from benchmarks.instances import KINDS, instance
from benchmarks.uncertain import uncertain
from sim import read_scenario, sample
from sim.ensemble import Ensemble
from sim.feasible.chance import ZoneChance, zone_by_draw, zone_chance
from sim.feasible.zone import find_acceptable
from sim.problem import Problem
from sim.scenario import RedLines, Scenario
from sim.search import many
from sim.solutions import nash
from sim.solutions.draws import Draws, nash_by_draw
from tests.small_problems import NEAR, small_problem, solution_by_definition
from tests.strategies import scenarios

READINGS = st.sampled_from(["none", "stated", "implied"])


def drawn(scenario: Scenario, n: int, seed: int = 0) -> Ensemble:
    return next(iter(sample(scenario, n, seed=seed)))


def check_zones(ensemble: Ensemble, reading: RedLines) -> None:
    zones = zone_by_draw(ensemble, red_lines=reading)
    for k in range(ensemble.n_draws):
        problem = Problem.from_draw(ensemble, k, red_lines=reading)
        assert zones[k] == (not find_acceptable(problem).empty)


def check_nash(ensemble: Ensemble, reading: RedLines, *, within_zone: bool = False) -> None:
    draws = nash_by_draw(ensemble, red_lines=reading, within_zone=within_zone)
    assert draws.exact.all()
    for k in range(ensemble.n_draws):
        problem = Problem.from_draw(ensemble, k, red_lines=reading)
        agreed = nash(problem.within_zone() if within_zone else problem)
        assert draws.deal[k] == (agreed.outcome is not None)
        np.testing.assert_allclose(draws.utilities[k], agreed.utilities, atol=1e-12)
        if draws.deal[k]:
            assert_array_equal(draws.outcomes[k], agreed.outcome)


@settings(max_examples=30)
@given(scenarios(plans=False), READINGS, st.integers(0, 99))
def test_whatever_ties_issues_together_each_draw_has_its_own_zone(scenario, reading, seed):
    check_zones(drawn(scenario, 6, seed), reading)


@settings(max_examples=30)
@given(scenarios(plans=False), READINGS, st.integers(0, 99), st.booleans())
def test_whatever_ties_issues_together_each_draw_has_its_own_nash_outcome(
    scenario, reading, seed, within_zone
):
    check_nash(drawn(scenario, 6, seed), reading, within_zone=within_zone)


def variants(seed: int) -> list[Problem]:
    """A small problem, awkward in some way, with demands raised and lowered."""
    problem = small_problem(seed)
    range_ = problem.best() - problem.worst()
    shifts = (0.0, 0.1, -0.2, 0.3)
    levels = [(problem.disagreement + s * range_, problem.thresholds + s * range_) for s in shifts]
    return [Problem(problem.blocks, d, r) for d, r in levels]


@pytest.mark.parametrize("start", range(0, 800, 400))
def test_however_awkward_the_numbers_the_answers_are_those_of_the_full_list(start):
    unknown = 0
    for seed in range(start, start + 400):
        problems = variants(seed)
        some = many.together(problems)
        memory = many.Memory.empty(len(some.layout.groups), problems[0].n_parties)
        answer, _ = many.reached(some, some.thresholds, memory)
        feasible, shown = many.reached(some, some.disagreement, memory)
        rows = many.highest_product(some, some.disagreement, feasible, shown)
        for k, problem in enumerate(problems):
            utilities = problem.enumerate()[1]
            acceptable = (utilities >= problem.thresholds - NEAR).all(axis=1).any()
            assert answer[k] == acceptable, f"seed {seed}, variant {k}"
            right = solution_by_definition(problem, "nash")
            unknown += feasible[k] == many.UNKNOWN
            if feasible[k] == many.NO:
                assert right is None, f"seed {seed}, variant {k}"
            elif feasible[k] == many.YES:
                chosen = some.layout.outcomes(rows[k : k + 1])[0]
                assert_array_equal(chosen, right, f"seed {seed}, variant {k}")
    assert unknown < 800  # those in which somebody can gain nothing, left to the solver for one


@pytest.mark.parametrize("kind", KINDS)
def test_one_problem_alone_is_one_draw(kind):
    problem = instance(kind, 4, np.random.default_rng(2))
    answer, outcome, utilities = many.highest_product_alone(problem)
    assert answer == many.YES
    assert_array_equal(outcome, nash(problem).outcome)
    assert_array_equal(utilities, nash(problem).utilities)
    lost = Problem(problem.blocks, np.full(4, 0.9), np.full(4, 0.9))
    assert many.highest_product_alone(lost)[0] == many.NO


@pytest.mark.parametrize("kind", KINDS)
def test_among_ten_to_the_sixteen_packages_each_draw_is_solved_as_if_alone(kind):
    ensemble = drawn(uncertain(kind, 3, np.random.default_rng(1)), 40)
    check_zones(ensemble, "stated")
    check_nash(ensemble, "stated")
    zones = zone_by_draw(ensemble)
    assert 0 < (zones == many.YES).sum() < 40


def test_the_flagships_draws_are_solved_as_if_alone_whichever_red_lines_hold():
    ensemble = drawn(read_scenario("ukraine-2025-12"), 25)
    for reading in ("none", "stated", "implied"):
        check_zones(ensemble, reading)
        check_nash(ensemble, reading)


def same(first: Draws, second: Draws) -> bool:
    pairs = [
        (first.outcomes, second.outcomes),
        (first.utilities, second.utilities),
        (first.exact, second.exact),
    ]
    return all(a.tobytes() == b.tobytes() for a, b in pairs)


@pytest.mark.parametrize(
    ("name", "value"), [("MOST_AT_A_TIME", 1), ("MOST_AT_A_TIME", 7), ("MAX_ROWS", 0), ("STEPS", 1)]
)
def test_how_draws_are_taken_together_changes_no_byte_of_the_answer(monkeypatch, name, value):
    ensemble = drawn(read_scenario("ukraine-2025-12"), 20)
    zones, solved = zone_by_draw(ensemble), nash_by_draw(ensemble)
    monkeypatch.setattr(many, name, value)
    assert zone_by_draw(ensemble).tobytes() == zones.tobytes()
    assert same(nash_by_draw(ensemble), solved)


def test_the_chance_of_a_zone_is_the_share_of_draws_that_have_one():
    scenario = read_scenario("ukraine-2025-12")
    zones = zone_by_draw(drawn(scenario, 300))
    seen = []
    chance = zone_chance(scenario, 300, progress=seen.append)
    assert chance == ZoneChance(int((zones == 1).sum()), int((zones == 0).sum()), 300)
    assert chance.settled == sum(seen) == 300
    assert chance.share == chance.at_most == zones.mean()


def test_draws_that_time_did_not_suffice_for_are_left_over_and_said_so():
    scenario = read_scenario("ukraine-2025-12")
    chance = zone_chance(scenario, 50, time_limit=0.0)
    assert (chance.settled, chance.share, chance.at_most) == (0, 0.0, 1.0)
    draws = nash_by_draw(drawn(scenario, 50), time_limit=0.0)
    assert not draws.exact.any()
    assert not draws.deal.any()


def test_where_nothing_is_uncertain_one_draw_speaks_for_all():
    chance = zone_chance(read_scenario("job-offer"), 1000)
    assert chance.settled == 1000
    assert chance.share in (0.0, 1.0)
