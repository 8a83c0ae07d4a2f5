"""Anybody's function of arrays is run like an experiment of ours, and asked no less strictly."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from benchmarks import sweep_models, sweeps
from sim.errors import InputError
from sim.experiment.array_model import ArrayModel
from sim.experiment.engine import Here, Pool
from sim.experiment.shape import Column
from sim.experiment.workers import LocalPool
from sim.formats.runs import running

ASKED = {"x": np.array([1.0, 4.0, -1.0, 9.0, 16.0]), "y": np.array([1, 2, 3, 0, 5])}


def root(x: np.ndarray, y: np.ndarray) -> dict:
    """Divide a root by a number; undefined below zero, and an error at zero."""
    if (y == 0).any():
        raise ZeroDivisionError("a share of nothing")
    with np.errstate(invalid="ignore"):
        return {"share": np.sqrt(x) / y, "large": x > 3, "unit": "utility"}


MODEL = ArrayModel(
    root,
    ASKED,
    {
        "share": "what each gets",
        "large": Column("truth", "whether it is large"),
        "unit": Column("text", "in what it is counted"),
    },
    block=2,
)


@pytest.mark.parametrize("pool", [Here(), LocalPool(2)], ids=["here", "workers"])
def test_undefined_is_missing_and_an_error_is_that_case_s_alone(tmp_path: Path, pool: Pool | Here):
    with running(tmp_path / "roots", MODEL, "roots") as run:
        run.compute(pool)
        run.write_tables(run.draft, MODEL.settings)

    def rows(table: str) -> list[tuple]:
        return duckdb.read_parquet(str(tmp_path / "roots" / f"{table}.parquet")).fetchall()

    assert rows("outcomes") == [
        (0, 1.0, False, "utility"),
        (1, 1.0, True, "utility"),
        (2, None, False, "utility"),
        (4, 0.8, True, "utility"),
    ]
    assert rows("cases") == [(0, 1.0, 1), (1, 4.0, 2), (2, -1.0, 3), (4, 16.0, 5)]
    assert rows("failures") == [
        (3, "raised", "ZeroDivisionError: a share of nothing", '{"x": 9.0, "y": 0}')
    ]


@pytest.mark.parametrize(
    ("inputs", "outcomes", "complaint"),
    [
        ({}, {"z": ""}, "one value for each case: there are none"),
        ({"x": np.zeros(2), "y": np.zeros(3)}, {"z": ""}, "one value for each case: .*'y': 3"),
        ({"x": np.zeros(2), "X": np.zeros(2)}, {"z": ""}, "'X' and 'x' are one name in a table"),
        ({"x": np.zeros(2)}, {"Case": ""}, "'Case' and 'case' are one name in a table"),
    ],
)
def test_settings_that_make_no_table_are_refused(inputs, outcomes, complaint):
    with pytest.raises(InputError, match=complaint):
        ArrayModel(root, inputs, outcomes)


def test_blocks_of_nothing_are_refused():
    with pytest.raises(InputError, match="at least 1 is needed"):
        ArrayModel(root, ASKED, {"z": ""}, block=0)


def test_a_model_that_gives_something_else_than_was_declared_is_told():
    with pytest.raises(InputError, match=r"gives \['z'\], and \['gain'\] were declared"):
        ArrayModel(sweep_models.product, ASKED, {"gain": ""}).compute(0, 2)
    with pytest.raises(InputError, match=r"'z' has the shape \(1,\) for 2 cases"):
        ArrayModel(lambda **_: {"z": [1]}, ASKED, {"z": ""}).compute(0, 2)


def test_the_sweep_that_is_timed_gives_what_it_should(monkeypatch):
    model = sweeps.trivial(50)
    given = model.inputs
    np.testing.assert_array_equal(model.compute(0, 50)["outcomes"]["z"], given["x"] * given["y"])
    monkeypatch.setattr(sweeps, "PEERS", (("a peer", "no_such_package", None),))
    monkeypatch.setattr(sweeps, "heavy", lambda: sweeps.trivial(20))
    rows = list(sweeps.sweeps(100))
    assert rows[0].verdict.endswith("µs a run")
    assert rows[2].verdict == "not installed: pip install no_such_package"
