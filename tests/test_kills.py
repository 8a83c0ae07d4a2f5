"""Whatever is killed, and whenever: what is left goes on to the same bytes, and nobody lingers."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dask
import pytest
from distributed import LocalCluster
from jobs_to_kill import MARK, Stuck, Talks, gone, run_to_the_end, started, write

from sim.errors import InputError
from sim.experiment import cluster
from sim.experiment.cluster import ClusterPool
from sim.experiment.engine import Here, compute_all
from sim.experiment.job import Computed, blocks_of
from sim.experiment.workers import LocalPool
from sim.formats.runs import running

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PATH = os.pathsep.join([str(HERE), str(HERE.parent), os.environ.get("PYTHONPATH", "")])


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    goal = tmp_path_factory.mktemp("undisturbed") / "talks"
    run_to_the_end(goal, Talks(), Here())
    return contents(goal)


@pytest.mark.parametrize(
    ("what", "count", "longest"),
    [("here", 30, 0.4), ("pool", 6, 0.5), ("workers", 30, 0.1)],
)
def test_sigkill_at_any_moment_costs_nothing(tmp_path: Path, undisturbed, what, count, longest):
    goal = tmp_path / "talks"
    ended = subprocess.run(
        [sys.executable, HERE / "jobs_to_kill.py", what, goal, "5", str(count), str(longest)],
        env=os.environ | {"PYTHONPATH": PATH},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert len(json.loads(ended.stdout)) == count
    assert contents(goal) == undisturbed
    assert not goal.with_name(".talks.running").exists()


def test_workers_in_compiled_code_end_with_a_main_process_that_is_killed(tmp_path: Path):
    script = (
        "from jobs_to_kill import *\n"
        "from sim.experiment.job import blocks_of\n"
        "from sim.experiment.engine import compute_all\n"
        "if __name__ == '__main__':\n"
        f"    job = Stuck(n_cases=4, block=1, pids={str(tmp_path)!r})\n"
        "    compute_all(job, blocks_of(job), LocalPool(2), print)\n"
    )
    main = subprocess.Popen([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": PATH})
    job = Stuck(pids=str(tmp_path))
    while len(started(job)) < 2:
        assert main.poll() is None
        time.sleep(0.02)
    main.kill()
    main.wait()
    assert gone(started(job))


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A Dask cluster of two processes that tells at once when a block killed its worker."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
        ) as two_processes,
    ):
        yield two_processes.scheduler_address


@pytest.mark.parametrize("small", [0, 200_000], ids=["sent once", "sent along"])
def test_a_cluster_one_of_whose_workers_is_killed_gives_the_same_bytes(
    scheduler, tmp_path: Path, undisturbed, monkeypatch, small
):
    monkeypatch.setattr(cluster, "SMALL", small)
    job = Talks(rest=0.01, kills_once=str(tmp_path / "killed"))
    run_to_the_end(tmp_path / "talks", job, ClusterPool(scheduler))
    assert (tmp_path / "killed").exists()
    assert contents(tmp_path / "talks") == undisturbed


def test_a_case_that_kills_the_workers_of_a_cluster_is_found(scheduler):
    job = Talks(n_cases=6, block=2, kills=(3,), raises=(4,))
    kept: list[Computed] = []
    compute_all(job, blocks_of(job), ClusterPool(scheduler), lambda _, what: kept.append(what))
    failures = sorted((f.case, f.kind) for what in kept for f in what.failures)
    assert failures == [(3, "worker died"), (4, "raised")]
    assert sorted(c for what in kept for c in what.rows.get("cases", {"case": []})["case"]) == [
        0, 1, 2, 5,
    ]  # fmt: skip


def test_a_run_may_begin_here_and_end_on_a_cluster(scheduler, tmp_path: Path, undisturbed):
    goal = tmp_path / "talks"
    with pytest.raises(KeyboardInterrupt), running(goal, Talks(), "the talks", mark=MARK) as run:
        run.compute(LocalPool(2), told=lambda *_: stop_after(run.chunks.done, 5))
    with running(goal, Talks(), "the talks", resume=True, mark=MARK) as run:
        assert len(run.chunks.done) == 5
        run.compute(ClusterPool(scheduler))
        write(run)
    assert contents(goal) == undisturbed


def test_ctrl_c_leaves_a_cluster_within_a_second(scheduler, tmp_path: Path):
    job = Talks(rest=3, pids=str(tmp_path))
    pool, asked = ClusterPool(scheduler), []

    def ask() -> None:
        while not started(job):
            time.sleep(0.01)
        asked.append(time.monotonic())
        signal.raise_signal(signal.SIGINT)

    threading.Thread(target=ask).start()
    with pytest.raises(KeyboardInterrupt):
        compute_all(job, blocks_of(job), pool, lambda *_: None)
    assert time.monotonic() - asked[0] < 1


def stop_after(done: frozenset[int], count: int) -> None:
    if len(done) == count:
        raise KeyboardInterrupt


def test_a_cluster_without_workers_is_told():
    with (
        LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=logging.CRITICAL) as empty,
        pytest.raises(InputError, match=r"no worker has joined this scheduler within 0.2 seconds"),
    ):
        ClusterPool(empty.scheduler_address, first_worker=0.2)


def test_a_cluster_that_goes_away_keeps_what_was_computed(tmp_path: Path, undisturbed):
    short_lived = LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
    )
    goal = tmp_path / "talks"
    with (  # noqa: PT012
        pytest.raises(InputError, match=r"the cluster could not go on.*\n.*go on with --resume"),
        running(goal, replace(Talks(), rest=0.05), "the talks", mark=MARK) as run,
    ):
        pool = ClusterPool(short_lived.scheduler_address)
        run.compute(pool, told=lambda *_: len(run.chunks.done) == 3 and short_lived.close())
    run_to_the_end(goal, Talks(), Here(), resume=True)
    assert contents(goal) == undisturbed
