"""Starting an experiment: `zopa new` writes one that can be run, `zopa check` knows what it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from strategies import scenario_dicts

from sim.formats import shipped_scenarios, starter_scenario
from sim.formats.experiment_starter import starter_experiment
from sim.formats.experiments import prepare_experiment
from sim.formats.writing import scenario_text
from sim.plots import PICTURES
from sim.scenario import Scenario


def prepared(text, folder):
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return prepare_experiment(str(path), PICTURES)[0]


@pytest.mark.parametrize("name", shipped_scenarios())
def test_on_every_shipped_scenario_an_experiment_can_be_started(name, tmp_path):
    study = prepared(starter_experiment(name), tmp_path)
    assert study.design.n_cases == 128
    assert len(study.experiment.vary) >= 3


def test_only_what_a_scenario_has_varies():
    assert "red_lines:" not in starter_experiment("csis-2025")
    assert ".weights:" not in starter_experiment("csis-2025")  # a mean has no weights
    assert "red_lines: [none, stated, implied]" in starter_experiment("water-dispute")
    assert "threshold.above_disagreement: {uniform: [0, 0.1]}" in starter_experiment("job-offer")


@settings(max_examples=8)
@given(made=scenario_dicts())
def test_on_any_scenario_an_experiment_can_be_started(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    (folder / "mine.yaml").write_text(scenario_text(Scenario.model_validate(made)), "utf-8")
    study = prepared(starter_experiment(str(folder / "mine.yaml"), "mine.yaml"), folder)
    assert study.experiment.vary


def test_a_new_experiment_names_its_scenario_from_where_it_stands(zopa, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "studies").mkdir()
    (tmp_path / "a fence.yaml").write_text(starter_scenario(), encoding="utf-8")
    code, _, said = zopa(
        "new", "studies/fence.yaml", "--kind", "experiment", "--scenario", "a fence.yaml"
    )
    assert code == 0
    assert "zopa run studies/fence.yaml" in said
    assert 'scenario: "../a fence.yaml"' in (tmp_path / "studies" / "fence.yaml").read_text()
    assert zopa("check", "studies/fence.yaml")[0] == 0
    assert zopa("new", "studies/fence.yaml", "--kind", "experiment")[0] == 2


def test_an_experiment_is_known_by_its_first_word(zopa, tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(zopa("new", "--kind", "experiment")[1], encoding="utf-8")
    code, out, _ = zopa("check", study, "ukraine-2025-12")
    assert code == 0
    assert "fine (an experiment, 128 cases: compare, zone)" in out
    assert "fine (27 issues" in out
    study.write_text("experiments: 1\nscenario: water-dispute\n", encoding="utf-8")
    assert "did you mean 'experiment'?" in zopa("check", study)[2]


def test_all_mistakes_of_an_experiment_are_told_at_once(zopa, tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(
        "experiment: 1\n"
        "scenario: water-dispute\n"
        "vary: {parties.sel.threshold: {uniform: [0.1, 0.5]}, parties.hal.consent: [required]}\n"
        "design: {lhs: 64}\n"
        "compute: [compare]\n"
        "figures: [empty_zones]\n"
        "discovery: [{outcome: zone.exist}]\n",
        encoding="utf-8",
    )
    code, _, said = zopa("check", study)
    assert code == 2
    assert "3:42: vary.parties.sel.threshold.uniform[0]: 0.1: the threshold 0.1 is below" in said
    assert "did you mean 'halden'?" in said
    assert (
        "6:11: figures[0]: no picture is called 'empty_zones'; did you mean 'empty_zone'?" in said
    )


def test_a_scenario_is_named_for_experiments_only(zopa):
    code, _, said = zopa("new", "--scenario", "job-offer")
    assert code == 2
    assert "--kind experiment" in said
    assert "did you mean 'experiment'?" in zopa("new", "--kind", "experimnt")[2]


def test_pictures_are_listed_by_what_computes_them(zopa):
    out = zopa("list", "pictures")[1]
    groups = [line for line in out.splitlines() if line.startswith("  of ")]
    assert "  of compare, and each case of an experiment:" in groups
    assert "  of equilibria:" in groups
    assert all(f"    {name} " in out for name in PICTURES)


def test_the_schema_of_experiments_can_be_printed(zopa):
    code, out, _ = zopa("schema", "--kind", "experiment")
    assert code == 0
    assert '"A zopa experiment"' in out
    assert '"waiting_map"' not in out  # no case of an experiment keeps what it shows
