"""`zopa run` as people meet it: plans, interruptions, failures, parts, and what it refuses."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sim.cli import run_command
from sim.experiment import cluster, estimate
from sim.experiment.workers import LocalPool
from sim.formats import result_tables, room
from sim.formats.locks import locked
from sim.formats.parquet import read_columns
from sim.formats.runs import hidden_folder
from sim.report import results_folder

SWEEP = """\
experiment: 1
title: How much must Halden gain?
scenario: water-dispute
vary:
  parties.halden.threshold: {uniform: [0.35, 0.6]}
design: {lhs: 240}
compute: [compare, zone]
draws: 8000
zone_draws: 10
report: false
"""
SOME_FAIL = """\
experiment: 1
scenario: job-offer
vary:
  parties.candidate.consent: [required, advisory]
  parties.employer.consent: [required, advisory]
compute: [zone]
"""


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    path = tmp_path / "gain.yaml"
    path.write_text(SWEEP)
    return path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = tmp_path_factory.mktemp("undisturbed") / "gain.yaml"
    path.write_text(SWEEP)
    assert run(path, "--workers", "1") == 0
    return contents(path.parent / "gain")


def run(experiment: Path, *options: str) -> int:
    return run_command(["run", str(experiment), "--into", str(experiment.parent), *options])


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "run.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def started(experiment: Path, *options: str) -> subprocess.Popen[str]:
    """Start the command, and wait until something is computed."""
    program = [sys.executable, "-c", "from sim.cli import main; main()"]
    command = subprocess.Popen(
        [*program, "run", str(experiment), "--into", str(experiment.parent), *options],
        env=os.environ | {"COLUMNS": "80", "PYTHONPATH": str(Path(__file__).parent.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    manifest = hidden_folder(experiment.parent / experiment.stem) / "manifest.json"
    before = manifest.stat().st_mtime_ns if manifest.exists() else 0
    while not manifest.exists() or manifest.stat().st_mtime_ns == before:
        assert command.poll() is None, command.communicate()
        time.sleep(0.01)
    return command


def a_start() -> float:
    """Return how long a small program takes at present: the machine may be busy with others."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)
    return time.monotonic() - began


def test_of_more_than_a_few_cases_the_screen_has_findings_and_no_tables(sweep, zopa):
    for values, tables in (("0.35, 0.4", 2), ("0.35, 0.36, 0.37, 0.38, 0.4", 0)):
        sweep.write_text(
            "experiment: 1\nscenario: water-dispute\ncompute: [compare]\ndraws: 5\n"
            f"vary: {{parties.halden.threshold: [{values}]}}\n"
        )
        code, out, _ = zopa("run", sweep, "--into", sweep.parent, "--workers", 1)
        assert (code, out.count("plan version  ")) == (0, tables)
        assert out.count("Halden: threshold = ") == len(values.split())


def test_a_dry_run_says_what_takes_time_besides_the_cases(sweep, zopa):
    for asked, more in (
        ("", "for the cases with 1 worker, and"),
        ("figures: [plan_ranks]\n", "(pictures come on top)"),
        ("discovery: [{outcome: zone.exists}]\n", "(analyses come on top)"),
    ):
        sweep.write_text(SWEEP.replace("draws: 8000", "draws: 5") + asked)
        code, out, _ = zopa("run", sweep, "--dry-run", "--workers", 1)
        assert (code, more in " ".join(out.split())) == (0, True)


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(sweep, zopa):
    code, out, _ = zopa("run", sweep, "--into", sweep.parent, "--dry-run", "--workers", 2)
    assert code == 0
    for said in (
        "240 cases (design lhs: 240), in 8 blocks", "with 2 workers", "on the disk",
        "parties.halden.threshold: 0.35 to 0.6", "acceptance: One plan version judged by one party",
        "halden_draft.halden.utility", "Nothing was written",
    ):  # fmt: skip
        assert said in " ".join(out.split())
    code, out, _ = zopa("run", sweep, "--into", sweep.parent, "--dry-run", "--limit", 10, "--json")
    told = json.loads(out)
    assert (code, told["cases"], told["of"], told["failed"]) == (0, 10, 240, 0)
    assert told["seconds"] > 0 < told["bytes"]
    assert {"cases", "outcomes", "zone"} <= told["tables"].keys()
    assert list(sweep.parent.iterdir()) == [sweep]


def test_ctrl_c_stops_within_a_second_and_says_how_to_go_on(sweep, undisturbed):
    command = started(sweep, "--workers", "1")
    asked = time.monotonic()
    command.send_signal(signal.SIGINT)
    out, said = command.communicate()
    assert time.monotonic() - asked < max(1.0, 8 * a_start())
    assert (command.returncode, out) == (130, "")
    assert "Traceback" not in said
    assert " of 240 cases are done and kept: go on with --resume" in said
    again = shlex.split(said.splitlines()[-1])
    assert again[:2] == ["zopa", "run"]
    assert not (sweep.parent / "gain").exists()
    assert run_command(again[1:]) == 0
    assert contents(sweep.parent / "gain") == undisturbed
    assert sorted(path.name for path in sweep.parent.iterdir()) == ["gain", "gain.yaml"]


def test_a_run_that_is_killed_goes_on_to_the_same_bytes(sweep, undisturbed):
    shutil.copytree(Path(__file__).parent, previous := sweep.parent / "gain", ignore=every_file)
    (previous / "run.json").write_text("{}")
    for _ in range(2):
        command = started(sweep, "--workers", "1")
        command.kill()
        command.communicate()
        assert (previous / "run.json").read_text() == "{}"
    assert run(sweep, "--resume", "--workers", "2") == 0
    assert contents(sweep.parent / "gain") == undisturbed


def every_file(_: str, names: list[str]) -> list[str]:
    return names


@pytest.fixture
def broken_off(sweep: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that was broken off after its first blocks; what is left of it."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(results_folder, "publish", stop)
        assert run(sweep, "--limit", "20") == 130
    return hidden_folder(sweep.parent / "gain")


def test_with_resume_what_another_experiment_left_is_refused(sweep, broken_off, capsys):
    left = contents(broken_off)
    assert run(sweep, "--resume") == 2  # all cases instead of twenty
    sweep.write_text(SWEEP.replace("draws: 8000", "draws: 8001"))
    assert run(sweep, "--resume", "--limit", "20") == 2
    assert "an interrupted run of a different experiment" in capsys.readouterr().err
    assert contents(broken_off) == left
    assert not (sweep.parent / "gain").exists()


def cut_short(data: bytes) -> bytes:
    return data[: len(data) // 2]


def tampered_with(data: bytes) -> bytes:
    return data.replace(b'"block": 32', b'"block": 16')


@pytest.mark.parametrize("damage", [cut_short, tampered_with])
def test_with_resume_a_damaged_manifest_is_refused(sweep, broken_off, capsys, damage):
    manifest = broken_off / "manifest.json"
    data = manifest.read_bytes()
    assert damage(data) != data
    manifest.write_bytes(damage(data))
    assert run(sweep, "--resume", "--limit", "20") == 2
    assert str(manifest) in capsys.readouterr().err
    assert manifest.read_bytes() == damage(data)


def test_what_is_left_is_taken_up_and_nothing_computed_again(sweep, broken_off, zopa, monkeypatch):
    monkeypatch.setattr(LocalPool, "submit", lambda *_: pytest.fail("this is done already"))
    sweep.write_text(SWEEP.replace("title: How much", "title: Just how much"))
    arguments = ("run", sweep, "--into", sweep.parent, "--limit", 20, "--resume", "--json")
    code, out, _ = zopa(*arguments)
    told = json.loads(out)
    assert (code, told["cases"], told["of"], told["failed"]) == (0, 20, 240, 0)
    assert told["results"] == str(sweep.parent / "gain")
    assert told["tables"]["outcomes"] == 20
    assert told["findings"]
    assert told["seconds"] > 0
    assert not broken_off.exists()


def test_a_second_runner_is_refused(sweep, capsys):
    hidden = hidden_folder(sweep.parent / "gain")
    with locked(hidden):
        assert run(sweep) == 2
    assert str(hidden) in capsys.readouterr().err


def test_a_folder_that_is_not_ours_is_never_replaced(sweep, capsys):
    notes = sweep.parent / "gain" / "notes.txt"
    notes.parent.mkdir()
    notes.write_text("years of work")
    assert run(sweep, "--limit", "2") == 2
    assert "holds something else than results of zopa" in capsys.readouterr().err
    assert notes.read_text() == "years of work"
    assert {path.name for path in sweep.parent.iterdir()} == {"gain", "gain.yaml"}


def test_a_place_that_cannot_be_written_to_is_told(sweep, capsys):
    (sweep.parent / "file").write_text("in the way")
    assert run_command(["run", str(sweep), "--into", str(sweep.parent / "file")]) == 2
    assert "cannot write here" in capsys.readouterr().err


def test_a_run_that_the_disk_has_no_room_for_is_refused(sweep, monkeypatch, capsys):
    sweep.write_text(SWEEP.replace("240", "20000"))
    monkeypatch.setattr(room, "free_bytes", lambda _: 1_000_000)
    monkeypatch.setattr(estimate.time, "perf_counter", lambda: 0.0)
    assert run(sweep) == 2
    said = capsys.readouterr().err
    assert "20,000 cases need about" in said
    assert "1.0 MB are free: take fewer cases" in said
    assert [path.name for path in sweep.parent.iterdir()] == ["gain.yaml"]


def test_a_disk_that_fills_up_loses_nothing(sweep, monkeypatch, capsys):
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    arguments = (sweep, "--limit", "8", "--no-figures")
    assert run(*arguments) == 0
    before = contents(sweep.parent / "gain")
    with monkeypatch.context() as patch:
        patch.setattr(result_tables, "write", full)
        assert run(*arguments) == 2
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "8 of 8 cases are done and kept: make room, then go on with --resume" in said
    assert contents(sweep.parent / "gain") == before
    monkeypatch.setattr(LocalPool, "submit", lambda *_: pytest.fail("this is done already"))
    assert run(*arguments, "--resume") == 0
    assert contents(sweep.parent / "gain") == before


def test_a_part_of_a_design_says_that_it_is_one(sweep, undisturbed, zopa):
    sweep.write_text(SWEEP.replace("report: false", "sensitivity: {methods: [pawn]}"))
    code, out, _ = zopa("run", sweep, "--into", sweep.parent, "--limit", 20, "--workers", 1)
    folder = sweep.parent / "gain"
    assert code == 0
    part = "A part of the design: its first 20 of 240 cases."
    assert part in " ".join(out.split())
    assert part in (folder / "report.md").read_text(encoding="utf-8")
    said = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert (said["cases"], said["limit"]) == (20, 20)
    assert not (folder / "tables" / "pawn.parquet").exists()
    whole = undisturbed["tables/outcomes.csv"].decode().splitlines()
    assert (folder / "tables" / "outcomes.csv").read_text().splitlines() == whole[:21]


def test_cases_that_fail_are_told_loudly_and_can_be_tried_again(tmp_path, zopa):
    path = tmp_path / "who-signs.yaml"
    path.write_text(SOME_FAIL)
    code, out, _ = zopa("run", path, "--into", tmp_path)
    said = " ".join(out.split())
    assert code == 0
    assert "1 of 4 cases failed and is left out: • case 3 (" in said
    assert "no party's consent is required" in said
    again = shlex.split(out[out.index("zopa run") :].splitlines()[0])
    assert again == ["zopa", "run", str(path), "--into", str(tmp_path), "--retry-failed"]
    report = (tmp_path / "who-signs" / "report.md").read_text(encoding="utf-8")
    assert "> 1 of 4 cases failed and is missing" in report
    before = contents(tmp_path / "who-signs")
    code, out, _ = zopa(*again[1:], "--json")
    assert (code, json.loads(out)["failed"]) == (0, 1)
    assert contents(tmp_path / "who-signs") == before
    failures = read_columns(tmp_path / "who-signs" / "tables" / "failures.parquet")
    assert json.loads(failures["inputs"][0]) == {
        "parties.candidate.consent": "advisory", "parties.employer.consent": "advisory",
    }  # fmt: skip


def test_a_place_under_a_name_that_is_too_long_is_named(sweep: Path, capsys):
    assert run_command(["run", str(sweep), "--into", str(sweep.parent / ("x" * 300))]) == 2
    said = capsys.readouterr().err
    assert f"{'x' * 300}" in said
    assert "name another place" in said


def test_where_every_case_fails_the_previous_results_stay(tmp_path, capsys):
    path = tmp_path / "nobody-signs.yaml"
    path.write_text(SOME_FAIL.replace("required, ", ""))
    previous = tmp_path / "nobody-signs" / "run.json"
    previous.parent.mkdir()
    previous.write_text("{}")
    assert run(path) == 2
    said = capsys.readouterr().err
    assert "every case failed, so nothing was written:\n  case 0 (" in said
    assert previous.read_text() == "{}"
    assert {p.name for p in tmp_path.iterdir()} == {"nobody-signs", "nobody-signs.yaml"}


@pytest.mark.parametrize("name", ["..", ".hidden", "a:b", "a\\b", "two\nlines"])
def test_an_experiment_whose_results_could_not_be_read_everywhere_is_refused(
    sweep: Path, capsys, name
):
    path = sweep.rename(sweep.with_name(f"{name}.yaml"))
    assert run(path) == 2
    assert "rename the file" in capsys.readouterr().err
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--cluster", "tcp://127.0.0.1:9"), "tcp://127.0.0.1:9"),
        (("--cluster", "tcp://127.0.0.1:9", "--workers", "2"), "name one"),
        (("--workers", "0"), "--workers"),
        (("--limit", "0"), "--limit"),
        (("--retry-failed",), "none to try again"),
    ],
)
def test_what_cannot_be_is_told_and_leaves_nothing(sweep, capsys, options, said, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 0.2)
    assert run(sweep, *options) == 2
    assert said in capsys.readouterr().err
    assert list(sweep.parent.iterdir()) == [sweep]
