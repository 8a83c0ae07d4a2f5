"""From the status quo to the equilibria: by which moves, and where it takes a coalition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.graph_model.coalitions import Coalition, coalitions, improvements, movers
from sim.graph_model.graph import Edges, Graph, Indices
from sim.graph_model.reach import routes


@dataclass(frozen=True)
class Step:
    """One move on the way.

    Attributes
    ----------
    members
        Who moves: one party, or a coalition.
    state
        Where that leads.
    """

    members: Coalition
    state: int


@dataclass(frozen=True)
class Way:
    """How the status quo can turn into a state.

    Attributes
    ----------
    improving
        Shortest way on which every mover gains by its own move; ``None`` where there is none.
    moving
        Shortest way by any moves, whether or not they pay; ``None`` where there is none.
    together
        Shortest way on which coalitions too move to the gain of each member, looked for where
        single parties do not get there by improving; ``None`` where there is none.
    """

    improving: tuple[Step, ...] | None
    moving: tuple[Step, ...] | None
    together: tuple[Step, ...] | None

    @property
    def needs(self) -> tuple[Coalition, ...]:
        """The coalitions without which nobody gets there by moves that pay."""
        return tuple(step.members for step in self.together or () if len(step.members) > 1)


def ways(
    graph: Graph, status_quo: int, targets: Indices, *, with_coalitions: bool = True
) -> dict[int, Way]:
    """Find the shortest ways from the status quo to some states, nobody moving twice in a row.

    Returns
    -------
    dict
        State -> ways there, for every target but the status quo itself.

    References
    ----------
    Li, Kilgour & Hipel (2005), "Status Quo Analysis in the Graph Model for Conflict Resolution",
    Journal of the Operational Research Society 56 (6), 699-707.
    """
    alone: list[Coalition] = [(k,) for k in range(graph.n_parties)]
    gains = list(graph.gains)
    wanted = [int(t) for t in targets if t != status_quo]
    improving = _found(alone, gains, status_quo, graph.n_states, wanted)
    joint = [members for members, _ in graph.joint]
    any_move = movers(graph, range(graph.n_parties))
    moving = _found([*alone, *joint], any_move, status_quo, graph.n_states, wanted)
    together: dict[int, tuple[Step, ...] | None] = dict.fromkeys(wanted)
    if with_coalitions and any(improving[t] is None for t in wanted):
        groups = coalitions(graph.n_parties, least=2)
        leaps = [Edges.of(np.argwhere(improvements(graph, members))) for members in groups]
        together = _found([*alone, *groups], gains + leaps, status_quo, graph.n_states, wanted)
    return {t: Way(improving[t], moving[t], None if improving[t] else together[t]) for t in wanted}


def _found(
    who: list[Coalition], moves: list[Edges], start: int, n_states: int, wanted: list[int]
) -> dict[int, tuple[Step, ...] | None]:
    """Return the shortest way to each state."""
    ahead = routes(moves, start, n_states)
    return {
        t: tuple(Step(who[mover], state) for mover, state in ahead.path(t)) or None for t in wanted
    }
