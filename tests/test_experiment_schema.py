"""The editor's schema of experiments and the reader agree, on every experiment and every slip."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from slips import slipped

from sim.errors import InputError
from sim.experiment.design import Experiment
from sim.formats.experiments import (
    PartialExperiment,
    prepare_experiment,
    read_experiment,
)
from sim.formats.schema import experiment_schema
from sim.formats.shelf import shipped_experiments
from sim.formats.structure import check_types
from sim.formats.yaml_tree import read_tree
from sim.plots import PICTURES

SCHEMA = experiment_schema(PICTURES)
EDITOR = Draft202012Validator(SCHEMA)
PAGES = sorted((Path(__file__).parent.parent / "docs").glob("*.md"))
NOT_STRUCTURE = (
    "must not fall",
    "fall: write them",
    "reach beyond",
    "no design that needs no size",
)
"""What no schema can say, or says in other words: how numbers compare, which design has a size."""

ASKED = {
    "experiment": 1,
    "title": "Everything that a file can say",
    "description": "On three parties and a river",
    "scenario": "water-dispute",
    "vary": {
        "parties.halden.patience": {"uniform": [0.8, 1], "note": "who knows"},
        "parties.merin.patience": {"triangular": [0.8, 0.9, 1]},
        "parties.sel.patience": {"normal": [0.9, 0.02]},
        "parties.merin.weights": {"simplex": "independent", "concentration": 20},
        "talks.rounds": {"integers": [2, 6]},
        "parties.sel.consent": ["required", "advisory"],
        "red_lines": ["none", "stated"],
        "within": ["disagreement", "zone"],
    },
    "design": {"lhs": 8},
    "compute": {
        "solve": {"solutions": ["nash"], "time_limit": 2.5},
        "zone": {"size": True},
        "equilibria": {"models": ["war"]},
    },
    "draws": 100,
    "zone_draws": 10,
    "seed": 3,
    "repeats": 2,
    "random_numbers": "independent",
    "figures": ["empty_zone", {"utility_space": {"parties": ["halden", "sel"]}}],
    "report": False,
    "sensitivity": {"outcomes": ["zone.exists"], "methods": ["pawn"], "resamples": 10},
    "discovery": [{"outcome": "zone.exists"}, {"outcome": "nash.sel", "above": 0.1}],
}


def documented() -> list[str]:
    """Return the experiments of all pages, and the parts of one with what is missing."""
    blocks = [
        block
        for page in PAGES
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    ]
    whole = [block for block in blocks if re.match(r"(#.*\n)*experiment: 1\n", block)]
    parts = [b for b in blocks if re.match("(compute|design|sensitivity|vary|figures):", b)]
    return whole + [f"experiment: 1\nscenario: ukraine-2025-12\n{part}" for part in parts]


def refused_by_type(text: str) -> list[str]:
    """Return what the reader holds against names, types and fixed ranges."""
    reading = read_tree(text, "file")
    mistakes = [m.text for m in reading.mistakes]
    if reading.root is not None:
        checked = check_types(reading.root, Experiment, PartialExperiment)
        mistakes += [m.text for m in checked.mistakes]
    return [text for text in mistakes if not any(words in text for words in NOT_STRUCTURE)]


def refused(path: Path) -> bool:
    """Tell whether the reader refuses a file, in itself or beside its scenario."""
    for read in (read_experiment, prepare_experiment):  # the second looks into the scenario too
        try:
            read(str(path), PICTURES)
        except InputError:
            return True
    return False


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", shipped_experiments())
def test_every_shipped_experiment_is_accepted(name):
    text = shipped_experiments()[name].read_text("utf-8")
    assert list(EDITOR.iter_errors(read_tree(text, name).root.plain())) == []


@pytest.mark.parametrize("text", documented())
def test_every_documented_experiment_is_accepted(text):
    assert refused_by_type(text) == []
    assert list(EDITOR.iter_errors(read_tree(text, "page").root.plain())) == []


def test_an_experiment_with_every_field_is_accepted(tmp_path):
    path = tmp_path / "all.yaml"
    path.write_text(json.dumps(ASKED), encoding="utf-8")
    prepared, _ = prepare_experiment(str(path), PICTURES)
    assert prepared.experiment.repeats == 2
    assert list(EDITOR.iter_errors(ASKED)) == []
    assert set(ASKED) == set(Experiment.model_fields)


@settings(max_examples=25)
@given(rng=st.randoms(use_true_random=False))
def test_a_slip_that_the_reader_refuses_by_type_the_editor_refuses(rng):
    for _ in range(6):
        slip = slipped(ASKED, rng)
        if refused_by_type(json.dumps(slip)):
            assert not EDITOR.is_valid(slip), slip


@settings(max_examples=25)
@given(rng=st.randoms(use_true_random=False))
def test_what_the_editor_refuses_the_reader_refuses(rng, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "slip.yaml"
    for _ in range(6):
        slip = slipped(ASKED, rng)
        if not EDITOR.is_valid(slip):
            path.write_text(json.dumps(slip), encoding="utf-8")
            assert refused(path), slip


@pytest.mark.parametrize(
    "slip",
    [
        {"design": {}},
        {"design": {"lhs": 8, "halton": 8}},
        {"design": {"sobol": 100}},
        {"design": "sobol"},
        {"vary": {"scenario": ["water-dispute"]}},
        {"vary": {"red_lines": ["states"]}},
        {"vary": {"within": {"uniform": [0, 1]}}},
        {"compute": {}},
        {"compute": {"solve": {"solutions": ["nahs"]}}},
        {"vary": {"levers": ["aid"]}},
        {"figures": ["tornadoes"]},
        {"figures": ["waiting_map"]},  # what a model of bargaining works out stays on the screen
        {"figures": [{"utility_space": ["halden", "sel"]}]},
        {"discovery": [{"outcome": "nash.sel", "above": 0, "below": 1}]},
        {"draws": 10.5},
        {"experiment": True},
    ],
    ids=str,
)
def test_both_refuse_what_only_a_look_at_several_fields_tells(slip, tmp_path):
    path = tmp_path / "slip.yaml"
    path.write_text(json.dumps(ASKED | slip), encoding="utf-8")
    assert not EDITOR.is_valid(ASKED | slip)
    assert refused(path)


def test_numbers_may_be_written_as_people_write_them(tmp_path):
    path = tmp_path / "round.yaml"
    path.write_text("experiment: 1\nscenario: water-dispute\ndraws: 1e3\nzone_draws: 10.0\n")
    prepared, _ = prepare_experiment(str(path))
    assert (prepared.experiment.draws, prepared.experiment.zone_draws) == (1000, 10)


def test_an_editor_is_told_what_things_mean_and_which_names_there_are():
    assert SCHEMA["properties"]["vary"]["description"].startswith("What varies")
    assert all(d.get("description") for d in SCHEMA["$defs"].values())
    text = json.dumps(SCHEMA)
    for name in ("nash", "waiting", "utility_space", "grouped", "tornado"):
        assert f'"{name}"' in text
    for word in ("FieldInfo", "Annotated", "null", "numpydoc", "``", "----"):
        assert word not in text
