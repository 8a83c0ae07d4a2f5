"""What an experiment gives beside the tables of its cases: single cases whole, and analyses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.comparison import Comparison, compare
from sim.experiment.analysis.asked import Analyst
from sim.experiment.cases import Design
from sim.experiment.design import Case, Experiment
from sim.experiment.job import Columns
from sim.experiment.labels import factor_label, setting_label
from sim.experiment.prepared import Prepared
from sim.experiment.study import Study
from sim.scenario import Scenario
from sim.settlement import Settlement, solve
from sim.words import capital

SHOWN_APART = 12
"""With at most so many cases each is shown by itself, beside what they say together."""

DRAWN_APART = 50
"""With at most so many cases each may have pictures of its own."""


@dataclass(frozen=True, eq=False)
class Finished:
    """What one case gave; what was not asked for is ``None``.

    Attributes
    ----------
    case, scenario
        The case, and the scenario with the case's settings in it.
    comparison, settlement
        What was computed.
    settings
        What is set in the case, in the words of the scenario; that of the file if left out.
    """

    case: Case
    scenario: Scenario
    comparison: Comparison | None
    settlement: Settlement | None
    settings: str = ""

    @property
    def heading(self) -> str:
        """The case as a heading."""
        return capital(self.settings or self.case.label)


def stands_apart(experiment: Experiment) -> bool:
    """Tell whether a case of an experiment can be shown by itself: who accepts, what is agreed.

    Levers in place do not show in a comparison or a settlement of a single scenario.
    """
    asked = experiment.asked
    return ("compare" in asked or "solve" in asked) and "levers" not in experiment.vary


def shown_apart(prepared: Prepared) -> bool:
    """Tell whether each case is shown by itself: they are few, and every combination is there."""
    design = prepared.design
    few = design.name == "full" and design.n_cases <= SHOWN_APART
    return few and stands_apart(prepared.experiment)


def shown_together(prepared: Prepared) -> bool:
    """Tell whether it is shown what all cases say together."""
    experiment = prepared.experiment
    return not shown_apart(prepared) or bool(experiment.sensitivity or experiment.discovery)


def run_case(prepared: Prepared, number: int) -> Finished:
    """Compute one case whole, to be looked at: with its draws, its plans, its packages.

    Parameters
    ----------
    prepared
        The experiment.
    number
        Which case.

    Raises
    ------
    InputError
        If the scenario has no plans to compare or no party to solve for.
    """
    experiment, case = prepared.experiment, prepared.case(number)
    scenario, seed = prepared.scenario(case), prepared.design.seed(number)
    asked = experiment.asked
    comparison = settlement = None
    if asked.compare is not None:
        comparison = compare(
            scenario,
            plans=asked.compare.plans,
            draws=experiment.draws,
            seed=seed,
            red_lines=case.red_lines,
        )
    if asked.solve is not None:
        settlement = solve(
            scenario,
            by=asked.solve.solutions,
            red_lines=case.red_lines,
            within=case.within,
            time_limit=asked.solve.time_limit,
            draws=experiment.zone_draws,
            seed=seed,
        )
    return Finished(case, scenario, comparison, settlement, in_words(prepared, case))


def in_words(prepared: Prepared, case: Case) -> str:
    """Say what is set in a case, in the words of the scenario."""
    every = Study("", prepared, {})
    words = [
        Case(case.number, {path: value}).label
        if path in ("red_lines", "levers")
        else f"{factor_label(every, path)} = {setting_label(every, path, value)}"
        for path, value in case.settings.items()
    ]
    return ", ".join(words)


def analyses(prepared: Prepared, outcomes: Mapping[str, NDArray[Any]]) -> dict[str, Columns]:
    """Ask the outcomes of all cases what the experiment wants to know.

    Parameters
    ----------
    prepared
        The experiment.
    outcomes
        The table of outcomes; cases that failed have no row there, and are undefined.

    Returns
    -------
    dict
        Key of `sim.experiment.analysis.tables.TABLES` -> its columns. Nothing where nothing is
        asked, and where the design was cut short: every analysis stands on a whole design.
    """
    experiment, design = prepared.experiment, prepared.design
    if design.cut_short or not (experiment.sensitivity or experiment.discovery):
        return {}
    analyst = Analyst(design, of_every_case(design, outcomes), experiment.seed)
    return analyst.ask(experiment.sensitivity, experiment.discovery)


def of_every_case(design: Design, rows: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Put rows at the numbers of their cases; a case without a row is missing throughout.

    Examples
    --------
    >>> from sim.experiment.cases import make_design
    >>> from sim.experiment.factors import Listed
    >>> three = make_design("full", None, [Listed("patience", (0.7, 0.8, 0.9))])
    >>> of_every_case(three, {"case": np.array([0, 2]), "surplus": np.array([0.1, 0.3])})["surplus"]
    masked_array(data=[0.1, --, 0.3],
                 mask=[False,  True, False],
           fill_value=1e+20)
    """
    found: dict[str, NDArray[Any]] = {}
    for name, column in rows.items():
        values = np.ma.masked_all(design.n_cases, dtype=column.dtype)  # type: ignore[no-untyped-call, unused-ignore]
        values[rows["case"]] = column
        found[name] = values
    return found | {"case": np.arange(design.n_cases)}
