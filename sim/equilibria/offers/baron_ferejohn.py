"""Dividing by majority: a drawn proposer buys the cheapest coalition that can decide.

One pie, a chance for each party to be the next to propose, discount factors, a quota and
vetoes. A party votes yes for what waiting is worth to it, so its price is its discounted value,
and a proposer buys all who have a veto and the cheapest of the others. Between parties of the
same price it mixes. Payoffs are unique (Eraslan 2002), and come down to one equation in one
unknown: the price of the dearest vote that is bought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.equilibria.offers.backward_induction import Floats, Rules
from sim.equilibria.offers.quota import Bools, Consent
from sim.errors import InputError

NEARLY_ONE = 1 - 1e-12
"""Endless patience is taken as the limit."""


@dataclass(frozen=True, eq=False)
class Majority:
    """The stationary equilibrium of dividing one pie by majority.

    Attributes
    ----------
    values
        What each party expects before the proposer is drawn, as shares of the pie; they sum to 1.
    prices
        For what each party says yes: its discounted value.
    keeps
        What each party keeps when it proposes.
    included
        With which chance each party is bought when another proposes, on average over the others;
        0 for a party that always proposes.
    """

    values: Floats
    prices: Floats
    keeps: Floats
    included: Floats


def baron_ferejohn(
    chances: ArrayLike,
    patience: ArrayLike,
    *,
    quota: int | None = None,
    vetoes: Sequence[int] = (),
) -> Majority:
    """Return the stationary equilibrium payoffs of dividing one pie under the closed rule.

    Parameters
    ----------
    chances
        Chance of each party to be the next to propose, shape ``(n_parties,)``, summing to 1.
    patience
        Discount factor of each party, or one for all; endless patience is taken as the limit.
    quota
        How many must agree, the proposer among them; the smallest majority by default.
    vetoes
        Parties that must be among them.

    Examples
    --------
    Three parties, two must agree, nobody is impatient: the proposer keeps two thirds.

    >>> baron_ferejohn([1 / 3, 1 / 3, 1 / 3], 1.0).keeps.round(6)
    array([0.666667, 0.666667, 0.666667])

    References
    ----------
    Baron & Ferejohn (1989), "Bargaining in Legislatures", American Political Science Review
    83 (4), 1181-1206; Eraslan (2002), "Uniqueness of Stationary Equilibrium Payoffs in the
    Baron-Ferejohn Model", Journal of Economic Theory 103 (1), 11-30; vetoes: Winter (1996),
    "Voting and Vetoing", American Political Science Review 90 (4), 813-823.
    """
    p = np.asarray(chances, dtype=float)
    n = len(p)
    if n < 2:
        raise InputError(f"a pie is divided between two parties or more, not {n}")
    rules = Rules.of(patience, np.zeros(n), chances=p)
    consent = Consent.of(n, n // 2 + 1 if quota is None else quota, vetoes)
    delta = np.minimum(rules.patience, NEARLY_ONE)
    veto = np.zeros(n, dtype=bool)
    veto[list(range(n)) if consent.unanimous else list(consent.vetoes)] = True
    bought = 0 if veto.all() else max(consent.quota - int(veto.sum()), 0)
    return _Division(p, delta, veto, bought).solve()


@dataclass(frozen=True, eq=False)
class _Division:
    """What a vote costs, in units of what is left when the cheapest coalition is paid.

    Let s be left when all vetoes and the cheapest votes are paid for, as for a proposer outside
    that coalition, and κ s the price of the dearest vote. What a member saves by proposing is its
    own price; everybody else saves κ s. So a party's price in units of s is one of three,
    whichever fits: if always bought, α = δ p / (1 − δ), which is below κ; if never, δ p (1 + κ),
    which is above; else κ itself, and it is bought with whatever chance makes that so.
    """

    p: Floats
    delta: Floats
    veto: Bools
    bought: int

    @property
    def always(self) -> Floats:
        """Price of each party if every other proposer buys its vote."""
        price: Floats = self.delta * self.p / (1 - self.delta)
        return price

    def prices(self, dearest: float) -> Floats:
        """Return all prices for that of the dearest vote."""
        never = self.delta * self.p * (1 + dearest)
        sure = self.veto | (self.always < dearest)
        price: Floats = np.where(sure, self.always, np.maximum(dearest, never))
        return price

    def coalition(self, dearest: float) -> float:
        """Return the price of all vetoes and the cheapest votes."""
        cheaper = np.sort(self.always[~self.veto & (self.always < dearest)])[: self.bought]
        vetoed = self.always[self.veto].sum()
        return float(vetoed + cheaper.sum() + (self.bought - len(cheaper)) * dearest)

    def dearest(self) -> float:
        """Find the price of the dearest vote at which all values add up to the pie."""
        from scipy.optimize import brentq  # noqa: PLC0415

        if not self.bought:
            return 0.0
        free = ~self.veto
        bought_now_and_then = self.delta * self.p / (1 - self.delta * self.p)
        low = float(np.sort(bought_now_and_then[free])[self.bought - 1])
        high = float(np.sort(self.always[free])[self.bought - 1])

        def excess(dearest: float) -> float:
            values = self.prices(dearest) / self.delta
            return float(values.sum()) / (1 + self.coalition(dearest)) - 1

        if excess(low) * excess(high) > 0 or high - low <= 1e-15 * high:  # nothing between them
            return low if abs(excess(low)) < abs(excess(high)) else high
        return float(brentq(excess, low, high, xtol=1e-300, rtol=1e-15))

    def solve(self) -> Majority:
        """Return the answer, as shares of the pie."""
        dearest = self.dearest()
        left = 1 / (1 + self.coalition(dearest))
        prices = left * self.prices(dearest)
        values = prices / self.delta
        saved = np.where(self.veto, prices, np.minimum(prices, left * dearest))
        bought = values - self.p * (left + saved)
        paid = prices * (1 - self.p)
        share = np.divide(bought, paid, out=np.zeros_like(paid), where=paid > 0)
        return Majority(values, prices, left + saved, np.clip(share, 0, 1))
