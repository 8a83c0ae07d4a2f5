"""Which results there are in a folder, and which runs are under way or were broken off there."""

from __future__ import annotations

import json
import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.errors import InputError
from sim.formats.chunks import MANIFEST
from sim.formats.locks import held
from sim.formats.run_record import read_record
from sim.formats.runs import FINISHED, hidden_folder
from sim.formats.shelf import RESULTS, RUN, shipped_experiments

State = Literal["done", "running", "stopped", "damaged"]


@dataclass(frozen=True)
class Entry:
    """Results, or a run that has not come to its end.

    Attributes
    ----------
    name, title
        What it is called, and its title where there is one.
    state
        ``damaged``: `run.json` cannot be read.
    cases, failed
        How many there are, and how many of them failed; ``None`` where that is not known.
    done
        How many are done.
    finished
        When, in universal time.
    size
        Bytes on the disk.
    next
        What to do about it, if anything.
    """

    name: str
    title: str | None
    state: State
    cases: int | None
    failed: int | None
    done: int | None
    finished: str | None
    size: int
    next: str | None


def list_runs(folder: Path = RESULTS) -> list[Entry]:
    """List results and unfinished runs, by name.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if folder == RESULTS and not folder.exists():
        return []
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; `zopa run` makes results")
    found = [_of_results(path.parent) for path in folder.glob(f"*/{RUN}")]
    for path in folder.glob(".*.running"):
        name = path.name.removeprefix(".").removesuffix(".running")
        if not (path / FINISHED).exists() and (held(path) or (path / MANIFEST).exists()):
            found.append(_of_a_run(path, name))
    return sorted(found, key=lambda entry: (entry.name, entry.state != "done"))


def _of_results(folder: Path) -> Entry:
    size = _size(folder)
    try:
        record, _ = read_record(folder)
    except InputError as error:
        return Entry(folder.name, None, "damaged", None, None, None, None, size, str(error))
    again = None
    if record.failed and (hidden_folder(folder) / FINISHED).exists():
        again = _command(folder, "--retry-failed")
    done = record.cases - record.failed
    return Entry(
        folder.name, record.title, "done", record.cases, record.failed, done, record.finished,
        size, again,
    )  # fmt: skip


def _of_a_run(folder: Path, name: str) -> Entry:
    """Say how far a run has come."""
    running = held(folder)
    size = _size(folder)
    cases = failed = done = None
    try:
        said = json.loads((folder / MANIFEST).read_bytes())
        cases, block = int(said["cases"]), int(said["block"])
        done = sum(min(block, cases - int(number) * block) for number in said["blocks"])
        failed = sum(len(one["failures"]) for one in said["blocks"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        if not running:
            told = f"its list of chunks is damaged: remove {folder} to start afresh"
            return Entry(name, None, "damaged", None, None, None, None, size, told)
    again = None if running else _command(folder.with_name(name), "--resume")
    state: State = "running" if running else "stopped"
    return Entry(name, None, state, cases, failed, done, None, size, again)


def _size(folder: Path) -> int:
    """Return how many bytes a folder takes, of files that stay long enough to be looked at."""
    size = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            size += path.stat().st_size if path.is_file() else 0
    return size


def _command(goal: Path, option: str) -> str:
    """Return what to type to go on; where its file stands only the user knows."""
    name = goal.name if goal.name in shipped_experiments() else f"{goal.name}.yaml"
    into = [] if goal.parent == RESULTS else ["--into", str(goal.parent)]
    return shlex.join(["zopa", "run", name, *into, option])
