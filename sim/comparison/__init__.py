"""Plan versions against acceptability thresholds: who accepts what, how surely, what breaks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.comparison.acceptance import Acceptance, acceptance
from sim.comparison.contributions import Contributions, contributions
from sim.comparison.differences import Difference, differences, wilson
from sim.comparison.verdict import Verdict, verdict
from sim.ensemble import Ensemble
from sim.plans import PlanReading, read_plans
from sim.sampling import central as central_reading
from sim.scenario import RedLines, Scenario
from sim.structure import Structure

__all__ = ["Comparison", "compare"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every plan version against every party, conditional on the scenario's numbers.

    Attributes
    ----------
    scenario, red_lines, seed
        What was asked.
    central
        The central reading; its levels are those that `verdicts` were judged by.
    verdicts
        One a plan version, at the central reading.
    drawn
        Every draw: utilities, thresholds, acceptance.
    contributions
        One a plan version: utility split by issue.
    """

    scenario: Scenario
    red_lines: RedLines
    seed: int
    central: Ensemble
    verdicts: tuple[Verdict, ...]
    drawn: Acceptance
    contributions: tuple[Contributions, ...]

    @property
    def structure(self) -> Structure:
        """Names and places."""
        return self.central.structure

    @property
    def plans(self) -> tuple[str, ...]:
        """Identifiers of the plan versions, in row order."""
        return tuple(v.plan.name for v in self.verdicts)

    @property
    def parties(self) -> tuple[str, ...]:
        """Identifiers of the parties, in column order."""
        return self.structure.parties

    @cached_property
    def probability(self) -> Floats:
        """Share of draws in which each party accepts, shape ``(n_plans, n_parties)``."""
        return self.drawn.accepts.mean(axis=0)

    @cached_property
    def probability_all(self) -> Floats:
        """Share of draws in which all whose consent is required accept, ``(n_plans,)``."""
        return self.drawn.by_all.mean(axis=0)

    def interval(self, share: Floats) -> tuple[Floats, Floats]:
        """Return the 95 % Monte Carlo interval of a probability."""
        return wilson(share, self.drawn.n_draws)

    @cached_property
    def utility_quantiles(self) -> Floats:
        """5 %, 50 % and 95 % points of the utility, shape ``(3, n_plans, n_parties)``."""
        return np.quantile(self.drawn.utility, [0.05, 0.5, 0.95], axis=0)

    @cached_property
    def differences(self) -> list[Difference]:
        """Every pair of plan versions, paired draw by draw."""
        return differences(self.drawn)

    def blockers(self, k: int) -> list[int]:
        """Columns of the parties whose consent is required and that refuse plan ``k``."""
        refuse = self.structure.required & ~self.verdicts[k].accepts
        return np.flatnonzero(refuse).tolist()


def compare(
    scenario: Scenario,
    *,
    plans: Sequence[str] | None = None,
    draws: int = 10_000,
    seed: int = 0,
    red_lines: RedLines = "stated",
) -> Comparison:
    """Score plan versions for every party, at the central reading and under uncertainty.

    Parameters
    ----------
    scenario
        A valid scenario with plan versions.
    plans
        Which of them, in this order; all by default.
    draws, seed
        How many draws of what is uncertain, and from which seed.
    red_lines
        Which red lines bind; a party's acceptance looks at its own.

    Raises
    ------
    InputError
        If a plan is unknown or there are none.
    """
    readings: list[PlanReading] = read_plans(scenario, plans)
    central = central_reading(scenario, red_lines=red_lines)
    return Comparison(
        scenario,
        red_lines,
        seed,
        central,
        tuple(verdict(central, plan, red_lines) for plan in readings),
        acceptance(scenario, readings, draws, seed=seed, red_lines=red_lines),
        tuple(contributions(central, plan) for plan in readings),
    )
