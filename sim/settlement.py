"""What can be agreed at all, and what would be efficient and fair: one call for a scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.agreement import Agreement, Frontier, Lottery
from sim.assembly import assemble
from sim.blocks import n_outcomes
from sim.clock import DRAWING, SEARCHING
from sim.ensemble import Ensemble
from sim.errors import InputError, did_you_mean
from sim.feasible.chance import ZoneChance, zone_chance
from sim.feasible.conflict import smallest_conflict
from sim.feasible.count import ZoneSize, count_acceptable
from sim.feasible.demands import Demand, demands_of
from sim.feasible.zone import Zone, find_acceptable
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import TOLERANCE, Problem
from sim.sampling import central as central_reading
from sim.scenario import RedLines, Scenario
from sim.solutions import BY_POWER, MOST_PARTIES, SOLUTIONS, USUAL
from sim.solutions.ideal import ideal
from sim.solutions.lotteries import LOTTERIES
from sim.solutions.search import field
from sim.structure import Structure

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Within = Literal["disagreement", "zone"]


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
        Name -> agreement; a `Lottery` each where lotteries were asked for.
    clash
        Where red lines and constraints leave no package at all: a smallest set of them that
        cannot stand together.
    power
        Bargaining power of each party, by identifier; ``None`` where all count equally.
    seconds
        The time limit of each search.
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
    clash: tuple[Demand, ...]
    power: dict[str, float] | None = None
    seconds: float = SEARCHING

    @property
    def scenario(self) -> Scenario:
        """The scenario that was solved."""
        return self.structure.scenario

    @property
    def lotteries(self) -> bool:
        """Whether the solutions are lotteries."""
        return any(isinstance(agreement, Lottery) for agreement in self.solutions.values())

    @cached_property
    def signatories(self) -> tuple[str, ...]:
        """Identifiers of the parties whose zone it is."""
        return _zone_parties(self.structure, self.parties)

    @cached_property
    def ceiling(self) -> Floats:
        """Utility that no point of the frontier exceeds, shape ``(n_parties,)``; proven.

        The ideal point, or what bounds it where it was not settled in time; the disagreement
        point where nothing is feasible.
        """
        over = self.problem.within_zone() if self.within == "zone" else self.problem
        space = field(over, time_limit=self.seconds)
        gains = 0.0 if space is None else ideal(space).at_most
        return self.problem.disagreement + gains

    def acceptable(self, agreement: Agreement) -> bool:
        """Tell whether everyone whose consent is required accepts an agreement.

        A lottery is accepted for what it is expected to give, if no package that may be drawn
        crosses a red line.
        """
        drawn = [(chance, outcome) for chance, outcome, _ in draws_of(agreement)]
        if not drawn:
            return False
        expected = np.zeros(self.zone_problem.n_parties)
        try:
            for chance, outcome in drawn:
                expected += chance * self.zone_problem.utility(outcome)
        except KeyError:  # it crosses a red line that only the zone looks at
            return False
        return bool((expected >= self.zone_problem.thresholds - TOLERANCE).all())

    def package(self, agreement: Agreement) -> dict[str, str] | None:
        """Return an agreement's options by name."""
        if agreement.outcome is None:
            return None
        return self.structure.space.name(agreement.outcome)


def solve(  # noqa: PLR0913
    scenario: Scenario,
    *,
    by: Sequence[str] | None = None,
    red_lines: RedLines = "stated",
    within: Within = "disagreement",
    parties: Sequence[str] | None = None,
    lotteries: bool = False,
    power: Mapping[str, float] | None = None,
    time_limit: float | None = None,
    draws: int = 0,
    seed: int = 0,
) -> Settlement:
    """Find the zone, the frontier and the bargaining solutions of a scenario.

    Parameters
    ----------
    scenario
        A valid scenario; uncertain numbers stand at their central values, but for ``draws``.
    by
        Names of solutions, or ``all`` for all that are defined; by default the usual five, and
        the proportional one where powers are given.
    red_lines
        Which red lines of the signatories rule packages out.
    within
        ``zone`` narrows frontier and solutions to packages that all signatories accept.
    parties
        Among whom frontier and solutions are taken; the signatories by default.
    lotteries
        Whether the outcome may be drawn: solutions are then lotteries over packages.
    power
        Bargaining power by party, 1 where not named: see `sim.solutions.BY_POWER`.
    time_limit
        Seconds for the zone, for the frontier, for each solution and for the draws; what is not
        proven by then says so. Where not given, `SEARCHING` and `DRAWING`.
    draws
        In how many draws of what is uncertain to ask whether a zone exists.
    seed
        Of these draws, and for estimating the zone's share where it is too large to count.

    Raises
    ------
    InputError
        If a party or a solution is unknown, or a solution is not defined for these parties.
    """
    seconds = SEARCHING if time_limit is None else time_limit
    ensemble = central_reading(scenario, red_lines=red_lines)
    structure = ensemble.structure
    chosen = tuple(structure.parties[k] for k in structure.columns(parties))
    powers = _powers(power, chosen)
    names = _solution_names(by, len(chosen), lotteries=lotteries, by_power=powers is not None)
    signatories = _zone_parties(structure, chosen)
    zone_problem = Problem.from_draw(ensemble, red_lines=red_lines, parties=signatories)
    problem = zone_problem
    if chosen != signatories:
        problem = Problem.from_draw(ensemble, red_lines=red_lines, parties=chosen)
    outcomes = n_outcomes(assemble(ensemble, [], structure.constraints))
    over = problem.within_zone() if within == "zone" else problem
    if within == "zone" and not set(signatories) <= set(chosen):
        raise InputError(
            "the zone is what all signatories accept: to stay within it, name them all "
            f"({', '.join(signatories)})"
        )
    chance = None
    if draws:
        chance = zone_chance(
            scenario, draws, seed=seed, red_lines=red_lines, parties=signatories,
            time_limit=DRAWING if time_limit is None else time_limit,
        )  # fmt: skip
    return Settlement(
        structure=structure,
        red_lines=red_lines,
        within=within,
        parties=chosen,
        problem=problem,
        zone_problem=zone_problem,
        outcomes=outcomes,
        zone=find_acceptable(zone_problem, time_limit=seconds),
        size=count_acceptable(
            zone_problem,
            of=outcomes,
            rng=np.random.default_rng(seed),
        ),
        chance=chance,
        frontier=pareto_frontier(over, time_limit=seconds),
        solutions=_solutions(names, over, powers, seconds, lotteries=lotteries),
        clash=clash_of(ensemble, red_lines) if problem.n_outcomes == 0 else (),
        power=powers,
        seconds=seconds,
    )


def draws_of(agreement: Agreement) -> list[tuple[float, Indices, Floats]]:
    """Return what may come of an agreement: chance, outcome, utilities; nothing without a deal."""
    if isinstance(agreement, Lottery):
        rows = zip(agreement.chances, agreement.outcomes, agreement.points, strict=True)
        return [(float(chance), outcome, point) for chance, outcome, point in rows]
    if agreement.outcome is None:
        return []
    return [(1.0, agreement.outcome, agreement.utilities)]


def _solutions(
    names: Sequence[str],
    over: Problem,
    powers: dict[str, float] | None,
    time_limit: float,
    *,
    lotteries: bool,
) -> dict[str, Agreement]:
    shelf = LOTTERIES if lotteries else SOLUTIONS
    found: dict[str, Agreement] = {}
    for name in names:
        weights = list(powers.values()) if powers and name in BY_POWER else None
        by_power = {} if weights is None else {"power": weights}
        found[name] = shelf[name](over, time_limit=time_limit, **by_power)
    return found


def clash_of(one: Ensemble, red_lines: RedLines) -> tuple[Demand, ...]:
    """Return a smallest set of red lines and constraints that no package respects."""
    return smallest_conflict(one, demands_of(one, red_lines=red_lines, columns=())) or ()


def _zone_parties(structure: Structure, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Those whose consent is required; where nobody's is, the parties looked at."""
    required = tuple(p for p, r in zip(structure.parties, structure.required, strict=True) if r)
    return required or chosen


def _solution_names(
    by: Sequence[str] | None, n_parties: int, *, lotteries: bool, by_power: bool
) -> list[str]:
    """Return the names of the solutions to compute, or say what is wrong with those asked for."""
    shelf = LOTTERIES if lotteries else SOLUTIONS
    defined = [name for name in shelf if n_parties <= MOST_PARTIES.get(name, n_parties)]
    wrong = []
    for name in by or ():
        if name == "all" or name in defined:
            continue
        if name not in SOLUTIONS:
            wrong.append(f"no solution is called '{name}'{did_you_mean(name, SOLUTIONS)}")
        elif name not in shelf:
            wrong.append(f"{name}: not defined for lotteries, only for packages")
        else:
            most = MOST_PARTIES[name]
            wrong.append(
                f"{name}: not defined for {n_parties} parties, only for {most}; "
                "name them with --parties A,B"
            )
    if wrong:
        raise InputError("\n".join(wrong))
    usual = [*USUAL, "proportional"] if by_power else list(USUAL)
    chosen = [n for name in by or usual for n in (defined if name == "all" else [name])]
    return list(dict.fromkeys(chosen))


def _powers(power: Mapping[str, float] | None, parties: Sequence[str]) -> dict[str, float] | None:
    """Return every party's bargaining power, in column order; ``None`` where none was given."""
    if not power:
        return None
    wrong = []
    for name, amount in power.items():
        if name not in parties:
            wrong.append(f"power: '{name}' is no party analysed{did_you_mean(name, parties)}")
        elif not (math.isfinite(amount) and amount >= 0):
            wrong.append(f"power: {name} has {amount:g}; bargaining power is a number from 0 up")
    powers = {party: float(power.get(party, 1.0)) for party in parties}
    if not wrong and not any(powers.values()):
        wrong.append("power: nobody has any; at least one party needs some bargaining power")
    if wrong:
        raise InputError("\n".join(wrong))
    return powers
