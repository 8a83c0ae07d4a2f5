"""What models say of a war: by definition on small cases, at the flips, on shipped scenarios."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import shipped
from small_problems import problems

from sim.equilibria import MODELS, Hinge, Prediction, Setting
from sim.equilibria.bargaining_range import most, nash_point, preferred, slack, whole_frontier
from sim.equilibria.war.commitment import most_in_turn, shift_of_power
from sim.equilibria.war.course import war_course
from sim.equilibria.war.crisis import locked_in, optimists_fight, preventive_war
from sim.formats import parse_scenario, read_scenario, shipped_scenarios
from sim.plots import alt_text, draw
from sim.problem import Problem
from sim.solutions.nash import nash

OURS = ("war", "commitment", "optimism", "waiting")
NEAR = 1e-9


def ask(model: str, name: str, *overrides: str, **options: object) -> Prediction:
    scenario = read_scenario(name, overrides)
    return MODELS[model](Setting(scenario, **options))


def hinge(found: Prediction, parameter: str) -> Hinge:
    (one,) = [h for h in found.hinges if parameter in h.parameter]
    return one


PIE = """
zopa: 1
title: A pie
issues:
  pie: {title: The pie, grid: {from: 0, to: 1000, step: 1}, status_quo: 500}
parties:
  ann: {name: Ann, disagreement: {war: common}, values: {pie: {line: {0: 0, 1000: 1}}}}
  bob: {name: Bob, disagreement: {war: common}, values: {pie: {line: {0: 1, 1000: 0}}}}
war:
  ends:
    ann_wins: {picks: {pie: 1000}, chance: 0.6}
    bob_wins: {picks: {pie: 0}, chance: 0.4}
  parties: {ann: {once: 0.1}, bob: {once: 0.15}}
"""


def pie(model: str, *overrides: str) -> Prediction:
    return MODELS[model](Setting(parse_scenario(PIE, overrides=overrides)))


# What everyone prefers, against the list of all packages


@given(problems(), st.integers(0, 2**32 - 1))
def test_the_range_at_any_no_deal_values_is_that_of_the_whole_list(problem, seed):
    rng = np.random.default_rng(seed)
    everything = problem.enumerate()[1]
    points = whole_frontier(problem).utilities
    low, high = everything.min(axis=0), everything.max(axis=0)
    for _ in range(4):
        d = low + (high - low) * rng.uniform(-0.2, 1.1, problem.n_parties)
        suits = (everything >= d - NEAR).all(axis=1)
        assert preferred(points, d).any() == suits.any()
        assert slack(points, d) == pytest.approx((everything - d).min(axis=1).max(), abs=1e-8)
        best = most(points, d)
        for k in range(problem.n_parties):
            others = (np.delete(everything - d, k, axis=1) >= -NEAR).all(axis=1)
            expected = everything[others, k].max() if others.any() else -np.inf
            assert best[k] == pytest.approx(expected, abs=1e-8)


@given(problems())
def test_the_nash_package_of_a_state_is_the_nash_solution_there(problem):
    points = whole_frontier(problem).utilities
    place = nash_point(points, problem.disagreement)
    found = nash(problem)
    if found.outcome is None:
        assert place is None
    elif (found.utilities - problem.disagreement > 1e-6).all():
        gains = np.prod(found.utilities - problem.disagreement)
        assert np.prod(points[place] - problem.disagreement) == pytest.approx(gains, rel=1e-6)


# One pie: the models are the textbook's


def test_on_a_pie_the_war_leaves_fearons_range():
    """Fearon (1995): from p - c_A to p + c_B."""
    found = pie("war")
    (state,) = found.details["states"]
    assert found.utilities == pytest.approx({"ann": 0.5, "bob": 0.25})
    assert state["nash"] is not None
    assert hinge(found, "Ann's cost").flips_at is None
    costless = pie("war", "war.parties.ann.once=0", "war.parties.bob.once=0")
    assert costless.details["open"]


def test_a_cost_that_war_would_have_to_have_is_found_where_the_range_is_closed():
    # no share from 501 to 999 can be had, so a range needs war to cost as much as the gap
    gap = ["constraints=[{forbid: {pie: {from: 501, to: 999}}, why: it cannot be cut there}]"]
    found = pie("war", *gap, "war.parties.bob.once=0.02", "war.parties.ann.once=0")
    assert not found.details["open"]
    cost = hinge(found, "Ann's cost").flips_at
    assert cost == pytest.approx(0.1)  # then half of the pie is as good as war
    for step in (-1e-6, 1e-6):
        again = pie("war", *gap, f"war.parties.ann.once={cost + step}", "war.parties.bob.once=0.02")
        assert again.details["open"] is (step > 0)
    chance = hinge(found, "chance of “ann_wins”").flips_at
    for step in (-1e-4, 1e-4):
        p = round(chance + step, 9)
        ends = [f"war.ends.ann_wins.chance={p}", f"war.ends.bob_wins.chance={1 - p}"]
        again = pie("war", *gap, *ends, "war.parties.bob.once=0.02", "war.parties.ann.once=0")
        assert again.details["open"] is (abs(p - 0.5) < abs(chance - 0.5) or p < chance)


@pytest.mark.parametrize(
    ("change", "parameter"),
    [("war.ending", "chance that the fighting ends"), ("parties.ann.patience", "patience of Ann")],
)
def test_length_and_patience_flip_the_range_where_the_hinge_says(change, parameter):
    gap = "constraints=[{forbid: {pie: {from: 501, to: 999}}, why: it cannot be cut there}]"
    now = [
        gap, "parties.ann.patience=0.9", "parties.bob.patience=0.9", "war.ending=0.5",
        "war.parties={ann: {per_round: 0.3}, bob: {}}",
    ]  # fmt: skip
    found = pie("war", *now)
    flip = hinge(found, parameter).flips_at
    assert flip is not None
    start = found.details["open"]
    told = hinge(found, parameter).now
    beyond = 1e-4 if flip > told else -1e-4
    assert pie("war", *now, f"{change}={flip + beyond}").details["open"] is not start
    assert pie("war", *now, f"{change}={flip - beyond}").details["open"] is start


@given(
    st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0, 0.5), st.floats(0, 0.5),
    st.floats(0.1, 0.99),
)  # fmt: skip
def test_on_a_pie_a_shift_of_power_is_fearons_and_powells(p1, p2, c1, c2, delta):
    ends = np.array([[1.0, 0.0], [0.0, 1.0]])  # the rising side first
    now, later = np.array([p1 - c1, 1 - p1 - c2]), np.array([p2 - c1, 1 - p2 - c2])
    shift = shift_of_power(ends, now, later, 1, delta)
    fearon = preventive_war(p1, p2, c2 / (1 - delta), delta)  # a cost in pies of one round
    if abs(fearon.shift - fearon.bound) > 1e-6:
        assert shift.preventive is bool(fearon.war)
    total = 1 / (1 - delta)
    powell = locked_in(total, now[1] * total, now[0] * total, later[0] * total, delta)
    if abs(powell.shift - powell.surplus) > 1e-5 and 0 <= later[0] <= 1 and later[1] >= 0:
        assert shift.unavoidable is bool(powell.war)
    assert shift.offer_of_all >= shift.offer_of_rising - NEAR


def test_two_lopsided_packages_can_take_turns():
    ends = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert most_in_turn(ends, np.array([0.4, 0.1]), 1) == pytest.approx(0.6, abs=1e-6)
    assert most_in_turn(ends, np.array([0.9, 0.9]), 1) == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize(("mine", "yours"), [(0.7, 0.4), (0.7, 0.5), (0.9, 0.7), (0.9, 0.6)])
def test_on_a_pie_optimism_closes_the_range_where_costs_no_longer_cover_it(mine, yours):
    """Fearon (1995): where p_A as A sees it less p_A as B sees it exceeds both costs."""
    beliefs = (
        f"war.beliefs={{ann: {{ends: {{ann_wins: {mine}, bob_wins: {1 - mine}}}}}, "
        f"bob: {{ends: {{ann_wins: {yours}, bob_wins: {1 - yours}}}}}}}"
    )
    found = pie("optimism", beliefs)
    assert found.details["open_as_believed"] is not optimists_fight(mine, yours, 0.1, 0.15)
    # optimistic by x both: 0.6 + 0.4 x against 0.6 - 0.6 x
    assert hinge(found, "equal optimism").flips_at == pytest.approx(0.25, abs=2e-3)
    border = found.details["map"]
    for x, y in zip(border["first_optimism"], border["second_may_go_up_to"], strict=True):
        limit = (0.25 - 0.4 * x) / 0.6
        assert (y is None) == (limit < 0)
        assert y is None or y == pytest.approx(min(limit, 1), abs=2e-3)


def test_where_all_see_the_war_alike_and_nothing_suits_them_optimism_is_not_to_blame():
    gap = "constraints=[{forbid: {pie: {from: 1, to: 999}}, why: it cannot be cut}]"
    assert "not what stands in the way" in pie("optimism", gap).says


# The border war


def test_the_range_of_the_border_war_opens_in_the_middle_of_the_front():
    found = ask("war", "border-war")
    states = found.details["states"]
    assert [s["open"] for s in states] == [False, False, True, True, False]
    assert found.details["open"]
    assert found.details["opens"]["ever"] == 1
    closed = ask("war", "border-war", "war.front.start=villages")
    assert not closed.details["open"]
    assert 0 < closed.details["opens"]["ever"] < 1
    assert "opens before" in closed.says


@pytest.mark.parametrize("start", ["villages", "bridge"])
def test_every_hinge_of_the_border_war_flips_the_range_there(start):
    base = [f"war.front.start={start}", "war.parties.lowland.per_round=0.05"]
    found = ask("war", "border-war", *base)
    paths = {
        "Highland's cost of a month": "war.parties.highland.per_round",
        "patience of Highland": "parties.highland.patience",
    }
    flipped = 0
    for words, path in paths.items():
        told = hinge(found, words)
        if told.flips_at is None:
            continue
        flipped += 1
        step = 1e-4 * (1 if told.flips_at > told.now else -1)
        for sign in (1, -1):
            again = ask("war", "border-war", *base, f"{path}={told.flips_at + sign * step}")
            assert (again.details["open"] != found.details["open"]) is (sign == 1)
    assert flipped or start == "bridge"


def test_a_front_that_moves_more_surely_flips_the_range_where_the_hinge_says():
    found = ask("war", "border-war")
    told = hinge(found, "“At the bridge” to “In the villages”")
    assert told.flips_at is not None
    for step in (-1e-3, 1e-3):
        chance = told.flips_at + step
        rest = {name: p / 0.75 * (1 - chance) for name, p in
                {"bridge": 0.55, "terraces": 0.15, "frozen": 0.05}.items()}  # fmt: skip
        row = {"villages": chance, **rest}
        text = ", ".join(f"{name}: {p}" for name, p in row.items())
        again = ask("war", "border-war", f"war.front.states.bridge.to={{{text}}}")
        assert again.details["open"] is (step < 0)


def test_draws_that_leave_a_range_are_counted_state_by_state():
    setting = Setting(shipped("border-war"), draws=200, seed=4)
    found = MODELS["war"](setting)
    shares = [s["open_in_draws"] for s in found.details["states"]]
    assert shares[0] == 0
    assert shares[2] == shares[3] == 1
    # the long way: each draw as a problem of its own, at the state before the plain and on
    drawn = setting.drawn[0]
    problem = Problem.from_draw(drawn, 7)
    values = drawn.disagreement[7]
    suits = (problem.enumerate()[1] >= values - NEAR).all(axis=1)
    assert suits.any()


def test_costs_that_are_spent_count_before_the_war_and_not_in_it():
    found = pie("war", "war.ending=0.5", "parties.ann.patience=0.9", "parties.bob.patience=0.9")
    (state,) = found.details["states"]
    assert state["no_deal"]["ann"] == pytest.approx(found.utilities["ann"] + 0.1)


def test_a_war_can_be_studied_without_moving_the_files_own_no_deal_values():
    overrides = ["parties.ann.disagreement=0.2", "parties.bob.disagreement=0.1"]
    setting = Setting(parse_scenario(PIE, overrides=overrides))
    assert setting.problem.disagreement.tolist() == [0.2, 0.1]
    assert war_course(setting).outset()[0] == pytest.approx([0.5, 0.25])


def test_a_party_that_no_war_moves_keeps_its_no_deal_value():
    setting = Setting(parse_scenario(PIE, overrides=["parties.bob.disagreement=0.1"]))
    assert war_course(setting).outset()[0] == pytest.approx([0.5, 0.1])
    found = MODELS["optimism"](setting)
    assert "fewer than two players" in (found.not_computed or "")


def test_a_stalemate_is_ripe_only_if_all_lose_by_waiting_and_there_is_a_way_out():
    ripe = ask("war", "border-war").details["ripe"]
    assert "Zartman" in ripe["heuristic"]
    assert ripe["way_out"] is True
    assert ripe["ripe"] is False  # Highland expects more as the front moves its way


# Every model on every scenario


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
@pytest.mark.parametrize("model", OURS)
def test_a_model_of_war_answers_any_scenario_or_says_why_not(model, name):
    found = ask(model, name, draws=20, time_limit=1.0)
    json.dumps(found.details, allow_nan=False)
    assert found.assumptions
    if found.not_computed is None:
        assert found.says
        assert all(np.isfinite(h.now) for h in found.hinges)
    else:
        assert "add" in found.not_computed or "try" in found.not_computed


@pytest.mark.parametrize("model", OURS)
def test_red_lines_that_leave_nothing_are_an_answer(model):
    found = ask(model, "ukraine-2025-12", red_lines="implied", draws=20)
    assert found.says or found.not_computed


def test_the_range_over_time_is_drawn_and_told():
    for name in ("border-war",):
        picture = ask("war", name, draws=50).picture
        assert draw("bargaining_range", picture).get_axes()
        assert "In the villages: no range" in alt_text("bargaining_range", picture)
    single = pie("war").picture
    assert draw("bargaining_range", single).get_axes()
