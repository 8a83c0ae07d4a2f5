"""Two players split a pie by alternating offers: the closed forms.

All amounts are exact fractions where fractions go in, so that published numbers can be met to the
last digit. The first proposer is player 1; for the other order mirror the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sim.errors import InputError

Real = Fraction | float


@dataclass(frozen=True)
class Split:
    """Shares of the first proposer and of the other.

    Attributes
    ----------
    first, second
        What each gets; where the equilibrium leaves a range open, the ends that are best for
        the first proposer.
    first_at_least
        The least that the first proposer can get in equilibrium; equal to ``first`` where the
        equilibrium is unique.
    regime
        Which case of the theory applies, in words.
    """

    first: Real
    second: Real
    first_at_least: Real
    regime: str

    @property
    def unique(self) -> bool:
        """Whether the theory leaves one outcome only."""
        return self.first == self.first_at_least


def discount_factor(value: Real, whose: str) -> Real:
    """Check that a discount factor lies in (0, 1); 1 is a limit, not a game that ends.

    Raises
    ------
    InputError
        If it does not.
    """
    if not 0 <= value < 1:
        raise InputError(
            f"the discount factor of {whose} must be at least 0 and below 1, not {value}: with "
            "endless patience talks without a last round have no prediction"
        )
    return value


def rubinstein(delta1: Real, delta2: Real, *, pie: Real = 1) -> Split:
    """Return the unique subgame-perfect split of a pie that shrinks with every refusal.

    Examples
    --------
    >>> rubinstein(Fraction(9, 10), Fraction(8, 10)).first
    Fraction(5, 7)

    References
    ----------
    Rubinstein (1982), "Perfect Equilibrium in a Bargaining Model", Econometrica 50 (1), 97-109.
    """
    discount_factor(delta1, "the first proposer")
    discount_factor(delta2, "the other party")
    first = pie * (1 - delta2) / (1 - delta1 * delta2)
    return Split(first, pie - first, first, "discounting")


def fixed_costs(cost1: Real, cost2: Real) -> Split:
    """Return the split of a unit pie when every round of delay costs a fixed amount.

    With equal costs the theory leaves every share of the first proposer from the cost to the
    whole open (Rubinstein 1982).
    """
    if min(cost1, cost2) < 0 or max(cost1, cost2) > 1:
        raise InputError("costs of delay must lie between 0 and 1, the size of the pie")
    one = Fraction(1)
    if cost1 < cost2:
        return Split(one, one - 1, one, "delay is cheaper for the first proposer")
    if cost1 > cost2:
        return Split(cost2, 1 - cost2, cost2, "delay is cheaper for the other party")
    return Split(one, one - 1, cost1, "equal costs: any share between the two is an equilibrium")


def outside_option(delta: Real, option: Real) -> Split:
    """Return the split when the responder can leave for an outside option on any refusal.

    The option matters only when it beats what bargaining gives: it is a floor, not a
    disagreement point, and the difference is not split (Binmore, Shaked and Sutton 1989).
    """
    discount_factor(delta, "the parties")
    plain = delta / (1 + delta)
    if option <= plain:
        return Split(1 - plain, plain, 1 - plain, "the outside option does not bind")
    if option >= 1:
        raise InputError("an outside option worth the whole pie leaves nothing to bargain over")
    return Split(1 - option, option, 1 - option, "the outside option binds")


def outside_option_after_refusal(delta: Real, option: Real) -> Split:
    """Return the split when player 2 can leave only after her own offer is refused.

    In the middle range a continuum of splits is supported (Osborne and Rubinstein 1990,
    Proposition 3.6).
    """
    discount_factor(delta, "the parties")
    plain = delta / (1 + delta)
    if option < delta**2 / (1 + delta):
        return Split(1 - plain, plain, 1 - plain, "the outside option does not bind")
    if option <= delta**2:
        most = 1 - option / delta
        said = "a continuum: the threat to leave may or may not be believed"
        return Split(most, 1 - most, 1 - delta, said)
    return Split(1 - delta, delta, 1 - delta, "the outside option binds")


def with_breakdown(risk: Real, value1: Real, value2: Real) -> Split:
    """Return the split when talks break down with some chance after every refusal.

    The parties get ``value1`` and ``value2`` then. As the risk goes to 0 they split what is left
    after those values evenly: the breakdown point is a disagreement point (Binmore, Rubinstein
    and Wolinsky 1986).
    """
    if not 0 < risk <= 1:
        raise InputError(f"the risk of breakdown must be above 0 and at most 1, not {risk}")
    if value1 + value2 > 1:
        raise InputError("the parties get more from breakdown than there is to share")
    stay = 1 - risk
    first = (1 - risk * value2 - stay * (1 - risk * value1)) / (1 - stay**2)
    return Split(first, 1 - first, first, "risk of breakdown")


def limit_of_rates(rate1: Real, rate2: Real) -> Split:
    """Return the split as the time between offers vanishes, at given rates of impatience."""
    if min(rate1, rate2) <= 0:
        raise InputError("rates of impatience must be above 0")
    first = rate2 / (rate1 + rate2)
    return Split(first, 1 - first, first, "offers in quick succession")


def limit_with_outside_options(rate1: Real, rate2: Real, option1: Real, option2: Real) -> Split:
    """Return the split as offers follow ever faster, when both have outside options.

    The option that binds is paid exactly; the difference is not split (Muthoo 1999, chapter 5).
    """
    plain = limit_of_rates(rate1, rate2)
    if option1 + option2 > 1:
        raise InputError("together the outside options are worth more than there is to share")
    if option1 > plain.first:
        return Split(option1, 1 - option1, option1, "the first party's outside option binds")
    if option2 > plain.second:
        return Split(1 - option2, option2, 1 - option2, "the other party's outside option binds")
    return Split(plain.first, plain.second, plain.first, "no outside option binds")


def unanimity_in_turn(parties: int, delta: Real) -> list[Real]:
    """Return the stationary shares when all must agree and propose in a fixed order.

    The first proposer comes first (Herrero 1985). With patient parties other, non-stationary
    equilibria support any split.
    """
    discount_factor(delta, "the parties")
    weights = [delta**k for k in range(parties)]
    return [weight / sum(weights) for weight in weights]


def unanimity_by_lot(chances: Sequence[Real], delta: Real) -> list[list[Real]]:
    """Return the stationary shares when all must agree and the proposer is drawn.

    Returns
    -------
    list
        One row for each possible proposer; on average each party gets its chance of proposing
        (Laruelle and Valenciano 2008).
    """
    discount_factor(delta, "the parties")
    off = sum(float(chance) for chance in chances) - 1
    if any(chance < 0 for chance in chances) or abs(off) > 1e-12:
        raise InputError("chances of proposing must be none negative and add up to 1")
    waiting = [delta * chance for chance in chances]
    whole = sum(waiting)
    return [
        [1 - (whole - waiting[k]) if k == who else waiting[k] for k in range(len(chances))]
        for who in range(len(chances))
    ]


def last_offer(
    pies: Sequence[Real],
    *,
    offer_costs: Sequence[Real] | None = None,
    order: Sequence[int] | None = None,
) -> list[tuple[int, Real]]:
    """Solve a pie of given size in each round backwards; the last refusal leaves nothing.

    Parameters
    ----------
    pies
        What there is to share if agreement comes in that round.
    offer_costs
        What the proposer of each round pays to make the offer.
    order
        Proposers, 1 or 2; alternating from 1 where not given.

    Returns
    -------
    list
        For every round the proposer and its share of that round's pie. An offer that costs more
        than it gains is not made: the share is then what waiting gives.

    References
    ----------
    Stahl (1972), "Bargaining Theory".
    """
    rounds = len(pies)
    costs = list(offer_costs or [0] * rounds)
    who = list(order or [1 + t % 2 for t in range(rounds)])
    value: list[Real] = [0, 0]
    found: list[tuple[int, Real]] = []
    for t in range(rounds - 1, -1, -1):
        me, other = who[t] - 1, 2 - who[t]
        keep = pies[t] - value[other]
        if keep - costs[t] >= value[me]:
            value = [keep if k == me else value[other] for k in range(2)]
            found.append((who[t], keep))
            value[me] = keep - costs[t]
        else:
            found.append((who[t], value[me]))
    return found[::-1]
