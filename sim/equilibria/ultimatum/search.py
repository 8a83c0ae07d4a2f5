"""Offers near those that are known, and the proof that no others are better.

A curve of candidates grows by looking around every offer on it. Best-first branch and bound then
goes through what could better the curve: a branch fixes the rows of some blocks, and goes as soon
as the draws leave it no chance; a branch with one block open is looked through whole.
"""

from __future__ import annotations

import heapq

import numpy as np

from sim.clock import deadline_in, late
from sim.equilibria.ultimatum.offers import Offers
from sim.equilibria.ultimatum.priced_draws import PricedDraws
from sim.problem import Floats, Indices

MARGIN = 1e-12
CELLS = 2048
STARTS = 24
PAIRS, LAST = 0.3, 0.15
"""Of the time: for pairs of changes where the curve is not proven, and to add up what is open."""

Needs = tuple[Floats, Indices, float, float]
"""What counts as better in k draws, and a table to look it up: cells, their origin and width."""

Node = tuple[Floats, Floats, float, int]
"""Of a branch: values and margins of the draws, the proposer's highest, the block to go on with."""

Heap = list[tuple[float, int, Indices]]


class OfferSearch:
    """One search on its way.

    Attributes
    ----------
    priced
        What bounds every offer.
    best, rows
        The curve: highest own utility found among offers accepted in at least so many draws,
        minus infinity where there is none, and these offers.
    wanting, bulging
        Branches that could have a higher payoff, and that could better the curve elsewhere.
    """

    def __init__(self, offers: Offers, time_limit: float | None) -> None:
        from sim.search.kernels import offers as kernels  # noqa: PLC0415 - compiled

        self.kernels, self.offers, self.seconds = kernels, offers, time_limit
        self.deadline = deadline_in(time_limit)
        self.block_of = np.repeat(np.arange(offers.n_blocks), np.diff(offers.start))
        self.priced = PricedDraws(offers)
        n, n_rows = self.priced.n_alive, len(offers.own)
        self.best = np.full(n + 1, -np.inf)
        self.rows = np.zeros((n + 1, offers.n_blocks), dtype=np.intp)
        self.steps = np.zeros(n + 1, dtype=np.intp)
        self.over, self.tried = np.zeros((2, n_rows), dtype=np.intp)
        self.seen: set[tuple[bytes, bool]] = set()
        self.wanting: Heap = []
        self.bulging: Heap = []
        self.born = 0

    @property
    def gain(self) -> float:
        """Highest sum over the draws of what an offer gains, so far; 0 if refused always."""
        n = np.arange(len(self.best))
        with np.errstate(invalid="ignore"):
            gains = np.where(n > 0, n * (self.best - self.offers.no_deal), 0.0)
        return max(float(gains.max()), 0.0)

    def run(self, *, whole: bool) -> None:
        """Find candidates, then prove; at the end of the time what is open gives the bound."""
        if self.priced.n_alive:
            self._begin()
            self._climb(two=False)
            root = np.full(self.offers.n_blocks, -1, dtype=np.intp)
            self._push(self.wanting, self.priced.payoff_bound(root), root)
            self._prove_payoff(whole=whole)
            if whole and self.bulging:
                self._climb(two=True)
                self._prove_curve()

    # Candidates ------------------------------------------------------------------------------

    def _look(self, offer: Indices, *, only: int = -1, two: bool = False) -> None:
        o, p = self.offers, self.priced
        self.kernels.look_around(
            p.theirs, o.own, o.start, self.block_of, p.asked, o.floor, offer, only, two,
            self.best, self.rows,
        )  # fmt: skip

    def _begin(self) -> None:
        """Start from offers that weigh own and others' utility, and from the best in some draws."""
        if self.offers.n_blocks == 1:  # looking around one offer is looking at all
            self._look(np.zeros(1, dtype=np.intp))
            return
        o, mean = self.offers, self.priced.theirs.mean(axis=1)
        n = mean.shape[1]
        weights = np.vstack([np.full((1, n), 1 / n), 0.3 / n + 0.7 * np.eye(n)])
        for weight in weights:
            for much in np.linspace(0.0, 3.0, 7):
                worth = o.own + much * n * (mean @ weight)
                self._look(self._highest(worth))
        order = np.linspace(0, len(self.priced.alone) - 1, min(STARTS, len(self.priced.alone)))
        for place in order.astype(int):
            self._look(self.priced.alone[place])

    def _highest(self, worth: Floats) -> Indices:
        parts = np.split(worth, self.offers.start[1:-1])
        rows: Indices = self.offers.start[:-1] + np.array([int(part.argmax()) for part in parts])
        return rows

    def _climb(self, *, two: bool) -> None:
        """Look around every offer on the curve that was not looked around yet, best ones first."""
        end = self.deadline
        if two and self.seconds is not None and end is not None:
            end -= (1 - PAIRS) * self.seconds
        while not late(end):
            offer = self._unseen(two)
            if offer is None:
                break
            self.seen.add((offer.tobytes(), two))
            self._look(offer, two=two)

    def _unseen(self, two: bool) -> Indices | None:
        """Return the offer of highest payoff on the curve that was not looked around yet."""
        n = np.arange(len(self.best))
        with np.errstate(invalid="ignore"):
            gains = n * (self.best - self.offers.no_deal)
        for k in np.argsort(-np.where(np.isfinite(gains), gains, -np.inf), kind="stable"):
            if not np.isfinite(self.best[k]):
                continue
            if (self.rows[k].tobytes(), two) not in self.seen:
                offer: Indices = self.rows[k].copy()
                return offer
        return None

    # Proofs ----------------------------------------------------------------------------------

    def _push(self, heap: Heap, urgent: float, fixed: Indices) -> None:
        self.born += 1
        heapq.heappush(heap, (-urgent, self.born, fixed))

    def _needs(self, *, payoff: bool) -> Needs:
        """Return what own utility counts as better in k draws, and a quick way to look it up."""
        needs = self.best[1:].copy()
        if payoff:
            gain = self.gain + MARGIN
            needs = self.offers.no_deal + gain / np.arange(1, len(self.best))
        low, high = (
            self.offers.floor,
            max(float(self.priced.ceiling.max()), self.offers.floor + 1e-9),
        )
        width = (high - low) / CELLS
        ends = low + width * np.arange(1, CELLS + 1)
        cells = np.searchsorted(-needs, -(ends - 2 * MARGIN), side="right").astype(np.intp)
        cells[-1] = 0
        return needs, cells, low, width

    def _branch(self, fixed: Indices, needs: Needs) -> Node:
        """Choose the block to branch on; how much its rows leave stands in ``over`` then."""
        value, spare, cap = self.priced.values(fixed)
        levels, cells, low, width = needs
        o, p = self.offers, self.priced
        block = self.kernels.branched(
            value, spare, p.ceiling, cap, fixed, o.start, p.cost, p.drain, p.own_cost, o.floor,
            levels, cells, low, width, self.steps, self.over, self.tried,
        )  # fmt: skip
        return value, spare, cap, int(block)

    def _excess(self, node: Node, row: int, needs: Needs) -> int:
        """Say in how many more draws than needed an offer of a branch might be accepted."""
        value, spare, cap, _ = node
        levels, cells, low, width = needs
        p = self.priced
        more = self.kernels.excess(
            value, p.cost[row], spare, p.drain[:, row], p.ceiling, cap - p.own_cost[row],
            self.offers.floor, levels, cells, low, width, self.steps,
        )  # fmt: skip
        return int(more)

    def _settled(self, fixed: Indices) -> bool:
        """Look at every offer of a branch with one block left; tell whether it is one."""
        left = np.flatnonzero(fixed < 0)
        if len(left) > 1:
            return False
        offer = fixed.copy()
        only = int(left[0])
        offer[only] = self.offers.start[only]
        before = self.best.sum(where=np.isfinite(self.best))
        self._look(offer, only=only)
        if self.best.sum(where=np.isfinite(self.best)) != before:
            self._climb(two=False)
        return True

    def _prove_payoff(self, *, whole: bool) -> None:
        """Go through the branches that could have a higher payoff, the most promising first."""
        gain, needs, curve = self.gain, self._needs(payoff=True), self._needs(payoff=False)
        while self.wanting and not late(self.deadline):
            if -self.wanting[0][0] <= self.gain + MARGIN:
                break
            fixed = heapq.heappop(self.wanting)[-1]
            if self._settled(fixed):
                curve = self._needs(payoff=False)
                if self.gain > gain:
                    gain, needs = self.gain, self._needs(payoff=True)
            else:
                self._divided(fixed, needs, curve if whole else None)
        if late(self.deadline) and self.wanting:
            return
        for _, _, fixed in self.wanting if whole else ():
            self._push(self.bulging, np.inf, fixed)
        self.wanting.clear()

    def _divided(self, fixed: Indices, needs: Needs, curve: Needs | None) -> None:
        """Branch on one block: what could pay more, and what could better the curve elsewhere."""
        node = self._branch(fixed, needs)
        block = node[-1]
        first, last = self.offers.start[block], self.offers.start[block + 1]
        over = self.over[first:last].copy()
        if not over.any():
            if curve is not None:
                self._push(self.bulging, np.inf, fixed)
            return
        for row in range(first, last):
            child = fixed.copy()
            child[block] = row
            if over[row - first]:
                self._push(self.wanting, self.priced.payoff_bound(child), child)
            elif curve is not None and (more := self._excess(node, row, curve)):
                self._push(self.bulging, more, child)

    def _prove_curve(self) -> None:
        """Go through the branches that could better the curve anywhere."""
        end = self.deadline
        if self.seconds is not None and end is not None:
            end -= LAST * self.seconds
        curve, total = self._needs(payoff=False), self.best.sum(where=np.isfinite(self.best))
        while self.bulging and not late(end):
            _, _, fixed = heapq.heappop(self.bulging)
            if self._settled(fixed):
                now = self.best.sum(where=np.isfinite(self.best))
                if now != total:
                    curve, total = self._needs(payoff=False), now
                continue
            block = self._branch(fixed, curve)[-1]
            first, last = self.offers.start[block], self.offers.start[block + 1]
            over = self.over[first:last].copy()
            for row in first + np.flatnonzero(over):
                child = fixed.copy()
                child[block] = row
                self._push(self.bulging, over[row - first], child)

    def at_most(self) -> tuple[Floats, float]:
        """Return what is proven: no offer accepted in so many draws gives more, nor gains more.

        Returns
        -------
        tuple of ndarray and float
            The curve's bound, ``(n_draws + 1,)``, and that of the gain summed over the draws.
        """
        bound = np.full(self.offers.n_draws + 1, -np.inf)
        bound[: self.priced.n_alive + 1] = self.best
        gain = self.gain
        for urgent, _, fixed in self.wanting:
            gain = max(gain, -urgent)
            self._raise(bound, fixed)
        for _, _, fixed in self.bulging:
            self._raise(bound, fixed)
        if self.priced.cap >= self.offers.floor:
            bound[0] = max(bound[0], self.priced.cap)
        return bound, gain

    def _raise(self, at_most: Floats, fixed: Indices) -> None:
        ranked = self.priced.ranked(fixed)
        reached = at_most[1 : len(ranked) + 1]
        np.maximum(reached, ranked, out=reached)
