"""A small experiment that is run here and now, and ways of tampering with what it left."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from sim.experiment.engine import Here
from sim.experiment.scenario_job import ScenarioJob
from sim.formats.experiments import prepare_experiment
from sim.formats.provenance import fingerprint, input_files
from sim.formats.runs import running
from sim.formats.shelf import RUN
from sim.report.results_folder import Asked, publish

EXPERIMENT = """\
experiment: 1
title: Does Halden's patience matter?
scenario: water-dispute
vary:
  parties.halden.threshold: {uniform: [0.35, 0.95]}
  red_lines: [none, stated]
design: {lhs: 16}
compute: [compare, zone, solve]
zone_draws: 20
draws: 50
seed: 3
report: false
sensitivity: {outcomes: [zone.surplus], methods: [pawn], resamples: 20}
"""


def run_here(into: Path, *, name: str = "halden", limit: int | None = None) -> Path:
    """Run the experiment in this process; return its results folder."""
    file = into / f"{name}.yaml"
    file.write_text(EXPERIMENT)
    prepared, path = prepare_experiment(str(file))
    prepared = replace(prepared, design=replace(prepared.design, first=limit))
    files = input_files(prepared, path)
    mark = fingerprint(prepared, files)
    goal = into / "results" / name
    with running(goal, ScenarioJob(prepared), mark, mark=RUN) as run:
        run.compute(Here())
        publish(run, Asked(prepared, files, mark, False, datetime.now(UTC)), 1, lambda _: None)
    file.unlink()
    return goal


def edit(folder: Path, table: str, change: str, *, forge: bool = False) -> None:
    """Change rows of a table, as in ``surplus = 1 WHERE "case" = 3``.

    With ``forge`` the checksum in `run.json` and the CSV copy are brought in line.
    """
    path = folder / "tables" / f"{table}.parquet"
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE t AS FROM read_parquet('{path}')")
        base.execute(f"UPDATE t SET {change}")
        base.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        if forge:
            base.execute(f"COPY t TO '{path.with_suffix('.csv')}' (FORMAT csv, HEADER)")
    if forge:
        said = read_run(folder)
        said["tables"][table]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        write_run(folder, said)


def read_run(folder: Path) -> dict:
    return json.loads((folder / RUN).read_text())


def write_run(folder: Path, said: dict) -> None:
    (folder / RUN).write_text(json.dumps(said))


def flip_a_byte(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(bytes(data))
