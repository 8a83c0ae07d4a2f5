"""An experiment that was run: what was asked, which cases there were, and the tables that came out.

Pictures, pages and answers at the terminal are made from this alone; nothing is computed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from sim.errors import InputError, did_you_mean
from sim.experiment.analysis.asked import Analyst
from sim.experiment.analysis.defined import Outcome
from sim.experiment.cases import Design
from sim.experiment.design import Experiment
from sim.experiment.job import Columns
from sim.experiment.prepared import Prepared
from sim.experiment.scenario_job import ScenarioJob
from sim.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Study:
    """What came of an experiment.

    Attributes
    ----------
    name
        What its results are called.
    prepared
        The experiment, its design and its scenarios.
    tables
        Name -> columns: ``cases``, ``outcomes``, the long tables, and those of the analyses
        (`sim.experiment.analysis.tables.TABLES`). A table may be read when it is first asked for.
        Cases that failed have no rows.
    failed
        How many cases failed.
    """

    name: str
    prepared: Prepared
    tables: Mapping[str, Columns]
    failed: int = field(default=0)

    @property
    def experiment(self) -> Experiment:
        """What the file asks for."""
        return self.prepared.experiment

    @property
    def design(self) -> Design:
        """The cases."""
        return self.prepared.design

    @property
    def scenario(self) -> Scenario:
        """The first scenario, as it is written."""
        return next(iter(self.prepared.scenarios.values()))

    @property
    def outcome_names(self) -> tuple[str, ...]:
        """Every scalar outcome, by the name of its column."""
        return tuple(name for name in self.tables["outcomes"] if name != "case")

    def outcome(self, name: str) -> Outcome:
        """Return an outcome of every case that has a row in the table of outcomes.

        Raises
        ------
        InputError
            If there is none of this name, or it is no number.
        """
        columns = self.tables["outcomes"]
        if name not in self.outcome_names:
            guess = did_you_mean(name, self.outcome_names)
            raise InputError(f"no outcome is called '{name}'{guess}")
        return Outcome.of(columns[name], name)

    @cached_property
    def settings(self) -> dict[str, NDArray[Any]]:
        """What varies: path -> its value in every case of the table of outcomes."""
        cases = self.tables["outcomes"]["case"]
        return {path: column[cases] for path, column in self.design.all_settings().items()}


def study(prepared: Prepared, name: str = "study") -> Study:
    """Run a small experiment here and now, without leaving anything on the disk.

    Parameters
    ----------
    prepared
        The experiment, read and checked.
    name
        What to call it.

    Raises
    ------
    InputError
        Whatever a case raises; `zopa run` would record it and go on.
    """
    rows = dict(ScenarioJob(prepared).compute(0, prepared.design.n_cases))
    asked = prepared.experiment
    analyst = Analyst(prepared.design, rows["outcomes"], asked.seed)
    return Study(name, prepared, {**rows, **analyst.ask(asked.sensitivity, asked.discovery)})
