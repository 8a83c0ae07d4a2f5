"""Tables as pandas data frames: what is missing stays missing, and whole numbers stay whole.

A column has the type that its kind says, whether or not anything is missing in it: ``Int64``,
``boolean`` and ``string``, in which the missing is ``pandas.NA``; numbers are ``float64``, in which
it is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.job import Columns
from sim.experiment.shape import Cell, Column, Kind

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation
    from pandas import DataFrame

WHOLE = frozenset(
    {"tinyint", "smallint", "integer", "bigint", "hugeint"}
    | {"utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"}
)
NUMBERS = frozenset({"double", "float", "decimal"})
EXACT = 2**53
"""Sums of whole numbers come as floats; up to here they are what they say."""


def frame_of(columns: Columns, kinds: Mapping[str, Kind]) -> DataFrame:
    """Return columns as a data frame.

    Parameters
    ----------
    columns
        Name -> values; what is missing is NaN among numbers, ``None`` among texts, or masked.
    kinds
        Name -> what the column holds; a column of which nothing is said stays as it is.
    """
    import pandas as pd  # noqa: PLC0415  slow to import

    return pd.DataFrame({name: _series(cells, kinds.get(name)) for name, cells in columns.items()})


def _series(cells: NDArray[Any], kind: Kind | None) -> Any:
    import pandas as pd  # noqa: PLC0415

    values: NDArray[Any] = np.asarray(np.ma.getdata(cells))  # type: ignore[no-untyped-call, unused-ignore]
    missing: NDArray[np.bool_] = np.ma.getmaskarray(cells)  # type: ignore[no-untyped-call, unused-ignore]
    if kind == "number":
        return np.where(missing, np.nan, values.astype(float))
    if kind == "whole":
        return pd.arrays.IntegerArray(np.where(missing, 0, values).astype(np.int64), missing.copy())
    if kind == "truth":
        return pd.arrays.BooleanArray(np.where(missing, False, values).astype(bool), missing.copy())
    plain: NDArray[Any] = values.copy()
    if missing.any():
        plain = plain.astype(object)
        plain[missing] = None
    return pd.array(plain, dtype="string") if kind == "text" else plain


def frame_of_query(found: DuckDBPyRelation) -> DataFrame:
    """Return the answer to a query as a data frame; columns of one name are numbered."""
    columns = found.fetchnumpy()
    kinds: dict[str, Kind] = {}
    for (name, cells), sort in zip(columns.items(), found.types, strict=True):
        kind = _kind(sort.id, cells)
        if kind is not None:
            kinds[name] = kind
    return frame_of(columns, kinds)


def _kind(sort: str, cells: NDArray[Any]) -> Kind | None:
    if sort in WHOLE:
        known: NDArray[Any] = np.ma.compressed(cells)  # type: ignore[no-untyped-call, unused-ignore]
        whole = known.dtype.kind == "i" or bool((np.abs(known) <= EXACT).all())
        return "whole" if whole else "number"
    if sort in NUMBERS:
        return "number"
    return "truth" if sort == "boolean" else "text" if sort == "varchar" else None


def dictionary_of(columns: Mapping[str, Column]) -> DataFrame:
    """Return what columns mean, a row for each."""
    import pandas as pd  # noqa: PLC0415

    rows = [(name, column.kind, column.about) for name, column in columns.items()]
    return pd.DataFrame(rows, columns=["column", "kind", "meaning"], dtype="string")


def rows_of(frame: DataFrame) -> Iterable[tuple[Cell, ...]]:
    """Yield the rows of a frame as plain values, ``None`` where one is missing."""
    columns = [[_plain(cell) for cell in frame.iloc[:, k]] for k in range(frame.shape[1])]
    return zip(*columns, strict=True)


def _plain(cell: Any) -> Cell:
    """Return a cell as a plain value, and what has no plain value as text."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, str | bool | int | float):
        return cell if not isinstance(cell, float) or math.isfinite(cell) else str(cell)
    return None if type(cell).__name__ in ("NAType", "NaTType") else str(cell)
