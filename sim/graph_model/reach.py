"""Where parties can get to together: all of it, the worst of it for somebody, and by which way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.graph_model.graph import Bools, Edges, Floats, Indices
from sim.graph_model.turns import Sanctions, turns

Bits = NDArray[np.uint8]

MOST_BYTES = 2_000_000_000
"""Memory that sets of reachable states may take."""


def lowest_reached(
    moves: Sequence[Edges],
    cost: Floats,
    *,
    rule: Sanctions = "sequences",
    allowed: Sequence[Bools] | None = None,
) -> Floats:
    """Return the lowest cost among the states that some parties can get to from each state.

    At least one move is made. Found by passing the lowest cost back along the moves until nothing
    changes: no set of states is ever written down.

    Parameters
    ----------
    moves
        Of those who move.
    cost
        Shape ``(…, n_states)``.
    rule
        Who may move next.
    allowed
        For each mover which of its moves count, shape ``(…, n_moves)``; all by default.

    Returns
    -------
    ndarray
        Shape ``(…, n_states)``; ∞ where nobody can move.
    """
    table = turns(rule, len(moves))
    shape = np.broadcast_shapes(cost.shape, *((*a.shape[:-1], 1) for a in allowed or ()))
    ahead = np.full((len(table), *shape), np.inf)
    while True:
        found = np.full_like(ahead, np.inf)
        done: dict[tuple[int, int], Floats] = {}
        for memory, mover, after in _steps(table):
            if (mover, after) not in done:
                edges = moves[mover]
                each = np.minimum(cost, ahead[after])[..., edges.targets]
                if allowed is not None:
                    each = np.where(allowed[mover], each, np.inf)
                done[mover, after] = edges.fold(np.minimum, each, np.full(shape, np.inf))
            np.minimum(found[memory], done[mover, after], out=found[memory])
        if np.array_equal(found, ahead):
            first: Floats = ahead[0]
            return first
        ahead = found


def reached(moves: Sequence[Edges], n_states: int, *, rule: Sanctions = "sequences") -> Bools:
    """Return every state that some parties can get to from each state.

    Returns
    -------
    ndarray
        Shape ``(n_states, n_states)``: row = from where. At least one move is made.

    Raises
    ------
    InputError
        If the sets would not fit into the memory.
    """
    table = turns(rule, len(moves))
    words = -(-n_states // 8)
    if max((len(edges) for edges in moves), default=0) * words > MOST_BYTES:
        raise InputError(
            f"what coalitions can reach among {n_states:,} states is too much to write down: "
            "rule out states, or leave coalitions out"
        )
    own = np.packbits(np.eye(n_states, dtype=bool), axis=1)
    ahead = np.zeros((len(table), n_states, words), dtype=np.uint8)
    while True:
        found = np.zeros_like(ahead)
        done: dict[tuple[int, int], Bits] = {}
        for memory, mover, after in _steps(table):
            if (mover, after) not in done:
                done[mover, after] = _union(moves[mover], own | ahead[after])
            found[memory] |= done[mover, after]
        if np.array_equal(found, ahead):
            return np.unpackbits(ahead[0], axis=1, count=n_states).astype(bool)
        ahead = found


def _steps(table: Indices) -> Iterator[tuple[int, int, int]]:
    """Yield what was remembered, who moves, and what is remembered then."""
    for memory, mover in np.argwhere(table >= 0).tolist():
        yield memory, mover, int(table[memory, mover])


def _union(edges: Edges, rows: Bits) -> Bits:
    """Join the sets of all states that one party can move to."""
    joined = np.zeros_like(rows)
    if len(edges):
        joined[edges.heads] = np.bitwise_or.reduceat(rows[edges.targets], edges.starts, axis=0)
    return joined


Path = tuple[tuple[int, int], ...]
"""Moves one after another: who moves, and to which state."""


@dataclass(frozen=True, eq=False)
class Routes:
    """Shortest ways from one state to all others.

    Attributes
    ----------
    steps
        Fewest moves to each state, at least one; −1 where there is no way, shape ``(n_states,)``.
    """

    steps: Indices
    _came: Indices  # (n_memories, n_states, 3): memory and state before, and who moved
    _level: Indices  # (n_memories, n_states)

    def path(self, state: int) -> Path:
        """Return the moves of a shortest way; empty where there is none."""
        if self.steps[state] < 0:
            return ()
        level = self._level[:, state]
        memory = int(np.flatnonzero(level == self.steps[state])[0])
        moves: list[tuple[int, int]] = []
        left = int(self.steps[state])
        while left:
            before, source, mover = self._came[memory, state].tolist()
            moves.append((mover, state))
            memory, state, left = before, source, left - 1
        return tuple(moves[::-1])


def routes(
    moves: Sequence[Edges],
    start: int,
    n_states: int,
    *,
    rule: Sanctions = "sequences",
    until: Bools | None = None,
) -> Routes:
    """Find the shortest ways from a state, level by level.

    Parameters
    ----------
    moves
        The moves that count, of those who move; earlier movers are preferred among equals.
    start
        The state from which all ways begin.
    until
        States of which one is enough, shape ``(n_states,)``: the search ends on the level at
        which the first of them is reached.
    """
    table = turns(rule, len(moves))
    level = np.full((len(table), n_states), -1, dtype=np.intp)
    came = np.full((len(table), n_states, 3), -1, dtype=np.intp)
    here = np.zeros((len(table), n_states), dtype=bool)
    here[0, start] = True
    steps = 0
    while here.any():
        steps += 1
        fresh = np.zeros_like(here)
        for memory, mover, after in _steps(table):
            edges = moves[mover]
            use = edges.leaving(np.flatnonzero(here[memory]))
            use = use[level[after, edges.targets[use]] < 0]
            targets, first = np.unique(edges.targets[use], return_index=True)
            level[after, targets] = steps
            came[after, targets, 0] = memory
            came[after, targets, 1] = edges.sources[use[first]]
            came[after, targets, 2] = mover
            fresh[after, targets] = True
        if until is not None and (fresh & until).any():
            break
        here = fresh
    far = np.where(level < 0, np.iinfo(np.intp).max, level).min(axis=0)
    return Routes(np.where(far == np.iinfo(np.intp).max, -1, far), came, level)
