"""The work of an experiment on scenarios: its cases, block by block, with tables declared ahead."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.case_group import DETAILED, CaseGroup, groups_of
from sim.experiment.computations import ALSO, COMPUTATIONS
from sim.experiment.computations.sizes import cells
from sim.experiment.factors import Listed, Tabled
from sim.experiment.job import Columns, Rows
from sim.experiment.outcomes import Computation, Found, nothing, of_cases
from sim.experiment.prepared import Prepared
from sim.experiment.shape import Column, TableShape
from sim.scenario import Scenario

BLOCK_SECONDS = 0.5
"""How long a block takes, roughly: an interruption loses no more than that for each worker."""

GROUP_SECONDS = 1e-4
"""What it takes, by option and party, to read a scenario for cases that differ in numbers alone."""

DRAWING_SECONDS = 1e-5
"""What it takes, by option and party, to seed random numbers for one case alone."""

MOST_CASES = 8192
"""Cases in a block at most, so that their numbers fit into memory."""

MOST_DRAWS = 2**18
"""Cases times draws in a block at most, for the same reason."""


@dataclass(frozen=True)
class ScenarioJob:
    """A `sim.experiment.job.Job`: everything that an experiment asks of every case.

    Cases that differ in plain numbers alone are the draws of one ensemble (`CaseGroup`), under
    common random numbers; only searches that have no array form go from case to case.

    Attributes
    ----------
    prepared
        The experiment, its design and its scenarios, read and checked.

    Notes
    -----
    A case gives the same bytes in whatever company, process and order it is computed, with one
    exception: a search that runs into its time limit answers what it knows by then. Such answers
    are missing (a zone, a frontier) or say that they are not proven (a solution, an amendment).
    """

    prepared: Prepared

    @cached_property
    def computations(self) -> dict[str, Computation]:
        """What is computed, in the order of `COMPUTATIONS`.

        Raises
        ------
        InputError
            If something is asked for that no experiment computes yet, or by a wrong name.
        """
        experiment = self.prepared.experiment
        asked = {name for name in type(experiment.asked).model_fields if name in experiment.asked}
        unknown = sorted(asked - COMPUTATIONS.keys())
        if unknown:
            raise InputError(
                f"compute: {', '.join(unknown)}: what can be computed is {', '.join(COMPUTATIONS)}"
            )
        asked |= {also for name in asked for also in ALSO.get(name, ())}
        return {name: make(experiment) for name, make in COMPUTATIONS.items() if name in asked}

    @property
    def n_cases(self) -> int:
        """How many cases there are."""
        return self.prepared.design.n_cases

    @property
    def detailed(self) -> bool:
        """Whether long tables are kept; with very many cases only the outcomes are."""
        return self.n_cases <= DETAILED

    @cached_property
    def seconds(self) -> float:
        """How long a case takes on one core, roughly; it follows from the sizes alone."""
        scenarios, design = self.prepared.scenarios.values(), self.prepared.design
        drawing = 0.0 if design.common and design.repeats == 1 else DRAWING_SECONDS
        return max(
            cells(s) * drawing + sum(c.seconds(s) for c in self.computations.values())
            for s in scenarios
        )

    @cached_property
    def _group(self) -> tuple[float, int]:
        """What a group of cases costs beside its cases, and how many groups there can be."""
        owners = self.prepared.design.owners.values()
        listed = (f for f in owners if isinstance(f, Listed | Tabled) and f.kind == "category")
        kinds = [len(factor.levels) for factor in listed]
        largest = max(map(cells, self.prepared.scenarios.values()))
        return largest * GROUP_SECONDS, math.prod(kinds)

    @cached_property
    def block(self) -> int:
        """How many cases are computed at a time: a power of two, fixed by what is computed."""
        experiment = self.prepared.experiment
        draws = max(experiment.draws, experiment.zone_draws)
        most = min(MOST_CASES, max(1, MOST_DRAWS // draws))
        alone, groups = self._group
        block = 1
        while 2 * block <= most and (
            2 * block * self.seconds + min(2 * block, groups) * alone <= BLOCK_SECONDS
        ):
            block *= 2
        return block

    @cached_property
    def tables(self) -> Mapping[str, TableShape]:
        """What the tables hold, those of all scenarios together."""
        shapes: dict[str, TableShape] = {"cases": self._table_of_cases()}
        columns: dict[str, Column] = {}
        for scenario in self.prepared.scenarios.values():
            for computation in self.computations.values():
                columns |= computation.outcomes(scenario)
                for name, shape in self._long_tables(computation, scenario):
                    before = shapes[name].columns if name in shapes else {}
                    shapes[name] = TableShape(shape.about, {**before, **shape.columns})
        shapes["outcomes"] = of_cases("What came of one case, a column for each outcome.", columns)
        return shapes

    def _table_of_cases(self) -> TableShape:
        """Say what each setting is as the scenario does: a path may hold but a number of a line."""
        from sim.experiment.labels import factor_label  # noqa: PLC0415 - imports this module
        from sim.experiment.study import Study  # noqa: PLC0415

        study, table = Study("", self.prepared, {}), self.prepared.design.table
        called = {
            path: replace(table.columns[path], about=f"varies: {factor_label(study, path)}")
            for path in self.prepared.design.owners
        }
        return replace(table, columns={**table.columns, **called})

    def _long_tables(
        self, computation: Computation, scenario: Scenario
    ) -> Iterator[tuple[str, TableShape]]:
        """Yield the long tables that are kept with so many cases."""
        for name, shape in computation.tables(scenario).items() if self.detailed else ():
            if shape.most_cases is None or self.n_cases <= shape.most_cases:
                yield name, shape

    def compute(self, first: int, last: int) -> Rows:
        """Compute cases from ``first`` up to ``last``, those that differ in numbers together."""
        groups = groups_of(self.prepared, first, last)
        found = [(g, c.compute(g)) for g in groups for c in self.computations.values()]
        rows = {
            "cases": self.prepared.design.table_rows(first, last),
            "outcomes": self._outcomes(found, np.arange(first, last)),
        }
        for name, shape in self.tables.items():
            parts = [f.tables[name] for _, f in found if name in f.tables]
            if parts:
                rows[name] = _by_case(parts, shape)
        return rows

    def _outcomes(
        self, found: Sequence[tuple[CaseGroup, Found]], cases: NDArray[np.int64]
    ) -> Columns:
        """Put the outcomes of groups into their cases' rows; what nothing says is missing."""
        shape = self.tables["outcomes"].columns
        columns: dict[str, NDArray[Any]] = {
            name: cases if name == "case" else nothing(len(cases), column)
            for name, column in shape.items()
        }
        for group, one in found:
            for name, values in one.outcomes.items():
                if name in columns:
                    columns[name][group.cases - cases[0]] = values
        return columns


def _by_case(parts: Sequence[Columns], shape: TableShape) -> Columns:
    """Put the rows of groups together, case after case."""
    joined = {}
    for name, column in shape.columns.items():
        pieces = [
            part[name] if name in part else nothing(len(part["case"]), column) for part in parts
        ]
        if any(isinstance(piece, np.ma.MaskedArray) for piece in pieces):
            joined[name] = np.ma.concatenate(pieces)  # type: ignore[no-untyped-call]
        else:
            joined[name] = np.concatenate(pieces)
    if len(parts) > 1:
        order = np.argsort(joined["case"], kind="stable")
        joined = {name: column[order] for name, column in joined.items()}
    return joined
