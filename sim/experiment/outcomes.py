"""What is computed for every case: one question with its scalar outcomes and its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.experiment.case_group import CaseGroup
from sim.experiment.job import Columns, Rows
from sim.experiment.shape import CASE, Cell, Column, TableShape
from sim.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Found:
    """What a computation found for a group of cases.

    Attributes
    ----------
    outcomes
        Name -> one value for each case, in order; undefined is missing.
    tables
        Long tables, case after case in order.
    """

    outcomes: Columns
    tables: Rows = field(default_factory=dict)


class Computation(Protocol):
    """A question that is asked of every case; it can be pickled."""

    def outcomes(self, scenario: Scenario) -> Mapping[str, Column]:
        """Say what scalar outcomes there are for a scenario, by name."""

    def tables(self, scenario: Scenario) -> Mapping[str, TableShape]:
        """Say which long tables there are for a scenario."""

    def seconds(self, scenario: Scenario) -> float:
        """Return how long a case takes, roughly; it follows from the sizes alone."""

    def compute(self, group: CaseGroup) -> Found:
        """Ask the question of a group of cases."""


class Rowwise:
    """Rows of a long table that are made one by one, on their way to columns."""

    def __init__(self, shape: TableShape) -> None:
        self.shape = shape
        self.rows: list[tuple[Cell, ...]] = []

    def add(self, *cells: Cell) -> None:
        """Add a row: a cell for each column of the shape, in order."""
        self.rows.append(cells)

    def columns(self) -> Columns:
        """Return the columns."""
        cells = zip(*self.rows, strict=True) if self.rows else [[] for _ in self.shape.columns]
        return {
            name: filled(list(column), self.shape.columns[name])
            for name, column in zip(self.shape.columns, cells, strict=True)
        }


def filled(cells: Sequence[Cell], column: Column) -> NDArray[Any]:
    """Turn the cells of a column into an array in which ``None`` is missing.

    >>> filled([True, None], Column("truth", "accepts"))
    masked_array(data=[True, --],
                 mask=[False,  True],
           fill_value=True)
    """
    if column.kind == "text":
        texts = np.empty(len(cells), dtype=object)
        texts[:] = cells
        return texts
    if column.kind == "number":
        return np.array([np.nan if cell is None else cell for cell in cells], dtype=float)
    kind = np.int64 if column.kind == "whole" else np.bool_
    missing = [cell is None for cell in cells]
    numbers: NDArray[Any] = np.array([0 if cell is None else cell for cell in cells], dtype=kind)
    return np.ma.masked_array(numbers, missing)


def nothing(n: int, column: Column) -> NDArray[Any]:
    """Return a column of which nothing is known."""
    return filled([None] * n, column)


def of_cases(
    about: str, columns: Mapping[str, Column], *, most_cases: int | None = None
) -> TableShape:
    """Describe a table, the number of the case coming first."""
    return TableShape(about, {"case": CASE, **columns}, most_cases)
