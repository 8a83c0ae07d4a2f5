"""A million runs of a trivial model, fewer through EMA workbench and Mesa, and the flagship swept.

EMA workbench (Kwakkel 2017) and Mesa (Kazil et al. 2020) are the usual runners of sweeps in Python.
Neither is a dependency of ours; where one is not installed, the table says how to. All of zopa's
time counts: computing, sending, chunks flushed to the disk, the manifest, and the final tables.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np

from benchmarks import sweep_models
from benchmarks.table import Row, in_words, times_faster
from sim.comparison import compare
from sim.experiment.array_model import ArrayModel
from sim.experiment.engine import Here, Pool
from sim.experiment.job import Job
from sim.experiment.scenario_job import ScenarioJob
from sim.experiment.workers import LocalPool
from sim.formats.experiments import prepare_experiment
from sim.formats.runs import running

TARGET = 15e-6
"""Seconds of CPU for a run of the trivial model, in all processes together."""

ONE_BY_ONE = 16
"""Cases of the flagship that are timed alone."""


FLAGSHIP = """\
experiment: 1
scenario: ukraine-2025-12
vary:
  parties.ukraine.threshold.above_disagreement: {uniform: [0, 0.1]}
  parties.russia.threshold.above_disagreement: {uniform: [0, 0.1]}
  parties.ukraine.weights: {simplex: grouped, concentration: 200}
  parties.russia.weights: {simplex: grouped, concentration: 200}
design: {lhs: CASES}
compute: [compare]
draws: 1000
"""


def sweeps(runs: int = 1_000_000, peer_runs: int = 2_000, cases: int = 1024) -> Iterator[Row]:
    """Time the trivial model, two processes against one, the peers, and the flagship, once each."""
    wall, cpu = timed(trivial(runs), Here())
    verdict = "met" if cpu <= TARGET * runs else "NOT MET"
    verdict += f"; {1e6 * cpu / runs:.2f} µs a run"
    yield Row(f"{runs:,} runs of x*y, to tables on the disk, CPU", cpu, cpu, "",
              f"target {1e6 * TARGET:.0f} µs a run", verdict)  # fmt: skip
    one, two = (timed(heavy(), LocalPool(workers))[0] for workers in (1, 2))
    verdict = "met" if two < one else "NOT MET"
    yield Row("a heavier model, two processes", two, two, "", f"one process: {in_words(one)}",
              f"{verdict}; {times_faster(one, two)}")  # fmt: skip
    yield from peers(wall / runs, peer_runs)
    yield flagship(cases)


def peers(ours: float, runs: int) -> Iterator[Row]:
    """Time the trivial model in other runners, against our seconds a run."""
    for name, package, run in PEERS:
        question = f"{runs:,} runs of x*y"
        if importlib.util.find_spec(package) is None:
            advice = f"not installed: pip install {package}"
            yield Row(f"{question}, {name}", math.nan, math.nan, "", name, advice)
            continue
        theirs = run(runs)
        held = f"{name}: {in_words(theirs)}"
        yield Row(question, ours * runs, ours * runs, "", held, times_faster(theirs, ours * runs))


def flagship(cases: int) -> Row:
    """Sweep thresholds and weights of the flagship, and compare its plan versions in every case.

    Held against the same cases one by one, each with its settings put into the scenario.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flagship.yaml"
        path.write_text(FLAGSHIP.replace("CASES", str(cases)), encoding="utf-8")
        prepared, _ = prepare_experiment(str(path))
    some = [prepared.scenario(prepared.case(k)) for k in range(min(ONE_BY_ONE, cases))]
    compare(some[0], draws=1)
    apart = seconds(lambda: [compare(one, draws=prepared.experiment.draws) for one in some])
    ours, _ = timed(ScenarioJob(prepared), Here())
    apart *= cases / len(some)
    question = f"compare 9 plans, flagship, {cases:,} cases of 1,000 draws"
    held = f"one by one: {in_words(apart)}"
    return Row(question, ours, ours, "", held, times_faster(apart, ours))


def drawn(runs: int) -> dict[str, np.ndarray]:
    """Draw the settings of so many runs."""
    rng = np.random.default_rng(7)
    return {"x": rng.random(runs), "y": rng.random(runs)}


def trivial(runs: int) -> ArrayModel:
    """Return the model that costs nothing."""
    return ArrayModel(sweep_models.product, drawn(runs), {"z": "the product"})


def heavy(runs: int = 80_000) -> ArrayModel:
    """Return the model that costs something."""
    return ArrayModel(sweep_models.heavier, drawn(runs), {"z": "where it ends"}, block=2_000)


def timed(job: Job, pool: Pool | Here) -> tuple[float, float]:
    """Compute a job into a results folder; return seconds on the clock and of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        began, spent = time.perf_counter(), cpu_seconds()
        with running(Path(folder) / "sweep", job, "a benchmark") as run:
            run.compute(pool)
            run.write_tables(run.draft / "tables")
        return time.perf_counter() - began, cpu_seconds() - spent


def cpu_seconds() -> float:
    """Return the CPU time of this process and its children."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def ema(runs: int) -> float:
    """Run the trivial model through EMA workbench; return seconds."""
    with warnings.catch_warnings(action="ignore"):  # it names engines that are not installed
        from ema_workbench import (  # noqa: PLC0415  a development-only peer
            Model,
            RealParameter,
            ScalarOutcome,
            SequentialEvaluator,
        )

    logging.getLogger("EMA").setLevel(logging.CRITICAL)
    model = Model("product", function=sweep_models.product_of_one)
    model.uncertainties = [RealParameter("x", 0, 1), RealParameter("y", 0, 1)]
    model.outcomes = [ScalarOutcome("z")]
    with SequentialEvaluator(model) as evaluator:
        return seconds(lambda: evaluator.perform_experiments(scenarios=runs))


def mesa(runs: int) -> float:
    """Run the trivial model through Mesa's batch runner; return seconds."""
    from mesa.batchrunner import batch_run  # noqa: PLC0415  a development-only peer

    side = math.isqrt(runs)
    values = np.linspace(0, 1, side).tolist()
    asked = {"x": values, "y": values}
    took = seconds(
        lambda: batch_run(
            sweep_models.ProductOfOne,
            parameters=asked,
            number_processes=1,
            max_steps=1,
            display_progress=False,
        )
    )
    return took * runs / side**2


def seconds(do: Callable[[], object]) -> float:
    """Return how long something takes, its talk to the terminal left out."""
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere), redirect_stdout(nowhere):
        began = time.perf_counter()
        do()
        return time.perf_counter() - began


PEERS = (("EMA workbench", "ema_workbench", ema), ("Mesa", "mesa", mesa))
