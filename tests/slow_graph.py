"""The graph model by its definitions: sets, recursion, one state at a time; for small graphs.

Written without looking at the arrays: moves are sets of pairs, a state is an integer.
"""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np

from sim.graph_model.graph import Graph


class SlowGraph:
    """A conflict as sets."""

    def __init__(self, graph: Graph) -> None:
        self.n = graph.n_states
        self.parties = range(graph.n_parties)
        self.near = graph.near
        self.u = graph.values
        self.moves = [
            {(int(s), int(t)) for s, t in zip(e.sources, e.targets, strict=True)}
            for e in graph.moves
        ]

    def prefers(self, i, t, s):
        return self.u[i][t] > self.u[i][s] + self.near[i]

    def targets(self, i, s, *, improving=False):
        return {t for a, t in self.moves[i] if a == s and (not improving or self.prefers(i, t, s))}

    def group(self, members, s, *, improving=False, rule="sequences"):
        """All states that a group gets to, by trying every sequence that the rule allows."""
        if rule == "one_opponent":
            return set().union(*(self.targets(i, s, improving=improving) for i in members))
        if rule == "each_once":
            return self.in_every_order(members, s, improving)
        seen = set()

        def go(x, last):
            for i in members:
                if i != last:
                    for t in self.targets(i, x, improving=improving):
                        if (t, i) not in seen:
                            seen.add((t, i))
                            go(t, i)

        go(s, None)
        return {t for t, _ in seen}

    def in_every_order(self, members, s, improving):
        ends = set()
        for size in range(1, len(members) + 1):
            for order in permutations(members, size):
                here = {s}
                for i in order:
                    here = set().union(*(self.targets(i, x, improving=improving) for x in here))
                ends |= here
        return ends

    def stable(self, i, s, concept, rule="sequences"):
        others = [j for j in self.parties if j != i]
        for t in self.targets(i, s, improving=True):
            if concept == "R":
                return False
            ends = self.group(others, t, improving=concept == "SEQ", rule=rule)
            ends = {z for z in ends if not self.prefers(i, z, s)}
            if concept == "SMR":
                ends = {
                    z for z in ends if not any(self.prefers(i, w, s) for w in self.targets(i, z))
                }
            if not ends:
                return False
        return True

    def all_prefer(self, members, t, s):
        return all(self.prefers(i, t, s) for i in members)

    def coalition_stable(self, members, s, concept, rule="sequences"):
        outside = [j for j in self.parties if j not in members]
        for t in self.group(members, s):
            if not self.all_prefer(members, t, s):
                continue
            if concept == "R":
                return False
            ends = self.group(outside, t, improving=concept == "SEQ", rule=rule)
            ends = {z for z in ends if not self.all_prefer(members, z, s)}
            if concept == "SMR":
                ends = {
                    z
                    for z in ends
                    if not any(self.all_prefer(members, w, s) for w in self.group(members, z))
                }
            if not ends:
                return False
        return True

    def strong(self, s, concept):
        groups = [g for k in self.parties for g in combinations(self.parties, k + 1)]
        return all(self.coalition_stable(g, s, concept) for g in groups)

    def fewest_moves(self, start, *, improving):
        """Fewest moves to each state with nobody moving twice in a row, by widening rings."""
        far = {}
        here, steps = {(start, None)}, 0
        seen = set(here)
        while here:
            steps += 1
            here = {
                (t, i)
                for s, last in here
                for i in self.parties
                if i != last
                for t in self.targets(i, s, improving=improving)
            } - seen
            seen |= here
            for t, _ in here:
                far.setdefault(t, steps)
        return far


def random_graph(seed):
    """Draw a graph of a few states: sparse or dense, with ties, tolerances and idle parties."""
    rng = np.random.default_rng(seed)
    n, parties = int(rng.integers(2, 8)), int(rng.integers(1, 5))
    density = rng.choice([0.15, 0.3, 0.6])
    moves = [np.argwhere(rng.random((n, n)) < density) for _ in range(parties)]
    levels = int(rng.choice([2, 4, 20]))
    near = np.full(parties, rng.choice([1e-9, 1.0]))
    return Graph.of(moves, rng.integers(0, levels, (parties, n)), near)
