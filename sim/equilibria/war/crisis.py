"""Two sides divide a pie of 1 in the shadow of war: the closed forms of crisis bargaining.

The first side wins a war with chance p; fighting costs the sides c₁ and c₂. Shares are the first
side's. Numbers are exact fractions where fractions go in.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sim.errors import InputError

Real = Fraction | float


@dataclass(frozen=True)
class CrisisRange:
    """What both sides prefer to war, as shares of the first side.

    Attributes
    ----------
    values
        What war is worth to each side: p - c₁ and 1 - p - c₂.
    low, high
        The shares that both prefer to war, cut to what there is to divide.
    width
        The cost of war, c₁ + c₂: the width of the range before it is cut.
    first_demands, second_leaves
        The first side's share when it, or the other, makes the only offer.
    nash
        Its share in the Nash solution.
    """

    values: tuple[Real, Real]
    low: Real
    high: Real
    width: Real
    first_demands: Real
    second_leaves: Real
    nash: Real


def crisis_range(p: Real, first_cost: Real, second_cost: Real) -> CrisisRange:
    """Find what both sides prefer to war when all is known.

    Raises
    ------
    InputError
        If the chance is none, or a cost is negative.

    Examples
    --------
    >>> found = crisis_range(Fraction(3, 5), Fraction(1, 10), Fraction(3, 20))
    >>> str(found.low), str(found.high), str(found.nash)
    ('1/2', '3/4', '5/8')

    References
    ----------
    Fearon (1995), "Rationalist Explanations for War", International Organization 49 (3), 379-414.
    """
    _chance(p)
    for cost in (first_cost, second_cost):
        if cost < 0:
            raise InputError(f"a war cannot cost less than nothing: {cost}")
    low, high = _cut(p - first_cost), _cut(p + second_cost)
    return CrisisRange(
        values=(p - first_cost, 1 - p - second_cost),
        low=low,
        high=high,
        width=first_cost + second_cost,
        first_demands=high,
        second_leaves=low,
        nash=_cut(p + (second_cost - first_cost) / 2),
    )


@dataclass(frozen=True)
class PreventiveWar:
    """Whether a side that grows weaker attacks while it can, and where that flips.

    Attributes
    ----------
    shift, bound
        It attacks where δp₂ - p₁, the shift, exceeds c(1 - δ)², the bound.
    war
        Whether it does.
    valid
        Whether the condition applies: p₂ + c(1 - δ) is at most 1, so that the side that rises
        can hold the other to its war value later.
    flips_at_chance
        The later chance of the rising side above which there is war.
    flips_at_cost
        The attacker's cost above which there is none; ``None`` where no cost matters (δ = 1).
    """

    shift: Real
    bound: Real
    war: bool
    valid: bool
    flips_at_chance: Real
    flips_at_cost: Real | None


def preventive_war(now: Real, later: Real, cost: Real, patience: Real) -> PreventiveWar:
    r"""Say whether the declining side attacks before power shifts.

    The pie flows in every round, the cost of war is paid once, and the rising side, which makes
    all offers, cannot promise to use its later strength with restraint. Even the whole pie of
    this round is too little for the other where

    .. math:: \delta p_2 - p_1 > c (1-\delta)^2

    Parameters
    ----------
    now, later
        The rising side's chance of winning, p₁ and p₂.
    cost
        The declining side's cost of war, paid once, in pies of one round.
    patience
        The discount factor δ, in (0, 1].

    References
    ----------
    Fearon (1995), pages 404-408.
    """
    _chance(now)
    _chance(later)
    _discount(patience)
    shift, unit = patience * later - now, (1 - patience) ** 2
    return PreventiveWar(
        shift=shift,
        bound=cost * unit,
        war=shift > cost * unit,
        valid=later + cost * (1 - patience) <= 1,
        flips_at_chance=(now + cost * unit) / patience,
        flips_at_cost=shift / unit if unit else None,
    )


@dataclass(frozen=True)
class LockedIn:
    """Whether what both sides can lock in by fighting is more than there is.

    Attributes
    ----------
    shift
        What the rising side can lock in later, discounted, less what it can now.
    surplus
        What is left now when both have what they can lock in.
    war
        Whether the shift exceeds the surplus: then there is fighting in every equilibrium.
        Where it does not, nothing follows.
    """

    shift: Real
    surplus: Real
    war: bool


def locked_in(
    total: Real, declining_now: Real, rising_now: Real, rising_later: Real, patience: Real
) -> LockedIn:
    r"""Say whether a shift of power is so large that no division can prevent fighting.

    It does not depend on who makes offers. Sufficient, not necessary:

    .. math:: \delta M_2(t+1) - M_2(t) > B - [M_1(t) + M_2(t)]

    Parameters
    ----------
    total
        The value of all that is to be divided from now on, B.
    declining_now, rising_now, rising_later
        What each side can lock in by fighting, M₁(t), M₂(t) and M₂(t + 1).
    patience
        The discount factor, in (0, 1].

    References
    ----------
    Powell (2004), "The Inefficient Use of Power", American Political Science Review 98 (2),
    231-241; Powell (2006), "War as a Commitment Problem", International Organization 60 (1),
    169-203.
    """
    _discount(patience)
    shift = patience * rising_later - rising_now
    surplus = total - (declining_now + rising_now)
    return LockedIn(shift, surplus, shift > surplus)


def optimists_fight(
    first_sees: Real, second_sees: Real, first_cost: Real, second_cost: Real
) -> bool:
    """Say whether no share suits both, as each side believes too much in its own victory.

    Parameters
    ----------
    first_sees, second_sees
        The chance that the first side wins, as each of the two sees it.
    first_cost, second_cost
        The costs of war.

    Examples
    --------
    >>> optimists_fight(0.7, 0.4, 0.1, 0.15), optimists_fight(0.6, 0.4, 0.1, 0.15)
    (True, False)

    References
    ----------
    Wagner (2000), "Bargaining and War", American Journal of Political Science 44 (3), 469-484;
    Fearon (1995).
    """
    _chance(first_sees)
    _chance(second_sees)
    return first_sees - second_sees > first_cost + second_cost


def _cut(share: Real) -> Real:
    return min(max(share, type(share)(0)), type(share)(1))


def _chance(p: Real) -> None:
    if not 0 <= p <= 1:
        raise InputError(f"a chance of winning must lie between 0 and 1, not {p}")


def _discount(patience: Real) -> None:
    if not 0 < patience <= 1:
        raise InputError(f"a discount factor must lie above 0 and at most at 1, not {patience}")
