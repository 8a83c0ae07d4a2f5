"""A graph model in a file of its own: which states hold, how they come about, and what would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from sim.equilibria.graph.hinges import ASKED, NARRATED, place_hinges
from sim.equilibria.graph.questions import (
    coalition_stability,
    inverse_analysis,
    status_quo_paths,
)
from sim.equilibria.graph.words import named, senses, states_in_words, status_quo_of
from sim.equilibria.prediction import Hinge, Prediction
from sim.graph_model.conflict import Conflict
from sim.graph_model.file import GraphFile
from sim.graph_model.graph import Bools, Floats, Graph
from sim.graph_model.narration import told, witness
from sim.graph_model.sketch import MOST_DRAWN, state_graph
from sim.graph_model.stability import CONCEPTS, Concept, answered, equilibria, stable
from sim.words import counted

Held = Mapping[Concept, Bools]


def stability(file: GraphFile) -> Prediction:
    """Say which states hold, in which sense, and why."""
    conflict = Conflict.of(file)
    graph, rule = conflict.graph, file.sanctions
    verdicts = {c: stable(graph, c, sanctions=rule) for c in CONCEPTS}
    held = {c: equilibria(verdicts[c]) for c in CONCEPTS}
    picture = state_graph(
        graph,
        held,
        title=file.title,
        parties=conflict.names,
        names=conflict.frame.names,
        texts=conflict.frame.titles,
        status_quo=status_quo_of(conflict),
        shown=_shown(conflict, held),
    )
    return Prediction(
        model="stability",
        title="Which states hold (graph model)",
        assumptions=_assumptions(conflict),
        says=_says(conflict, held),
        parties=conflict.parties,
        hinges=tuple(_hinges(conflict, held)),
        details={
            "states": _states(conflict, held),
            "stable": {
                c: {
                    party: named(conflict, verdicts[c][k])
                    for k, party in enumerate(conflict.parties)
                }
                for c in CONCEPTS
            },
            "equilibria": {c: named(conflict, held[c]) for c in CONCEPTS},
            "why": _why(conflict, held),
        },
        picture=picture,
    )


def _shown(conflict: Conflict, held: Held) -> list[int]:
    """Return the states for a picture: all, or where they are too many what holds."""
    n = conflict.graph.n_states
    if n <= MOST_DRAWN:
        return list(range(n))
    states = [k for c in CONCEPTS for k in np.flatnonzero(held[c])[:MOST_DRAWN].tolist()]
    return sorted(list(dict.fromkeys([*_asked(conflict), *states]))[:MOST_DRAWN])


def _assumptions(conflict: Conflict) -> str:
    """Say what the answer takes for granted."""
    rule = {
        "sequences": "others answer in any order, nobody twice in succession",
        "each_once": "others answer in any order, each at most once",
        "one_opponent": "one opponent answers, by one move",
    }[conflict.file.sanctions]
    alone = len(conflict.parties) < 3
    parts = [
        counted(len(conflict.parties), "party", "parties"),
        counted(conflict.graph.n_states, "state"),
        "everyone knows what the others prefer, and only the order of preferences counts",
    ]
    return ", ".join(parts[:2]) + f"; {parts[2]}" + ("." if alone else f"; {rule}.")


def _says(conflict: Conflict, held: Held) -> str:
    """Say which states are equilibria, in the strongest sense first."""
    every = np.logical_and.reduce([held[c] for c in CONCEPTS])
    said = []
    if every.any():
        said.append(f"{states_in_words(conflict, every)} in every sense")
    groups: dict[tuple[Concept, ...], Bools] = {}
    for k in np.flatnonzero(~every).tolist():
        own = tuple(c for c in CONCEPTS if held[c][k])
        if own:
            groups.setdefault(own, np.zeros_like(every))[k] = True
    for own, where in sorted(groups.items(), key=lambda item: -len(item[0])):
        said.append(f"{states_in_words(conflict, where)} in the {senses(own)} only")
    if not said:
        return "No state holds in any sense: from each, some party gains by a move for good."
    return f"Stable for all parties: {'; '.join(said)}."


def _states(conflict: Conflict, held: Held) -> list[dict[str, Any]]:
    """Describe every state."""
    form = conflict.frame.form
    words = form.words() if form else []
    found = []
    for k, (name, title) in enumerate(
        zip(conflict.frame.names, conflict.frame.titles, strict=True)
    ):
        own: dict[str, Any] = {"id": name, "title": title}
        if form:
            own["options"] = [words[j] for j in np.flatnonzero(form.state == k)]
        own["holds"] = [c for c in CONCEPTS if held[c][k]]
        found.append(own)
    return found


def _why(conflict: Conflict, held: Held) -> dict[str, dict[str, dict[str, str]]]:
    """Give a witness in words for every verdict: state -> party -> concept -> why."""
    graph, frame, rule = conflict.graph, conflict.frame, conflict.file.sanctions
    least: dict[tuple[int, Concept], Floats] = {
        (k, c): answered(graph, k, c, sanctions=rule)
        for k in range(graph.n_parties)
        for c in CONCEPTS
        if c != "R"
    }
    states: Iterable[int] = range(graph.n_states)
    if graph.n_states > NARRATED:
        states = _shown(conflict, held)
    return {
        frame.names[state]: {
            party: {
                c: told(
                    witness(graph, k, state, c, sanctions=rule, least=least.get((k, c))),
                    conflict.names,
                    frame.said,
                )
                for c in CONCEPTS
            }
            for k, party in enumerate(conflict.parties)
        }
        for state in states
    }


def _hinges(conflict: Conflict, held: Held) -> list[Hinge]:
    """Say how far a state must fall in somebody's ranking until it holds no longer."""
    graph, file = conflict.graph, conflict.file
    if graph.n_states > NARRATED:
        return []
    found: list[Hinge] = []
    for state in np.flatnonzero(held["SEQ"])[:ASKED].tolist():

        def holds(tried: Graph, state: int = state) -> Bools:
            return equilibria(stable(tried, "SEQ", sanctions=file.sanctions))[..., state]

        ends = f"{conflict.frame.said[state]} no longer holds in the sequential sense"
        found += place_hinges(conflict, state, holds, ends)
    return found


def _asked(conflict: Conflict) -> set[int]:
    """Return the states that the file itself asks about."""
    quo = status_quo_of(conflict)
    return set() if quo is None else {quo}


GRAPH_MODELS: dict[str, Callable[[GraphFile], Prediction]] = {
    "stability": stability,
    "coalitions": coalition_stability,
    "status_quo": status_quo_paths,
    "inverse": inverse_analysis,
}
"""What answers a graph model, by name."""
