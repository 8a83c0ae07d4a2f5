"""How surely is there a zone of possible agreement, given that the numbers are uncertain?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.clock import deadline_in, late
from sim.ensemble import Ensemble
from sim.feasible.zone import find_acceptable
from sim.problem import Indices, Problem
from sim.sampling import sample
from sim.scenario import RedLines, Scenario
from sim.search.many import NO, UNKNOWN, YES, zones

ONE_DRAW = 1.0
"""Seconds for a draw that the common search leaves open."""


@dataclass(frozen=True)
class ZoneChance:
    """In how many draws a zone exists, each of them settled exactly.

    Attributes
    ----------
    exists, empty
        Draws in which an acceptable outcome was shown; in which it was proven that there is none.
    draws
        How many there were; what is left over could not be settled within the time.
    alike
        Nothing that matters is uncertain: all draws are the same.
    """

    exists: int
    empty: int
    draws: int
    alike: bool = False

    @property
    def settled(self) -> int:
        """Draws in which it is known whether a zone exists."""
        return self.exists + self.empty

    @property
    def share(self) -> float:
        """Share of the draws in which a zone was shown to exist."""
        return self.exists / self.draws

    @property
    def at_most(self) -> float:
        """The share that it would be if a zone existed in every draw that was not settled."""
        return (self.draws - self.empty) / self.draws


def zone_chance(
    scenario: Scenario,
    draws: int,
    *,
    seed: int = 0,
    red_lines: RedLines = "stated",
    parties: Sequence[str] | None = None,
    time_limit: float | None = 60.0,
    progress: Callable[[int], object] | None = None,
) -> ZoneChance:
    """Draw what is uncertain, and ask in every draw whether a zone exists.

    All draws are looked at together, some tens of thousands a second on 28 issues.

    Parameters
    ----------
    scenario
        A valid scenario.
    draws, seed
        How many draws, and from which seed.
    red_lines
        Which red lines may bind; in a draw each does so with its own chance.
    parties
        Whose zone; the signatories' by default.
    time_limit
        Seconds for all draws together; those not settled by then are left over.
    progress
        Told how many more draws were looked at, now and then.
    """
    deadline = deadline_in(time_limit)
    exists = empty = 0
    certain = True
    for ensemble in sample(scenario, draws, seed=seed, red_lines=red_lines):
        alike = _all_alike(ensemble)
        certain &= alike
        answer = zone_by_draw(
            ensemble.draw(0) if alike else ensemble,
            red_lines=red_lines,
            parties=parties,
            deadline=deadline,
            progress=None if alike else progress,
        )
        times = ensemble.n_draws if alike else 1
        exists += times * int((answer == YES).sum())
        empty += times * int((answer == NO).sum())
        if alike and progress is not None:
            progress(ensemble.n_draws)
        if late(deadline):
            break
    return ZoneChance(exists, empty, draws, certain)


def zone_by_draw(
    ensemble: Ensemble,
    *,
    red_lines: RedLines = "stated",
    parties: Sequence[str] | None = None,
    options: Sequence[Indices] | None = None,
    deadline: float | None = None,
    progress: Callable[[int], object] | None = None,
) -> NDArray[np.int8]:
    """Say for each draw whether a zone exists.

    Parameters
    ----------
    ensemble
        The draws.
    red_lines, parties
        As for `zone_chance`.
    options
        For each issue the option indices that are open; all of them by default.
    deadline
        On ``time.monotonic``.
    progress
        Told how many more draws were looked at, now and then.

    Returns
    -------
    ndarray
        Shape ``(n_draws,)``: 1 where an acceptable outcome was shown, 0 where it was proven that
        there is none, -1 where neither was done in time.
    """
    columns = ensemble.structure.columns(parties)
    answer = zones(
        ensemble, columns, red_lines, options=options, deadline=deadline, progress=progress
    )
    for k in np.flatnonzero(answer == UNKNOWN):
        if late(deadline):
            break
        left = ONE_DRAW if deadline is None else min(ONE_DRAW, deadline - time.monotonic())
        problem = Problem.from_draw(
            ensemble, int(k), red_lines=red_lines, parties=parties, options=options
        )
        found = find_acceptable(problem, time_limit=max(left, 0.0)).empty
        answer[k] = UNKNOWN if found is None else NO if found else YES
    return answer


def _all_alike(ensemble: Ensemble) -> bool:
    """Tell whether nothing was uncertain, so that one draw speaks for all."""
    numbers = [*ensemble.terms, ensemble.disagreement, ensemble.thresholds, ensemble.binds]
    numbers += [bonus.amount for bonus in ensemble.bonuses]
    numbers += [table.utilities for table in ensemble.tables]
    return all(bool((drawn == drawn[:1]).all()) for drawn in numbers)
