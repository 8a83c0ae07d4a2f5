"""Scores of the parties' gains as an integer programme can raise them.

A sum is linear. The least is a free number below every ratio. The logarithm of a product is a sum
of free numbers, each below some tangents of a logarithm; a tangent is added wherever a package
turns out to be worth less than it seemed (outer approximation).

References
----------
Duran & Grossmann (1986), "An outer-approximation algorithm for a class of mixed-integer nonlinear
programs", Mathematical Programming 36 (3), 307-339.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.problem import TOLERANCE, Floats
from sim.search.criteria import LEAST, PRODUCT, SUM, Criterion
from sim.search.programme import NOISE, Wish

HALVINGS = 12
"""Tangents to begin with: at the most that a party may gain, at half of it, and so on."""


@dataclass(eq=False)
class Goal:
    """A criterion, with gains counted from an origin; a product counts by its logarithm.

    Attributes
    ----------
    signs
        Whether more for a party can be better (1), worse (-1), or is all the same (0).
    tangents
        Of a product: the party and the gain at which the logarithm is touched.
    """

    criterion: Criterion
    origin: Floats
    most: Floats
    tangents: list[tuple[int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        counted = np.flatnonzero(self.criterion.coef)
        if self.criterion.kind == PRODUCT:
            for party in counted:
                top = max(float(self.most[party] - self.origin[party]), 2 * TOLERANCE)
                self.tangents += [(int(party), top * 0.5**k) for k in range(HALVINGS)]

    @property
    def signs(self) -> Floats:
        """Which way each party's utility moves the score, shape ``(n_parties,)``."""
        return np.sign(self.criterion.coef)

    @property
    def base(self) -> float:
        """What the programme counts above the score."""
        return float(self.criterion.coef @ self.origin) if self.criterion.kind == SUM else 0.0

    def noise(self, per_utility: float) -> float:
        """Return how well the programme knows the score, given how well it knows utilities."""
        coef = self.criterion.coef
        if self.criterion.kind == LEAST:
            return per_utility / float(coef[coef > 0].min())
        if self.criterion.kind == SUM:
            return per_utility * max(1.0, float(np.abs(coef).max()))
        return 5 * NOISE

    def score(self, utilities: Floats) -> Floats:
        """Score utilities of shape ``(n, n_parties)``, exactly."""
        gains = utilities - self.origin
        if self.criterion.kind == SUM:
            return gains @ self.criterion.coef
        scored = self.criterion.score(gains)
        if self.criterion.kind == LEAST:
            return scored
        with np.errstate(divide="ignore"):
            logarithm: Floats = np.log(scored)
        return logarithm

    def plain(self, score: float) -> float:
        """Return a score in the criterion's own units: a mean, not its logarithm."""
        return float(np.exp(score)) if self.criterion.kind == PRODUCT else score

    def wish(self) -> Wish:
        """Write it down as a programme, with the tangents so far."""
        coef, n = self.criterion.coef, len(self.origin)
        eye, counted = np.eye(n), np.flatnonzero(coef)
        if self.criterion.kind == SUM:
            return Wish(np.append(coef, 0.0), np.zeros((0, n + 1)), np.zeros(0))
        if self.criterion.kind == LEAST:
            views = np.column_stack([eye[counted], -coef[counted]])
            return Wish(np.append(np.zeros(n), 1.0), views, self.origin[counted])
        place = {int(party): k for k, party in enumerate(counted)}
        views = np.zeros((len(self.tangents), n + len(counted)))
        least = np.zeros(len(self.tangents))
        for k, (party, at) in enumerate(self.tangents):
            views[k, party], views[k, n + place[party]] = 1.0 / at, -1.0
            least[k] = 1.0 - np.log(at) + self.origin[party] / at
        goal = np.concatenate([np.zeros(n), coef[counted] / coef.sum()])
        return Wish(goal, views, least)

    def refine(self, utilities: Floats) -> bool:
        """Add tangents where a package is; tell whether any is new."""
        if self.criterion.kind != PRODUCT:
            return False
        more = []
        for party in np.flatnonzero(self.criterion.coef):
            at = max(float(utilities[party] - self.origin[party]), TOLERANCE)
            if not any(p == party and abs(a - at) <= 1e-9 * at for p, a in self.tangents):
                more.append((int(party), at))
        self.tangents += more
        return bool(more)
