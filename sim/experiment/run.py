"""Running an experiment: one case after the other, and the tables of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.comparison import Comparison, compare
from sim.experiment.design import Case, Experiment
from sim.experiment.table import Table
from sim.experiment.tables import (
    acceptance_table,
    contributions_table,
    differences_table,
    frontier_table,
    joint_table,
    packages_table,
    solutions_table,
    zone_table,
)
from sim.scenario import Scenario
from sim.settlement import Settlement, solve


@dataclass(frozen=True, eq=False)
class Finished:
    """What one case gave; what was not asked for is ``None``."""

    case: Case
    scenario: Scenario
    comparison: Comparison | None
    settlement: Settlement | None


def run_case(experiment: Experiment, case: Case, scenario: Scenario) -> Finished:
    """Compute everything that the experiment asks for in one case.

    Parameters
    ----------
    experiment
        What to compute, with how many draws and which seed.
    case, scenario
        The case, and the scenario with the case's settings already in it.

    Raises
    ------
    InputError
        If the scenario has no plans to compare or no party to solve for.
    """
    comparison = settlement = None
    if "compare" in experiment.compute:
        comparison = compare(
            scenario, draws=experiment.draws, seed=experiment.seed, red_lines=case.red_lines
        )
    if "solve" in experiment.compute:
        settlement = solve(
            scenario,
            red_lines=case.red_lines,
            within=case.within,
            draws=experiment.zone_draws,
            seed=experiment.seed,
        )
    return Finished(case, scenario, comparison, settlement)


def tables(experiment: Experiment, finished: Iterable[Finished]) -> list[Table]:
    """Put the answers of all cases into tables, those without rows left out."""
    done = list(finished)
    vary = {name: f"setting that varies: {name}" for name in experiment.vary}
    compared = [(f.case, f.comparison) for f in done if f.comparison is not None]
    solved = [(f.case, f.settlement) for f in done if f.settlement is not None]
    made = [
        acceptance_table(compared, vary),
        joint_table(compared, vary),
        contributions_table(compared, vary),
        differences_table(compared, vary),
        zone_table(solved, vary),
        solutions_table(solved, vary),
        packages_table(solved, vary),
        frontier_table(solved, vary),
    ]
    return [table for table in made if len(table)]
