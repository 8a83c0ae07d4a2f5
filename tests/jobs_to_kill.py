"""A small job that fails, kills its worker or dawdles as it is told, and a program that runs it.

As a program: WHAT GOAL SEED COUNT LONGEST. It kills COUNT times, each at a random moment of up to
LONGEST seconds, then lets a run end, and prints what it met: ``here`` and ``pool`` kill runs, and
tell how many blocks each had listed; ``workers`` kills the workers of a run, and tells how many
there were.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from sim.experiment.engine import Here, Pool
from sim.experiment.job import Rows
from sim.experiment.shape import CASE, Column, TableShape
from sim.experiment.workers import LocalPool
from sim.formats.runs import Run, running

MARK = "run.json"
EARLY = 0.05

LONG = TableShape(
    "One row for each case and step.",
    {
        "case": CASE,
        "step": Column("whole", "number of the step"),
        "gain": Column("number", "what it gains"),
        "said": Column("text", "a word on it"),
        "agreed": Column("truth", "whether there is a deal"),
    },
)
SHORT = TableShape("One row a case.", {"case": CASE, "pid": Column("whole", "always 7")})


@dataclass(frozen=True)
class Talks:
    """Draws gains for every case and step, by the seed of the case."""

    n_cases: int = 96
    block: int = 4
    steps: int = 60
    rest: float = 0.0
    raises: tuple[int, ...] = ()
    kills: tuple[int, ...] = ()
    kills_once: str = ""
    leaves: tuple[int, ...] = ()
    pids: str = ""

    @property
    def tables(self) -> dict[str, TableShape]:
        return {"steps": LONG, "cases": SHORT}

    def compute(self, first: int, last: int) -> Rows:
        if self.pids:
            Path(self.pids, str(os.getpid())).touch()
        time.sleep(self.rest)
        for case in range(first, last):
            self._stumble(case)
        cases = np.arange(first, last)
        gain = np.concatenate([
            np.random.default_rng([17, case]).normal(size=self.steps) for case in cases
        ])  # fmt: skip
        long = {
            "case": np.repeat(cases, self.steps),
            "step": np.tile(np.arange(self.steps), len(cases)),
            "gain": np.where(gain < -1, np.nan, gain),
            "said": np.array([None if g < 0 else f"gain of {g:.1f} €" for g in gain], object),
            "agreed": np.ma.masked_array(gain > 0, abs(gain) < 0.1),
        }
        return {"steps": long, "cases": {"case": cases, "pid": np.full(len(cases), 7)}}

    def _stumble(self, case: int) -> None:
        if case in self.raises:
            raise ValueError(f"case {case} has no status quo")
        if case in self.leaves:
            sys.exit("a library that leaves")
        if case in self.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.kills_once and not Path(self.kills_once).exists():
            Path(self.kills_once).touch()
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Stuck(Talks):
    """Computes for minutes in compiled code that looks at no signal and lets no thread run."""

    def compute(self, first: int, last: int) -> Rows:
        if self.pids:
            Path(self.pids, str(os.getpid())).touch()
        pow(3, 40_000_000 * 20)
        return super().compute(first, last)


def run_to_the_end(goal: Path, job: Talks, pool: Pool | Here, *, resume: bool = False) -> None:
    """Run a job as the command line does."""
    with running(goal, job, "the talks", resume=resume, mark=MARK) as run:
        run.compute(pool)
        write(run)


def write(run: Run) -> None:
    run.write_tables(run.draft / "tables", lambda case: {"number": case})
    (run.draft / MARK).write_text("{}")


def kill_the_run(goal: Path, job: Talks, pool: Pool | Here, after: float) -> None:
    """Start a run in a process of its own and kill that, and nothing else."""
    before = started(job)
    child = os.fork()
    if child == 0:
        try:
            run_to_the_end(goal, job, pool, resume=True)
        finally:
            os._exit(0)
    while job.pids and after > EARLY and started(job) == before:
        time.sleep(0.005)  # most are killed at work, not while they start
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def started(job: Talks) -> set[int]:
    """Return the processes that have computed anything."""
    return {int(path.name) for path in Path(job.pids).iterdir()} if job.pids else set()


def alive(pids: Iterable[int]) -> list[int]:
    """Return the processes that still run."""
    states = {}
    for pid in pids:
        with suppress(OSError):
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return [pid for pid, state in states.items() if state not in "ZX"]


def gone(pids: Iterable[int]) -> bool:
    """Tell whether processes have ended, or do so within a second."""
    last = time.monotonic() + 1
    while alive(pids) and time.monotonic() < last:
        time.sleep(0.01)
    return not alive(pids)


def blocks_listed(goal: Path) -> int:
    """Say how far a run had come when it was killed; -1 where it had ended."""
    manifest = goal.with_name(f".{goal.name}.running") / "manifest.json"
    if goal.exists():
        return -1
    return len(json.loads(manifest.read_bytes())["blocks"]) if manifest.exists() else 0


def kill_runs(goal: Path, job: Talks, pool: Pool | Here, moments: Iterator[float]) -> list[int]:
    """Kill run after run of the same experiment; where one ended in time, begin another."""
    told = []
    for moment in moments:
        kill_the_run(goal, job, pool, moment)
        told.append(blocks_listed(goal))
        assert gone(started(job)), "a worker outlives its run"
        shutil.rmtree(goal, ignore_errors=True)
    return told


def kill_workers(moments: Iterator[float], killed: list[int]) -> None:
    """Kill one worker after the other while a run is under way."""
    for moment in moments:
        time.sleep(moment)
        while not (workers := [p.pid for p in multiprocessing.active_children() if p.pid]):
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.kill(workers[len(killed) % len(workers)], signal.SIGKILL)
        killed.append(len(workers))


def run_while_workers_die(goal: Path, job: Talks, moments: Iterator[float]) -> list[int]:
    """Compute the same cases again and again until enough workers have been killed."""
    killed: list[int] = []
    killer = threading.Thread(target=kill_workers, args=(moments, killed), daemon=True)
    killer.start()
    with running(goal, job, "the talks", mark=MARK) as run:
        while killer.is_alive():
            run.chunks.forget(run.chunks.done)
            run.compute(LocalPool(2))
        write(run)
    return killed


def main() -> None:
    what, goal, seed, count = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    longest = float(sys.argv[5])
    import_module("duckdb")  # once, not in every run that is started
    rng = random.Random(seed)
    moments = (rng.uniform(0, longest) for _ in range(count))
    pids = goal.with_name(f"{goal.name}-pids")
    pids.mkdir()
    if what == "workers":
        told = run_while_workers_die(goal, Talks(rest=0.02, pids=str(pids)), moments)
    elif what == "pool":
        told = kill_runs(goal, Talks(rest=0.02, pids=str(pids)), LocalPool(2), moments)
    else:
        told = kill_runs(goal, Talks(), Here(), moments)
    run_to_the_end(goal, Talks(), Here(), resume=True)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
