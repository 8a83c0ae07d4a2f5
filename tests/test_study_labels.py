"""Paths, outcomes and settings of a study, in the words of its scenarios."""

from functools import cache

import pytest

from sim.experiment.cases import design_of
from sim.experiment.design import Experiment
from sim.experiment.labels import factor_label, outcome_label, setting_label
from sim.experiment.prepared import Prepared
from sim.experiment.study import Study
from sim.formats import read_scenario


@cache
def asked(*scenarios):
    experiment = Experiment.model_validate({"experiment": 1, "scenario": list(scenarios)})
    design = design_of(experiment)
    return Study("a", Prepared(experiment, design, {s: read_scenario(s) for s in scenarios}), {})


RIVER, WAR, PLAN = asked("water-dispute"), asked("border-war"), asked("ukraine-2025-12")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("red_lines", "red lines"),
        ("parties.merin.threshold", "Merin: threshold"),
        ("parties.merin.threshold.above_disagreement", "Merin: threshold above no deal"),
        ("parties.sel.patience", "City of Sel: patience"),
        ("parties.halden.weights", "Halden: weights"),
        ("parties.halden.weights.cost", "Halden: weight of Who pays for the works"),
        (
            "parties.halden.values.dam.small",
            "Halden: value of “a small dam” on Dam in Halden",
        ),
        (
            "parties.halden.red_lines[0].binds",
            "Halden: “There will be a dam” holds (chance)",
        ),
        (
            "parties.sel.red_lines[1].binds",
            "City of Sel: the red line on “30 m³/s” or “50 m³/s” (Flow in the dry months) "
            "holds (chance)",
        ),
        (
            "parties.merin.interactions[0].add",
            "Merin: effect of “a large dam” (Dam in Halden) with “daily” (River data from Halden)",
        ),
        ("plans.merin_draft.picks.dam", "Merin's draft: Dam in Halden"),
        ("ratification.bodies.chamber.quota", "quota of Chamber of Merin"),
        ("talks.drift.merin", "Merin: drift of its no-deal value in a round"),
    ],
)
def test_what_varies_is_called_by_the_names_of_the_scenario(path, words):
    assert factor_label(RIVER, path) == words


def test_a_path_without_a_phrase_is_said_word_for_word_with_the_names_that_are_known():
    assert factor_label(RIVER, "parties.merin.scale") == "Merin: scale"
    assert factor_label(RIVER, "constraints[0].forbid") == "constraints: 0 forbid"
    assert factor_label(RIVER, "parties.nobody.threshold") == "nobody: threshold"


def test_ends_of_a_war_and_places_of_its_front_have_their_names():
    war = WAR.scenario.war
    state, end = next(iter(war.front.states)), next(iter(war.ends))
    assert war.ends[end].title in factor_label(WAR, f"war.front.states.{state}.to.{end}")
    party = next(iter(WAR.scenario.parties))
    name = WAR.scenario.parties[party].name
    assert factor_label(WAR, f"war.parties.{party}.per_round") == f"{name}: cost of a round of war"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("zone.exists", "whether a zone exists"),
        ("zone.surplus ≥ 0.1", "surplus that all can reach at once ≥ 0.1"),
        ("merin_draft.sel.surplus", "surplus of City of Sel under Merin's draft"),
        ("merin_draft.all.probability", "share of draws in which all accept Merin's draft"),
        ("merin_draft.changes", "how many issues of Merin's draft must change"),
        ("nash.merin", "utility of Merin at the Nash solution"),
        (
            "kalai_smorodinsky.acceptable",
            "whether all accept the Kalai–Smorodinsky solution",
        ),
        ("waiting.merin.share", "waiting: Merin share"),
    ],
)
def test_an_outcome_is_called_by_the_names_of_the_scenario(outcome, words):
    assert outcome_label(RIVER, outcome) == words


def test_every_outcome_of_a_comparison_has_a_phrase_of_its_own():
    columns = ("utility", "surplus", "accepts")
    said = {outcome_label(PLAN, f"us28.{p}.{c}") for p in PLAN.scenario.parties for c in columns}
    assert len(said) == 3 * len(PLAN.scenario.parties)
    assert "surplus of Russia under US draft in 28 points" in said


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("parties.merin.threshold", 0.123456, "0.123"),
        ("parties.merin.threshold", "-0.05", "−0.05"),
        ("wage", 125_000.0, "125,000"),
        ("red_lines", "implied", "stated and implied"),
        ("within", "zone", "in the zone"),
        ("parties.merin.consent", "advisory", "advisory"),
        ("plans.merin_draft.picks.dam", "small", "a small dam"),
        ("plans.merin_draft.picks.dam", ["small", "large"], "a small dam or a large dam"),
        ("plans.merin_draft.picks.dam", "small + large", "a small dam or a large dam"),
        ("levers", [], "none"),
        ("scenario", "water-dispute", "A river, two states and a city"),
        ("parties.merin.say", True, "yes"),
        (
            "parties.merin.weights",
            "parties.merin.weights.dam = 0.2, parties.merin.weights.cost = 0.71",
            "most on Who pays for the works (0.71)",
        ),
        ("parties.merin.weights", "as at the base", "as at the base"),
    ],
)
def test_a_setting_is_said_with_the_labels_of_the_scenario(path, value, words):
    assert setting_label(RIVER, path, value) == words


def test_levers_in_place_are_said_by_their_keys_from_a_list_or_from_a_table():
    keys = "oil_sanctions + european_loan"  # titles are sentences, and their beginnings alike
    assert setting_label(PLAN, "levers", ["oil_sanctions", "european_loan"]) == keys
    assert setting_label(PLAN, "levers", keys) == keys
    assert setting_label(PLAN, "levers", []) == "none"


def test_names_are_looked_up_in_whichever_scenario_has_them():
    both = asked("water-dispute", "ukraine-2025-12")
    assert factor_label(both, "parties.russia.patience") == "Russia: patience"
    assert factor_label(both, "parties.sel.patience") == "City of Sel: patience"
