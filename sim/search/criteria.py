"""What a search maximises: a product, the least, or a sum of the parties' gains."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.problem import TOLERANCE, Floats

PRODUCT, LEAST, SUM = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Criterion:
    """A score of the parties' gains that no party's gain can lower, and floors to respect.

    Attributes
    ----------
    kind
        ``PRODUCT``: geometric mean of the gains, weighted by ``coef``, in units of utility;
        gains below the tolerance count as nothing. ``LEAST``: smallest of gains over ``coef``.
        ``SUM``: sum of ``coef`` times gains. Parties with ``coef`` 0 do not count.
    coef
        Shape ``(n_parties,)``, none negative and some positive.
    floor
        Gains that an outcome must give, shape ``(n_parties,)``.
    ladder, ladder_scale
        The gains over ``ladder_scale``, in rising order, must reach these rungs, one by one;
        parties with scale 0 stay out of it.
    """

    kind: int
    coef: Floats
    floor: Floats
    ladder: Floats = field(default_factory=lambda: np.zeros(0))
    ladder_scale: Floats = field(default_factory=lambda: np.zeros(0))

    def score(self, gains: Floats) -> Floats:
        """Score gains of shape ``(n_outcomes, n_parties)``, whatever the floors."""
        counted = self.coef > 0
        own, coef = gains[:, counted], self.coef[counted]
        if self.kind == SUM:
            return own @ coef
        if self.kind == LEAST:
            least: Floats = (own / coef).min(axis=1, initial=np.inf)
            return least
        positive = np.where(own < TOLERANCE, 0.0, own)
        with np.errstate(divide="ignore"):
            mean: Floats = np.exp(np.log(positive) @ coef / coef.sum())
        return mean

    def allows(self, gains: Floats) -> NDArray[np.bool_]:
        """Mark the outcomes that give every party its floor and reach the ladder."""
        able: NDArray[np.bool_] = np.all(gains >= self.floor - TOLERANCE, axis=1)
        if len(self.ladder):
            scaled = self.ladder_scale > 0
            ratios = gains[:, scaled] / self.ladder_scale[scaled]
            rungs = np.sort(ratios, axis=1)[:, : len(self.ladder)]
            able &= np.all(rungs >= self.ladder - TOLERANCE, axis=1)
        return able
