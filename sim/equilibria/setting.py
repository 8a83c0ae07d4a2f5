"""What every model of a negotiation starts from: one reading of a scenario, worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.agreement import Frontier
from sim.clock import SEARCHING
from sim.ensemble import Ensemble
from sim.equilibria.prediction import Hinge
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import Floats, Indices, Problem
from sim.sampling import central, sample
from sim.scenario import RedLines, Scenario
from sim.structure import Structure
from sim.words import name_of


@dataclass(frozen=True, eq=False)
class Setting:
    """A scenario at its central reading, and in draws, with what the models share.

    Attributes
    ----------
    scenario
        A valid scenario.
    chosen
        The players, in column order; the signatories where it is ``None``.
    red_lines
        Which red lines rule packages out.
    draws, seed
        How many draws of what is uncertain models may use, and their seed.
    time_limit
        Seconds for each search.
    hinges
        Whether to look at other values of the parameters as well: where predictions flip, and
        the curves of pictures. That is most of the work of some models.

    Examples
    --------
    >>> from sim.formats import read_scenario
    >>> setting = Setting(read_scenario("job-offer"))
    >>> setting.names
    ('Candidate', 'Employer')
    """

    scenario: Scenario
    chosen: tuple[str, ...] | None = None
    red_lines: RedLines = "stated"
    draws: int = 1000
    seed: int = 0
    time_limit: float = SEARCHING
    hinges: bool = True

    @cached_property
    def one(self) -> Ensemble:
        """The central reading, as an ensemble of one draw."""
        return central(self.scenario, red_lines=self.red_lines)

    @cached_property
    def drawn(self) -> tuple[Ensemble, ...]:
        """Draws of everything that is uncertain, in ensembles one after another."""
        drawn = sample(self.scenario, self.draws, seed=self.seed, red_lines=self.red_lines)
        return tuple(drawn)

    @property
    def structure(self) -> Structure:
        """The scenario's names as places in arrays."""
        return self.one.structure

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """Places of the players among all parties."""
        return tuple(self.structure.columns(self.chosen))

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Identifiers of the players, in column order."""
        return tuple(self.structure.parties[k] for k in self.columns)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the players, short enough for a sentence."""
        return tuple(name_of(self.scenario.parties[party].name) for party in self.parties)

    @cached_property
    def problem(self) -> Problem:
        """The bargaining problem of the players; everyone gets at least what no deal gives."""
        return Problem.from_draw(self.one, red_lines=self.red_lines, parties=self.parties)

    @cached_property
    def frontier(self) -> Frontier | OutOfReach:
        """The efficient packages that give everyone at least the disagreement value."""
        return pareto_frontier(self.problem, time_limit=self.time_limit)

    def hinged(self, hinges: Iterable[Hinge]) -> tuple[Hinge, ...]:
        """Return hinges if they are wanted; otherwise a search for them is never begun."""
        return tuple(hinges) if self.hinges else ()

    def package(self, outcome: Indices | None) -> dict[str, str] | None:
        """Return a package by name."""
        return None if outcome is None else self.structure.space.name(outcome)

    def by_party(self, values: Floats) -> dict[str, float]:
        """Return one number for each player, by identifier."""
        return dict(zip(self.parties, np.asarray(values, float).tolist(), strict=True))
