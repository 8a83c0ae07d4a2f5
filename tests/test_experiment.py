"""An experiment from its file to its folder: whole, reproducible, and clear about mistakes."""

import csv
import json
import signal
import subprocess
import sys
import time

import duckdb
import pytest

from sim.cli import run_command
from sim.formats import shipped_scenarios

EXPERIMENT = """\
experiment: 1
title: Which reading decides
scenario: water-dispute
vary:
  red_lines: [stated, implied]
draws: 300
zone_draws: 20
seed: 5
figures: [acceptance_heatmap, utility_space, empty_zone]
"""


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "which-reading.yaml"
    path.write_text(EXPERIMENT)
    return path


def run(experiment, *options):
    return run_command(["run", str(experiment), "--into", str(experiment.parent), *options])


def rows(folder, table):
    with (folder / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_leaves_tables_pictures_a_report_and_its_provenance(experiment, capsys):
    assert run(experiment) == 0
    folder = experiment.parent / "which-reading"
    zones = {row["red_lines"]: row["empty"] for row in rows(folder, "zone")}
    assert zones == {"stated": "False", "implied": "True"}
    assert {row["red_lines"] for row in rows(folder, "acceptance")} == {"stated", "implied"}
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert "Nothing here is a forecast" in report
    for line in report.splitlines():
        if line.startswith("!["):
            assert (folder / line.split("](")[1].rstrip(")")).exists()
    provenance = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert provenance["seed"] == 5
    assert provenance["versions"]["numpy"]
    assert "which-reading" in capsys.readouterr().out


def test_the_same_experiment_gives_the_same_bytes(experiment):
    assert run(experiment) == 0
    folder = experiment.parent / "which-reading"
    first = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "run.json"}
    assert run(experiment) == 0
    second = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "run.json"}
    assert first == second


def test_csv_and_parquet_hold_the_same_rows(experiment):
    assert run(experiment, "--no-figures") == 0
    folder = experiment.parent / "which-reading"
    for path in sorted((folder / "tables").glob("*.csv")):
        name = path.stem
        found = duckdb.sql(f"select * from '{path.with_suffix('.parquet')}'")
        assert found.columns == list(rows(folder, name)[0])
        assert len(found.fetchall()) == len(rows(folder, name))
        assert f"## {name}" in (folder / "tables" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("scenario: water-dispute", "scenario: water-disputes", "water-dispute"),
        ("seed: 5", "sed: 5", "sed"),
        ("draws: 300", "draws: many", "draws"),
        ("[stated, implied]", "[stated, implid]", "implid"),
        ("red_lines: [stated, implied]", "parties.nobody.patience: [0.5]", "nobody"),
        ("acceptance_heatmap", "acceptance_heatmpa", "acceptance_heatmap"),
        ("experiment: 1", "experiment: 2", "experiment"),
        ("[stated, implied]", "[stated, stated]", "for the second time"),
        ("seed: 5", "seed: 5.5", "seed"),
    ],
)
def test_a_mistake_in_an_experiment_is_told_before_anything_runs(
    experiment, capsys, before, after, said
):
    experiment.write_text(EXPERIMENT.replace(before, after))
    assert run(experiment) == 2
    assert said in capsys.readouterr().err
    assert not (experiment.parent / "which-reading").exists()


def test_a_place_that_cannot_be_written_to_leaves_the_previous_results(experiment, capsys):
    assert run(experiment, "--no-figures") == 0
    folder = experiment.parent / "which-reading"
    before = (folder / "report.md").read_bytes()
    blocked = experiment.parent / "file"
    blocked.write_text("in the way")
    assert run_command(["run", str(experiment), "--into", str(blocked)]) == 2
    assert "nothing was changed" in capsys.readouterr().err
    assert (folder / "report.md").read_bytes() == before


@pytest.mark.slow
def test_a_run_killed_at_any_moment_leaves_the_previous_results_whole(experiment):
    assert run(experiment, "--no-figures") == 0
    folder = experiment.parent / "which-reading"
    whole = {p: p.read_bytes() for p in (folder / "tables").iterdir()}
    command = [sys.executable, "-c", "from sim.cli import main; main()", "run", str(experiment)]
    for moment in (0.5, 1.2, 1.9):
        child = subprocess.Popen(
            [*command, "--into", str(experiment.parent), "--no-figures"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moment)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert {p: p.read_bytes() for p in (folder / "tables").iterdir()} == whole
        assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["seed"] == 5
    assert run(experiment, "--no-figures") == 0
    assert not [p for p in experiment.parent.iterdir() if p.name.startswith(".which")]


def test_mistakes_of_every_kind_are_told_in_one_pass_with_their_places(experiment, capsys):
    text = EXPERIMENT.replace("sed", "seed").replace("draws: 300", "draws: few")
    experiment.write_text(text.replace("empty_zone", "empty_zoo").replace("implied", "implid"))
    assert run(experiment) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split(".yaml:")[1].split(":")[0] for line in said] == ["5", "6", "9"]


def test_a_value_that_makes_no_sense_is_told_as_part_of_the_experiment(experiment, capsys):
    experiment.write_text(EXPERIMENT.replace("red_lines: [stated", "parties.sel.say: [stated"))
    assert run(experiment) == 2
    assert "which-reading.yaml: vary: parties.sel.say=stated" in capsys.readouterr().err


def test_names_are_only_names_in_a_report(experiment):
    scenario = experiment.parent / "odd.yaml"
    source = shipped_scenarios()["water-dispute"].read_text(encoding="utf-8")
    scenario.write_text(source.replace("name: Halden", "name: 'Ha|den [x](y) *'"))
    experiment.write_text(EXPERIMENT.replace("scenario: water-dispute", "scenario: odd.yaml"))
    assert run(experiment, "--no-figures") == 0
    report = (experiment.parent / "which-reading" / "report.md").read_text(encoding="utf-8")
    assert "| Ha\\|den \\[x\\](y) \\* |" in report
