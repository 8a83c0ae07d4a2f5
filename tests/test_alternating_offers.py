"""Offers and counter-offers: published splits, and brute-force backward induction."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.equilibria.offers import rubinstein as closed
from sim.equilibria.offers.backward_induction import Rules, backward_induction
from sim.equilibria.offers.stationary import stationary, stationary_pairs, stationary_unanimity
from sim.errors import InputError

CASES = json.loads(
    (Path(__file__).parent / "published" / "alternating_offers.json").read_text(encoding="utf-8")
)
COINS = np.column_stack([np.linspace(0, 1, 2001), np.linspace(1, 0, 2001)])


def cases(model: str) -> list[Any]:
    return [pytest.param(c, id=c["id"]) for c in CASES if c["model"] == model]


def number(text: str | float) -> Fraction:
    return Fraction(str(text).split(" ", maxsplit=1)[0])


def deltas(case: dict[str, Any]) -> list[Fraction]:
    given_ = case["parameters"]
    if "r1" in given_:
        return [1 / (1 + number(given_[key])) for key in ("r1", "r2")]
    return [number(given_[key]) for key in ("delta1", "delta2")]


@pytest.mark.parametrize("case", cases("rubinstein_infinite"))
def test_rubinsteins_split(case: dict[str, Any]) -> None:
    assert closed.rubinstein(*deltas(case)).first == number(case["expected"]["share1"])


@pytest.mark.parametrize("case", cases("rubinstein_fixed_cost"))
def test_fixed_costs_of_delay(case: dict[str, Any]) -> None:
    split = closed.fixed_costs(*(number(case["parameters"][k]) for k in ("cost1", "cost2")))
    assert (split.first, split.second) == tuple(
        number(case["expected"][k]) for k in ("share1", "share2")
    )


@pytest.mark.parametrize("case", cases("rubinstein_limit_rates"))
def test_offers_in_quick_succession(case: dict[str, Any]) -> None:
    split = closed.limit_of_rates(*(number(case["parameters"][k]) for k in ("r1", "r2")))
    assert split.first == number(case["expected"]["share1"])


@pytest.mark.parametrize("case", cases("alternating_offers_finite"))
def test_a_last_round(case: dict[str, Any]) -> None:
    delta1, delta2 = deltas(case)
    rounds = case["parameters"]["rounds"]
    both = [(delta1**t, delta2**t) for t in range(rounds)]
    value: list[Fraction] = [Fraction(0), Fraction(0)]
    for t in range(rounds - 1, -1, -1):  # in units of the pie at the start
        who = t % 2
        keep = both[t][who] * (1 - value[1 - who] / both[t][1 - who])
        value = [keep if k == who else value[k] for k in range(2)]
    assert value[0] == number(case["expected"]["share1"])
    course = backward_induction(COINS, Rules.of([float(delta1), float(delta2)], [0, 0]), rounds)
    assert course.values[0, 0] == pytest.approx(float(value[0]), abs=rounds * 5e-4)


@pytest.mark.parametrize(
    "case", cases("alternating_offers_shrinking_pie") + cases("alternating_offers_offer_costs")
)
def test_a_pie_that_shrinks_or_offers_that_cost(case: dict[str, Any]) -> None:
    given_, wanted = case["parameters"], case["expected"]
    if "pies" in given_:
        course = closed.last_offer([number(pie) for pie in given_["pies"]])
        assert course[0] == (1, number(wanted["proposer_keeps"]))
    else:
        costs = [number(c) for c in given_["offer_cost"]]
        course = closed.last_offer(
            [number(given_["pie"])] * given_["rounds"], offer_costs=costs,
            order=given_["proposer_order"],
        )  # fmt: skip
        assert course[0] == (1, number(wanted["share1"]))


@pytest.mark.parametrize("case", cases("rubinstein_outside_option"))
def test_an_outside_option_is_a_floor(case: dict[str, Any]) -> None:
    pie = number(case["parameters"].get("pie", 1))
    option = number(case["parameters"]["outside_option_2"]) / pie
    split = closed.outside_option(number(case["parameters"]["delta"]), option)
    assert split.second * pie == number(case["expected"]["share2"])


@pytest.mark.parametrize("case", cases("rubinstein_outside_option_any_time"))
def test_leaving_after_the_own_offer_is_refused(case: dict[str, Any]) -> None:
    given_, wanted = case["parameters"], case["expected"]
    split = closed.outside_option_after_refusal(
        number(given_["delta"]), number(given_["outside_option_2"])
    )
    assert split.unique == wanted["unique"]
    if split.unique:
        assert split.second == number(wanted["share2"])
    else:
        low, high = map(number, wanted["share1_interval"])
        assert (split.first_at_least, split.first) == (low, high)


@pytest.mark.parametrize("case", cases("rubinstein_limit_outside_options"))
def test_outside_options_of_both(case: dict[str, Any]) -> None:
    numbers = [number(case["parameters"][k]) for k in ("rA", "rB", "wA", "wB")]
    split = closed.limit_with_outside_options(*numbers)
    assert split.first == number(case["expected"]["shareA"])


@pytest.mark.parametrize("case", cases("alternating_offers_breakdown"))
def test_talks_may_break_down(case: dict[str, Any]) -> None:
    risk = number(case["parameters"]["p"])
    values = [number(v) for v in case["parameters"]["breakdown"]]
    assert closed.with_breakdown(risk, *values).first == number(case["expected"]["share1"])
    limit = closed.with_breakdown(Fraction(1, 10**9), *values).first
    assert float(limit) == pytest.approx(float(number(case["expected"]["limit_p_to_0"][0])))


@pytest.mark.parametrize("case", cases("rubinstein_general_frontier"))
def test_a_curved_frontier(case: dict[str, Any]) -> None:
    x = np.linspace(0, 1, 200_001)
    found = stationary_pairs(np.column_stack([x, np.sqrt(1 - x)]), Rules.of([0.9, 0.9], [0, 0]))
    shares = np.array([[pair.values[0, 0], pair.values[1, 0]] for pair in found])
    wanted = [float(number(case["expected"][k])) for k in ("share1_x", "share1_y")]
    np.testing.assert_allclose(shares.mean(axis=0), wanted, atol=1e-4)
    patient = stationary_pairs(
        np.column_stack([x, np.sqrt(1 - x)]), Rules.of([0.999, 0.999], [0, 0])
    )
    nash = float(number(case["expected"]["nbs_limit"]))
    assert np.mean([pair.values[0, 0] for pair in patient]) == pytest.approx(nash, abs=2e-3)


@pytest.mark.parametrize("case", cases("multi_issue_package_rubinstein"))
def test_two_pies_bargained_over_together(case: dict[str, Any]) -> None:
    share = np.linspace(0, 1, 20_001)
    ones = np.ones_like(share)
    first = np.concatenate([0.7 * ones + 0.3 * share, 0.7 * share])
    second = np.concatenate([0.7 * (1 - share), 0.3 * (1 - share) + 0.7 * ones])
    found = stationary_pairs(np.column_stack([first, second]), Rules.of([0.9, 0.9], [0, 0]))
    wanted = [float(number(u)) for u in case["expected"]["u_first_proposal"]]
    np.testing.assert_allclose(np.mean([p.values[0] for p in found], axis=0), wanted, atol=1e-3)


@pytest.mark.parametrize("case", cases("finite_outcome_set_backward_induction"))
def test_a_handful_of_outcomes(case: dict[str, Any]) -> None:
    given_ = case["parameters"]
    names = list(given_["outcomes"])
    rules = Rules.of([float(d) for d in deltas(case)], given_["disagreement"])
    course = backward_induction(list(given_["outcomes"].values()), rules, given_["rounds"])
    assert course.agreement == case["expected"]["round"]
    assert names[course.proposals[0].max()] == case["expected"]["agreement"]


@pytest.mark.parametrize("case", cases("unanimity_rotating") + cases("unanimity_random_proposer"))
def test_all_must_agree(case: dict[str, Any]) -> None:
    given_, wanted = case["parameters"], case["expected"]
    delta = number(given_["delta"])
    if "shares" in wanted:
        assert closed.unanimity_in_turn(given_["n"], delta) == [number(s) for s in wanted["shares"]]
        return
    recognition = given_["recognition"]
    n = given_["n"]
    chances = [Fraction(1, n)] * n if recognition == "uniform" else [number(c) for c in recognition]
    shares = closed.unanimity_by_lot(chances, delta)
    mean = [sum(c * row[k] for c, row in zip(chances, shares, strict=True)) for k in range(n)]
    assert mean == chances
    if "proposer" in wanted:
        assert shares[0][:2] == [number(wanted["proposer"]), number(wanted["others"])]


@pytest.mark.parametrize("case", cases("multi_issue_simultaneous_separate"))
def test_two_pies_bargained_over_one_by_one(case: dict[str, Any]) -> None:
    given_ = case["parameters"]
    split = closed.rubinstein(number(given_["delta1"]), number(given_["delta2"]))
    weights = [[number(w) for w in given_[key]] for key in ("weights1", "weights2")]
    got = [sum(weights[0]) * split.first, sum(weights[1]) * split.second]
    assert got == [number(u) for u in case["expected"]["u"]]
    (joint,) = cases("multi_issue_package_rubinstein")
    together = [float(number(u)) for u in joint.values[0]["expected"]["u_first_proposal"]]
    assert all(float(alone) < both for alone, both in zip(got, together, strict=True))


@pytest.mark.parametrize("case", cases("ultimatum"))
def test_one_offer_to_take_or_to_leave(case: dict[str, Any]) -> None:
    given_, wanted = case["parameters"], case["expected"]
    pie = float(given_.get("pie", given_.get("pie_units", 0)))
    least = [float(given_.get(key, 0)) for key in ("reservation1", "reservation2")]
    offers = np.linspace(0, pie, 11 if "pie_units" in given_ else 2001)
    split = np.column_stack([pie - offers, offers])
    course = backward_induction(split, Rules.of([1, 1], least), 1)
    accepted = offers[int(course.proposals[0, 0])]
    if "spe_offers" in wanted:  # who refuses when indifferent is offered one unit
        refusing = backward_induction(split[split[:, 1] > least[1]], Rules.of([1, 1], least), 1)
        unit = offers[split[:, 1] > least[1]][int(refusing.proposals[0, 0])]
        assert [accepted, unit] == wanted["spe_offers"]
        return
    assert accepted == pytest.approx(float(number(wanted["offer"])))
    if "zopa" in wanted:
        able = offers[(split >= least).all(axis=1)]
        assert [able.min(), able.max()] == pytest.approx(wanted["zopa"])
        assert course.values[0, 0] == pytest.approx(wanted["proposer"])


@pytest.mark.parametrize("case", cases("rubinstein_discrete_pie"))
def test_with_a_smallest_coin_every_split_can_last(case: dict[str, Any]) -> None:
    units = case["parameters"]["units"]
    coins = np.arange(units + 1.0) / units
    delta = float(number(case["parameters"]["delta"]))
    found = stationary(np.column_stack([coins, 1 - coins]), Rules.of([delta, delta], [0, 0]))
    assert {int(place) for one in found for place in one.proposals} == set(range(units + 1))


def brute_force(points: np.ndarray, rules: Rules, rounds: int) -> np.ndarray:
    """Backward induction as the definition reads, one point after another."""
    value = rules.no_deal(rounds).copy()
    for t in range(rounds - 1, -1, -1):
        wait = rules.waiting(t, value)
        value = sum(p * tried(points, rules, t, who, wait) for who, p in rules.proposers(t))
    return value


def tried(points: np.ndarray, rules: Rules, t: int, who: int, wait: np.ndarray) -> np.ndarray:
    """What all get when one party proposes: every point is offered to everybody in turn."""
    others = [k for k in range(points.shape[1]) if k != who]
    demand = np.maximum(wait, rules.outside)
    able = [p for p in points if all(p[k] >= demand[k] - 1e-9 for k in others)]
    best = max((p[who] for p in able), default=-np.inf)
    if best >= wait[who] - 1e-9:
        tied = [p for p in able if p[who] >= best - 1e-9]
        return max(tied, key=lambda p: tuple(np.round(np.sort(p - rules.no_deal(0)), 9)))
    leaver = next((k for k in others if rules.outside[k] > wait[k] + 1e-9), None)
    if leaver is None:
        return wait
    value = rules.no_deal(t).copy()
    value[leaver] = rules.outside[leaver]
    return value


def random_rules(rng: np.random.Generator, n: int, rounds: int) -> Rules:
    return Rules.of(
        rng.choice([0.5, 0.8, 0.95, 1.0], n),
        rng.integers(0, 3, (rounds + 1, n) if rng.random() < 0.3 else n).astype(float),
        breakdown=rng.choice([0, 0, 0.2], int(rng.integers(1, 4))),
        cost=rng.choice([0, 0, 0.5], n),
        outside=rng.choice([-np.inf, -np.inf, 4.0], n),
        order=rng.integers(0, n, int(rng.integers(1, 5))).tolist(),
        chances=rng.dirichlet(np.ones(n)) if rng.random() < 0.4 else None,
    )


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_backward_induction_is_what_the_definition_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 4))
    points = rng.integers(0, 9, (int(rng.integers(1, 12)), n)).astype(float)
    rounds = int(rng.choice([1, 2, 3, 4, 5, 40]))
    rules = random_rules(rng, n, rounds)
    course = backward_induction(points, rules, rounds)
    np.testing.assert_allclose(course.values[0], brute_force(points, rules, rounds), atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nobody_gains_by_deviating_once_from_the_path(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, rounds = int(rng.integers(2, 4)), 30
    points = rng.integers(0, 9, (8, n)).astype(float)
    rules = random_rules(rng, n, rounds)
    course = backward_induction(points, rules, rounds)
    for t in range(rounds):
        wait = rules.waiting(t, course.values[t + 1])
        for who, _ in rules.proposers(t):
            demand = np.maximum(wait, rules.outside)
            demand[who] = -np.inf
            accepted = points[(points >= demand - 1e-9).all(axis=1)]
            best = accepted[:, who].max() if len(accepted) else -np.inf
            place = course.proposals[t, who]
            if place >= 0:
                assert points[place, who] >= max(best, wait[who]) - 1e-9
                assert (points[place] >= demand - 1e-9).all()
            else:
                assert best < wait[who]


def test_values_that_come_back_settle_ten_thousand_rounds_at_once() -> None:
    rules = Rules.of([0.9, 0.8], [0, 0])
    short = backward_induction(COINS, rules, 200)
    long = backward_induction(COINS, rules, 10_000)
    assert long.repeats is not None
    assert long.repeats[0] < 200
    np.testing.assert_array_equal(long.values[-200:], short.values[-200:])
    np.testing.assert_array_equal(long.values[0], short.values[0])


def test_long_talks_come_near_the_split_without_a_last_round() -> None:
    course = backward_induction(COINS, Rules.of([0.9, 0.8], [0, 0]), 200)
    assert course.values[0, 0] == pytest.approx(5 / 7, abs=2e-3)
    assert course.agreement == 0


def test_who_gains_more_from_a_moving_front_signs_nothing() -> None:
    coins = np.linspace(0, 1, 101)
    split = np.column_stack([coins, 1 - coins])
    standing = backward_induction(split, Rules.of([0.99, 0.99], [0.2, 0.3]), 2)
    assert standing.agreement == 0
    front = np.array([[0.2, 0.3], [0.2, 0.3], [0.2, 0.9]])
    moving = backward_induction(split, Rules.of([0.99, 0.99], front), 2)
    assert moving.agreement is None
    later = 0.01 * 0.3 + 0.99 * 0.9
    assert moving.values[0, 1] == pytest.approx(0.01 * 0.3 + 0.99 * later)


def test_an_outside_option_that_nothing_beats_is_taken() -> None:
    rules = Rules.of([0.9, 0.9], [0, 0], outside=[-np.inf, 2.0])
    course = backward_induction(COINS, rules, 5)
    assert course.agreement is None
    assert course.leaves == 1
    assert course.values[0].tolist() == [0.0, 2.0]


def test_what_one_proposes_all_accept_and_nobody_would_rather_wait() -> None:
    grid = np.array([(a, b, 30 - a - b) for a in range(31) for b in range(31 - a)]) / 30
    found = stationary_unanimity(grid, Rules.of([0.9] * 3, [0, 0, 0], chances=[1 / 3] * 3))
    assert found is not None
    every = stationary(grid, Rules.of([0.9] * 3, [0, 0, 0], chances=[1 / 3] * 3))
    assert any(np.allclose(one.values[0], [0.4, 0.3, 0.3]) for one in every)


def test_numbers_that_make_no_game_are_all_told_at_once() -> None:
    with pytest.raises(InputError) as mistake:
        Rules.of([1.2, 0.5], [0, 0], breakdown=2, cost=-1, order=[3], chances=[0.5, 0.6])
    for word in ("discount", "breakdown", "costs", "proposers", "add up to 1"):
        assert word in str(mistake.value)
    with pytest.raises(InputError, match="below 1"):
        closed.rubinstein(1, 1)
    with pytest.raises(InputError, match="at least one round"):
        backward_induction(COINS, Rules.of([0.9, 0.9], [0, 0]), 0)
    with pytest.raises(InputError, match="between two"):
        stationary_pairs(np.zeros((2, 3)), Rules.of([0.9] * 3, [0, 0, 0]))
    with pytest.raises(InputError, match="between 1 and 2"):
        stationary(COINS, Rules.of([0.9, 0.9], [0, 0]), quota=3)
