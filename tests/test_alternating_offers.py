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

from sim.equilibria import rubinstein as closed
from sim.equilibria.alternating_offers import Rules, backward_induction
from sim.equilibria.stationary import stationary_pairs, stationary_unanimity
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
    assert names[course.proposal[0]] == case["expected"]["agreement"]


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


def brute_force(points: np.ndarray, rules: Rules, rounds: int) -> np.ndarray:
    """Backward induction as the definition reads, one point after another."""
    value = rules.no_deal(rounds).copy()
    for t in range(rounds - 1, -1, -1):
        who = rules.order[t % len(rules.order)]
        wait = rules.waiting(t, value)
        others = [k for k in range(points.shape[1]) if k != who]
        able = [p for p in points if all(p[k] >= wait[k] - 1e-9 for k in others)]
        best = max((p[who] for p in able), default=-np.inf)
        if best < wait[who] - 1e-9:
            value = wait
            continue
        tied = [p for p in able if p[who] >= best - 1e-9]
        value = max(tied, key=lambda p: tuple(np.round(np.sort(p - rules.no_deal(0)), 9)))
    return value


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_backward_induction_is_what_the_definition_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 4))
    points = rng.integers(0, 9, (int(rng.integers(1, 12)), n)).astype(float)
    rounds = int(rng.integers(1, 6))
    rules = Rules.of(
        rng.choice([0.5, 0.8, 0.95, 1.0], n),
        rng.integers(0, 3, (rounds + 1, n) if rng.random() < 0.3 else n).astype(float),
        breakdown=float(rng.choice([0, 0, 0.2])),
        cost=rng.choice([0, 0, 0.5], n),
        order=rng.permutation(n).tolist(),
    )
    course = backward_induction(points, rules, rounds)
    np.testing.assert_allclose(course.values[0], brute_force(points, rules, rounds), atol=1e-9)


def test_long_talks_come_near_the_split_without_a_last_round() -> None:
    course = backward_induction(COINS, Rules.of([0.9, 0.8], [0, 0]), 200)
    assert course.values[0, 0] == pytest.approx(5 / 7, abs=2e-3)
    assert course.agreement == 0


def test_what_one_proposes_all_accept_and_nobody_would_rather_wait() -> None:
    grid = np.array([(a, b, 60 - a - b) for a in range(61) for b in range(61 - a)]) / 60
    found = stationary_unanimity(grid, Rules.of([0.9] * 3, [0, 0, 0]), recognition=[1 / 3] * 3)
    assert found is not None
    np.testing.assert_allclose(found.values[0], [0.4, 0.3, 0.3])


def test_numbers_that_make_no_game_are_all_told_at_once() -> None:
    with pytest.raises(InputError) as mistake:
        Rules.of([1.2, 0.5], [0, 0], breakdown=2, cost=-1, order=[3])
    for word in ("discount", "breakdown", "costs", "proposers"):
        assert word in str(mistake.value)
    with pytest.raises(InputError, match="below 1"):
        closed.rubinstein(1, 1)
    with pytest.raises(InputError, match="at least one round"):
        backward_induction(COINS, Rules.of([0.9, 0.9], [0, 0]), 0)
    with pytest.raises(InputError, match="between two"):
        stationary_pairs(np.zeros((2, 3)), Rules.of([0.9] * 3, [0, 0, 0]))
    with pytest.raises(InputError, match="add up to 1"):
        stationary_unanimity(COINS, Rules.of([0.9, 0.9], [0, 0]), recognition=[0.5, 0.6])
