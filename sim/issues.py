"""Issues, their options, and the space of packages that they span."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


def _one_or_several(value: object) -> str:
    return "<list>" if isinstance(value, list) else "<name>"


# Tags of unions stand in angle brackets, so that no field of a file is ever called like one.
Names = Annotated[
    Annotated[Identifier, Tag("<name>")]
    | Annotated[Annotated[list[Identifier], Field(min_length=1)], Tag("<list>")],
    Discriminator(_one_or_several),
]


class Frozen(BaseModel):
    """A value read from a file: never changed, nothing unknown in it, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Issue(Frozen):
    """One disputed question and the answers on the table.

    Attributes
    ----------
    options
        Identifier of each option -> how people would say it; at least two, in order.
    status_quo
        Where the matter stands without a deal. A plan that is silent on the issue is scored
        there; an issue without one is open over all its options.
    """

    title: str
    options: Annotated[dict[Identifier, str], Field(min_length=2)]
    status_quo: Identifier | None = None
    group: str | None = None
    description: str | None = None
    note: str | None = None
    source: Names | None = None

    def index(self, option: str) -> int:
        """Return the place of an option among the issue's options, counted from 0."""
        return list(self.options).index(option)


When = Annotated[dict[Identifier, Names], Field(min_length=1)]


def options_of(when: Mapping[str, str | list[str]], issue: str) -> list[str]:
    """Return the options that a condition names for one issue, always as a list."""
    named = when[issue]
    return [named] if isinstance(named, str) else list(named)


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
