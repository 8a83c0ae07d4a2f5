"""A conflict as a graph: states, who can move between which, and what each party makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Bools = NDArray[np.bool_]

NEAR = 1e-9
"""Values closer than this count as equal where a party names no tolerance of its own."""

MOST_STATES = 4096
"""States that are looked at one by one: twelve options with nothing ruled out."""


@dataclass(frozen=True, eq=False)
class Edges:
    """The moves of one party, sorted by the state from which they lead.

    Attributes
    ----------
    sources, targets
        States by number, shape ``(n_moves,)``.
    """

    sources: Indices
    targets: Indices

    @classmethod
    def of(cls, pairs: ArrayLike) -> Edges:
        """Build moves from pairs of states; repeated ones and stays are left out."""
        table = np.asarray(pairs, dtype=np.intp).reshape(-1, 2)
        table = table[table[:, 0] != table[:, 1]]
        span = int(table.max(initial=0)) + 1
        keys = np.sort(table[:, 0] * span + table[:, 1])
        keys = keys[np.diff(keys, prepend=-1) > 0]  # np.unique hashes, which takes ten times longer
        return cls(keys // span, keys % span)

    def __len__(self) -> int:
        return len(self.sources)

    @cached_property
    def heads(self) -> Indices:
        """States from which there is a move, each once."""
        return np.unique(self.sources)

    @cached_property
    def starts(self) -> Indices:
        """Where the moves from each of the `heads` begin."""
        return np.searchsorted(self.sources, self.heads)

    def among(self, kept: Bools) -> Edges:
        """Return some of the moves."""
        return Edges(self.sources[kept], self.targets[kept])

    def leaving(self, states: Indices) -> Indices:
        """Return the numbers of the moves that lead away from some states."""
        first = np.searchsorted(self.sources, states, side="left")
        many = np.searchsorted(self.sources, states, side="right") - first
        ends = np.cumsum(many)
        total = int(ends[-1]) if len(ends) else 0
        moves: Indices = np.arange(total) + np.repeat(first - ends + many, many)
        return moves

    def fold(self, over: np.ufunc, each: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
        """Gather what stands at every move into what stands at every state.

        Parameters
        ----------
        over
            ``np.minimum``, ``np.maximum`` or ``np.logical_or``.
        each
            Shape ``(…, n_moves)``.
        out
            Shape ``(…, n_states)``, filled with what a state without moves gets; written to.
        """
        if len(self):
            out[..., self.heads] = over.reduceat(each, self.starts, axis=-1)
        return out


@dataclass(frozen=True, eq=False)
class Graph:
    """States, moves and preferences, as arrays.

    Attributes
    ----------
    moves
        For each party the moves that it can make alone.
    values
        What each party makes of each state, shape ``(…, n_parties, n_states)``: higher is better.
        Axes before these two hold several preferences over one graph.
    near
        Differences up to this count as indifference, shape ``(n_parties,)``.
    joint
        Moves that need a whole coalition: its members, ascending, and the moves.

    Examples
    --------
    Two players, each of whom can turn a switch; states are off/off, on/off, off/on, on/on.

    >>> chicken = Graph.of(
    ...     [[(0, 1), (1, 0), (2, 3), (3, 2)], [(0, 2), (2, 0), (1, 3), (3, 1)]],
    ...     [[3, 4, 2, 1], [3, 2, 4, 1]],
    ... )
    >>> chicken.improving(0).astype(int)
    array([1, 0, 0, 1])
    """

    moves: tuple[Edges, ...]
    values: Floats
    near: Floats
    joint: tuple[tuple[tuple[int, ...], Edges], ...] = ()

    @classmethod
    def of(
        cls, moves: Sequence[ArrayLike], values: ArrayLike, near: ArrayLike | None = None
    ) -> Graph:
        """Build a graph from lists of pairs of states and a table of values.

        Raises
        ------
        InputError
            If a move leads out of the states, or there are more states than can be looked at.
        """
        table = np.asarray(values, dtype=float)
        tolerance = np.full(table.shape[-2], NEAR) if near is None else np.asarray(near, float)
        edges = tuple(Edges.of(pairs) for pairs in moves)
        n = table.shape[-1]
        if n > MOST_STATES:
            raise InputError(f"{n:,} states are too many: at most {MOST_STATES:,} can be analysed")
        if len(edges) != table.shape[-2]:
            raise InputError(
                f"{len(edges)} lists of moves, but values of {table.shape[-2]} parties"
            )
        for own in edges:
            ends = np.concatenate([own.sources, own.targets])
            if len(ends) and (ends.min() < 0 or ends.max() >= n):
                raise InputError(f"a move leads out of the {n} states")
        return cls(edges, table, tolerance)

    @property
    def n_parties(self) -> int:
        """Number of parties."""
        return len(self.moves)

    @property
    def n_states(self) -> int:
        """Number of states."""
        return int(self.values.shape[-1])

    def value(self, party: int) -> Floats:
        """Return what a party makes of each state, shape ``(…, n_states)``."""
        own: Floats = self.values[..., party, :]
        return own

    def improving(self, party: int) -> Bools:
        """Tell which of its moves lead a party to a state that it prefers, ``(…, n_moves)``."""
        own, edges = self.value(party), self.moves[party]
        gain: Bools = own[..., edges.targets] > own[..., edges.sources] + self.near[party]
        return gain

    def among(self, states: Sequence[int]) -> Graph:
        """Return the graph of some of the states, numbered anew in their order; no joint moves."""
        place = np.full(self.n_states, -1, dtype=np.intp)
        place[list(states)] = np.arange(len(states))
        moves = []
        for edges in self.moves:
            ends = np.column_stack([place[edges.sources], place[edges.targets]])
            moves.append(Edges.of(ends[(ends >= 0).all(axis=1)]))
        return Graph(tuple(moves), self.values[..., list(states)], self.near)

    @cached_property
    def gains(self) -> tuple[Edges, ...]:
        """For each party the moves by which it gets to a state that it prefers.

        Of a graph with one preference.
        """
        return tuple(self.moves[k].among(self.improving(k)) for k in range(self.n_parties))
