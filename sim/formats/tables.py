"""Tables on disk: each as CSV to read and as Parquet to compute with, the same rows in both."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from sim.experiment.table import Table

_SQL = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}


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
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(["" if cell is None else cell for cell in row] for row in table.rows)


def _write_parquet(tables: Sequence[Table], folder: Path) -> None:
    """Let DuckDB read the CSV back under the types that we know, and write Parquet."""
    import duckdb  # noqa: PLC0415  slow to import

    with duckdb.connect(config={"threads": 1}) as base:
        for table in tables:
            types = {name: _type(table, name) for name in table.columns}
            path = folder / f"{table.name}.csv"
            rows = base.read_csv(
                str(path), header=True, sep=",", quotechar='"', escapechar='"', columns=types
            )
            rows.write_parquet(str(path.with_suffix(".parquet")))


def _type(table: Table, name: str) -> str:
    """Tell the column type by its cells; a column of nothing is text."""
    cells = [cell for cell in table.column(name) if cell is not None]
    kinds = {type(cell) for cell in cells}
    if kinds == {int, float}:
        return "DOUBLE"
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
