"""The tables of a results folder: Parquet to compute with, CSV to read, and what columns mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiment.job import Columns, Failure
from sim.experiment.shape import CASE, Column, TableShape
from sim.formats.parquet import connected, gathered, read_columns, write, write_rows

READABLE = 100_000
"""Tables of at most so many rows are written as CSV too, to be read."""

FAILURES = TableShape(
    "One row for each case that gave no results.",
    {
        "case": CASE,
        "kind": Column("text", "raised: its computation raised an error; worker died: it took "
                               "the process that computed it down"),
        "message": Column("text", "what was said"),
        "inputs": Column("text", "what is set in the case, as JSON"),
    },
)  # fmt: skip

Inputs = Callable[[int], Mapping[str, Any]]
"""The number of a case -> what is set in it, by name."""

Further = Callable[[Path], Mapping[str, tuple[TableShape, Columns]]]
"""The folder in which the tables of all cases stand -> tables that are made from them."""


@dataclass(frozen=True)
class Written:
    """A table that stands on the disk.

    Attributes
    ----------
    shape
        What it holds.
    rows
        How many rows.
    sha256
        Checksum of the Parquet file, 64 hexadecimal digits.
    """

    shape: TableShape
    rows: int
    sha256: str


def write_tables(
    folder: Path,
    chunks: Mapping[str, tuple[TableShape, Sequence[Path]]],
    failures: Sequence[Failure] = (),
    *,
    inputs: Inputs | None = None,
    further: Further | None = None,
) -> dict[str, Written]:
    """Put tables together, with the failed cases and a page on what all columns mean.

    Parameters
    ----------
    folder
        Where to; it is made.
    chunks
        Name -> what the table holds, and the files of its rows, in order.
    failures
        The cases that failed.
    inputs
        What is set in a case, for the record of those that failed.
    further
        Makes more tables, once those of the cases stand there.

    Raises
    ------
    OSError
        If the disk does not take them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shapes = {name: shape for name, (shape, _) in chunks.items()} | {"failures": FAILURES}
    with connected() as base:
        for name, (shape, files) in chunks.items():
            write(gathered(base, files, shape), _parquet(folder, name))
        write_rows(base, _failed(failures, inputs), FAILURES, _parquet(folder, "failures"))
        for name, (shape, columns) in (further(folder) if further else {}).items():
            shapes[name] = shape
            write_rows(base, columns, shape, _parquet(folder, name))
        written = {}
        for name, shape in shapes.items():
            table = base.read_parquet(str(_parquet(folder, name)))
            written[name] = Written(shape, table.shape[0], _sha256(_parquet(folder, name)))
            if written[name].rows <= READABLE:
                write(table, folder / f"{name}.csv")
    (folder / "README.md").write_text(_dictionary(written), encoding="utf-8")
    return written


def _parquet(folder: Path, name: str) -> Path:
    return folder / f"{name}.parquet"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _failed(failures: Sequence[Failure], inputs: Inputs | None) -> Columns:
    """Return the table of the cases that failed."""
    given = [dict(inputs(failure.case)) if inputs else {} for failure in failures]
    texts = {
        "kind": [failure.kind for failure in failures],
        "message": [failure.message for failure in failures],
        "inputs": [json.dumps(one, ensure_ascii=False, default=plain_value) for one in given],
    }
    cases = np.array([failure.case for failure in failures], dtype=np.int64)
    return {"case": cases, **{n: np.array(cells, dtype=object) for n, cells in texts.items()}}


def plain_value(value: Any) -> Any:
    """Write a number of NumPy as a number, anything else as text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _dictionary(tables: Mapping[str, Written]) -> str:
    """Say what every table and column means."""
    lines = ["# What the tables hold", ""]
    lines += [
        f"Each stands here as `.parquet`, to compute with; with up to {READABLE:,} rows also as "
        "`.csv`, to read. What is undefined is missing.",
        "",
    ]
    for name, table in tables.items():
        rows = "1 row" if table.rows == 1 else f"{table.rows:,} rows"
        lines += [f"## {name}", "", f"{table.shape.about} {rows}.", ""]
        lines += ["| column | kind | meaning |", "|---|---|---|"]
        lines += [
            f"| `{_in_a_cell(n)}` | {column.kind} | {_in_a_cell(column.about)} |"
            for n, column in table.shape.columns.items()
        ]
        lines.append("")
    return "\n".join(lines)


def _in_a_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


class TablesOnDisk(Mapping[str, Columns]):
    """Tables of a folder by name, each read when it is first asked for."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._folder, self._names = folder, tuple(names)
        self._read: dict[str, Columns] = {}

    def __getitem__(self, name: str) -> Columns:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = read_columns(_parquet(self._folder, name))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
