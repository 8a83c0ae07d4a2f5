"""What every plan version gives a party, or all together, in all cases of a study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, did_you_mean
from sim.experiment.study import Study
from sim.problem import TOLERANCE
from sim.words import decimals_for, name_of, percent, signed

Floats = NDArray[np.float64]

ALL = "all"
"""In place of a party: all whose consent is needed, jointly."""

PERCENTILES = (5, 25, 50, 75, 95)

DOTS = 200
"""Dots in a row at most: with more cases each stands for a quantile of them."""


@dataclass(frozen=True, eq=False)
class PlanOutcomes:
    """What one plan version gives in all cases.

    Attributes
    ----------
    title
        Its name.
    values
        Of the cases that have one: the surplus, or the share of draws in which all accept.
    undefined
        How many cases have none.
    accepted
        Share of the cases in which it is accepted.
    """

    title: str
    values: Floats
    undefined: int
    accepted: float

    @property
    def reached(self) -> float:
        """Share of the cases in which the threshold is reached."""
        return float((self.values >= -TOLERANCE).mean())

    @property
    def quantiles(self) -> Floats:
        """The points named in `PERCENTILES`."""
        return np.quantile(self.values, np.array(PERCENTILES) / 100)

    @property
    def dots(self) -> Floats:
        """The cases in order, or as many quantiles of them as can be seen."""
        if len(self.values) <= DOTS:
            return np.sort(self.values)
        return np.quantile(self.values, (np.arange(DOTS) + 0.5) / DOTS)


@dataclass(frozen=True, eq=False)
class AllPlans:
    """All plan versions for one party.

    Attributes
    ----------
    party, name
        Its key and its name.
    plans
        As the scenario has them in order.
    """

    party: str
    name: str
    plans: tuple[PlanOutcomes, ...]

    @property
    def jointly(self) -> bool:
        """Whether chances of all are shown, and no party's surplus."""
        return self.party == ALL

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the scale; the threshold is always on it."""
        if self.jointly:
            return 0.0, 1.0
        low = min(0.0, *(float(plan.values.min()) for plan in self.plans))
        high = max(0.0, *(float(plan.values.max()) for plan in self.plans))
        space = 0.03 * (high - low) or 0.05
        return low - space, high + space

    def write(self, value: float) -> str:
        """Write a number of the scale."""
        return percent(value) if self.jointly else signed(value, decimals_for(self.ends))


def all_plans(study: Study, party: str | None) -> AllPlans:
    """Read what every plan version gives a party in all cases.

    Parameters
    ----------
    study
        What was run.
    party
        A party or `ALL`; left out, the first whose consent is required, or else the first.

    Raises
    ------
    InputError
        If no plan versions were compared, or there is no such party.
    """
    known = [name.split(".") for name in study.outcome_names if name.count(".") == 2]
    compared = [(plan, who) for plan, who, what in known if what == "accepts"]
    parties = list(dict.fromkeys(who for _, who in compared))
    if not parties:
        raise InputError(
            "no plan versions were compared: ask for it in the experiment with `compute: [compare]`"
        )
    chosen = party or _first_required(study, parties)
    if chosen not in parties:
        raise InputError(f"no party is called '{chosen}'{did_you_mean(chosen, parties)}")
    names = dict.fromkeys(plan for plan, who in compared if who == chosen)
    what = "probability" if chosen == ALL else "surplus"
    plans = []
    for plan in names:
        gets = study.outcome(f"{plan}.{chosen}.{what}")
        accepts = study.outcome(f"{plan}.{chosen}.accepts").known
        if gets.defined.any():
            share = float((accepts > 0.5).mean()) if len(accepts) else 0.0
            plans.append(PlanOutcomes(_title(study, plan), gets.known, gets.undefined, share))
    if not plans:
        raise InputError(f"no plan version has a value for {chosen} in any case")
    return AllPlans(chosen, _name(study, chosen), tuple(plans))


def _first_required(study: Study, parties: list[str]) -> str:
    there = study.scenario.parties
    required = (p for p in parties if p in there and there[p].consent == "required")
    return next(required, parties[0])


def _title(study: Study, plan: str) -> str:
    for scenario in study.prepared.scenarios.values():
        if plan in scenario.plans:
            return name_of(scenario.plans[plan].title)
    return plan


def _name(study: Study, party: str) -> str:
    for scenario in study.prepared.scenarios.values():
        if party in scenario.parties:
            return name_of(scenario.parties[party].name)
    return "all whose consent is needed"
