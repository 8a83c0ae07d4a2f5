"""The war of attrition: each waits for the other to give in, and waiting costs both.

In the mixed equilibrium each gives in at the rate that makes the other just indifferent between
holding on and giving in; so who gives in sooner depends on the *other's* costs and prize.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.errors import InputError


@dataclass(frozen=True)
class Attrition:
    """The equilibrium in which neither gives in for sure at the start.

    Attributes
    ----------
    first, second
        How readily each gives in: a rate per unit of time, or a chance per round.
    first_gives_in
        Chance that the first player is the one who gives in, alone or together with the other.
    second_gives_in
        The same of the second.
    delay
        Expected time, or number of rounds, until one of them does or talks break down; infinite
        where neither happens.
    breaks
        Chance that talks break down before anyone gives in.
    """

    first: float
    second: float
    first_gives_in: float
    second_gives_in: float
    delay: float
    breaks: float = 0.0


def continuous(
    prize1: float, prize2: float, cost1: float = 1.0, cost2: float | None = None
) -> Attrition:
    """Solve the war of attrition in continuous time.

    Parameters
    ----------
    prize1, prize2
        What each gains if the other gives in, over giving in itself.
    cost1, cost2
        What a unit of time costs each; the same for both where only one is given.

    Examples
    --------
    >>> found = continuous(3, 5, 1)
    >>> round(found.first, 6), round(found.second, 6)
    (0.2, 0.333333)

    References
    ----------
    Maynard Smith (1974), "The Theory of Games and the Evolution of Animal Conflicts", Journal of
    Theoretical Biology 47 (1), 209-221; Hendricks, Weiss & Wilson (1988), "The War of Attrition
    in Continuous Time with Complete Information", International Economic Review 29 (4), 663-680.
    """
    other = cost1 if cost2 is None else cost2
    _checked(prize1, prize2, cost1, other)
    first, second = other / prize2, cost1 / prize1
    total = first + second
    if total == 0:
        return Attrition(0.0, 0.0, 0.0, 0.0, math.inf)
    return Attrition(first, second, first / total, second / total, 1 / total)


def in_rounds(
    prize1: float,
    prize2: float,
    cost1: float = 1.0,
    cost2: float | None = None,
    *,
    breakdown: float = 0.0,
) -> Attrition:
    """Solve the war of attrition in rounds: both decide at once, round after round.

    Who gives in gets nothing from then on, the other the prize at once; where both do, both get
    nothing.

    Parameters
    ----------
    prize1, prize2, cost1, cost2
        As for `continuous`; costs are those of a round in which both hold on, what a breakdown
        risks included.
    breakdown
        Chance that talks end for good after a round in which both hold on.

    Examples
    --------
    >>> in_rounds(3, 3, 1).first
    0.25

    References
    ----------
    Fudenberg & Tirole (1991), "Game Theory", section 4.5.2.
    """
    other = cost1 if cost2 is None else cost2
    _checked(prize1, prize2, cost1, other)
    first, second = other / (prize2 + other), cost1 / (prize1 + cost1)
    if not 0 <= breakdown <= 1:
        raise InputError(f"the chance of breakdown must lie in [0, 1], not {breakdown}")
    holds = (1 - first) * (1 - second)
    ends = 1 - holds * (1 - breakdown)
    if ends == 0:
        return Attrition(0.0, 0.0, 0.0, 0.0, math.inf)
    breaks = holds * breakdown / ends
    return Attrition(first, second, first / ends, second / ends, holds / ends, breaks)


def _checked(prize1: float, prize2: float, cost1: float, cost2: float) -> None:
    numbers = (prize1, prize2, cost1, cost2)
    wrong = []
    if not all(math.isfinite(v) for v in numbers):
        wrong.append("prizes and costs must be finite numbers")
    elif min(prize1, prize2) <= 0:
        wrong.append("a prize must be above 0: otherwise there is nothing to hold out for")
    elif min(cost1, cost2) < 0:
        wrong.append("what waiting costs cannot be negative")
    if wrong:
        raise InputError("\n".join(wrong))
