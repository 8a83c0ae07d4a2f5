"""Risk and return of a take-it-or-leave-it offer: how much to ask for, and how likely a yes is.

For every chance of acceptance the curve holds the package that gives the proposer most. Packages
are far too many to list, so a search in the neighbourhood of what is known finds candidates, and
best-first branch and bound proves that there are no better ones: under prices on the others'
demands every draw has a value that no offer accepted there exceeds, and as an offer is one and
the same in all draws, its utility is below the k-th highest of these values where it is accepted
in k draws.

References
----------
Chance constraints over a sample: Luedtke, Ahmed & Nemhauser (2010), "An integer programming
approach for linear programs with probabilistic constraints", Mathematical Programming 122 (2),
247-272. Pareto local search: Paquete, Chiarandini & Stützle (2004), Metaheuristics for
Multiobjective Optimisation, 177-199.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from sim.equilibria.ultimatum.offers import Offers, plain_offers
from sim.equilibria.ultimatum.search import MARGIN, OfferSearch
from sim.problem import Floats, Indices


@dataclass(frozen=True, eq=False)
class RiskReturn:
    """The best own utility for every chance of acceptance.

    Attributes
    ----------
    offers
        What was searched.
    counts
        In how many draws each offer on the curve is accepted, rising, ``(n_points,)``.
    own
        What it gives the proposer, falling, ``(n_points,)``.
    rows
        The offers, ``(n_points, n_blocks)``.
    at_most
        Proven: no offer accepted in at least so many draws gives the proposer more; minus
        infinity where none is; ``(n_draws + 1,)``.
    payoff_at_most
        Proven: no offer has a higher expected payoff.
    possible
        Draws in which it is not proven that no offer at all is acceptable.
    informed
        What the proposer expects if it knows each draw before it offers: at least and at most.
    """

    offers: Offers
    counts: Indices
    own: Floats
    rows: Indices
    at_most: Floats
    payoff_at_most: float
    possible: int
    informed: tuple[float, float]

    @property
    def n_draws(self) -> int:
        """Draws that the chances are shares of."""
        return self.offers.n_draws

    @cached_property
    def chances(self) -> Floats:
        """Share of the draws in which each offer on the curve is accepted, ``(n_points,)``."""
        return self.counts / self.n_draws

    @cached_property
    def payoffs(self) -> Floats:
        """What the proposer expects of each offer on the curve, ``(n_points,)``."""
        return self.offers.no_deal + self.chances * (self.own - self.offers.no_deal)

    @property
    def best(self) -> int:
        """Place of the offer of highest expected payoff; of equal ones the surest."""
        return int(np.flatnonzero(self.payoffs >= self.payoffs.max() - MARGIN)[-1])

    @property
    def gap(self) -> float:
        """By how much another offer's expected payoff could be higher at the very most."""
        reached = float(self.payoffs.max()) if len(self.payoffs) else self.offers.no_deal
        return max(self.payoff_at_most - reached, 0.0)

    @property
    def exact(self) -> bool:
        """Whether no offer has a higher expected payoff on these draws: proven."""
        return self.gap <= 1e-9

    @cached_property
    def curve_exact(self) -> bool:
        """Whether the whole curve is proven."""
        reached = np.full(self.n_draws + 1, -np.inf)
        for count, utility in zip(self.counts[::-1], self.own[::-1], strict=True):
            reached[: count + 1] = utility
        return bool((self.at_most[1:] <= reached[1:] + 1e-9).all())


def risk_return(
    offers: Offers, *, time_limit: float | None = 5.0, whole: bool = True
) -> RiskReturn:
    """Find the best offer, and the best for every chance of acceptance.

    Parameters
    ----------
    time_limit
        Seconds after which what is not proven yet carries its bound.
    whole
        Whether the whole curve is to be proven, not only the offer of highest payoff.

    Examples
    --------
    A pie of ten coins; the other insists on 2 or 5, equally likely, and the proposer has none
    without a deal. Asking for 8 is worth 4, asking for 5 is worth 5.

    >>> coins = np.arange(11.0)
    >>> theirs = np.repeat((10 - coins)[:, None, None], 2, axis=1)
    >>> found = risk_return(plain_offers(coins, theirs, np.array([[2.0], [5.0]]), no_deal=0.0))
    >>> found.own.tolist(), found.chances.tolist(), found.payoffs.tolist(), found.exact
    ([8.0, 5.0], [0.5, 1.0], [4.0, 5.0], True)
    """
    _compiled()
    search = OfferSearch(offers, time_limit)
    search.run(whole=whole)
    at_most, gain = search.at_most()
    best, last = search.best, search.priced.n_alive
    steps = np.flatnonzero(np.isfinite(best[1:])) + 1
    kept = [int(k) for k in steps if k == last or best[k + 1] < best[k] - MARGIN]
    counts = np.array(kept, dtype=np.intp)
    return RiskReturn(
        offers=offers,
        counts=counts,
        own=best[counts],
        rows=search.rows[counts],
        at_most=at_most,
        payoff_at_most=offers.no_deal + gain / offers.n_draws,
        possible=last,
        informed=search.priced.informed,
    )


@lru_cache(maxsize=1)
def _compiled() -> None:
    """Load the compiled loops before any clock starts: on two tiny tables, every loop is met."""
    own, theirs = np.array([1.0, 0.0, 0.5, 0.0]), np.zeros((4, 2, 1))
    tiny = plain_offers(own, theirs, np.zeros((2, 1)), no_deal=0.0)
    two = Offers(
        ((0,), (1,)), (tiny.choices[0][:2],) * 2, np.array([0, 2, 4], dtype=np.intp), own, theirs,
        tiny.asked, 0.0, 0.0,
    )  # fmt: skip
    for table in (tiny, two):
        OfferSearch(table, None).run(whole=True)
