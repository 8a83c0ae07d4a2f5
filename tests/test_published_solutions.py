"""Numbers from the literature: finite games as they stand, continuous pies on a grid.

A pie is cut into a thousand slices. The solutions of a grid maximise a function that rises to
the continuous solution and falls behind it, so they are the grid point before or after it: off
by less than one slice.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sim.feasible import count_acceptable, find_acceptable
from sim.frontier import pareto_frontier
from sim.problem import Block, Problem
from sim.solutions import egalitarian, kalai_smorodinsky, nash

SLICES = 1000
SLICE = 1 / SLICES
SHARES = np.arange(SLICES + 1) / SLICES
CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent / "published" / "solutions.json").read_text())
}


def number(text: str | float) -> float:
    return float(Fraction(text)) if isinstance(text, str) else float(text)


def numbers(texts: list[str | float]) -> list[float]:
    return [number(text) for text in texts]


def case(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return CASES[name]["parameters"], CASES[name]["expected"]


def bill_and_jack() -> Problem:
    """Nash's example: who ends up with each of nine things; no deal is who has them now."""
    given, _ = case("nash-1950-bill-jack")
    blocks = []
    for place, thing in enumerate([*given["bill_items"], *given["jack_items"]]):
        worth = [[given["u_bill"][thing], 0], [0, given["u_jack"][thing]]]
        blocks.append(Block((place,), np.arange(2)[:, None], np.array(worth, dtype=float)))
    bill = sum(given["u_bill"][thing] for thing in given["bill_items"])
    jack = sum(given["u_jack"][thing] for thing in given["jack_items"])
    d = np.array([bill, jack], dtype=float)
    return Problem(tuple(blocks), d, d)


def test_nash_1950_bill_and_jack_trade_as_in_the_paper():
    given, expected = case("nash-1950-bill-jack")
    problem = bill_and_jack()
    deal = nash(problem)
    gains = deal.utilities - problem.disagreement
    assert_array_equal(gains, [expected["gain_bill"], expected["gain_jack"]])
    assert gains.prod() == expected["nash_product"]
    jack_has = [t for t, who in zip(given["bill_items"], deal.outcome[:5], strict=True) if who]
    bill_has = [t for t, who in zip(given["jack_items"], deal.outcome[5:], strict=True) if not who]
    assert jack_has == expected["bill_gives"]
    assert bill_has == expected["jack_gives"]


def test_nash_1950_bill_and_jack_have_seven_efficient_trades():
    problem = bill_and_jack()
    gains = pareto_frontier(problem).utilities - problem.disagreement
    assert_array_equal(gains[::-1], case("nash-1950-bill-jack")[1]["pareto_gain_pairs"])


def curved_pie() -> Problem:
    """One side counts slices, the other has a square-root utility of them."""
    return Problem.enumerated(np.column_stack([SHARES, np.sqrt(1 - SHARES)]), [0, 0])


def test_the_nash_solution_of_the_risk_averse_divider():
    expected = case("nbs-sqrt")[1]
    assert abs(nash(curved_pie()).utilities[0] - number(expected["share1"])) < SLICE
    assert_allclose(nash(curved_pie()).utilities, numbers(expected["u"]), atol=SLICE)


def test_the_kalai_smorodinsky_solution_of_the_risk_averse_divider():
    expected = case("ks-sqrt")[1]
    share = kalai_smorodinsky(curved_pie()).utilities[0]
    assert abs(share - number(expected["share1"])) < SLICE


@pytest.mark.parametrize(("solution", "key"), [(nash, "nbs"), (kalai_smorodinsky, "ks")])
def test_kalai_and_smorodinsky_1975_first_example(solution, key):
    """The corners of the set suffice: both solutions lie on one."""
    given, expected = case("ks-1975-S1")
    corners = [numbers(corner) for corner in given["hull"]]
    answer = solution(Problem.enumerated(corners, given["disagreement"]))
    assert_allclose(answer.utilities, numbers(expected[key]))


def test_the_weighted_nash_solution_splits_the_surplus_by_power():
    given, expected = case("nash-asymmetric-linear")
    pie = Problem.enumerated(np.column_stack([SHARES, 1 - SHARES]), numbers(given["disagreement"]))
    answer = nash(pie, power=numbers(given["weights"]))
    assert np.abs(answer.utilities - numbers(expected["share"])).max() < SLICE


def test_the_limit_of_smoothed_demand_games_is_the_nash_solution():
    first = SHARES
    parabola = Problem.enumerated(np.column_stack([first, 1 - first**2]), [0, 0])
    expected = numbers(case("nash-demand-smoothed-limit")[1]["nbs"])
    assert abs(nash(parabola).utilities[0] - expected[0]) < SLICE
    assert_allclose(nash(parabola).utilities, expected, atol=2 * SLICE)


def test_split_the_difference_takes_the_outside_option_as_no_deal():
    given, expected = case("outside-option-split-difference-contrast")
    pie = number(given["pie"])
    money = SHARES * pie
    problem = Problem.enumerated(
        np.column_stack([pie - money, money]), numbers(given["disagreement"])
    )
    for solution in (nash, kalai_smorodinsky, egalitarian):
        assert abs(solution(problem).utilities[1] - number(expected["share2_money"])) < pie * SLICE


def test_schelling_a_smaller_win_set_earns_a_better_bargain():
    given, expected = case("schelling-conjecture-nbs")
    least = number(given["min_share_2"])
    ratified = SHARES[least - 1e-12 <= 1 - SHARES]
    truncated = Problem.enumerated(np.column_stack([ratified, 1 - ratified]), given["disagreement"])
    assert_allclose(nash(truncated).utilities, numbers([expected["share1"], expected["share2"]]))


def test_win_sets_that_do_not_overlap_leave_no_zone():
    given, expected = case("two-level-no-overlap")
    shares = numbers([given["min_share_1"], given["min_share_2"]])
    zone = find_acceptable(
        Problem.enumerated(np.column_stack([SHARES, 1 - SHARES]), [0, 0], thresholds=shares)
    )
    assert zone.empty is not expected["feasible"]
    assert zone.surplus == pytest.approx((1 - sum(shares)) / 2, abs=SLICE)


def acceptable_shares(utilities: np.ndarray, thresholds: list[float]) -> tuple[int, Problem]:
    problem = Problem.enumerated(utilities, thresholds)
    return count_acceptable(problem, rng=np.random.default_rng(0)).outcomes, problem


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("fearon-range")])
def test_fearon_the_costs_of_war_open_a_range_of_peaceful_bargains(name):
    given, expected = case(name)
    p, c_a, c_b = (number(given[key]) for key in ("p", "cA", "cB"))
    pie = np.column_stack([SHARES, 1 - SHARES])
    number_of_bargains, problem = acceptable_shares(pie, [p - c_a, 1 - p - c_b])
    low, high = numbers(expected["bargaining_range"])
    assert number_of_bargains == round((high - low) * SLICES) + 1
    frontier = pareto_frontier(problem).utilities
    assert frontier[:, 0].max() == pytest.approx(high)
    assert frontier[:, 0].min() == pytest.approx(low)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("veto-winset")])
def test_tsebelis_what_veto_players_prefer_to_the_status_quo(name):
    given, expected = case(name)
    ideals, status_quo = np.array(numbers(given["ideals"])), number(given["status_quo"])
    utilities = -np.abs(SHARES[:, None] - ideals)
    low, high = numbers(expected["unanimity_winset"])
    number_of_positions, _ = acceptable_shares(utilities, (-np.abs(status_quo - ideals)).tolist())
    assert number_of_positions == round((high - low) * SLICES) + 1
    everywhere = Problem.enumerated(utilities, np.full(len(ideals), -9.0))
    core = SHARES[pareto_frontier(everywhere).choices[:, 0]]
    assert [core.min(), core.max()] == numbers(expected["core"])
    assert len(core) == round((core.max() - core.min()) * SLICES) + 1


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("setter")])
def test_romer_and_rosenthal_the_setter_picks_from_what_beats_the_status_quo(name):
    """The setter's best in the veto player's win-set; it can also leave things as they are."""
    given, expected = case(name)
    ideals = np.array(numbers([given["setter_ideal"], given["veto_ideal"]]))
    utilities = -np.abs(SHARES[:, None] - ideals)
    status_quo = -np.abs(number(given["status_quo"]) - ideals)
    low, high = numbers(expected["winset"])
    accepted, _ = acceptable_shares(utilities[:, 1:], status_quo[1:].tolist())
    assert accepted == round((high - low) * SLICES) + 1
    both = Problem.enumerated(utilities, status_quo)
    best = pareto_frontier(both)
    assert SHARES[best.choices[0, 0]] == number(expected["outcome"])
    assert (number(expected["outcome"]) == number(given["status_quo"])) == expected["gridlock"]
