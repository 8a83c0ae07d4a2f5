"""When a costly signal is believed: the tough tell themselves from the weak by paying for it.

A proposer makes a demand of an opponent that is tough (a fight costs it little) or weak. If the
opponent can show that it is tough, less is demanded of it. What makes this work is that it keeps
a part of what a deal saves; held to its reservation value, it gains nothing by being believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sim.errors import InputError

Real = Fraction | float


@dataclass(frozen=True)
class Separation:
    """Costs of a signal at which only the tough send it.

    Attributes
    ----------
    least, most
        Cheaper, and the weak send it too; dearer, and the tough do not either.
    """

    least: Real
    most: Real

    @property
    def possible(self) -> bool:
        """Whether a signal of some cost, above nought, tells the tough from the weak."""
        return self.most > 0 and self.least <= self.most

    def separates(self, cost: Real) -> bool:
        """Tell whether a signal that costs the tough so much is sent by them alone."""
        return cost > 0 and self.least <= cost <= self.most


def separating_costs(
    own_cost: Real, low: Real, high: Real, *, kept: Real, dearer: Real = 1
) -> Separation:
    """Return the costs at which a signal separates the tough from the weak.

    Parameters
    ----------
    own_cost
        What a fight costs the proposer.
    low, high
        What it costs the tough and the weak opponent.
    kept
        Part of what a deal saves that the opponent keeps, in [0, 1]. With 0 no signal separates.
    dearer
        How many times as much the signal costs the weak.

    Raises
    ------
    InputError
        With all that is wrong.

    Examples
    --------
    >>> separating_costs(0.1, 0.1, 0.4, kept=0).possible
    False
    >>> tenth = Fraction(1, 10)
    >>> separating_costs(tenth, tenth, 4 * tenth, kept=Fraction(1, 2), dearer=2)
    Separation(least=Fraction(3, 40), most=Fraction(1, 10))

    References
    ----------
    After the logic of Fearon (1997), "Signaling Foreign Policy Interests: Tying Hands versus
    Sinking Costs", Journal of Conflict Resolution 41 (1), 68-90; the two-type case is reduced to
    one signal and a surplus shared in fixed parts.
    """
    wrong = []
    if not 0 <= low < high:
        wrong.append(f"the tough's cost must be below the weak's and not negative: {low}, {high}")
    if own_cost < 0:
        wrong.append(f"the proposer's cost cannot be negative: {own_cost}")
    if not 0 <= kept <= 1:
        wrong.append(f"the part of the surplus that is kept must lie in [0, 1], not {kept}")
    if dearer < 1:
        wrong.append(f"the signal cannot be cheaper for the weak: {dearer} times as dear")
    if wrong:
        raise InputError("\n".join(wrong))
    tempting = (high - low) * (1 - kept)
    return Separation(tempting / dearer, min(tempting, kept * (own_cost + low)))
