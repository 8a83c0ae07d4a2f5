"""The smallest changes that turn a package into one that everyone accepts: all of them, proven.

A change costs something, one by default, so what an outcome costs is a sum over blocks just as
its utilities are. State of the art for one cheapest change is a mixed-integer program. Here a
depth-first search with prices at every node finds all of them; where blocks overlap, the cost
joins the parties as one more column, to be made as low as can be and then listed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.clock import deadline_in, late, seconds_left
from sim.feasible.count import count_acceptable
from sim.feasible.extremes import highest
from sim.feasible.listing import list_acceptable
from sim.problem import TOLERANCE, Floats, Indices, Problem

SECOND_THOUGHTS = 2.0
"""Seconds for finding the fewest changes among amendments that are equally cheap."""

SLICE = 2000
"""Nodes of the search between two looks at the clock: some hundredths of a second."""


@dataclass(frozen=True, eq=False)
class SmallestAmendments:
    """The acceptable outcomes that are cheapest to reach from a given one.

    Attributes
    ----------
    cost
        What each of them costs; ``None`` where none was found.
    at_least
        No acceptable outcome within the limit on changes costs less; infinite where it is proven
        that there is none.
    count
        How many there are; where ``counted`` is false, how many are known.
    changes
        How many issues the fewest-changing of them changes.
    choices, utilities
        Those listed, shapes ``(n_listed, n_issues)`` and ``(n_listed, n_parties)``, by outcome
        number. Where not all are, those that change fewest issues are among them.
    """

    cost: float | None
    at_least: float
    changes: int | None
    count: int
    counted: bool
    choices: Indices
    utilities: Floats

    def __len__(self) -> int:
        return len(self.choices)

    @property
    def minimal(self) -> bool:
        """Whether it is proven that nothing cheaper will do, or that nothing will at all."""
        return self.at_least >= (np.inf if self.cost is None else self.cost)


def smallest_amendments(
    problem: Problem,
    start: ArrayLike,
    *,
    costs: ArrayLike | None = None,
    max_changes: int | None = None,
    most: int = 1000,
    time_limit: float | None = 10.0,
) -> SmallestAmendments:
    """Find all cheapest ways to turn an outcome into one that gives every party its threshold.

    Parameters
    ----------
    start
        Option indices that changes are counted from, shape ``(n_issues,)``. It need not be among
        the outcomes of the problem: it may cross a red line or break a constraint.
    costs
        Of changing each issue, shape ``(n_issues,)``, none negative; 1 each by default.
    max_changes
        How many issues may be changed, whatever they cost.
    most
        How many amendments to list. They are counted beyond that.
    time_limit
        Seconds after which the best known is returned, with what is proven.

    Notes
    -----
    Costs within a ten-millionth of a typical one count as equal.

    Examples
    --------
    Three issues of equal weight; what one side wins the other loses. All stand at the first
    side's wish, and the other must win at least one: any one will do.

    >>> from sim.blocks import Block
    >>> blocks = [Block((k,), np.array([[0], [1]]), np.array([[1.0, 0], [0, 1]])) for k in range(3)]
    >>> deal = Problem(tuple(blocks), np.zeros(2), np.array([1.0, 1.0]))
    >>> found = smallest_amendments(deal, [0, 0, 0])
    >>> found.cost, found.minimal, found.choices.tolist()
    (1.0, True, [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    >>> smallest_amendments(deal, [0, 0, 0], costs=[2, 1, 2]).choices.tolist()
    [[0, 1, 0]]
    """
    ask = _Ask(problem, np.asarray(start), _costs(problem, costs), max_changes, most)
    if not all(len(block) for block in problem.blocks):
        return ask.answer(np.inf, None, None)
    if problem.loose or any(block.shared for block in problem.blocks):
        return _by_columns(ask, time_limit)
    return _by_search(ask, time_limit)


def times_changed(
    problem: Problem,
    start: ArrayLike,
    found: SmallestAmendments,
    *,
    costs: ArrayLike | None = None,
    max_changes: int | None = None,
    time_limit: float | None = 10.0,
) -> Indices | None:
    """Count in how many of the smallest amendments each issue changes, all of them considered.

    Parameters
    ----------
    found
        The answer of `smallest_amendments` to the same question. Where not all are listed, those
        that leave an issue as it is are counted.
    time_limit
        Seconds for counting.

    Returns
    -------
    ndarray or None
        Shape ``(n_issues,)``; ``None`` where it is not known.
    """
    begin = np.asarray(start)
    if not found.counted or not found.minimal:
        return None
    changed: Indices = (found.choices != begin).sum(axis=0)
    if found.cost is None or len(found) == found.count:
        return changed
    ask = _Ask(problem, begin, _costs(problem, costs), max_changes, 0)
    alike, deadline = ask.at_cost(found.cost), deadline_in(time_limit)
    for issue, option in enumerate(begin):
        left = seconds_left(deadline)
        same = count_acceptable(
            alike.only(issue, option), rng=np.random.default_rng(0), samples=2, time_limit=left
        ).outcomes
        if same is None or late(deadline):
            return None
        changed[issue] = found.count - same
    return changed


def _costs(problem: Problem, costs: ArrayLike | None) -> Floats:
    if costs is None:
        return np.ones(problem.n_issues)
    given = np.asarray(costs, dtype=float)
    if (given < 0).any() or not np.isfinite(given).all():
        raise ValueError("a change cannot cost less than nothing, nor without limit")
    return given


@dataclass(frozen=True, eq=False)
class _Ask:
    """What was asked, and how answers to it are put together."""

    problem: Problem
    start: Indices
    costs: Floats
    max_changes: int | None
    most: int

    def by_row(self, costs: Floats) -> list[Floats]:
        """What the issues that each row changes cost together, ``(n_rows, 1)`` for each block."""
        return [
            ((block.on(block.own) != self.start[list(block.own)]) @ costs[list(block.own)])[:, None]
            for block in self.problem.blocks
        ]

    @property
    def within(self) -> Problem:
        """The problem with the limit on changes as one more party's threshold."""
        if self.max_changes is None:
            return self.problem
        changes = self.by_row(np.ones(len(self.start)))
        return self.problem.with_columns([-c for c in changes], [-float(self.max_changes)])

    def at_cost(self, cost: float) -> Problem:
        """The problem with what may be spent as one more party's threshold."""
        return self.within.with_columns([-c for c in self.by_row(self.costs)], [-cost])

    def answer(
        self, at_least: float, cost: float | None, choices: Indices | None, *, every: bool = True
    ) -> SmallestAmendments:
        """Sort and value what was found, and count where that is not all.

        Parameters
        ----------
        every
            There are no others at this cost.
        """
        n_parties = self.problem.n_parties
        if cost is None or choices is None:
            nothing = np.zeros((0, len(self.start)), dtype=np.intp)
            known = bool(at_least == np.inf)
            none = np.zeros((0, n_parties))
            return SmallestAmendments(None, at_least, None, 0, known, nothing, none)
        alike = self.costs.min() == self.costs.max() > 0
        if not every and at_least >= cost and not alike:
            fewest = smallest_amendments(
                self.at_cost(cost), self.start, most=self.most, time_limit=SECOND_THOUGHTS
            )
            choices = np.unique(np.vstack([fewest.choices, choices]), axis=0)
        order = np.lexsort((choices != self.start).sum(axis=1)[None, :])
        listed = choices[order][: self.most]
        listed = listed[np.lexsort(listed.T[::-1])]
        changes = int((listed != self.start).sum(axis=1).min())
        utilities = np.array([self.problem.utility(outcome) for outcome in listed])
        count, counted = len(choices), every
        if not every and at_least >= cost:
            size = count_acceptable(self.at_cost(cost), rng=np.random.default_rng(0), samples=2)
            counted = size.outcomes is not None
            count = max(count, size.outcomes or 0)
        return SmallestAmendments(cost, at_least, changes, count, counted, listed, utilities)


def _by_search(ask: _Ask, time_limit: float | None) -> SmallestAmendments:
    """Search blocks that do not overlap, raising what may be spent until something is found."""
    from sim.search.kernels.nearest import HEAT, SLACK, lowest_cost  # noqa: PLC0415 - compiled

    spent = np.concatenate(ask.by_row(ask.costs))[:, 0]
    paid = ask.costs[ask.costs > 0]
    unit = float(np.median(paid)) if len(paid) else 1.0
    table = _Table.of(ask.within, spent / unit)
    bound = lowest_cost(table.gains, table.cost, table.start, table.origin, table.prices, HEAT)
    deadline = deadline_in(time_limit)
    whole = bool(np.all(np.abs(ask.costs / unit - np.rint(ask.costs / unit)) < SLACK))
    if whole:
        bound = np.ceil(bound - SLACK)
    bound, step = max(0.0, float(bound)), 0.0 if whole else 0.5
    while bound <= table.dearest:
        limit = min(bound + step, table.dearest)
        found = table.search(limit, ask.most, deadline)
        if len(found.rows):
            choices = table.choices(ask.problem, found.rows)
            cost = float(((choices != ask.start) @ ask.costs).min())
            at_least = cost if found.complete else min(bound * unit, cost)
            return ask.answer(at_least, cost, choices, every=found.complete and found.every)
        if not found.complete:
            return ask.answer(bound * unit, None, None)
        if limit >= table.dearest:
            break
        bound = limit + whole
        step = 0.0 if whole else 2.0 * step
    return ask.answer(np.inf, None, None)


@dataclass(frozen=True, eq=False)
class _Outcomes:
    """What one search found: rows, and whether the search ended and had room for all of them."""

    rows: Indices
    best: float
    complete: bool
    every: bool


@dataclass(frozen=True, eq=False)
class _Table:
    """Blocks one below another, with what each row costs, as the compiled search takes them."""

    gains: Floats
    cost: Floats
    start: Indices
    origin: Floats
    prices: Floats

    @classmethod
    def of(cls, problem: Problem, cost: Floats) -> _Table:
        """Stack the blocks of a problem, and begin with prices of the right size."""
        gains = np.ascontiguousarray(np.concatenate([b.utilities for b in problem.blocks]))
        start = np.concatenate([[0], np.cumsum([len(b) for b in problem.blocks])]).astype(np.intp)
        spread = np.maximum.reduceat(gains, start[:-1]) - np.minimum.reduceat(gains, start[:-1])
        mean = spread.mean(axis=0)
        prices = 1.0 / np.where(mean > 0, mean, 1.0)
        return cls(gains, cost, start, -problem.thresholds, prices)

    @property
    def dearest(self) -> float:
        """What an outcome can cost at most."""
        return float(np.maximum.reduceat(self.cost, self.start[:-1]).sum())

    def choices(self, problem: Problem, rows: Indices) -> Indices:
        """Turn rows into option indices, ``(n, n_issues)``."""
        chosen = np.zeros((len(rows), problem.n_issues), dtype=np.intp)
        for block, first, own in zip(problem.blocks, self.start, rows.T, strict=False):
            chosen[:, list(block.issues)] = block.choices[own - first]
        return chosen

    def search(self, limit: float, most: int, deadline: float | None) -> _Outcomes:
        """List the cheapest acceptable outcomes that cost no more than a limit."""
        from sim.search.kernels.nearest import FRESH, HEAT, nearest  # noqa: PLC0415 - compiled

        depths, n_rows = len(self.start), len(self.cost)
        alive = np.ones((depths, n_rows), dtype=bool)
        tried = np.zeros((depths, n_rows), dtype=bool)
        prices = np.tile(self.prices, (depths, 1))
        branch = np.full(depths, FRESH, dtype=np.intp)
        rows = np.zeros((max(most, 1), depths - 1), dtype=np.intp)
        depth, ties, n_found, best = 0, True, 0, np.inf
        while depth >= 0:
            depth, limit, ties, n_found, best, _ = nearest(
                self.gains, self.cost, self.start, self.origin, limit, ties, HEAT, alive, prices,
                branch, tried, depth, rows, n_found, best, SLICE,
            )  # fmt: skip
            if late(deadline):
                break
        return _Outcomes(rows[:n_found], best, depth < 0, ties)


def _by_columns(ask: _Ask, time_limit: float | None) -> SmallestAmendments:
    """Make the cost as low as can be, then list what costs no more: for blocks that overlap."""
    wide = ask.at_cost(float(ask.costs.sum()))
    lowest = highest(wide, np.eye(wide.n_parties)[-1], time_limit=time_limit)
    proven = lowest.certificate.exact
    if lowest.outcome is None:
        return ask.answer(np.inf if proven else 0.0, None, None)
    cost = float((lowest.outcome != ask.start) @ ask.costs)
    at_least = cost if proven else max(0.0, cost - lowest.certificate.bound)
    listing = list_acceptable(ask.at_cost(cost), most=ask.most, time_limit=time_limit)
    choices = listing.choices if len(listing) else lowest.outcome[None, :]
    spent = (choices != ask.start) @ ask.costs
    every = proven and listing.complete and len(listing) > 0
    return ask.answer(at_least, cost, choices[spent <= cost + TOLERANCE], every=every)
