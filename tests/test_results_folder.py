"""A results folder is the previous one or the new one, at any moment and after any mishap."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.formats import folders
from sim.formats.folders import replacing

HERE = Path(__file__).parent


def fill(folder: Path, text: str) -> None:
    (folder / "figures").mkdir()
    (folder / "figures" / "zone.svg").write_text(text)
    (folder / "report.md").write_text(text)


def break_off(folder: Path, mishap: BaseException) -> None:
    (folder / "report.md").write_text("half")
    raise mishap


def results(goal: Path) -> dict[str, str]:
    """Return everything that stands in a folder, by path."""
    files = [path for path in goal.rglob("*") if path.is_file()]
    return {str(path.relative_to(goal)): path.read_text() for path in files}


def complete(text: str) -> dict[str, str]:
    return {"figures/zone.svg": text, "report.md": text}


@pytest.fixture
def goal(tmp_path: Path) -> Path:
    """A folder that holds the results of an earlier run."""
    with replacing(tmp_path / "peace") as draft:
        fill(draft, "previous")
    return tmp_path / "peace"


def alone(goal: Path) -> bool:
    """Whether nothing stands beside the results, hidden or not."""
    return [path.name for path in goal.parent.iterdir()] == [goal.name]


def a_process_that_is_gone() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_the_first_results_appear_whole_with_their_parents(tmp_path: Path):
    goal = tmp_path / "results" / "first"
    with replacing(goal) as draft:
        fill(draft, "new")
        assert not goal.exists()
    assert results(goal) == complete("new")
    assert alone(goal)


def test_new_results_take_the_place_of_all_that_was_there(goal: Path):
    (goal / "left-over.txt").write_text("of an older version")
    with replacing(goal) as draft:
        fill(draft, "new")
        assert results(goal) == complete("previous") | {"left-over.txt": "of an older version"}
    assert results(goal) == complete("new")
    assert alone(goal)


def test_others_may_read_the_results(goal: Path):
    assert goal.stat().st_mode & 0o777 == 0o755


def test_a_system_that_cannot_exchange_folders_does_it_in_two_steps(goal: Path, monkeypatch):
    monkeypatch.setattr(folders, "_exchange", lambda *_: False)
    with replacing(goal) as draft:
        fill(draft, "new")
    assert results(goal) == complete("new")
    assert alone(goal)


def test_a_second_step_that_fails_is_taken_back(goal: Path, monkeypatch):
    rename = Path.rename

    def stumble(self: Path, target: Path) -> Path:
        if self.name.startswith(".") and "old" not in self.name:
            raise OSError(errno.EIO, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(folders, "_exchange", lambda *_: False)
    monkeypatch.setattr(Path, "rename", stumble)
    with pytest.raises(InputError, match="nothing was changed"), replacing(goal) as draft:
        fill(draft, "new")
    assert results(goal) == complete("previous")
    assert alone(goal)


def test_a_run_killed_between_the_two_steps_loses_nothing(goal: Path):
    aside = goal.with_name(f".peace.draft-{a_process_that_is_gone()}-x1y2-old")
    goal.rename(aside)
    with pytest.raises(ZeroDivisionError), replacing(goal):
        raise ZeroDivisionError
    assert results(goal) == complete("previous")
    assert alone(goal)


@pytest.mark.parametrize("mishap", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_run_that_fails_leaves_the_previous_results(goal: Path, mishap: type[BaseException]):
    with pytest.raises(mishap), replacing(goal) as draft:
        break_off(draft, mishap())
    assert results(goal) == complete("previous")
    assert alone(goal)


def test_a_full_disk_is_told_and_leaves_the_previous_results(goal: Path):
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(InputError, match=r"No space left.*make room"), replacing(goal) as draft:
        break_off(draft, full)
    assert results(goal) == complete("previous")
    assert alone(goal)


def test_a_disk_that_finds_out_late_that_it_is_full_is_believed(goal: Path, monkeypatch):
    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(InputError, match="No space left"), replacing(goal) as draft:
        fill(draft, "new")
    assert results(goal) == complete("previous")
    assert alone(goal)


def test_a_system_that_cannot_flush_folders_gets_its_results(goal: Path, monkeypatch):
    def refuse(_: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse)
    with replacing(goal) as draft:
        fill(draft, "new")
    assert results(goal) == complete("new")


def test_a_folder_that_may_not_be_written_is_told_before_any_work(goal: Path, monkeypatch):
    def refuse(prefix: str, dir: Path) -> str:  # noqa: A002  the name that is called
        raise PermissionError(errno.EACCES, "Permission denied", str(dir / prefix))

    monkeypatch.setattr(folders.tempfile, "mkdtemp", refuse)
    with pytest.raises(InputError, match="Permission denied"), replacing(goal):
        pytest.fail("no work should have begun")
    assert results(goal) == complete("previous")
    assert alone(goal)


def test_a_file_in_the_way_is_told_and_kept(tmp_path: Path):
    (tmp_path / "peace").write_text("my notes")
    with pytest.raises(InputError, match="a file stands where"), replacing(tmp_path / "peace"):
        pytest.fail("no work should have begun")
    assert (tmp_path / "peace").read_text() == "my notes"
    with pytest.raises(InputError, match="cannot write"), replacing(tmp_path / "peace" / "x"):
        pytest.fail("no work should have begun")
    assert alone(tmp_path / "peace")


def test_a_link_to_the_results_stays_a_link(goal: Path, tmp_path: Path):
    link = tmp_path / "elsewhere" / "link"
    link.parent.mkdir()
    link.symlink_to(goal)
    with replacing(link) as draft:
        fill(draft, "new")
    assert link.is_symlink()
    assert results(goal) == complete("new")
    assert alone(link)


def test_drafts_of_runs_that_are_gone_are_swept(goal: Path):
    gone, here = a_process_that_is_gone(), os.getpid()
    left, at_work, another, named_alike = (
        goal.with_name(name)
        for name in (
            f".peace.draft-{gone}-abc",
            f".peace.draft-{here}-abc",
            f".war.draft-{gone}-abc",
            ".peace.draft-of-a-letter",
        )
    )
    for folder in (left, at_work, another, named_alike):
        folder.mkdir()
    with replacing(goal) as draft:
        fill(draft, "new")
    assert results(goal) == complete("new")
    assert [path.exists() for path in (left, at_work, another, named_alike)] == [0, 1, 1, 1]


def test_a_name_with_odd_marks_is_only_a_name(tmp_path: Path):
    goal = tmp_path / "peace [draft] *?"
    left = goal.with_name(f".{goal.name}.draft-{a_process_that_is_gone()}-abc")
    left.mkdir()
    for text in ("previous", "new"):
        with replacing(goal) as draft:
            fill(draft, text)
    assert results(goal) == complete("new")
    assert alone(goal)


def test_whoever_looks_finds_results_there(goal: Path):
    looks, stop = [], threading.Event()

    def look() -> None:
        while not stop.is_set():
            looks.append(goal.exists())

    reader = threading.Thread(target=look)
    reader.start()
    for version in range(60):
        with replacing(goal) as draft:
            fill(draft, str(version))
    stop.set()
    reader.join()
    assert len(looks) > 60
    assert all(looks)


def test_a_writer_killed_at_any_moment_leaves_whole_results(tmp_path: Path):
    goal = tmp_path / "peace"
    script = [sys.executable, str(HERE / "writers_to_kill.py"), str(goal), "5", "25"]
    path = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(
        script, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    versions = json.loads(ended.stdout)
    assert len(versions) == 25
    assert versions[-1] > 0  # the writers did write
    with replacing(goal) as draft:
        fill(draft, "new")
    assert alone(goal)


def test_a_folder_that_holds_something_else_is_never_replaced(tmp_path: Path) -> None:
    goal = tmp_path / "thesis"
    goal.mkdir()
    (goal / "chapter1.tex").write_text("years of work")
    with pytest.raises(InputError, match="would be lost"), replacing(goal, mark="run.json"):
        pass
    assert (goal / "chapter1.tex").read_text() == "years of work"
    (goal / "chapter1.tex").unlink()
    for _ in range(2):  # an empty folder is free, and what we left there is ours
        with replacing(goal, mark="run.json") as draft:
            (draft / "run.json").write_text("{}")
    assert [path.name for path in goal.iterdir()] == ["run.json"]
