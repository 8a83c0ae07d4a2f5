"""The smallest amendments of plan versions in every case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.clock import SEARCHING
from sim.experiment.case_group import CaseGroup
from sim.experiment.computations.sizes import cells, listing_seconds, too_many_to_list
from sim.experiment.design import Experiment
from sim.experiment.outcomes import Computation, Found, Rowwise, filled, of_cases
from sim.experiment.shape import Column, TableShape
from sim.feasible.amendment import SmallestAmendments, smallest_amendments
from sim.plans import PlanReading, read_plans
from sim.problem import Problem
from sim.scenario import Scenario

LISTED = 1
"""How many amendments are written out; all are counted."""

TABLE = of_cases(
    "The smallest amendments of one plan version.",
    {
        "plan": Column("text", "plan version"),
        "changes": Column(
            "whole", "least number of issues to change so that all accept; missing where none is"
        ),
        "count": Column("text", "how many such amendments there are (as text: exact)"),
        "counted": Column("truth", "that is all of them; if not, those that are known"),
        "minimal": Column("truth", "proven that no fewer changes will do, or that nothing will"),
        "first": Column("text", "the amendment of lowest number: issue: option that it takes; …"),
    },
)


@dataclass(frozen=True)
class AmendedPlans:
    """How many issues of each plan version must change before everyone accepts it.

    Attributes
    ----------
    plans
        Which plan versions; all where none are named.
    max_changes
        How many issues may be changed at most.
    time_limit
        Seconds for each plan version in each case.
    """

    plans: tuple[str, ...] | None
    max_changes: int | None
    time_limit: float = SEARCHING

    def outcomes(self, scenario: Scenario) -> Mapping[str, Column]:
        """Name the number of changes of each plan version."""
        named = scenario.plans if self.plans is None else self.plans
        about = "issues to change so that all whose consent is required accept; missing where none"
        return {f"{plan}.changes": Column("whole", f"{plan}: {about}") for plan in named}

    def tables(self, scenario: Scenario) -> Mapping[str, TableShape]:
        """One row a case and plan version."""
        return {"amendments": TABLE}

    def seconds(self, scenario: Scenario) -> float:
        """Reckon with a search for each plan version, nearer to the slow: they differ a lot."""
        named = scenario.plans if self.plans is None else self.plans
        search = 1e-4 if too_many_to_list(scenario) else 7e-6
        return cells(scenario) * search * len(named) + listing_seconds(scenario)

    def compute(self, group: CaseGroup) -> Found:
        """Amend case by case, at the central reading."""
        plans = read_plans(group.scenario, self.plans)
        declared = self.outcomes(group.scenario)
        cells: dict[str, list[int | None]] = {name: [] for name in declared}
        table = Rowwise(TABLE)
        for k in range(len(group)):
            problem = Problem.from_draw(group.central, k, red_lines=group.red_lines)
            for plan in plans:
                start = np.array([options[0] for options in plan.central], dtype=np.intp)
                found = smallest_amendments(
                    problem, start, max_changes=self.max_changes, most=LISTED,
                    time_limit=self.time_limit,
                )  # fmt: skip
                cells[f"{plan.name}.changes"].append(found.changes)
                table.add(int(group.cases[k]), *_row(group, plan, found))
        outcomes = {name: filled(column, declared[name]) for name, column in cells.items()}
        return Found(outcomes, {"amendments": table.columns()} if group.detailed else {})


def _row(
    group: CaseGroup, plan: PlanReading, found: SmallestAmendments
) -> tuple[str, int | None, str, bool, bool, str | None]:
    first = None
    if len(found):
        space = group.central.structure.space
        takes = space.name(found.choices[0])
        start = space.name([int(options[0]) for options in plan.central])
        first = "; ".join(f"{i}: {option}" for i, option in takes.items() if option != start[i])
    return plan.name, found.changes, str(found.count), found.counted, found.minimal, first


def amendments(experiment: Experiment) -> Computation:
    """Amend the plan versions that an experiment names."""
    asked = experiment.asked.amend
    plans = None if asked is None or asked.plans is None else tuple(asked.plans)
    return AmendedPlans(plans, None if asked is None else asked.max_changes)
