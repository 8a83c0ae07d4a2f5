"""At which place in a party's ranking a state changes what a graph model answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from sim.equilibria.graph.words import senses
from sim.equilibria.prediction import Hinge
from sim.graph_model.coalitions import coalitions, reach_of
from sim.graph_model.conflict import Conflict
from sim.graph_model.graph import NEAR, Bools, Floats, Graph
from sim.graph_model.hinge import Flip, nearest_flip
from sim.graph_model.stability import CONCEPTS, Concept, equilibria, stable

NARRATED = 64
"""States whose verdicts are all told in words, with their hinges; in larger graphs only those of
the picture are told."""

ASKED = 6
"""States of which hinges are told."""

NEARBY = 4
"""Ranks on each side with which a state swaps places in graphs too large to try all."""

Verdict = Callable[[Graph], Bools]


def place_hinges(
    conflict: Conflict, state: int, holds: Verdict, then: str | Callable[[Graph], str]
) -> Iterator[Hinge]:
    """For each party, the nearest place of a state in its ranking at which a verdict flips.

    Parameters
    ----------
    holds
        The verdict: takes a graph with values of shape ``(n, n_parties, n_states)`` and returns
        shape ``(n,)``.
    then
        What is so beyond, or what says so of the graph beyond.
    """
    graph = conflict.graph
    for party in range(graph.n_parties):
        if graph.n_states <= NARRATED:
            flip = nearest_flip(graph, party, state, holds)
        else:
            flip = _nearby(graph, party, state, holds)
        if flip is None:
            continue
        beyond = then if isinstance(then, str) else then(_moved(graph, party, state, flip.beyond))
        what, now = _now(conflict, party, state)
        by_utility = _by_utility(graph, party)
        at = flip.at if by_utility else float(_place(graph, party, state, flip.beyond))
        if at == now and not by_utility:  # a tie begins or ends, which leaves the place as it is
            lower = flip.beyond < graph.value(party)[state]
            beyond = f"{'level with the next' if lower else 'alone at that place'}, {beyond}"
        yield Hinge(what, now, at, beyond, whole=not by_utility)


def unmoved(conflict: Conflict, state: int) -> Iterator[Hinge]:
    """Say for each party that no place of a state among those tried flips the verdict."""
    graph = conflict.graph
    for party in range(graph.n_parties):
        what, now = _now(conflict, party, state)
        if graph.n_states > NARRATED:
            tried = f"past the {NEARBY} nearest ranks above it and as many below"
        elif _by_utility(graph, party):
            tried = "from below all others to above all"
        else:
            tried = f"from 1 to {graph.n_states}"
        yield Hinge(what, now, None, tried, whole=not _by_utility(graph, party))


def coalition_hinges(conflict: Conflict, strong: Bools) -> Iterator[Hinge]:
    """Say where coalitions begin to leave a state, or where none does, cease to."""
    graph, said = conflict.graph, conflict.frame.said
    reach = [(group, reach_of(graph, group)) for group in coalitions(graph.n_parties)]
    if strong.any():
        states = np.flatnonzero(strong)[:ASKED].tolist()
        end = "some coalition, or party, would leave {}"
    else:
        alone = np.flatnonzero(equilibria(stable(graph, "R")))
        states = (alone if len(alone) else np.arange(graph.n_states))[:ASKED].tolist()
        end = "no coalition would leave {}"
    found: list[Hinge] = []
    for state in states:

        def stays(tried: Graph, state: int = state) -> Bools:
            return _nobody_leaves(tried, state, [(g, ahead[state]) for g, ahead in reach])

        found += place_hinges(conflict, state, stays, end.format(said[state]))
    yield from found or unmoved(conflict, states[0])


def _nobody_leaves(
    graph: Graph, state: int, reach: Sequence[tuple[tuple[int, ...], Bools]]
) -> Bools:
    """Tell under which preferences no coalition can move from a state to the gain of each."""
    gains = graph.values > graph.values[..., [state]] + graph.near[:, None]
    leaves = np.zeros(graph.values.shape[:-2], dtype=bool)
    for group, ahead in reach:
        leaves |= (gains[..., list(group), :].all(axis=-2) & ahead).any(axis=-1)
    return ~leaves


def status_quo_hinges(conflict: Conflict, quo: int) -> Iterator[Hinge]:
    """Say where the status quo begins or ceases to hold in some sense."""

    def verdicts(tried: Graph) -> list[Bools]:
        rule = conflict.file.sanctions
        return [equilibria(stable(tried, c, sanctions=rule))[..., quo] for c in CONCEPTS]

    now = verdicts(conflict.graph)

    def same(tried: Graph) -> Bools:
        found: Bools = np.logical_and.reduce(
            [then == here for then, here in zip(verdicts(tried), now, strict=True)]
        )
        return found

    def then(moved: Graph) -> str:
        held: tuple[Concept, ...] = tuple(
            c for c, holds in zip(CONCEPTS, verdicts(moved), strict=True) if holds
        )
        if not held:
            return "the status quo does not hold in any sense"
        if len(held) == len(CONCEPTS):
            return "the status quo is an equilibrium in every sense"
        only = (
            " only" if any(n and c not in held for c, n in zip(CONCEPTS, now, strict=True)) else ""
        )
        return f"the status quo is an equilibrium in the {senses(held)}{only}"

    yield from list(place_hinges(conflict, quo, same, then)) or unmoved(conflict, quo)


def _nearby(graph: Graph, party: int, state: int, holds: Verdict) -> Flip | None:
    """Look among the nearest neighbours of a state in a ranking, as `nearest_flip` does in all."""
    own = graph.value(party)
    others = np.delete(own, state)
    cuts = np.unique(np.concatenate([others - graph.near[party], others + graph.near[party]]))
    ends = np.concatenate([[cuts[0] - 2], cuts, [cuts[-1] + 2]])
    points = (ends[1:] + ends[:-1]) / 2
    here = int(np.searchsorted(cuts, own[state]))
    # between two states there are two cuts: level with a neighbour, and past it
    steps = range(1, 2 * NEARBY + 1)
    tried = [pair for k in steps for pair in ((here - k, here - k), (here + k, here + k - 1))]
    tried = [(place, cut) for place, cut in tried if 0 <= place < len(points)]
    values = np.append(points[[place for place, _ in tried]], own[state])
    verdicts = holds(_several(graph, party, state, values))
    flips = np.flatnonzero(verdicts[:-1] != verdicts[-1])
    if not len(flips):
        return None
    place, cut = tried[int(flips[0])]
    return Flip(round(float(cuts[cut]), 8), float(points[place]))


def _several(graph: Graph, party: int, state: int, values: Floats) -> Graph:
    table = np.repeat(graph.values[None], len(values), axis=0)
    table[:, party, state] = values
    return replace(graph, values=table)


def _moved(graph: Graph, party: int, state: int, value: float) -> Graph:
    table = graph.values.copy()
    table[party, state] = value
    return replace(graph, values=table)


def _by_utility(graph: Graph, party: int) -> bool:
    return bool(graph.near[party] > NEAR)


def _place(graph: Graph, party: int, state: int, value: float) -> int:
    others = np.delete(graph.value(party), state)
    return 1 + int((others > value + graph.near[party]).sum())


def _now(conflict: Conflict, party: int, state: int) -> tuple[str, float]:
    """Name the parameter, and its value in this reading."""
    graph = conflict.graph
    by_utility = _by_utility(graph, party)
    own = float(graph.value(party)[state])
    what = "utility" if by_utility else "place"
    return (
        f"{what} of {conflict.frame.said[state]} for {conflict.names[party]}",
        own if by_utility else float(_place(graph, party, state, own)),
    )
