"""Why a state holds or does not: for every verdict a witness, in words.

The witness is the move that tempts a party and the answer that deters it, or the move that
nothing deters, with the way that the answer takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.graph_model.graph import Floats, Graph
from sim.graph_model.reach import Path, routes
from sim.graph_model.stability import Concept, answered, left_with
from sim.graph_model.turns import Sanctions

SHOWN = 3
"""Tempting moves that are told one by one."""


@dataclass(frozen=True)
class Answer:
    """What follows a tempting move.

    Attributes
    ----------
    move
        The state that the party would move to.
    deters
        Whether the others can then bring it to a state no better than where it began.
    way
        By which moves; told of the first few moves that are deterred, else empty.
    answerable
        Whether the others can move at all then (with SEQ: to the gain of who moves).
    """

    move: int
    deters: bool
    way: Path = ()
    answerable: bool = True


@dataclass(frozen=True)
class Witness:
    """Why a state is stable for a party under a concept, or is not.

    Attributes
    ----------
    party, state, concept
        Whose verdict, where, in which sense.
    stable
        The verdict.
    moves
        States that the party can move to at all.
    answers
        What follows each move that tempts it; where the state is not stable, those come first
        that nothing deters, the most tempting one at the head.
    """

    party: int
    state: int
    concept: Concept
    stable: bool
    moves: tuple[int, ...]
    answers: tuple[Answer, ...]


def witness(
    graph: Graph,
    party: int,
    state: int,
    concept: Concept,
    *,
    sanctions: Sanctions = "sequences",
    least: Floats | None = None,
) -> Witness:
    """Find the moves and answers that decide whether a party would stay at a state.

    Parameters
    ----------
    graph
        With one preference, values of shape ``(n_parties, n_states)``.
    least
        What `answered` gives for this party and concept, where it is known already.
    """
    edges = graph.moves[party]
    own = graph.value(party)
    moves = edges.targets[edges.leaving(np.array([state]))]
    tempting = moves[own[moves] > own[state] + graph.near[party]]
    tempting = tempting[np.argsort(-own[tempting], kind="stable")]
    level = float(own[state] + graph.near[party])
    if concept == "R":
        answers = [Answer(int(t), deters=False) for t in tempting]
    else:
        if least is None:
            least = answered(graph, party, concept, sanctions=sanctions)
        able = np.isfinite(least[tempting])
        answers = [
            Answer(int(t), deters=bool(least[t] <= level), answerable=bool(a))
            for t, a in zip(tempting, able, strict=True)
        ]
    stays = all(answer.deters for answer in answers)
    answers.sort(key=lambda answer: answer.deters)
    if stays:
        for k, answer in enumerate(answers[:SHOWN]):
            way = _way(graph, party, answer.move, concept, level, sanctions)
            answers[k] = replace(answer, way=way)
    return Witness(party, state, concept, stays, tuple(moves.tolist()), tuple(answers))


def _way(
    graph: Graph, party: int, move: int, concept: Concept, level: float, sanctions: Sanctions
) -> Path:
    """Find the shortest of the answers to a move that leave the party at a level or below."""
    others = [k for k in range(graph.n_parties) if k != party]
    use = [graph.gains[k] if concept == "SEQ" else graph.moves[k] for k in others]
    enough = left_with(graph, party, concept) <= level
    ahead = routes(use, move, graph.n_states, rule=sanctions, until=enough)
    good = np.flatnonzero((ahead.steps > 0) & enough)
    end = int(good[np.lexsort((graph.value(party)[good], ahead.steps[good]))[0]])
    return tuple((others[mover], to) for mover, to in ahead.path(end))


def told(found: Witness, parties: Sequence[str], states: Sequence[str]) -> str:
    """Say in words why a party would stay at a state, or would not.

    Parameters
    ----------
    found
        The witness.
    parties, states
        Their names.

    Examples
    --------
    >>> chicken = Graph.of(
    ...     [[(0, 1), (1, 0), (2, 3), (3, 2)], [(0, 2), (2, 0), (1, 3), (3, 1)]],
    ...     [[3, 4, 2, 1], [3, 2, 4, 1]],
    ... )
    >>> names = ["both swerve", "Ann goes on", "Bob goes on", "crash"]
    >>> print(told(witness(chicken, 0, 0, "GMR"), ["Ann", "Bob"], names))
    At both swerve, Ann could move to Ann goes on, which it prefers; but Bob could answer by
    moving to crash, which leaves Ann no better off than at both swerve.
    """
    who, here = parties[found.party], states[found.state]
    if not found.moves:
        return f"At {here}, {who} has no move."
    if not found.answers:
        ends = _listed([states[t] for t in found.moves], "or")
        return f"At {here}, {who} stays: it does not prefer {ends}, which is all it can move to."
    if not found.stable:
        return _leaving(found, who, here, parties, states)
    said = [_deterred(found, answer, parties, states) for answer in found.answers[:SHOWN]]
    more = len(found.answers) - SHOWN
    tail = f" {more} further tempting moves are answered as well." if more > 1 else ""
    tail = " One further tempting move is answered as well." if more == 1 else tail
    return f"At {here}, {'; also, '.join(said)}.{tail}"


def _leaving(
    found: Witness, who: str, here: str, parties: Sequence[str], states: Sequence[str]
) -> str:
    """Say what a party would leave a state for."""
    move = states[found.answers[0].move]
    gain = f"At {here}, {who} gains by moving to {move}"
    others = _listed([name for k, name in enumerate(parties) if k != found.party], "or")
    if found.concept != "R" and not found.answers[0].answerable:
        able = "has reason to" if found.concept == "SEQ" else "can"
        return f"{gain}, and nobody {able} answer."
    reasons = {
        "R": ".",
        "GMR": f", and no answer of {others} can take the gain away.",
        "SMR": f", and no answer of {others} can take the gain away for good.",
        "SEQ": f", and no answer that is in the interest of {others} takes the gain away.",
    }
    return gain + reasons[found.concept]


def _deterred(found: Witness, answer: Answer, parties: Sequence[str], states: Sequence[str]) -> str:
    """Say which answer deters a party from a move."""
    who, here = parties[found.party], states[found.state]
    verb = "would" if found.concept == "SEQ" else "could"
    steps = [f"{parties[mover]} moving to {states[to]}" for mover, to in answer.way]
    first, to = answer.way[0]
    way = f"{parties[first]} {verb} answer by moving to {states[to]}"
    if len(steps) > 1:
        way = f"the others {verb} answer, {', then '.join(steps)}"
    back = answer.way[-1][1] == found.state
    end = f"takes {who} back" if back else f"leaves {who} no better off than at {here}"
    stuck = ", and from there it has no better move" if found.concept == "SMR" else ""
    tempted = f"{who} could move to {states[answer.move]}, which it prefers"
    return f"{tempted}; but {way}, which {end}{stuck}"


def _listed(names: Sequence[str], last: str) -> str:
    *first, final = names or ["nobody"]
    return f"{', '.join(first)} {last} {final}" if first else final
