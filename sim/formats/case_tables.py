"""Tables of cases: a CSV file with a column for each path that varies and a row for each case."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InputError, LocatedMistake
from sim.experiment.factors import WIDEST, Setting, Tabled
from sim.formats.text import decode, is_file, read_bytes
from sim.formats.yaml_scalars import plain_scalar

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

MOST_ROWS = 10_000_000
MOST_TEXTS = 200
"""Different texts that a column may have; each of them is tried in the scenario."""


@dataclass
class CaseTable:
    """A table of cases as it was read.

    Attributes
    ----------
    origin
        What messages call the file.
    columns
        Path -> the factor that takes its values from the column.
    mistakes
        What is wrong with the file.
    """

    origin: str
    columns: dict[str, Tabled] = field(default_factory=dict)
    mistakes: list[LocatedMistake] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _line_of: list[int] = field(default_factory=list)  # line of each row, from 1

    def at(self, row: int, column: int) -> tuple[int, int]:
        """Return line and column where a cell begins; row -1 is the header."""
        line = 1 if row < 0 else self._line_of[row]
        text = self._lines[line - 1]
        if '"' in text:
            return line, 1
        before = text.split(",")[:column]
        return line, sum(map(len, before)) + column + 1

    def wrong(self, row: int, column: int, text: str) -> LocatedMistake:
        """Return a mistake in a cell."""
        return LocatedMistake((), text, False, self.origin, *self.at(row, column))


def read_case_table(path: Path) -> CaseTable:
    """Read a table of cases; cells are read as a scenario would read them.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    """
    if not is_file(path):
        raise InputError(f"no file is called '{path}': write the table, or correct its name")
    origin = str(path)
    text, mistakes = decode(read_bytes(path, origin), origin)
    table = CaseTable(origin, mistakes=mistakes)
    if text is None:
        return table
    table._lines = text.splitlines() or [""]  # noqa: SLF001  its own maker
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        _read_rows(reader, table)
    except csv.Error as error:
        said = f"cannot be read as CSV: {error}"
        table.mistakes.append(LocatedMistake((), said, False, origin, reader.line_num, 1))
    return table


def _read_rows(reader: CsvReader, table: CaseTable) -> None:
    header = [name.strip() for name in next(reader, [])]
    if not any(header):
        table.mistakes.append(table.wrong(-1, 0, "the table is empty: name its columns first"))
        return
    rows = _rows(reader, table, len(header))
    for k, name in enumerate(header):
        if not name or name in header[:k]:
            said = f"'{name}' is the name of a second column" if name else "a column has no name"
            table.mistakes.append(table.wrong(-1, k, f"{said}: give each a path of its own"))
    if not table.mistakes:
        for k, name in enumerate(header):
            _column(table, k, name, [row[k].strip() for row in rows])


def _rows(reader: CsvReader, table: CaseTable, width: int) -> list[list[str]]:
    """Read the rows below the header; blank lines do not count."""
    rows: list[list[str]] = []
    begins = reader.line_num + 1
    for row in reader:
        if any(cell.strip() for cell in row):
            rows.append(row)
            table._line_of.append(begins)  # noqa: SLF001
            if len(row) != width:
                said = f"the row has {len(row)} cells, and the header {width}"
                table.mistakes.append(table.wrong(len(rows) - 1, 0, said))
        begins = reader.line_num + 1
        if len(rows) > MOST_ROWS:
            table.mistakes.append(table.wrong(-1, 0, f"more than {MOST_ROWS:,} rows"))
            break
    if not rows:
        table.mistakes.append(table.wrong(-1, 0, "no case follows the header: add rows"))
    return rows


def _column(table: CaseTable, k: int, name: str, cells: Sequence[str]) -> None:
    """Read a column: as numbers if all of its cells are, else as texts."""
    empty = [row for row, cell in enumerate(cells) if not cell]
    if empty:
        table.mistakes.append(table.wrong(empty[0], k, f"{name}: the cell is empty"))
        return
    known: dict[str, Setting] = {cell: _cell(name, cell) for cell in dict.fromkeys(cells)}
    values = list(known.values())
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        whole = all(isinstance(v, int) and abs(v) <= WIDEST for v in values)
        numbers = np.array([known[cell] for cell in cells], dtype=np.int64 if whole else float)
        beyond = np.flatnonzero(~np.isfinite(numbers))
        if len(beyond):
            said = f"{name}: {cells[beyond[0]]} is no finite number"
            table.mistakes.append(table.wrong(int(beyond[0]), k, said))
        table.columns[name] = Tabled(name, "whole" if whole else "number", numbers)
        return
    if len(known) > MOST_TEXTS:
        row = next(row for row, cell in enumerate(cells) if isinstance(known[cell], str))
        said = f"{name}: '{cells[row]}' is no number, and the column has {len(known):,} values"
        table.mistakes.append(table.wrong(row, k, said))
        return
    places = {cell: place for place, cell in enumerate(known)}
    codes = np.array([places[cell] for cell in cells], dtype=np.int32)
    table.columns[name] = Tabled(name, "category", codes, tuple(values))


def _cell(name: str, cell: str) -> Setting:
    if name == "levers":
        return [] if cell == "none" else [word.strip() for word in cell.split("+")]
    return plain_scalar(cell)
