"""What a picture of a graph model shows: some of its states, the moves between them, what holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.graph_model.graph import Bools, Graph
from sim.graph_model.stability import CONCEPTS, Concept

MOST_DRAWN = 24
"""States that a picture can name legibly."""


@dataclass(frozen=True)
class Arrow:
    """A move: who can make it, and whether it pays."""

    mover: int
    source: int
    target: int
    improves: bool


@dataclass(frozen=True, eq=False)
class StateGraph:
    """States and moves, ready to be drawn.

    Attributes
    ----------
    title
        The conflict.
    parties
        Names of those who move.
    names, texts
        Short names of the states, and what they are.
    arrows
        The moves between them; numbers of states are places in ``names``.
    holds
        For each state the senses in which it is stable for all parties.
    status_quo
        Place of the status quo, if it is among the states.
    states
        How many the whole graph has.
    columns
        Place of each mover among the parties, which decides on its colour.
    finding, remark
        Title of the picture, where its model has a better one than which states hold; and what
        is to be known of what it leaves out.
    """

    title: str
    parties: tuple[str, ...]
    names: tuple[str, ...]
    texts: tuple[str, ...]
    arrows: tuple[Arrow, ...]
    holds: tuple[tuple[Concept, ...], ...]
    status_quo: int | None
    states: int
    columns: tuple[int, ...]
    finding: str = ""
    remark: str = ""


def state_graph(
    graph: Graph,
    held: Mapping[Concept, Bools],
    *,
    title: str,
    parties: Sequence[str],
    names: Sequence[str],
    texts: Sequence[str],
    status_quo: int | None = None,
    shown: Sequence[int] | None = None,
) -> StateGraph:
    """Select what a picture shows.

    Parameters
    ----------
    held
        Concept -> which states are equilibria, shape ``(n_states,)``.
    names, texts
        Of all states.
    shown
        Which states to show; all by default.
    """
    states = list(range(graph.n_states)) if shown is None else list(shown)
    place = {state: k for k, state in enumerate(states)}
    arrows = []
    for mover, edges in enumerate(graph.moves):
        inside = np.isin(edges.sources, states) & np.isin(edges.targets, states)
        pays = graph.improving(mover)
        for k in np.flatnonzero(inside).tolist():
            source, target = place[int(edges.sources[k])], place[int(edges.targets[k])]
            arrows.append(Arrow(mover, source, target, bool(pays[k])))
    return StateGraph(
        title,
        tuple(parties),
        tuple(names[k] for k in states),
        tuple(texts[k] for k in states),
        tuple(arrows),
        tuple(tuple(c for c in CONCEPTS if held[c][k]) for k in states),
        None if status_quo is None else place.get(status_quo),
        graph.n_states,
        tuple(range(graph.n_parties)),
    )
