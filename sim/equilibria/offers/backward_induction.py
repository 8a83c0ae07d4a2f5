"""Offers over time with a last round: backward induction over whatever can be agreed.

A proposal is a point of the frontier. Each round one party proposes and the others answer; who
refuses waits for the next round, living with no deal until then. Going backwards from the last
round, every party's value of waiting is known, so the others accept exactly what gives them
that, and the proposer takes the best that they accept or lets the round pass. What a round is
worth depends on the round after it alone, so that values which come back repeat for ever: then
the rest of the rounds is known without looking at them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
LOOKED_FOR = 200
"""Rounds within which values may come back; what is left is then gone through in compiled code."""

NEAR = 1e-9


PASSES = -1
"""In the place of a proposal: the round passes without one that is accepted."""


@dataclass(frozen=True, eq=False)
class Rules:
    """How the talks are conducted.

    Attributes
    ----------
    patience
        Discount factor of each party for one round, in (0, 1], shape ``(n_parties,)``.
    disagreement
        What each party has while there is no deal: shape ``(n_parties,)``, or one row for every
        round and one for afterwards, where the front moves; the last row lasts.
    breakdown
        Chance that a refusal ends the talks for good, round by round and from the start again
        after the last, shape ``(n,)``; mostly one number. A deadline is a chance in its round.
    cost
        What a round of talks without agreement costs each party, shape ``(n_parties,)``.
    outside
        What each party can take instead of answering, shape ``(n_parties,)``; minus infinity for
        none. Who takes it ends the talks, and the others have their disagreement values.
    order
        Who proposes, round by round, repeated as long as needed.
    chances
        Instead of an order: the chance of each party to be the next to propose.
    """

    patience: Floats
    disagreement: Floats
    breakdown: Floats
    cost: Floats
    outside: Floats
    order: tuple[int, ...]
    chances: Floats | None = None

    @classmethod
    def of(
        cls,
        patience: ArrayLike,
        disagreement: ArrayLike,
        *,
        breakdown: ArrayLike = 0.0,
        cost: ArrayLike = 0.0,
        outside: ArrayLike = -np.inf,
        order: Sequence[int] | None = None,
        chances: ArrayLike | None = None,
    ) -> Rules:
        """Check the numbers of a game; all mistakes are told at once.

        Raises
        ------
        InputError
            If a discount factor is outside (0, 1], a chance outside [0, 1], chances of proposing
            do not add up to 1, a cost is negative, or a proposer is not one of the parties.
        """
        d = np.asarray(disagreement, dtype=float)
        n = d.shape[-1]
        delta = np.broadcast_to(np.asarray(patience, dtype=float), n)
        risk = np.atleast_1d(np.asarray(breakdown, dtype=float))
        costs = np.broadcast_to(np.asarray(cost, dtype=float), n)
        turns = tuple(range(n)) if order is None else tuple(order)
        drawn = None if chances is None else np.asarray(chances, dtype=float)
        wrong = []
        if not ((delta > 0) & (delta <= 1)).all():
            wrong.append(f"discount factors must lie in (0, 1], not {delta.tolist()}")
        if not ((risk >= 0) & (risk <= 1)).all():
            wrong.append(f"the risk of breakdown must lie in [0, 1], not {risk.tolist()}")
        if not (costs >= 0).all():
            wrong.append(f"costs of delay cannot be negative: {costs.tolist()}")
        if not turns or not all(0 <= who < n for who in turns):
            wrong.append(f"proposers must be among parties 0 to {n - 1}: {list(turns)}")
        if not np.isfinite(d).all():
            wrong.append("every disagreement value must be a finite number")
        if drawn is not None and not _are_chances(drawn, n):
            text = f"chances of proposing must be {n} numbers, none negative, that add up to 1"
            wrong.append(f"{text}: {drawn.tolist()}")
        if wrong:
            raise InputError("\n".join(wrong))
        out = np.broadcast_to(np.asarray(outside, dtype=float), n)
        return cls(delta, d, risk, costs, out, turns, drawn)

    @property
    def n_parties(self) -> int:
        """Number of parties."""
        return self.disagreement.shape[-1]

    def no_deal(self, t: int) -> Floats:
        """What each party has in a round without a deal."""
        if self.disagreement.ndim == 1:
            return self.disagreement
        row: Floats = self.disagreement[min(t, len(self.disagreement) - 1)]
        return row

    def waiting(self, t: int, after: Floats) -> Floats:
        """Value of a round without agreement, given the values of the round after it."""
        now, risk = self.no_deal(t), self.breakdown[t % len(self.breakdown)]
        going_on = (1 - risk) * after + risk * now
        worth: Floats = (1 - self.patience) * now + self.patience * going_on - self.cost
        return worth

    def proposers(self, t: int) -> list[tuple[int, float]]:
        """Who may propose in a round, each with its chance."""
        if self.chances is None:
            return [(self.order[t % len(self.order)], 1.0)]
        return [(who, float(p)) for who, p in enumerate(self.chances) if p > 0]

    @property
    def steady_from(self) -> int:
        """First round from which no-deal values stay as they are."""
        return 0 if self.disagreement.ndim == 1 else len(self.disagreement) - 1

    @property
    def period(self) -> int:
        """Rounds after which who proposes, and the risk, are as they were."""
        turns = 1 if self.chances is not None else len(self.order)
        return math.lcm(turns, len(self.breakdown))


def _are_chances(drawn: Floats, n: int) -> bool:
    return drawn.shape == (n,) and bool((drawn >= 0).all()) and abs(drawn.sum() - 1) < NEAR


@dataclass(frozen=True, eq=False)
class Course:
    """The equilibrium of talks with a last round.

    Attributes
    ----------
    proposals
        For every round and every party which point it proposes if it is the one to propose,
        ``(n_rounds, n_parties)``; `PASSES` where no acceptable point is worth proposing, and for
        parties that cannot be the proposer.
    values
        Utility that each party expects at the start of each round, and after the last,
        ``(n_rounds + 1, n_parties)``.
    leavers
        Party that takes its outside option where nothing acceptable is proposed, or -1; shaped
        as ``proposals``.
    may_propose
        Whether a party can be the proposer, shaped as ``proposals``.
    repeats
        Rounds after which values come back, counted from the end, and how many rounds the cycle
        has: with that much time left one more cycle changes nothing. ``None`` where they did not.
    """

    proposals: Indices
    values: Floats
    leavers: Indices
    may_propose: NDArray[np.bool_]
    repeats: tuple[int, int] | None

    @property
    def agreement(self) -> int | None:
        """First round in which a proposal may be accepted; ``None`` where there is none."""
        found = np.flatnonzero((self.proposals >= 0).any(axis=1))
        left = np.flatnonzero((self.leavers >= 0).all(axis=1, where=self.may_propose))
        if not len(found) or (len(left) and left[0] < found[0]):
            return None
        return int(found[0])

    @property
    def leaves(self) -> int | None:
        """Party that takes its outside option instead of any agreement; ``None`` as a rule."""
        who = self.leavers.max(axis=1)
        gone = np.flatnonzero(who >= 0)
        return int(who[gone[0]]) if len(gone) and self.agreement is None else None


def backward_induction(
    points: ArrayLike, rules: Rules, rounds: int, *, afterwards: ArrayLike | None = None
) -> Course:
    """Solve talks with a last round, by unanimity.

    Indifferent responders accept, indifferent proposers prefer agreement now, and among
    proposals that are as good for the proposer the one that is best for the other parties
    (leximin of gains, then the first in the list).

    Parameters
    ----------
    points
        Utilities of what can be proposed, shape ``(n_points, n_parties)``.
    rounds
        At least 1.
    afterwards
        What each party gets if the last round passes, shape ``(n_parties,)``; no deal by default.

    Examples
    --------
    Ten coins, one round: an ultimatum. With a second round the other has the last word.

    >>> coins = np.arange(11.0)
    >>> split = np.column_stack([coins, 10 - coins])
    >>> rules = Rules.of([0.9, 0.9], [0.0, 0.0])
    >>> [backward_induction(split, rules, t).values[0].tolist() for t in (1, 2, 3)]
    [[10.0, 0.0], [1.0, 9.0], [9.0, 1.0]]

    References
    ----------
    Ståhl (1972), "Bargaining Theory"; Rubinstein (1982), Econometrica 50 (1), 97-109.
    """
    table = np.atleast_2d(np.asarray(points, dtype=float))
    if rounds < 1:
        raise InputError(f"talks need at least one round, not {rounds}")
    n = table.shape[1]
    stairs = {
        who: Ladder.of(table, who, rules.no_deal(0))
        for who in sorted({who for t in range(rules.period) for who, _ in rules.proposers(t)})
    }
    values = np.zeros((rounds + 1, n))
    values[rounds] = rules.no_deal(rounds) if afterwards is None else np.asarray(afterwards)
    proposals = np.full((rounds, n), PASSES, dtype=np.intp)
    leavers = proposals.copy()
    seen: dict[tuple[int, bytes], int] = {}
    repeats, t = None, rounds - 1
    while t >= 0:
        if t >= rules.steady_from and repeats is None:
            key = (t % rules.period, values[t + 1].tobytes())
            if key in seen:
                every, low = seen[key] - t, rules.steady_from
                repeats = (rounds - 1 - seen[key], every)
                back = t - np.arange(t - low + 1)
                same = back + every * (1 + (t - back) // every)
                values[back], proposals[back] = values[same], proposals[same]
                leavers[back] = leavers[same]
                t = low - 1
                continue
            seen[key] = t
        if rounds - t > LOOKED_FOR:
            _take_back(table, stairs, rules, t + 1, values, proposals, leavers)
            break
        wait = rules.waiting(t, values[t + 1])
        for who, chance in rules.proposers(t):
            place, leaver = stairs[who].choose(wait, rules.outside)
            proposals[t, who], leavers[t, who] = place, leaver
            values[t] += chance * worth(table, place, leaver, wait, rules, t)
        t -= 1
    return Course(proposals, values, leavers, _may_propose(rules, rounds), repeats)


def _take_back(
    table: Floats, stairs: dict[int, Ladder], rules: Rules, rounds: int,
    values: Floats, proposals: Indices, leavers: Indices,
) -> None:  # fmt: skip
    """Fill in the first rounds in compiled code, values of the round after them being known."""
    from sim.search.kernels.rounds import take_back  # noqa: PLC0415  loads numba

    n_points, n = table.shape
    ladders, own = np.full((n, n_points, n), np.inf), np.empty((n, n_points))
    places = np.zeros((n, n_points), dtype=np.intp)
    for who, stair in stairs.items():
        ladders[who], own[who], places[who] = stair.others, stair.own, stair.places
    steps = np.arange(rounds)
    now = np.atleast_2d(rules.disagreement)
    turns = np.zeros((rules.period, n))
    for t in range(rules.period):
        for who, chance in rules.proposers(t):
            turns[t, who] = chance
    take_back(
        table, ladders, own, places, now[np.minimum(steps, len(now) - 1)],
        rules.breakdown[steps % len(rules.breakdown)], turns[steps % rules.period],
        np.ascontiguousarray(rules.patience), np.ascontiguousarray(rules.cost),
        np.ascontiguousarray(rules.outside), NEAR, values[: rounds + 1], proposals, leavers,
    )  # fmt: skip


def _may_propose(rules: Rules, rounds: int) -> NDArray[np.bool_]:
    may = np.zeros((rules.period, rules.n_parties), dtype=bool)
    for t in range(rules.period):
        may[t, [who for who, _ in rules.proposers(t)]] = True
    return may[np.arange(rounds) % rules.period]


def worth(table: Floats, place: int, leaver: int, wait: Floats, rules: Rules, t: int = 0) -> Floats:
    """Return what a round is worth: the point agreed, an outside option taken, or waiting."""
    if place >= 0:
        return table[place]
    if leaver < 0:
        return wait
    values = rules.no_deal(t).copy()
    values[leaver] = rules.outside[leaver]
    return values


@dataclass(frozen=True, eq=False)
class Ladder:
    """The points from the best for one proposer down, ties as the others like them.

    Attributes
    ----------
    who
        The proposer.
    places
        Where each rung stands in the list of points, ``(n_points,)``.
    own, others
        What each rung gives the proposer, ``(n_points,)``, and everybody; the proposer's own
        column is infinite, so that it never stands in its own way.
    """

    who: int
    places: Indices
    own: Floats
    others: Floats

    @classmethod
    def of(cls, table: Floats, who: int, no_deal: Floats) -> Ladder:
        """Order the points by what the proposer gets, then by the leximin of all gains."""
        gains = np.sort(table - no_deal, axis=1)
        places = np.lexsort([*(-gains.T)[::-1], -np.rint(table[:, who] / NEAR)])
        others = table[places]
        own = others[:, who].copy()
        others[:, who] = np.inf
        return cls(who, places, own, others)

    def choose(self, wait: Floats, outside: Floats) -> tuple[int, int]:
        """Return what to propose, or `PASSES`; and who then leaves, or -1."""
        demands = np.maximum(wait, outside)
        able = np.asarray((self.others >= demands - NEAR).all(axis=1))
        first = int(able.argmax()) if len(able) else 0
        if len(able) and able[first] and self.own[first] >= wait[self.who] - NEAR:
            return int(self.places[first]), -1
        would = outside > wait + NEAR
        would[self.who] = False
        return PASSES, int(would.argmax()) if would.any() else -1
