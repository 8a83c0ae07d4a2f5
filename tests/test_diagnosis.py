"""The zone in depth: against the definitions, and what must not change it or must."""

from __future__ import annotations

import doctest
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import reference
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import scenario_dicts, scenarios

from sim.cli import run_command
from sim.consistency import inconsistencies
from sim.diagnosis import Diagnosis, diagnose
from sim.errors import InputError
from sim.findings.zone import (
    concession_findings,
    conflict_finding,
    conflicts_finding,
    existence_finding,
    options_in_words,
    prices_finding,
    robust_finding,
)
from sim.formats.answers.zone import zone_json
from sim.plots import caption
from sim.scenario import Scenario
from tests.small_problems import NEAR
from tests.test_conflict import fence

SURE = {"uncertain": False, "plans": False}


@given(scenario=scenarios(**SURE), reading=st.sampled_from(["none", "stated", "implied"]))
def test_the_answer_is_what_looking_at_every_package_says(scenario: Scenario, reading: str):
    found = zone_json(diagnose(scenario, red_lines=reading))
    json.dumps(found, allow_nan=False)
    able = [o for o in reference.outcomes(scenario) if reference.acceptable(scenario, o, reading)]
    assert found["empty"] is (not able)
    assert found["outcomes"] == len(able)
    assert found["of"] == sum(reference.allowed(scenario, o) for o in reference.outcomes(scenario))
    for issue, options in found["issues"].items():
        assert options == {option: any(o[issue] == option for o in able) for option in options}
    assert list(found["parties"]) == reference.required(scenario)
    for name, party in found["parties"].items():
        own = [reference.utility(scenario, name, outcome) for outcome in able]
        assert party["best"] == (pytest.approx(max(own), abs=1e-8) if able else None)
        assert party["worst"] == (pytest.approx(min(own), abs=1e-8) if able else None)
    assert bool(found["conflicts"]) is (not able)
    assert found["conflicts_complete"] or len(found["conflicts"]) == 20


@given(scenario=scenarios(**SURE), reading=st.sampled_from(["stated", "implied"]))
def test_the_sentences_can_be_said_of_every_scenario(scenario: Scenario, reading: str):
    found = diagnose(scenario, red_lines=reading)
    said = [
        existence_finding(found), conflicts_finding(found), prices_finding(found),
        robust_finding(found), *concession_findings(found), conflict_finding(found),
        caption("zone_options", found).alt,
    ]  # fmt: skip
    for k, issue in enumerate(scenario.issues.values()):
        alive, gone = options_in_words(found, k)
        assert bool(alive) is not found.empty
        assert alive or gone == ", ".join(issue.labels(range(len(issue.options))) if issue.grid
                                          else issue.options)  # fmt: skip
    text = " ".join(said)
    assert "nan" not in text
    assert "inf" not in text
    assert ("A zone of possible agreement exists" in text) is (found.empty is False)


# --- laws


def levels(found: Diagnosis) -> dict[str, Any]:
    """What no renaming and no reordering may change."""
    answer = zone_json(found)
    concession = answer["concession"] or {}
    return {
        "outcomes": answer["outcomes"],
        "ends": {p: (one["worst"], one["best"]) for p, one in sorted(answer["parties"].items())},
        "robust": answer["robust"] and answer["robust"]["surplus"],
        "total": concession and concession["total"]["amount"],
        "single": concession and concession["single"]["amount"],
        "alive": {issue: sorted(option for option, alive in options.items() if alive)
                  for issue, options in sorted(answer["issues"].items())},
        "conflicts": sorted(sorted(d["text"].partition("refuses")[0] + d["kind"] for d in c)
                            for c in answer["conflicts"]),
    }  # fmt: skip


def assert_alike(one: Any, two: Any) -> None:
    """Equal but for the last digits."""
    if isinstance(one, dict):
        assert one.keys() == two.keys()
        for key in one:
            assert_alike(one[key], two[key])
    elif isinstance(one, tuple | list):
        assert len(one) == len(two)
        for a, b in zip(one, two, strict=True):
            assert_alike(a, b)
    else:
        assert one == (pytest.approx(two, abs=1e-8) if isinstance(two, float) else two)


def sound(made: dict[str, Any]) -> Scenario:
    scenario = Scenario.model_validate(made)
    assume(not any(inconsistencies(scenario)))
    assume(any(party.consent == "required" for party in scenario.parties.values()))
    return scenario


@settings(max_examples=20)
@given(made=scenario_dicts(**SURE), rnd=st.randoms(use_true_random=False))
def test_the_order_of_issues_parties_and_options_changes_nothing(made: dict[str, Any], rnd: Any):
    before = diagnose(sound(made))
    turned = deepcopy(made)
    for part in ("issues", "parties"):
        pairs = list(turned[part].items())
        rnd.shuffle(pairs)
        turned[part] = dict(pairs)
    for issue in turned["issues"].values():
        if "options" in issue:
            options = list(issue["options"].items())
            rnd.shuffle(options)
            issue["options"] = dict(options)
    assume(before.conflicts.complete)
    assert_alike(levels(before), levels(diagnose(sound(turned))))


@given(made=scenario_dicts(**SURE, shares=False), data=st.data())
@settings(max_examples=25)
def test_dropping_a_red_line_never_makes_the_zone_smaller(made: dict[str, Any], data: Any):
    owner = data.draw(st.sampled_from(list(made["parties"])))
    if not made["parties"][owner].get("red_lines"):
        issue = next(iter(made["parties"][owner]["values"]))
        option = next(iter(sound(made).issues[issue].options))
        made["parties"][owner]["red_lines"] = [{"when": {issue: option}}]
    before = diagnose(sound(made), red_lines="implied", why=False)
    without = deepcopy(made)
    lines = without["parties"][owner]["red_lines"]
    lines.pop(data.draw(st.integers(0, len(lines) - 1)))
    after = diagnose(sound(without), red_lines="implied", why=False)
    assert after.standpoint.size.outcomes >= before.standpoint.size.outcomes
    assert after.surplus.min() >= before.surplus.min() - NEAR
    for one, two in zip(before.survival.options, after.survival.options, strict=True):
        assert all(alive <= still for alive, still in zip(one, two, strict=True))


@settings(max_examples=25)
@given(made=scenario_dicts(**SURE, shares=False), data=st.data())
def test_a_higher_threshold_never_makes_the_zone_larger(made: dict[str, Any], data: Any):
    before = diagnose(sound(made), why=False)
    name = data.draw(st.sampled_from(list(before.parties)))
    raised = deepcopy(made)
    place = before.parties.index(name)
    raised["parties"][name]["threshold"] = float(before.problem.thresholds[place]) + 0.05
    after = diagnose(sound(raised), why=False)
    assert after.standpoint.size.outcomes <= before.standpoint.size.outcomes
    assert after.surplus.min() <= before.surplus.min() + NEAR
    for one, two in zip(before.survival.options, after.survival.options, strict=True):
        assert all(still <= alive for alive, still in zip(one, two, strict=True))


@settings(max_examples=25)
@given(
    made=scenario_dicts(**SURE, averaged=False, raw=False, ties=False, shares=False), data=st.data()
)
def test_an_option_that_is_worse_for_everyone_leaves_the_best_answers_alone(
    made: dict[str, Any], data: Any
):
    """Its values are those of another option, or the worst there is where that is less."""
    plain = [i for i, issue in made["issues"].items() if "options" in issue]
    assume(plain)
    issue = data.draw(st.sampled_from(plain))
    for party in made["parties"].values():
        assume("order" not in party["values"].get(issue, {}))
    before = diagnose(sound(made))
    wider = deepcopy(made)
    wider["issues"][issue]["options"]["worse"] = "…"
    for party in wider["parties"].values():
        values = party["values"].get(issue)
        if values:
            values["worse"] = min(
                (v for v in values.values() if isinstance(v, int | float)), default=0
            )
    after = diagnose(sound(wider))
    one, two = zone_json(before), zone_json(after)
    assert one["empty"] is two["empty"]
    for name in one["parties"]:
        assert_alike(one["parties"][name]["best"], two["parties"][name]["best"])
    assert_alike(levels(before)["robust"], levels(after)["robust"])
    assert_alike(levels(before)["total"], levels(after)["total"])
    assert_alike(levels(before)["single"], levels(after)["single"])
    assert_alike(levels(before)["conflicts"], levels(after)["conflicts"])


# --- by hand


def test_a_zone_of_one_package_settles_every_issue():
    """Low at shared cost gives 0.6 and 0.75, low at Bob's cost 1 and 0.5."""
    found = diagnose(fence(), red_lines="none")
    assert found.standpoint.size.outcomes == 2
    assert [found.survival.state(k) for k in range(2)] == ["settled", "open"]
    picky = fence()
    picky.parties["bob"].__dict__["threshold"] = 0.75
    found = diagnose(picky, red_lines="none")
    assert [found.survival.state(k) for k in range(2)] == ["settled", "settled"]
    assert found.mark(0, 1) == "beyond reach"
    assert found.mark(0, 0) == "survives"


def test_the_red_line_that_closes_the_zone_is_named_with_its_price():
    found = diagnose(fence())
    assert found.empty
    assert found.mark(0, 0) == "refused"
    assert [price.opens for price in found.prices] == [True]
    assert prices_finding(found) == "Dropped alone, 1 of 1 red line opens a zone."
    assert len(found.shared) == 3
    assert found.prices[0].gains is not None
    # Nash with it: high at shared cost, 0.6 and 0.25; without it: low at Bob's cost, 1 and 0.5
    np.testing.assert_allclose(found.prices[0].gains, [0.4, 0.25])
    assert concession_findings(found) == [
        "The least concession in thresholds that opens a zone, in sum as in its largest part: "
        "Bob by 0.250 to 0.250 (proven)."
    ]
    assert conflict_finding(found) == (
        "3 demands cannot stand together, and everything else fits: Ann (threshold, 1 red line) "
        "and Bob (threshold)."
    )


def test_dozens_of_conflicts_are_all_listed():
    """Five refuse to go left and five to go right: any of the ones clashes with any of the others.

    Worth the same to all, so that thresholds stand in nobody's way.
    """
    parties = {
        f"{side}{k}": {
            "name": f"{side} {k}", "disagreement": 0, "values": {"way": {"left": 1, "right": 1}},
            "red_lines": [{"when": {"way": side}}],
        }
        for side in ("left", "right") for k in range(5)
    }  # fmt: skip
    way = {"title": "Way", "options": {"left": "left", "right": "right"}}
    made = {"zopa": 1, "title": "A fork", "issues": {"way": way}, "parties": parties}
    found = diagnose(Scenario.model_validate(made), why=True)
    assert found.conflicts.complete
    pairs = {frozenset(demand.party for demand in clash) for clash in found.conflicts.sets}
    assert pairs == {frozenset({f"left{a}", f"right{b}"}) for a in range(5) for b in range(5)}


def test_where_nobody_has_to_agree_the_question_is_refused_with_a_cure():
    made = fence().model_dump(exclude_none=True, exclude_unset=True)
    for party in made["parties"].values():
        party["consent"] = "advisory"
    with pytest.raises(InputError, match=r"--set parties\.ann\.consent=required"):
        diagnose(Scenario.model_validate(made))


# --- on the terminal


@pytest.mark.parametrize("reading", ["stated", "implied", "none"])
def test_the_war_is_answered_in_seconds_and_said_to_be_conditional(
    reading: str, capsys: pytest.CaptureFixture[str]
):
    assert run_command(["zone", "ukraine-2025-12", "--red-lines", reading, "--draws", "20"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "not a forecast" in said
    assert ("there is no zone of possible agreement" in said) is (reading == "stated")
    assert ("leave no package at all" in said) is (reading == "implied")
    assert ("A zone of possible agreement exists" in said) is (reading == "none")


def test_the_answer_for_programs_is_one_object_with_the_keys_relied_on(
    capsys: pytest.CaptureFixture[str],
):
    assert (
        run_command(["zone", "water-dispute", "--red-lines", "implied", "--draws", "5", "--json"])
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    keys = {"empty", "outcomes", "share", "parties", "issues", "conflicts", "red_lines",
            "concession", "levers"}  # fmt: skip
    assert keys <= answer.keys()
    assert answer["empty"] is True
    assert answer["levers"] == []
    (conflict,) = answer["conflicts"]
    assert [demand["kind"] for demand in conflict] == ["red_line", "red_line", "constraint"]
    assert answer["probability"]["draws"] == 5


def test_why_levers_and_pictures_are_given_where_they_are_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Any
):
    options = ["--why", "--levers", "--draws", "5", "--figures", str(tmp_path)]
    assert run_command(["zone", "water-dispute", *options]) == 0
    said = capsys.readouterr().out
    assert "The price of each red line" in said
    assert "Levers" in said
    assert (tmp_path / "stated-zone_options.svg").exists()


def test_the_page_on_the_zone_says_what_the_program_answers():
    page = Path(__file__).parents[1] / "docs" / "zone.md"
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted == 4
    assert result.failed == 0
