"""Tables on disk: CSV and Parquet hold the same rows, and nothing is lost on the way."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.table import Cell, Table
from sim.formats.tables import write_tables

TEXTS = [
    "",
    " ",
    "half, each",
    'the "line"',
    "two\nlines",
    "old\r\nfile",
    "\r",
    "Україна — мир",
    "NULL",
]
WHOLE = [0, -3, 10**16, 2**63 - 1]
NUMBERS = [0.1, 1 / 3, 1e-300, -0.0, math.inf, -math.inf, math.nan]


def columns_of(*names: str) -> dict[str, str]:
    return {name: f"what {name} means" for name in names}


def parquet(folder: Path, name: str) -> tuple[list[str], list[str], list[tuple[Cell, ...]]]:
    with duckdb.connect() as base:
        found = base.read_parquet(str(folder / f"{name}.parquet"))
        return found.columns, [str(kind) for kind in found.types], found.fetchall()


def same(one: Cell, other: Cell) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


def test_every_column_keeps_its_type(tmp_path: Path):
    rows: list[tuple[Cell, ...]] = [("a", 1, 0.5, True), (None, None, None, None)]
    write_tables([Table("t", "A row.", columns_of("w", "x", "y", "z"), rows)], tmp_path)
    names, kinds, found = parquet(tmp_path, "t")
    assert names == ["w", "x", "y", "z"]
    assert kinds == ["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN"]
    assert found == rows


def test_whole_numbers_among_others_are_numbers(tmp_path: Path):
    table = Table("t", "A row.", columns_of("x"), [(1,), (0.5,)])
    write_tables([table], tmp_path)
    assert parquet(tmp_path, "t")[1:] == (["DOUBLE"], [(1.0,), (0.5,)])


def test_a_count_of_outcomes_of_any_length_is_kept_to_the_last_digit(tmp_path: Path):
    rows: list[tuple[Cell, ...]] = [(3**50, 2**200, 2**63), (1, 1, -(2**63))]
    write_tables([Table("t", "A row.", columns_of("x", "y", "z"), rows)], tmp_path)
    _, kinds, found = parquet(tmp_path, "t")
    assert kinds[1] == "VARCHAR"
    assert [tuple(int(cell) for cell in row) for row in found] == rows


def test_no_answer_is_told_from_an_empty_text_and_from_no_number(tmp_path: Path):
    rows: list[tuple[Cell, ...]] = [(None, None), ("", math.nan), ("nan", 1.0)]
    write_tables([Table("t", "A row.", columns_of("x", "y"), rows)], tmp_path)
    found = parquet(tmp_path, "t")[2]
    for one, other in zip(rows, found, strict=True):
        assert all(same(a, b) for a, b in zip(one, other, strict=True))
    assert (tmp_path / "t.csv").read_bytes() == b'x,y\n,\n"",nan\nnan,1.0\n'


def test_a_table_of_one_column_keeps_its_empty_rows(tmp_path: Path):
    rows: list[tuple[Cell, ...]] = [("x",), (None,), ("",), (None,)]
    write_tables([Table("t", "A row.", columns_of("x"), rows)], tmp_path)
    assert parquet(tmp_path, "t")[2] == rows


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path):
    write_tables([Table("t", "A row.", columns_of("x", "y"))], tmp_path)
    assert parquet(tmp_path, "t") == (["x", "y"], ["VARCHAR", "VARCHAR"], [])


def test_the_page_beside_them_says_what_each_column_means(tmp_path: Path):
    write_tables([Table("zone", "One case.", columns_of("share"), [(0.5,)])], tmp_path)
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "## zone" in page
    assert "One case. 1 rows." in page
    assert "| `share` | what share means |" in page


def test_names_with_quotes_and_spaces_do_no_harm(tmp_path: Path):
    folder = tmp_path / "it's [a] *folder*"
    folder.mkdir()
    write_tables([Table("t", "A row.", columns_of("parties.ann's", "a b"), [(1, "x")])], folder)
    assert parquet(folder, "t")[0] == ["parties.ann's", "a b"]


cells = st.tuples(
    st.one_of(st.none(), st.sampled_from(TEXTS)),
    st.one_of(st.none(), st.sampled_from(WHOLE)),
    st.one_of(st.none(), st.sampled_from(NUMBERS)),
    st.one_of(st.none(), st.booleans()),
)


@settings(max_examples=15)
@given(rows=st.lists(cells, min_size=1, max_size=6))
def test_csv_and_parquet_hold_the_same_rows(tmp_path_factory, rows: list[tuple[Cell, ...]]):
    folder = tmp_path_factory.mktemp("tables")
    write_tables([Table("t", "A row.", columns_of("w", "x", "y", "z"), rows)], folder)
    found = parquet(folder, "t")[2]
    assert len(found) == len(rows)
    for one, other in zip(rows, found, strict=True):
        assert all(same(a, b) for a, b in zip(one, other, strict=True)), (one, other)
    with (folder / "t.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.reader(file))
    assert read[0] == ["w", "x", "y", "z"]
    assert read[1:] == [["" if cell is None else str(cell) for cell in row] for row in rows]
