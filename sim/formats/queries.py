"""Questions in SQL about the tables of a run, and nothing but questions.

A query sees copies of the tables that it names. It can write nothing and read no other file: the
database is closed to all else before the question is put, and takes a single ``SELECT``.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sim.errors import InputError, did_you_mean, nearest
from sim.experiment.shape import TableShape
from sim.formats.frames import frame_of_query
from sim.formats.parquet import connected, hearing_ctrl_c
from sim.words import listed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

EXAMPLE = 'SELECT "case", "zone.exists" FROM outcomes LIMIT 5'

_NO_ACCESS = "file system operations are disabled"
_WORD = "case"
"""A word of SQL that is the name of a column in every table of cases."""


def asked(sql: str, shapes: Mapping[str, TableShape], checked: Callable[[str], Path]) -> DataFrame:
    """Put a question to tables.

    Parameters
    ----------
    sql
        One ``SELECT``.
    shapes
        Name -> what the table holds.
    checked
        Returns the Parquet file of a table, once it is known to be whole.

    Raises
    ------
    InputError
        If it is no question, or cannot be answered.
    """
    import duckdb  # noqa: PLC0415

    with TemporaryDirectory(prefix="zopa-") as name, ExitStack() as stack:
        base = stack.enter_context(connected())
        try:
            with hearing_ctrl_c():
                _one_select(base, sql)
                _show(base, {table: checked(table) for table in _named(sql, shapes)}, Path(name))
                return frame_of_query(base.sql(sql))
        except duckdb.Error as error:
            raise InputError(_said(str(error), sql, shapes)) from error


def _one_select(base: DuckDBPyConnection, sql: str) -> None:
    import duckdb  # noqa: PLC0415

    kinds = [statement.type for statement in base.extract_statements(sql)]
    if kinds != [duckdb.StatementType.SELECT]:
        what = "nothing is asked" if not kinds else "this asks nothing"
        if len(kinds) > 1:
            what = f"these are {len(kinds)} statements"
        raise InputError(f"{what}: results are only read, by one SELECT, such as {EXAMPLE}")


def _named(sql: str, tables: Iterable[str]) -> list[str]:
    """Return the tables whose names stand in a question; all where none does."""
    known, text = list(tables), sql.casefold()
    return [table for table in known if table.casefold() in text] or known


def _show(base: DuckDBPyConnection, files: Mapping[str, Path], folder: Path) -> None:
    """Let a database see copies of some files, and nothing else from then on."""
    copies = []
    for k, (table, file) in enumerate(files.items()):
        copy = folder / f"{k}.parquet"
        shutil.copyfile(file, copy)
        base.read_parquet(str(copy)).create_view(table)
        copies.append(_text(copy))
    base.execute("SET python_enable_replacements = false")
    base.execute(f"SET temp_directory = {_text(folder / 'spilled')}")
    base.execute(f"SET allowed_paths = [{', '.join(copies)}]")
    base.execute("SET enable_external_access = false")
    base.execute("SET lock_configuration = true")


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _said(error: str, sql: str, shapes: Mapping[str, TableShape]) -> str:
    """Say what is wrong with a question, and what was probably meant."""
    if _NO_ACCESS in error or "disabled through configuration" in error:
        return (
            "a query reads the tables of these results and nothing else "
            f"({', '.join(shapes)}): no other file, database or extension"
        )
    first, *rest = error.strip().splitlines()
    place = [line for line in rest if line.startswith("LINE ") or set(line.strip()) == {"^"}]
    told = [first.strip(), *(place if len(place) == 2 else ())]
    told.append(_meant(first, sql, shapes))
    return "\n".join(filter(None, told))


def _meant(error: str, sql: str, shapes: Mapping[str, TableShape]) -> str:
    """Guess what was meant, from what is said and from names that lack their quotes."""
    columns = list(dict.fromkeys(name for shape in shapes.values() for name in shape.columns))
    outside = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", " ", sql)
    bare = [name for name in columns if _stands_in(name, outside) and _needs_quotes(name, outside)]
    hints = []
    if bare:
        quoted = _in_quotes(bare)
        hints.append(f"names with dots, and the word {_WORD}, stand in double quotes: {quoted}")
    table = re.search(r"Table with name (\S+) does not exist", error)
    if table:
        hints.append(f"no table is called so{did_you_mean(table[1], shapes, 'tables')}")
    if re.search(r"No function matches .*BOOLEAN", error):
        hints.append('of yes and no, an average or a sum needs numbers: avg("zone.exists"::INT)')
    named = re.search(r'Referenced (?:column|table) "([^"]+)" not found', error)
    if named and not any(name.startswith(named[1]) for name in bare):
        dotted = re.search(rf"(?<![\w.]){re.escape(named[1])}(?:\.\w+)+", outside)
        hints.append(_near(dotted[0] if dotted else named[1], columns, shapes))
    return "\n".join(hints)


def _near(name: str, columns: Sequence[str], shapes: Mapping[str, TableShape]) -> str:
    """Say which column was meant, and where it stands."""
    near = nearest(name, columns)
    if near is None:
        return "`zopa results tables` shows what columns there are"
    where = listed([table for table, shape in shapes.items() if near in shape.columns][:3])
    if near == name:
        return f'{_in_quotes([near])} is a column of {where}: join them by "{_WORD}"'
    return f"did you mean {_in_quotes([near])}, a column of {where}?"


def _needs_quotes(name: str, outside: str) -> bool:
    """Tell whether a name that stands without quotes in a question should have some."""
    return "." in name or (name == _WORD and not _stands_in("when", outside))


def _stands_in(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text, re.IGNORECASE))


def _in_quotes(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names[:3])
