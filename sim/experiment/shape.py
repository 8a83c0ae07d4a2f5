"""What the tables of an experiment hold: declared before anything runs, the same in every block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["whole", "number", "text", "truth"]

Cell = str | int | float | bool | None
"""What stands in one place of a table; ``None`` is missing."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    kind
        ``whole`` and ``number`` are 64 bits wide; ``truth`` is yes or no. Any of them may be
        missing: undefined is never a number.
    about
        What it means, with its unit, as it stands in the data dictionary.
    """

    kind: Kind
    about: str


CASE = Column("whole", "number of the case in the design, from 0")


@dataclass(frozen=True)
class TableShape:
    """What one table holds.

    Attributes
    ----------
    about
        One sentence on what a row is.
    columns
        Column name -> what it holds, in order; ``case`` comes first.
    most_cases
        With more cases than this the table is left out.
    """

    about: str
    columns: Mapping[str, Column]
    most_cases: int | None = None
