"""The price of each red line: what changes, and for whom, if this one alone is dropped.

Everything else stays as it is. Dropping a line never makes the zone smaller; who gains by it is
another matter, for what is added may move an agreement away from somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.agreement import Agreement
from sim.clock import deadline_in, late, seconds_left
from sim.ensemble import Ensemble
from sim.feasible.count import ZoneSize, count_acceptable
from sim.feasible.demands import Demand
from sim.feasible.robust import most_robust
from sim.feasible.standing import Standing
from sim.feasible.survival import Reach, reach_inside
from sim.feasible.zone import Zone, find_acceptable
from sim.problem import TOLERANCE, Floats, Problem
from sim.solutions import nash

STEPS = 1_000_000
"""Steps that counting the zone without one line may take, before its share is estimated."""

SAMPLES = 50_000
"""Outcomes drawn for that estimate."""

ENOUGH = 1e-4
"""Ends of a party's range inside the zone are sought to within this."""


@dataclass(frozen=True, eq=False)
class Standpoint:
    """What a set of demands leaves.

    Attributes
    ----------
    zone, size
        Whether an acceptable package exists, and how many there are.
    robust
        The package whose worst-off party is best placed against its threshold.
    nash
        The Nash solution over what gives everyone at least no deal.
    reach
        The least and the most of each party inside the zone.
    """

    zone: Zone
    size: ZoneSize
    robust: Agreement
    nash: Agreement
    reach: tuple[Reach, ...]

    @classmethod
    def of(
        cls,
        problem: Problem,
        *,
        whole: int,
        seed: int = 0,
        steps: int = STEPS,
        samples: int = SAMPLES,
        time_limit: float | None = 10.0,
    ) -> Standpoint:
        """Look at a problem.

        Parameters
        ----------
        whole
            Number of packages that the share is taken of.
        seed
            For the estimate where the zone is too large to count.
        steps, samples
            As `sim.feasible.count_acceptable` takes them.
        time_limit
            Seconds for each search.
        """
        return cls(
            find_acceptable(problem, time_limit=time_limit),
            count_acceptable(
                problem, rng=np.random.default_rng(seed), limit=steps, samples=samples, of=whole
            ),
            most_robust(problem, time_limit=time_limit),
            nash(problem, time_limit=time_limit),
            reach_inside(problem, enough=ENOUGH, time_limit=time_limit),
        )

    def surplus(self, thresholds: Floats) -> float:
        """Return the surplus of the party worst off at the most robust package; −∞ without one."""
        if self.robust.outcome is None:
            return -np.inf
        return float((self.robust.utilities - thresholds).min())


@dataclass(frozen=True, eq=False)
class LinePrice:
    """What dropping one red line changes.

    Attributes
    ----------
    line
        The red line.
    before, after
        What is left with it and without it.
    """

    line: Demand
    before: Standpoint
    after: Standpoint

    @property
    def opens(self) -> bool | None:
        """Whether dropping this line alone opens a zone where there was none, if that is known."""
        if self.before.zone.empty is None or self.after.zone.empty is None:
            return None
        return self.before.zone.empty and not self.after.zone.empty

    @property
    def gains(self) -> Floats | None:
        """What each party's utility at the Nash solution gains by it, shape ``(n_parties,)``.

        ``None`` where there is no solution with the line or without it.
        """
        if self.before.nash.outcome is None or self.after.nash.outcome is None:
            return None
        gained: Floats = self.after.nash.utilities - self.before.nash.utilities
        return gained

    @property
    def matters(self) -> bool:
        """Whether dropping it changes anything that was looked at."""
        before, after = self.before, self.after
        gained = self.gains
        return (
            before.zone.empty is not after.zone.empty
            or before.size.share != after.size.share
            or (before.nash.outcome is None) != (after.nash.outcome is None)
            or (gained is not None and bool(np.abs(gained).max() > TOLERANCE))
            or bool(np.abs(after.robust.utilities - before.robust.utilities).max() > TOLERANCE)
        )


def red_line_prices(
    one: Ensemble,
    demands: Sequence[Demand],
    before: Standpoint,
    *,
    whole: int,
    seed: int = 0,
    time_limit: float | None = 10.0,
) -> tuple[LinePrice, ...]:
    """Drop each red line alone and look again.

    Parameters
    ----------
    one
        An ensemble of one draw, such as the central reading.
    demands
        What is insisted on, see `demands_of`.
    before
        What all of these leave.
    whole, seed
        As for `Standpoint.of`.
    time_limit
        Seconds for all of it; lines that were not reached are left out.

    Returns
    -------
    tuple of LinePrice
        In the order of ``demands``.
    """
    deadline = deadline_in(time_limit)
    standing = Standing(one, demands)
    every = frozenset(range(len(demands)))
    prices = []
    for k, demand in enumerate(demands):
        if demand.kind != "red_line":
            continue
        if late(deadline):
            break
        left = seconds_left(deadline)
        after = Standpoint.of(
            standing.problem(every - {k}), whole=whole, seed=seed, time_limit=left
        )
        prices.append(LinePrice(demand, before, after))
    return tuple(prices)
