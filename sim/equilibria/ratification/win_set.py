"""Who ratifies: a vote by weight, with a quota and vetoes, over any number of packages at once.

A package is in the win-set of a body when enough of its weight gains from it and nobody with a
veto loses. Everything here is arrays: gains have the ratifiers last.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]
NEAR = 1e-9

MOST_VOTERS = 16
"""Coalitions are listed for at most so many ratifiers."""


@dataclass(frozen=True, eq=False)
class VotingRule:
    """A body's rule.

    Attributes
    ----------
    weights
        Shares of the votes, shape ``(n_ratifiers,)``, summing to 1.
    quota
        Share that must say yes, in (0, 1].
    vetoes
        Without whom nothing is ratified, shape ``(n_ratifiers,)``.

    Examples
    --------
    >>> rule = VotingRule.of([2, 1, 1], quota=0.5)
    >>> rule.level([[-0.1, 0.2, 0.1], [0.3, -0.2, -0.2]]).tolist(), rule.pivotal([-0.1, 0.2, 0.1])
    ([0.1, 0.3], array(2))
    """

    weights: Floats
    quota: float
    vetoes: Bools

    @classmethod
    def of(cls, weights: ArrayLike, *, quota: float, vetoes: ArrayLike = False) -> VotingRule:
        """Check a rule and bring its weights to shares.

        Raises
        ------
        InputError
            If a weight is negative, all are 0, or the quota is outside (0, 1].
        """
        votes = np.asarray(weights, dtype=float)
        if not (votes >= 0).all() or not votes.sum() > 0:
            raise InputError(f"votes must be none negative and not all 0: {votes.tolist()}")
        if not 0 < quota <= 1:
            raise InputError(f"a quota is a share of the votes above 0 and at most 1, not {quota}")
        return cls(votes / votes.sum(), float(quota), np.broadcast_to(vetoes, votes.shape))

    def wins(self, yes: ArrayLike) -> Bools:
        """Tell whether those who say yes suffice, shape ``(…, n_ratifiers)`` to ``(…,)``."""
        votes = np.asarray(yes, dtype=bool)
        enough = votes @ self.weights >= self.quota - NEAR
        won: Bools = enough & (votes | ~self.vetoes).all(axis=-1)
        return won

    def yes_share(self, gains: ArrayLike) -> Floats:
        """Share of the votes that says yes to each package."""
        share: Floats = (np.asarray(gains) >= -NEAR) @ self.weights
        return share

    def ratified(self, gains: ArrayLike) -> Bools:
        """Tell which packages are in the win-set."""
        return self.wins(np.asarray(gains) >= -NEAR)

    def level(self, gains: ArrayLike) -> Floats:
        """Return by how much a package is ratified: the gain of the pivotal ratifier.

        A package is ratified when this is not negative. If everybody asked for that much more, or
        less, it would just be ratified: the smallest concession that makes it so.
        """
        table = np.asarray(gains, dtype=float)
        at = self.pivotal(table)[..., None]
        level: Floats = np.take_along_axis(table, at, axis=-1)[..., 0]
        return level

    def pivotal(self, gains: ArrayLike) -> Indices:
        """Return the ratifier on whom each package hangs.

        Going from who gains most to who gains least, it is the one that completes the quota, or
        a holder of a veto who gains even less.
        """
        table = np.asarray(gains, dtype=float)
        order = np.argsort(-table, axis=-1, kind="stable")
        votes = np.cumsum(self.weights[order], axis=-1)
        place = (votes >= self.quota - NEAR).argmax(axis=-1)
        at = np.take_along_axis(order, place[..., None], axis=-1)
        if not self.vetoes.any():
            return at[..., 0]
        held = np.where(self.vetoes, table, np.inf)
        least = held.argmin(axis=-1)[..., None]
        lower = np.take_along_axis(held, least, -1) < np.take_along_axis(table, at, -1)
        pivot: Indices = np.where(lower, least, at)[..., 0]
        return pivot

    def minimal_winning(self) -> list[tuple[int, ...]]:
        """List the coalitions that suffice and of which nobody can be spared.

        A win-set is the union, over these coalitions, of the packages from which all members gain.

        Raises
        ------
        InputError
            If there are more than `MOST_VOTERS` ratifiers.
        """
        n = len(self.weights)
        if n > MOST_VOTERS:
            raise InputError(f"the coalitions of {n} ratifiers are too many to list")
        found: list[tuple[int, ...]] = []
        for size in range(1, n + 1):
            for group in combinations(range(n), size):
                yes = np.isin(np.arange(n), group)
                if self.wins(yes) and not any(set(other) <= set(group) for other in found):
                    found.append(group)
        return found
