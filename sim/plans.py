"""A plan version as sets of options: what it says, what it leaves open, where it is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, did_you_mean
from sim.issues import Issue, Span, options_of
from sim.scenario import Clause, Picks, Plan, Scenario

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class PlanReading:
    """What a plan version means for every issue.

    Attributes
    ----------
    name
        Identifier of the plan.
    open
        For each issue the options that the text leaves possible, ascending in the order in
        which the plan lists them; one where it is settled.
    central
        For each issue the options of the central reading: the pick, or else all that are open.
    silent
        Which issues the text does not mention, shape ``(n_issues,)``.
    """

    name: str
    open: tuple[Indices, ...]
    central: tuple[Indices, ...]
    silent: NDArray[np.bool_]

    @property
    def unsettled(self) -> list[int]:
        """Places of the issues that the plan leaves open."""
        return [k for k, options in enumerate(self.open) if len(options) > 1]


def read_plan(scenario: Scenario, name: str) -> PlanReading:
    """Read one plan version of a scenario.

    Silence is scored at the issue's status quo; an issue without one is open.
    """
    plan = scenario.plans[name]
    readings = [_read_issue(plan, key, issue) for key, issue in scenario.issues.items()]
    silent = np.array([_says_nothing(plan.picks.get(key)) for key in scenario.issues])
    return PlanReading(
        name, tuple(open_ for open_, _ in readings), tuple(c for _, c in readings), silent
    )


def read_plans(scenario: Scenario, names: Sequence[str] | None = None) -> list[PlanReading]:
    """Read the plan versions named, or all of them, in file order.

    Raises
    ------
    InputError
        If a name is unknown (with the nearest ones), or the scenario has no plans at all.
    """
    unknown = [name for name in names or () if name not in scenario.plans]
    if unknown:
        lines = (f"no plan is called '{n}'{did_you_mean(n, scenario.plans)}" for n in unknown)
        raise InputError("\n".join(lines))
    if not scenario.plans:
        raise InputError("the scenario has no plan versions: add some under `plans:`")
    return [read_plan(scenario, name) for name in dict.fromkeys(names or scenario.plans)]


def _read_issue(plan: Plan, key: str, issue: Issue) -> tuple[Indices, Indices]:
    """Return the open options of one issue and those of the central reading."""
    said: Picks | None = plan.picks.get(key)
    everything = np.arange(len(issue.options))
    if said is None or _says_nothing(said):
        quo = everything if issue.status_quo is None else _places(issue, [issue.status_quo])
        return quo, quo
    if not isinstance(said, Clause):
        options = _places(issue, _listed(issue, said))
        return options, options
    pick = None if said.pick is None else _places(issue, [said.pick])
    if said.range is not None:
        options = _places(issue, _listed(issue, said.range))
        return options, options if pick is None else pick
    assert pick is not None  # a clause with neither is silence
    return pick, pick


def _says_nothing(said: Picks | None) -> bool:
    """Tell whether an issue is left out, or has only a note on why."""
    return said is None or (isinstance(said, Clause) and said.pick is None and said.range is None)


def _listed(issue: Issue, said: str | list[str] | Span) -> list[str]:
    return list(dict.fromkeys(options_of(said, issue.options)))


def _places(issue: Issue, names: Sequence[str]) -> Indices:
    return np.array([issue.index(name) for name in names], dtype=np.intp)
