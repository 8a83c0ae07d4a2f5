"""War as what happens without a deal: what it is worth, against closed forms and the long way."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import shipped

from sim.equilibria.war.crisis import crisis_range, locked_in, optimists_fight, preventive_war
from sim.equilibria.war.random_walk import battles_left, chance_of_victory
from sim.errors import InputError
from sim.fighting import Chain, fought, one_shot, with_time
from sim.formats import parse_scenario, read_scenario
from sim.preferences.readers import Central
from sim.sampling import central, readers, sample
from sim.scenario import Scenario

CASES = json.loads((Path(__file__).parent / "published" / "war.json").read_text("utf-8"))
SHARES = st.floats(0.02, 0.98)
PATIENCE = st.floats(0.05, 0.999)


def pairs(name: str) -> list[tuple[dict[str, object], dict[str, object]]]:
    return list(zip(CASES[name]["inputs"], CASES[name]["expected"], strict=True))


def exact(value: object) -> Fraction:
    return Fraction(str(value))


def listed(model: str) -> list[object]:
    found = [case for case in CASES["bargaining"] if case["model"] == model]
    return [pytest.param(case, id=case["id"]) for case in found]


# The closed forms, against published numbers


@pytest.mark.parametrize(("given_", "expected"), pairs("fearon_complete_information"))
def test_two_sides_prefer_to_war_what_fearon_1995_says(given_, expected):
    found = crisis_range(*(exact(given_[key]) for key in ("p", "cA", "cB")))
    assert [float(v) for v in found.values] == [expected["d_A"], expected["d_B"]]
    assert [float(found.low), float(found.high)] == expected["zopa"]
    assert float(found.first_demands) == expected["A_tioli"]
    assert float(found.second_leaves) == expected["B_tioli"]
    assert float(found.nash) == expected["nash"]


@pytest.mark.parametrize("case", listed("crisis_bargaining_complete"))
def test_the_range_is_as_wide_as_war_is_costly(case):
    """Fearon (1995), claim 1."""
    found = crisis_range(*(exact(case["parameters"][key]) for key in ("p", "cA", "cB")))
    said = case["expected"]
    assert [found.low, found.high] == [exact(x) for x in said["bargaining_range"]]
    assert found.width == exact(said["width_unclipped"])
    assert found.first_demands == exact(said["ultimatum_demand_A"])


@pytest.mark.parametrize(("given_", "expected"), pairs("fearon_preventive_war"))
def test_a_side_that_declines_attacks_where_fearon_1995_says(given_, expected):
    p1, p2, cost, delta = (exact(given_[key]) for key in ("p1", "p2", "cB", "delta"))
    found = preventive_war(p1, p2, cost, delta)
    assert (found.shift, found.bound) == (exact(expected["lhs"]), exact(expected["rhs"]))
    assert found.war is expected["war"]
    # the whole pie of this round, and war later, against war now
    now = (1 - p1) / (1 - delta) - cost
    later = 1 + delta * ((1 - p2) / (1 - delta) - cost)
    assert found.war is (now > later)


@pytest.mark.parametrize("case", listed("shifting_power_commitment"))
def test_preventive_war_is_met_on_the_listed_cases(case):
    """Fearon (1995), pages 404-408."""
    p = case["parameters"]
    found = preventive_war(*(exact(p[key]) for key in ("p1", "p2", "cB", "delta")))
    said = case["expected"]
    assert (found.shift, found.bound) == (exact(said["lhs"]), exact(said["rhs"]))
    assert found.war is said["preventive_war"]


@pytest.mark.parametrize(("given_", "expected"), pairs("powell_general_inefficiency_condition"))
def test_no_division_prevents_fighting_where_powell_2006_says(given_, expected):
    p, later, c1, c2, delta = (
        exact(given_[key])
        for key in ("p_now_rising", "p_next_rising", "c_declining", "c_rising", "delta")
    )
    total = 1 / (1 - delta)
    declining, rising, next_ = (1 - p) * total - c1, p * total - c2, later * total - c2
    assert (total, declining) == (exact(expected["B"]), exact(expected["M_declining_now"]))
    assert next_ == exact(expected["M_rising_next"])
    found = locked_in(total, declining, rising, next_, delta)
    assert found.war is expected["war_unavoidable"]
    assert found.war is (declining + delta * next_ > total)
    assert found.shift - found.surplus == declining + delta * next_ - total


@pytest.mark.parametrize("case", listed("powell_inefficiency_condition"))
def test_powells_shift_is_set_against_the_surplus(case):
    """Powell (2004), (2006)."""
    p = case["parameters"]
    keys = ("B", "M_declining_now", "M_rising_now", "M_rising_next", "delta")
    found = locked_in(*(exact(p[key]) for key in keys))
    said = case["expected"]
    assert (found.shift, found.surplus) == (exact(said["shift"]), exact(said["surplus"]))
    assert found.war is said["breakdown"]


def test_fearons_condition_can_hold_where_powells_does_not():
    delta, cost = Fraction(9, 10), Fraction(1)
    total = 1 / (1 - delta)
    p, later = Fraction(1, 2), Fraction(3, 5)
    assert preventive_war(p, later, cost, delta).war
    values = ((1 - p) * total - cost, p * total - cost, later * total - cost)
    assert not locked_in(total, *values, delta).war


@given(SHARES, SHARES, st.floats(0, 3), PATIENCE)
def test_the_flips_of_preventive_war_are_where_it_flips(now, later, cost, delta):
    found = preventive_war(now, later, cost, delta)
    at = found.flips_at_chance
    for step in (-1e-6, 1e-6):
        if 0 <= at + step <= 1:
            assert preventive_war(now, at + step, cost, delta).war is (step > 0)
        edge = found.flips_at_cost + step * 1e3
        if edge >= 0 and (1 - delta) ** 2 > 1e-6:
            assert preventive_war(now, later, edge, delta).war is (step < 0)


@given(SHARES, SHARES, st.floats(0, 0.5), st.floats(0, 0.5))
def test_optimists_fight_where_their_no_deal_values_leave_no_share(mine, yours, c1, c2):
    first, second = one_shot([mine, 1 - mine], [1, 0], c1), one_shot([1 - yours, yours], [1, 0], c2)
    assert optimists_fight(mine, yours, c1, c2) is bool(first + second > 1) or np.isclose(
        first + second, 1
    )


@pytest.mark.parametrize(("given_", "expected"), pairs("forts_random_walk_war"))
def test_a_war_of_battles_is_a_gamblers_ruin(given_, expected):
    """Smith & Stam (2004)."""
    n, steps, p = given_["n"], given_["N"], given_["p"]
    assert chance_of_victory(n, steps, p) == pytest.approx(expected["p_win"], abs=1e-12)
    assert battles_left(n, steps, p) == pytest.approx(expected["duration"], abs=1e-12)


def test_discounted_values_of_a_war_of_battles_are_those_of_the_listed_case():
    case = CASES["forts_random_walk_war"]["discounted_values"]
    given_ = case["inputs"]
    walk = forts(given_["N"], given_["p"])
    flow = np.full((1, given_["N"] - 1), -given_["cost_per_period"])
    found = walk.worth([[given_["U_win"], given_["U_lose"]]], flow, given_["delta"])
    np.testing.assert_allclose(found[0], case["expected_value_by_forts_1_to_4"], atol=1e-12)


def forts(steps: int, p: float) -> Chain:
    """Return the walk between two capitals: states 1 to N - 1, ends won and lost."""
    moves = np.diag(np.full(steps - 2, p), 1) + np.diag(np.full(steps - 2, 1 - p), -1)
    ends = np.zeros((steps - 1, 2))
    ends[-1, 0], ends[0, 1] = p, 1 - p
    return Chain.of(moves, ends)


# The chain, against closed forms and the long way


@given(st.integers(3, 12), st.floats(0.1, 0.9))
def test_the_chain_agrees_with_the_closed_forms_of_the_random_walk(steps, p):
    walk = forts(steps, p)
    for n in range(1, steps):
        won = walk.chances_of_ends()[0, n - 1, 0]
        assert won == pytest.approx(float(chance_of_victory(n, steps, p)), abs=1e-9)
        assert walk.rounds_left()[0, n - 1] == pytest.approx(float(battles_left(n, steps, p)))


def test_exact_fractions_go_through_the_random_walk():
    assert chance_of_victory(1, 4, Fraction(2, 5)) == Fraction(8, 65)
    assert battles_left(5, 10, Fraction(1, 2)) == 25


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    states, ends, n = rng.integers(1, 6), rng.integers(1, 4), rng.integers(1, 4)
    rows = rng.dirichlet(np.ones(states + ends), (n, states))
    return Chain.of(rows[:, :, :states], rows[:, :, states:])


@given(chains(), PATIENCE, st.integers(0, 2**32 - 1))
def test_the_worth_of_fighting_on_is_what_living_through_it_adds_up_to(chain, delta, seed):
    rng = np.random.default_rng(seed)
    n, f, e = chain.ends.shape
    prizes, flow = rng.normal(size=(n, e)), rng.normal(size=(n, f))
    value = np.zeros((n, f))
    for _ in range(int(np.ceil(np.log(1e-12) / np.log(delta)))):
        go_on = np.einsum("nfg,ng->nf", chain.moves, value)
        value = (1 - delta) * flow + delta * (go_on + np.einsum("nfe,ne->nf", chain.ends, prizes))
    np.testing.assert_allclose(chain.worth(prizes, flow, np.full(n, delta)), value, atol=1e-9)


@given(chains(), st.integers(0, 2**32 - 1))
def test_to_the_endlessly_patient_only_the_end_counts(chain, seed):
    n, _, e = chain.ends.shape
    prizes = np.random.default_rng(seed).normal(size=(n, e))
    found = chain.worth(prizes, np.full(chain.ends.shape[:2], -7.0), np.ones(n))
    np.testing.assert_allclose(found, np.einsum("nfe,ne->nf", chain.chances_of_ends(), prizes))


@given(chains(), st.integers(0, 31))
def test_visits_of_the_front_add_up_round_by_round(chain, which):
    f = chain.n_states
    into = np.array([bool(which >> k & 1) for k in range(f)])
    visits = chain.first_visits(0, into, 400)
    np.testing.assert_allclose(visits[-1], chain.ever_visits(into)[:, 0], atol=1e-6)
    assert (np.diff(visits, axis=0) >= -1e-12).all()
    here = chain.forecast(0, 3)
    once = np.einsum("nf,nfg->ng", here[1], chain.moves)
    np.testing.assert_allclose(here[2], once)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.01, 1), PATIENCE)
def test_without_a_front_the_chain_has_one_state_and_a_closed_form(lottery, flow, ending, delta):
    single = Chain.of([[1 - ending]], [[ending]])
    found = single.worth([[lottery]], [[flow]], delta)
    assert found[0, 0] == pytest.approx(float(with_time(lottery, flow, ending, delta)), abs=1e-12)


def test_a_war_of_one_round_is_worth_its_end_and_a_war_like_its_end_is_worth_that():
    assert with_time(0.6, -5, 1, 1 - 1e-12) == pytest.approx(0.6)
    assert with_time(0.6, 0.6, 0.07, 0.9) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("moves", "ends", "text"),
    [
        ([[0.5]], [[0.4]], "sum to 1"),
        ([[1.2]], [[-0.2]], "negative"),
        ([[1.0]], [[0.0]], "never ends"),
        ([[0.5, 0.5]], [[0.0]], "do not fit"),
    ],
)
def test_a_chain_that_is_none_is_refused(moves, ends, text):
    with pytest.raises(InputError, match=text):
        Chain.of(moves, ends)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: preventive_war(0.2, 0.4, 0.1, 1.5),
        lambda: preventive_war(1.2, 0.4, 0.1, 0.5),
        lambda: crisis_range(0.5, -0.1, 0.1),
        lambda: locked_in(10, 1, 1, 1, 0),
        lambda: chance_of_victory(5, 4, 0.5),
        lambda: battles_left(1, 4, 1.0),
    ],
)
def test_numbers_that_mean_nothing_are_refused(ask):
    with pytest.raises(InputError):
        ask()


# From the block of a file to no-deal values

DUEL = """
zopa: 1
title: A duel
round: month
issues:
  land: {title: Land, options: {a: Ann, half: both, b: Bob}, status_quo: half}
  port: {title: Port, options: {a: Ann, b: Bob}, status_quo: b}
parties:
  ann:
    name: Ann
    disagreement: {war: common}
    threshold: {above_disagreement: 0.05}
    patience: 0.9
    weights: {land: 3, port: 1}
    values: {land: {a: 1, half: {uniform: [0.3, 0.7]}, b: 0}, port: {a: 1, b: 0}}
  bob:
    name: Bob
    disagreement: {war: believed}
    threshold: {share_of_best: 0.1}
    patience: {uniform: [0.7, 0.9]}
    weights: {land: 1, port: 1}
    values: {land: {a: 0, half: 0.5, b: 1}, port: {a: 0, b: 1}}
levers:
  arms: {by: A friend, effects: {ann: {disagreement: 0.1, values: {land: {a: 0.2}}}}}
war:
  ends:
    ann_wins: {picks: {land: a, port: a}, chance: {uniform: [0.4, 0.8]}}
    bob_wins: {picks: {land: b, port: b}, chance: {uniform: [0.2, 0.6]}}
  parties:
    ann: {once: 0.1}
    bob: {once: {uniform: [0, 0.2]}}
  beliefs:
    bob: {ends: {ann_wins: 0.3, bob_wins: 0.7}}
"""
LASTING = ("war.lasts=5", "war.parties.ann.per_round=0.2", "war.parties.bob.meanwhile=0.4")


def duel(*overrides: str) -> Scenario:
    return parse_scenario(DUEL, overrides=overrides)


def test_a_war_by_one_throw_is_worth_its_chances_less_its_cost():
    one = central(duel())
    np.testing.assert_allclose(one.disagreement[0], [0.6 - 0.1, 0.7 - 0.1])
    np.testing.assert_allclose(one.thresholds[0], [0.55, 0.6])


def test_a_war_with_time_is_worth_what_the_closed_form_says():
    one = central(duel(*LASTING))
    standing = 0.75 * 0.5  # half of the land, and Bob holds the port
    ann = with_time(0.6, standing - 0.2, 1 / 5, 0.9) - 0.1
    bob = with_time(0.7, 0.4, 1 / 5, 0.8) - 0.1
    np.testing.assert_allclose(one.disagreement[0], [ann, bob])


def test_in_every_draw_no_deal_follows_from_the_numbers_of_that_draw():
    scenario = duel(*LASTING)
    drawn = list(sample(scenario, 500, seed=3))
    (read,) = readers(scenario, drawn, seed=3)
    won = read.number(scenario.war.ends["ann_wins"].chance, "war.ends.ann_wins.chance", 0, 1)
    lost = read.number(scenario.war.ends["bob_wins"].chance, "war.ends.bob_wins.chance", 0, 1)
    patience = read.number(scenario.parties["bob"].patience, "parties.bob.patience", 0, 1)
    cost = read.number(scenario.war.parties["bob"].once, "war.parties.bob.once")
    half = drawn[0].utility([1, 1])[:, 0]
    ann = with_time(won / (won + lost), half - 0.2, 1 / 5, 0.9) - 0.1
    bob = with_time(0.7, 0.4, 1 / 5, patience) - cost
    np.testing.assert_allclose(drawn[0].disagreement, np.column_stack([ann, bob]))
    assert np.ptp(ann) > 0.1


def test_levers_move_what_a_victory_is_worth_and_what_no_deal_is():
    one = central(duel(), levers=["arms"])
    assert one.disagreement[0, 0] == pytest.approx(0.6 * (1 + 0.75 * 0.2) - 0.1 + 0.1)


def test_a_war_leaves_all_other_draws_as_they_were():
    plain = duel("war=null", "parties.ann.disagreement=0.2", "parties.bob.disagreement=0.2")
    with_war, without = next(sample(duel(), 50, seed=1)), next(sample(plain, 50, seed=1))
    for one, other in zip(with_war.terms, without.terms, strict=True):
        np.testing.assert_array_equal(one, other)


def test_numbers_of_the_war_can_be_correlated():
    tie = "correlations=[{between: [war.parties.bob.once, war.ends.ann_wins.chance], rank: 0.9}]"
    scenario = duel(tie)
    drawn = list(sample(scenario, 2000, seed=5))
    (read,) = readers(scenario, drawn, seed=5)
    cost = read.number(scenario.war.parties["bob"].once, "war.parties.bob.once")
    won = read.number(scenario.war.ends["ann_wins"].chance, "war.ends.ann_wins.chance", 0, 1)
    assert np.corrcoef(cost, won)[0, 1] > 0.8


def test_the_front_of_a_file_is_the_chain_of_its_rows():
    scenario = shipped("border-war")
    war = fought(scenario, central(scenario), Central())
    assert war.states == ("plain", "villages", "bridge", "terraces", "passes")
    moves, ends = war.common.moves[0], war.common.ends[0]
    assert moves[2].tolist() == [0, 0.25, 0.55, 0.15, 0]
    assert ends[2].tolist() == [0, 0.05, 0]
    assert war.believed[1].moves[0, 2].tolist() == [0, 0.1, 0.55, 0.3, 0]
    assert war.believed[1].moves[0, 3].tolist() == moves[3].tolist()
    one = central(scenario)
    assert one.disagreement[0].tolist() == [war.outset(k, believed=False)[0] for k in (0, 1)]


def test_moving_the_start_of_the_front_moves_no_deal():
    near, far = (
        central(read_scenario("border-war", [f"war.front.start={state}"])).disagreement[0]
        for state in ("plain", "passes")
    )
    assert near[0] > far[0]
    assert near[1] < far[1]
