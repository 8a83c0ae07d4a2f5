"""Anybody's model as a job: a function of arrays, a value for each case.

It is called with many cases at a time, so that a model of a few array operations costs about a
microsecond a case; a model that is written for one case can be wrapped in `numpy.vectorize`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError
from sim.experiment.job import Rows
from sim.experiment.shape import CASE, Column, Kind, TableShape

_KINDS: dict[str, Kind] = {"i": "whole", "u": "whole", "f": "number", "b": "truth"}


@dataclass(frozen=True, eq=False)
class ArrayModel:
    """A function of arrays and the values that it is asked about.

    Attributes
    ----------
    function
        Takes the settings by name, each an array of the cases in hand, and returns outcomes by
        name: an array of the same length, or one value for all. NaN (or ``None``, or masked) is
        undefined and becomes missing. It stands at the top level of a module, so that other
        processes can import it, and what it gives for a case does not depend on the others.
    inputs
        Setting -> its value in every case.
    outcomes
        Outcome -> what it means, in one line, or its `Column` where it is no number.
    block
        Cases computed at a time.

    Raises
    ------
    InputError
        If the settings are of several lengths, or names clash.

    Examples
    --------
    What two parties share when each may walk away; no deal where they ask for too much.

    >>> def share(mine, theirs):
    ...     gain = 1 - mine - theirs
    ...     return {"gain": np.where(gain < 0, np.nan, gain)}
    >>> asked = {"mine": np.array([0.25, 0.5]), "theirs": np.array([0.5, 0.75])}
    >>> model = ArrayModel(share, asked, {"gain": "what is left to share"})
    >>> model.compute(0, 2)["outcomes"]["gain"]
    array([0.25,  nan])
    >>> model.settings(1)
    {'mine': 0.5, 'theirs': 0.75}
    """

    function: Callable[..., Mapping[str, ArrayLike]]
    inputs: Mapping[str, NDArray[Any]]
    outcomes: Mapping[str, str | Column]
    block: int = field(default=10_000, kw_only=True)

    def __post_init__(self) -> None:
        lengths = {name: len(values) for name, values in self.inputs.items()}
        if len(set(lengths.values())) != 1:
            raise InputError(
                f"settings need one value for each case: {lengths or 'there are none'}"
            )
        if self.block < 1:
            raise InputError(f"blocks of {self.block} cases: at least 1 is needed")
        for names in (self.inputs, self.outcomes):
            _check_names(names)

    @property
    def n_cases(self) -> int:
        """How many cases there are."""
        return len(next(iter(self.inputs.values())))

    @property
    def tables(self) -> Mapping[str, TableShape]:
        """What the tables hold: settings and outcomes, a row for each case."""
        settings = {
            name: Column(_KINDS.get(values.dtype.kind, "text"), f"setting that varies: {name}")
            for name, values in self.inputs.items()
        }
        found = {
            name: about if isinstance(about, Column) else Column("number", about)
            for name, about in self.outcomes.items()
        }
        return {
            "cases": TableShape("One case, with its settings.", {"case": CASE, **settings}),
            "outcomes": TableShape("One case, with what came out.", {"case": CASE, **found}),
        }

    def compute(self, first: int, last: int) -> Rows:
        """Compute the cases from ``first`` up to, not including, ``last``."""
        given = {name: values[first:last] for name, values in self.inputs.items()}
        found = self.function(**given)
        if set(found) != set(self.outcomes):
            raise InputError(
                f"the model gives {sorted(found)}, and {sorted(self.outcomes)} were declared"
            )
        cases = np.arange(first, last)
        outcomes = {name: _long(found[name], name, last - first) for name in self.outcomes}
        return {"cases": {"case": cases, **given}, "outcomes": {"case": cases, **outcomes}}

    def settings(self, case: int) -> dict[str, Any]:
        """Return what is set in a case."""
        return {name: values[case].item() if hasattr(values[case], "item") else values[case]
                for name, values in self.inputs.items()}  # fmt: skip


def _check_names(names: Mapping[str, Any]) -> None:
    """Refuse names that a table cannot tell apart: DuckDB sees no difference in capitals."""
    seen = {"case": "case"}
    for name in names:
        if name.casefold() in seen:
            raise InputError(f"'{name}' and '{seen[name.casefold()]}' are one name in a table")
        seen[name.casefold()] = name


def _long(values: ArrayLike, name: str, length: int) -> NDArray[Any]:
    """Return a value for each case; one value alone holds for all of them."""
    array = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    if array.ndim == 0:
        return np.full(length, array)
    if array.shape != (length,):
        raise InputError(
            f"outcome '{name}' has the shape {array.shape} for {length} cases: one value for each "
            "is needed"
        )
    return array
