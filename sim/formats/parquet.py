"""Rows into Parquet under the types that their table declares; the same rows give the same bytes.

DuckDB writes with a single thread, so that the order of rows never depends on the machine.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.job import Columns
from sim.experiment.shape import Kind, TableShape

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

SQL = {"whole": "BIGINT", "number": "DOUBLE", "text": "VARCHAR", "truth": "BOOLEAN"}
_NUMPY: dict[str, type] = {"whole": np.int64, "number": np.float64, "truth": np.bool_}


def connected() -> DuckDBPyConnection:
    """Return a database in memory that writes in order and guesses no types."""
    import duckdb  # noqa: PLC0415  slow to import

    return duckdb.connect(config={"threads": 1, "pandas_analyze_sample": 0})


def write_rows(base: DuckDBPyConnection, columns: Columns, shape: TableShape, path: Path) -> None:
    """Write rows to a Parquet file; what is undefined is missing in it.

    Raises
    ------
    ValueError
        If the columns are not those of the table, or not of one length or of its kinds.
    OSError
        If the disk does not take it.
    """
    if set(columns) != set(shape.columns):
        raise ValueError(f"columns {sorted(columns)} instead of {sorted(shape.columns)}")
    if len({len(values) for values in columns.values()}) != 1:
        raise ValueError(f"columns of several lengths: {sorted(columns)}")
    with hearing_ctrl_c():
        base.register("rows", {
            f"c{k}": _cells(columns[name], column.kind, name)
            for k, (name, column) in enumerate(shape.columns.items())
        })  # fmt: skip
    try:
        write(base.sql(f"SELECT {_select(shape)} FROM rows"), path)  # noqa: S608  names are quoted
    finally:
        base.unregister("rows")


def gathered(
    base: DuckDBPyConnection, files: Sequence[Path], shape: TableShape
) -> DuckDBPyRelation:
    """Return the rows of several files of one table, one file after the other."""
    if files:
        return base.read_parquet([str(file) for file in files])
    nothing = ", ".join(f"NULL::{SQL[c.kind]} AS {quoted(n)}" for n, c in shape.columns.items())
    return base.sql(f"SELECT {nothing} WHERE false")


def write(rows: DuckDBPyRelation, path: Path) -> None:
    """Write rows to a file, ``.parquet`` or ``.csv``.

    Raises
    ------
    OSError
        If the disk does not take it.
    """
    import duckdb  # noqa: PLC0415

    try:
        with hearing_ctrl_c():
            if path.suffix == ".csv":
                rows.write_csv(str(path))
            else:
                rows.write_parquet(str(path))
    except duckdb.IOException as error:
        raise OSError(_in_short(str(error))) from error


def _in_short(error: str) -> str:
    r"""Say what the disk said, without what DuckDB packs it into.

    >>> _in_short('IO Error: Async write failed: {"exception_type":"IO","exception_message":'
    ...           '"Could not write file \\"a.csv\\": No space left","errno":"28"}')
    'Could not write file "a.csv": No space left'
    >>> _in_short("IO Error: No space left")
    'IO Error: No space left'
    """
    try:
        said = json.loads(error[error.index("{") :])["exception_message"]
    except (ValueError, KeyError, TypeError):
        said = error
    return " ".join(str(said).split())


def read_columns(path: Path) -> dict[str, NDArray[Any]]:
    """Read a table back as `write_rows` was given it.

    Returns
    -------
    dict
        Column name -> its values: NaN where a number is missing, ``None`` where a text is, masked
        where a whole number or a yes or no is.
    """
    with connected() as base:
        return columns_of(base.read_parquet(str(path)))


def columns_of(rows: DuckDBPyRelation) -> dict[str, NDArray[Any]]:
    """Return rows as columns, with what is missing as in `read_columns`."""
    with hearing_ctrl_c():
        return {str(name): _read(column) for name, column in rows.fetchnumpy().items()}


def _read(column: NDArray[Any]) -> NDArray[Any]:
    values: NDArray[Any] = np.asarray(np.ma.getdata(column))  # type: ignore[no-untyped-call, unused-ignore]
    missing: NDArray[np.bool_] = np.ma.getmaskarray(column)  # type: ignore[no-untyped-call, unused-ignore]
    if values.dtype.kind == "f":
        return np.where(missing, np.nan, values)
    if values.dtype.kind == "O":
        return np.array([None if gone else cell for cell, gone in zip(values, missing, strict=True)]
                        + [None], dtype=object)[:-1]  # fmt: skip
    return np.ma.masked_array(values, missing) if missing.any() else values  # type: ignore[no-untyped-call, unused-ignore]


def says_ctrl_c(error: BaseException) -> bool:
    """Tell whether an error is how DuckDB passes on Ctrl-C: while it works, or takes over rows."""
    said = str(error)
    if type(error).__module__ == "_duckdb":
        return said.startswith("KeyboardInterrupt") or type(error).__name__ == "InterruptException"
    return isinstance(error, RuntimeError) and "interrupted" in said.lower()


@contextmanager
def hearing_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C be Ctrl-C, whatever DuckDB makes of it."""
    try:
        yield
    except Exception as error:
        if says_ctrl_c(error):
            raise KeyboardInterrupt from error
        raise


def _select(shape: TableShape) -> str:
    cells = {name: f"c{k}::{SQL[c.kind]}" for k, (name, c) in enumerate(shape.columns.items())}
    for name, column in shape.columns.items():
        if column.kind == "number":
            cells[name] = f"nullif({cells[name]}, 'nan'::DOUBLE)"
    return ", ".join(f"{cell} AS {quoted(name)}" for name, cell in cells.items())


def quoted(column: str) -> str:
    """Write the name of a column as SQL has it."""
    return '"' + column.replace('"', '""') + '"'


def _cells(values: NDArray[Any], kind: Kind, name: str) -> NDArray[Any]:
    """Give DuckDB an array of the type that the table declares, what is undefined masked."""
    cells: NDArray[Any] = np.asarray(np.ma.getdata(values))  # type: ignore[no-untyped-call, unused-ignore]
    missing: NDArray[np.bool_] = np.ma.getmaskarray(values)  # type: ignore[no-untyped-call, unused-ignore]
    if cells.dtype.kind == "O":
        none = [cell is None or (isinstance(cell, float) and math.isnan(cell)) for cell in cells]
        missing = missing | np.array(none, dtype=bool)
    elif cells.dtype.kind == "f":
        missing = missing | np.isnan(cells)
    if kind == "text":
        texts = [None if gone else str(c) for c, gone in zip(cells, missing, strict=True)]
        return np.array([*texts, None], dtype=object)[:-1]  # objects, also where there are none
    there = np.where(missing, 0, cells)
    typed: NDArray[Any] = there.astype(_NUMPY[kind])
    if kind != "number" and not np.array_equal(typed, there):
        raise ValueError(f"column {name} holds something else than {kind}")
    return np.ma.masked_array(typed, missing) if missing.any() else typed  # type: ignore[no-untyped-call, unused-ignore]
