"""A table of results: named columns of equal length, each with what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Table:
    """Rows of results under named columns.

    Attributes
    ----------
    name
        What the rows are: ``acceptance``, ``solutions``, …
    about
        One sentence on what a row is.
    columns
        Column name -> what it means, in order.
    rows
        One tuple a row, in the order of the columns.
    """

    name: str
    about: str
    columns: Mapping[str, str]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[Cell]:
        """Return one column from top to bottom."""
        place = list(self.columns).index(name)
        return [row[place] for row in self.rows]

    def extend(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Add rows at the end."""
        self.rows.extend(rows)

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        names = list(self.columns)
        return (dict(zip(names, row, strict=True)) for row in self.rows)
