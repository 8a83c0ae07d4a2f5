"""`zopa amend`: what must change before everyone accepts a plan, in words and by the contract."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.instances import instance
from sim.amendments import Amendments, amend
from sim.feasible import amendment as searching
from sim.feasible.amendment import smallest_amendments, times_changed
from sim.feasible.demands import compatible, demands_of
from sim.findings.amendments import (
    alternatives_in_words,
    amendment_finding,
    blocked_in_words,
    change_in_words,
    curve_finding,
)
from sim.formats.answers.amendments import amendments_json
from sim.scenario import Scenario
from tests import reference
from tests.shipped import shipped
from tests.strategies import scenarios

READINGS = st.sampled_from(["none", "stated", "implied"])


def scored(scenario: Scenario, plan: str) -> dict[str, str]:
    """Return the package that changes are counted from."""
    _, central, _ = reference.left_open(scenario, scenario.plans[plan])
    return {issue: options[0] for issue, options in central.items()}


def smallest_by_definition(
    scenario: Scenario,
    plan: str,
    reading: str,
    *,
    freeze: list[str],
    unharmed: list[str],
    costs: dict[str, float],
) -> tuple[float | None, list[dict[str, str]]]:
    """Look at every package: the least cost, and the changes of all that cost it."""
    start = scored(scenario, plan)
    kept = {name: reference.utility(scenario, name, start) for name in unharmed}
    found: list[tuple[float, dict[str, str]]] = []
    for outcome in reference.outcomes(scenario):
        changes = {issue: to for issue, to in outcome.items() if to != start[issue]}
        if (
            not set(freeze) & set(changes)
            and reference.acceptable(scenario, outcome, reading)
            and all(reference.utility(scenario, n, outcome) >= kept[n] - 1e-9 for n in unharmed)
        ):
            found.append((sum(costs.get(issue, 1.0) for issue in changes), changes))
    if not found:
        return None, []
    least = min(cost for cost, _ in found)
    return least, [changes for cost, changes in found if cost <= least + 1e-9]


@given(scenarios(uncertain=False), READINGS, st.integers(0, 2**16))
def test_the_amendments_are_what_looking_at_every_package_finds(
    scenario: Scenario, reading: str, seed: int
) -> None:
    assume(reference.required(scenario))
    rng = np.random.default_rng(seed)
    freeze = [issue for issue in scenario.issues if rng.random() < 0.15]
    unharmed = [party for party in scenario.parties if rng.random() < 0.15]
    costs = {i: float(rng.integers(0, 3)) for i in scenario.issues} if rng.random() < 0.3 else {}
    terms = {"freeze": freeze, "unharmed": unharmed, "costs": costs}
    found = amend(scenario, "early", red_lines=reading, **terms)
    answer = amendments_json(found)
    cost, every = smallest_by_definition(scenario, "early", reading, **terms)
    assert answer["minimal"]
    assert answer["count_exact"]
    assert answer["count"] == len(every)
    assert (answer["cost"] is None) == (cost is None)
    assert answer["cost"] == pytest.approx(cost) if every else answer["changes"] is None
    assert answer["scored"] == scored(scenario, "early")
    changes = [{i: to for i, (_, to) in a["changes"].items()} for a in answer["amendments"]]
    assert sorted(changes, key=str) == sorted(every, key=str)
    if every:
        assert answer["changes"] == min(len(c) for c in every)
        assert answer["conflict"] is None
        _opened_as_the_contract_says(scenario, answer)
    else:
        _explained(found)
    assert amendment_finding(found)


def _opened_as_the_contract_says(scenario: Scenario, answer: dict) -> None:
    possible, _, silent = reference.left_open(scenario, scenario.plans["early"])
    for amendment in answer["amendments"]:
        outcome = answer["scored"] | {i: to for i, (_, to) in amendment["changes"].items()}
        for name, worth in amendment["utilities"].items():
            assert worth == pytest.approx(reference.utility(scenario, name, outcome))
        for issue, (before, _) in amendment["changes"].items():
            if issue in silent:
                assert before is None
            else:
                assert before == (
                    possible[issue] if len(possible[issue]) > 1 else possible[issue][0]
                )
        opened = [i for i, (b, _) in amendment["changes"].items() if not isinstance(b, str)]
        assert amendment["completes"] == opened


def _explained(found: Amendments) -> None:
    """The demands named clash under the frozen issues named, and without any one of them do not."""
    blocked = found.blocked
    assert blocked is not None
    sizes = found.structure.space.sizes

    def clash(demands: list, frozen: tuple[int, ...]) -> bool:
        options = [
            found.start[k : k + 1] if k in frozen else np.arange(n) for k, n in enumerate(sizes)
        ]
        return compatible(found.one, demands, options=options) is False

    assert clash(list(blocked.demands), blocked.frozen)
    for demand in blocked.demands:
        others = [d for d in blocked.demands if d is not demand]
        assert not clash(others, found.frozen)
    for issue in blocked.frozen:
        assert not clash(list(blocked.demands), tuple(k for k in blocked.frozen if k != issue))
    assert len(blocked_in_words(found)) == len(blocked.demands) + len(blocked.frozen)


@settings(max_examples=20)
@given(scenarios(uncertain=False), st.integers(0, 3))
def test_too_few_changes_are_told_from_none_that_would_do(scenario: Scenario, limit: int) -> None:
    assume(reference.required(scenario))
    free = amend(scenario, "late")
    limited = amend(scenario, "late", max_changes=limit)
    if free.changes is None:
        assert (limited.changes, limited.needed) == (None, None)
        assert limited.blocked is not None
    elif free.changes <= limit:
        assert (limited.changes, limited.needed) == (free.changes, None)
    else:
        assert (limited.changes, limited.needed) == (None, free.changes)
        assert limited.blocked is None
        assert f"it takes {free.changes}" in amendment_finding(limited)


@pytest.mark.parametrize(
    ("kind", "n_parties", "level"), [("opposed", 3, 0.45), ("mixed", 4, 0.6), ("random", 5, 0.65)]
)
def test_a_mixed_integer_program_needs_as_many_changes_in_large_talks(
    kind: str, n_parties: int, level: float
) -> None:
    rng = np.random.default_rng(n_parties)
    problem = instance(kind, n_parties, rng, disagreement=level)
    start = rng.integers(0, 4, 28)
    found = smallest_amendments(problem, start)
    rows = np.concatenate([block.utilities for block in problem.blocks])
    cost = np.concatenate([b.choices[:, 0] != start[b.issues[0]] for b in problem.blocks])
    one_each = np.kron(np.eye(28), np.ones(4))
    result = milp(
        cost.astype(float),
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(one_each, 1, 1),
            LinearConstraint(rows.T, problem.thresholds, np.inf),
        ],
    )
    assert found.minimal
    assert found.counted
    assert found.cost == round(result.fun) > 0
    assert len({tuple(choices) for choices in found.choices.tolist()}) == found.count
    assert ((found.choices != start).sum(axis=1) == found.cost).all()
    for outcome in found.choices:
        assert (problem.utility(outcome) >= problem.thresholds - 1e-9).all()


def test_more_amendments_than_are_listed_are_counted_all_the_same() -> None:
    problem = instance("random", 3, np.random.default_rng(3001), disagreement=0.35)
    start = np.array([block.utilities[:, 0].argmin() for block in problem.blocks])
    every = smallest_amendments(problem, start, most=100_000)
    few = smallest_amendments(problem, start, most=7)
    assert every.count == len(every) > 7
    assert (few.cost, few.count, few.counted, len(few)) == (every.cost, every.count, True, 7)
    times = times_changed(problem, start, few)
    assert times is not None
    assert times.tolist() == (every.choices != start).sum(axis=0).tolist()


@settings(max_examples=20)
@given(scenarios(uncertain=False), READINGS)
def test_what_all_amendments_change_does_not_depend_on_how_many_are_listed(
    scenario: Scenario, reading: str
) -> None:
    assume(reference.required(scenario))
    every, few = (amend(scenario, "early", red_lines=reading, most=most) for most in (1000, 1))
    assert (few.in_all, few.in_some) == (every.in_all, every.in_some)
    changed = every.found.choices != every.start
    assert every.in_all == np.flatnonzero(changed.all(axis=0) & (len(changed) > 0)).tolist()


def test_a_cut_short_list_tells_nothing_of_all_amendments() -> None:
    found = amend(fence(), "draft")
    unknown = replace(found, times=None)
    answer = amendments_json(unknown)
    assert (answer["changed_in_all"], answer["changed_in_some"]) == (None, None)
    assert alternatives_in_words(unknown) == []
    assert alternatives_in_words(found) == ["Changed in every one: Height"]


def test_limits_on_changes_read_as_people_say_them() -> None:
    hard = fence(height="low", cost="bob")  # both have to change
    said = [amendment_finding(amend(hard, "draft", max_changes=most)) for most in (0, 1)]
    assert said[0].startswith("draft as scored is not acceptable to both Ann and Bob: it takes 2")
    assert said[1].startswith("No single change makes draft acceptable to both Ann and Bob")


def test_one_signatory_accepts_alone() -> None:
    alone = fence(height="low", cost="ann").model_dump(exclude_unset=True)
    alone["parties"]["bob"]["consent"] = "advisory"
    found = amend(Scenario.model_validate(alone), "draft", draws=20)
    assert "Ann accepts the plan as scored" in curve_finding(found)


def test_a_search_cut_short_says_what_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = instance("opposed", 4, np.random.default_rng(1), disagreement=0.42)
    start = np.array([block.utilities[:, 0].argmax() for block in problem.blocks])
    whole = smallest_amendments(problem, start)
    monkeypatch.setattr(searching, "SLICE", 1)
    cut = smallest_amendments(problem, start, time_limit=0.0)
    assert whole.minimal
    assert not cut.minimal
    assert not cut.counted
    assert 0 < cut.at_least <= whole.cost


def test_where_changes_cost_nothing_the_fewest_are_found_all_the_same() -> None:
    problem = instance("mixed", 3, np.random.default_rng(2), n_issues=8, disagreement=0.42)
    start = np.array([block.utilities[:, 0].argmax() for block in problem.blocks])
    fewest = smallest_amendments(problem, start)
    free = smallest_amendments(problem, start, costs=[0] * 7 + [1], most=20)
    assert (free.cost, len(free)) == (0, 20)
    without_the_last = smallest_amendments(problem.only(7, start[7]), start)
    assert free.changes == without_the_last.cost >= fewest.cost > 0


@pytest.mark.parametrize("reading", ["none", "stated", "implied"])
@pytest.mark.parametrize("plan", ["us28", "e3_28", "ist2022"])
def test_the_flagships_plans_are_amended_or_explained(plan: str, reading: str) -> None:
    scenario = shipped("ukraine-2025-12")
    found = amend(scenario, plan, red_lines=reading)
    if reading == "none":
        assert found.changes is not None
        for outcome in found.found.choices:
            needed = found.structure.required
            assert (found.utility(outcome) >= found.thresholds - 1e-9)[needed].all()
        return
    assert found.changes is None
    assert found.blocked is not None
    demands = demands_of(found.one, red_lines=reading, columns=found.structure.columns())
    assert {d.text for d in found.blocked.demands} <= {d.text for d in demands}
    assert compatible(found.one, found.blocked.demands) is False


def fence(**picks: object) -> Scenario:
    """Ann wants the fence high, Bob wants it low; each can be won over on the cost."""
    return Scenario.model_validate(
        {
            "zopa": 1,
            "title": "A fence",
            "issues": {
                "height": {"title": "Height", "options": {"low": "1 m", "mid": "1.5 m",
                           "high": "2 m"}, "status_quo": "low"},
                "cost": {"title": "Who pays", "options": {"ann": "Ann", "half": "shared",
                         "bob": "Bob"}},
            },
            "parties": {
                "ann": {"name": "Ann", "threshold": 0.6, "weights": {"height": 3, "cost": 1},
                        "values": {"height": {"low": 0, "mid": 0.6, "high": 1},
                                   "cost": {"ann": 0, "half": 0.5, "bob": 1}}},
                "bob": {"name": "Bob", "threshold": 0.4, "weights": {"height": 1, "cost": 1},
                        "values": {"height": {"low": 1, "mid": 0.5, "high": 0},
                                   "cost": {"ann": 1, "half": 0.5, "bob": 0}}},
            },
            "plans": {"draft": {"title": "Draft", "picks": picks}},
        }
    )  # fmt: skip


def test_filling_silence_and_ranges_counts_and_is_marked() -> None:
    # only the high fence at Ann's cost gives Ann 0.75 and Bob 0.5: all else leaves one short
    answer = amendments_json(amend(fence(), "draft"))
    assert answer["scored"] == {"height": "low", "cost": "ann"}
    assert (answer["changes"], answer["count"]) == (1, 1)
    assert answer["amendments"][0]["changes"] == {"height": [None, "high"]}
    assert answer["amendments"][0]["completes"] == ["height"]

    ranged = amend(fence(height=["mid", "high"], cost="bob"), "draft")
    (amendment,) = amendments_json(ranged)["amendments"]
    assert amendment["changes"] == {"height": [["mid", "high"], "high"], "cost": ["bob", "ann"]}
    assert amendment["completes"] == ["height"]
    (outcome,) = ranged.found.choices
    assert change_in_words(ranged, 0, outcome)[2:] == ("2 m", "settles the range")
    assert change_in_words(ranged, 1, outcome) == ("Who pays", "Bob", "Ann", "changes")

    picked = amend(fence(height={"range": ["low", "mid"], "pick": "low"}, cost="ann"), "draft")
    (amendment,) = amendments_json(picked)["amendments"]
    assert amendment["changes"] == {"height": [["low", "mid"], "high"]}
    (outcome,) = picked.found.choices
    assert change_in_words(picked, 0, outcome)[3] == "goes beyond the range"


def test_who_is_not_to_be_harmed_stands_in_the_way() -> None:
    free = amend(fence(height="low", cost="ann"), "draft")
    assert free.changes == 1
    held = amend(fence(height="low", cost="ann"), "draft", unharmed=["bob"])
    assert held.changes is None
    assert held.blocked is not None
    assert [d.party for d in held.blocked.unharmed] == ["bob"]
    assert any("not to be harmed" in line for line in blocked_in_words(held))


def test_a_frozen_issue_is_part_of_the_explanation() -> None:
    held = amend(fence(height="low", cost="ann"), "draft", freeze=["height", "cost"])
    assert held.blocked is not None
    assert [d.party for d in held.blocked.demands] == ["ann"]
    assert held.blocked.frozen == (0,)
    assert any("Height is frozen at “1 m”" in line for line in blocked_in_words(held))


# --- the command


def test_amend_prints_one_json_object_with_the_keys_that_programs_rely_on(zopa):
    code, out, _ = zopa("amend", "water-dispute", "--plan", "merin_draft", "--draws", 50, "--json")
    answer = json.loads(out)
    assert code == 0
    assert {"plan", "changes", "count", "amendments", "minimal", "conflict"} <= set(answer)
    assert answer["plan"] == "merin_draft"
    for amendment in answer["amendments"]:
        assert {"changes", "completes", "utilities"} <= set(amendment)
    steps = answer["curve"]["steps"]
    assert [step["max_changes"] for step in steps] == list(range(len(steps)))
    assert steps[0]["changes"] == {}
    again = zopa("amend", "water-dispute", "--plan", "merin_draft", "--draws", 50, "--json")
    assert again == (0, out, "")


def test_that_no_amendment_exists_is_an_answer(zopa):
    arguments = ("--plan", "us28", "--red-lines", "implied", "--draws", 0)
    code, out, _ = zopa("amend", "ukraine-2025-12", *arguments)
    assert code == 0
    assert "cannot hold together" in out
    code, out, _ = zopa("amend", "ukraine-2025-12", *arguments, "--json")
    answer = json.loads(out)
    assert (code, answer["changes"], answer["count"], answer["amendments"]) == (0, None, 0, [])
    assert answer["conflict"]["demands"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--plan", "us82"], "did you mean 'us28'"),
        (["--plan", "us28", "--freeze", "army_capp"], "did you mean 'army_cap'"),
        (["--plan", "us28", "--unharmed", "rusia"], "did you mean 'russia'"),
        (["--plan", "us28", "--cost", "army_cap=-1"], "0 or more"),
        (["--plan", "us28", "--cost", "army_cap=much"], "ISSUE=NUMBER"),
        (["--plan", "us28", "--cost", "army_cap=nan"], "0 or more"),
        (["--plan", "us28", "--max-changes", "-1"], "--max-changes"),
        (["--plan", "us28", "--draws", "0", "--figures", "x"], "no picture without draws"),
        (["--plan", "us28", "--figures", ""], "name a folder"),
        (["--plan", "us28", "--figures", "/dev/null"], "not a folder"),
        (["--plan", "us28", "--figures", "/dev/null/x"], "not a folder"),
        (["--plan", "us28", "--figures", "x" * 300], "too long"),
        ([], "--plan"),
    ],
)
def test_a_mistake_leaves_with_code_2_and_says_what_is_wrong(zopa, arguments, said):
    code, out, err = zopa("amend", "ukraine-2025-12", *arguments)
    assert code == 2
    assert said in " ".join(err.split())
    assert not err.startswith("\n")
    assert out == ""


def test_people_read_what_changes_what_everyone_gets_and_how_surely(zopa, tmp_path):
    code, out, err = zopa(
        "amend", "water-dispute", "--plan", "merin_draft", "--draws", 50, "--figures", tmp_path
    )
    text = " ".join(out.split())
    assert code == 0
    for said in ("1 change makes merin_draft acceptable", "Who pays for the works", "threshold",
                 "Conditional on these inputs", "fresh ones"):  # fmt: skip
        assert said in text
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".png"}
    assert "amendment_curve" in err
