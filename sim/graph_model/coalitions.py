"""Coalitions: states that no group of parties, moving together, can leave to the gain of each.

A party that cannot gain alone may gain with others. The strong test asks every coalition, single
parties included; a state that passes it holds even if all can agree on joint moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from sim.errors import InputError
from sim.graph_model.graph import Bools, Edges, Floats, Graph
from sim.graph_model.reach import lowest_reached, reached
from sim.graph_model.stability import Concept
from sim.graph_model.turns import Sanctions

Coalition = tuple[int, ...]

MOST_PARTIES = 8
"""More parties than this have too many coalitions to ask each."""


def coalitions(n_parties: int, *, least: int = 1) -> list[Coalition]:
    """List the coalitions, small ones first.

    >>> coalitions(3, least=2)
    [(0, 1), (0, 2), (1, 2), (0, 1, 2)]

    Raises
    ------
    InputError
        If there are too many parties to ask each coalition.
    """
    if n_parties > MOST_PARTIES:
        raise InputError(
            f"{n_parties} parties have {2**n_parties - 1:,} coalitions: name the ones to look at"
        )
    sizes = range(least, n_parties + 1)
    return [group for size in sizes for group in combinations(range(n_parties), size)]


def movers(graph: Graph, members: Sequence[int]) -> list[Edges]:
    """Return the moves that a coalition can make: its members' own, and those made jointly."""
    own = [graph.moves[k] for k in members]
    return own + [edges for needed, edges in graph.joint if set(needed) <= set(members)]


def reach_of(graph: Graph, members: Sequence[int]) -> Bools:
    """Tell which states a coalition can get to, shape ``(n_states, n_states)``: row = from."""
    return reached(movers(graph, members), graph.n_states)


def better_for_all(graph: Graph, members: Sequence[int]) -> Bools:
    """Tell which states every member prefers, shape ``(n_states, n_states)``: row = to which."""
    gains = np.ones((graph.n_states, graph.n_states), dtype=bool)
    for k in members:
        own = graph.value(k)
        gains &= own > own[:, None] + graph.near[k]
    return gains


def improvements(graph: Graph, members: Sequence[int]) -> Bools:
    """Tell from which state to which a coalition can move to the gain of every member.

    Returns
    -------
    ndarray
        Shape ``(n_states, n_states)``: row = from where.

    References
    ----------
    Kilgour, Hipel, Fang & Peng (2001), "Coalition Analysis in Group Decision Support", Group
    Decision and Negotiation 10 (2), 159-175.
    """
    together: Bools = reach_of(graph, members) & better_for_all(graph, members)
    return together


def coalition_stable(
    graph: Graph,
    members: Sequence[int],
    concept: Concept,
    *,
    sanctions: Sanctions = "sequences",
) -> Bools:
    """Tell from which states a coalition would not move away, shape ``(n_states,)``.

    It would where every member gains, unless those outside can answer so that some member is no
    better off than before; with SMR also whatever the coalition does next; with SEQ by steps that
    each improve matters for who makes them. One party alone is the stability of `stable`.

    References
    ----------
    Inohara & Hipel (2008), "Coalition Analysis in the Graph Model for Conflict Resolution",
    Systems Engineering 11 (4), 343-359.
    """
    tempting = improvements(graph, members)
    if concept != "R":
        tempting &= ~_sanctioned(graph, members, concept, sanctions)
    return np.logical_not(tempting.any(axis=1))


def _sanctioned(
    graph: Graph, members: Sequence[int], concept: Concept, sanctions: Sanctions
) -> Bools:
    """Tell which moves those outside can make some member regret, ``(n_states, n_states)``."""
    outside = [k for k in range(graph.n_parties) if k not in members]
    if concept == "SMR":
        return _without_escape(graph, members, outside, sanctions)
    use = [graph.gains[k] if concept == "SEQ" else graph.moves[k] for k in outside]
    regret = np.zeros((graph.n_states, graph.n_states), dtype=bool)
    for k in members:
        own = graph.value(k)
        worst: Floats = lowest_reached(use, own, rule=sanctions)
        regret |= worst <= own[:, None] + graph.near[k]
    return regret


def _without_escape(
    graph: Graph, members: Sequence[int], outside: Sequence[int], sanctions: Sanctions
) -> Bools:
    """Tell after which moves an answer leaves the coalition no way to something better for all."""
    better = better_for_all(graph, members)
    onward = reach_of(graph, members).astype(np.float32)
    # an answer holds where neither it nor anything that the coalition reaches from it is better
    escape = better | (better.astype(np.float32) @ onward.T > 0)
    answers = reached([graph.moves[k] for k in outside], graph.n_states, rule=sanctions)
    held: Bools = ((~escape).astype(np.float32) @ answers.T.astype(np.float32)) > 0
    return held


def strongly_stable(
    graph: Graph, concept: Concept = "R", *, sanctions: Sanctions = "sequences"
) -> Bools:
    """Tell which states no coalition would leave, shape ``(n_states,)``: the strong test."""
    kept = np.ones(graph.n_states, dtype=bool)
    for members in coalitions(graph.n_parties):
        kept &= coalition_stable(graph, members, concept, sanctions=sanctions)
    return kept
