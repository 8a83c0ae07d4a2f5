"""A mix of packages, and what is demanded of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.problem import Floats


@dataclass(frozen=True, eq=False)
class Mix:
    """The best lottery over the corners known, by some goal, with the proof.

    Attributes
    ----------
    value, ceiling
        What the goal comes to; no lottery at all reaches more than the ceiling.
    chances
        Of the corners known, shape ``(n_corners,)``.
    gains
        Expected, shape ``(n_parties,)``.
    prices
        At which no package is worth more than the mix, but for the gap.
    shares
        How much each demand holds the goal back, shape ``(n_demands,)``.
    """

    value: float
    ceiling: float
    chances: Floats
    gains: Floats
    prices: Floats
    shares: Floats

    @property
    def gap(self) -> float:
        """By how much the goal could be better at most."""
        return max(self.ceiling - self.value, 0.0)


@dataclass(frozen=True, eq=False)
class Demands:
    """What a lottery must be expected to give.

    Expected gains must satisfy ``views @ gains >= least + grows * t``, where ``t`` is to be made
    as large as possible; demands that do not grow must simply be met.

    Attributes
    ----------
    views, least, grows
        Shapes ``(n_demands, n_parties)``, ``(n_demands,)`` and ``(n_demands,)``.
    """

    views: Floats
    least: Floats
    grows: Floats

    def and_at_least(self, views: Floats, least: Floats) -> Demands:
        """Return these demands and more, to be met."""
        return self.and_growing(views, least, np.zeros(len(views)))

    def and_growing(self, views: Floats, least: Floats, grows: Floats) -> Demands:
        """Return these demands and more, to be raised together."""
        return Demands(
            np.vstack([self.views, views]),
            np.concatenate([self.least, least]),
            np.concatenate([self.grows, grows]),
        )
