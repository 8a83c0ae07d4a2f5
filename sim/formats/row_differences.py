"""Stored rows against rows that were computed again: bit for bit, or within a tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.job import Columns
from sim.experiment.shape import Cell

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """A place in which results are not what the same computation gives.

    Attributes
    ----------
    table
        Where.
    case
        Which case; ``None`` in tables of analyses, or where it concerns the whole table.
    row
        Which of the rows of this case (or table), from 0; ``None`` where it concerns them all.
    column
        Which column; ``None`` where rows or the table are missing, or too many.
    stored, recomputed
        What stands there, and what comes out now; ``None`` is missing.
    """

    table: str
    case: int | None
    row: int | None
    column: str | None
    stored: Cell
    recomputed: Cell


def differences(
    table: str, stored: Columns, again: Columns, tolerance: float
) -> Iterator[Difference]:
    """Compare the rows of a table with those that were computed again.

    Parameters
    ----------
    table
        Its name.
    stored, again
        Column name -> values; both as `sim.formats.parquet.columns_of` reads them.
    tolerance
        0: numbers are the same bits. Else how far they may lie apart, in themselves or as a share.

    Yields
    ------
    Difference
        In the order of the rows.
    """
    for column in dict.fromkeys([*stored, *again]):
        if column not in stored or column not in again:
            there = ("there", "not there")
            yield Difference(table, None, None, column, *there[:: 1 if column in stored else -1])
    names = [name for name in again if name in stored]
    if "case" not in names:
        yield from _of_rows(table, None, names, stored, again, tolerance)
    elif np.array_equal(stored["case"], again["case"]):
        yield from _in_cells(table, names, stored, again, tolerance)
    else:
        for case in np.union1d(stored["case"], again["case"]).tolist():
            then, now = (_of_case(part, names, case) for part in (stored, again))
            yield from _of_rows(table, case, names, then, now, tolerance)


def _of_case(part: Columns, names: list[str], case: int) -> Columns:
    return {name: part[name][part["case"] == case] for name in names}


def _of_rows(
    table: str, case: int | None, names: list[str], stored: Columns, again: Columns, tol: float
) -> Iterator[Difference]:
    """Compare rows that may be of different numbers."""
    then, now = (len(next(iter(part.values()), ())) for part in (stored, again))
    if then != now:
        yield Difference(table, case, None, None, f"{then} rows", f"{now} rows")
    else:
        yield from _in_cells(table, names, stored, again, tol)


def _in_cells(
    table: str, names: list[str], stored: Columns, again: Columns, tolerance: float
) -> Iterator[Difference]:
    """Compare rows that belong together, cell by cell."""
    apart = {name: _apart(stored[name], again[name], tolerance) for name in names}
    found = [(row, name) for name, rows in apart.items() for row in np.flatnonzero(rows).tolist()]
    cases = again.get("case")
    for row, name in sorted(found):
        case = None if cases is None else int(cases[row])
        place = row if cases is None else row - int(np.flatnonzero(cases == cases[row])[0])
        values = cell(stored[name], row), cell(again[name], row)
        yield Difference(table, case, place, name, *values)


def _apart(stored: NDArray[Any], again: NDArray[Any], tolerance: float) -> Bools:
    """Tell where two columns differ."""
    gone, missing = gaps(stored), gaps(again)
    one: NDArray[Any] = np.asarray(np.ma.getdata(stored))  # type: ignore[no-untyped-call, unused-ignore]
    other: NDArray[Any] = np.asarray(np.ma.getdata(again))  # type: ignore[no-untyped-call, unused-ignore]
    if one.dtype == other.dtype == np.float64:
        if tolerance:
            same = np.isclose(one, other, rtol=tolerance, atol=tolerance)
        else:
            same = one.view(np.int64) == other.view(np.int64)
    else:
        pairs = zip(one.tolist(), other.tolist(), strict=True)
        same = np.array([type(a) is type(b) and a == b for a, b in pairs], dtype=bool)
    unlike: Bools = (gone != missing) | (~same & ~gone & ~missing)
    return unlike


def gaps(column: NDArray[Any]) -> Bools:
    """Tell where nothing is known."""
    missing: Bools = np.ma.getmaskarray(column)  # type: ignore[no-untyped-call, unused-ignore]
    values: NDArray[Any] = np.asarray(np.ma.getdata(column))  # type: ignore[no-untyped-call, unused-ignore]
    if values.dtype.kind == "f":
        return missing | np.isnan(values)
    if values.dtype.kind == "O":
        return missing | np.array([value is None for value in values], dtype=bool)
    return missing


def cell(column: NDArray[Any], row: int) -> Cell:
    """Return a value as a plain one, ``None`` where it is missing."""
    if gaps(column[row : row + 1])[0]:
        return None
    value = np.ma.getdata(column)[row]  # type: ignore[no-untyped-call, unused-ignore]
    plain: Cell = value.item() if isinstance(value, np.generic) else value
    return plain
