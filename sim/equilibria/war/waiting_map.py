"""The plane of two parties' no-deal values: where some package is better for both, where none is.

The boundary is a staircase, exact over all packages. Where no-deal values drift, waiting can pay
on the near side of it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.problem import TOLERANCE, Floats
from sim.scenario import RedLines

AHEAD = (1, 12)
"""Rounds of waiting that are looked at."""


@dataclass(frozen=True, eq=False)
class Waiter:
    """What waiting means to one of the two parties.

    Attributes
    ----------
    patience
        Its discount factor.
    growth
        By what factor its no-deal value changes while it waits, for each of `AHEAD`.
    """

    patience: float
    growth: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class WaitingMap:
    """The plane of two parties' no-deal values.

    Attributes
    ----------
    names, places
        The two parties, and their columns in the scenario.
    stairs
        For each reading of the red lines the corners of the boundary, shape ``(n_corners, 2)``,
        the first falling; without corners nothing suits the two, whatever no deal is worth.
    nothing
        Why there are no corners, for those readings.
    reading
        The reading asked for.
    now
        The central no-deal values, shape ``(2,)``.
    drawn
        Those of the draws, shape ``(n_draws, 2)``.
    others
        What the other signatories are held to, by name.
    waiters
        The two parties' patience and drift.
    own
        Share of draws in which some package is better for all than no deal, each draw with its
        own preferences and red lines; ``None`` without draws.
    rounds, title
        What a round is called; the scenario.
    """

    names: tuple[str, str]
    places: tuple[int, int]
    stairs: dict[RedLines, Floats]
    nothing: dict[RedLines, str]
    reading: RedLines
    now: Floats
    drawn: Floats
    others: dict[str, float]
    waiters: tuple[Waiter, Waiter]
    own: float | None
    rounds: str
    title: str

    def open_at(self, values: Floats, reading: RedLines | None = None) -> Floats:
        """Tell at which no-deal values some package is better for both, shape ``(n,)``."""
        stairs = self.stairs[self.reading if reading is None else reading]
        return np.asarray(values[:, 1] <= best_given(stairs, 1, values[:, 0]) + TOLERANCE)

    def pays(self, party: int, values: Floats, ahead: int) -> Floats:
        """Tell where a party does better by waiting than by the best it could get now.

        Parameters
        ----------
        party
            0 or 1.
        values
            No-deal values, shape ``(n, 2)``.
        ahead
            Which of `AHEAD`.
        """
        other = values[:, 1 - party]
        return np.asarray(values[:, party] > self.pays_from(party, other, ahead) + TOLERANCE)

    def pays_from(self, party: int, other: Floats, ahead: int) -> Floats:
        """Return the no-deal value of a party from which waiting pays, given the other's.

        It waits for better terms, or for a better no-deal value, or no package is good enough.
        """
        stairs, waiter = self.stairs[self.reading], self.waiters[party]
        kept = waiter.patience ** AHEAD[ahead]
        now = best_given(stairs, party, other)
        later = best_given(stairs, party, other * self.waiters[1 - party].growth[ahead])
        own = 1 - kept + kept * waiter.growth[ahead]
        for_itself = now / own if own > TOLERANCE else np.full(len(now), np.inf)
        with np.errstate(invalid="ignore"):  # minus infinity where nothing suits the other
            better = kept * (later - now)
            for_terms = now - better / (1 - kept) if kept < 1 else np.full(len(now), np.inf)
        for_terms = np.where((kept == 1) & (better > TOLERANCE), -np.inf, for_terms)
        lowest = np.fmin(np.fmin(now, for_itself), for_terms)
        return np.where(np.isneginf(now), -np.inf, lowest)


def best_given(stairs: Floats, party: int, other: Floats) -> Floats:
    """Return the most that one of two parties can get while the other gets a given value.

    Examples
    --------
    >>> best_given(np.array([[1.0, 0.0], [0.6, 0.7]]), 1, np.array([0.5, 0.9, 1.1])).tolist()
    [0.7, 0.0, -inf]
    """
    if not len(stairs):
        return np.full(np.shape(other), -np.inf)
    own, theirs = stairs[:, party], stairs[:, 1 - party]
    order = np.argsort(-theirs)  # the own utility rises along it
    place = np.searchsorted(-theirs[order], TOLERANCE - np.asarray(other), side="right") - 1
    return np.where(place >= 0, own[order][np.maximum(place, 0)], -np.inf)
