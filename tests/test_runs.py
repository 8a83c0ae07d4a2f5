"""A run that was broken off goes on where it was, and ends as if nobody had disturbed it."""

from __future__ import annotations

import errno
import fcntl
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
from jobs_to_kill import MARK, Talks, run_to_the_end, write

from sim.errors import InputError
from sim.experiment.engine import Here
from sim.experiment.job import Block, Computed
from sim.experiment.workers import LocalPool
from sim.formats import chunks, locks, parquet, runs
from sim.formats.chunks import Chunks
from sim.formats.locks import locked
from sim.formats.parquet import connected
from sim.formats.runs import Interrupted, fingerprint_of, running

JOB = Talks(n_cases=22, block=4, steps=5)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    goal = tmp_path_factory.mktemp("undisturbed") / "talks"
    run_to_the_end(goal, JOB, Here())
    return contents(goal)


@pytest.fixture
def goal(tmp_path: Path) -> Path:
    return tmp_path / "talks"


def hidden(goal: Path) -> Path:
    return goal.with_name(".talks.running")


def break_off(goal: Path, after: int, how: type[BaseException] = KeyboardInterrupt) -> None:
    """Begin a run and stop it after so many blocks."""
    seen = []

    def told(block: Block, _: Computed) -> None:
        seen.append(block)
        if len(seen) == after:
            raise how("stop")

    with pytest.raises(how), running(goal, JOB, "the talks", mark=MARK) as run:
        run.compute(Here(), told=told)


def resumed(goal: Path, *, resume: bool = True, job: Talks = JOB) -> list[int]:
    """Take a run up to its end; return the blocks that were computed."""
    computed = []
    with running(goal, job, "the talks", resume=resume, mark=MARK) as run:
        run.compute(Here(), told=lambda block, _: computed.append(block.number))
        write(run)
    return computed


def test_a_run_leaves_its_tables_and_nothing_beside_them(goal: Path, undisturbed):
    run_to_the_end(goal, JOB, Here())
    assert contents(goal) == undisturbed
    assert set(undisturbed) == {
        MARK,
        "tables/README.md",
        *(
            f"tables/{t}.{kind}"
            for t in ("steps", "cases", "failures")
            for kind in ("csv", "parquet")
        ),
    }
    assert [path.name for path in goal.parent.iterdir()] == ["talks"]


@pytest.mark.parametrize("resume", [True, False])
def test_what_is_done_is_not_computed_again(goal: Path, undisturbed, resume):
    break_off(goal, after=4)
    assert not goal.exists()
    assert resumed(goal, resume=resume) == [4, 5]
    assert contents(goal) == undisturbed


@pytest.mark.parametrize("how", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_whatever_breaks_a_run_off_its_blocks_are_kept(goal: Path, undisturbed, how):
    break_off(goal, after=3, how=how)
    assert resumed(goal) == [3, 4, 5]
    assert contents(goal) == undisturbed


def test_ctrl_c_says_how_to_go_on(goal: Path):
    with (
        pytest.raises(Interrupted, match="12 of 22 cases are done and kept: go on with --resume"),
        running(goal, JOB, "the talks") as run,
    ):
        run.compute(Here(), told=lambda block, _: block.number == 2 and signal.raise_signal(2))


def test_a_run_broken_off_while_its_tables_are_written_computes_nothing_again(goal, undisturbed):
    with pytest.raises(Interrupted), running(goal, JOB, "the talks", mark=MARK) as run:  # noqa: PT012
        run.compute(Here())
        run.write_tables(run.draft / "tables")
        raise KeyboardInterrupt
    assert not goal.exists()
    assert resumed(goal) == []
    assert contents(goal) == undisturbed


def test_resuming_with_nothing_there_starts_afresh(goal: Path, undisturbed):
    assert resumed(goal) == [0, 1, 2, 3, 4, 5]
    assert contents(goal) == undisturbed


@pytest.mark.parametrize("workers", [1, 3])
def test_results_are_the_same_bytes_whatever_the_number_of_workers(goal, undisturbed, workers):
    run_to_the_end(goal, JOB, LocalPool(workers))
    assert contents(goal) == undisturbed


def test_a_finished_run_with_failures_is_run_again_in_full(goal: Path, undisturbed):
    run_to_the_end(goal, replace(JOB, raises=(9,)), Here())
    assert resumed(goal, resume=False) == [0, 1, 2, 3, 4, 5]
    assert contents(goal) == undisturbed
    assert not hidden(goal).exists()


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("Query interrupted"),
        duckdb.Error("KeyboardInterrupt: "),
        duckdb.InterruptException("INTERRUPT Error: Interrupted!"),
    ],
)
def test_ctrl_c_while_duckdb_writes_is_ctrl_c(goal: Path, monkeypatch, error: Exception):
    class Relation:
        def write_parquet(self, path: str) -> None:
            raise error

    monkeypatch.setattr(chunks, "write_rows", lambda *_: parquet.write(Relation(), Path("x")))
    with pytest.raises(Interrupted, match="go on with"), running(goal, JOB, "x") as run:
        run.compute(Here())


def test_the_lock_goes_last_where_open_files_cannot_be_removed(goal: Path, monkeypatch):
    rmtree = shutil.rmtree

    def all_but_the_lock(folder: Path, **how: bool) -> None:
        if folder == hidden(goal):
            assert (folder / "lock").exists()
        else:
            rmtree(folder, **how)

    monkeypatch.setattr(runs.shutil, "rmtree", all_but_the_lock)
    run_to_the_end(goal, JOB, Here())
    assert [path.name for path in hidden(goal).iterdir()] == ["lock"]
    runs._remove_the_lock(hidden(goal))
    assert not hidden(goal).exists()


def test_a_finished_run_is_run_again_in_full(goal: Path, undisturbed):
    run_to_the_end(goal, JOB, Here())
    assert resumed(goal, resume=False) == [0, 1, 2, 3, 4, 5]
    assert contents(goal) == undisturbed


def test_the_previous_results_stay_until_the_new_ones_are_there(goal: Path, undisturbed):
    run_to_the_end(goal, JOB, Here())
    break_off(goal, after=2)
    assert contents(goal) == undisturbed


def spoil_manifest(folder: Path) -> None:
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(
        text.replace('"cases-000000.parquet": "', '"cases-000000.parquet": "0')
    )


def cut_manifest(folder: Path) -> None:
    data = (folder / "manifest.json").read_bytes()
    (folder / "manifest.json").write_bytes(data[: len(data) // 2])


def odd_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('["nothing of ours"]')


def cut_chunk(folder: Path) -> None:
    data = (folder / "steps-000001.parquet").read_bytes()
    (folder / "steps-000001.parquet").write_bytes(data[:-1])


def lose_chunk(folder: Path) -> None:
    (folder / "cases-000001.parquet").unlink()


DAMAGE = {
    spoil_manifest: r"manifest.json: changed since it was written",
    cut_manifest: r"manifest.json: cut short or changed by hand",
    odd_manifest: r"manifest.json: cut short or changed by hand",
    cut_chunk: r"steps-000001.parquet: missing or changed \(block 1\)",
    lose_chunk: r"cases-000001.parquet: missing or changed \(block 1\)",
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_what_is_damaged_is_refused_and_left_as_it_is(goal: Path, undisturbed, damage):
    break_off(goal, after=3)
    damage(hidden(goal))
    before = contents(hidden(goal))
    with pytest.raises(InputError, match=DAMAGE[damage] + r".*remove .* to start afresh"):
        resumed(goal)
    assert contents(hidden(goal)) == before
    assert resumed(goal, resume=False) == [0, 1, 2, 3, 4, 5]  # who does not insist starts afresh
    assert contents(goal) == undisturbed


@pytest.mark.parametrize(
    ("job", "fingerprint"),
    [
        (JOB, "other talks"),
        (replace(JOB, n_cases=23), "the talks"),
        (replace(JOB, block=2), "the talks"),
    ],
    ids=["another experiment", "more cases", "another block"],
)
def test_the_run_of_another_experiment_is_refused_and_left_as_it_is(goal, job, fingerprint):
    break_off(goal, after=3)
    before = contents(hidden(goal))
    with (
        pytest.raises(InputError, match="an interrupted run of a different experiment"),
        running(goal, job, fingerprint, resume=True),
    ):
        pytest.fail("no work should have begun")
    assert contents(hidden(goal)) == before


def test_a_second_runner_is_refused(goal: Path, undisturbed):
    with running(goal, JOB, "the talks", mark=MARK) as run:
        run.compute(Here())
        with pytest.raises(InputError, match="another run is at work on this experiment"):
            resumed(goal)
        write(run)
    assert contents(goal) == undisturbed


def test_a_lock_whose_folder_was_just_removed_is_taken_anew(tmp_path: Path, monkeypatch):
    take, folder = locks._take, tmp_path / "run"

    def after_removal(handle: int) -> bool:
        if not (tmp_path / "removed").exists():
            (tmp_path / "removed").touch()
            (folder / "lock").unlink()
        return take(handle)

    monkeypatch.setattr(locks, "_take", after_removal)
    with locked(folder):
        assert (folder / "lock").exists()
        with pytest.raises(InputError), locked(folder):
            pytest.fail("it is held")


def test_a_link_that_leads_to_itself_is_told(goal: Path):
    goal.symlink_to(goal.name)
    with pytest.raises(InputError, match="leads to itself"), running(goal, JOB, "x"):
        pytest.fail("no work should have begun")


def test_a_place_where_no_folder_can_be_made_is_told(goal: Path, monkeypatch):
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)  # as below /proc, or where we stand was removed
    with pytest.raises(InputError, match=r"No such file.*choose another folder"), locked(goal):
        pytest.fail("there is nothing to hold")


def test_a_disk_that_knows_no_locks_is_used_without(tmp_path: Path, monkeypatch):
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with locked(tmp_path / "run"):
        assert (tmp_path / "run").is_dir()


def test_a_folder_of_something_else_is_refused_before_any_work(goal: Path):
    goal.mkdir()
    (goal / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="would be lost"), running(goal, JOB, "x", mark=MARK):
        pytest.fail("no work should have begun")
    assert [path.name for path in goal.parent.iterdir()] == ["talks"]


def test_a_place_that_may_not_be_written_is_told_before_any_work(goal: Path, monkeypatch):
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with (
        pytest.raises(InputError, match=r"Read-only.*choose another folder"),
        running(goal, JOB, "x"),
    ):
        pytest.fail("no work should have begun")


def test_failed_cases_are_listed_with_what_was_set_in_them(goal: Path):
    run_to_the_end(goal, replace(JOB, raises=(9,)), Here())
    rows = duckdb.read_parquet(str(goal / "tables" / "failures.parquet")).fetchall()
    assert rows == [(9, "raised", "ValueError: case 9 has no status quo", '{"number": 9}')]
    steps = duckdb.read_parquet(str(goal / "tables" / "cases.parquet")).fetchall()
    assert [case for case, _ in steps] == [case for case in range(22) if case != 9]


def test_failed_cases_are_tried_again_and_nothing_else(goal: Path, undisturbed):
    run_to_the_end(goal, replace(JOB, raises=(9, 10)), Here())
    tried = []
    with running(goal, JOB, "the talks", retry_failed=True, mark=MARK) as run:
        run.compute(Here(), told=lambda block, _: tried.append(block.number))
        write(run)
    assert tried == [2]
    assert contents(goal) == undisturbed
    assert not hidden(goal).exists()
    with (
        pytest.raises(InputError, match="no case failed in the last run"),
        running(goal, JOB, "the talks", retry_failed=True),
    ):
        pytest.fail("nothing is left to try")


def test_a_retry_that_is_broken_off_is_taken_up(goal: Path, undisturbed):
    run_to_the_end(goal, replace(JOB, raises=(1, 9)), Here())
    with pytest.raises(Interrupted), running(goal, JOB, "the talks", retry_failed=True) as run:
        run.compute(Here(), told=lambda *_: signal.raise_signal(signal.SIGINT))
    assert resumed(goal) == [2]
    assert contents(goal) == undisturbed


FULL = OSError(errno.ENOSPC, "No space left on device")


def at_times(true: Iterator[bool], real: Callable) -> Callable:
    def stumbling(*given: object, **named: object) -> object:
        if next(true, False):
            raise FULL
        return real(*given, **named)

    return stumbling


@pytest.mark.parametrize("step", ["write_rows", "_sync", "_replace_whole", "replace"])
@pytest.mark.parametrize("moment", [0, 1, 2, 5, 6])
def test_a_disk_that_fills_up_at_any_step_loses_nothing(
    goal, undisturbed, monkeypatch, step, moment
):
    where, name = (Path, "replace") if step == "replace" else (chunks, step)
    when = iter([False] * moment + [True])
    with monkeypatch.context() as patched:
        patched.setattr(chunks, "OFTEN", 0)
        patched.setattr(chunks, "SHARE", 1e9)
        patched.setattr(where, name, at_times(when, getattr(where, name)))
        with (  # noqa: PT012
            pytest.raises(InputError, match=r"No space left on device.*make room.*--resume"),
            running(goal, JOB, "the talks", mark=MARK) as run,
        ):
            run.compute(Here())
            pytest.fail("the disk was full")
    assert not goal.exists()
    every_listed_chunk_is_there(hidden(goal))
    resumed(goal)
    assert contents(goal) == undisturbed


def every_listed_chunk_is_there(folder: Path) -> None:
    if (folder / "manifest.json").exists():
        Chunks(folder, JOB, "the talks").resume()


def test_a_disk_that_duckdb_finds_full_is_told_as_any_other(goal: Path, monkeypatch):
    class Relation:
        def write_parquet(self, path: str) -> None:
            raise duckdb.IOException("IO Error: could not write: No space left on device")

    base = connected()
    monkeypatch.setattr(chunks, "write_rows", lambda *_: parquet.write(Relation(), Path("x")))
    with pytest.raises(InputError, match="No space left"), running(goal, JOB, "x") as run:
        run.compute(Here())
    base.close()


def test_chunks_that_are_not_listed_are_computed_again(goal: Path, undisturbed):
    break_off(goal, after=3)
    (hidden(goal) / "steps-000004.parquet").write_bytes(b"half")
    (hidden(goal) / "steps-000005.parquet.draft").write_bytes(b"half")
    assert resumed(goal) == [3, 4, 5]
    assert contents(goal) == undisturbed


def test_experiments_are_told_apart_by_all_that_they_depend_on():
    one = fingerprint_of({"seed": 1, "scenario": {"a": 0.5}})
    assert one == fingerprint_of({"scenario": {"a": 0.5}, "seed": 1})
    assert one != fingerprint_of({"seed": 2, "scenario": {"a": 0.5}})
    assert one != fingerprint_of({"seed": 1, "scenario": {"a": np.nextafter(0.5, 1)}})
