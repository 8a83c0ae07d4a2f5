"""How a solution chooses: the highest score, then the fairest of those that tie, then the first.

Every bargaining solution here is a list of scores to be maximised one after the other: at each,
whatever is within the tolerance of the highest stays in. After a solution's own scores come the
gains in rising order (leximin), and last the outcome of lowest number. So ties are broken in
one place and alike, and the slow definition is the one that the fast searches end with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.problem import TOLERANCE, Floats, Indices
from sim.search.criteria import LEAST, PRODUCT, SUM, Criterion


@dataclass(frozen=True, eq=False)
class Rule:
    """What a solution maximises before ties are broken.

    Attributes
    ----------
    criterion
        The score of an outcome. When it is ``LEAST``, the next smallest come after the
        smallest, and so on.
    """

    criterion: Criterion

    def scores(self, gains: Floats) -> list[Floats]:
        """Return the scores of outcomes, ``(n_outcomes, n_parties)``, most important first."""
        counted = self.criterion.coef > 0
        if self.criterion.kind == LEAST:
            ratios = np.sort(gains[:, counted] / self.criterion.coef[counted], axis=1)
            return [*ratios.T, *np.sort(gains, axis=1).T]
        return [self.criterion.score(gains), *np.sort(gains, axis=1).T]

    def winners(self, gains: Floats) -> Indices:
        """Return the outcomes that no score tells apart from the best."""
        left = np.arange(len(gains), dtype=np.intp)
        for score in self.scores(gains):
            own = score[left]
            left = left[own >= own.max() - TOLERANCE]
        return left


def of_product(power: Floats) -> Rule:
    """The product of the gains of the parties with power, as a geometric mean."""
    return Rule(Criterion(PRODUCT, power, np.zeros(len(power))))


def of_least(scale: Floats) -> Rule:
    """The smallest gain in proportion to a scale, then the next smallest, and so on."""
    return Rule(Criterion(LEAST, scale, np.zeros(len(scale))))


def of_sum(weight: Floats, floor: Floats | float = 0.0) -> Rule:
    """The sum of the gains."""
    return Rule(Criterion(SUM, weight, np.zeros(len(weight)) + floor))
