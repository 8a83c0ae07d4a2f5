"""The part of a scenario that no draw changes, with names turned into places in arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.errors import InputError, did_you_mean
from sim.issues import OutcomeSpace
from sim.scenario import RedLines, Scenario

Bools = NDArray[np.bool_]
READINGS: dict[str, frozenset[str]] = {
    "none": frozenset(),
    "stated": frozenset({"stated"}),
    "implied": frozenset({"stated", "implied"}),
}
"""Which kinds of red line bind under each reading of ``--red-lines``."""


@dataclass(frozen=True, eq=False)
class Line:
    """A red line: whose it is, what it rules out, and where its number stands in the file."""

    party: int
    condition: Condition
    kind: str
    path: str
    title: str | None

    @property
    def text(self) -> str:
        """The options refused, as identifiers."""
        return self.condition.text


class Structure:
    """Places of issues, options and parties, and the conditions that tie them together.

    Attributes
    ----------
    scenario
        Where the names come from.
    space
        The outcome space before constraints.
    parties
        Identifiers in column order.
    constraints, lines
        What cannot stand for anyone; what a party refuses (`Line`), in file order.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.space: OutcomeSpace = scenario.space
        self.parties = tuple(scenario.parties)
        self.constraints = tuple(Condition.of(c.forbid, self.space) for c in scenario.constraints)
        self.lines = tuple(self._lines())

    def _lines(self) -> Iterable[Line]:
        for column, (name, party) in enumerate(self.scenario.parties.items()):
            for k, line in enumerate(party.red_lines):
                if party.say is None or set(line.when) <= set(party.say):
                    condition = Condition.of(line.when, self.space)
                    path = f"parties.{name}.red_lines.{k}.binds"
                    yield Line(column, condition, line.kind, path, line.title)

    @cached_property
    def required(self) -> Bools:
        """Whose consent a deal needs, shape ``(n_parties,)``."""
        return np.array([p.consent == "required" for p in self.scenario.parties.values()])

    @cached_property
    def averaged(self) -> Bools:
        """Who takes the mean over the articles included, shape ``(n_parties,)``."""
        kinds = [p.utility for p in self.scenario.parties.values()]
        return np.array([kind == "mean_of_included" for kind in kinds])

    def columns(self, names: Sequence[str] | None = None) -> list[int]:
        """Return the columns of the parties named; of all signatories where none is.

        Raises
        ------
        InputError
            If a name is unknown (with the nearest ones) or nobody's consent is required.
        """
        unknown = [name for name in names or () if name not in self.parties]
        if unknown:
            lines = (f"no party is called '{n}'{did_you_mean(n, self.parties)}" for n in unknown)
            raise InputError("\n".join(lines))
        if names:
            return [self.parties.index(name) for name in dict.fromkeys(names)]
        if not self.required.any():
            raise InputError("no party's consent is required: name the parties to look at")
        return np.flatnonzero(self.required).tolist()

    def binding(self, reading: RedLines, columns: Iterable[int] | None = None) -> list[int]:
        """Return which red lines bind under a reading, of some parties or of all signatories."""
        whose = set(np.flatnonzero(self.required)) if columns is None else set(columns)
        kinds = READINGS[reading]
        return [k for k, ln in enumerate(self.lines) if ln.kind in kinds and ln.party in whose]

    def decides(self, column: int) -> list[int]:
        """Return the places of the issues that count for a party."""
        say = self.scenario.parties[self.parties[column]].say
        return [k for k, issue in enumerate(self.space.issues) if say is None or issue in say]
