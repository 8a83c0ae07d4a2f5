"""What varies in an experiment: each factor turns uniforms in [0, 1] into the values it takes.

A design is a set of points in the unit cube, with one or more coordinates for each factor. So
every design works with every kind of factor: numbers between two ends, lists of anything, and the
weights of a party, which move together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Discriminator, Field, Strict, Tag, model_validator

from sim.preferences.uncertain import Basis, Normal, Real, Triangular, Uniform, whole

Floats = NDArray[np.float64]
Setting = Any
"""What a path is set to: whatever a scenario may hold there, or the name of a reading."""
FactorKind = Literal["number", "whole", "category", "weights"]

FAR = 4.0
"""Standard deviations from the mean at which a bell that varies is cut off, so that it has ends."""

WIDEST = 10**12
"""Whole numbers beyond this are told apart no longer once they are read as numbers."""

AS_WHOLE = BeforeValidator(whole)
"""Takes a whole number as people write it: ``1e5`` is one, and ``true`` is none."""

Whole = Annotated[int, AS_WHOLE]


class Integers(Basis):
    """Every whole number from one to another, equally likely."""

    integers: Annotated[tuple[Whole, Whole], Strict(False)]

    @model_validator(mode="after")
    def _in_order(self) -> Integers:
        low, high = self.integers
        if low > high:
            raise ValueError(f"the numbers {low}, {high} fall: write them from low to high")
        if max(abs(low), abs(high)) > WIDEST:
            raise ValueError(f"the numbers reach beyond {WIDEST:,}: keep within it")
        return self


class Simplex(Basis):
    """Any weights that add up to the same: how the importance of a party's issues may differ.

    Attributes
    ----------
    simplex
        ``grouped``: one factor, all weights of the party together. ``independent``: a factor for
        each issue but the last, the share that it takes of what earlier issues leave.
    concentration
        How close to the weights of the scenario they stay (Dirichlet, the sum of its
        parameters); left out, all weights are equally likely (Dirichlet(1)).
    """

    simplex: Literal["grouped", "independent"]
    concentration: Annotated[float, Field(ge=1, le=1e6, allow_inf_nan=False)] | None = None


Law = Uniform[Real] | Triangular[Real] | Normal[Real] | Integers | Simplex
LAWS = ("triangular", "normal", "integers", "simplex")


def _kind(value: object) -> str:
    """Tell by its key which kind of range this is; anything else is taken for a list."""
    if isinstance(value, dict | Basis):
        written = value if isinstance(value, dict) else type(value).model_fields
        return f"<{next((kind for kind in LAWS if kind in written), 'range')}>"
    return "<list>"


Values = Annotated[
    Annotated[Annotated[list[Setting], Field(min_length=1)], Tag("<list>")]
    | Annotated[Uniform[Real], Tag("<range>")]
    | Annotated[Triangular[Real], Tag("<triangular>")]
    | Annotated[Normal[Real], Tag("<normal>")]
    | Annotated[Integers, Tag("<integers>")]
    | Annotated[Simplex, Tag("<simplex>")],
    Discriminator(_kind),
]
"""The values that something takes: a list of them, or a range."""


class Factor(Protocol):
    """Something that varies.

    Attributes
    ----------
    path
        Its name in the file: a path in the scenario, or a reading such as ``red_lines``.
    kind
        ``number``, ``whole``, ``category``, or ``weights`` for a group of numbers.
    columns
        The settings that it gives, by path; its own path, unless it is a group.
    inputs
        What an analysis of sensitivity calls it, with how many coordinates each input has.
    levels
        The values it takes, if they are listed.
    ends
        The least and the greatest value, if it is a number.
    swing
        The uniforms between which a design that visits ends moves it: the whole way, except where
        an end is beyond all bounds.
    """

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> FactorKind: ...  # noqa: D102
    @property
    def columns(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def inputs(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def levels(self) -> tuple[Setting, ...]: ...  # noqa: D102
    @property
    def ends(self) -> tuple[float, float] | None: ...  # noqa: D102
    @property
    def swing(self) -> tuple[float, float]: ...  # noqa: D102

    def values(self, units: Floats) -> Mapping[str, NDArray[Any]]:
        """Turn uniforms, shape ``(n, n_coordinates)``, into a column for each setting."""


class OneSetting:
    """A factor that gives one setting, from one coordinate."""

    path: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Its own path."""
        return (self.path,)

    @property
    def inputs(self) -> Mapping[str, int]:
        """Itself, with one coordinate."""
        return {self.path: 1}


@dataclass(frozen=True)
class Listed(OneSetting):
    """A factor that takes the values of a list.

    >>> consent = Listed("parties.us.consent", ("required", "advisory"))
    >>> consent.kind, consent.values(np.array([[0.2], [0.5], [1.0]]))[consent.path].tolist()
    ('category', ['required', 'advisory', 'advisory'])
    """

    path: str
    levels: tuple[Setting, ...]

    @property
    def kind(self) -> FactorKind:
        """A number where all of its values are."""
        types = {type(level) for level in self.levels}
        if types == {int} and all(abs(level) <= WIDEST for level in self.levels):
            return "whole"
        return "number" if types <= {int, float} else "category"

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the greatest of its values, if they are numbers."""
        if self.kind == "category":
            return None
        return float(min(self.levels)), float(max(self.levels))

    @property
    def swing(self) -> tuple[float, float]:
        """From the first value to the last."""
        return 0.0, 1.0

    def codes(self, units: Floats) -> NDArray[np.int64]:
        """Tell which of the values each uniform means, counted from 0."""
        n = len(self.levels)
        return np.minimum((units[:, 0] * n).astype(np.int64), n - 1)

    def values(self, units: Floats) -> Mapping[str, NDArray[Any]]:
        """Return the values: numbers as such, anything else as objects."""
        kinds = {"number": np.float64, "whole": np.int64}
        if self.kind in kinds:
            known = np.array(self.levels, dtype=kinds[self.kind])
        else:
            known = np.empty(len(self.levels), dtype=object)
            known[:] = self.levels
        return {self.path: known[self.codes(units)]}


@dataclass(frozen=True)
class Ranged(OneSetting):
    """A factor that takes any number of a range.

    Attributes
    ----------
    law
        The range, as the file has it.
    domain
        The least and the greatest number that make sense where the path leads; what a bell has
        beyond them is cut off.

    >>> years = Ranged("years", Integers(integers=(1, 3)))
    >>> years.values(np.array([[0.0], [0.34], [1.0]]))["years"].tolist()
    [1, 2, 3]
    """

    path: str
    law: Uniform[Any] | Triangular[Any] | Normal[Any] | Integers
    domain: tuple[float, float] = (-np.inf, np.inf)

    @property
    def kind(self) -> FactorKind:
        """Whole numbers, or any."""
        return "whole" if isinstance(self.law, Integers) else "number"

    @property
    def levels(self) -> tuple[Setting, ...]:
        """No list of values."""
        return ()

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest value."""
        if isinstance(self.law, Uniform):
            return float(self.law.uniform[0]), float(self.law.uniform[1])
        if isinstance(self.law, Triangular):
            return float(self.law.triangular[0]), float(self.law.triangular[2])
        if isinstance(self.law, Integers):
            return float(self.law.integers[0]), float(self.law.integers[1])
        mean, sd = map(float, self.law.normal)
        low, high = self.domain
        return max(mean - FAR * sd, low), min(mean + FAR * sd, high)

    @property
    def swing(self) -> tuple[float, float]:
        """From end to end; of a bell, from its 5 % point to its 95 % point."""
        return (0.05, 0.95) if isinstance(self.law, Normal) else (0.0, 1.0)

    def values(self, units: Floats) -> Mapping[str, NDArray[Any]]:
        """Return the numbers that the uniforms mean."""
        u = np.minimum(units[:, 0], 1.0)
        low, high = self.ends
        if isinstance(self.law, Integers):
            first, last = self.law.integers
            steps = np.minimum((u * (last - first + 1)).astype(np.int64), last - first)
            return {self.path: first + steps}
        if isinstance(self.law, Normal):
            return {self.path: self.law.quantile(u, low, high)}
        # rounding at the far end must not lead out of the range
        return {self.path: np.clip(self.law.quantile(u), low, high)}


@dataclass(frozen=True, eq=False)
class Tabled(OneSetting):
    """A factor whose value in every case stands in a table.

    Attributes
    ----------
    cells
        Its column: numbers, or places in ``levels``.
    """

    path: str
    kind: FactorKind
    cells: NDArray[Any]
    levels: tuple[Setting, ...] = ()

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the greatest number in the column, if they are numbers."""
        if self.kind == "category":
            return None
        return float(self.cells.min()), float(self.cells.max())

    @property
    def swing(self) -> tuple[float, float]:
        """From the first row to the last."""
        return 0.0, 1.0

    def codes(self, units: Floats) -> NDArray[np.int64]:
        """Tell which of the listed values each row has, counted from 0."""
        codes: NDArray[np.int64] = self.cells[self._rows(units)].astype(np.int64)
        return codes

    def values(self, units: Floats) -> Mapping[str, NDArray[Any]]:
        """Return the cells of the rows that the uniforms mean."""
        if self.kind != "category":
            return {self.path: self.cells[self._rows(units)]}
        known = np.empty(len(self.levels), dtype=object)
        known[:] = self.levels
        return {self.path: known[self.codes(units)]}

    def _rows(self, units: Floats) -> NDArray[np.int64]:
        n = len(self.cells)
        return np.minimum((units[:, 0] * n).astype(np.int64), n - 1)
