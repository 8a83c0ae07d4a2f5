"""Where a comparison's numbers come from: issue by issue, and plan version against plan version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.comparison.acceptance import Acceptance
from sim.comparison.contributions import contributions
from sim.comparison.differences import Difference, differences
from sim.experiment.case_group import FEW, CaseGroup
from sim.experiment.job import Columns
from sim.experiment.outcomes import Rowwise, of_cases
from sim.experiment.shape import Column
from sim.plans import PlanReading

Pairs = Mapping[int, Sequence[Difference]]
"""Place of a case in its group -> every pair of plan versions, earlier first."""

JOINTLY = "(joint)"

CONTRIBUTIONS = of_cases(
    "One term of one party's utility of one plan version.",
    {
        "plan": Column("text", "plan version"),
        "term": Column("text", "issue, or the issues of an interaction or a table"),
        "option": Column("text", "what the plan's central reading has there"),
        "party": Column("text", "party"),
        "adds": Column(
            "number",
            "what the term adds to the party's utility; a party's terms sum to its utility",
        ),
        "lost": Column("number", "how much more the term could add at most"),
    },
    most_cases=FEW,
)
DIFFERENCES = of_cases(
    "Two plan versions under common random numbers.",
    {
        "first": Column("text", "plan version"),
        "second": Column("text", "plan version it is compared with"),
        "party": Column(
            "text",
            f"party; {JOINTLY} for the probability that all whose consent is required accept",
        ),
        "difference": Column("number", "second less first: mean utility, or joint probability"),
        "low": Column("number", "lower end of the 95 % Monte Carlo interval of that mean"),
        "high": Column("number", "upper end of that interval"),
        "better": Column("number", "share of draws in which the second is worth more to the party"),
        "worse": Column("number", "share of draws in which it is worth less"),
    },
    most_cases=FEW,
)


def contribution_rows(group: CaseGroup, plans: Sequence[PlanReading]) -> Columns:
    """Split every party's central utility of every plan version into its terms, case by case."""
    table = Rowwise(CONTRIBUTIONS)
    space = group.central.structure.space
    for k, case in enumerate(group.cases.tolist()):
        central = group.central.draw(k)
        for plan in plans:
            parts = contributions(central, plan)
            for t, term in enumerate(parts.terms):
                option = ""
                if t < parts.n_issues:
                    names = space.options[space.issues[t]]
                    option = "/".join(names[o] for o in plan.central[t])
                adds, lost = parts.adds[t].tolist(), parts.lost[t].tolist()
                for party, added, missed in zip(group.scenario.parties, adds, lost, strict=True):
                    table.add(case, plan.name, term, option, party, added, missed)
    return table.columns()


def pairs_of_a_case(
    utility: NDArray[np.float64], by_all: NDArray[np.bool_], draws: int
) -> list[Difference]:
    """Set every pair of plan versions against each other in one case, draw by draw.

    Parameters
    ----------
    utility
        Shape ``(n_plans, n_parties, n)``; where nothing is uncertain ``n`` is 1.
    by_all
        Whether all whose consent is required accept, shape ``(n_plans, n)``.
    draws
        How many draws were asked for: the only one then speaks for all of them.
    """
    n = utility.shape[-1] if utility.shape[-1] > 1 else min(draws, 2)
    worth = np.moveaxis(np.broadcast_to(utility, (*utility.shape[:-1], n)), -1, 0)
    accepted = np.broadcast_to(by_all, (len(by_all), n)).T
    nobody = np.empty((n, 0))  # thresholds and single answers make no difference here
    return differences(Acceptance(worth, nobody, nobody.astype(bool), accepted))


def difference_rows(group: CaseGroup, plans: Sequence[PlanReading], pairs: Pairs) -> Columns:
    """Write how plan versions differ, case by case."""
    table = Rowwise(DIFFERENCES)
    for k, case in enumerate(group.cases.tolist()):
        for pair in pairs[k]:
            names = plans[pair.first].name, plans[pair.second].name
            for p, party in enumerate(group.scenario.parties):
                cells = (pair.utility[p], *pair.interval[:, p], pair.better[p], pair.worse[p])
                table.add(case, *names, party, *map(_finite, cells))
            joint = (pair.joint, *pair.joint_interval)
            table.add(case, *names, JOINTLY, *map(_finite, joint), None, None)
    return table.columns()


def _finite(cell: float) -> float | None:
    """Leave out an end of an interval that a single draw says nothing of."""
    return float(cell) if np.isfinite(cell) else None
