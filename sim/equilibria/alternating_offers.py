"""Alternating offers over whatever can be agreed: backward induction and stationary equilibria.

A proposal is a point of the frontier. Each round one party proposes and the others answer; who
refuses waits for the next round, living with no deal until then. Going backwards from the last
round, every party's value of waiting is known, so the others accept exactly what gives them
that, and the proposer takes the best that they accept or lets the round pass. With a list of
thousands of efficient packages and thousands of rounds this takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class Rules:
    """How the talks are conducted, the same in every round.

    Attributes
    ----------
    patience
        Discount factor of each party for one round, in (0, 1], shape ``(n_parties,)``.
    disagreement
        What each party has while there is no deal: shape ``(n_parties,)``, or one row for every
        round and one for afterwards, ``(n_rounds + 1, n_parties)``, where the front moves.
    breakdown
        Chance that a refusal ends the talks for good.
    cost
        What a round of talks without agreement costs each party, shape ``(n_parties,)``.
    outside
        What each party can take instead of answering, shape ``(n_parties,)``; minus infinity for
        none. Who takes it ends the talks, and the others have their disagreement values.
    order
        Who proposes, round by round, repeated as long as needed.
    """

    patience: Floats
    disagreement: Floats
    breakdown: float
    cost: Floats
    outside: Floats
    order: tuple[int, ...]

    @classmethod
    def of(
        cls,
        patience: ArrayLike,
        disagreement: ArrayLike,
        *,
        breakdown: float = 0.0,
        cost: ArrayLike = 0.0,
        outside: ArrayLike = -np.inf,
        order: Sequence[int] | None = None,
    ) -> Rules:
        """Check the numbers of a game; all mistakes are told at once.

        Raises
        ------
        InputError
            If a discount factor is outside (0, 1], a chance outside [0, 1], a cost is negative,
            or a proposer is not one of the parties.
        """
        d = np.asarray(disagreement, dtype=float)
        n = d.shape[-1]
        delta = np.broadcast_to(np.asarray(patience, dtype=float), n)
        costs = np.broadcast_to(np.asarray(cost, dtype=float), n)
        turns = tuple(range(n)) if order is None else tuple(order)
        wrong = []
        if not ((delta > 0) & (delta <= 1)).all():
            wrong.append(f"discount factors must lie in (0, 1], not {delta.tolist()}")
        if not 0 <= breakdown <= 1:
            wrong.append(f"the risk of breakdown must lie in [0, 1], not {breakdown}")
        if not (costs >= 0).all():
            wrong.append(f"costs of delay cannot be negative: {costs.tolist()}")
        if not turns or not all(0 <= who < n for who in turns):
            wrong.append(f"proposers must be among parties 0 to {n - 1}: {list(turns)}")
        if not np.isfinite(d).all():
            wrong.append("every disagreement value must be a finite number")
        if wrong:
            raise InputError("\n".join(wrong))
        return cls(
            delta, d, float(breakdown), costs, np.broadcast_to(np.asarray(outside, float), n), turns
        )

    def no_deal(self, t: int) -> Floats:
        """What each party has in a round without a deal."""
        if self.disagreement.ndim == 1:
            return self.disagreement
        row: Floats = self.disagreement[min(t, len(self.disagreement) - 1)]
        return row

    def waiting(self, t: int, after: Floats) -> Floats:
        """Value of a round without agreement, given the values of the round after it."""
        now = self.no_deal(t)
        going_on = (1 - self.breakdown) * after + self.breakdown * now
        worth: Floats = (1 - self.patience) * now + self.patience * going_on - self.cost
        return worth


@dataclass(frozen=True, eq=False)
class Course:
    """The equilibrium of talks with a last round.

    Attributes
    ----------
    proposer, proposal
        For every round who proposes and which point, ``(n_rounds,)``; a proposal of -1 means
        that the round passes because no acceptable point is worth proposing.
    values
        Utility that each party expects at the start of each round, and after the last,
        ``(n_rounds + 1, n_parties)``.
    agreement
        First round with an acceptable proposal; ``None`` where the talks end without a deal.
    leaves
        Party that takes its outside option at once instead; ``None`` as a rule.
    """

    proposer: Indices
    proposal: Indices
    values: Floats
    agreement: int | None
    leaves: int | None


def backward_induction(points: ArrayLike, rules: Rules, rounds: int) -> Course:
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
    Stahl (1972), "Bargaining Theory"; Rubinstein (1982), Econometrica 50 (1), 97-109.
    """
    table = np.atleast_2d(np.asarray(points, dtype=float))
    if rounds < 1:
        raise InputError(f"talks need at least one round, not {rounds}")
    n = table.shape[1]
    values = np.zeros((rounds + 1, n))
    values[rounds] = rules.no_deal(rounds)
    proposal = np.full(rounds, -1, dtype=np.intp)
    proposer = np.array([rules.order[t % len(rules.order)] for t in range(rounds)], dtype=np.intp)
    ranked = {who: _ranking(table, who, rules.no_deal(0)) for who in set(rules.order)}
    leaving: list[int | None] = [None] * rounds
    for t in range(rounds - 1, -1, -1):
        wait = rules.waiting(t, values[t + 1])
        values[t], proposal[t], leaving[t] = _round(table, ranked, rules, t, int(proposer[t]), wait)
    when = np.flatnonzero(proposal >= 0)
    left = next((t for t, who in enumerate(leaving) if who is not None), None)
    agreed = int(when[0]) if len(when) and (left is None or when[0] < left) else None
    leaves = leaving[left] if left is not None and agreed is None else None
    return Course(proposer, proposal, values, agreed, leaves)


def _ranking(table: Floats, who: int, no_deal: Floats) -> Indices:
    """Order the points by what the proposer gets, then by the leximin of the parties' gains."""
    gains = np.sort(table - no_deal, axis=1)
    keys = [*(-gains.T)[::-1], -np.rint(table[:, who] / NEAR)]
    return np.lexsort(keys)


def _round(
    table: Floats, ranked: dict[int, Indices], rules: Rules, t: int, who: int, wait: Floats
) -> tuple[Floats, int, int | None]:
    """Settle one round: values, the point proposed (or -1), and who leaves (or nobody)."""
    others = np.arange(len(wait)) != who
    demands = np.where(others, np.maximum(wait, rules.outside), -np.inf)
    order = ranked[who]
    able = (table[order][:, others] >= demands[others] - NEAR).all(axis=1)
    first = int(able.argmax())
    if able[first] and table[order[first], who] >= wait[who] - NEAR:
        return table[order[first]].copy(), int(order[first]), None
    leavers = np.flatnonzero(others & (rules.outside > wait + NEAR))
    if len(leavers):
        values = rules.no_deal(t).copy()
        values[leavers[0]] = rules.outside[leavers[0]]
        return values, -1, int(leavers[0])
    return wait, -1, None
