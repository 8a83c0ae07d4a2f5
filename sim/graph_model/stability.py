"""Which states hold: nobody can do better by moving, or would regret it after the others' answer.

All four concepts look at each state and each improving move of a party from there. What differs
is which answers of the others count, and whether the party gets the last word.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from sim.graph_model.graph import Bools, Floats, Graph
from sim.graph_model.reach import lowest_reached
from sim.graph_model.turns import Sanctions

Concept = Literal["R", "SEQ", "SMR", "GMR"]
CONCEPTS: tuple[Concept, ...] = get_args(Concept)
"""From the most to the least demanding: R is in SEQ and SMR, and both are in GMR."""

NAMES: dict[Concept, str] = {
    "R": "Nash",
    "SEQ": "sequential",
    "SMR": "symmetric metarational",
    "GMR": "general metarational",
}


def stable(graph: Graph, concept: Concept, *, sanctions: Sanctions = "sequences") -> Bools:
    """Tell at which states each party would stay.

    A state is stable for a party if

    - R (Nash): it has no move to a state that it prefers;
    - GMR: after each such move the others can bring it to a state no better than where it began;
    - SMR: the same, and from there it cannot move to anything better either;
    - SEQ: the same as GMR, with answers in which every step is an improvement for who makes it.

    Parameters
    ----------
    graph
        States, moves, preferences.
    sanctions
        Which sequences of answers by several opponents count.

    Returns
    -------
    ndarray
        Shape ``(…, n_parties, n_states)``.

    Examples
    --------
    Chicken: mutual cooperation (the first state) holds because a defector fears the other's
    defection, though that would hurt the other too.

    >>> chicken = Graph.of(
    ...     [[(0, 1), (1, 0), (2, 3), (3, 2)], [(0, 2), (2, 0), (1, 3), (3, 1)]],
    ...     [[3, 4, 2, 1], [3, 2, 4, 1]],
    ... )
    >>> [equilibria(stable(chicken, concept)).astype(int).tolist() for concept in ("GMR", "SEQ")]
    [[1, 1, 1, 0], [0, 1, 1, 0]]

    References
    ----------
    Kilgour, Hipel & Fang (1987), "The Graph Model for Conflicts", Automatica 23 (1), 41-55;
    Fang, Hipel & Kilgour (1993), "Interactive Decision Making", Wiley. Metarationality: Howard
    (1971); sequential stability: Fraser & Hipel (1979).
    """
    return np.stack(
        [stable_for(graph, i, concept, sanctions=sanctions) for i in range(graph.n_parties)],
        axis=-2,
    )


def stable_for(
    graph: Graph, party: int, concept: Concept, *, sanctions: Sanctions = "sequences"
) -> Bools:
    """Tell at which states one party would stay, shape ``(…, n_states)``; see `stable`."""
    edges = graph.moves[party]
    tempting = graph.improving(party)
    if concept != "R":
        least = answered(graph, party, concept, sanctions=sanctions)
        level = graph.value(party)[..., edges.sources] + graph.near[party]
        tempting = tempting & (least[..., edges.targets] > level)
    leaves = np.zeros(graph.value(party).shape, dtype=bool)
    kept: Bools = ~edges.fold(np.logical_or, tempting, leaves)
    return kept


def answered(
    graph: Graph, party: int, concept: Concept, *, sanctions: Sanctions = "sequences"
) -> Floats:
    """Return the least that the others' answers can leave a party with, at each state.

    Returns
    -------
    ndarray
        Shape ``(…, n_states)``; ∞ where nobody can answer.
    """
    others = [k for k in range(graph.n_parties) if k != party]
    allowed = [graph.improving(k) for k in others] if concept == "SEQ" else None
    return lowest_reached(
        [graph.moves[k] for k in others],
        left_with(graph, party, concept),
        rule=sanctions,
        allowed=allowed,
    )


def left_with(graph: Graph, party: int, concept: Concept) -> Floats:
    """Return what a party is left with at each state: with SMR after its own best move from it."""
    own = graph.value(party)
    if concept != "SMR":
        return own
    edges = graph.moves[party]
    onward = edges.fold(np.maximum, own[..., edges.targets], np.full(own.shape, -np.inf))
    kept: Floats = np.maximum(own, onward)
    return kept


def equilibria(stable_states: Bools) -> Bools:
    """Tell which states are stable for all parties, shape ``(…, n_states)``."""
    every: Bools = np.logical_and.reduce(stable_states, axis=-2)
    return every
