"""Asking whether a zone exists under combinations of levers, and how firm it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.agreement import Certificate
from sim.ensemble import Ensemble
from sim.feasible.chance import zone_by_draw
from sim.feasible.lever_choice import Bools
from sim.feasible.robust import most_robust
from sim.feasible.zone import find_acceptable
from sim.preferences.uncertain import support
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.sampling import UnderLevers
from sim.scenario import RedLines, Scenario, ShareOfBest, Shift
from sim.structure import Structure

Answers = NDArray[np.int8]
Progress = Callable[[float], object]


@dataclass(frozen=True, eq=False)
class Question:
    """Whose zone is asked about, and by when.

    Attributes
    ----------
    structure
        Of the scenario.
    red_lines
        Which of the signatories' red lines bind.
    parties
        Identifiers of those who must accept, in column order.
    deadline
        On ``time.monotonic``; what is not known by then stays unknown.
    """

    structure: Structure
    red_lines: RedLines
    parties: tuple[str, ...]
    deadline: float

    @property
    def scenario(self) -> Scenario:
        """What is negotiated."""
        return self.structure.scenario

    @property
    def left(self) -> float:
        """Seconds left, never quite none, so that what is easy is always answered."""
        return max(self.deadline - time.monotonic(), 0.1)

    def problem(self, ensemble: Ensemble, k: int = 0) -> Problem:
        """Build the problem of one reading."""
        return Problem.from_draw(ensemble, k, red_lines=self.red_lines, parties=self.parties)

    def zones(self, ensemble: Ensemble) -> Answers:
        """Ask in every draw whether a zone exists: 1 if it does, 0 if not, -1 if not settled."""
        return zone_by_draw(
            ensemble, red_lines=self.red_lines, parties=self.parties, deadline=self.deadline
        )


@dataclass(frozen=True, eq=False)
class Situation:
    """The central reading under one combination of levers.

    Attributes
    ----------
    levers
        Those in place, in file order.
    cost
        Expected, of all of them.
    empty
        Whether there is no zone; ``None`` where it was not settled in the time.
    outcome, utilities
        The most robust package: the one in which the party nearest its threshold is farthest
        above it, or least below; ``None`` where red lines and constraints leave no package.
    thresholds
        What each party insists on there, shape ``(n_parties,)``.
    surplus
        Utility over threshold of that party.
    certificate
        Of the surplus: it could be higher by the bound.
    """

    levers: tuple[str, ...]
    cost: float
    empty: bool | None
    outcome: Indices | None
    utilities: Floats
    thresholds: Floats
    surplus: float
    certificate: Certificate

    @property
    def proven(self) -> bool:
        """Whether no package has a higher surplus."""
        return self.certificate.exact or self.certificate.bound <= TOLERANCE


def look(question: Question, under: UnderLevers, members: Bools, cost: float) -> Situation:
    """Look at the central reading under one combination of levers.

    Parameters
    ----------
    under
        The central reading.
    members
        Which levers are in place, shape ``(n_levers,)``.
    cost
        Of all of them.
    """
    problem = question.problem(under.ensemble(members[None, :]))
    names = chosen(question.scenario, members)
    safest = most_robust(problem, rational=False, time_limit=question.left)
    proof = safest.certificate
    surplus = -np.inf
    if safest.outcome is not None:
        surplus = float((safest.utilities - problem.thresholds).min())
    empty: bool | None = surplus < -TOLERANCE
    if empty and surplus + proof.bound >= -TOLERANCE:
        empty = find_acceptable(problem, time_limit=question.left).empty
    return Situation(
        names, cost, empty, safest.outcome, safest.utilities, problem.thresholds, surplus, proof
    )


def chosen(scenario: Scenario, members: Sequence[bool] | Bools) -> tuple[str, ...]:
    """Return the names of the levers of a combination, in file order."""
    return tuple(name for name, inside in zip(scenario.levers, members, strict=True) if inside)


def signs(question: Question) -> tuple[Bools, Bools]:
    """Tell which levers can only help a zone, and which can only hurt it.

    A lever helps for certain where it lowers levels and raises values of those who must agree
    and does neither the other way round, whatever is drawn. Raising the value of an option also
    raises what a party insists on, where that is written as a share of its best: then nothing is
    certain.

    Returns
    -------
    helps, hurts
        Shape ``(n_levers,)``; a lever that moves none of them does both.
    """
    helps, hurts = [], []
    for lever in question.scenario.levers.values():
        effects = {p: s for p, s in lever.effects.items() if p in question.parties}
        ranges = np.array([r for p, s in effects.items() for r in _ranges(question, p, s)])
        ranges = ranges.reshape(-1, 2)
        helps.append(bool((ranges[:, 0] >= 0).all()))
        hurts.append(bool((ranges[:, 1] <= 0).all()))
    return np.array(helps, dtype=bool), np.array(hurts, dtype=bool)


def _ranges(question: Question, party: str, shift: Shift) -> list[tuple[float, float]]:
    """Return the least and the most that each number of a shift can do for a zone."""
    levels = [n for n in (shift.disagreement, shift.threshold) if n is not None]
    ranges = [(-support(n)[1], -support(n)[0]) for n in levels]
    own = question.scenario.parties[party]
    relative = isinstance(own.disagreement, ShareOfBest) or isinstance(own.threshold, ShareOfBest)
    for options in shift.values.values():
        ranges += [(-np.inf, np.inf) if relative else support(n) for n in options.values()]
    return ranges
