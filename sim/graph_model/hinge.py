"""How much worth to a party a state must gain or lose until a verdict flips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sim.graph_model.graph import Bools, Graph

CELLS = 4_000_000
"""Numbers that are held at a time."""


@dataclass(frozen=True)
class Flip:
    """Where a verdict changes.

    Attributes
    ----------
    at
        The value at which it does, to eight decimals.
    beyond
        A value on the other side of it, before anything else changes.
    """

    at: float
    beyond: float


def nearest_flip(
    graph: Graph,
    party: int,
    state: int,
    holds: Callable[[Graph], Bools],
    *,
    above: float = -np.inf,
) -> Flip | None:
    """Find the nearest value of one state to one party at which a verdict flips.

    Verdicts depend on how the state compares with each of the others: better, no different,
    worse. Between two values at which one of these changes nothing does, so that one look at each
    stretch is enough: the answer is exact, and ``None`` means that no value flips the verdict.

    Parameters
    ----------
    graph
        With one preference, values of shape ``(n_parties, n_states)``.
    holds
        The verdict: takes a graph with values of shape ``(n, n_parties, n_states)`` and returns
        shape ``(n,)``.
    above
        Flips at lower values do not count.
    """
    own = graph.value(party)
    others = np.delete(own, state)
    cuts = np.unique(np.concatenate([others - graph.near[party], others + graph.near[party]]))
    if not len(cuts):
        return None
    between = (cuts[1:] + cuts[:-1]) / 2
    points = np.concatenate([[cuts[0] - 1], between, [cuts[-1] + 1], [own[state]]])
    at_once = max(1, CELLS // max(graph.values.size, sum(map(len, graph.moves))))
    verdicts = np.empty(len(points), dtype=bool)
    for first in range(0, len(points), at_once):
        here = slice(first, first + at_once)
        values = np.repeat(graph.values[None], len(points[here]), axis=0)
        values[:, party, state] = points[here]
        verdicts[here] = holds(replace(graph, values=values))
    now = own[state]
    at = np.where(points[:-1] > now, np.append(-np.inf, cuts), np.append(cuts, np.inf))
    other = np.flatnonzero((verdicts[:-1] != verdicts[-1]) & (at >= above))
    if not len(other):
        return None
    k = int(other[np.argmin(np.abs(at[other] - now))])
    return Flip(round(float(at[k]), 8), float(points[k]))
