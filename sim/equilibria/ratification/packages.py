"""What is left of a zone when its packages must be ratified, and what is agreed there.

Every question is answered off the list of the zone's packages; where they are too many to list,
`sim.equilibria.ratification.search` answers the same questions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.agreement import Agreement, Certificate
from sim.equilibria.ratification.ratifiers import House
from sim.equilibria.ratification.win_set import NEAR
from sim.feasible.listing import Listing
from sim.problem import Floats, Indices, Problem
from sim.solutions import nash

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Change:
    """Something changed about one body: its ratifiers ask for more, or its quota is another."""

    body: int = -1
    more: float = 0.0
    quota: float | None = None


SAME = Change()


class Packages(Protocol):
    """The packages that the negotiators would sign, asked about under ratification."""

    def bargain(self, d: Floats, change: Change = SAME, *, free: bool = False) -> Agreement:
        """Nash solution over what is ratified, or over all packages where ``free``."""

    def least(self, player: int, bodies: tuple[int, ...]) -> Agreement:
        """Find the least that a player gets from what some bodies ratify."""

    def closing(self, b: int) -> float | None:
        """How much more a body can ask for until nothing is left.

        Infinite where packages are left that need no vote there, minus infinity where red lines
        leave none whatever it asks for, ``None`` where nothing is left even without it; not a
        number where it was not settled in the time.
        """

    def closing_quota(self, b: int) -> float | None:
        """Largest share of yes votes in a body that some package gets, vetoes respected.

        Infinite where packages are left that need no vote there, ``None`` where nothing is left
        even without it; not a number where it was not settled in the time.
        """


@dataclass(frozen=True, eq=False)
class Listed:
    """A zone that is listed.

    Attributes
    ----------
    choices, utilities
        Shapes ``(n_packages, n_issues)`` and ``(n_packages, n_players)``.
    asked, level, share, cleared
        Shape ``(n_packages, n_bodies)``: who is asked, the gain of the pivotal ratifier, the
        share of votes for it, and whether all with a veto agree.
    """

    house: House
    choices: Indices
    utilities: Floats
    asked: Bools
    level: Floats
    share: Floats
    cleared: Bools

    @classmethod
    def of(cls, house: House, zone: Listing) -> Listed:
        """Ask every body about every package."""
        n = len(zone.choices), len(house.chambers)
        asked, cleared = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        level, share = np.zeros(n), np.zeros(n)
        for b, chamber in enumerate(house.chambers):
            gains = house.gains(b, zone.choices)
            asked[:, b] = chamber.is_asked(zone.choices)
            level[:, b] = chamber.rule.level(gains)
            share[:, b] = chamber.rule.yes_share(gains)
            cleared[:, b] = ((gains >= -NEAR) | ~chamber.rule.vetoes).all(axis=1)
        return cls(house, zone.choices, zone.utilities, asked, level, share, cleared)

    def ratified(self, change: Change = SAME) -> Bools:
        """Tell which packages each body lets pass, shape ``(n_packages, n_bodies)``."""
        passed = ~self.asked | (self.level >= -NEAR)
        if change.body >= 0:
            b = change.body
            quota = self.house.chambers[b].rule.quota if change.quota is None else change.quota
            enough = self.level[:, b] >= change.more - NEAR
            if change.quota is not None:
                enough = (self.share[:, b] >= quota - NEAR) & self.cleared[:, b]
            passed[:, b] = ~self.asked[:, b] | enough
        return passed

    def bargain(self, d: Floats, change: Change = SAME, *, free: bool = False) -> Agreement:
        """Nash solution over what is ratified, or over all packages where ``free``."""
        kept = np.arange(len(self.choices))
        if not free:
            kept = np.flatnonzero(self.ratified(change).all(axis=1))
        if not len(kept):
            return Agreement(None, d.copy(), Certificate(True, 0.0, "enumeration"))
        found = nash(Problem.enumerated(self.utilities[kept], d))
        if found.outcome is None:
            return found
        return replace(found, outcome=self.choices[kept[int(found.outcome[0])]])

    def least(self, player: int, bodies: tuple[int, ...]) -> Agreement:
        """Find the least that a player gets from what some bodies ratify."""
        kept = np.flatnonzero(self.ratified()[:, list(bodies)].all(axis=1))
        proof = Certificate(True, 0.0, "enumeration")
        if not len(kept):
            return Agreement(None, np.full(self.utilities.shape[1], np.nan), proof)
        at = kept[int(self.utilities[kept, player].argmin())]
        return Agreement(self.choices[at], self.utilities[at], proof)

    def closing(self, b: int) -> float | None:
        """How much more a body can ask for until nothing is left; see `Packages`."""
        return self._most(b, self.level[:, b])

    def closing_quota(self, b: int) -> float | None:
        """Largest share of yes votes in a body that some package gets; see `Packages`."""
        return self._most(b, np.where(self.cleared[:, b], self.share[:, b], 0.0))

    def _most(self, b: int, score: Floats) -> float | None:
        passed = np.delete(self.ratified(), b, axis=1).all(axis=1)
        reached = np.where(self.asked[:, b], score, np.inf)[passed]
        return float(reached.max()) if len(reached) else None
