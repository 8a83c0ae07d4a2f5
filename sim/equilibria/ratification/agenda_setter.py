"""One issue, one line: what a proposer gets past those who can veto, and what cannot be moved.

Everyone has an ideal point on a line and likes what is nearer to it. The status quo stands unless
all who hold a veto prefer the proposal. Amounts are exact fractions where fractions go in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sim.errors import InputError

Real = Fraction | float
Interval = tuple[Real, Real]


def win_set(ideal: Real, status_quo: Real) -> Interval:
    """Return what one voter likes at least as much as the status quo: as far on the other side.

    >>> win_set(Fraction(1, 2), Fraction(2, 5))
    (Fraction(2, 5), Fraction(3, 5))
    """
    mirrored = 2 * ideal - status_quo
    return min(status_quo, mirrored), max(status_quo, mirrored)


def shared_win_set(ideals: Sequence[Real], status_quo: Real) -> Interval:
    """Return what all prefer to the status quo, which itself always belongs to it.

    Where it is a single point nothing can be moved: gridlock.

    References
    ----------
    Tsebelis (2002), "Veto Players", chapter 1.
    """
    if not ideals:
        raise InputError("somebody must hold a veto")
    sets = [win_set(ideal, status_quo) for ideal in ideals]
    return max(low for low, _ in sets), min(high for _, high in sets)


def core(ideals: Sequence[Real]) -> Interval:
    """Return the points that cannot be moved once reached: the hull of the veto players' ideals.

    >>> core([Fraction(1, 5), Fraction(3, 5)])
    (Fraction(1, 5), Fraction(3, 5))
    """
    if not ideals:
        raise InputError("somebody must hold a veto")
    return min(ideals), max(ideals)


@dataclass(frozen=True)
class Agenda:
    """What a proposer achieves.

    Attributes
    ----------
    outcome
        The point of the win-set that it likes best.
    win_set
        What all with a veto prefer to the status quo.
    gridlock
        The status quo stays.
    """

    outcome: Real
    win_set: Interval
    gridlock: bool


def agenda_setter(setter: Real, vetoes: Sequence[Real], status_quo: Real) -> Agenda:
    """Return the best that a proposer gets by a take-it-or-leave-it proposal.

    Parameters
    ----------
    setter
        Its ideal point.
    vetoes
        Ideal points of those who must all agree; one of them is a median voter, a parliament.
    status_quo
        What stands if they refuse.

    References
    ----------
    Romer & Rosenthal (1978), "Political Resource Allocation, Controlled Agendas, and the Status
    Quo", Public Choice 33 (4), 27-43.
    """
    low, high = shared_win_set(vetoes, status_quo)
    outcome = min(max(setter, low), high)
    return Agenda(outcome, (low, high), outcome == status_quo)
