"""The zone in depth: what survives in it and who gets what; or why there is none.

One call for a scenario, at its central reading. Conditional on its numbers; nothing is a forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from sim.assembly import assemble
from sim.clock import DRAWING, SEARCHING
from sim.ensemble import Ensemble
from sim.errors import InputError
from sim.feasible.chance import ZoneChance, zone_chance
from sim.feasible.concession import Concession, least_concession
from sim.feasible.conflict import Conflicts, minimal_conflicts, smallest_conflict
from sim.feasible.demands import Demand, demands_of
from sim.feasible.red_line_prices import LinePrice, Standpoint, red_line_prices
from sim.feasible.standing import Standing
from sim.feasible.survival import Survival, surviving_options
from sim.problem import Floats, Indices, Problem
from sim.sampling import central
from sim.scenario import RedLines, Scenario
from sim.structure import Structure

Mark = Literal["survives", "beyond reach", "refused", "unknown"]

COUNTING = 20_000_000
"""Steps that counting the zone may take, some twenty million a second."""

SAMPLES = 200_000
"""Packages drawn where the zone is too large to count."""

CONFLICTS = 100
"""Minimal conflicts listed at most."""


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What a scenario's zone of possible agreement holds, or what stands in its way.

    Attributes
    ----------
    one
        The central reading, as an ensemble of one draw.
    red_lines
        Which red lines bind.
    parties
        Identifiers of those whose consent is required, in column order.
    demands
        What they insist on, and the constraints.
    problem
        What the demands leave.
    outcomes
        Packages that the constraints leave, before red lines.
    standpoint
        Existence and size of the zone, the most robust package, each party's range inside.
    survival
        Which options of every issue survive.
    conflicts
        Minimal sets of demands that cannot stand together; none where there is a zone.
    concession
        The least that thresholds have to come down by; ``None`` where no package is allowed, or
        none was found in the time.
    prices
        What dropping each red line alone would change; empty unless it was asked for.
    chance
        In how many draws of what is uncertain a zone exists; ``None`` where none were asked for.
    """

    one: Ensemble
    red_lines: RedLines
    parties: tuple[str, ...]
    demands: tuple[Demand, ...]
    problem: Problem
    outcomes: int
    standpoint: Standpoint
    survival: Survival
    conflicts: Conflicts
    concession: Concession | None
    prices: tuple[LinePrice, ...]
    chance: ZoneChance | None

    @property
    def structure(self) -> Structure:
        """The scenario's names as places in arrays."""
        return self.one.structure

    @property
    def scenario(self) -> Scenario:
        """The scenario that was asked about."""
        return self.structure.scenario

    @property
    def empty(self) -> bool | None:
        """Whether there is no zone: proven either way, or ``None``."""
        return self.standpoint.zone.empty

    @cached_property
    def surplus(self) -> Floats:
        """Utility over threshold at the most robust package; −∞ where no package is allowed."""
        robust = self.standpoint.robust
        if robust.outcome is None:
            return np.full(len(self.parties), -np.inf)
        above: Floats = robust.utilities - self.problem.thresholds
        return above

    @cached_property
    def shared(self) -> tuple[Demand, ...]:
        """The demands that stand in every conflict, where all conflicts are known."""
        sets = self.conflicts.sets
        if not sets or not self.conflicts.complete:
            return ()
        every = set.intersection(*({id(d) for d in conflict} for conflict in sets))
        return tuple(demand for demand in sets[0] if id(demand) in every)

    def mark(self, issue: int, option: int) -> Mark:
        """Say whether an option survives in some acceptable package, and if not, why not.

        ``refused``: constraints and red lines leave no package with it. ``beyond reach``: they
        leave some, and none of them meets every threshold.
        """
        if self.survival.refused[issue][option]:
            return "refused"
        alive = self.survival.options[issue][option]
        return "unknown" if alive is None else "survives" if alive else "beyond reach"

    def package(self, outcome: Indices | None) -> dict[str, str] | None:
        """Return a package by name."""
        return None if outcome is None else self.structure.space.name(outcome)


def diagnose(
    scenario: Scenario,
    *,
    red_lines: RedLines = "stated",
    why: bool = True,
    draws: int = 0,
    seed: int = 0,
    time_limit: float | None = None,
) -> Diagnosis:
    """Look into the zone of a scenario: what it holds, or why there is none.

    Parameters
    ----------
    scenario
        A valid scenario; uncertain numbers stand at their central values, but for ``draws``.
    red_lines
        Which red lines of the signatories bind.
    why
        Look for all minimal conflicts and for the price of every red line, rather than for one
        conflict.
    draws, seed
        In how many draws of what is uncertain to ask whether a zone exists; the seed serves as
        well to estimate the zone's share where it is too large to count.
    time_limit
        Seconds for each part of the answer; what is not proven by then says so. Where not given,
        `SEARCHING`, and `DRAWING` for the draws.

    Raises
    ------
    InputError
        If nobody's consent is required.
    """
    one = central(scenario, red_lines=red_lines)
    structure = one.structure
    columns = np.flatnonzero(structure.required).tolist()
    if not columns:
        raise InputError(
            "a zone is what those whose consent is required can all accept, and nobody's is: "
            "write `consent: required` for a party, or try it with "
            f"--set parties.{structure.parties[0]}.consent=required"
        )
    seconds = SEARCHING if time_limit is None else time_limit
    demands = tuple(demands_of(one, red_lines=red_lines, columns=columns))
    problem = Standing(one, demands).problem(frozenset(range(len(demands))))
    whole = _allowed(one)
    standpoint = Standpoint.of(
        problem, whole=whole, seed=seed, steps=COUNTING, samples=SAMPLES, time_limit=seconds
    )
    empty = standpoint.zone.empty
    prices: tuple[LinePrice, ...] = ()
    if why:
        prices = red_line_prices(
            one, demands, standpoint, whole=whole, seed=seed, time_limit=seconds
        )
    chance = None
    if draws:
        chance = zone_chance(
            scenario, draws, seed=seed, red_lines=red_lines,
            time_limit=DRAWING if time_limit is None else time_limit,
        )  # fmt: skip
    return Diagnosis(
        one=one,
        red_lines=red_lines,
        parties=tuple(structure.parties[c] for c in columns),
        demands=demands,
        problem=problem,
        outcomes=whole,
        standpoint=standpoint,
        survival=surviving_options(
            problem, structure.space.sizes, known=_packages(standpoint), time_limit=seconds
        ),
        conflicts=_conflicts(one, demands, empty, why=why, time_limit=seconds),
        concession=least_concession(problem, time_limit=seconds),
        prices=prices,
        chance=chance,
    )


def _allowed(one: Ensemble) -> int:
    """Count the packages that the constraints leave."""
    blocks = tuple(assemble(one, [], one.structure.constraints))
    return Problem(blocks, np.zeros(0), np.zeros(0)).n_outcomes


def _packages(standpoint: Standpoint) -> list[Indices]:
    """Return the acceptable packages that have turned up."""
    if standpoint.zone.empty is not False:
        return []
    ends = [end for reach in standpoint.reach for end in (reach.worst, reach.best)]
    found = [standpoint.zone.outcome, *(end.outcome for end in ends)]
    return [outcome for outcome in found if outcome is not None]


def _conflicts(
    one: Ensemble, demands: Sequence[Demand], empty: bool | None, *, why: bool, time_limit: float
) -> Conflicts:
    if empty is False:
        return Conflicts((), True, None)
    if why:
        return minimal_conflicts(one, demands, most=CONFLICTS, time_limit=time_limit)
    smallest = smallest_conflict(one, demands, time_limit=time_limit)
    if smallest is None:
        return Conflicts((), False, "time")
    return Conflicts((smallest,), False, "number")
