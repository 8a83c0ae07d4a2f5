"""An experiment that was read and checked: all that is needed to compute any of its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.experiment.cases import Design
from sim.experiment.design import Case, Experiment
from sim.experiment.substitution import with_values
from sim.scenario import Scenario


@dataclass(frozen=True)
class Prepared:
    """What to compute, for which cases, on which scenarios; it may be pickled.

    Attributes
    ----------
    experiment
        The file.
    design
        The cases.
    scenarios
        The scenarios as they are written, by the names that the experiment has for them.
    """

    experiment: Experiment
    design: Design
    scenarios: Mapping[str, Scenario]

    def case(self, number: int) -> Case:
        """Return a case by its number."""
        return Case(number, self.design.settings(number))

    def scenario_name(self, case: Case) -> str:
        """Return which scenario a case is about."""
        return str(case.settings.get("scenario", next(iter(self.scenarios))))

    def scenario(self, case: Case) -> Scenario:
        """Return the scenario of a case, with its settings in it.

        Raises
        ------
        InputError
            If a value that the checks did not try fits no type; the ends of ranges were tried.
        """
        base = self.scenarios[self.scenario_name(case)]
        return with_values(base, case.overrides) if case.overrides else base
