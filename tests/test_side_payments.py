"""What it takes to pay for a package, to pay for it among themselves, or to press one party."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sim.feasible import count_acceptable, find_acceptable
from sim.feasible.listing import list_acceptable
from sim.feasible.side_payments import (
    affordable,
    in_money,
    least_payments,
    own_means,
    payments,
    shared_out,
    smallest_pressures,
    within_budget,
)
from sim.problem import Block, Problem
from tests.small_problems import NEAR, problems

CASE = json.loads((Path(__file__).parent / "published" / "side_payments.json").read_text())
PLANS = list(CASE["inputs"]["plans"])


def three_plans() -> Problem:
    plans = CASE["inputs"]["plans"]
    return Problem.enumerated(
        [[plans[plan][party] for party in "AB"] for plan in PLANS],
        [CASE["inputs"]["disagreement"][party] for party in "AB"],
    )


def test_each_plan_costs_what_its_parties_lack_to_no_deal():
    problem = three_plans()
    _, utilities = problem.enumerate()
    totals = payments(utilities, problem.thresholds).sum(axis=1)
    assert_allclose(totals, [CASE["expected"]["cost"][plan] for plan in PLANS])
    cheapest = least_payments(problem)
    assert PLANS[int(cheapest.outcome[0])] == CASE["expected"]["cheapest"]
    assert cheapest.certificate.exact


def test_a_larger_budget_buys_more_plans():
    problem = three_plans()
    budgets = CASE["inputs"]["budget"]
    _, utilities = problem.enumerate()
    bought = affordable(payments(utilities, problem.thresholds).sum(axis=1), budgets)
    for budget, places in zip(budgets, bought, strict=True):
        expected = CASE["expected"]["affordable"][str(budget)]
        assert sorted(PLANS[k] for k in places) == expected
        zone = list_acceptable(within_budget(problem, budget))
        assert sorted(PLANS[k] for k in zone.choices[:, 0]) == expected


def test_pressure_on_both_parties_does_what_the_payments_do():
    # "lowering d_A by .02 and d_B by .05 makes x3 acceptable with no payment"
    problem = three_plans()
    pressed = Problem(problem.blocks, *[problem.disagreement - [0.02, 0.05]] * 2)
    zone = list_acceptable(pressed)
    assert [PLANS[k] for k in zone.choices[:, 0]] == ["x3"]
    # alone, no pressure on A does, for no plan gives B its 0.45
    a, b = smallest_pressures(problem)
    assert a.least is None
    assert b.least == pytest.approx(0.15)  # at x1, the only plan that A takes


# --- by looking at every package


def missing(problem: Problem) -> np.ndarray:
    _, utilities = problem.enumerate()
    return np.maximum(problem.thresholds - utilities, 0)


@given(problems())
def test_no_package_takes_less_in_payments_than_the_cheapest_one(problem: Problem):
    found = least_payments(problem)
    assert found.certificate.exact
    assert_allclose(found.utilities, problem.utility(found.outcome), atol=1e-12)
    owed = payments(found.utilities, problem.thresholds)
    assert owed.sum() == pytest.approx(missing(problem).sum(axis=1).min(), abs=1e-8)


@given(problems(), st.integers(0, 10))
def test_a_budget_buys_exactly_the_packages_whose_payments_it_covers(problem: Problem, tenths: int):
    totals = missing(problem).sum(axis=1)
    budget = float(np.quantile(totals, tenths / 10))
    zone = list_acceptable(within_budget(problem, budget))
    choices, _ = problem.enumerate()
    assert zone.complete
    clear = np.abs(totals - budget) > 1e-7  # at the very edge the tolerance decides
    sure = {tuple(c) for c in choices[clear & (totals <= budget)]}
    never = {tuple(c) for c in choices[clear & (totals > budget)]}
    bought = {tuple(c) for c in zone.choices}
    assert sure <= bought
    assert not never & bought


@given(problems())
def test_own_means_are_the_highest_sum_of_utilities_over_the_sum_of_thresholds(problem: Problem):
    found = own_means(problem)
    _, utilities = problem.enumerate()
    most = (utilities - problem.thresholds).sum(axis=1).max()
    assert found.balance == pytest.approx(most, abs=1e-8)
    if abs(most) > 1e-7:
        assert found.enough is bool(most > 0)
    after = found.utilities + found.receives
    if found.enough:
        assert found.receives.sum() == pytest.approx(0, abs=1e-8)
        assert (after >= problem.thresholds - 1e-8).all()
    else:
        assert found.receives.sum() == pytest.approx(max(-most, 0), abs=1e-8)


@given(problems())
def test_pressure_on_one_party_is_what_the_others_can_leave_it_short_of(problem: Problem):
    _, utilities = problem.enumerate()
    for party, pressure in enumerate(smallest_pressures(problem)):
        others = np.arange(problem.n_parties) != party
        able = (utilities >= problem.thresholds - NEAR)[:, others].all(axis=1)
        if not able.any():
            assert pressure.least is None
            continue
        short = max(problem.thresholds[party] - utilities[able, party].max(), 0.0)
        assert pressure.least == pytest.approx(short, abs=1e-8)
        for change, empty in ((1e-8, False), (-1e-6, True)):
            eased = problem.thresholds.copy()
            eased[party] -= pressure.least + change
            if pressure.least > 1e-5:
                eased_problem = replace(problem, thresholds=eased)
                assert find_acceptable(eased_problem).empty is empty


# --- larger ones, and money


def talk(seed: int, n_parties: int = 3, n_issues: int = 9) -> Problem:
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(n_issues), n_parties).T
    options = np.arange(4)[:, None]
    blocks = tuple(
        Block((k,), options, rng.random((4, n_parties)) * weights[k]) for k in range(n_issues)
    )
    free = Problem(blocks, np.zeros(n_parties), np.zeros(n_parties))
    return replace(free, thresholds=free.worst() + 0.9 * (free.best() - free.worst()))


@pytest.mark.parametrize("seed", range(3))
def test_payments_among_a_quarter_of_a_million_packages(seed: int):
    problem = talk(seed)
    least = missing(problem).sum(axis=1).min()
    assert least > 0.01
    found = least_payments(problem)
    assert found.certificate.exact
    owed = payments(found.utilities, problem.thresholds)
    assert owed.sum() == pytest.approx(least, abs=1e-8)
    assert find_acceptable(within_budget(problem, least - 1e-6)).empty is True
    assert find_acceptable(within_budget(problem, least + 1e-6)).empty is False
    size = count_acceptable(within_budget(problem, least + 0.05), rng=np.random.default_rng(1))
    assert size.outcomes == (missing(problem).sum(axis=1) <= least + 0.05 + NEAR).sum()


def test_a_party_whose_utility_is_dear_is_paid_last():
    # both want six of ten slices; a slice for Ann costs five times what one for Bob costs
    slices = np.arange(11.0)
    pie = Problem.enumerated(np.column_stack([slices, 10 - slices]), [0, 0], [6, 6])
    dear = in_money(pie, [5, 1])
    found = least_payments(dear)
    assert_array_equal(found.outcome, [6])
    assert_array_equal(payments(found.utilities, dear.thresholds), [0, 2])


def test_those_with_most_to_spare_pay_most():
    assert_allclose(shared_out([3.0, 1.0, -2.0]), [-1.5, -0.5, 2.0])
    assert_allclose(shared_out([1.0, -4.0]), [-1.0, 4.0])  # all of it, and three are missing
    assert_allclose(shared_out([-1.0, -2.0]), [1.0, 2.0])


def test_no_payment_helps_where_nothing_is_allowed():
    none = Problem((Block((0,), np.zeros((0, 1), dtype=int), np.zeros((0, 2))),), *[np.ones(2)] * 2)
    assert least_payments(none) is None
    assert own_means(none).enough is False
    assert [p.least for p in smallest_pressures(none)] == [None, None]


def test_one_party_is_paid_what_it_lacks():
    alone = Problem.enumerated([[0.2], [0.5]], [0.6])
    assert payments(least_payments(alone).utilities, alone.thresholds) == pytest.approx([0.1])
    assert find_acceptable(within_budget(alone, 0.1)).empty is False
    assert find_acceptable(within_budget(alone, 0.09)).empty is True
