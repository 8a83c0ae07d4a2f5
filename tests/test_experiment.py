"""An experiment from its file to its folder: whole, reproducible, and clear about mistakes."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from sim.cli import run_command
from sim.comparison import compare
from sim.experiment.analysis.asked import Analyst
from sim.experiment.computations.comparison_details import pairs_of_a_case
from sim.experiment.run import of_every_case, run_case
from sim.experiment.study import study
from sim.formats import shipped_scenarios
from sim.formats.experiments import prepare_experiment
from sim.formats.parquet import read_columns
from sim.formats.provenance import fingerprint, input_files
from sim.settlement import solve

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
SWEEP = """\
experiment: 1
title: How much must Halden gain?
scenario: {file}
vary:
  parties.halden.threshold: {{uniform: [0.35, 0.6]}}
  parties.merin.consent: [required, advisory]
design: {{lhs: 32}}
compute: [compare, zone]
draws: 60
zone_draws: 5
repeats: 2
sensitivity: {{outcomes: [zone.exists, commission_text.halden.surplus], resamples: 20}}
"""
TABLE = "parties.halden.threshold,red_lines\n0.4,stated\n0.5,none\n0.6,implied\n"


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    path = tmp_path / "which-reading.yaml"
    path.write_text(EXPERIMENT)
    return path


def run(experiment: Path, *options: str | Path) -> int:
    into = () if "--into" in options else ("--into", experiment.parent)
    return run_command(["run", str(experiment), *map(str, (*into, *options))])


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file that is the same each time: all but the record of when and how."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "run.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def record(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return said


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a small experiment of two cases."""
    path = tmp_path_factory.mktemp("readings") / "which-reading.yaml"
    path.write_text(EXPERIMENT)
    assert run(path) == 0
    return path.parent / path.stem


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a sweep on a scenario that stands beside it under the sweep's own name."""
    folder = tmp_path_factory.mktemp("sweep")
    shutil.copy(shipped_scenarios()["water-dispute"], folder / "Gain.yaml")
    (folder / "runs").mkdir()
    path = folder / "runs" / "gain.yaml"
    path.write_text(SWEEP.format(file="../Gain.yaml"))
    assert run(path) == 0
    return path.parent / path.stem


def test_a_run_leaves_tables_pictures_a_report_and_its_provenance(readings):
    by_case = {row["case"]: row["red_lines"] for row in rows(readings, "cases")}
    zones = {by_case[row["case"]]: row["empty"] for row in rows(readings, "zone")}
    assert zones == {"stated": "false", "implied": "true"}
    assert {by_case[row["case"]] for row in rows(readings, "acceptance")} == {"stated", "implied"}
    report = (readings / "report.md").read_text(encoding="utf-8")
    assert "Nothing here is a forecast" in report
    drawn = [line.split("](")[1].rstrip(")") for line in report.splitlines() if line[:2] == "!["]
    assert {readings / one for one in drawn} == set((readings / "figures").glob("*.svg"))
    said = record(readings)
    assert said["seed"] == 5
    assert said["versions"]["numpy"]
    assert [one["file"] for one in said["figures"]] == drawn
    assert all(one["alt"] and one["picture"] in EXPERIMENT for one in said["figures"])


def test_the_tables_are_what_the_functions_for_one_scenario_say(readings):
    prepared, _ = prepare_experiment(str(readings.parent / "which-reading.yaml"))
    acceptance = rows(readings, "acceptance")
    differences = rows(readings, "differences")
    solutions = rows(readings, "solutions")
    for number in range(2):
        case = prepared.case(number)
        scenario = prepared.scenario(case)
        one = compare(scenario, draws=300, seed=5, red_lines=case.red_lines)
        chances = [float(r["probability"]) for r in acceptance if r["case"] == str(number)]
        assert chances == one.probability.ravel().tolist()
        gaps = [
            float(row["difference"])
            for row in differences
            if row["case"] == str(number) and row["party"] != "(joint)"
        ]
        assert gaps == np.concatenate([pair.utility for pair in one.differences]).tolist()
        settled = solve(scenario, red_lines=case.red_lines, seed=5)
        found = [float(r["utility"]) for r in solutions if r["case"] == str(number)]
        assert found == [u for s in settled.solutions.values() for u in s.utilities.tolist()]


def test_contributions_add_up_to_the_utility(readings):
    sums: dict[tuple[str, ...], float] = {}
    for row in rows(readings, "contributions"):
        key = (row["case"], row["plan"], row["party"])
        sums[key] = sums.get(key, 0.0) + float(row["adds"])
    for row in rows(readings, "acceptance"):
        key = (row["case"], row["plan"], row["party"])
        assert sums[key] == pytest.approx(float(row["utility"]), abs=1e-12)


def test_where_nothing_is_uncertain_one_draw_speaks_for_all():
    utility = np.array([[[0.25]], [[0.75]]])  # two versions, one party, one draw
    by_all = np.array([[False], [True]])
    (pair,) = pairs_of_a_case(utility, by_all, draws=40)
    assert (pair.utility.tolist(), pair.interval.tolist()) == ([0.5], [[0.5], [0.5]])
    assert (pair.better.tolist(), pair.joint, pair.joint_interval.tolist()) == ([1.0], 1.0, [1, 1])
    (alone,) = pairs_of_a_case(utility, by_all, draws=1)
    assert np.isinf(alone.interval).all()  # of a single draw nothing is known about the next


def test_with_many_cases_the_longest_tables_are_left_out(sweep, readings):
    origins = {"contributions", "differences"}
    assert origins <= record(readings)["tables"].keys()
    assert record(sweep)["cases"] == 64
    assert not origins & record(sweep)["tables"].keys()


def test_csv_and_parquet_hold_the_same_rows_and_the_page_names_them(sweep):
    page = (sweep / "tables" / "README.md").read_text(encoding="utf-8")
    for path in sorted((sweep / "tables").glob("*.csv")):
        found = duckdb.sql(f"select * from '{path.with_suffix('.parquet')}'")
        with path.open(encoding="utf-8", newline="") as file:
            assert found.columns == next(csv.reader(file))
        assert len(found.fetchall()) == len(rows(sweep, path.stem))
        assert f"## {path.stem}\n" in page
        told = record(sweep)["tables"][path.stem]
        assert list(told["columns"]) == found.columns
        assert told["rows"] == len(rows(sweep, path.stem))
        data = path.with_suffix(".parquet").read_bytes()
        assert told["sha256"] == hashlib.sha256(data).hexdigest()


def test_whoever_has_the_folder_can_make_it_again_byte_for_byte(sweep, tmp_path):
    moved = tmp_path / "from-a-colleague"
    shutil.copytree(sweep / "inputs", moved)
    assert {path.name for path in moved.iterdir()} == {
        "gain.yaml", "scenario-Gain.yaml", "as_read.json",
    }  # fmt: skip
    assert run(moved / "gain.yaml", "--into", tmp_path, "--workers", "1") == 0
    assert contents(tmp_path / "gain") == contents(sweep)
    here, there = record(tmp_path / "gain"), record(sweep)
    for key in here.keys() - {"started", "finished", "seconds", "workers"}:
        assert here[key] == there[key], key


def test_a_table_of_cases_is_kept_with_the_results(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cases.csv").write_text(TABLE)
    text = "experiment: 1\nscenario: water-dispute\ndesign: {table: data/cases.csv}\n"
    (tmp_path / "rows.yaml").write_text(text + "compute: [zone]\nreport: false\n")
    assert run(tmp_path / "rows.yaml") == 0
    folder = tmp_path / "rows"
    assert (folder / "inputs" / "cases.csv").read_text() == TABLE
    assert not (folder / "report.md").exists()
    again = folder / "inputs" / "rows.yaml"
    assert prepare_experiment(str(again))[0].design.n_cases == 3
    assert run(again, "--into", tmp_path / "again") == 0
    assert contents(tmp_path / "again" / "rows") == contents(folder)


def test_a_damaged_list_of_inputs_is_told(sweep, tmp_path, capsys):
    moved = tmp_path / "inputs"
    shutil.copytree(sweep / "inputs", moved)
    (moved / "as_read.json").write_text('{"scenarios": {"../Gain.yaml": 7}}')
    assert run(moved / "gain.yaml") == 2
    assert "as_read.json: cut short or changed by hand" in capsys.readouterr().err


def test_analyses_stand_beside_the_tables_and_see_the_mean_over_repeats(sweep):
    prepared, _ = prepare_experiment(str(sweep.parent / "gain.yaml"))
    analyses = rows(sweep, "analyses")
    assert {(row["outcome"], row["method"], row["cases"]) for row in analyses} >= {
        ("zone.exists", "pawn", "32"), ("commission_text.halden.surplus", "pawn", "32"),
    }  # fmt: skip
    outcomes = read_columns(sweep / "tables" / "outcomes.parquet")
    by_hand = {
        name: column if name == "case" else np.repeat(column.reshape(-1, 2).mean(axis=1), 2)
        for name, column in outcomes.items()
    }
    asked = prepared.experiment
    again = Analyst(prepared.design, by_hand, asked.seed).ask(asked.sensitivity, None)
    found = read_columns(sweep / "tables" / "pawn.parquet")
    assert found["median"].tolist() == again["pawn"]["median"].tolist()


def test_a_case_that_failed_is_undefined_and_moves_no_other(tmp_path):
    path = tmp_path / "some.yaml"
    path.write_text(SWEEP.format(file="water-dispute").replace("repeats: 2\n", ""))
    prepared, _ = prepare_experiment(str(path))
    whole = study(prepared)
    kept = np.delete(np.arange(32), [3, 17])
    rows_left = {name: column[kept] for name, column in whole.tables["outcomes"].items()}
    full = of_every_case(prepared.design, rows_left)
    surplus = Analyst(prepared.design, full).outcome("commission_text.halden.surplus")
    assert np.flatnonzero(~surplus.defined).tolist() == [3, 17]
    undisturbed = whole.outcome("commission_text.halden.surplus").values
    assert surplus.known.tolist() == undisturbed[kept].tolist()
    verdicts = Analyst(prepared.design, full).outcome("zone.exists")
    assert np.flatnonzero(~verdicts.defined).tolist() == [3, 17]


def test_a_case_looked_at_by_itself_is_computed_as_the_experiment_asks(tmp_path):
    path = tmp_path / "few.yaml"
    path.write_text(
        "experiment: 1\nscenario: water-dispute\nrepeats: 2\ndraws: 40\nvary: {red_lines: [none]}\n"
        "compute: {compare: {plans: [halden_draft]}, solve: {solutions: [nash]}}\n"
    )
    prepared, _ = prepare_experiment(str(path))
    done = run_case(prepared, 1)
    assert done.comparison is not None
    assert done.settlement is not None
    assert (done.comparison.plans, list(done.settlement.solutions)) == (("halden_draft",), ["nash"])
    assert done.comparison.seed == prepared.design.seed(1) != prepared.design.seed(0)


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
        ("red_lines: [stated", "parties.sel.say: [stated", "vary.parties.sel.say[0]"),
        ("empty_zone]", "{contributions: {plam: us}}]", "contributions can be told"),
        ("empty_zone]", "{utility_space: {comparison: x}}]", "utility_space can be told"),
        ("figures", "compute: [solve]\nfigures", "acceptance_heatmap shows what `compare`"),
        ("figures", "repeats: 30\nfigures", "60 are too many to look at"),
        ("empty_zone]", "zone_options]", "no case of an experiment keeps"),
        ("[acceptance_heatmap", "[{tornado: {outcome: zone.exist}}", "did you mean 'zone.exists'"),
        ("[acceptance_heatmap", "[{plan_ranks: {party: sell}}", "no party is called 'sell'"),
        ("figures", "sensitivity: {outcomes: [zone.exist]}\nfigures", "did you mean 'zone.exists'"),
        ("figures", "discovery: [{outcome: nash.sell}]\nfigures", "did you mean 'nash.sel'"),
    ],
)
def test_a_mistake_in_an_experiment_is_told_before_anything_runs(
    experiment: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, said: str
):
    assert before in EXPERIMENT
    experiment.write_text(EXPERIMENT.replace(before, after))
    assert run(experiment) == 2
    told = capsys.readouterr().err
    assert said in told
    assert all(line.startswith(f"{experiment}:") for line in told.splitlines())
    assert [path.name for path in experiment.parent.iterdir()] == [experiment.name]


def test_mistakes_of_every_kind_are_told_in_one_pass_with_their_places(experiment, capsys):
    text = EXPERIMENT.replace("sed", "seed").replace("draws: 300", "draws: few")
    experiment.write_text(text.replace("empty_zone", "empty_zoo").replace("implied", "implid"))
    assert run(experiment) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split(".yaml:")[1].split(":")[0] for line in said] == ["5", "6", "9"]


def test_names_are_only_names_in_a_report(experiment):
    scenario = experiment.parent / "odd.yaml"
    source = shipped_scenarios()["water-dispute"].read_text(encoding="utf-8")
    scenario.write_text(source.replace("name: Halden", "name: 'Ha|den [x](y) *'"))
    experiment.write_text(EXPERIMENT.replace("scenario: water-dispute", "scenario: odd.yaml"))
    assert run(experiment, "--no-figures") == 0
    folder = experiment.parent / "which-reading"
    assert "| Ha\\|den \\[x\\](y) \\* |" in (folder / "report.md").read_text(encoding="utf-8")
    assert (folder / "inputs" / "odd.yaml").read_bytes() == scenario.read_bytes()
    assert not (folder / "figures").exists()


def same_fingerprint(write: Callable[[str], Path], one: str, other: str) -> bool:
    marks = []
    for text in (one, other):
        prepared, path = prepare_experiment(str(write(text)))
        marks.append(fingerprint(prepared, input_files(prepared, path)))
    return marks[0] == marks[1]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("title: Which reading decides", "title: Another title", True),
        ("figures: [acceptance_heatmap, utility_space, empty_zone]", "report: false", True),
        ("figures", "sensitivity: {}\nfigures", True),
        ("scenario: water-dispute", "scenario: beside.yaml", True),
        ("figures", "compute: {compare: {}, solve: {}}\nfigures", True),
        ("seed: 5", "seed: 6", False),
        ("draws: 300", "draws: 301", False),
        ("[stated, implied]", "[implied, stated]", False),
        ("figures", "compute: {compare: {plans: [halden_draft]}, solve: {}}\nfigures", False),
        ("scenario: water-dispute", "scenario: changed.yaml", False),
    ],
)
def test_experiments_are_one_and_the_same_where_their_cases_are(tmp_path, before, after, same):
    source = shipped_scenarios()["water-dispute"].read_text(encoding="utf-8")
    (tmp_path / "beside.yaml").write_text(source)
    assert "disagreement: 0.3\n" in source
    changed = source.replace("disagreement: 0.3\n", "disagreement: 0.31\n")
    (tmp_path / "changed.yaml").write_text(changed)

    def write(text: str) -> Path:
        path = tmp_path / "x.yaml"
        path.write_text(text)
        return path

    assert before in EXPERIMENT
    assert same_fingerprint(write, EXPERIMENT, EXPERIMENT.replace(before, after)) is same
