"""Settings changed from the command line: put in before the scenario is checked."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.formats import parse_scenario, starter_scenario
from sim.preferences.uncertain import Uniform
from sim.scenario import Scenario, ShareOfBest

FENCE = starter_scenario()


def fence(*overrides: str) -> Scenario:
    return parse_scenario(FENCE, "fence.yaml", overrides)


def told(*overrides: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        fence(*overrides)
    return str(error.value).split("\n")


def test_a_mediator_is_made_a_signatory():
    assert fence("parties.bob.consent=advisory").parties["bob"].consent == "advisory"


def test_a_number_becomes_a_range_and_a_range_a_number():
    changed = fence("parties.bob.disagreement={uniform: [0, 0.1]}", "parties.ann.threshold=0.4")
    assert isinstance(changed.parties["bob"].disagreement, Uniform)
    assert changed.parties["ann"].threshold == 0.4


def test_a_step_leads_into_what_the_file_leaves_out():
    changed = fence("published.outcomes=6", "parties.bob.weights.height=5")
    assert (changed.published.outcomes, changed.parties["bob"].weights["height"]) == (6, 5)


def test_null_takes_a_field_out_whether_or_not_it_is_there():
    assert fence("parties.ann.threshold=null").parties["ann"].threshold is None
    assert fence("parties.ann.say=null").parties["ann"].say is None
    assert fence("plans.letter=~").plans.keys() == {"first_draft"}
    assert fence("parties.ann.red_lines[0]=null").parties["ann"].red_lines == []


@pytest.mark.parametrize("path", ["red_lines.0.binds", "red_lines[0].binds"])
def test_places_in_a_list_are_written_either_way(path):
    assert fence(f"parties.ann.{path}=0.25").parties["ann"].red_lines[0].binds == 0.25


def test_a_level_is_changed_inside():
    share = "parties.bob.disagreement={share_of_best: 0.4}"
    changed = fence(share, "parties.bob.disagreement.within=red_lines")
    level = changed.parties["bob"].disagreement
    assert isinstance(level, ShareOfBest)
    assert level.within == "red_lines"


def test_values_come_from_python_as_they_are():
    settings = {
        "parties.bob.disagreement": np.float64(0.1),
        "parties.ann.threshold": None,
        "parties.ann.patience": {"uniform": (0.8, 0.9)},
        "title": "Changed",
    }
    changed = parse_scenario(FENCE, overrides=settings)
    assert (changed.title, changed.parties["bob"].disagreement) == ("Changed", 0.1)
    assert changed.parties["ann"].threshold is None


def test_a_new_plan_comes_in_whole():
    assert fence("plans.late={title: Late, picks: {height: low}}").plans["late"].title == "Late"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("parties.anne.consent=required",
         "nothing is called 'anne' in parties; did you mean 'ann'? (ann, bob)"),
        ("parties.ann.concent=required",
         "nothing is called 'concent' in parties.ann; did you mean 'consent'?"),
        ("parties.ann.weigths.height=1",
         "nothing is called 'weigths' in parties.ann; did you mean 'weights'?"),
        ("party.ann=1", "nothing is called 'party'; did you mean 'parties'?"),
        ("parties.bob.disagreement.within=red_lines",
         "parties.bob.disagreement is 0.25, with nothing inside it: "
         "set parties.bob.disagreement itself"),
        ("parties.ann.red_lines.1.binds=1", "nothing is called '1' in parties.ann.red_lines "
         "(known: 0)"),
        ("parties.ann.consent=requird", "parties.ann.consent: expected required or advisory, "
         "found the text 'requird'; did you mean 'required'?"),
        ("parties.ann.weights.hieght=1",
         "parties.ann.weights.hieght: no issue is called 'hieght'; did you mean 'height'? "
         "(issues: height, cost)"),
        ("parties.ann.disagreement=[0, 1", "parties.ann.disagreement: `[` opens here, and neither "
         "`,` nor `]` follows by line 1"),
        ("parties.ann.disagreement=", "parties.ann.disagreement: gives no value: write null to "
         "take the field out"),
        ("parties.ann.disagreement",
         "write PATH=VALUE, for example parties.us.consent=required"),
        ("=3", "write PATH=VALUE, for example parties.us.consent=required"),
        ("issues.gate={title: Gate}", "issues.gate: has no options: add `options: \u2026`, "
         "or `grid: \u2026`"),
    ],
)  # fmt: skip
def test_a_setting_that_leads_nowhere_is_told_by_its_own_words(override, message):
    assert told(override) == [f"--set {override}: {message}"]


def test_mistakes_in_settings_and_in_the_file_are_told_together():
    with pytest.raises(ScenarioError) as error:
        parse_scenario(FENCE.replace("mid: 0.7", "mdi: 0.7"), "fence.yaml", ["round=fortnight"])
    first, second = str(error.value).split("\n")
    assert first.startswith("fence.yaml:30:24:")
    assert second.startswith("--set round=fortnight: round: expected day, week, month")


def test_what_a_setting_breaks_elsewhere_is_told_where_it_stands():
    (message,) = told("parties.bob.disagreement=0.9", "parties.bob.threshold=0.5")
    assert message.startswith("--set parties.bob.threshold=0.5: parties.bob.threshold: the thresh")
    messages = told("issues.height.options={low: 1 m, tall: 9 m}")
    assert all(message.startswith("fence.yaml:") for message in messages)


def test_an_object_that_no_file_could_hold_is_refused():
    with pytest.raises(ScenarioError, match="a set is nothing that a scenario can hold"):
        parse_scenario(FENCE, overrides={"title": {1, 2}})
