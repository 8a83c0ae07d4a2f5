"""A plan version is read for what it says, what it leaves open and where it is silent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from reference import left_open
from strategies import scenarios

from sim.errors import InputError
from sim.plans import PlanReading, read_plan, read_plans
from sim.scenario import Scenario

BASE: dict[str, Any] = {
    "zopa": 1,
    "title": "A river",
    "issues": {
        "dam": {
            "title": "The dam",
            "options": {"none": "None", "low": "Low", "mid": "Middling", "high": "High"},
            "status_quo": "low",
        },
        "fish": {"title": "Fishing", "options": {"free": "Free", "quota": "By quota"}},
    },
    "parties": {"ann": {"name": "Ann"}},
}


def river(*drafts: dict[str, Any]) -> Scenario:
    plans = {f"draft{k}": {"title": "Draft", "picks": picks} for k, picks in enumerate(drafts)}
    return Scenario.model_validate({**BASE, "plans": plans})


def read(**picks: Any) -> PlanReading:
    return read_plan(river(picks), "draft0")


@pytest.mark.parametrize(
    ("said", "possible", "central"),
    [
        ("mid", [2], [2]),
        ({"pick": "mid", "source": "a"}, [2], [2]),
        (["high", "none"], [3, 0], [3, 0]),  # in the order in which the plan lists them
        (["high"], [3], [3]),
        ({"range": ["high", "none"], "pick": "none"}, [3, 0], [0]),
        ({"from": "low", "to": "high"}, [1, 2, 3], [1, 2, 3]),
        ({"from": "mid", "to": "mid"}, [2], [2]),
        ({"range": {"from": "low", "to": "high"}, "pick": "high"}, [1, 2, 3], [3]),
    ],
)
def test_a_plan_may_say_where_it_stands_in_many_ways(
    said: Any, possible: list[int], central: list[int]
):
    plan = read(dam=said)
    assert plan.open[0].tolist() == possible
    assert plan.central[0].tolist() == central
    assert plan.silent.tolist() == [False, True]


@pytest.mark.parametrize("picks", [{}, {"dam": {"note": "left for later"}}])
def test_silence_is_scored_at_the_status_quo_or_is_open(picks: dict[str, Any]):
    plan = read(**picks)
    assert [options.tolist() for options in plan.open] == [[1], [0, 1]]
    assert [options.tolist() for options in plan.central] == [[1], [0, 1]]
    assert plan.silent.tolist() == [True, True]
    assert plan.unsettled == [1]


def test_plans_are_read_in_the_order_asked_for_and_once():
    scenario = river({}, {"dam": "low"}, {"fish": "free"})
    assert [plan.name for plan in read_plans(scenario)] == ["draft0", "draft1", "draft2"]
    wanted = ["draft2", "draft0", "draft2"]
    assert [plan.name for plan in read_plans(scenario, wanted)] == ["draft2", "draft0"]


def test_every_unknown_plan_is_named_with_the_nearest():
    with pytest.raises(InputError) as told:
        read_plans(river({}, {}), ["draft0", "darft1", "draught0"])
    first, second = str(told.value).splitlines()
    assert first.startswith("no plan is called 'darft1'; did you mean 'draft1'?")
    assert second.startswith("no plan is called 'draught0'; did you mean 'draft0'?")


def test_a_scenario_without_plans_says_what_to_add():
    with pytest.raises(InputError, match="add some under `plans:`"):
        read_plans(river())


@settings(max_examples=30)
@given(scenario=scenarios(uncertain=False))
def test_plans_are_read_as_the_definitions_say(scenario: Scenario):
    for name, plan in scenario.plans.items():
        found = read_plan(scenario, name)
        possible, central, silent = left_open(scenario, plan)
        for k, (issue, options) in enumerate(scenario.space.options.items()):
            assert [options[o] for o in found.open[k]] == possible[issue]
            assert [options[o] for o in found.central[k]] == central[issue]
            assert found.silent[k] == (issue in silent)
