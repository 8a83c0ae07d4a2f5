"""The likeliest amendments: for ever more changes, the package that most often satisfies everyone.

The draws of what is uncertain are kept together: a package counts in a draw when everyone accepts
it there. The best package with few changes is found by branch and bound over the changes, where
a branch goes as soon as the draws that it could still satisfy are no more than the best known
does. Picking the best of many packages on some draws flatters it, so each pick is looked at again
on draws it was not picked on.

References
----------
Sample average approximation: Kleywegt, Shapiro & Homem-de-Mello (2002), SIAM Journal on
Optimization 12 (2), 479-502, who also show the flattery.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.clock import deadline_in, late
from sim.ensemble import Ensemble
from sim.feasible.count import wilson
from sim.feasible.drawn_changes import DrawnChanges, Wish, drawn_changes
from sim.problem import Indices
from sim.search.many import NO, zones

SLICE = 20_000
"""Nodes of the search between two looks at the clock: some hundredths of a second."""

ROOM = 60_000_000
"""Numbers that the bounds of a search may hold: half a gigabyte."""

FLAT = 2
"""The curve ends after so many steps on which nothing more was gained."""

SHARE = 0.4
"""Of the time that is left, what the search for one number of changes may take."""


@dataclass(frozen=True, eq=False)
class Step:
    """The likeliest package with at most so many changes.

    Attributes
    ----------
    changes
        How many were allowed; the package may have fewer.
    outcome
        Option indices, shape ``(n_issues,)``.
    share
        Part of the draws of the search in which everyone accepts it.
    at_most
        Proven: no package with as few changes is accepted in a larger part of these draws.
    probability, interval
        Part of the fresh draws in which everyone accepts it, and its 95 % interval.
    """

    changes: int
    outcome: Indices
    share: float
    at_most: float
    probability: float
    interval: tuple[float, float]

    @property
    def exact(self) -> bool:
        """Whether it is proven to be the likeliest on the draws of the search."""
        return self.at_most <= self.share


@dataclass(frozen=True, eq=False)
class Curve:
    """The likeliest package for every number of changes.

    Attributes
    ----------
    steps
        From no change on.
    draws, fresh
        How many draws the packages were picked on, and how many they were looked at on again.
    ceiling
        Proven: no package at all is accepted in a larger part of the draws of the search.
    ended
        Why there are no further steps: ``certain`` (nothing likelier is possible), ``flat``,
        ``changes`` (the limit on changes), ``size`` (more changes are too many to go through) or
        ``time``.
    """

    steps: tuple[Step, ...]
    draws: int
    fresh: int
    ceiling: float
    ended: str


def likely_amendments(
    drawn: Sequence[Ensemble],
    fresh: Iterable[Ensemble],
    wish: Wish,
    *,
    known: Sequence[Indices] = (),
    further: Callable[[], Sequence[Indices]] | None = None,
    max_changes: int | None = None,
    time_limit: float | None = 10.0,
    progress: Callable[[int, float], None] | None = None,
) -> Curve:
    """Find for 0, 1, 2, … changes the package that everyone accepts in most draws.

    Parameters
    ----------
    drawn, fresh
        Draws to pick packages on, and others to look at the picks again.
    wish
        Where to start from and whom to satisfy.
    known
        Packages worth trying, such as the smallest amendments at the central reading.
    further
        Finds more of them, for where changes are too many to go through them all.
    max_changes
        Where the curve ends at the latest.
    time_limit
        Seconds after which steps are no longer proven, and the curve ends.
    progress
        Called with the number of changes and the share reached, after every step.
    """
    free = len(wish.start) - len(wish.frozen)
    most = free if max_changes is None else min(max_changes, free)
    table = drawn_changes(drawn, wish, most)
    if further is not None and table.reach < most:
        known = [*known, *further()]
    search = _Search(table, drawn, wish, known, time_limit)
    picks, ended = search.climb_the_curve(most, progress)
    if ended in {"size", "time"}:
        picks += search.beyond(picks, most)
        ended = "certain" if picks[-1][1] >= search.possible else ended
    distinct = {tuple(outcome.tolist()): outcome for outcome, _, _ in picks}
    n_fresh, held = 0, dict.fromkeys(distinct, 0)
    for block in fresh:
        n_fresh += block.n_draws
        for key, outcome in distinct.items():
            held[key] += int(wish.satisfied(block, outcome).sum())
    steps = []
    for changes, (outcome, count, at_most) in enumerate(picks):
        again = held[tuple(outcome.tolist())] / max(n_fresh, 1)
        share, bound = count / search.n_draws, at_most / search.n_draws
        interval = wilson(again, max(n_fresh, 1))
        steps.append(Step(changes, outcome, share, bound, again, interval))
    ceiling = search.possible / search.n_draws
    return Curve(tuple(steps), search.n_draws, n_fresh, ceiling, ended)


def _possible(
    table: DrawnChanges, drawn: Sequence[Ensemble], wish: Wish, time_limit: float | None
) -> int:
    """Count the draws in which it is not proven that no package at all is acceptable."""
    if table.whole:
        return int(np.isfinite(table.least).sum())
    deadline = deadline_in(None if time_limit is None else SHARE * time_limit)
    return sum(
        int((zones(some, wish.columns, wish.red_lines, deadline=deadline) != NO).sum())
        for some in drawn
    )


Pick = tuple[Indices, int, int]
"""A package, in how many draws everyone accepts it, and how many no other can exceed."""


class _Search:
    """One curve on its way: the best rows so far, and whether searches still end."""

    def __init__(
        self,
        table: DrawnChanges,
        drawn: Sequence[Ensemble],
        wish: Wish,
        known: Sequence[Indices],
        time_limit: float | None,
    ) -> None:
        self.table, self.drawn, self.wish, self.time_limit = table, drawn, wish, time_limit
        self.deadline: float | None = None
        self.n_draws = len(table.base)
        self.known = [rows for k in known if (rows := table.rows_of(wish.start, k)) is not None]
        self.worth_trying = [
            (int((k != wish.start).sum()), self._holds(k), k)
            for k in known
            if not any(k[i] != wish.start[i] for i in wish.frozen)
        ]
        self.possible = _possible(table, drawn, wish, time_limit)
        self.provable = True

    def climb_the_curve(
        self, most: int, progress: Callable[[int, float], None] | None
    ) -> tuple[list[Pick], str]:
        """Take one change more at a time until nothing is gained."""
        table = self.table
        best = np.full(len(table.issues), -1, dtype=np.intp)
        count = self._count(best)
        picks: list[Pick] = [(self.wish.start, count, count)]
        flat = 0
        attained = max((n for cost, n, _ in self.worth_trying if cost <= most), default=0)
        fewest = min((self._spent(rows) for rows in self.known), default=0)
        while True:
            changes = len(picks)
            if count >= self.possible:
                return picks, "certain"
            if changes > most:
                return picks, "changes"
            if changes > table.reach:
                return picks, "size"
            if flat >= FLAT and count >= attained and (count or changes > fewest + 1):
                _, attained = self._climbed(min(most, table.reach), best, count)
                if attained <= count:  # nor does anything with many more changes help
                    return picks, "flat"
            if late(self.deadline):
                return picks, "time"
            best, more, at_most = self._step(changes, best, count)
            flat = flat + 1 if more <= count and at_most > 0 else 0
            count = max(count, more)
            picks.append((self._outcome(best), count, max(at_most, count)))
            if progress is not None:
                progress(changes, count / self.n_draws)

    def beyond(self, picks: Sequence[Pick], most: int) -> list[Pick]:
        """Go on from the last pick with what is known of packages with more changes."""
        best, count, _ = picks[-1]
        more: list[Pick] = []
        for cost, able, outcome in sorted(
            self.worth_trying, key=lambda tried: (tried[0], -tried[1])
        ):
            if not (len(picks) + len(more) <= cost <= most and able > count):
                continue
            while len(picks) + len(more) < cost:
                more.append((best, count, max(self._reachable(len(picks) + len(more)), count)))
            best, count = outcome, able
            more.append((best, count, max(self._reachable(cost), count)))
        return more

    def _reachable(self, changes: int) -> int:
        """Return how many draws no package with so few changes can exceed."""
        if changes > self.table.reach:
            return self.possible
        return min(int((self.table.least <= changes).sum()), self.possible)

    def _step(self, changes: int, before: Indices, count: int) -> tuple[Indices, int, int]:
        """Find the likeliest package with one change more than before."""
        reachable = self._reachable(changes)
        if reachable <= count:
            return before, count, reachable
        best, count = self._climbed(changes, before, count)
        at_most = reachable
        if self.provable and changes * len(self.table.issues) * self.table.base.size < ROOM:
            best, count, at_most = self._branched(changes, best, count)
        return best, count, min(at_most, reachable)

    def _climbed(self, changes: int, before: Indices, count: int) -> tuple[Indices, int]:
        """Climb from the best with one change less, and from other packages worth trying.

        These are the likeliest of those known, and one that comes near to satisfying many draws.
        """
        near = [rows for rows in self.known if self._spent(rows) <= changes]
        near.sort(key=lambda rows: -self._count(rows))
        between = self._climb(changes, np.full(len(before), -1, dtype=np.intp), weight=0.0)
        best = before
        for rows in [before, *near[:1], between]:
            chosen = self._climb(changes, rows, weight=1.0)
            reached = self._count(chosen)
            if reached > count:
                best, count = chosen, reached
        return best, count

    def _climb(self, changes: int, rows: Indices, *, weight: float) -> Indices:
        from sim.search.kernels.likeliest import climb_draws  # noqa: PLC0415 - compiled

        table, chosen = self.table, rows.copy()
        climb_draws(
            table.base, table.delta, table.cost, table.start, table.block_of, table.n_own,
            table.part, table.missing, table.binds, table.scale, weight, changes, chosen,
        )  # fmt: skip
        return chosen

    def _branched(self, changes: int, best: Indices, count: int) -> tuple[Indices, int, int]:
        """Go through all packages with so few changes, as far as time allows."""
        from sim.search.kernels.likeliest import likeliest, most_to_come, still_open  # noqa: PLC0415

        table = self.table
        shape = (changes + 1, *table.base.shape)
        rest = most_to_come(table.delta, table.cost, table.start, changes)
        state, draws = np.zeros(shape), np.zeros(shape[:2], dtype=np.intp)
        state[0] = table.base
        able = np.flatnonzero(table.least <= changes)
        draws[0, : len(able)] = able
        counts, cursor, left, rows = np.zeros((4, changes + 1), dtype=np.intp)
        counts[0], left[0] = len(able), changes
        found, n_found, depth, reached = np.zeros(changes + 1, dtype=np.intp), 0, 0, count
        end = None
        while depth >= 0:
            depth, reached, n_found, _ = likeliest(
                table.delta, table.cost, table.start, table.block_of, table.n_own, table.part,
                table.missing, table.binds, rest, state, draws, counts, cursor, left, rows, depth,
                reached, found, n_found, SLICE,
            )  # fmt: skip
            if end is None and self.time_limit is not None:
                now = time.monotonic()
                if self.deadline is None:  # everything is compiled by now, which is not to count
                    self.deadline = now + self.time_limit
                end = now + SHARE * (self.deadline - now)
            if late(end):
                break
        at_most = reached
        if depth >= 0:
            self.provable = False
            at_most = still_open(
                state, rest, draws, counts, cursor, left, depth, table.block_of, reached
            )
        if n_found:
            best = np.full(len(table.issues), -1, dtype=np.intp)
            best[table.block_of[found[:n_found]]] = found[:n_found]
        return best, reached, at_most

    def _spent(self, rows: Indices) -> int:
        return int(self.table.cost[rows[rows >= 0]].sum())

    def _outcome(self, rows: Indices) -> Indices:
        return self.table.outcome(self.wish.start, rows[rows >= 0])

    def _count(self, rows: Indices) -> int:
        return self._holds(self._outcome(rows))

    def _holds(self, outcome: Indices) -> int:
        """Count the draws in which everyone accepts, straight from the definition."""
        return sum(int(self.wish.satisfied(block, outcome).sum()) for block in self.drawn)
