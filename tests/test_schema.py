"""The editor's schema and the reader agree: on every file, and on every slip in its structure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from slips import slipped
from strategies import Draw, scenario_dicts

from sim.formats import scenario_schema, shipped_scenarios, starter_scenario
from sim.formats.structure import check_structure
from sim.formats.yaml_tree import read_tree

SCHEMA = scenario_schema()
EDITOR = Draft202012Validator(SCHEMA)
BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
NOT_STRUCTURE = ("must not fall", "is not in the calendar", "the grid ")
"""What no schema can say: how numbers compare, which days a month has."""


def structural_mistakes(text: str) -> list[str]:
    """Return what the reader holds against names, types and fixed ranges."""
    reading = read_tree(text, "file")
    mistakes = [m.text for m in reading.mistakes]
    if reading.root is not None:
        mistakes += [m.text for m in check_structure(reading.root).mistakes]
    return [text for text in mistakes if not any(words in text for words in NOT_STRUCTURE)]


def as_text(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False)


@st.composite
def files(draw: Draw) -> dict[str, Any]:
    """Draw a file with every section that there is."""
    made = draw(scenario_dicts())
    issues = made["issues"]
    issue, party = next(iter(issues)), next(iter(made["parties"]))
    day = st.sampled_from([1987, "1987", "2025-12", "2025-12-01", "2025-11/2025-12-01", 2025.0])
    made["sources"] = {"talks": {"title": "Talks", "date": draw(day), "confidence": "low"}}
    made |= {"description": "Who gets what", "as_of": draw(day), "round": "week"}
    made["issues"][issue] |= {"group": "land", "note": "…", "source": ["talks"]}
    made["parties"][party] |= {"source": "talks", "description": "…", "patience": {"value": 0.9}}
    made["plans"]["early"] |= {"date": draw(day), "author": "…", "sources": ["talks"]}
    shift = {"threshold": -0.1, "values": {issue: {"low": {"uniform": [0, 0.1]}}}}
    made["levers"] = {"aid": {"by": "A friend", "effects": {party: shift}, "cost": draw(AMOUNTS)}}
    picks = {name: next(iter(spec.get("options", {"0": 0}))) for name, spec in issues.items()}
    made["war"] = {
        "ends": {"won": {"picks": picks, "chance": 0.5}, "lost": {"picks": picks, "chance": 0.5}},
        "meanwhile": picks,
        "lasts": 3,
        "parties": {party: {"once": draw(AMOUNTS), "per_round": 0.1, "meanwhile": {"value": 0}}},
        "beliefs": {party: {"ends": {"won": 1}, "moves": {"here": {"won": 0.5, "here": 0.5}}}},
        "front": {"start": "here", "states": {"here": {"to": {"here": 0.9, "won": 0.1}}}},
    }
    utilities = [0.5] * len(made["parties"])
    made["published"] = {
        "nash": {"utilities": utilities, "tolerance": 0.01, "source": "talks"},
        "frontier": [utilities],
        "zopa_outcomes": 3,
        "plans": {"early": {"utilities": {party: 0.5}, "accepted_by_all": False}},
    }
    return made


AMOUNTS = st.sampled_from([0, 0.5, {"uniform": [0, 1]}, {"normal": [0.5, 0.1], "note": "…"}])


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["starter", *sorted(shipped_scenarios())])
def test_what_comes_with_zopa_is_accepted_by_both(name):
    starter = name == "starter"
    text = starter_scenario() if starter else shipped_scenarios()[name].read_text("utf-8")
    assert structural_mistakes(text) == []
    assert list(EDITOR.iter_errors(read_tree(text, name).root.plain())) == []


@given(tree=files())
def test_what_the_reader_accepts_the_editor_accepts(tree):
    assert structural_mistakes(as_text(tree)) == []
    assert list(EDITOR.iter_errors(tree)) == []


@settings(max_examples=25)
@given(tree=files(), rng=st.randoms(use_true_random=False))
def test_a_slip_in_the_structure_is_refused_by_both_or_by_neither(tree, rng):
    for _ in range(6):
        slip = slipped(tree, rng)
        assert EDITOR.is_valid(slip) is (structural_mistakes(as_text(slip)) == [])


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_of_broken_files_both_refuse_those_whose_structure_is_broken(file):
    text = file.read_text("utf-8")
    reading = read_tree(text, file.name)
    if reading.root is not None and not reading.mistakes:
        tree = reading.root.plain()
        structural = structural_mistakes(text) != []
        assert EDITOR.is_valid(tree) is not structural


def test_an_editor_is_told_what_things_mean():
    assert SCHEMA["description"].startswith("The whole file")
    assert "zopa" in SCHEMA["required"]
    assert SCHEMA["$defs"]["Party"]["properties"]["patience"]["description"].startswith("Discount")
    described = [d for d in SCHEMA["$defs"].values() if d.get("description")]
    assert len(described) == len(SCHEMA["$defs"])


def test_no_machinery_shows_in_the_schema():
    text = json.dumps(SCHEMA)
    for word in ("FieldInfo", "Annotated", "null", "numpydoc", "``", "----"):
        assert word not in text
    assert all(name.isalpha() for name in SCHEMA["$defs"])
