"""Talks without a last round: equilibria in which each party always makes the same proposal.

With a continuous frontier there is one, which for patient parties is close to the Nash solution
weighted by how patient they are. With finitely many packages there may be several or none, so
for two parties all of them are found, and for more what is found is verified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.equilibria.alternating_offers import NEAR, Rules
from sim.errors import InputError

Floats = NDArray[np.float64]

ROUNDS = 20_000
"""Iterations after which the search for a stationary equilibrium of many parties ends."""


@dataclass(frozen=True, eq=False)
class Stationary:
    """What each party always proposes, all of it accepted at once.

    Attributes
    ----------
    proposals
        Place of each party's proposal among the points, ``(n_parties,)``.
    values
        Utility that each party expects when each party proposes, ``(n_parties, n_parties)``:
        row = proposer.
    """

    proposals: NDArray[np.intp]
    values: Floats


def stationary_pairs(points: ArrayLike, rules: Rules) -> list[Stationary]:
    """Find all stationary equilibria between two parties who alternate.

    Each proposal is the best for its proposer among those that give the other what waiting to
    propose would; waiting is one round of no deal and then the own proposal, or the outside
    option where that is more.

    Parameters
    ----------
    points
        Utilities of the efficient packages, shape ``(n_points, 2)``; dominated ones are not
        proposed.

    Returns
    -------
    list
        In falling order of what the first party gets by proposing; possibly empty, as with
        finitely many packages an equilibrium in such simple strategies may not exist.

    References
    ----------
    Rubinstein (1982); on general frontiers Osborne & Rubinstein (1990), "Bargaining and
    Markets", section 3.8; on finite sets Muthoo (1991), "A Note on Bargaining over a Finite Number
    of Feasible Agreements", Economic Theory 1 (3), 290-292.
    """
    table = np.atleast_2d(np.asarray(points, dtype=float))
    if table.shape[1] != 2:
        raise InputError(f"these are talks between two parties, not {table.shape[1]}")
    order = np.lexsort((-table[:, 1], -table[:, 0]))
    kept = order[np.concatenate(([True], np.diff(np.maximum.accumulate(table[order, 1])) > NEAR))]
    stairs = table[kept]
    first, second = stairs.T
    demand = np.maximum(rules.waiting(0, stairs), rules.outside)
    # what the first proposes when the second would next propose point k, and the other way round
    answer = np.searchsorted(second, demand[:, 1] - NEAR)
    reply = np.searchsorted(-first, -(demand[:, 0] - NEAR), side="right") - 1
    found = []
    for k in np.flatnonzero(answer < len(stairs)):
        x = int(answer[k])
        if reply[x] == k and _willing(stairs, rules, x, int(k)):
            pair = np.array([kept[x], kept[k]])
            found.append(Stationary(pair, table[pair]))
    return sorted(found, key=lambda s: -float(s.values[0, 0]))


def _willing(stairs: Floats, rules: Rules, x: int, y: int) -> bool:
    """Tell whether both would rather propose this than let a round pass."""
    wait_first, wait_second = rules.waiting(0, stairs[y])[0], rules.waiting(0, stairs[x])[1]
    return bool(stairs[x, 0] >= wait_first - NEAR and stairs[y, 1] >= wait_second - NEAR)


def stationary_unanimity(
    points: ArrayLike, rules: Rules, *, recognition: ArrayLike | None = None
) -> Stationary | None:
    """Find a stationary equilibrium of talks in which all must agree.

    Parameters
    ----------
    points
        Utilities of what can be proposed, shape ``(n_points, n_parties)``.
    recognition
        Chance that each party is the next to propose; without it they propose in turn, in the
        order of the rules.

    Returns
    -------
    Stationary or None
        Verified: every proposal is the proposer's best among those that all accept. ``None``
        where the iteration did not come to rest, as may happen with finitely many packages.

    References
    ----------
    Hart & Mas-Colell (1996), "Bargaining and Value", Econometrica 64 (2), 357-380; Britz,
    Herings & Predtetchinski (2010), "Non-cooperative Support for the Asymmetric Nash Bargaining
    Solution", Journal of Economic Theory 145 (5), 1951-1967.
    """
    table = np.atleast_2d(np.asarray(points, dtype=float))
    n = table.shape[1]
    chances = None if recognition is None else _chances(recognition, n)
    turns = list(rules.order) if chances is None else list(range(n))
    best = np.array([int(table[:, who].argmax()) for who in turns])
    values = table[best]
    for _ in range(ROUNDS):
        after = _next(values, chances)
        chosen = np.array([
            _proposal(table, who, np.maximum(rules.waiting(0, after[k]), rules.outside))
            for k, who in enumerate(turns)
        ])  # fmt: skip
        if (chosen < 0).any():
            return None
        if (chosen == best).all() and np.allclose(table[chosen], values, atol=NEAR):
            return _by_party(table, chosen, turns, n)
        best, values = chosen, table[chosen]
    return None


def _chances(recognition: ArrayLike, n: int) -> Floats:
    chances = np.asarray(recognition, dtype=float)
    if chances.shape != (n,) or (chances < 0).any() or abs(chances.sum() - 1) > NEAR:
        raise InputError(
            f"chances of proposing must be {n} numbers, none negative, that add up to 1: "
            f"{chances.tolist()}"
        )
    return chances


def _next(values: Floats, chances: Floats | None) -> Floats:
    """Values of the round that follows a refusal, one row for each turn."""
    if chances is None:
        return np.roll(values, -1, axis=0)
    return np.broadcast_to(chances @ values, values.shape)


def _proposal(table: Floats, who: int, demands: Floats) -> int:
    """Best point for a proposer that gives the others what they demand; -1 where none does."""
    able = np.flatnonzero((np.delete(table - demands, who, axis=1) >= -NEAR).all(axis=1))
    if not len(able):
        return -1
    return int(able[table[able, who].argmax()])


def _by_party(
    table: Floats, chosen: NDArray[np.intp], turns: list[int], n: int
) -> Stationary | None:
    """Report one proposal for each party; parties that never propose have none."""
    proposals = np.full(n, -1, dtype=np.intp)
    for who, place in zip(turns, chosen, strict=True):
        proposals[who] = place
    if (proposals < 0).any():
        return None
    return Stationary(proposals, table[proposals])
