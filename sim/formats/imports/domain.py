"""What a foreign domain says, in words that all formats share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sim.formats.yaml_tree import NOWHERE, Mark


@dataclass(frozen=True)
class ForeignIssue:
    """One issue as its file has it.

    Attributes
    ----------
    name
        As written there.
    options
        As written there, in order.
    numbers
        What the options are as numbers, for issues that are numeric.
    ranges
        Whether the file gives ends and not a list of options.
    note
        What a reader should know, such as how a continuous issue was cut.
    at
        Where the issue stands.
    """

    name: str
    options: tuple[str, ...]
    numbers: tuple[float, ...] = ()
    note: str = ""
    at: Mark = NOWHERE
    ranges: bool = False

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each option stands among the others."""
        return {option: place for place, option in enumerate(self.options)}

    @cached_property
    def by_number(self) -> dict[float, str]:
        """The options of a numeric issue by their numbers."""
        return dict(zip(self.numbers, self.options, strict=True)) if self.numbers else {}


@dataclass(frozen=True)
class Extra:
    """What a combination adds to a utility: place of an issue -> places of its options.

    Without any condition it is added to every outcome.
    """

    when: Mapping[int, Sequence[int]]
    add: float
    why: str


@dataclass(frozen=True)
class Said:
    """A number with the reason for it, where the file itself does not give it."""

    value: float
    assumption: str = ""


@dataclass
class ForeignParty:
    """A utility function as its file has it: a weighted sum, and what combinations add.

    Attributes
    ----------
    name
        What people call the party.
    stem
        The name of its file without its ending, from which the identifier is made.
    values
        For each issue the value of each option.
    weights
        One for each issue, 0 or more; none where values are used as they are.
    extras
        What combinations add.
    disagreement
        Utility of no deal.
    patience
        Discount factor of one round; none where nothing is discounted.
    description
        What a reader should know about the numbers.
    most
        The tool caps utilities here.
    at
        Where the utility function stands.
    """

    name: str
    stem: str
    values: list[list[float]]
    weights: list[float] | None = None
    extras: list[Extra] = field(default_factory=list)
    disagreement: Said = Said(0.0)
    patience: Said | None = None
    description: str = ""
    most: float = math.inf
    at: Mark = NOWHERE

    def weight(self, issue: int) -> float:
        """Return the weight of an issue."""
        return 1.0 if self.weights is None else self.weights[issue]

    def gains(self) -> list[list[float]]:
        """Return weight × value for every option of every issue."""
        return [[self.weight(i) * v for v in values] for i, values in enumerate(self.values)]


@dataclass
class ForeignDomain:
    """A domain with its utility functions.

    Attributes
    ----------
    format
        What people call the format.
    title
        What the domain is called.
    issues, parties
        In file order; in the order in which files were named.
    meaning
        How the tool computes a utility from the numbers, in one sentence.
    files
        The names of all files that were used, without folders.
    notes
        What was left out or read with care, to be told once.
    """

    format: str
    title: str
    issues: list[ForeignIssue]
    parties: list[ForeignParty]
    meaning: str
    files: list[str]
    notes: list[str] = field(default_factory=list)
