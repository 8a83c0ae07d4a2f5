"""What no offer can exceed, draw by draw: prices on the others' demands, and mixes of them.

Under prices, utility and demands add up to one number for every part of an offer, so that the
best parts of all blocks together are worth more than any offer accepted in that draw. What each
part gives up against that is known once and for all: a branch of a search sums it up.
"""

from __future__ import annotations

import numpy as np

from sim.equilibria.ultimatum.offers import Offers
from sim.problem import TOLERANCE, Floats, Indices

STEPS = 20_000
"""Steps of the search for the best offer in one draw."""


class PricedDraws:
    """The draws in which some offer may be accepted, with what bounds every offer there.

    Attributes
    ----------
    offers
        Those that were priced.
    n_alive
        Draws in which it is not proven that no offer is acceptable to all; the others are out.
    theirs, asked
        As in the offers, of these draws.
    value, cost
        What no offer accepted in a draw gives the proposer more than, ``(n_alive,)``, and what
        each row gives up against it, ``(n_rows, n_alive)``.
    spare, drain
        Margins of several mixes of demands, ``(n_views, n_alive)``, and what each row takes of
        them, ``(n_views, n_rows, n_alive)``: below nought, somebody refuses.
    ceiling
        The best offer for the proposer in each draw alone, or what bounds it.
    cap, own_cost
        The proposer's highest utility of all, and what each row gives up of it.
    alone
        The best offers in single draws, as rows, ``(n, n_blocks)``.
    informed
        What a proposer that knows each draw expects: at least and at most.
    """

    def __init__(self, offers: Offers) -> None:
        self.offers = offers
        blocks = np.repeat(np.arange(offers.n_blocks), np.diff(offers.start))
        tops = np.maximum.reduceat(offers.own, offers.start[:-1])
        self.cap, self.own_cost = float(tops.sum()), tops[blocks] - offers.own
        self._price()
        if self.n_alive:
            self._mix()

    def _price(self) -> None:
        """Value every draw, and leave out those in which nothing at all is accepted."""
        from sim.search.kernels import offers as k  # noqa: PLC0415 - compiled

        o = self.offers
        n_rows, n_draws, n = o.theirs.shape
        price, value = np.zeros((n_draws, n)), np.zeros(n_draws)
        k.prices_by_draw(o.theirs, o.own, o.start, o.asked, o.floor, price, value)
        cost, one = np.empty((n_rows, n_draws)), np.ones(n_draws)
        k.given_up(o.theirs, o.own, o.start, price, one, cost)
        best, state = np.empty(n_draws), np.empty(n_draws, dtype=np.int8)
        rows = np.zeros((n_draws, o.n_blocks), dtype=np.intp)
        k.best_by_draw(
            o.theirs, o.own, o.start, o.asked, o.floor, value, cost, STEPS, best, rows, state
        )
        alive = np.isfinite(best) | (state == k.CUT_SHORT)
        self.n_alive = int(alive.sum())
        self.theirs = np.ascontiguousarray(o.theirs[:, alive])
        self.asked = np.ascontiguousarray(o.asked[alive])
        self.value, self.cost = value[alive], np.ascontiguousarray(cost[:, alive])
        self.ceiling = np.where(state == k.DONE, best, value)[alive]
        self.alone = rows[alive][np.isfinite(best[alive])]
        least = np.clip(best[alive] - o.no_deal, 0.0, None).sum() / n_draws
        most = np.clip(self.ceiling - o.no_deal, 0.0, None).sum() / n_draws
        self.informed = (o.no_deal + float(least), o.no_deal + float(most))

    def _mix(self) -> None:
        """Weigh all demands in every draw, and each on its own: what fails a view is refused."""
        from sim.search.kernels import offers as k  # noqa: PLC0415 - compiled

        o, n = self.offers, self.asked.shape[1]
        mix, margin = np.empty((self.n_alive, n + 1)), np.empty(self.n_alive)
        k.mixes_by_draw(
            self.theirs, o.own, o.start, self.asked, o.floor, self._scale(), mix, margin
        )
        mixes = [mix, *(np.tile(unit, (self.n_alive, 1)) for unit in np.eye(n + 1)[:n])]
        tops = np.maximum.reduceat(self.theirs, o.start[:-1], axis=0).sum(axis=0)
        self.spare = np.vstack([margin, (tops - self.asked).T + TOLERANCE])
        self.drain = np.empty((n + 1, len(o.own), self.n_alive))
        for drain, view in zip(self.drain, mixes, strict=True):
            own, price = np.ascontiguousarray(view[:, n]), np.ascontiguousarray(view[:, :n])
            k.given_up(self.theirs, o.own, o.start, price, own, drain)

    def _scale(self) -> Floats:
        """Return what a large surplus is for each of the others, and for the proposer."""
        parts = np.split(np.arange(len(self.offers.own)), self.offers.start[1:-1])
        wide = np.zeros(self.theirs.shape[2] + 1)
        for rows in parts:
            theirs, own = self.theirs[rows].mean(axis=1), self.offers.own[rows]
            wide[:-1] += theirs.max(axis=0) - np.median(theirs, axis=0)
            wide[-1] += own.max() - np.median(own)
        return np.where(wide > 1e-9, wide, 1.0)

    def values(self, fixed: Indices) -> tuple[Floats, Floats, float]:
        """Return what no offer with these rows exceeds, in each draw and in any; and margins."""
        chosen = fixed[fixed >= 0]
        loss, cap = self.cost[chosen].sum(axis=0), self.cap - self.own_cost[chosen].sum()
        return self.value - loss, self.spare - self.drain[:, chosen].sum(axis=1), float(cap)

    def ranked(self, fixed: Indices) -> Floats:
        """Return the same for all draws at once, from the highest down, minus infinity if none."""
        value, spare, cap = self.values(fixed)
        value = np.minimum(np.minimum(value, self.ceiling), cap)
        value[(value < self.offers.floor - TOLERANCE) | (spare < 0).any(axis=0)] = -np.inf
        return np.sort(value)[::-1]

    def payoff_bound(self, fixed: Indices) -> float:
        """Return the most that an offer with these rows can gain, summed over the draws."""
        ranked = self.ranked(fixed)
        n = np.arange(1, len(ranked) + 1)
        return max(float((n * (ranked - self.offers.no_deal)).max(initial=0.0)), 0.0)
