"""What a third party could do: levers, side payments and pressure, and what they would open.

A lever is something a third party could do. Everything here is conditional on the scenario's
numbers; nothing is advice, and nothing is a forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.clock import deadline_in
from sim.levers.asking import Progress, Question, Situation
from sim.levers.budgets import Budgets, budgets
from sim.levers.opening import Choice, Effect, Move, choose, effects
from sim.levers.paying import PaidPlan, Payments, paid
from sim.preferences.uncertain import expected
from sim.problem import Floats
from sim.sampling import central, central_under
from sim.scenario import RedLines, Scenario
from sim.structure import Structure

__all__ = [
    "Budgets",
    "Choice",
    "Effect",
    "LeverStudy",
    "Move",
    "PaidPlan",
    "Payments",
    "Situation",
    "study_levers",
]

AT_THE_CENTRE = 0.4
"""Part of the time that the central reading may take; the draws have the rest."""


@dataclass(frozen=True, eq=False)
class LeverStudy:
    """What the levers of a scenario, side payments and pressure would do to the zone.

    Attributes
    ----------
    structure, red_lines, parties
        Whose zone: identifiers of those who must accept, in column order.
    names, costs
        The levers, in file order, and their expected costs.
    choice
        What it takes to open the zone at the central reading.
    effects
        Each lever by itself, and added to what opens the zone.
    budgets
        How surely each budget could open it; ``None`` where no draws were asked for.
    payments
        Side payments and pressure at the central reading, without levers.
    """

    structure: Structure
    red_lines: RedLines
    parties: tuple[str, ...]
    names: tuple[str, ...]
    costs: Floats
    choice: Choice
    effects: tuple[Effect, ...]
    budgets: Budgets | None
    payments: Payments

    @property
    def scenario(self) -> Scenario:
        """The scenario that was asked about."""
        return self.structure.scenario


def study_levers(
    scenario: Scenario,
    *,
    red_lines: RedLines = "stated",
    parties: Sequence[str] | None = None,
    draws: int = 200,
    seed: int = 0,
    plan: str | None = None,
    time_limit: float = 60.0,
    progress: Progress | None = None,
) -> LeverStudy:
    """Find out what the levers of a scenario would open, and at what cost.

    Costs that are uncertain count with what is expected of them.

    Parameters
    ----------
    scenario
        A valid scenario; one without levers still has side payments and pressure to look at.
    red_lines
        Which red lines of the signatories bind. No lever acts on them.
    parties
        Who must accept; the signatories by default.
    draws, seed
        In how many draws of what is uncertain to ask whether a zone exists; 0 for none.
    plan
        The plan version to pay for; all of them by default.
    time_limit
        Seconds for everything; what is not proven by then says so.
    progress
        Told the share of the draws that is done.

    Raises
    ------
    InputError
        If a party or the plan is unknown.
    """
    structure = Structure(scenario)
    who = tuple(structure.parties[k] for k in structure.columns(parties))
    costs = np.array([expected(lever.cost) for lever in scenario.levers.values()])
    soon, late = deadline_in(AT_THE_CENTRE * time_limit), deadline_in(time_limit)
    assert soon is not None  # a limit was given
    assert late is not None
    question = Question(structure, red_lines, who, soon)
    under = central_under(scenario, red_lines=red_lines)
    choice = choose(question, under, costs)
    reading = central(scenario, red_lines=red_lines)
    return LeverStudy(
        structure=structure,
        red_lines=red_lines,
        parties=who,
        names=tuple(scenario.levers),
        costs=costs,
        choice=choice,
        effects=effects(question, under, costs, choice),
        payments=paid(question, reading, None if plan is None else [plan]),
        budgets=budgets(
            Question(structure, red_lines, who, late),
            costs, draws=draws, seed=seed, progress=progress,
        ) if draws else None,
    )  # fmt: skip
