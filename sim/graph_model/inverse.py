"""Inverse analysis: which preferences would make a state hold?

Part of a party's ranking is taken as unknown: some states swap places among themselves in every
way, the others keep theirs. Each ranking that results is a conflict of its own; all of them are
solved side by side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from sim.errors import InputError
from sim.graph_model.graph import NEAR, Bools, Floats, Graph
from sim.graph_model.reach import reached
from sim.graph_model.stability import CONCEPTS, Concept, stable
from sim.graph_model.turns import Sanctions

MOST_RANKINGS = 400_000
"""Combinations of rankings that are tried one by one."""

CELLS = 4_000_000
"""Numbers that are held at a time."""


@dataclass(frozen=True)
class Inverse:
    """How many rankings make a state an equilibrium.

    Attributes
    ----------
    target
        The state.
    rankings
        How many were tried.
    holding
        Concept -> under how many of them the state is stable for all parties.
    """

    target: int
    rankings: int
    holding: dict[Concept, int]


def inverse(
    graph: Graph,
    target: int,
    varied: Mapping[int, Sequence[int]],
    *,
    sanctions: Sanctions = "sequences",
) -> Inverse:
    """Count the rankings under which a state is an equilibrium.

    Parameters
    ----------
    target
        The state.
    varied
        Party -> the states that change places among themselves in its ranking. Ties in the block
        are broken: its states take all strict orders, below what they tied with outside it.

    Raises
    ------
    InputError
        If the rankings are too many to try.

    References
    ----------
    Kinsara, Kilgour & Hipel (2015), "Inverse Approach to the Graph Model for Conflict
    Resolution", IEEE Transactions on Systems, Man, and Cybernetics: Systems 45 (5), 734-742.
    """
    count = math.prod(math.factorial(len(set(block))) for block in varied.values())
    if count > MOST_RANKINGS:
        raise InputError(
            f"{count:,} rankings are too many to try one by one (at most {MOST_RANKINGS:,}): vary "
            "fewer states, such as those between the target and where its parties could move"
        )
    holding: dict[Concept, int] = dict.fromkeys(CONCEPTS, 0)
    near = graph.near.copy()
    near[list(varied)] = NEAR  # rankings are whole places apart
    for values in _batches(graph, varied):
        tried = replace(graph, values=values, near=near)
        for concept in CONCEPTS:
            held = stable(tried, concept, sanctions=sanctions)[..., target].all(axis=-1)
            holding[concept] += int(held.sum())
    return Inverse(target, count, holding)


def _batches(graph: Graph, varied: Mapping[int, Sequence[int]]) -> Iterator[Floats]:
    """Yield preferences, shape ``(n, n_parties, n_states)``, a few million numbers at a time."""
    base = np.array(graph.values)
    options: list[tuple[int, list[int], Floats]] = []
    for party, block in varied.items():
        states = list(dict.fromkeys(block))
        base[party] = strict(base[party], states)
        orders = np.array(list(permutations(np.sort(base[party, states]))))
        options.append((party, states, orders.reshape(-1, len(states))))
    sizes = [len(orders) for _, _, orders in options]
    edges = max(1, max((len(own) for own in graph.moves), default=1))
    at_once = max(1, CELLS // (graph.n_states * graph.n_parties + edges))
    total = math.prod(sizes)
    for first in range(0, total, at_once):
        numbers = np.arange(first, min(first + at_once, total))
        values = np.repeat(base[None], len(numbers), axis=0)
        picks = np.unravel_index(numbers, sizes) if sizes else ()
        for (party, states, orders), pick in zip(options, picks, strict=True):
            values[:, party, states] = orders[pick]
        yield values


def strict(values: Floats, block: Sequence[int]) -> Floats:
    """Turn values into places, where states of a block that tie get places of their own.

    >>> strict(np.array([0.5, 0.5, 0.9, 0.1]), [0, 1])
    array([2., 1., 3., 0.])
    """
    inside = np.zeros(len(values), dtype=bool)
    inside[list(block)] = True
    later = np.where(inside, -np.arange(len(values)), 1)  # earlier states rank higher in a tie
    _, places = np.unique(np.column_stack([values, later]), axis=0, return_inverse=True)
    return np.asarray(places, dtype=float).ravel()


@dataclass(frozen=True)
class Condition:
    """What a party's preferences must satisfy for a state to hold for it.

    Attributes
    ----------
    move
        A state that the party can move to: it must not prefer it, or else
    answers
        one of these states, to which others would bring it then, must be no better than the
        target.
    """

    move: int
    answers: tuple[int, ...]


def conditions(
    graph: Graph,
    target: int,
    party: int,
    concept: Concept,
    *,
    sanctions: Sanctions = "sequences",
) -> tuple[Condition, ...]:
    """Say what must hold in a party's ranking for a state to be stable for it.

    With SMR, an answer counts only if nothing that the party can move to from it is better than
    the target either. With SEQ the answers depend on the preferences of the others as they are.
    """
    others = [k for k in range(graph.n_parties) if k != party]
    edges = graph.moves[party]
    use = [graph.gains[k] if concept == "SEQ" else graph.moves[k] for k in others]
    none: Bools = np.zeros((graph.n_states, graph.n_states), dtype=bool)
    ends = none if concept == "R" else reached(use, graph.n_states, rule=sanctions)
    return tuple(
        Condition(int(t), tuple(np.flatnonzero(ends[t]).tolist()))
        for t in edges.targets[edges.sources == target]
    )
