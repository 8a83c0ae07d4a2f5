"""What side payments could do: for each plan version, for any package, and out of whose means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.agreement import Agreement
from sim.assembly import assemble
from sim.ensemble import Ensemble
from sim.feasible.side_payments import (
    OwnMeans,
    Pressure,
    affordable,
    least_payments,
    own_means,
    payments,
    smallest_pressures,
)
from sim.levers.asking import Question
from sim.plans import PlanReading, read_plans
from sim.problem import Floats, Problem

CLASH = "red lines and constraints leave no way of settling what it leaves open"


@dataclass(frozen=True, eq=False)
class PaidPlan:
    """What it would take to pay for a plan version, at the central reading.

    Attributes
    ----------
    plan
        Identifier.
    utilities
        As scored, silence included, shape ``(n_parties,)``; the mean over what it leaves open.
    payments
        The least that each party would have to be paid to accept, shape ``(n_parties,)``.
    stands_in_the_way
        Red lines that the plan crosses and constraints that it breaks: no payment mends that.
    """

    plan: str
    utilities: Floats
    payments: Floats
    stands_in_the_way: tuple[str, ...]

    @property
    def total(self) -> float:
        """All payments together."""
        return float(self.payments.sum())


@dataclass(frozen=True, eq=False)
class Payments:
    """Side payments at the central reading, in utility, on the parties' common scale.

    Attributes
    ----------
    plans
        Each plan version.
    least
        The package that takes the least in all; ``None`` where red lines and constraints leave
        none, or none was found in the time.
    least_payments
        What each party would have to be paid there, shape ``(n_parties,)``.
    own
        Whether the parties could pay for a deal among themselves.
    pressures
        For each party the least drop of its threshold that alone opens a zone.
    thresholds
        What payments are counted from, shape ``(n_parties,)``.
    """

    plans: tuple[PaidPlan, ...]
    least: Agreement | None
    least_payments: Floats
    own: OwnMeans
    pressures: tuple[Pressure, ...]
    thresholds: Floats

    @property
    def budgets(self) -> list[tuple[float, list[str]]]:
        """Each budget at which one more plan version can be paid for, and all that it buys."""
        buyable = [paid for paid in self.plans if not paid.stands_in_the_way]
        totals = [paid.total for paid in buyable]
        steps = sorted({round(total, 12) for total in totals})
        bought = affordable(totals, steps)
        return [
            (step, [buyable[k].plan for k in places])
            for step, places in zip(steps, bought, strict=True)
        ]


def paid(question: Question, central: Ensemble, plans: Sequence[str] | None) -> Payments:
    """Work out side payments at the central reading.

    Parameters
    ----------
    central
        The central reading, without levers.
    plans
        Which plan versions; all of them by default.

    Raises
    ------
    InputError
        If a plan is unknown.
    """
    problem = question.problem(central)
    readings = read_plans(question.scenario, plans) if question.scenario.plans or plans else []
    least = least_payments(problem, time_limit=question.left)
    none = np.zeros(problem.n_parties)
    return Payments(
        tuple(_paid_plan(question, central, plan) for plan in readings),
        least,
        none if least is None else payments(least.utilities, problem.thresholds),
        own_means(problem, time_limit=question.left),
        smallest_pressures(problem, time_limit=question.left),
        problem.thresholds,
    )


def _paid_plan(question: Question, central: Ensemble, plan: PlanReading) -> PaidPlan:
    columns = question.structure.columns(question.parties)
    utilities = central.expected_utility(plan.central)[0, columns]
    owed = payments(utilities, central.thresholds[0, columns])
    return PaidPlan(plan.name, utilities, owed, _in_the_way(question, central, plan))


def _in_the_way(question: Question, central: Ensemble, plan: PlanReading) -> tuple[str, ...]:
    """Name the red lines and constraints that a plan meets whatever is made of what it leaves open.

    Where each of them can be avoided, but not all at once, that is said.
    """
    structure = question.structure
    lines = [structure.lines[k] for k in structure.binding(question.red_lines)
             if central.binds[0, k]]  # fmt: skip
    met = [line for line in lines if line.condition.share(plan.central) == 1]
    found = [f"{structure.parties[line.party]} refuses {line.text} ({line.kind})" for line in met]
    broken = [c for c in structure.constraints if c.share(plan.central) == 1]
    found += [f"constraint: never {condition.text}" for condition in broken]
    clauses = [*structure.constraints, *(line.condition for line in lines)]
    blocks = tuple(assemble(central, [], clauses, plan.central))
    if not found and not Problem(blocks, np.zeros(0), np.zeros(0)).n_outcomes:
        return (CLASH,)
    return tuple(found)
