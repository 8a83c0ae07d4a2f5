"""Tables on disk: each as CSV to read and as Parquet to compute with, the same rows in both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.experiment.table import Cell, Table

_SQL = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}
_LONGEST = {63: "BIGINT", 126: "DECIMAL(38, 0)"}
"""Whole numbers of at most so many bits, and the type that holds them exactly."""


def write_tables(tables: Sequence[Table], folder: Path) -> None:
    """Write tables as CSV and Parquet, with a page that says what each column means.

    Parameters
    ----------
    tables
        Their names become file names.
    folder
        An existing folder.
    """
    for table in tables:
        _write_csv(table, folder / f"{table.name}.csv")
    _write_parquet(tables, folder)
    (folder / "README.md").write_text(_dictionary(tables), encoding="utf-8")


def _write_csv(table: Table, path: Path) -> None:
    rows: list[tuple[Cell, ...]] = [tuple(table.columns), *table.rows]
    lines = (",".join(map(_field, row)) + "\n" for row in rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)


def _field(cell: Cell) -> str:
    """Write one cell: nothing for none, and an empty text in quotes, to tell them apart."""
    if cell is None:
        return ""
    text = str(cell)
    if text and not any(mark in text for mark in ',"\n\r'):
        return text
    return '"' + text.replace('"', '""') + '"'


def _write_parquet(tables: Sequence[Table], folder: Path) -> None:
    """Let DuckDB read the CSV back under the types that we know, and write Parquet."""
    import duckdb  # noqa: PLC0415  slow to import

    with duckdb.connect(config={"threads": 1}) as base:
        for table in tables:
            types = {name: _type(table, name) for name in table.columns}
            path = folder / f"{table.name}.csv"
            rows = base.read_csv(
                str(path),
                header=True,
                sep=",",
                quotechar='"',
                escapechar='"',
                columns=types,
                auto_detect=False,
                allow_quoted_nulls=False,
            )
            rows.write_parquet(str(path.with_suffix(".parquet")))


def _type(table: Table, name: str) -> str:
    """Tell the column type by its cells; a column of nothing is text."""
    cells = [cell for cell in table.column(name) if cell is not None]
    kinds = {type(cell) for cell in cells}
    if kinds == {int, float}:
        return "DOUBLE"
    if kinds == {int}:
        bits = max(abs(cell) for cell in cells if isinstance(cell, int)).bit_length()
        return next((kind for most, kind in _LONGEST.items() if bits <= most), "VARCHAR")
    return _SQL[kinds.pop()] if len(kinds) == 1 else "VARCHAR"


def _dictionary(tables: Sequence[Table]) -> str:
    lines = ["# What the tables hold", ""]
    lines += ["Each stands twice: `.csv` to read, `.parquet` to compute with.", ""]
    for table in tables:
        lines += [f"## {table.name}", "", f"{table.about} {len(table):,} rows.", ""]
        lines += ["| column | meaning |", "|---|---|"]
        lines += [f"| `{name}` | {meaning} |" for name, meaning in table.columns.items()]
        lines.append("")
    return "\n".join(lines)
