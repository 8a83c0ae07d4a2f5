"""Plan versions at the central reading of every case of a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.comparison.verdict import broken_constraints, completions, crossed_lines
from sim.ensemble import Ensemble
from sim.experiment.case_group import CaseGroup
from sim.feasible.chance import zone_by_draw
from sim.plans import PlanReading
from sim.problem import TOLERANCE
from sim.search.many import YES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Centre:
    """One plan version at the central reading of every case.

    Attributes
    ----------
    utility, low, high
        Expected utility of each party, and its ends over the completions of what the plan leaves
        open, shape ``(n_cases, n_parties)``.
    threshold, surplus, accepts
        By party, of the same shape.
    crossed, by_silence
        Own binding red lines that it crosses, in words, of the same shape.
    accepted_by_all
        Whether all whose consent is required accept, shape ``(n_cases,)``.
    completable
        Whether some completion satisfies them, as `sim.search.many` answers.
    broken
        Constraints that the plan breaks, in words.
    """

    utility: Floats  # (n_cases, n_parties)
    low: Floats
    high: Floats
    threshold: Floats
    surplus: Floats
    accepts: Bools
    crossed: Texts  # (n_cases, n_parties)
    by_silence: Texts
    accepted_by_all: Bools  # (n_cases,)
    completable: NDArray[np.int8]
    broken: str


def at_the_centre(group: CaseGroup, plan: PlanReading) -> Centre:
    """Judge a plan version at the central reading of every case, as `verdict` does for one."""
    central, n = group.central, len(group)
    structure = central.structure
    utility = central.expected_utility(plan.central)
    low, high = completions(central, plan) if plan.unsettled else (utility, utility)
    broken = broken_constraints(structure.constraints, plan)
    surplus = utility - central.thresholds
    said, silent = _crossed(central, plan, group)
    clean = (said == "") & (silent == "")
    accepts = (surplus[:n] >= -TOLERANCE) & clean & (not broken)
    by_all = accepts[:, structure.required].all(axis=1) & (not broken)
    return Centre(
        utility[:n], low[:n], high[:n], central.thresholds[:n], surplus[:n], accepts, said, silent,
        by_all, _completable(central, plan, group)[:n],
        "; ".join(structure.constraints[k].text for k in broken),
    )  # fmt: skip


def _crossed(central: Ensemble, plan: PlanReading, group: CaseGroup) -> tuple[Texts, Texts]:
    """Name each party's red lines that a plan crosses in every case: said, and by silence."""
    lines, n = central.structure.lines, len(group)
    holding = np.column_stack([central.binds[:n], np.ones(n, dtype=bool)])
    _, first, which = np.unique(holding, axis=0, return_index=True, return_inverse=True)
    both: tuple[list[Texts], list[Texts]] = ([], [])
    for draw in first:
        for part, of_parties in zip(
            both, crossed_lines(central.draw(int(draw)), plan, group.red_lines), strict=True
        ):
            part.append(texts(["; ".join(lines[k].text for k in own) for own in of_parties]))
    said, silent = (np.stack(part)[which.reshape(-1)] for part in both)
    return said, silent


def _completable(central: Ensemble, plan: PlanReading, group: CaseGroup) -> NDArray[np.int8]:
    """Tell in which cases some completion satisfies everyone whose consent is required."""
    structure = central.structure
    if not structure.required.any():
        possible = not broken_constraints(structure.constraints, _opened(plan))
        return np.full(central.n_draws, YES if possible else 0, dtype=np.int8)
    return zone_by_draw(central, red_lines=group.red_lines, options=plan.open)


def _opened(plan: PlanReading) -> PlanReading:
    """Return a plan whose central reading is all that it leaves open."""
    return PlanReading(plan.name, plan.open, plan.open, plan.silent)


def texts(of: Sequence[str]) -> Texts:
    """Return a column of texts."""
    column = np.empty(len(of), dtype=object)
    column[:] = of
    return column
