"""Closed forms of private costs, types, signals, screening and sealed bids; published numbers."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.equilibria.secret_thresholds.double_auction import (
    first_best,
    linear_equilibrium,
    second_best,
)
from sim.equilibria.secret_thresholds.on_a_pie import double_auction, private_cost, uniform_like
from sim.equilibria.secret_thresholds.private_cost import (
    demand_with_costs,
    demand_with_distribution,
    demand_with_two_costs,
    demand_with_uniform_cost,
    one_sided_offer,
    risky_below,
    ultimatum_over_pie,
)
from sim.equilibria.secret_thresholds.screening import many_offers, one_final_offer, two_offers
from sim.equilibria.secret_thresholds.signals import separating_costs
from sim.equilibria.setting import Setting
from sim.equilibria.ultimatum.finite_types import best_offer
from sim.errors import InputError
from sim.formats import read_scenario

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parent / "published" / "take_it_or_leave_it.json").read_text(
            encoding="utf-8"
        )
    )
}
FEARON = [case for case in CASES.values() if case["model"] == "crisis_bargaining_private_cost"]
BOUNDS = [name for name in CASES if name.startswith("private-cost-uniform")]
chances = st.fractions(0, 1, max_denominator=20)


def exact(text: str) -> Fraction:
    return Fraction(text)


@pytest.mark.parametrize("case", FEARON, ids=lambda case: case["id"])
def test_fearon_1995_ultimatum_with_a_private_cost(case):
    given_, expected = case["parameters"], case["expected"]
    low, high = given_["cB_distribution"].removeprefix("U[").removesuffix("]").split(",")
    numbers = (exact(text) for text in (given_["p"], given_["cA"], low, high))
    found = demand_with_uniform_cost(*numbers)
    assert found.demand == exact(expected["demand"])
    assert found.risk == exact(expected["prob_war"])
    assert found.payoff == exact(expected["EU_A"])


@pytest.mark.parametrize("name", BOUNDS)
def test_uniform_costs_between_two_bounds_follow_from_fearon_1995(name):
    given_, expected = CASES[name]["parameters"], CASES[name]["expected"]
    found = demand_with_uniform_cost(*(exact(given_[key]) for key in ("p", "cA", "lo", "hi")))
    told = {
        "z": found.above, "x": found.demand, "risk_of_war": found.risk, "EU_A": found.payoff
    }  # fmt: skip
    assert told == {key: exact(value) for key, value in expected.items()}


def test_ultimatums_of_gueth_schmittberger_and_schwarze_1982():
    case = CASES["ultimatum-continuous"]
    assert ultimatum_over_pie(1).offers == (exact(case["expected"]["offer"]),)
    case = CASES["ultimatum-grid"]
    found = ultimatum_over_pie(case["parameters"]["pie_units"], unit=1)
    assert list(found.offers) == case["expected"]["spe_offers"]
    case = CASES["ultimatum-reservation"]
    found = ultimatum_over_pie(100, 20, 35)
    assert found.offers == (exact(case["expected"]["offer"]),)
    assert found.proposer == case["expected"]["proposer"]
    assert list(found.zone or ()) == case["expected"]["zopa"]
    assert ultimatum_over_pie(100, 70, 35).zone is None


def test_chatterjee_and_samuelson_1983_and_the_bound_of_myerson_and_satterthwaite_1983():
    expected = CASES["chatterjee-samuelson-uniform"]["expected"]
    one = Fraction(0), Fraction(1)
    found = linear_equilibrium(one, one, k=Fraction(1, 2))
    assert found is not None
    assert found.bid == (Fraction(2, 3), Fraction(1, 12))
    assert found.ask == (Fraction(2, 3), Fraction(1, 4))
    assert (found.trade.slope, found.trade.at_least) == (1, Fraction(1, 4))
    assert found.trade.chance == exact(expected["trade_probability"])
    assert found.trade.gains == exact(expected["expected_gains"]) == second_best(one, one).gains
    assert first_best(one, one).gains == exact(expected["first_best_gains"])
    assert found.trade.gains / first_best(one, one).gains == exact(expected["efficiency"])


@given(cost=st.fractions(0, Fraction(99, 100), max_denominator=100))
def test_a_one_sided_offer_asks_half_way_between_cost_and_the_highest_value(cost):
    price, chance = one_sided_offer(cost, Fraction(0), Fraction(1))
    assert price == (1 + cost) / 2
    assert chance == (1 - cost) / 2


@given(p=chances, own=chances, low=chances, wide=st.fractions(Fraction(1, 20), 1))
def test_no_other_demand_does_better_against_a_uniform_cost(p, own, low, wide):
    high = low + wide
    found = demand_with_uniform_cost(p, own, low, high)
    assert found.demand <= 1
    for z in np.linspace(0, float(1 - p), 101):
        risk = min(max((z - float(low)) / float(wide), 0), 1)
        payoff = (1 - risk) * (float(p) + z) + risk * float(p - own)
        assert payoff <= float(found.payoff) + 1e-9
    cdf = lambda z: min(max((z - float(low)) / float(wide), 0.0), 1.0)  # noqa: E731
    numeric = demand_with_distribution(float(p), float(own), cdf, float(low), float(high))
    assert numeric.payoff == pytest.approx(float(found.payoff), abs=1e-7)


def test_the_first_order_condition_holds_for_a_smooth_secret():
    cdf = lambda z: z * z * (3 - 2 * z)  # noqa: E731 - of a density 6 z (1 - z) on [0, 1]
    found = demand_with_distribution(0.2, 0.1, cdf, 0.0, 1.0)
    z = found.above
    assert 1 - cdf(z) == pytest.approx(6 * z * (1 - z) * (z + 0.1), abs=1e-6)


@given(own=chances, low=chances, wide=st.fractions(Fraction(1, 20), 1), q=chances)
def test_the_risky_demand_pays_exactly_where_the_tough_are_rare_enough(own, low, wide, q):
    high, p = low + wide, Fraction(0)
    assume(high <= 1)
    found = demand_with_two_costs(p, own, low, high, q)
    risky = found.above == high and q > 0
    if 0 < q < 1:
        assert risky == (q < risky_below(own, low, high))
    utility = np.array([float(p + low), float(p + high)])
    theirs = np.column_stack([-utility, -utility])
    listed = best_offer(
        utility, theirs, [-float(low), -float(high)], [float(q), float(1 - q)],
        no_deal=float(p - own),
    )  # fmt: skip
    assert listed.payoff == pytest.approx(float(found.payoff), abs=1e-9)
    assert listed.information >= -1e-12


def test_a_refusal_shows_who_is_tough():
    own = np.array([0.7, 0.4])
    theirs = np.array([[0.3, 0.3], [0.6, 0.6]])
    found = best_offer(own, theirs, [0.5, 0.2], [0.3, 0.7], no_deal=0.1)
    assert (found.package, found.chance) == (0, 0.7)
    assert found.after_refusal.tolist() == [1.0, 0.0]
    assert found.informed == pytest.approx(0.3 * 0.4 + 0.7 * 0.7)
    assert found.curve == (1, 0)


@given(
    own=chances, low=chances, wide=st.fractions(Fraction(1, 20), 1), kept=chances,
    dearer=st.fractions(1, 5), cost=st.fractions(Fraction(1, 100), 1),
)  # fmt: skip
def test_a_signal_separates_exactly_where_neither_type_would_swap(
    own, low, wide, kept, dearer, cost
):
    high = low + wide
    found = separating_costs(own, low, high, kept=kept, dearer=dearer)
    as_tough = kept * (own + low) - low  # what a deal gives beyond an even chance, costs counted
    as_weak = kept * (own + high) - high
    tough_gains = as_tough - max(-low, as_weak) >= cost
    weak_stays = max(as_weak, -high) >= as_tough - dearer * cost
    assert found.separates(cost) == (tough_gains and weak_stays)
    assert not separating_costs(own, low, high, kept=0, dearer=dearer).possible


@given(
    tough=st.fractions(Fraction(1, 20), Fraction(9, 10), max_denominator=20),
    q=st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20),
    patience=st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20),
)
def test_a_second_offer_never_helps_who_could_have_bound_itself_to_one(tough, q, patience):
    weak = Fraction(1)
    once, twice = one_final_offer(weak, tough, q), two_offers(weak, tough, q, patience)
    endless = many_offers(weak, tough, q, patience)
    for plan in (twice, endless):
        assert tough <= plan.payoff <= once.payoff
        assert all(chance > 0 for chance in plan.accepts)
        value = sum(
            patience**t * chance * asked
            for t, (chance, asked) in enumerate(zip(plan.accepts, plan.demands, strict=True))
        )
        assert value == plan.payoff
    assert sum(endless.accepts) == 1
    for now, later in zip(endless.demands, endless.demands[1:], strict=False):
        assert weak - now == patience * (weak - later)  # the weak are indifferent to waiting


@given(tough=st.floats(0.05, 0.9), q=st.floats(0.05, 0.95), patience=st.floats(0.05, 0.95))
def test_a_sequence_of_demands_is_still_best_after_each_refusal(tough, q, patience):
    """After each refusal the demands that follow are best for those who are left."""
    found = many_offers(1.0, tough, q, patience)
    left = q
    for t in range(len(found.demands) - 1):
        remaining = left + (1 - q)
        again = many_offers(1.0, tough, left / remaining, patience)
        going_on = sum(
            patience ** (s - t) * found.accepts[s] * found.demands[s]
            for s in range(t, len(found.demands))
        )
        assert going_on == pytest.approx(again.payoff * remaining, rel=1e-6)
        left -= found.accepts[t]


def test_the_more_patient_the_less_is_to_be_had_from_the_weak():
    payoffs = [many_offers(1.0, 0.4, 0.8, d).payoff for d in (0.3, 0.6, 0.9, 0.99, 0.9999)]
    assert payoffs == sorted(payoffs, reverse=True)
    assert payoffs[-1] == pytest.approx(0.4, abs=1e-3)
    assert one_final_offer(1.0, 0.4, 0.8).payoff == 0.8


uniform = st.tuples(st.floats(0, 1), st.floats(0.2, 1)).map(lambda x: (x[0], x[0] + x[1]))


@given(buyer=uniform, seller=uniform, k=st.floats(0, 1))
@settings(max_examples=60)
def test_nobody_gains_by_another_price_in_the_linear_equilibrium(buyer, seller, k):
    found = linear_equilibrium(buyer, seller, k=k)
    if found is None:
        return
    (m, a), (n, b) = found.bid, found.ask
    grid = np.linspace(0, 1, 2001)
    asks = n * (seller[0] + grid * (seller[1] - seller[0])) + b
    bids = m * (buyer[0] + grid * (buyer[1] - buyer[0])) + a
    for part in (0.5, 0.9, 1.0):
        value = buyer[0] + part * (buyer[1] - buyer[0])
        tried = np.array([m * value + a, *np.linspace(asks[0] - 0.1, asks[-1], 41)])[:, None]
        gains = ((tried >= asks) * (value - k * tried - (1 - k) * asks)).mean(axis=1)
        assert gains[0] >= gains.max() - 2e-3
        cost = seller[1] - part * (seller[1] - seller[0])
        tried = np.array([n * cost + b, *np.linspace(bids[0], bids[-1] + 0.1, 41)])[:, None]
        gains = ((bids >= tried) * (k * bids + (1 - k) * tried - cost)).mean(axis=1)
        assert gains[0] >= gains.max() - 2e-3
    best, ideal = second_best(buyer, seller), first_best(buyer, seller)
    assert found.trade.gains <= best.gains + 1e-9
    assert best.gains <= ideal.gains + 1e-9


@given(buyer=uniform, seller=uniform)
@settings(max_examples=40)
def test_chances_and_gains_of_trade_are_those_of_the_rectangle(buyer, seller):
    side = (np.arange(400) + 0.5) / 400
    value = (buyer[0] + side * (buyer[1] - buyer[0]))[:, None]
    cost = (seller[0] + side * (seller[1] - seller[0]))[None, :]
    gap = value - cost
    for rule in (first_best(buyer, seller), second_best(buyer, seller)):
        trade = gap >= rule.at_least
        assert trade.mean() == pytest.approx(rule.chance, abs=0.006)
        assert (trade * gap).mean() == pytest.approx(rule.gains, abs=0.01)
    virtual = (gap >= second_best(buyer, seller).at_least) * (2 * gap - buyer[1] + seller[0])
    assert virtual.mean() >= -0.01
    if buyer[0] >= seller[1]:
        assert second_best(buyer, seller).gains == first_best(buyer, seller).gains


def test_numbers_without_meaning_are_refused_all_at_once():
    with pytest.raises(InputError, match=r"winning(.|\n)*negative"):
        demand_with_uniform_cost(1.5, -0.1, 0.0, 0.5)
    with pytest.raises(InputError, match="add up to 1"):
        demand_with_costs(0.5, 0.1, [(0.1, 0.4), (0.2, 0.4)])
    with pytest.raises(InputError, match="add up to 1"):
        best_offer([1.0], [[1.0]], [0.0], [0.5], no_deal=0.0)
    with pytest.raises(InputError, match="two bounds"):
        linear_equilibrium((1.0, 0.0), (0.0, 1.0))
    with pytest.raises(InputError, match="two bounds"):
        one_sided_offer(0.1, 1.0, 0.5)
    with pytest.raises(InputError, match=r"kept must lie(.|\n)*cheaper"):
        separating_costs(0.1, 0.1, 0.4, kept=2, dearer=0.5)
    with pytest.raises(InputError, match="between 0 and 1"):
        many_offers(1.0, 0.5, 0.5, 1.0)
    with pytest.raises(InputError, match="weight of the bid"):
        linear_equilibrium((0.0, 1.0), (0.0, 1.0), k=2)


def test_a_pie_read_off_a_scenario_is_split_as_the_draws_allow():
    setting = Setting(read_scenario("water-dispute"), draws=400)
    told = private_cost(setting)
    details = told.details
    assert details["payoff_knowing_the_other"] >= details["payoff"]
    assert details["two_types"]["a_risk_pays_below"] == told.hinges[1].flips_at
    two = Setting(read_scenario("ukraine-2025-12"), chosen=("ukraine", "russia"), draws=400)
    sealed = double_auction(two).details
    assert sealed["sealed_terms"]["chance"] <= sealed["known_thresholds"]["chance"]
    assert double_auction(setting).not_computed
    assert uniform_like(np.full(5, 0.3)) is None


@given(at=st.floats(-0.3, 0.9), seed=st.integers(0, 2**16))
@settings(max_examples=40)
def test_the_safe_demand_ceases_to_be_best_exactly_at_its_hinge(at, seed):
    from sim.equilibria.secret_thresholds.on_a_pie import Pie, _safe_hinge  # noqa: PLC0415

    most = np.random.default_rng(seed).integers(2, 11, 12) / 10
    limits, counts = np.unique(most, return_counts=True)
    shares = counts[::-1].cumsum()[::-1] / 12
    payoffs = at + shares * (limits - at)
    best = int(payoffs.argmax())
    hinge = _safe_hinge(Pie("a", "b", at, most, most), limits, shares, best)
    if hinge.flips_at is None:
        return
    risk = [
        float((d + shares * (limits - d)).argmax()) > 0
        for d in (hinge.flips_at - 1e-6, hinge.flips_at + 1e-6)
    ]
    assert risk == [False, True]
