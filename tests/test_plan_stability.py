"""Plan versions once signed: who would walk away or break the text, and what deters them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from shipped import shipped

from sim.equilibria import MODELS
from sim.equilibria.graph.plan_graph import NO_DEAL, plan_graph
from sim.equilibria.graph.stability import stability
from sim.equilibria.setting import Setting
from sim.errors import ScenarioError
from sim.formats import parse_scenario, shipped_scenarios
from sim.plans import read_plan

TRUCE = """
zopa: 1
title: A truce
issues:
  border:
    title: The border
    options: {open: open, shut: shut}
    status_quo: shut
  guns:
    title: The guns
    options: {here: stay, gone: leave}
    status_quo: here
parties:
  north:
    name: North
    disagreement: 0.4
    values: {border: {open: 1, shut: 0}, guns: {here: 1, gone: 0}}
    weights: {border: 6, guns: 4}
  south:
    name: South
    disagreement: 0.4
    values: {border: {open: 0, shut: 1}, guns: {here: 0, gone: 1}}
    weights: {border: 4, guns: 6}
plans:
  treaty: {title: Treaty, picks: {border: open, guns: gone}}
graph:
  controls:
    guns: {party: north}
    border: {party: south}
"""


def truce(*overrides):
    return Setting(parse_scenario(TRUCE, overrides=list(overrides)))


def plan(found, name="treaty"):
    return found.details["plans"][name]


def test_a_treaty_holds_where_either_would_pay_a_breach_back():
    # each has 0.6; breaking alone gives 1.0 to the one and 0 to the other, who then walks away
    found = stability(truce())
    assert plan(found)["holds"] == ["SEQ", "SMR", "GMR"]
    why = plan(found)["parties"]["north"]["why"]
    assert why["SEQ"] == (
        "North would gain by breaking the text on “The guns”; but South would answer by walking "
        "away, which leaves North no better off than with “Treaty”."
    )
    assert why["R"] == "North gains by breaking the text on “The guns”."
    assert "“Treaty” holds, through answers that it would pay the others to give." in found.says


def test_a_party_walks_away_from_less_than_no_deal():
    found = stability(truce("parties.south.disagreement=0.65"))
    assert plan(found)["holds"] == []
    assert plan(found)["moves_away"] == ["south"]
    assert "South gains by walking away (no deal is worth 0.65 to it, the text 0.60)" in found.says


def test_the_verdict_flips_where_no_deal_is_worth_as_much_as_the_text():
    found = stability(truce())
    hinge = next(h for h in found.hinges if h.parameter == "no-deal value of South")
    assert (hinge.now, hinge.flips_at) == (0.4, pytest.approx(0.6))
    below = stability(truce(f"parties.south.disagreement={hinge.flips_at - 0.001}"))
    above = stability(truce(f"parties.south.disagreement={hinge.flips_at + 0.001}"))
    assert (plan(below)["moves_away"], plan(above)["moves_away"]) == ([], ["south"])


def test_where_nobody_can_break_anything_only_walking_away_counts():
    base = parse_scenario(TRUCE)
    found = stability(Setting(base.model_copy(update={"graph": None})))
    assert plan(found)["holds"] == ["R", "SEQ", "SMR", "GMR"]
    assert "nobody breaks single clauses, as the file has no `graph` block" in found.assumptions


def test_who_would_walk_away_from_a_signed_text_is_who_gets_less_than_no_deal():
    for name in ("water-dispute", "job-offer"):
        for red_lines in ("none", "stated"):
            setting = Setting(shipped(name), red_lines=red_lines)
            found = stability(setting)
            for said in found.details["plans"].values():
                away = [
                    party
                    for party, own in said["parties"].items()
                    if own["red_lines_crossed"] or own["utility"] < own["no_deal"] - 1e-9
                ]
                assert said["moves_away"] == away


def test_a_red_line_makes_a_party_leave_whatever_the_text_is_worth():
    setting = truce("parties.south.red_lines=[{when: {border: open}}]", "graph=null")
    found = stability(setting)
    assert plan(found)["parties"]["south"]["why"]["SEQ"] == (
        "South gains by walking away, as the text crosses 1 red line of its own, and nobody has "
        "reason to answer."
    )
    hinge = next(h for h in found.hinges if h.parameter == "no-deal value of South")
    assert hinge.flips_at is None
    assert plan(stability(replace(setting, red_lines="none")))["moves_away"] == []


def test_a_breach_that_a_constraint_rules_out_is_no_state():
    setting = truce("constraints=[{forbid: {border: open, guns: here}, why: too risky}]")
    built = plan_graph(setting)
    assert not isinstance(built, str)
    (version,) = built.versions
    assert version.broken.tolist() == [[False, False], [False, True], [True, True]]


def test_all_signatories_together_would_exchange_a_text_for_a_better_one():
    better = "plans.better={title: Better, picks: {border: open, guns: here}}"
    setting = truce("parties.south.values.guns={here: 1, gone: 0}", better)
    found = stability(setting)
    joint = next(c for c in plan(found)["coalitions"] if len(c["members"]) == 2)
    assert "“Better”" in joint["to"]
    assert found.details["most_stable"] == "better"


def test_a_scenario_without_plan_versions_is_asked_about_the_nash_solution():
    base = parse_scenario(TRUCE)
    found = stability(Setting(base.model_copy(update={"plans": {}})))
    assert list(found.details["plans"]) == ["nash"]
    assert "the Nash solution" in found.assumptions


def test_texts_that_nobody_can_carry_out_are_said_to_be_so():
    never = "constraints=[{forbid: {border: open, guns: gone}, why: never}]"
    found = stability(truce(never))
    assert "breaks a constraint" in found.not_computed


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_every_shipped_scenario_is_answered(name):
    found = MODELS["stability"](Setting(shipped(name)))
    assert found.not_computed is None
    json.dumps(found.details, allow_nan=False)
    assert all(np.isfinite(h.now) for h in found.hinges)


def test_the_states_of_the_flagship_are_worth_what_the_packages_are():
    setting = Setting(shipped("ukraine-2025-12"), red_lines="none")
    built = plan_graph(setting)
    assert not isinstance(built, str)
    version = next(v for v in built.versions if v.name == "us28")
    one = setting.one
    options = list(read_plan(setting.scenario, "us28").central)
    last = len(version.states) - 1
    for breach, on in zip(version.breaches, version.broken[last], strict=True):
        if on:
            options[breach.issue] = np.array([breach.option])
    columns = [setting.structure.parties.index(mover) for mover in built.movers]
    expected = one.expected_utility(options)[0, columns]
    np.testing.assert_allclose(built.graph.values[:, version.states[last]], expected)
    np.testing.assert_allclose(built.graph.values[:, NO_DEAL], one.disagreement[0, columns])


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("graph.controls.guns={party: nroth}", "graph.controls.guns.party: no party is called"),
        ("graph.controls.gnus={party: north}", "graph.controls.gnus: no issue is called 'gnus'"),
        ("graph.controls.guns={party: north, to: away}", "guns has no option 'away'"),
        ("issues.guns.status_quo=null", "guns has no status quo to fall back to: say with `to`"),
    ],
)
def test_a_mistake_in_the_block_is_told_with_its_cure(override, told):
    with pytest.raises(ScenarioError) as error:
        truce(override)
    assert told in str(error.value)


def test_too_many_states_are_refused_with_the_cure():
    scenario = parse_scenario(TRUCE)
    issues = [f"i{k}" for k in range(9)]
    values = {f"i{k}": {"here": 1, "gone": 0} for k in range(9)}
    picks = {f"i{k}": "gone" for k in range(9)}
    raw = scenario.model_dump(by_alias=True, exclude_none=True)
    raw["issues"] = dict.fromkeys(issues, raw["issues"]["guns"])
    for party in raw["parties"].values():
        party |= {"values": values, "weights": dict.fromkeys(values, 1)}
    raw["plans"] = {f"p{k}": {"title": f"P{k}", "picks": picks} for k in range(9)}
    raw["graph"]["controls"] = {name: {"party": "north"} for name in issues}
    found = stability(Setting(type(scenario).model_validate(raw)))
    assert "name fewer issues under `graph.controls`" in found.not_computed
