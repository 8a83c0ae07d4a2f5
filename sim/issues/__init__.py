"""Issues, their options, and the space of packages that they span."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import groupby
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.issues.grid import MOST_POINTS, Grid
from sim.issues.names import (
    LARGEST,
    NUMERAL,
    OPTION,
    Choice,
    Frozen,
    Identifier,
    Names,
    Option,
    OptionName,
    Options,
    Span,
    When,
    is_numeral,
    numeral,
    options_of,
)

__all__ = [
    "LARGEST",
    "MOST_POINTS",
    "NUMERAL",
    "OPTION",
    "Choice",
    "Frozen",
    "Grid",
    "Identifier",
    "Issue",
    "Names",
    "Option",
    "OptionName",
    "Options",
    "OutcomeSpace",
    "Span",
    "When",
    "is_numeral",
    "numeral",
    "options_of",
]


class Issue(Frozen):
    """One disputed question and the answers on the table: options, or the points of a grid.

    Attributes
    ----------
    options
        Identifier of each option -> how people would say it; at least two, in order. Of a grid
        they are its points, called by their numbers and said with its unit.
    grid
        In the place of options: numbers from one to another in equal steps.
    status_quo
        Where the matter stands without a deal. A plan that is silent on the issue is scored
        there; an issue without one is open over all its options.

    Examples
    --------
    >>> tax = Issue(title="Tax", grid={"from": 0, "to": 20, "step": 10, "unit": "%"})
    >>> tax.options
    {'0': '0 %', '10': '10 %', '20': '20 %'}
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["options"]}, {"required": ["grid"]}],
            "not": {"required": ["options", "grid"]},
        }
    )

    title: str
    options: Annotated[dict[Identifier, str], Field(min_length=2)] = Field(default_factory=dict)
    grid: Grid | None = None
    status_quo: Option | None = None
    group: str | None = None
    description: str | None = None
    note: str | None = None
    source: Names | None = None

    @model_validator(mode="after")
    def _options_or_grid(self) -> Issue:
        if self.grid is None and not self.options:
            lacks = {"field": "options", "instead": "grid"}
            raise PydanticCustomError("missing", "options or a grid are missing", lacks)
        if self.grid is not None and self.options:
            raise ValueError("has `options` and a `grid`: keep one of the two")
        if self.grid is not None:
            self.__dict__["options"] = self.grid.options
        return self

    @cached_property
    def _places(self) -> dict[str, int]:
        return {option: place for place, option in enumerate(self.options)}

    def index(self, option: str) -> int:
        """Return the place of an option among the issue's options, counted from 0."""
        return self._places[option]

    def labels(self, places: Iterable[int]) -> list[str]:
        """Say some of the options in words, runs of three or more on a grid as one.

        >>> tax = Issue(title="Tax", grid={"from": 0, "to": 50, "step": 10, "unit": "%"})
        >>> tax.labels([0, 2, 3, 4])
        ['0 %', '20 to 40 %']
        """
        texts = list(self.options.values())
        if self.grid is None:
            return [texts[place] for place in places]
        said: list[str] = []
        for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
            here = [place for _, place in run]
            ends = f"{self.grid.points[here[0]]} to {self.grid.points[here[-1]]}"
            said += [self.grid.with_unit(ends)] if len(here) > 2 else [texts[k] for k in here]
        return said


class OutcomeSpace:
    """Every package: one option for each issue. Packages are numbered, last issue fastest.

    Attributes
    ----------
    issues
        Identifiers in file order.
    sizes
        Number of options of each issue.

    Examples
    --------
    >>> fence = OutcomeSpace({"height": ["low", "high"], "cost": ["ann", "half", "bob"]})
    >>> len(fence)
    6
    >>> fence.number({"height": "high", "cost": "half"})
    4
    >>> fence.outcome(4)
    {'height': 'high', 'cost': 'half'}
    """

    def __init__(self, options: Mapping[str, Iterable[str]]) -> None:
        self.options = {issue: tuple(names) for issue, names in options.items()}
        self.issues = tuple(self.options)
        self.sizes = tuple(len(names) for names in self.options.values())

    def __len__(self) -> int:
        return self.size

    @property
    def size(self) -> int:
        """How many packages there are, as an exact integer of any length."""
        return math.prod(self.sizes)

    def number(self, outcome: Mapping[str, str]) -> int:
        """Return the number of a package."""
        total = 0
        for issue, names in self.options.items():
            total = total * len(names) + names.index(outcome[issue])
        return total

    def outcome(self, number: int) -> dict[str, str]:
        """Return the package of a number."""
        picks = {}
        for issue, names in reversed(self.options.items()):
            number, pick = divmod(number, len(names))
            picks[issue] = names[pick]
        return dict(reversed(picks.items()))

    def name(self, choices: Iterable[int] | NDArray[np.intp]) -> dict[str, str]:
        """Turn option indices, one for each issue, into names."""
        return {i: self.options[i][int(c)] for i, c in zip(self.issues, choices, strict=True)}
