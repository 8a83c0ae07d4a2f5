"""Talks without a last round: equilibria in which each party always makes the same proposal.

With a continuous frontier there is one, which for patient parties is close to the Nash solution
weighted by how patient they are. With finitely many packages there may be several or none: for
two parties all are found, for more all in which everybody proposes the same package, and what
else is found is verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.equilibria.offers.backward_induction import NEAR, Floats, Indices, Rules
from sim.equilibria.offers.quota import Consent, Shelf
from sim.errors import InputError

ROUNDS = 2_000
"""Iterations after which the search from one start ends."""

STARTS = 8
"""Points from which the search begins, besides everybody's best."""

PAIRS = 1_500
"""Efficient points of two parties up to which all pairs are tried where the proposer is drawn."""

MOST = 3_000
"""Points up to which everything that all could propose alike is looked at."""


@dataclass(frozen=True, eq=False)
class Stationary:
    """What is always proposed, all of it accepted at once.

    Attributes
    ----------
    turns
        The party that proposes in each turn; with chances each party once, ``(n_turns,)``.
    proposals
        Place among the points of what is proposed in each turn, ``(n_turns,)``.
    values
        Utility that each party gets in each turn, ``(n_turns, n_parties)``.
    """

    turns: tuple[int, ...]
    proposals: Indices
    values: Floats

    def expected(self, chances: Floats | None) -> Floats:
        """What each party expects before the talks open, shape ``(n_parties,)``."""
        first: Floats = self.values[0] if chances is None else chances @ self.values
        return first


def turns_of(rules: Rules) -> tuple[int, ...]:
    """Return who proposes in each turn of a cycle; with chances every party has one turn."""
    return tuple(rules.order) if rules.chances is None else tuple(range(rules.n_parties))


def after(values: Floats, rules: Rules) -> Floats:
    """Return the values of the round that follows a refusal, one row for each turn."""
    if rules.chances is None:
        return np.roll(values, -1, axis=0)
    return np.broadcast_to(rules.chances @ values, values.shape)


def stationary(
    points: ArrayLike, rules: Rules, *, quota: int | None = None, vetoes: Sequence[int] = ()
) -> list[Stationary]:
    """Find stationary equilibria in pure strategies.

    Parameters
    ----------
    points
        Utilities of what can be proposed, shape ``(n_points, n_parties)``.
    quota
        How many must agree, the proposer among them; all by default.
    vetoes
        Parties without which nothing is agreed.

    Returns
    -------
    list
        Each verified from its definition: every proposal is the proposer's best among those that
        enough accept, given what waiting gives. In falling order of what the first proposer gets.
        For two parties who must both agree it is complete (see `is_complete`); otherwise it
        holds all in which every party proposes the same point, and those to which best replies
        lead from many starts. Possibly empty: with finitely many points there need be none.

    References
    ----------
    Muthoo (1991), "A Note on Bargaining over a Finite Number of Feasible Agreements", Economic
    Theory 1 (3), 290-292; van Damme, Selten & Winter (1990), "Alternating Bid Bargaining with a
    Smallest Money Unit", Games and Economic Behavior 2 (2), 188-201; Hart & Mas-Colell (1996),
    "Bargaining and Value", Econometrica 64 (2), 357-380.
    """
    table = np.atleast_2d(np.asarray(points, dtype=float))
    consent = Consent.of(table.shape[1], quota, vetoes)
    if is_complete(table, rules, consent):
        return stationary_pairs(table, rules)
    found = [*same_for_all(table, rules, consent), *_by_best_replies(table, rules, consent)]
    once = {one.proposals.tobytes(): one for one in found}
    return sorted(once.values(), key=lambda s: -float(s.values[0, s.turns[0]]))


def is_complete(table: Floats, rules: Rules, consent: Consent) -> bool:
    """Tell whether `stationary` finds every equilibrium: two parties alternate or draw lots."""
    if not consent.unanimous or table.shape[1] != 2:
        return False
    if rules.chances is not None:
        return bool((rules.chances > 0).all()) and len(table) <= PAIRS
    return sorted(rules.order) == [0, 1]


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
        In falling order of what the first proposer gets; possibly empty, as with finitely many
        packages an equilibrium in such simple strategies may not exist.

    References
    ----------
    Rubinstein (1982); on general frontiers Osborne & Rubinstein (1990), "Bargaining and
    Markets", section 3.8; on finite sets Muthoo (1991).
    """
    table = np.atleast_2d(np.asarray(points, dtype=float))
    if table.shape[1] != 2:
        raise InputError(f"these are talks between two parties, not {table.shape[1]}")
    order = np.lexsort((-table[:, 1], -table[:, 0]))
    best = np.maximum.accumulate(table[order, 1])
    kept = order[np.concatenate(([True] * bool(len(order)), np.diff(best) > NEAR)).astype(bool)]
    pairs = (
        _drawn(table[kept], rules) if rules.chances is not None else _in_turn(table[kept], rules)
    )
    turns = turns_of(rules)
    found = [
        Stationary(turns, kept[list(pair)][list(turns)], table[kept[list(pair)]][list(turns)])
        for pair in pairs
    ]
    return sorted(found, key=lambda s: -float(s.values[0, s.turns[0]]))


def _in_turn(stairs: Floats, rules: Rules) -> Iterator[tuple[int, int]]:
    """Yield which points the two propose, where they alternate."""
    answer, reply = _answers(stairs, rules.waiting(0, stairs), rules)
    # what the first proposes when the second would next propose point k, and the other way round
    for k in np.flatnonzero(answer < len(stairs)):
        x = int(answer[k])
        if reply[x] == k and _willing(stairs, rules, x, int(k), stairs[k], stairs[x]):
            yield x, int(k)


def _drawn(stairs: Floats, rules: Rules) -> Iterator[tuple[int, int]]:
    """Yield which points the two propose, where a lot decides who does: every pair is tried."""
    assert rules.chances is not None  # otherwise they alternate
    for x in range(len(stairs)):
        mean = rules.chances[0] * stairs[x] + rules.chances[1] * stairs
        answer, reply = _answers(stairs, rules.waiting(0, mean), rules)
        for y in np.flatnonzero((answer == x) & (reply == np.arange(len(stairs)))):
            if _willing(stairs, rules, x, int(y), mean[y], mean[y]):
                yield x, int(y)


def _answers(stairs: Floats, wait: Floats, rules: Rules) -> tuple[Indices, Indices]:
    """Return the best that the first, and the second, can propose for each value of waiting."""
    demand = np.maximum(wait, rules.outside)
    answer = np.searchsorted(stairs[:, 1], demand[:, 1] - NEAR)
    reply = np.searchsorted(-stairs[:, 0], -(demand[:, 0] - NEAR), side="right") - 1
    return answer, reply


def _willing(
    stairs: Floats, rules: Rules, x: int, y: int, after_x: Floats, after_y: Floats
) -> bool:
    """Tell whether both would rather propose this than let a round pass."""
    first, second = rules.waiting(0, after_x)[0], rules.waiting(0, after_y)[1]
    return bool(stairs[x, 0] >= first - NEAR and stairs[y, 1] >= second - NEAR)


def same_for_all(table: Floats, rules: Rules, consent: Consent) -> Iterator[Stationary]:
    """Yield the equilibria in which every party always proposes the same point."""
    if len(table) > MOST:
        return
    turns = turns_of(rules)
    wait = np.maximum(rules.waiting(0, table), rules.outside)
    for place in _worth_waiting(table, rules, consent):
        enough = [consent.given(table >= wait[place] - NEAR, who) for who in set(turns)]
        own = [table[able, who].max() for able, who in zip(enough, set(turns), strict=True)]
        if all(best <= table[place, who] + NEAR for best, who in zip(own, set(turns), strict=True)):
            here = np.full(len(turns), place, dtype=np.intp)
            yield Stationary(turns, here, table[here])


def _worth_waiting(table: Floats, rules: Rules, consent: Consent) -> list[int]:
    """Return the points that enough would rather take now than in the next round."""
    wait = rules.waiting(0, table)
    yes = table >= np.maximum(wait, rules.outside) - NEAR
    able = np.ones(len(table), dtype=bool)
    for who in set(turns_of(rules)):
        able &= consent.given(yes, who) & (table[:, who] >= wait[:, who] - NEAR)
    return np.flatnonzero(able).tolist()


def _by_best_replies(table: Floats, rules: Rules, consent: Consent) -> Iterator[Stationary]:
    """Follow best replies from many starts until they come to rest, or back to where they were."""
    if not len(table):
        return
    turns = turns_of(rules)
    shelves = {who: Shelf.of(table, who, rules, consent) for who in set(turns)}
    starts = [np.array([int(table[:, who].argmax()) for who in turns])]
    spread = np.unique(np.linspace(0, len(table) - 1, STARTS).astype(int))
    starts += [np.full(len(turns), place) for place in spread]
    for start in starts:
        chosen, seen = start, set()
        for _ in range(ROUNDS):
            if chosen.tobytes() in seen or (chosen < 0).any():
                break
            seen.add(chosen.tobytes())
            next_up = after(table[chosen], rules)
            replies = [
                shelves[who].choose(rules.waiting(0, next_up[k])) for k, who in enumerate(turns)
            ]
            before, chosen = chosen, np.array(replies, dtype=np.intp)
            if (chosen == before).all():
                yield Stationary(turns, chosen, table[chosen])
                break


def stationary_unanimity(points: ArrayLike, rules: Rules) -> Stationary | None:
    """Find a stationary equilibrium of talks in which all must agree; ``None`` if none is found.

    References
    ----------
    Hart & Mas-Colell (1996), "Bargaining and Value", Econometrica 64 (2), 357-380; Britz,
    Herings & Predtetchinski (2010), "Non-cooperative Support for the Asymmetric Nash Bargaining
    Solution", Journal of Economic Theory 145 (5), 1951-1967.
    """
    found = stationary(points, rules)
    return found[0] if found else None
