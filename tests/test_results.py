"""Results are data: frames, questions in SQL, provenance, and archives that can be trusted."""

from __future__ import annotations

import gc
import json
import re
import shlex
import shutil
import stat
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from small_results import edit, flip_a_byte, read_run, run_here, write_run

import sim
from sim.errors import InputError
from sim.experiment import workers
from sim.experiment.engine import Here
from sim.experiment.scenario_job import ScenarioJob
from sim.experiment.study import study
from sim.formats.archives import write_archive
from sim.formats.experiments import prepare_experiment
from sim.formats.export import export
from sim.formats.frames import frame_of, rows_of
from sim.formats.locks import locked
from sim.formats.results import Results, read_results


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_here(tmp_path_factory.mktemp("halden"))


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return read_results(folder)


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return Path(shutil.copytree(folder, tmp_path / "results" / folder.name))


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_name_means_a_folder_in_results(copy: Path, monkeypatch):
    monkeypatch.chdir(copy.parent.parent)
    assert sim.read_results("halden").folder == Path("results/halden")
    with pytest.raises(InputError, match=r"no results are called 'haldem'.*did you mean 'halden'"):
        sim.read_results("haldem")


def test_a_folder_of_something_else_is_no_results(tmp_path: Path):
    with pytest.raises(InputError, match=r"these are no results of zopa \(no run.json in it\)"):
        read_results(tmp_path)


def test_columns_have_the_type_of_their_kind_missing_or_not(results: Results):
    kinds = {"whole": "Int64", "number": "float64", "truth": "boolean", "text": "string"}
    for table in results.tables:
        declared = dict(results.about(table)[["column", "kind"]].itertuples(index=False))
        found = results[table].dtypes.astype(str).to_dict()
        assert found == {name: kinds[kind] for name, kind in declared.items()}


def test_the_undefined_is_missing_and_never_a_number():
    columns = {
        "whole": np.ma.masked_array([7, 0], [False, True]),
        "truth": np.ma.masked_array([True, False], [False, True]),
        "number": np.array([0.5, np.nan]),
        "text": np.array(["yes", None], dtype=object),
    }
    frame = frame_of(columns, {name: name for name in columns})  # type: ignore[misc]
    assert frame.isna().sum().tolist() == [1, 1, 1, 1]
    assert frame["whole"].sum() == 7
    assert list(rows_of(frame)) == [(7, True, 0.5, "yes"), (None, None, None, None)]


def test_whole_numbers_beyond_those_of_floats_stay_exact():
    most = 2**53 + 1
    column = {"seed": np.ma.masked_array([most, 0], [False, True])}
    assert list(rows_of(frame_of(column, {"seed": "whole"}))) == [(most,), (None,)]


def test_every_case_has_one_row_of_settings_and_outcomes(results: Results):
    every = results.by_case()
    assert every["case"].tolist() == list(range(16))
    assert {"parties.halden.threshold", "red_lines", "zone.exists"} <= set(every.columns)
    assert results.failures.empty


def test_the_provenance_says_what_was_run_and_with_what(results: Results):
    assert results.provenance["seed"] == 3
    assert results.provenance["resolved"]["water-dispute"]["title"]
    assert results.provenance["conditional"] == "Conditional on these inputs; not a forecast."
    assert results.prepared().design.n_cases == 16


def test_a_study_from_the_disk_is_the_study_that_was_computed(results: Results):
    stored, computed = results.study(), study(results.prepared())
    assert set(stored.tables) == {*computed.tables, "failures"}
    for name, columns in computed.tables.items():
        for column, values in columns.items():
            found = stored.tables[name][column]
            assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(values))
            assert_array_equal(np.ma.getdata(found), np.ma.getdata(values), err_msg=column)
    assert stored.outcome("zone.surplus").defined.all()


def test_a_table_of_a_study_is_read_when_it_is_asked_for(copy: Path):
    tables = read_results(copy).study().tables
    (copy / "tables" / "joint.parquet").unlink()
    assert len(tables["outcomes"]["case"]) == 16
    with pytest.raises(InputError, match=r"joint\.parquet: this file of the results is missing"):
        tables["joint"]


def test_a_question_in_sql_is_answered_by_a_frame(results: Results):
    found = results.query("""
        SELECT red_lines, count(*) AS cases, bool_or("zone.exists") AS ever,
               sum("case") AS numbers, median("commission_text.halden.surplus") AS surplus
        FROM outcomes JOIN cases USING ("case") GROUP BY red_lines ORDER BY red_lines
    """)
    assert found["red_lines"].tolist() == ["none", "stated"]
    assert found["cases"].tolist() == [8, 8]
    assert found.dtypes.astype(str).tolist() == ["string", "Int64", "boolean", "Int64", "float64"]
    every = results.by_case()
    medians = every.groupby("red_lines")["commission_text.halden.surplus"].median()
    assert_array_equal(found["surplus"], medians)


def test_a_with_clause_and_columns_of_one_name_are_fine(results: Results):
    found = results.query('WITH a AS (SELECT "case" FROM cases) SELECT "case", "case" FROM a')
    assert found.shape == (16, 2)


REFUSED = [
    "COPY (SELECT 1) TO '{here}/x.csv'",
    "COPY (SELECT 1) TO '{here}/tables/cases.parquet' (FORMAT parquet, USE_TMP_FILE false)",
    "WITH a AS (COPY (SELECT 1) TO '{here}/tables/cases.parquet' (USE_TMP_FILE false)) FROM a",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('{here}/run.json')",
    "SELECT * FROM '{here}/tables/cases.parquet'",
    "SELECT * FROM glob('/*')",
    "ATTACH '{here}/other.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "CREATE TABLE more AS SELECT 1",
    "DROP VIEW cases",
    "SELECT 1; SELECT 2",
    "PRAGMA database_list",
    "",
    "-- nothing",
    "SELECT * FROM results",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_a_query_can_only_ask(copy: Path, sql: str):
    before, results = contents(copy), read_results(copy)
    with pytest.raises(InputError):
        results.query(sql.format(here=copy))
    assert contents(copy) == before


@pytest.mark.parametrize(
    ("sql", "cure"),
    [
        ("SELECT case FROM cases", 'stand in double quotes: "case"'),
        ("SELECT zone.exists FROM outcomes", 'stand in double quotes: "zone.exists"'),
        ("SELECT zone.exist FROM outcomes", 'did you mean "zone.exists", a column of outcomes'),
        ("SELECT red_line FROM cases", 'did you mean "red_lines", a column of cases'),
        ('SELECT avg("zone.exists") FROM outcomes', "needs numbers"),
        ("SELECT red_lines FROM joint", 'a column of cases: join them by "case"'),
        ("SELECT * FROM outcome", "did you mean 'outcomes'"),
        ("SELECT xyzzy FROM cases", "`zopa results tables` shows what columns there are"),
    ],
)
def test_a_wrong_name_in_a_question_is_told_with_the_right_one(results: Results, sql, cure):
    with pytest.raises(InputError) as told:
        results.query(sql)
    assert cure in str(told.value)


def test_a_table_that_was_changed_is_not_taken_for_a_result(copy: Path):
    edit(copy, "outcomes", '"zone.surplus" = 1 WHERE "case" = 3')
    results = read_results(copy)
    assert len(results["cases"]) == 16
    for ask in (lambda: results["outcomes"], lambda: results.query("FROM outcomes")):
        with pytest.raises(InputError, match=r"not what the run wrote.*`zopa verify` says"):
            ask()


def test_a_single_byte_is_enough(copy: Path):
    flip_a_byte(copy / "tables" / "joint.parquet", 200)
    with pytest.raises(InputError, match="not what the run wrote"):
        read_results(copy)["joint"]


def test_a_missing_table_is_told_at_once(copy: Path):
    (copy / "tables" / "joint.parquet").unlink()
    (copy / "tables" / "zone.parquet").unlink()
    with pytest.raises(InputError) as told:
        read_results(copy)
    assert str(told.value).count("run.json names this table, and it is missing") == 2


def cut_short(folder: Path) -> None:
    text = (folder / "run.json").read_text()
    (folder / "run.json").write_text(text[: len(text) // 2])


def without_seconds(folder: Path) -> None:
    said = read_run(folder)
    del said["seconds"]
    write_run(folder, said)


def a_table_elsewhere(folder: Path) -> None:
    said = read_run(folder)
    said["tables"]["../../secret"] = said["tables"].pop("zone")
    write_run(folder, said)


def an_experiment_elsewhere(folder: Path) -> None:
    said = read_run(folder)
    said["inputs"]["experiment"] = "../../other.yaml"
    write_run(folder, said)


def of_another_version(folder: Path) -> None:
    write_run(folder, read_run(folder) | {"format": 2})


def the_folder_above(folder: Path) -> None:
    write_run(folder, read_run(folder) | {"name": ".."})


def pictures_that_are_none(folder: Path) -> None:
    write_run(folder, read_run(folder) | {"figures": [{"file": "figures/a.svg"}]})


def a_list(folder: Path) -> None:
    (folder / "run.json").write_text("[]")


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (cut_short, "run.json: cut short or changed by hand"),
        (without_seconds, "seconds: Field required"),
        (a_table_elsewhere, "tables"),
        (an_experiment_elsewhere, "is not the path of a file in the folder"),
        (pictures_that_are_none, "figures.0.picture: Field required"),
        (the_folder_above, "is not the name of a folder"),
        (of_another_version, "written by another version of zopa"),
        (a_list, "run.json"),
    ],
)
def test_a_damaged_record_is_refused(copy: Path, tamper, said):
    tamper(copy)
    with pytest.raises(InputError, match=said):
        read_results(copy)


def without_outcomes(said: dict) -> None:
    del said["tables"]["outcomes"]


def under_another_name(said: dict) -> None:
    columns = said["tables"]["outcomes"]["columns"]
    columns["zone.is_there"] = columns.pop("zone.exists")


def of_fewer_cases(said: dict) -> None:
    said["limit"] = 5


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (without_outcomes, "names no table outcomes"),
        (under_another_name, "other columns than run.json declares"),
        (of_fewer_cases, "says that there are 16 cases"),
    ],
)
def test_a_record_that_does_not_fit_its_folder_is_told_before_anything_is_drawn(
    copy: Path, tamper, told, zopa
):
    said = read_run(copy)
    tamper(said)
    write_run(copy, said)
    code, _, err = zopa("draw", copy)
    assert code == 2
    assert told in err


def test_inputs_that_lie_outside_the_folder_are_not_read(copy: Path):
    path = copy / "inputs" / "as_read.json"
    path.write_text(json.dumps({"scenarios": {"water-dispute": "../../../elsewhere.yaml"}}))
    with pytest.raises(InputError, match=r"as_read\.json.*a file lies elsewhere"):
        read_results(copy).prepared()


def test_the_same_results_give_the_same_archive(copy: Path, tmp_path: Path):
    (copy / ".DS_Store").write_text("of the machine")
    for k, path in enumerate(sorted(copy.rglob("*"), reverse=True)):
        path.touch()
        path.chmod(path.stat().st_mode | (0o011 if k % 2 else 0))
    one = export(read_results(copy), tmp_path / "one.zip").read_bytes()
    other = export(read_results(tmp_path / "one.zip"), tmp_path / "other.zip").read_bytes()
    assert one == other
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert not archive.testzip()
        assert all(name.startswith("halden/") for name in archive.namelist())


def test_an_archive_is_read_like_the_folder_and_leaves_nothing(folder: Path, tmp_path: Path):
    archive = export(read_results(folder), tmp_path / "halden.zip")
    results = read_results(archive)
    unpacked = results.folder
    pd.testing.assert_frame_equal(results["outcomes"], read_results(folder)["outcomes"])
    assert results.study().outcome("zone.surplus").defined.all()
    del results
    gc.collect()
    assert not unpacked.exists()


@pytest.mark.parametrize("name", ["../evil.txt", "/tmp/evil.txt", "C:/evil.txt", "a\\..\\evil.txt"])
def test_an_archive_that_would_write_elsewhere_is_refused(folder: Path, tmp_path: Path, name):
    archive = tmp_path / "evil.zip"
    write_archive(folder, "halden", archive)
    with zipfile.ZipFile(archive, "a") as more:
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        more.writestr(entry, "evil")
    with pytest.raises(InputError, match="never writes; nothing was unpacked"):
        read_results(archive)


def test_a_link_in_an_archive_is_refused(folder: Path, tmp_path: Path):
    archive = tmp_path / "link.zip"
    write_archive(folder, "halden", archive)
    with zipfile.ZipFile(archive, "a") as more:
        entry = zipfile.ZipInfo("halden/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        more.writestr(entry, "/etc/passwd")
    with pytest.raises(InputError, match="nothing was unpacked"):
        read_results(archive)


def test_a_damaged_record_in_an_archive_is_told_by_the_name_of_the_archive(tmp_path: Path):
    path = tmp_path / "sent.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("halden/run.json", "{}")
    with pytest.raises(InputError, match=re.escape(f"{path}/halden/run.json: written by")):
        read_results(path)


@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda _: b"no archive"])
def test_a_damaged_archive_is_told(folder: Path, tmp_path: Path, damage):
    archive = tmp_path / "halden.zip"
    write_archive(folder, "halden", archive)
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(InputError, match="a damaged archive"):
        read_results(archive)


def test_exported_tables_come_with_what_their_columns_mean(results: Results, tmp_path: Path):
    goal = export(results, tmp_path / "csv")
    columns = pd.read_csv(goal / "columns.csv")
    assert set(columns["table"]) == set(results.tables)
    for table in results.tables:
        there = pd.read_csv(goal / f"{table}.csv", nrows=0).columns.tolist()
        assert there == columns[columns["table"] == table]["column"].tolist()
    assert columns["meaning"].str.len().min() > 3


@pytest.mark.parametrize("name", ["out.zip", "csv"])
def test_nothing_is_written_over_unless_asked(results: Results, tmp_path: Path, name):
    goal = export(results, tmp_path / name)
    before = contents(tmp_path)
    with pytest.raises(InputError, match="--force writes over it"):
        export(results, goal)
    assert contents(tmp_path) == before
    export(results, goal, force=True)
    assert contents(tmp_path) == before


def test_a_folder_of_something_else_is_never_written_over(results: Results, tmp_path: Path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("years of work")
    with pytest.raises(InputError, match="which would be lost"):
        export(results, tmp_path / "thesis", force=True)
    assert contents(tmp_path) == {"thesis/chapter1.txt": b"years of work"}


@pytest.mark.parametrize("name", ["out.zip", "csv"])
def test_a_damaged_table_is_not_exported(copy: Path, tmp_path: Path, name):
    flip_a_byte(copy / "tables" / "zone.parquet", 100)
    with pytest.raises(InputError, match="not what the run wrote"):
        export(read_results(copy), tmp_path / "elsewhere" / name)
    assert not (tmp_path / "elsewhere").exists()


def test_the_list_tells_the_finished_from_the_running_and_the_stopped(copy: Path, zopa):
    into = copy.parent
    running = into / ".busy.running"
    stopped = into / ".halted.running"
    for hidden in (running, stopped):
        hidden.mkdir()
        blocks = {"0": {"files": {}, "failures": [{}]}, "2": {"files": {}, "failures": []}}
        manifest = {"cases": 22, "block": 8, "blocks": blocks}
        (hidden / "manifest.json").write_text(json.dumps(manifest))
    cut_short(Path(shutil.copytree(copy, into / "torn")))
    with locked(running):
        _, out, _ = zopa("results", "list", into, "--json")
        code, told, _ = zopa("results", "list", into)
    found = {one["name"]: one for one in json.loads(out)["results"]}
    assert {name: one["state"] for name, one in found.items()} == {
        "halden": "done", "busy": "running", "halted": "stopped", "torn": "damaged",
    }  # fmt: skip
    assert (found["halden"]["cases"], found["halden"]["failed"]) == (16, 0)
    assert (found["halted"]["done"], found["halted"]["failed"]) == (14, 1)
    assert found["halted"]["next"] == f"zopa run halted.yaml --into {into} --resume"
    assert found["busy"]["next"] is None
    assert code == 0
    assert "Does Halden's" in told


def test_an_empty_place_is_told_how_to_fill(tmp_path: Path, zopa):
    code, out, _ = zopa("results", "list", tmp_path)
    assert (code, "`zopa run EXPERIMENT` makes some" in " ".join(out.split())) == (0, True)
    code, _, err = zopa("results", "list", tmp_path / "none")
    assert (code, "there is no such folder" in err) == (2, True)


def test_tables_are_shown_with_what_a_row_and_a_column_is(folder: Path, zopa):
    code, out, _ = zopa("results", "tables", folder)
    assert (code, "One case of the design" in out, "outcomes" in out) == (0, True, True)
    code, out, _ = zopa("results", "tables", folder, "cases")
    assert (code, "varies: red lines" in out, "stated" in out) == (0, True, True)
    code, out, _ = zopa("results", "tables", folder, "cases", "--json")
    assert json.loads(out)["tables"]["cases"]["columns"]["case"]["kind"] == "whole"
    code, _, err = zopa("results", "tables", folder, "case")
    assert (code, "did you mean 'cases'" in err) == (2, True)


def test_an_answer_is_printed_as_far_as_it_can_be_read(folder: Path, zopa):
    code, out, _ = zopa("results", "query", folder, 'FROM contributions JOIN cases USING ("case")')
    assert code == 0
    assert "more rows" in out
    assert "-o FILE.csv or --csv has all of them" in out
    assert len(out.splitlines()) < 50


def test_an_answer_goes_to_programs_and_files(folder: Path, tmp_path: Path, zopa):
    sql = 'SELECT "case", NULL::DOUBLE AS nothing FROM cases WHERE "case" < 2 ORDER BY 1'
    assert zopa("results", "query", folder, sql, "--csv")[1] == "case,nothing\n0,\n1,\n"
    told = json.loads(zopa("results", "query", folder, sql, "--json")[1])
    assert told == {
        "columns": ["case", "nothing"],
        "rows": [{"case": 0, "nothing": None}, {"case": 1, "nothing": None}],
    }
    for name in ("a.csv", "a.parquet"):
        assert zopa("results", "query", folder, sql, "-o", tmp_path / name)[0] == 0
    assert (tmp_path / "a.csv").read_text() == "case,nothing\n0,\n1,\n"
    assert pd.read_csv(tmp_path / "a.csv").shape == (2, 2)
    code, _, err = zopa("results", "query", folder, sql, "-o", tmp_path / "a.csv")
    assert (code, "--force" in err) == (2, True)
    assert zopa("results", "query", folder, sql, "-o", tmp_path / "a.txt")[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet"]


def test_a_wrong_question_leaves_with_code_2(folder: Path, zopa):
    code, out, err = zopa("results", "query", folder, "SELECT case FROM cases")
    assert (code, out) == (2, "")
    assert 'stand in double quotes: "case"' in err


def blocks(language: str) -> list[str]:
    """Return what stands in the page on results in one language."""
    text = (Path(__file__).parent.parent / "docs" / "results.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


class Spared(Here):
    """This process in place of others, which take seconds to start."""

    def __init__(self, workers: int) -> None:
        self.asked = workers

    def stop(self) -> None:
        """There is nothing to stop."""


def test_what_the_page_on_results_says_can_be_done(tmp_path: Path, zopa, monkeypatch):
    monkeypatch.setattr(workers, "LocalPool", Spared)
    monkeypatch.chdir(tmp_path)
    Path("halden.yaml").write_text(blocks("yaml")[0])
    for line in "".join(blocks("sh")).splitlines():
        code, out, err = zopa(*shlex.split(line)[1:])
        assert code == 0, (line, out, err)
    kept, again = read_results("halden"), read_results("again/halden")
    for table in kept.tables:
        assert again.recorded(table).sha256 == kept.recorded(table).sha256
    for question in blocks("sql"):
        assert len(kept.query(question)) > 0
    names: dict[str, object] = {}
    for snippet in blocks("python"):
        exec(snippet, names)
    assert names["every"].shape[0] == 64  # type: ignore[attr-defined]


def test_the_data_dictionary_says_which_line_a_number_in_a_path_stands_for(tmp_path):
    (tmp_path / "lines.yaml").write_text(
        "experiment: 1\nscenario: water-dispute\ncompute: [compare]\n"
        'vary: {"parties.halden.red_lines[0].binds": [0, 1]}\n'
    )
    job = ScenarioJob(prepare_experiment(str(tmp_path / "lines.yaml"))[0])
    said = job.tables["cases"].columns["parties.halden.red_lines[0].binds"].about
    assert "Halden: “There will be a dam” holds" in said
