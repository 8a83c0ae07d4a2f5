"""What can be agreed at all, and what would be efficient and fair: one call for a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.agreement import Agreement, Frontier
from sim.condition import Condition
from sim.errors import InputError, did_you_mean
from sim.feasible.chance import ZoneChance, zone_chance
from sim.feasible.clash import smallest_clash
from sim.feasible.count import ZoneSize, count_acceptable
from sim.feasible.zone import Zone, find_acceptable
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import TOLERANCE, Problem, assemble
from sim.sampling import central as central_reading
from sim.scenario import RedLines, Scenario
from sim.solutions import SOLUTIONS
from sim.solutions.ideal import ideal
from sim.solutions.search import field
from sim.structure import Structure

Floats = NDArray[np.float64]
Within = Literal["disagreement", "zone"]


@dataclass(frozen=True, eq=False)
class Clause:
    """Something that rules packages out: a constraint, or a party's red line.

    Attributes
    ----------
    condition
        The packages that it rules out.
    party
        Whose red line it is; ``None`` for a constraint.
    kind
        ``constraint``, ``stated`` or ``implied``.
    """

    condition: Condition
    party: str | None
    kind: str

    @property
    def text(self) -> str:
        """The clause with the file's identifiers."""
        if self.party is None:
            return f"constraint: never {self.condition.text}"
        return f"{self.party} refuses {self.condition.text} ({self.kind})"


@dataclass(frozen=True, eq=False)
class Settlement:
    """The zone of possible agreement, the frontier and the solutions of one scenario.

    Everything is conditional on the central reading of the scenario's numbers.

    Attributes
    ----------
    scenario, red_lines, within
        What was asked.
    parties
        Identifiers of the parties analysed, in column order.
    problem
        Among these parties, red lines applied.
    zone_problem
        Among those whose consent is required: the zone is theirs.
    outcomes
        Packages that the constraints leave, before red lines.
    zone, size
        Whether an acceptable package exists, and how many there are.
    chance
        In how many draws of what is uncertain a zone exists; ``None`` where none were asked for.
    frontier
        The efficient packages, or why they are out of reach.
    solutions
        Name -> agreement.
    clash
        Where red lines and constraints leave no package at all: a smallest set of clauses that
        cannot stand together.
    """

    structure: Structure
    red_lines: RedLines
    within: Within
    parties: tuple[str, ...]
    problem: Problem
    zone_problem: Problem
    outcomes: int
    zone: Zone
    size: ZoneSize
    chance: ZoneChance | None
    frontier: Frontier | OutOfReach
    solutions: dict[str, Agreement]
    clash: tuple[Clause, ...]

    @property
    def scenario(self) -> Scenario:
        """The scenario that was solved."""
        return self.structure.scenario

    @cached_property
    def signatories(self) -> tuple[str, ...]:
        """Identifiers of the parties whose zone it is."""
        return _zone_parties(self.structure, self.parties)

    @cached_property
    def ceiling(self) -> Floats:
        """Utility that no point of the frontier exceeds, shape ``(n_parties,)``; proven.

        The ideal point, or what bounds it where it was not settled in ten seconds; the
        disagreement point where nothing is feasible.
        """
        over = self.problem.within_zone() if self.within == "zone" else self.problem
        space = field(over, time_limit=10.0)
        gains = 0.0 if space is None else ideal(space).at_most
        return self.problem.disagreement + gains

    def acceptable(self, agreement: Agreement) -> bool:
        """Tell whether everyone whose consent is required accepts an agreement."""
        if agreement.outcome is None:
            return False
        try:
            utilities = self.zone_problem.utility(agreement.outcome)
        except KeyError:  # it crosses a red line that only the zone looks at
            return False
        return bool((utilities >= self.zone_problem.thresholds - TOLERANCE).all())

    def package(self, agreement: Agreement) -> dict[str, str] | None:
        """Return an agreement's options by name."""
        if agreement.outcome is None:
            return None
        return self.structure.space.name(agreement.outcome)


def solve(
    scenario: Scenario,
    *,
    by: Sequence[str] | None = None,
    red_lines: RedLines = "stated",
    within: Within = "disagreement",
    parties: Sequence[str] | None = None,
    time_limit: float = 5.0,
    draws: int = 0,
    seed: int = 0,
) -> Settlement:
    """Find the zone, the frontier and the bargaining solutions of a scenario.

    Parameters
    ----------
    scenario
        A valid scenario; uncertain numbers stand at their central values, but for ``draws``.
    by
        Names of solutions; all of them by default.
    red_lines
        Which red lines of the signatories rule packages out.
    within
        ``zone`` narrows frontier and solutions to packages that all signatories accept.
    parties
        Among whom frontier and solutions are taken; the signatories by default.
    time_limit
        Seconds for the zone, for the frontier and for each solution; what is not proven by then
        says so.
    draws
        In how many draws of what is uncertain to ask whether a zone exists.
    seed
        Of these draws, and for estimating the zone's share where it is too large to count.

    Raises
    ------
    InputError
        If a party or a solution is unknown.
    """
    names = _solution_names(by)
    ensemble = central_reading(scenario, red_lines=red_lines)
    structure = ensemble.structure
    chosen = tuple(structure.parties[k] for k in structure.columns(parties))
    signatories = _zone_parties(structure, chosen)
    zone_problem = Problem.from_draw(ensemble, red_lines=red_lines, parties=signatories)
    problem = zone_problem
    if chosen != signatories:
        problem = Problem.from_draw(ensemble, red_lines=red_lines, parties=chosen)
    outcomes = 1
    for block in assemble(ensemble, [], structure.constraints):
        outcomes *= len(block)
    over = problem.within_zone() if within == "zone" else problem
    if within == "zone" and not set(signatories) <= set(chosen):
        raise InputError(
            "the zone is what all signatories accept: to stay within it, name them all "
            f"({', '.join(signatories)})"
        )
    chance = None
    if draws:
        chance = zone_chance(scenario, draws, seed=seed, red_lines=red_lines, parties=signatories)
    return Settlement(
        structure=structure,
        red_lines=red_lines,
        within=within,
        parties=chosen,
        problem=problem,
        zone_problem=zone_problem,
        outcomes=outcomes,
        zone=find_acceptable(zone_problem, time_limit=time_limit),
        size=count_acceptable(
            zone_problem,
            of=outcomes,
            rng=np.random.default_rng(seed),
        ),
        chance=chance,
        frontier=pareto_frontier(over, time_limit=time_limit),
        solutions={name: SOLUTIONS[name](over, time_limit=time_limit) for name in names},
        clash=clash_of(structure, red_lines) if problem.n_outcomes == 0 else (),
    )


def clash_of(structure: Structure, red_lines: RedLines) -> tuple[Clause, ...]:
    """Return a smallest set of red lines and constraints that no package respects."""
    clauses = [Clause(condition, None, "constraint") for condition in structure.constraints]
    for k in structure.binding(red_lines):
        line = structure.lines[k]
        clauses.append(Clause(line.condition, structure.parties[line.party], line.kind))
    conditions = [clause.condition for clause in clauses]
    places = smallest_clash(conditions, structure.space.sizes)
    return tuple(clauses[k] for k in places or ())


def _zone_parties(structure: Structure, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Those whose consent is required; where nobody's is, the parties looked at."""
    required = tuple(p for p, r in zip(structure.parties, structure.required, strict=True) if r)
    return required or chosen


def _solution_names(by: Sequence[str] | None) -> list[str]:
    unknown = [name for name in by or () if name not in SOLUTIONS]
    if unknown:
        lines = (f"no solution is called '{n}'{did_you_mean(n, SOLUTIONS)}" for n in unknown)
        raise InputError("\n".join(lines))
    return list(dict.fromkeys(by or SOLUTIONS))
