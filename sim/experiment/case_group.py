"""Cases that differ in numbers alone, to be looked at together: the draws of one ensemble.

Two cases of an experiment are in one group when everything but plain numbers that the readers know
(weights, values, levels, chances, amounts) is the same in both. What a group shares, such as names,
conditions and plans, is then worked out once; the numbers are arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.consistency.correlated import numbers_by_path
from sim.ensemble import Ensemble
from sim.experiment.design import Case, Within
from sim.experiment.prepared import Prepared
from sim.sampling import SweptDraws, central_swept, numbers_read, sample_apart, sample_swept
from sim.scenario import RedLines, Scenario

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
FORMS = (".value", ".share_of_best", ".above_disagreement")
"""Ways of writing a number that put it one step further in; it is drawn by the path before."""

DETAILED = 20_000
"""With more cases than this only their outcomes are kept, one row each, and no long tables."""

SHARING = 4
"""So many cases must share a seed on average for their draws to be made but once."""

FEW = 50
"""With at most so many cases, also where their numbers come from, in the longest tables."""


@dataclass(frozen=True, eq=False)
class CaseGroup:
    """Cases that share everything but some numbers.

    Attributes
    ----------
    prepared
        The experiment.
    cases
        Numbers of the cases, ascending, shape ``(n_cases,)``.
    scenario
        That of the first case.
    values
        Path of a number, as it is drawn by -> its value in each case, shape ``(n_cases,)``.
    red_lines, within, levers
        The readings that the cases share.
    seeds
        Seed of each case's draws, shape ``(n_cases,)``.
    uncertain
        Whether the draws of a case can differ at all.
    """

    prepared: Prepared
    cases: Indices
    scenario: Scenario
    values: Mapping[str, Floats]
    red_lines: RedLines
    within: Within
    levers: tuple[str, ...]
    seeds: NDArray[np.int64]
    uncertain: bool

    def __len__(self) -> int:
        return len(self.cases)

    @property
    def detailed(self) -> bool:
        """Whether long tables are kept."""
        return self.prepared.design.n_cases <= DETAILED

    @property
    def few(self) -> bool:
        """Whether the longest tables are kept as well."""
        return self.prepared.design.n_cases <= FEW

    @cached_property
    def central(self) -> Ensemble:
        """The central reading, one draw for each case, in order.

        A group of one has its draw twice: numpy adds up arrays of one row in another order, and
        a case must give the same bytes in whichever company it is computed.
        """
        n = max(2, len(self))
        values = {path: np.resize(column, n) for path, column in self.values.items()}
        return central_swept(self.scenario, values, n, red_lines=self.red_lines, levers=self.levers)

    def case(self, k: int) -> tuple[Case, Scenario]:
        """Return one case, and its scenario with all settings in it."""
        case = self.prepared.case(int(self.cases[k]))
        return case, self.prepared.scenario(case)

    def by_seed(self) -> Iterator[tuple[Indices, tuple[int, ...]]]:
        """Yield places of cases to be drawn together, and their seeds: one for all, or one each.

        Where few cases share a seed, all are drawn case by case. A case gets the same either way.
        """
        seeds, which = np.unique(self.seeds, return_inverse=True)
        if 1 < len(seeds) > len(self) / SHARING:
            yield np.arange(len(self)), tuple(self.seeds.tolist())
            return
        for k, seed in enumerate(seeds.tolist()):
            yield np.flatnonzero(which == k), (seed,)

    def sample(
        self, places: Indices, n_draws: int, seeds: tuple[int, ...], *, whole: bool = True
    ) -> Iterator[SweptDraws]:
        """Draw what is uncertain, in some of the cases; these are numbered anew, from 0."""
        values = {path: column[places] for path, column in self.values.items()}
        if len(seeds) == len(places) > 1:
            return sample_apart(
                self.scenario, n_draws, values, seeds,
                red_lines=self.red_lines, levers=self.levers,
            )  # fmt: skip
        return sample_swept(
            self.scenario, n_draws, values, len(places),
            seed=seeds[0], red_lines=self.red_lines, levers=self.levers, whole=whole,
        )  # fmt: skip


def groups_of(prepared: Prepared, first: int, last: int) -> list[CaseGroup]:
    """Group the cases from ``first`` up to ``last`` by all that is not a number to be read.

    Groups come in the order of their first cases.
    """
    design = prepared.design
    columns = design.all_settings(first, last)
    listed = [p for p, f in design.owners.items() if f.kind == "category"]
    codes = [design.codes(path, first, last) for path in listed]
    groups = []
    for rows in _alike(codes, last - first):
        whole = _group(prepared, first + rows, {p: c[rows] for p, c in columns.items()}, listed)
        groups += whole
    return sorted(groups, key=lambda group: int(group.cases[0]))


def _alike(columns: list[NDArray[Any]], n: int) -> list[Indices]:
    """Return the rows that are alike in all columns, group by group."""
    together = np.zeros(n, dtype=np.intp)
    for column in columns:
        _, code = np.unique(column, return_inverse=True)
        _, together = np.unique(
            together * (int(code.max()) + 1) + code.reshape(-1), return_inverse=True
        )
    order = np.argsort(together, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(together[order])) + 1)


def _group(
    prepared: Prepared, cases: Indices, columns: Mapping[str, NDArray[Any]], listed: list[str]
) -> list[CaseGroup]:
    """Group cases that have the same categories by the numbers that no reader knows."""
    case = prepared.case(int(cases[0]))
    scenario = prepared.scenario(case)
    noted = numbers_read(scenario, red_lines=case.red_lines, levers=case.levers)
    silent = {path for path, _ in numbers_by_path(scenario)} - noted.paths
    swept: dict[str, Floats] = {}
    shared: list[NDArray[Any]] = []
    for path, column in columns.items():
        if path in listed:
            continue
        name = _drawn_by(path, noted.paths | silent)
        if name in noted.paths:
            swept[name] = column.astype(float)
        elif name not in silent and not path.startswith("levers."):
            shared.append(column)
    uncertain = bool(noted.uncertain - swept.keys()) or any(
        bool(((column > 0) & (column < 1)).any())
        for path, column in swept.items() if path.endswith(".binds")
    )  # fmt: skip
    whole = CaseGroup(
        prepared, cases, scenario, swept, case.red_lines, case.within, case.levers,
        _seeds(prepared, cases), uncertain,
    )  # fmt: skip
    if not shared:
        return [whole]
    return [_part(whole, rows) for rows in _alike(shared, len(cases))]


def _part(whole: CaseGroup, rows: Indices) -> CaseGroup:
    """Return some cases of a group, with a scenario of their own."""
    part = replace(
        whole,
        cases=whole.cases[rows],
        values={path: column[rows] for path, column in whole.values.items()},
        seeds=whole.seeds[rows],
    )
    return replace(part, scenario=part.case(0)[1])


def _drawn_by(path: str, known: set[str]) -> str:
    """Return the name that a number is drawn by, from its path in the file.

    >>> _drawn_by("parties.ann.threshold.above_disagreement", {"parties.ann.threshold"})
    'parties.ann.threshold'
    """
    name = path.replace("[", ".").replace("]", "")
    while name not in known and name.endswith(FORMS):
        name = name[: name.rindex(".")]
    return name


def _seeds(prepared: Prepared, cases: Indices) -> NDArray[np.int64]:
    design = prepared.design
    if design.common and design.repeats == 1:
        return np.full(len(cases), design.random_seed, dtype=np.int64)
    return np.array([design.seed(int(case)) for case in cases], dtype=np.int64)
