"""Blocks of cases come out the same wherever they are computed; no mishap takes others along."""

from __future__ import annotations

import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from jobs_to_kill import Stuck, Talks, gone, started

from sim.errors import InputError
from sim.experiment import cluster, workers
from sim.experiment.cluster import ClusterPool, same_versions
from sim.experiment.engine import ExecutorPool, Here, Pool, compute_all
from sim.experiment.job import Block, Computed, Failure, Rows, blocks_of, compute_block
from sim.experiment.versions import versions
from sim.experiment.workers import ENVIRONMENT, LocalPool

FEW = Talks(n_cases=22, block=4, steps=3)


def computed(job: Talks, pool: Pool | Here) -> tuple[dict[str, dict[str, list]], list[Failure]]:
    """Compute a job; return its rows in the order of blocks, and its failures."""
    kept: dict[int, Computed] = {}

    def keep(block: Block, what: Computed) -> None:
        assert block.number not in kept
        kept[block.number] = what

    compute_all(job, blocks_of(job), pool, keep)
    rows: dict[str, dict[str, list]] = {}
    for number in sorted(kept):
        for table, columns in kept[number].rows.items():
            for name, values in columns.items():
                rows.setdefault(table, {}).setdefault(name, []).extend(values.tolist())
    return rows, [failure for number in sorted(kept) for failure in kept[number].failures]


def test_blocks_cover_every_case_once():
    blocks = list(blocks_of(FEW))
    assert [block.number for block in blocks] == list(range(6))
    assert [case for b in blocks for case in range(b.first, b.last)] == list(range(22))


@pytest.mark.parametrize(
    "pool",
    [
        lambda: LocalPool(1),
        lambda: LocalPool(2),
        lambda: LocalPool(3),
        lambda: ExecutorPool(lambda: ThreadPoolExecutor(2), 2),
    ],
    ids=["one worker", "two workers", "three workers", "any executor"],
)
def test_results_are_the_same_wherever_they_are_computed(pool: Callable[[], Pool]):
    job = replace(FEW, raises=(9,))
    rows, failures = computed(job, Here())
    there, failures_there = computed(job, pool())
    assert repr(there) == repr(rows)  # NaN is nowhere equal to itself
    assert failures_there == failures


def test_a_case_that_raises_is_recorded_and_all_others_go_on():
    rows, failures = computed(replace(FEW, raises=(6, 21), leaves=(8,)), Here())
    assert failures == [
        Failure(6, "raised", "ValueError: case 6 has no status quo"),
        Failure(8, "raised", "SystemExit: a library that leaves"),
        Failure(21, "raised", "ValueError: case 21 has no status quo"),
    ]
    assert rows["cases"]["case"] == [case for case in range(22) if case not in (6, 8, 21)]


def test_what_is_masked_stays_masked_when_a_block_is_put_together():
    whole = compute_block(FEW, Block(0, 0, 4)).rows["steps"]["agreed"]
    apart = compute_block(replace(FEW, raises=(4,)), Block(0, 0, 5)).rows["steps"]["agreed"]
    assert whole.mask.any()
    np.testing.assert_array_equal(whole.mask, apart.mask)


@pytest.mark.parametrize(
    "pool",
    [
        lambda: LocalPool(2),
        lambda: ExecutorPool(
            lambda: ProcessPoolExecutor(2, mp_context=get_context("forkserver")), 2
        ),
    ],
    ids=["our workers", "an executor that breaks"],
)
def test_a_case_that_kills_its_worker_is_found_and_no_other_is_lost(pool: Callable[[], Pool]):
    rows, failures = computed(replace(FEW, kills=(13,), raises=(14,)), pool())
    assert [(failure.case, failure.kind) for failure in failures] == [
        (13, "worker died"),
        (14, "raised"),
    ]
    assert rows["cases"]["case"] == [case for case in range(22) if case not in (13, 14)]


def test_a_worker_that_dies_of_something_else_costs_nothing(tmp_path: Path):
    job = replace(FEW, kills_once=str(tmp_path / "killed"))
    rows, failures = computed(job, LocalPool(2))
    assert (tmp_path / "killed").exists()
    assert not failures
    assert repr(rows) == repr(computed(FEW, Here())[0])


@dataclass(frozen=True)
class DiesSending(Talks):
    """The worker of its second case dies with half of what it has to say in the pipe."""

    n_cases: int = 4
    block: int = 1

    def compute(self, first: int, last: int) -> Rows:
        if first == 1:
            Connection.send_bytes = send_half_and_die  # in the worker only
        return super().compute(first, last)


def send_half_and_die(pipe: Connection, said: bytes) -> None:
    os.write(pipe.fileno(), struct.pack("!i", len(said)) + said[: len(said) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_killed_half_way_through_sending_hangs_nobody():
    rows, failures = computed(DiesSending(), LocalPool(2))
    assert [failure.case for failure in failures] == [1]
    assert rows["cases"]["case"] == [0, 2, 3]


@dataclass(frozen=True)
class Looks(Talks):
    """Says what it finds in its environment."""

    n_cases: int = 2
    block: int = 1

    def compute(self, first: int, last: int) -> Rows:
        found = [f"{name}={os.environ.get(name)}" for name in ENVIRONMENT]
        at_start = Path("/proc/self/environ").read_text()
        text = " ".join([*found, str("MALLOC_TRIM_THRESHOLD_" in at_start)])
        return {"cases": {"case": np.arange(first, last), "pid": np.array([text], object)}}


def test_workers_keep_to_one_thread_and_give_memory_back(monkeypatch):
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    rows, _ = computed(Looks(), LocalPool(1))
    wanted = " ".join(f"{name}={value}" for name, value in ENVIRONMENT.items())
    assert rows["cases"]["pid"] == [f"{wanted} True"] * 2
    assert not set(ENVIRONMENT) & set(os.environ)  # ours stays as it was


def test_ctrl_c_stops_within_a_second_whatever_workers_are_at(tmp_path: Path):
    job = Stuck(n_cases=4, block=1, pids=str(tmp_path))
    timer = threading.Thread(target=interrupt_when, args=(lambda: len(started(job)) == 2,))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        compute_all(job, blocks_of(job), LocalPool(2), lambda *_: None)
    late = time.monotonic()
    timer.join()
    assert late - timer.at < 1
    assert gone(started(job))


def interrupt_when(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.01)
    threading.current_thread().at = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)


def test_a_job_that_cannot_travel_is_told_once_and_not_for_every_case():
    job = replace(FEW, pids=lambda: None)
    with pytest.raises(InputError, match=r"cannot be sent to workers.*top level of a module"):
        computed(job, LocalPool(1))


@dataclass(frozen=True)
class Unreadable(Talks):
    """Cannot be read where it arrives."""

    def __reduce__(self) -> tuple:
        return (import_module, ("a_module_that_only_i_have",))


def test_a_job_that_workers_cannot_read_is_told_once_and_not_for_every_case():
    with pytest.raises(InputError, match=r"cannot read what it shall compute.*a_module_that_only"):
        computed(Unreadable(), LocalPool(2))


@dataclass(frozen=True)
class Unspeakable(Talks):
    """Computes what cannot be sent."""

    def compute(self, first: int, last: int) -> Rows:
        return {"cases": {"case": np.arange(first, last), "pid": np.array([lambda: 7])}}


def test_rows_that_cannot_be_sent_are_told():
    with pytest.raises(InputError, match="cannot send what it computed"):
        computed(Unspeakable(), LocalPool(1))


def test_processes_that_never_start_are_told(monkeypatch):
    monkeypatch.setattr(workers, "_work", give_up)
    with pytest.raises(InputError, match="no worker process starts here"):
        computed(FEW, LocalPool(1))


def test_a_process_that_is_killed_while_it_starts_is_started_again(monkeypatch):
    start, starts = workers._process, iter([ConnectionResetError, EOFError, None])

    def stumble() -> object:
        if error := next(starts):
            raise error  # as where the process that others are forked from is killed
        return start()

    monkeypatch.setattr(workers, "_process", stumble)
    assert repr(computed(FEW, LocalPool(1))) == repr(computed(FEW, Here()))


def give_up(_pipe: Connection) -> None:
    sys.exit(3)


def test_a_system_that_can_only_start_from_scratch_gets_the_same(monkeypatch):
    monkeypatch.setattr(workers, "get_all_start_methods", lambda: ["spawn"])
    assert repr(computed(FEW, LocalPool(1))) == repr(computed(FEW, Here()))


def test_a_pool_can_be_used_again():
    pool = LocalPool(1)
    assert repr(computed(FEW, pool)) == repr(computed(FEW, pool))


def test_fewer_than_one_worker_is_refused():
    with pytest.raises(InputError, match="0 workers: at least 1 is needed"):
        LocalPool(0)


def test_a_disk_that_is_full_stops_the_workers(tmp_path: Path):
    job = replace(FEW, pids=str(tmp_path))

    def keep(_block: Block, _computed: Computed) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        compute_all(job, blocks_of(job), LocalPool(2), keep)
    assert gone(started(job))


def test_a_cluster_that_is_not_there_is_told_within_seconds(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 0.3)
    began = time.monotonic()
    with pytest.raises(InputError, match=r"127.0.0.1:9: no Dask scheduler answers here"):
        ClusterPool("tcp://127.0.0.1:9")
    assert time.monotonic() - began < 5
    with pytest.raises(InputError, match="nowhere: no Dask scheduler answers here"):
        ClusterPool("nowhere")


@pytest.mark.parametrize("address", ["", "nowhere", "http://127.0.0.1:9", "tls://127.0.0.1:9"])
def test_an_address_that_no_scheduler_can_have_leaves_no_client_behind(address: str, monkeypatch):
    monkeypatch.setattr("distributed.Client", lambda *_, **__: pytest.fail("it was made"))
    with pytest.raises(InputError, match="no Dask scheduler answers here"):
        ClusterPool(address)


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'zopa\[cluster\]'"):
        ClusterPool("tcp://127.0.0.1:9")


def test_a_worker_with_other_versions_is_refused():
    same_versions(versions())
    with pytest.raises(InputError, match=r"numpy .* instead of 0.1: its results might differ"):
        same_versions({**versions(), "numpy": "0.1"})
