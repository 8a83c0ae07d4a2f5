"""Offers that grow more generous: telling the weak from the tough by making them wait.

A proposer faces an opponent that is weak (a deal is worth much to it beyond no deal) or tough.
What is to be had from each, the pie less what both have without a deal, is ``weak`` and
``tough``. One final offer is all it takes if refusal truly is final. If another offer will follow,
the weak wait for it, and the more patient they are the less there is to be had from asking much
first (the Coase conjecture).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sim.errors import InputError

Real = Fraction | float


@dataclass(frozen=True)
class Sequel:
    """Offers one after the other, to two types.

    Attributes
    ----------
    demands
        What is asked for in every round, falling to what the tough accept.
    accepts
        Chance, before the talks, that the offer of each round is the one that is accepted.
    payoff
        What the proposer expects, discounted.
    """

    demands: tuple[Real, ...]
    accepts: tuple[Real, ...]
    payoff: Real


def _checked(weak: Real, tough: Real, chance_of_weak: Real, patience: Real) -> None:
    wrong = []
    if not 0 < tough < weak:
        wrong.append(
            f"more must be to be had from the weak, and some from the tough: {weak}, {tough}"
        )
    if not 0 < chance_of_weak < 1:
        wrong.append(f"the chance of the weak must lie between 0 and 1, not {chance_of_weak}")
    if not 0 < patience < 1:
        wrong.append(f"the discount factor must lie between 0 and 1, not {patience}")
    if wrong:
        raise InputError("\n".join(wrong))


def one_final_offer(weak: Real, tough: Real, chance_of_weak: Real) -> Sequel:
    """Return the best offer if refusal is final; of equal ones the safe one."""
    _checked(weak, tough, chance_of_weak, 0.5)
    if chance_of_weak * weak > tough:
        return Sequel((weak,), (chance_of_weak,), chance_of_weak * weak)
    return Sequel((tough,), (1 + 0 * tough,), tough)


def two_offers(weak: Real, tough: Real, chance_of_weak: Real, patience: Real) -> Sequel:
    """Return the equilibrium if a second and last offer follows a refusal.

    Nobody can bind itself: the second offer is the best one given who has refused the first.
    Three plans can be best: ask what the tough accept at once; ask as much as the weak will
    accept knowing that the tough's terms come next; or ask all that is to be had from the weak,
    who then accept only so often that asking it again is just as good.

    References
    ----------
    Fudenberg & Tirole (1983), "Sequential Bargaining with Incomplete Information", Review of
    Economic Studies 50 (2), 221-247.
    """
    _checked(weak, tough, chance_of_weak, patience)
    q, one = chance_of_weak, 1 + 0 * tough
    middle = weak - patience * (weak - tough)
    plans = [Sequel((tough,), (one,), tough)]
    plans.append(Sequel((middle, tough), (q, 1 - q), q * middle + patience * (1 - q) * tough))
    if q * weak > tough:
        first = (q * weak - tough) / (weak - tough)  # leaves a belief at which both are as good
        second = (q - first, 1 - q)
        payoff = first * weak + patience * (1 - first) * tough
        # asked again for all, the weak that are left accept; the tough never do
        plans.append(Sequel((weak, weak), (first, second[0]), payoff))
    return max(plans, key=lambda plan: plan.payoff)


def many_offers(weak: Real, tough: Real, chance_of_weak: Real, patience: Real) -> Sequel:
    """Return the equilibrium if offers follow one another without end.

    Demands fall so that the weak are indifferent between accepting and waiting one round; how
    many steps there are follows from the belief. As patience goes to 1 the first demand and the
    payoff go to what the tough accept.

    Examples
    --------
    >>> [round(many_offers(1.0, 0.4, 0.8, d).payoff, 3) for d in (0.5, 0.9, 0.99, 0.999)]
    [0.633, 0.463, 0.407, 0.401]

    References
    ----------
    Hart (1989), "Bargaining and Strikes", Quarterly Journal of Economics 104 (1), 25-43; Gul,
    Sonnenschein & Wilson (1986), "Foundations of Dynamic Monopoly and the Coase Conjecture",
    Journal of Economic Theory 39 (1), 155-190.
    """
    _checked(weak, tough, chance_of_weak, patience)
    left, values = _turning_points(weak, tough, chance_of_weak, patience)
    offers = len(left) - 1
    demands = [weak - patience**k * (weak - tough) for k in range(offers, -1, -1)]
    if not offers:
        return Sequel((tough,), (1 + 0 * tough,), tough)
    sold = [chance_of_weak - left[offers - 1]]
    sold += [left[k] - left[k - 1] for k in range(offers - 1, 0, -1)]
    payoff = sold[0] * demands[0] + patience * values[offers - 1]
    return Sequel(tuple(demands), (*sold, 1 - chance_of_weak), payoff)


def _turning_points(
    weak: Real, tough: Real, chance_of_weak: Real, patience: Real
) -> tuple[list[Real], list[Real]]:
    """Return how many of the weak must be left for another offer to them to be worth it.

    Returns
    -------
    left, values
        For 0, 1, … offers to the weak: the mass of them above which one more is made, and what
        the proposer expects there; up to the mass there is.
    """
    left: list[Real] = [0 * chance_of_weak]
    values: list[Real] = [(1 - chance_of_weak) * tough]
    while True:
        k = len(left) - 1
        asked = weak - patience**k * (weak - tough)
        more = weak - patience ** (k + 1) * (weak - tough) - asked
        step = (1 - patience) * values[k] / more
        if left[k] + step >= chance_of_weak:
            return left, values
        left.append(left[k] + step)
        values.append(values[k] + step * asked)
