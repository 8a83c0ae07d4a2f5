"""The Nash bargaining solution of every draw: what is fair, given that the numbers are uncertain.

Where the numbers are uncertain so is the fair package. Solved draw by draw, exactly, it shows
which of its clauses hold up and which hang on numbers that nobody knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.clock import deadline_in, late
from sim.ensemble import Ensemble
from sim.problem import Floats, Indices, Problem
from sim.scenario import RedLines
from sim.search.many import UNKNOWN, YES, products
from sim.solutions.nash import nash

ONE_DRAW = 10.0
"""Seconds for a draw that the common search leaves open."""


@dataclass(frozen=True, eq=False)
class Draws:
    """A solution in every draw.

    Attributes
    ----------
    outcomes
        Option indices, shape ``(n_draws, n_issues)``; -1 where there is no deal.
    utilities
        What each party gets, shape ``(n_draws, n_parties)``; the disagreement point where there
        is no deal.
    exact
        Where the answer is proven, shape ``(n_draws,)``; also that there is no deal.
    """

    outcomes: Indices
    utilities: Floats
    exact: NDArray[np.bool_]

    @property
    def deal(self) -> NDArray[np.bool_]:
        """In which draws there is an outcome, shape ``(n_draws,)``."""
        return np.asarray((self.outcomes >= 0).all(axis=1))


def nash_by_draw(
    ensemble: Ensemble,
    *,
    red_lines: RedLines = "stated",
    parties: Sequence[str] | None = None,
    within_zone: bool = False,
    time_limit: float | None = None,
    progress: Callable[[int], object] | None = None,
) -> Draws:
    """Find the Nash bargaining solution of every draw, ties broken as `nash` does.

    Parameters
    ----------
    ensemble
        The draws.
    red_lines, parties
        As for `sim.problem.Problem.from_draw`; a line that does not hold in a draw rules nothing
        out there.
    within_zone
        Whether the outcome must meet every threshold, not only the disagreement values.
    time_limit
        Seconds for all draws together; those not solved by then have no outcome and are marked
        as not exact.
    progress
        Told how many more draws were looked at, now and then.

    Examples
    --------
    >>> from sim import read_scenario, sample
    >>> offer = next(iter(sample(read_scenario("job-offer"), 100, seed=1)))
    >>> int(nash_by_draw(offer).exact.sum())
    100
    """
    deadline = deadline_in(time_limit)
    columns = ensemble.structure.columns(parties)
    answer, outcomes = products(
        ensemble, columns, red_lines, within_zone=within_zone, deadline=deadline, progress=progress
    )
    exact = answer != UNKNOWN
    for k in np.flatnonzero(answer == UNKNOWN):
        if late(deadline):
            break
        left = ONE_DRAW if deadline is None else min(ONE_DRAW, deadline - time.monotonic())
        problem = Problem.from_draw(ensemble, int(k), red_lines=red_lines, parties=parties)
        if within_zone:
            problem = problem.within_zone()
        found = nash(problem, time_limit=max(left, 0.0))
        exact[k] = found.certificate.exact
        if found.outcome is not None:
            outcomes[k], answer[k] = found.outcome, YES
    return Draws(outcomes, _utilities(ensemble, columns, outcomes, answer == YES), exact)


def _utilities(
    ensemble: Ensemble, columns: list[int], outcomes: Indices, deal: NDArray[np.bool_]
) -> Floats:
    """Score each draw's outcome with the numbers of that draw."""
    scored = ensemble.utility(list(np.where(deal, outcomes.T, 0)))[:, columns]
    return np.where(deal[:, None], scored, ensemble.disagreement[:, columns])
