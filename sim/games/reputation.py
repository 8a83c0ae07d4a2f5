"""Reputations in bargaining: either side may be of a kind that never gives in.

Each side holds to its demand. A side that could give in pretends that it cannot, and gives in at
the rate that makes waiting just worth the other's while; the longer it has not, the likelier it
is to be of the kind that never does. Both reach certainty at the same moment, so the side whose
reputation would take longer must begin by giving in at once with some chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.errors import InputError


@dataclass(frozen=True)
class Reputation:
    """The equilibrium; of every pair the first player's number comes first.

    Attributes
    ----------
    rates
        How readily each gives in per unit of time, among all that it may be.
    alone
        How long each would take to be known for never giving in, if it began at its prior.
    at_once
        Chance that each gives in at the very start: 0 for at least one of them.
    ends
        The moment by which every side that can give in has.
    expected
        What each gets if it is of the kind that can give in.
    never
        Chance that neither ever does.
    delay
        Expected time until one of them gives in, where one does.
    """

    rates: tuple[float, float]
    alone: tuple[float, float]
    at_once: tuple[float, float]
    ends: float
    expected: tuple[float, float]
    never: float
    delay: float


def reputation(
    yielding: tuple[float, float],
    holding: tuple[float, float],
    impatience: tuple[float, float],
    prior: tuple[float, float],
) -> Reputation:
    r"""Solve bargaining between two who may each be of a kind that never gives in.

    .. math:: \lambda_i = r_j\,\frac{y_j}{h_j - y_j},\qquad T_i = -\ln z_i / \lambda_i

    Parameters
    ----------
    yielding, holding
        What each gains over no deal by giving in, and if the other gives in.
    impatience
        Discount rates ``r``: -ln of the discount factor for a unit of time.
    prior
        Chance ``z`` that each never gives in.

    Examples
    --------
    Two who both ask for six tenths of a pie: giving in leaves four.

    >>> found = reputation((0.4, 0.4), (0.6, 0.6), (0.1, 0.1), (0.1, 0.1))
    >>> round(found.rates[0], 9), round(found.ends, 9)
    (0.2, 11.512925465)

    References
    ----------
    Abreu & Gul (2000), "Bargaining and Reputation", Econometrica 68 (1), 85-117.
    """
    _checked(yielding, holding, impatience, prior)
    # the rate of one is what keeps the other waiting
    keeps = [r * y / (h - y) for r, y, h in zip(impatience, yielding, holding, strict=True)]
    rates = keeps[1], keeps[0]
    alone = tuple(-math.log(z) / rate for z, rate in zip(prior, rates, strict=True))
    ends = min(alone)
    at_once = tuple(
        0.0 if time <= ends else 1 - z * math.exp(rate * ends)
        for z, rate, time in zip(prior, rates, alone, strict=True)
    )
    # among all kinds the chance that neither has moved by t is left × exp(-(sum of rates) t)
    left, total = (1 - at_once[0]) * (1 - at_once[1]), sum(rates)
    still = math.exp(-total * ends)
    never = left * still
    waited = left * ((1 - still) / total - ends * still)
    expected = (
        at_once[1] * holding[0] + (1 - at_once[1]) * yielding[0],
        at_once[0] * holding[1] + (1 - at_once[0]) * yielding[1],
    )
    return Reputation(
        rates, (alone[0], alone[1]), (at_once[0], at_once[1]), ends, expected, never,
        waited / (1 - never),
    )  # fmt: skip


def _checked(
    yielding: tuple[float, float],
    holding: tuple[float, float],
    impatience: tuple[float, float],
    prior: tuple[float, float],
) -> None:
    wrong = []
    if not all(math.isfinite(v) for v in (*yielding, *holding, *impatience, *prior)):
        wrong.append("every number must be finite")
    if not all(0 < z < 1 for z in prior):
        wrong.append(f"the chance of never giving in must lie between 0 and 1, not {prior}")
    if not all(r > 0 for r in impatience):
        wrong.append(f"impatience must be above 0, not {impatience}: who can wait for ever does")
    if not all(0 < y < h for y, h in zip(yielding, holding, strict=True)):
        wrong.append("giving in must gain something, and less than if the other gives in")
    if wrong:
        raise InputError("\n".join(wrong))
