"""Two negotiators share a pie, and each answers to ratifiers: the closed forms.

The first party wants a large share ``x`` of a pie of 1, the second wants it small. Amounts are
exact fractions where fractions go in. Two conventions differ, and give different answers: a
ratifier may cut the set of deals, or stand in for its negotiator as the one who can walk away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sim.errors import InputError

Real = Fraction | float
TreatAs = Literal["constraint", "disagreement"]


@dataclass(frozen=True)
class Bargain:
    """What two negotiators agree on, given what can be ratified.

    Attributes
    ----------
    overlap
        Shares of the first party that both negotiators sign and both bodies ratify.
    share
        What the Nash solution gives the first party.
    free
        What it would give without ratifiers; ``None`` where the negotiators cannot agree.
    """

    overlap: tuple[Real, Real]
    share: Real
    free: Real | None


def ratified_bargain(
    walk_away: tuple[Real, Real],
    win_sets: tuple[Real, Real],
    *,
    treat_as: TreatAs = "constraint",
) -> Bargain | None:
    """Split a pie by the Nash solution, under ratification; ``None`` where nothing is left.

    Parameters
    ----------
    walk_away
        The least share that the first negotiator takes, and the largest that the second leaves
        to it.
    win_sets
        The same limits of their ratifiers.
    treat_as
        ``constraint``: the parties split what lies above no deal, and the result is moved into
        the overlap if it is outside. ``disagreement``: each side's limit is the higher of the
        two, and what lies between the limits is split.

    Examples
    --------
    A parliament that insists on 1/2 costs its negotiator nothing and earns it a tenth, or more.

    >>> limits = (Fraction(1, 5), Fraction(3, 5)), (Fraction(1, 2), Fraction(1))
    >>> ratified_bargain(*limits).share, ratified_bargain(*limits, treat_as="disagreement").share
    (Fraction(1, 2), Fraction(11, 20))

    References
    ----------
    Schelling (1960), "The Strategy of Conflict"; Putnam (1988), "Diplomacy and Domestic
    Politics", International Organization 42 (3), 427-460.
    """
    low, high = max(walk_away[0], win_sets[0]), min(walk_away[1], win_sets[1])
    if low > high:
        return None
    free = (walk_away[0] + walk_away[1]) / 2
    share = (low + high) / 2 if treat_as == "disagreement" else min(max(free, low), high)
    return Bargain((low, high), share, free if walk_away[0] <= walk_away[1] else None)


@dataclass(frozen=True)
class Division:
    """Shares when the parties make offers in turn, the first party first.

    Attributes
    ----------
    first, second
        What each gets.
    first_binds, second_binds
        Whether the ratifiers of the first party bind in the answer to the second's offers, and
        those of the second in the answer to the first's.
    """

    first: Real
    second: Real
    first_binds: bool
    second_binds: bool


def offers_to_ratify(
    patience: tuple[Real, Real], least: tuple[Real, Real] = (0, 0)
) -> Division | None:
    r"""Split a pie by alternating offers, where every agreement must be ratified by both.

    With one body on the second side it gets :math:`\max(w, \delta/(1+\delta))`: what ratifiers
    insist on matters only beyond what bargaining gives anyway, as an outside option does.

    Parameters
    ----------
    patience
        Discount factors, at least 0 and below 1.
    least
        The smallest share that each side's ratifiers accept.

    Returns
    -------
    Division or None
        Nothing where the two ask for more than there is.

    References
    ----------
    Iida (1993), "When and How Do Domestic Constraints Matter?", Journal of Conflict Resolution 37
    (3), 403-426; Mo (1995), "Domestic Institutions and International Bargaining", American
    Political Science Review 89 (4), 914-924.
    """
    if not all(0 <= delta < 1 for delta in patience):
        raise InputError(f"discount factors must be at least 0 and below 1, not {patience}")
    if min(least) < 0:
        raise InputError(f"ratifiers cannot insist on less than nothing: {least}")
    if sum(least) > 1:
        return None
    (delta1, delta2), (least1, least2) = patience, least
    whole = Fraction(1)
    # x is what the first keeps of its own offer, y the second of its own; each offers the other
    # the larger of what waiting is worth to it and what its ratifiers insist on
    regimes: list[tuple[bool, bool, Callable[[], Real]]] = [
        (False, False, lambda: (whole - delta2) / (1 - delta1 * delta2)),
        (False, True, lambda: whole - least2),
        (True, False, lambda: whole - delta2 * (1 - least1)),
        (True, True, lambda: whole - least2),
    ]
    for binds1, binds2, solved in regimes:
        x = solved()
        y = whole - (least1 if binds1 else delta1 * x)
        if binds1 == (least1 > delta1 * x) and binds2 == (least2 > delta2 * y):
            return Division(x, whole - x, binds1, binds2)
    raise AssertionError("one of the four regimes holds")  # two contractions have one fixed point
