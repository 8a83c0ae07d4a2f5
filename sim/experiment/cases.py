"""The cases of an experiment: settings by number, made when they are asked for.

Nothing here holds a million objects: what a case is follows from its number and the seed, in
every process alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.design import Experiment, SizedDesign, written
from sim.experiment.designs import DESIGNS, Points
from sim.experiment.factors import (
    Factor,
    Floats,
    Listed,
    Ranged,
    Setting,
    Simplex,
    Tabled,
)
from sim.experiment.shape import CASE, Column, TableShape

REPEAT = "repeat"
"""Column of the table of cases that counts repeats, where there are any."""


@dataclass(frozen=True)
class Input:
    """What an analysis of sensitivity takes as one: a factor, or a part of one.

    Attributes
    ----------
    name
        What it is called.
    coordinates
        Its places among the coordinates of `Design.units`.
    """

    name: str
    coordinates: tuple[int, ...]


@dataclass(frozen=True)
class Design:
    """All cases of an experiment, by number.

    Case ``k`` is repeat ``k % repeats`` of point ``k // repeats``.

    Attributes
    ----------
    name, size
        Which design it is, as in the file, and how large.
    factors
        What varies.
    points
        Where in the unit cube.
    repeats
        How often each point is computed.
    random_seed
        The seed of the experiment.
    common
        Whether all points meet the same random numbers.
    first
        Only so many cases, from the first; all where it is ``None``.

    Examples
    --------
    >>> design = make_design("full", None, [Listed("red_lines", ("none", "stated")),
    ...                                     Listed("patience", (0.8, 0.9))])
    >>> design.n_cases, design.settings(2)
    (4, {'red_lines': 'stated', 'patience': 0.8})
    >>> design.column("patience", 0, 4).tolist()
    [0.8, 0.9, 0.8, 0.9]
    """

    name: str
    size: int | None
    factors: tuple[Factor, ...]
    points: Points
    repeats: int = 1
    random_seed: int = 0
    common: bool = True
    first: int | None = None

    @property
    def n_points(self) -> int:
        """How many combinations of settings there are."""
        return self.points.n

    @property
    def n_cases(self) -> int:
        """How many cases there are, repeats counted."""
        return self.whole if self.first is None else min(self.first, self.whole)

    @property
    def whole(self) -> int:
        """How many cases the design has, however few of them are looked at."""
        return self.points.n * self.repeats

    @property
    def cut_short(self) -> bool:
        """Whether only some of the cases are looked at."""
        return self.n_cases < self.whole

    @cached_property
    def owners(self) -> Mapping[str, Factor]:
        """Path of each setting -> the factor that gives it, in order."""
        return {path: factor for factor in self.factors for path in factor.columns}

    @property
    def columns(self) -> tuple[str, ...]:
        """Paths of all settings, in order."""
        return tuple(self.owners)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """What an analysis of sensitivity may vary one by one."""
        found, start = [], 0
        for factor in self.factors:
            for name, count in factor.inputs.items():
                found.append(Input(name, tuple(range(start, start + count))))
                start += count
        return tuple(found)

    @property
    def coordinates(self) -> tuple[str, ...]:
        """For each coordinate of `units` the name of its input; those of a group share theirs."""
        return tuple(one.name for one in self.inputs for _ in one.coordinates)

    @cached_property
    def _places(self) -> dict[str, slice]:
        """Path of each factor -> its coordinates."""
        places, start = {}, 0
        for factor in self.factors:
            stop = start + sum(factor.inputs.values())
            places[factor.path] = slice(start, stop)
            start = stop
        return places

    def units(self, first: int = 0, last: int | None = None) -> Floats:
        """Return the coordinates of cases, shape ``(n, n_coordinates)``, in [0, 1]."""
        last = self.n_cases if last is None else last
        start, stop = first // self.repeats, -(-last // self.repeats)
        points = self.points.rows(start, max(stop, start))
        if self.repeats == 1:
            return points
        return points[np.arange(first, last) // self.repeats - start]

    def column(self, path: str, first: int = 0, last: int | None = None) -> NDArray[Any]:
        """Return the values of one setting in the cases from ``first`` up to ``last``.

        Returns
        -------
        ndarray
            Of floats for a number, of 64-bit integers for a whole number, else of objects.
        """
        factor = self.owners[path]
        return factor.values(self.units(first, last)[:, self._places[factor.path]])[path]

    def codes(self, path: str, first: int = 0, last: int | None = None) -> NDArray[np.int64]:
        """Return the places of a setting's values among its levels, to group cases by.

        Raises
        ------
        KeyError
            If the setting has no levels.
        """
        factor = self.owners[path]
        if not isinstance(factor, Listed | Tabled) or not factor.levels:
            raise KeyError(path)
        return factor.codes(self.units(first, last)[:, self._places[factor.path]])

    def all_settings(self, first: int = 0, last: int | None = None) -> dict[str, NDArray[Any]]:
        """Return the values of all settings, a column each."""
        units = self.units(first, last)
        found: dict[str, NDArray[Any]] = {}
        for factor in self.factors:
            found |= factor.values(units[:, self._places[factor.path]])
        return found

    def settings(self, case: int) -> dict[str, Setting]:
        """Return the settings of one case, by path; those of a list as they are written there."""
        units = self.units(case, case + 1)
        found: dict[str, Setting] = {}
        for factor in self.factors:
            place = self._places[factor.path]
            if isinstance(factor, Listed | Tabled) and factor.levels:
                found[factor.path] = factor.levels[int(factor.codes(units[:, place])[0])]
            else:
                values = factor.values(units[:, place])
                found |= {path: column[0].item() for path, column in values.items()}
        return found

    def seed(self, case: int) -> int:
        """Return the seed of a case's own draws: it hangs on the case's number alone.

        With common random numbers the first repeat of every point has the seed of the experiment
        itself, so that cases differ by their settings alone.
        """
        repeat = case % self.repeats
        if self.common and repeat == 0:
            return self.random_seed
        return _spawned(self.random_seed, repeat if self.common else case)

    @cached_property
    def table(self) -> TableShape:
        """What the table of cases holds: number and settings of each."""
        kinds = {"number": "number", "whole": "whole", "weights": "number", "category": "text"}
        columns = {"case": CASE}
        if self.repeats > 1:
            columns[REPEAT] = Column("whole", "repeat of the same settings, from 0")
        for path, factor in self.owners.items():
            kind = kinds[factor.kind]
            columns[path] = Column(kind, f"setting that varies: {path}")  # type: ignore[arg-type]
        return TableShape("One case of the design, with its settings.", columns)

    def table_rows(self, first: int, last: int) -> dict[str, NDArray[Any]]:
        """Return rows of the table of cases; what is no number as text."""
        rows: dict[str, NDArray[Any]] = {"case": np.arange(first, last)}
        if self.repeats > 1:
            rows[REPEAT] = rows["case"] % self.repeats
        for path, column in self.all_settings(first, last).items():
            if self.owners[path].kind == "category":
                column = np.array([written(value) for value in column], dtype=object)  # noqa: PLW2901
            rows[path] = column
        return rows


@lru_cache(maxsize=4096)
def _spawned(seed: int, number: int) -> int:
    """Return the seed of a case or repeat, from its number alone; it fits 63 bits."""
    spawned = np.random.SeedSequence(seed, spawn_key=(number,))
    return int(spawned.generate_state(1, np.uint64)[0]) >> 1


def make_design(
    name: str,
    size: int | None,
    factors: Sequence[Factor],
    *,
    seed: int = 0,
    repeats: int = 1,
    common: bool = True,
) -> Design:
    """Lay out the cases of a design.

    Parameters
    ----------
    name, size
        A key of `DESIGNS`, and how large it is.
    factors
        What varies; with nothing to vary there is one case.
    seed, repeats, common
        See `Design`.
    """
    points = DESIGNS[name if factors else "full"](factors, size or 1, seed)
    return Design(name, size, tuple(factors), points, repeats, seed, common)


def design_of(experiment: Experiment, factors: Sequence[Factor] | None = None) -> Design:
    """Lay out the cases of an experiment.

    Parameters
    ----------
    experiment
        What the file asks for.
    factors
        What varies, where the file alone does not say it (a table; weights; the ends of a bell).

    Raises
    ------
    InputError
        If the factors are needed and not given.
    """
    if factors is None:
        factors = [
            _plain_factor(path, values)
            for path, values in {**_scenario_list(experiment), **experiment.vary}.items()
        ]
        if isinstance(experiment.design, SizedDesign) and experiment.design.name == "table":
            raise InputError("the cases stand in a table: read it with the experiment")
    name, size = "full", None
    if isinstance(experiment.design, SizedDesign):
        name, size = experiment.design.name, experiment.design.size
    if name == "table":
        size = max((len(f.cells) for f in factors if isinstance(f, Tabled)), default=1)
    return make_design(
        name,
        size,
        factors,
        seed=experiment.seed,
        repeats=experiment.repeats,
        common=experiment.random_numbers == "common",
    )


def _scenario_list(experiment: Experiment) -> dict[str, list[Setting]]:
    names = experiment.scenarios
    return {"scenario": list(names)} if len(names) > 1 else {}


def _plain_factor(path: str, values: Any) -> Factor:
    if isinstance(values, list):
        return Listed(path, tuple(values))
    if isinstance(values, Simplex):
        raise InputError(f"{path}: which weights vary stands in the scenario: read it as well")
    return Ranged(path, values)
