"""Each plan version against each party at the central reading: what it is worth, what it crosses.

Every issue is scored, silence included: at the status quo, or over all options where there is
none. A plan that breaks a constraint is still scored, but nobody accepts it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.assembly import assemble
from sim.blocks import extremes
from sim.condition import Condition
from sim.ensemble import Ensemble
from sim.feasible.zone import find_acceptable
from sim.partition import MERGED, allowed_choices, groups
from sim.plans import PlanReading
from sim.problem import TOLERANCE, Problem
from sim.scenario import RedLines

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Verdict:
    """One plan version at the central reading, party by party.

    Attributes
    ----------
    utility, low, high
        Shape ``(n_parties,)``: at the central reading, and the range over the completions of
        what the plan leaves open that respect the constraints (over all completions where
        none does).
    surplus
        Utility less threshold.
    accepts
        Utility at or above the threshold, no own binding red line crossed, no constraint broken.
    crossed, crossed_by_silence
        Places in ``structure.lines`` of each party's binding red lines that the plan crosses;
        apart, those crossed only because the plan says nothing.
    broken
        Places in ``structure.constraints`` of those that the plan breaks: by every reading of
        it, or between them.
    accepted_by_all
        Every party whose consent is required accepts.
    completable
        Some way of settling what the plan leaves open is acceptable to all of them; proven.
    """

    plan: PlanReading
    utility: Floats
    low: Floats
    high: Floats
    surplus: Floats
    accepts: Bools
    crossed: tuple[tuple[int, ...], ...]
    crossed_by_silence: tuple[tuple[int, ...], ...]
    broken: tuple[int, ...]
    accepted_by_all: bool
    completable: bool


def verdict(central: Ensemble, plan: PlanReading, red_lines: RedLines) -> Verdict:
    """Judge a plan version at the central reading.

    Parameters
    ----------
    central
        An ensemble of one draw, as `sim.sampling.central` gives it.
    plan
        The version.
    red_lines
        Which red lines bind.
    """
    structure = central.structure
    utility = central.expected_utility(plan.central)[0]
    low, high = (ends[0] for ends in completions(central, plan))
    surplus = utility - central.thresholds[0]
    crossed, by_silence = crossed_lines(central, plan, red_lines)
    broken = broken_constraints(structure.constraints, plan)
    clean = np.array([not (a or b) for a, b in zip(crossed, by_silence, strict=True)])
    accepts = (surplus >= -TOLERANCE) & clean & (not broken)
    return Verdict(
        plan=plan,
        utility=utility,
        low=low,
        high=high,
        surplus=surplus,
        accepts=accepts,
        crossed=crossed,
        crossed_by_silence=by_silence,
        broken=broken,
        accepted_by_all=bool(accepts[structure.required].all()) and not broken,
        completable=_completable(central, plan, red_lines),
    )


def crossed_lines(
    central: Ensemble, plan: PlanReading, red_lines: RedLines
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    """Return each party's crossed red lines, and apart those that silence alone crosses.

    Over a range a line counts as crossed when every option of the range crosses it.
    """
    structure = central.structure
    said: list[tuple[int, ...]] = []
    silence: list[tuple[int, ...]] = []
    for column in range(central.n_parties):
        lines = [k for k in structure.binding(red_lines, [column]) if central.binds[0, k]]
        met = [k for k in lines if structure.lines[k].condition.share(plan.central) == 1]
        quiet = {k for k in met if plan.silent[list(structure.lines[k].condition.issues)].all()}
        said.append(tuple(k for k in met if k not in quiet))
        silence.append(tuple(k for k in met if k in quiet))
    return tuple(said), tuple(silence)


def broken_constraints(constraints: Sequence[Condition], plan: PlanReading) -> tuple[int, ...]:
    """Return the constraints that the plan breaks whatever is made of its central reading.

    Where no one constraint is broken by all that the plan leaves open, but each way of settling
    it breaks some, those are named that leave it no way.
    """
    broken: list[int] = []
    for issues in groups(len(plan.central), [c.issues for c in constraints]):
        here = [k for k, c in enumerate(constraints) if set(c.issues) <= set(issues)]
        if not len(allowed_choices(issues, plan.central, [constraints[k] for k in here])):
            share = {k: constraints[k].share(plan.central) for k in here}
            always = [k for k in here if share[k] == 1]
            broken += always or [k for k in here if share[k] > 0]
    return tuple(sorted(broken))


def completions(central: Ensemble, plan: PlanReading) -> tuple[Floats, Floats]:
    """Return each party's worst and best utility over the completions of a plan, both exact.

    Parameters
    ----------
    central
        One reading or many, each looked at by itself.
    plan
        The version.

    Returns
    -------
    low, high
        Shape ``(n_draws, n_parties)`` each.
    """
    constraints = central.structure.constraints
    ties = [c.issues for c in constraints]
    ties += [b.condition.issues for b in central.bonuses] + [t.issues for t in central.tables]
    if central.structure.averaged.any():
        ties.append(tuple(range(len(plan.open))))
    tied = groups(len(plan.open), ties)
    if max(math.prod(len(plan.open[i]) for i in issues) for issues in tied) > MERGED:
        each = [_completions(central.draw(k), plan) for k in range(central.n_draws)]
        return np.array([low for low, _ in each]), np.array([high for _, high in each])
    rows = [allowed_choices(issues, plan.open, constraints) for issues in tied]
    if not all(map(len, rows)):
        rows = [allowed_choices(issues, plan.open, []) for issues in tied]
    low, high = np.zeros((2, central.n_draws, central.n_parties))
    for issues, choices in zip(tied, rows, strict=True):
        worth = central.row_utilities(issues, choices, range(central.n_parties))
        low += worth.min(axis=1)
        high += worth.max(axis=1)
    return low, high


def _completions(central: Ensemble, plan: PlanReading) -> tuple[Floats, Floats]:
    """Find them along a tree of blocks, for one reading whose ties chain many issues up."""
    columns = list(range(central.n_parties))
    constraints = central.structure.constraints
    blocks = assemble(central, columns, constraints, plan.open)
    if not all(map(len, blocks)):
        blocks = assemble(central, columns, [], plan.open)
    return extremes(blocks, np.minimum, np.inf), extremes(blocks, np.maximum, -np.inf)


def _completable(central: Ensemble, plan: PlanReading, red_lines: RedLines) -> bool:
    """Tell whether some completion satisfies everyone whose consent is required."""
    if not central.structure.required.any():
        return all(
            len(block) for block in assemble(central, [], central.structure.constraints, plan.open)
        )
    problem = Problem.from_draw(central, red_lines=red_lines, options=plan.open)
    return find_acceptable(problem).empty is False
