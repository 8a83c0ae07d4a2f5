"""Whoever has the results can check them: the same inputs give the same bits, or it is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from small_results import edit, flip_a_byte, read_run, run_here, write_run

from sim.experiment.engine import Here
from sim.experiment.scenario_job import ScenarioJob
from sim.formats import provenance, verification
from sim.formats.export import export
from sim.formats.recomputed import chosen
from sim.formats.results import read_results
from sim.formats.verification import Verification, verify

SHARE = '"zone.share"'
"""An outcome that no analysis of this experiment looks at."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_here(tmp_path_factory.mktemp("halden"))


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return Path(shutil.copytree(folder, tmp_path / folder.name))


@pytest.fixture(autouse=True)
def revision(folder: Path, monkeypatch) -> None:
    """The revision is that of the run, whatever is at work in the checkout meanwhile."""
    then = read_run(folder)["revision"]
    monkeypatch.setattr(verification, "revision", lambda: then)
    monkeypatch.setattr(provenance, "revision", lambda: then)


def checked(folder: Path, cases: int = 2, **how) -> Verification:
    return verify(read_results(folder), cases=cases, **how)


def failing(found: Verification) -> list[str]:
    return [check.what for check in found.checks if not check.agrees]


def test_results_that_nobody_touched_agree_bit_for_bit(folder: Path):
    found = checked(folder, every=True)
    assert found.agrees
    assert found.cases == tuple(range(16))
    assert (found.differences, found.undecided, found.other, found.tolerance) == ((), 0, (), 0.0)
    names = ["tables", "inputs", "cases", "analyses", "copies"]
    assert [check.what for check in found.checks] == names
    assert "all 16 cases computed again" in found.checks[2].said
    assert "bit for bit" in found.checks[2].said


def test_a_sample_has_the_first_the_last_and_some_of_everything_between():
    job = SimpleNamespace(n_cases=1000, block=64)
    for seed in range(5):
        numbers = [block.first for block in chosen(job, 10, every=False, seed=seed)]
        assert numbers == sorted(set(numbers))
        assert (numbers[0], numbers[-1], len(numbers)) == (0, 999, 10)
        assert all(100 * k <= case < 100 * (k + 1) for k, case in enumerate(numbers))
    assert chosen(job, 10, every=False, seed=1) != chosen(job, 10, every=False, seed=2)
    assert chosen(job, 0, every=False, seed=1) == []
    all_but_one = chosen(job, 0, every=True, seed=1, avoid={70})
    assert [(block.first, block.last) for block in all_but_one][:3] == [
        (0, 64),
        (64, 70),
        (71, 128),
    ]


def test_an_edited_row_is_found_with_what_it_should_be(copy: Path):
    edit(copy, "outcomes", f'{SHARE} = 0.75 WHERE "case" = 15')
    found = checked(copy)
    assert failing(found) == ["tables", "cases"]
    (one,) = found.differences
    assert (one.table, one.case, one.column) == ("outcomes", 15, SHARE.strip('"'))
    assert one.stored == 0.75
    assert isinstance(one.recomputed, float)
    assert one.recomputed < 0.2


def test_a_forged_checksum_does_not_hide_an_edited_row(copy: Path):
    edit(copy, "outcomes", f'{SHARE} = 0.75 WHERE "case" = 0', forge=True)
    found = checked(copy)
    assert failing(found) == ["cases"]
    assert [one.stored for one in found.differences] == [0.75]


def test_the_last_bit_of_a_number_counts(copy: Path):
    edit(copy, "acceptance", 'surplus = surplus + 1e-15 WHERE "case" = 0', forge=True)
    assert {one.table for one in checked(copy).differences} == {"acceptance"}


def test_a_value_that_was_taken_out_is_missing_and_told(copy: Path):
    edit(copy, "outcomes", f'{SHARE} = NULL WHERE "case" = 0', forge=True)
    (one,) = checked(copy).differences
    assert one.stored is None
    assert isinstance(one.recomputed, float)


def test_nan_is_not_the_same_as_missing(copy: Path):
    edit(copy, "acceptance", "utility_05 = 'nan' WHERE \"case\" = 5", forge=True)
    found = checked(copy, cases=0)
    assert failing(found) == ["tables"]
    assert "utility_05 holds NaN, where what is undefined is missing" in found.checks[0].said


def test_rows_of_cases_that_there_are_not_are_told(copy: Path):
    edit(copy, "outcomes", '"case" = 99 WHERE "case" = 5', forge=True)
    found = checked(copy)
    assert failing(found) == ["tables", "cases"]
    assert "1 row of cases that there are not" in found.checks[0].said
    assert [one.stored for one in found.differences] == ["cannot be read"]


def test_a_column_that_was_taken_out_is_told(copy: Path):
    table = copy / "tables" / "joint.parquet"
    with duckdb.connect() as base:
        base.execute(
            f"CREATE TABLE t AS SELECT * EXCLUDE (completable) FROM read_parquet('{table}')"
        )
        base.execute(f"COPY t TO '{table}' (FORMAT parquet)")
    edit(copy, "joint", "plan = plan", forge=True)
    found = checked(copy)
    assert "joint: other columns than are declared" in found.checks[0].said
    assert {(one.table, one.column) for one in found.differences} == {("joint", "completable")}


def test_rows_that_were_taken_out_are_told(copy: Path):
    edit(copy, "joint", '"case" = 1 WHERE "case" = 0', forge=True)
    found = checked(copy)
    assert [(one.case, one.stored, one.recomputed) for one in found.differences] == [
        (0, "0 rows", "3 rows")
    ]


@pytest.mark.parametrize("place", [4, 300, -20])
def test_a_single_byte_is_enough(copy: Path, place):
    flip_a_byte(copy / "tables" / "solutions.parquet", place)
    found = checked(copy)
    assert "tables" in failing(found)
    assert "not what the run wrote: solutions" in found.checks[0].said


def test_a_changed_experiment_is_not_the_one_that_was_run(copy: Path):
    file = copy / "inputs" / "halden.yaml"
    file.write_text(file.read_text().replace("seed: 3", "seed: 4"))
    found = checked(copy)
    assert failing(found)[0] == "inputs"
    assert "is not" not in found.checks[0].said
    assert "inputs/ does not say what run.json says was run: experiment" in found.checks[1].said


def test_a_changed_scenario_is_not_the_one_that_was_run(copy: Path):
    file = copy / "inputs" / "water-dispute.yaml"
    file.write_text(file.read_text().replace("title:", "title: Not", 1))
    assert "run.json says was run: resolved" in checked(copy).checks[1].said


def test_a_forged_fingerprint_is_told(copy: Path):
    write_run(copy, read_run(copy) | {"fingerprint": "0" * 64})
    assert failing(checked(copy, cases=0)) == ["inputs"]


@pytest.mark.parametrize("name", ["seed", "draws", "limit"])
def test_what_run_json_says_of_the_experiment_is_compared_with_it(copy: Path, name):
    write_run(copy, read_run(copy) | {name: 99})
    found = checked(copy, cases=0)
    assert failing(found) == ["inputs"]
    assert name in found.checks[1].said


def test_a_wrong_number_of_failed_cases_is_told(copy: Path):
    write_run(copy, read_run(copy) | {"failed": 3})
    assert "0 rows, and run.json says that 3 cases failed" in checked(copy).checks[0].said


def test_an_edited_analysis_is_made_again(copy: Path):
    edit(copy, "robustness", "mean = 0.9 WHERE plan = 'halden_draft' AND party = 'sel'", forge=True)
    found = checked(copy, cases=0)
    assert failing(found) == ["analyses"]
    assert [(one.table, one.column, one.stored) for one in found.differences] == [
        ("robustness", "mean", 0.9)
    ]


def test_a_table_that_run_json_forgot_is_told(copy: Path):
    said = read_run(copy)
    del said["tables"]["zone"]
    write_run(copy, said)
    (one,) = checked(copy).differences
    assert (one.table, one.stored, one.recomputed) == ("zone", "not there", "there")


def test_an_edited_copy_is_told(copy: Path):
    file = copy / "tables" / "cases.csv"
    file.write_text(file.read_text().replace("stated", "none", 1))
    found = checked(copy, cases=0)
    assert failing(found) == ["copies"]
    assert "cases.csv" in found.checks[-1].said


def test_other_versions_are_told_and_allowed_their_last_digits(copy: Path):
    said = read_run(copy)
    said["versions"]["numpy"] = "1.0"
    write_run(copy, said)
    edit(copy, "outcomes", f'{SHARE} = {SHARE} + 1e-12 WHERE "case" = 0', forge=True)
    found = checked(copy)
    assert found.agrees
    assert found.tolerance == 1e-9
    assert found.other[0].startswith("numpy 1.0 then")
    edit(copy, "outcomes", f'{SHARE} = {SHARE} + 1e-8 WHERE "case" = 0', forge=True)
    assert failing(checked(copy)) == ["cases"]


def test_an_answer_cut_short_by_the_clock_may_come_out_otherwise(copy: Path):
    edit(copy, "solutions", "exact = false WHERE \"case\" = 0 AND solution = 'nash'", forge=True)
    edit(copy, "solutions", 'utility = utility / 2 WHERE "case" = 0', forge=True)
    edit(copy, "outcomes", '"nash.halden" = 0.123, "zone.share" = 0.5 WHERE "case" = 0', forge=True)
    found = checked(copy)
    wrong = {(one.table, one.column) for one in found.differences}
    assert wrong == {("outcomes", "zone.share"), ("solutions", "utility")}
    solutions = read_results(copy)["solutions"].query("case == 0")
    of_nash = int((solutions["solution"] == "nash").sum())
    others = len(solutions) - of_nash
    assert len(found.differences) == 1 + others
    assert found.undecided == 1 + 2 * of_nash  # an outcome; what each gets, and that it is proven


def fail_in(monkeypatch: pytest.MonkeyPatch, *cases: int) -> None:
    """Let cases raise an error, in whichever company they are computed."""
    real = ScenarioJob.compute

    def compute(self, first, last):
        for case in cases:
            if first <= case < last:
                raise ZeroDivisionError(f"case {case}")
        return real(self, first, last)

    monkeypatch.setattr(ScenarioJob, "compute", compute)


def test_a_case_that_failed_fails_again(tmp_path: Path, monkeypatch):
    with monkeypatch.context() as here:
        fail_in(here, 3, 15)
        folder = run_here(tmp_path)
        assert read_results(folder).failures["case"].tolist() == [3, 15]
        assert checked(folder).agrees
        assert checked(folder, every=True).agrees
    found = checked(folder)
    assert ("failures", 15) in {(one.table, one.case) for one in found.differences}


def test_a_case_that_killed_its_worker_is_not_tried_again(copy: Path):
    read = read_run(copy)
    failures = copy / "tables" / "failures.parquet"
    with duckdb.connect() as base:
        row = "(SELECT 7::BIGINT \"case\", 'worker died' kind, 'gone' message, '{}' inputs)"
        base.execute(f"COPY {row} TO '{failures}' (FORMAT parquet)")
    write_run(copy, read)
    assert 7 not in checked(copy, every=True).cases


def test_a_run_of_the_first_cases_only_can_be_checked(tmp_path: Path):
    found = checked(run_here(tmp_path, limit=5), cases=5)
    assert found.agrees
    assert found.cases == (0, 1, 2, 3, 4)


def test_an_archive_can_be_checked(folder: Path, tmp_path: Path):
    assert checked(export(read_results(folder), tmp_path / "halden.zip")).agrees


def test_the_cases_may_be_computed_anywhere(folder: Path):
    told = []
    found = verify(read_results(folder), cases=2, pool=Here(), told=lambda *of: told.append(of))
    assert found.agrees
    assert told == [(1, 2), (2, 2)]


def test_the_command_says_what_agrees_and_what_does_not(copy: Path, zopa, monkeypatch):
    code, out, _ = zopa("verify", copy, "--cases", 2)
    assert code == 0
    assert "Everything that was checked agrees." in out
    edit(copy, "outcomes", f'{SHARE} = 0.75 WHERE "case" = 0')
    code, out, _ = zopa("verify", copy, "--cases", 2)
    assert code == 2
    assert "These are not the results of this experiment" in out
    assert "0.75" in out
    assert "`--all` computes every case again" in out
    code, out, _ = zopa("verify", copy, "--cases", 2, "--json")
    said = json.loads(out)
    assert (code, said["agrees"], said["cases"]) == (2, False, [0, 15])
    assert said["differences"][0]["stored"] == 0.75
    monkeypatch.setattr(verification, "revision", lambda: "other")
    _, out, _ = zopa("verify", copy, "--cases", 0)
    assert "Another version than computed them: revision" in out
