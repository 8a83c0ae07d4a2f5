"""Bargaining solutions and the frontier in every case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.agreement import Agreement, Certificate, Frontier
from sim.clock import SEARCHING
from sim.errors import InputError, did_you_mean
from sim.experiment.case_group import CaseGroup
from sim.experiment.computations.sizes import cells, listing_seconds, too_many_to_list
from sim.experiment.design import Experiment
from sim.experiment.outcomes import Computation, Found, Rowwise, filled, of_cases
from sim.experiment.shape import Column, TableShape
from sim.frontier import pareto_frontier
from sim.problem import TOLERANCE, Problem
from sim.scenario import Scenario
from sim.solutions import MOST_PARTIES, SOLUTIONS, USUAL
from sim.solutions.draws import nash_by_draw

TABLE = of_cases(
    "What one party gets by one solution.",
    {
        "solution": Column("text", "bargaining solution"),
        "party": Column("text", "party"),
        "disagreement": Column("number", "utility of no deal"),
        "threshold": Column("number", "effective threshold"),
        "utility": Column("number", "utility of the solution; of no deal where there is none"),
        "agreement": Column("truth", "the solution is a package, not the absence of one"),
        "acceptable": Column("truth", "everyone whose consent is required accepts it"),
        "exact": Column("truth", "proven"),
        "bound": Column(
            "number", "how much the solution's criterion could still be better at most"
        ),
    },
)
PACKAGES = of_cases(
    "One issue of the package of one solution.",
    {
        "solution": Column("text", "bargaining solution"),
        "issue": Column("text", "issue"),
        "option": Column("text", "its option in the package"),
        "meaning": Column("text", "the option in words"),
    },
)


@dataclass(frozen=True)
class SolutionsInEveryCase:
    """What each party gets by bargaining solutions, at the central reading.

    Attributes
    ----------
    names
        Which solutions.
    time_limit
        Seconds for each search; a frontier that takes longer is missing, a solution says that it
        is not proven.
    consent
        Parties whose consent differs from case to case.
    """

    names: tuple[str, ...]
    time_limit: float
    consent: tuple[str, ...] = ()

    def _parties(self, scenario: Scenario) -> list[str]:
        return [
            name
            for name, party in scenario.parties.items()
            if party.consent == "required" or name in self.consent
        ]

    def outcomes(self, scenario: Scenario) -> Mapping[str, Column]:
        """Name what each signatory gets by each solution."""
        columns = {}
        for name in self.names:
            for party in self._parties(scenario):
                columns[f"{name}.{party}"] = Column(
                    "number", f"utility of {party} by {name}; missing where there is no agreement"
                )
            columns[f"{name}.agreement"] = Column("truth", f"{name} is a package, not no deal")
            columns[f"{name}.acceptable"] = Column(
                "truth", f"everyone whose consent is required accepts what {name} gives"
            )
        columns["frontier.points"] = Column(
            "whole", "efficient packages, counted by what they give; missing where out of reach"
        )
        return columns

    def tables(self, scenario: Scenario) -> Mapping[str, TableShape]:
        """Lay out solutions, their packages and every efficient package."""
        return {"solutions": TABLE, "packages": PACKAGES, "frontier": self._frontier(scenario)}

    def _frontier(self, scenario: Scenario) -> TableShape:
        columns = {"point": Column("whole", "place on the frontier, from 0")}
        for party in self._parties(scenario):
            columns[f"u_{party}"] = Column("number", f"utility of {party}")
        columns |= {issue: Column("text", f"option on {issue}") for issue in scenario.issues}
        return of_cases("One Pareto-efficient package (individually rational).", columns)

    def seconds(self, scenario: Scenario) -> float:
        """Reckon with a search for each solution, and a frontier that takes longer than these."""
        frontier = 1e-4 if too_many_to_list(scenario) else 1.5e-5
        return cells(scenario) * (frontier + 5e-6 * len(self.names)) + listing_seconds(scenario)

    def compute(self, group: CaseGroup) -> Found:
        """Solve case by case; the Nash solution in all cases at once."""
        agreed = self._nash(group) if "nash" in self.names else [None] * len(group)
        tables = {name: Rowwise(shape) for name, shape in self.tables(group.scenario).items()}
        declared = self.outcomes(group.scenario)
        cells: dict[str, list[float | bool | None]] = {name: [] for name in declared}
        for k, nash in enumerate(agreed):
            problem = Problem.from_draw(group.central, k, red_lines=group.red_lines)
            over = problem.within_zone() if group.within == "zone" else problem
            solved = self._solve(over, nash)
            frontier = pareto_frontier(over, time_limit=self.time_limit)
            found = _scalars(group, problem, solved, frontier)
            for name, column in cells.items():
                column.append(found.get(name))
            if group.detailed:
                _write(tables, group, k, problem, solved, frontier)
        outcomes = {name: filled(column, declared[name]) for name, column in cells.items()}
        rows = {name: table.columns() for name, table in tables.items()}
        return Found(outcomes, rows if group.detailed else {})

    def _nash(self, group: CaseGroup) -> Sequence[Agreement | None]:
        drawn = nash_by_draw(
            group.central, red_lines=group.red_lines, within_zone=group.within == "zone"
        )
        proven = Certificate(True, 0.0, "branch and bound")
        return [
            Agreement(outcome if deal else None, utilities, proven) if exact else None
            for outcome, utilities, deal, exact in zip(
                drawn.outcomes[: len(group)], drawn.utilities, drawn.deal, drawn.exact, strict=False
            )
        ]

    def _solve(self, over: Problem, nash: Agreement | None) -> dict[str, Agreement]:
        _check(self.names, over.n_parties)
        known = {} if nash is None else {"nash": nash}
        return {
            name: known.get(name) or SOLUTIONS[name](over, time_limit=self.time_limit)
            for name in self.names
        }


def solutions(experiment: Experiment) -> Computation:
    """Solve as an experiment asks for.

    Raises
    ------
    InputError
        If no solution has a name that it asks for.
    """
    asked = experiment.asked.solve
    names = asked.solutions if asked is not None and asked.solutions else USUAL
    chosen = [n for name in names for n in (SOLUTIONS if name == "all" else [name])]
    _check(chosen, 0)
    limit = asked.time_limit if asked is not None and asked.time_limit else SEARCHING
    varied = (path.split(".") for path in experiment.vary if path.startswith("parties."))
    consent = {steps[1] for steps in varied if steps[2:] in ([], ["consent"])}
    return SolutionsInEveryCase(tuple(dict.fromkeys(chosen)), limit, tuple(sorted(consent)))


def _check(names: Sequence[str], n_parties: int) -> None:
    """Say which names mean no solution, or none for so many parties."""
    wrong = [
        f"no solution is called '{name}'{did_you_mean(name, SOLUTIONS)}"
        for name in names
        if name not in SOLUTIONS
    ]
    wrong += [
        f"{name}: not defined for {n_parties} parties, only for {MOST_PARTIES[name]}"
        for name in names
        if n_parties > MOST_PARTIES.get(name, n_parties)
    ]
    if wrong:
        raise InputError("\n".join(wrong))


def _scalars(
    group: CaseGroup, problem: Problem, solved: Mapping[str, Agreement], frontier: object
) -> dict[str, float | bool | None]:
    """Return the scalar outcomes of one case; what is undefined is left out."""
    structure = group.central.structure
    parties = [structure.parties[c] for c in structure.columns()]
    found: dict[str, float | bool | None] = {}
    for name, agreement in solved.items():
        found[f"{name}.agreement"] = agreement.reached
        found[f"{name}.acceptable"] = _acceptable(problem, agreement)
        if agreement.reached:
            found |= {
                f"{name}.{party}": float(utility)
                for party, utility in zip(parties, agreement.utilities, strict=True)
            }
    if isinstance(frontier, Frontier):
        found["frontier.points"] = len(frontier)
    return found


def _acceptable(problem: Problem, agreement: Agreement) -> bool:
    enough = agreement.utilities >= problem.thresholds - TOLERANCE
    return agreement.reached and bool(enough.all())


def _write(
    tables: Mapping[str, Rowwise],
    group: CaseGroup,
    k: int,
    problem: Problem,
    solved: Mapping[str, Agreement],
    frontier: object,
) -> None:
    """Write one case into the long tables."""
    structure, case = group.central.structure, int(group.cases[k])
    space, issues = structure.space, group.scenario.issues
    parties = [structure.parties[c] for c in structure.columns()]
    for name, agreement in solved.items():
        proof = agreement.certificate
        sure = agreement.reached, _acceptable(problem, agreement), proof.exact, float(proof.bound)
        for p, party in enumerate(parties):
            levels = problem.disagreement[p], problem.thresholds[p], agreement.utilities[p]
            tables["solutions"].add(case, name, party, *map(float, levels), *sure)
        if agreement.outcome is not None:
            for issue, option in space.name(agreement.outcome).items():
                tables["packages"].add(case, name, issue, option, issues[issue].options[option])
    if not isinstance(frontier, Frontier):
        return
    columns = [c for c in tables["frontier"].shape.columns if c.startswith("u_")]
    place = {f"u_{party}": p for p, party in enumerate(parties)}
    options = [np.array(list(names), dtype=object) for names in space.options.values()]
    named = [names[chosen] for names, chosen in zip(options, frontier.choices.T, strict=True)]
    for n, utilities in enumerate(frontier.utilities.tolist()):
        gets = [utilities[place[c]] if c in place else None for c in columns]
        tables["frontier"].add(case, n, *gets, *(of_issue[n] for of_issue in named))
