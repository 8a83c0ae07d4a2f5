"""Tables on disk: CSV and Parquet hold the same rows, and nothing is lost on the way."""

from __future__ import annotations

import csv
import hashlib
import math
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.job import Failure
from sim.experiment.outcomes import filled
from sim.experiment.shape import Cell, Column, Kind, TableShape
from sim.formats import result_tables
from sim.formats.parquet import connected, read_columns, write_rows
from sim.formats.result_tables import TablesOnDisk, Written, write_tables

KINDS: dict[str, Kind] = {"w": "text", "x": "whole", "y": "number", "z": "truth"}
SHAPE = TableShape("A row.", {name: Column(kind, f"what {name} means")
                              for name, kind in KINDS.items()})  # fmt: skip
SQL = ["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN"]
TEXTS = ["", " ", "half, each", 'the "line"', "two\nlines", "old\r\nfile", "Україна — мир", "NULL"]
WHOLE = [0, -3, 10**16, 2**63 - 1]
NUMBERS = [0.1, 1 / 3, 1e-300, -0.0, math.inf, -math.inf]


def columns_of(rows: list[tuple[Cell, ...]], shape: TableShape = SHAPE) -> dict[str, Any]:
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(shape.columns)
    return {
        name: filled(list(column), shape.columns[name])
        for name, column in zip(shape.columns, cells, strict=True)
    }


def written(
    folder: Path, rows: list[tuple[Cell, ...]], shape: TableShape = SHAPE
) -> dict[str, Written]:
    """Write one table in two chunks, as a run does."""
    folder.mkdir(exist_ok=True)
    chunks = [folder / f"chunk-{k}.parquet" for k in range(2)]
    with connected() as base:
        for path, part in zip(chunks, (rows[:1], rows[1:]), strict=True):
            write_rows(base, columns_of(part, shape), shape, path)
    return write_tables(folder / "tables", {"t": (shape, chunks)})


def parquet(folder: Path) -> tuple[list[str], list[str], list[tuple[Cell, ...]]]:
    with duckdb.connect() as base:
        found = base.read_parquet(str(folder / "tables" / "t.parquet"))
        return found.columns, [str(kind) for kind in found.types], found.fetchall()


def test_every_column_keeps_its_type_also_where_nothing_is_known(tmp_path: Path):
    rows: list[tuple[Cell, ...]] = [("a", 1, 0.5, True), (None, None, None, None)]
    written(tmp_path, rows)
    assert parquet(tmp_path) == (["w", "x", "y", "z"], SQL, rows)
    written(tmp_path, rows[1:])
    assert parquet(tmp_path) == (["w", "x", "y", "z"], SQL, rows[1:])


def test_no_answer_is_told_from_an_empty_text_and_a_number_is_never_nan(tmp_path: Path):
    shape = TableShape("A row.", {"x": SHAPE.columns["w"], "y": SHAPE.columns["y"]})
    written(tmp_path, [(None, None), ("", math.nan), ("nan", 1.0)], shape)
    assert parquet(tmp_path)[2] == [(None, None), ("", None), ("nan", 1.0)]
    assert (tmp_path / "tables" / "t.csv").read_bytes() == b'x,y\n,\n"",\nnan,1.0\n'


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path):
    written(tmp_path, [])
    assert parquet(tmp_path) == (["w", "x", "y", "z"], SQL, [])
    assert (tmp_path / "tables" / "t.csv").read_text() == "w,x,y,z\n"


def test_the_page_beside_them_says_what_each_column_means(tmp_path: Path):
    written(tmp_path, [("a", 1, 0.5, True)])
    page = (tmp_path / "tables" / "README.md").read_text(encoding="utf-8")
    assert "## t\n\nA row. 1 row." in page
    assert "| `y` | number | what y means |" in page


def test_names_with_quotes_bars_and_spaces_do_no_harm(tmp_path: Path):
    shape = TableShape("A row.", {
        "parties.ann's": Column("whole", "it is | hers"), 'a "b"': Column("text", "b"),
    })  # fmt: skip
    written(tmp_path / "it's [a] *folder*", [(1, "x")], shape)
    assert parquet(tmp_path / "it's [a] *folder*")[0] == ["parties.ann's", 'a "b"']
    page = (tmp_path / "it's [a] *folder*" / "tables" / "README.md").read_text(encoding="utf-8")
    assert "| `parties.ann's` | whole | it is \\| hers |" in page


def test_long_tables_are_left_as_parquet_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(result_tables, "READABLE", 2)
    written(tmp_path, [("a", 1, 0.5, True)] * 3)
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {
        "t.parquet", "failures.parquet", "failures.csv", "README.md",
    }  # fmt: skip


def test_further_tables_are_made_from_those_that_stand_there(tmp_path: Path):
    shape = TableShape("A sum.", {"sum": Column("whole", "of all x")})
    with connected() as base:
        write_rows(base, columns_of([("a", 2, 0.5, True), ("b", 3, None, None)]), SHAPE,
                   tmp_path / "chunk.parquet")  # fmt: skip

    def summed(folder: Path) -> dict[str, tuple[TableShape, dict[str, Any]]]:
        return {"sums": (shape, {"sum": np.array([TablesOnDisk(folder, ["t"])["t"]["x"].sum()])})}

    failures = [Failure(7, "raised", "no")]
    tables = write_tables(tmp_path / "tables", {"t": (SHAPE, [tmp_path / "chunk.parquet"])},
                          failures, inputs=lambda k: {"k": k}, further=summed)  # fmt: skip
    assert {name: table.rows for name, table in tables.items()} == {
        "t": 2,
        "failures": 1,
        "sums": 1,
    }
    assert read_columns(tmp_path / "tables" / "sums.parquet")["sum"].tolist() == [5]
    assert read_columns(tmp_path / "tables" / "failures.parquet")["inputs"].tolist() == ['{"k": 7}']
    for name, table in tables.items():
        data = (tmp_path / "tables" / f"{name}.parquet").read_bytes()
        assert table.sha256 == hashlib.sha256(data).hexdigest()


def test_tables_of_a_folder_are_read_when_they_are_asked_for(tmp_path: Path):
    written(tmp_path, [("a", 1, 0.5, True)])
    tables = TablesOnDisk(tmp_path / "tables", ["t", "gone"])
    assert list(tables) == ["t", "gone"]
    assert tables["t"] is tables["t"]
    with pytest.raises(KeyError):
        tables["failures"]


rows_of_any_kind = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from(TEXTS)),
        st.one_of(st.none(), st.sampled_from(WHOLE)),
        st.one_of(st.none(), st.sampled_from(NUMBERS)),
        st.one_of(st.none(), st.booleans()),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12)
@given(rows=rows_of_any_kind)
def test_what_is_written_is_what_is_read(tmp_path_factory, rows: list[tuple[Cell, ...]]):
    folder = tmp_path_factory.mktemp("tables")
    written(folder, rows)
    assert repr(parquet(folder)[2]) == repr(rows)
    columns = read_columns(folder / "tables" / "t.parquet")
    for name, column in columns_of(rows).items():
        assert columns[name].dtype == column.dtype
        assert repr(_plain(columns[name])) == repr(_plain(column))
    with (folder / "tables" / "t.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.reader(file))
    assert read[0] == list(KINDS)
    assert [[_as_text(cell) for cell in row] for row in rows] == [
        [_as_text(_parsed(cell, kind)) for cell, kind in zip(row, KINDS.values(), strict=True)]
        for row in read[1:]
    ]


def _plain(column: Any) -> list[Cell]:
    """List the cells of a column, what is missing as ``None``."""
    cells = np.ma.getdata(column).tolist()
    gone = np.ma.getmaskarray(column)
    return [None if lost or _is_nan(cell) else cell for cell, lost in zip(cells, gone, strict=True)]


def _is_nan(cell: Cell) -> bool:
    return isinstance(cell, float) and math.isnan(cell)


def _parsed(cell: str, kind: str) -> Cell:
    if cell == "":
        return None
    if kind == "truth":
        return cell == "true"
    return {"text": str, "whole": int, "number": float}[kind](cell)  # type: ignore[operator]


def _as_text(cell: Cell) -> str:
    return "" if cell is None or cell == "" else repr(cell)  # a CSV reader sees no quotes
