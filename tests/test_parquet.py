"""Rows keep their types and their gaps on the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.experiment.shape import CASE, Column, TableShape
from sim.formats.parquet import connected, write_rows

ODD = TableShape(
    "Everything that may be missing.",
    {
        "case": CASE,
        "share": Column("number", "a share"),
        'a "quoted" one': Column("number", "as objects"),
        "count": Column("whole", "a count"),
        "word": Column("text", "a word"),
        "deal": Column("truth", "yes or no"),
    },
)


def test_what_is_undefined_is_missing_and_never_a_number(tmp_path: Path):
    nan = float("nan")
    columns = {
        "case": np.arange(3),
        "share": np.array([0.1, nan, -np.inf]),
        'a "quoted" one': np.array([None, 2, nan], dtype=object),
        "count": np.array([nan, 2.0, 3.0]),
        "word": np.array([None, "", "NULL"], dtype=object),
        "deal": np.ma.masked_array([True, False, True], [False, False, True]),
    }
    with connected() as base:
        write_rows(base, columns, ODD, tmp_path / "odd.parquet")
        rows = base.read_parquet(str(tmp_path / "odd.parquet"))
        assert rows.fetchall() == [
            (0, 0.1, None, None, None, True),
            (1, None, 2.0, 2, "", False),
            (2, -np.inf, None, 3, "NULL", None),
        ]
        assert rows.columns == list(ODD.columns)
        assert [str(kind) for kind in rows.types] == [
            "BIGINT", "DOUBLE", "DOUBLE", "BIGINT", "VARCHAR", "BOOLEAN",
        ]  # fmt: skip


def test_texts_are_texts_however_late_the_first_one_comes(tmp_path: Path):
    shape = TableShape("Words.", {"case": CASE, "word": Column("text", "a word")})
    words = np.array([None] * 5000 + ["at last"], dtype=object)
    with connected() as base:
        write_rows(base, {"case": np.arange(5001), "word": words}, shape, tmp_path / "w.parquet")
        last = base.read_parquet(str(tmp_path / "w.parquet")).order('"case" desc').fetchall()[0]
    assert last == (5000, "at last")


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"case": np.arange(2)}, "instead of"),
        ({"case": np.arange(2), "count": np.arange(3)}, "several lengths"),
        ({"case": np.arange(2), "count": np.array([0.5, 1.0])}, "something else than whole"),
    ],
)
def test_rows_that_are_not_those_of_the_table_are_refused(tmp_path: Path, columns, complaint):
    shape = TableShape("Counts.", {"case": CASE, "count": Column("whole", "a count")})
    with connected() as base, pytest.raises(ValueError, match=complaint):
        write_rows(base, columns, shape, tmp_path / "w.parquet")
