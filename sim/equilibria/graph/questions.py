"""Further questions to a graph model: coalitions, ways from the status quo, inverse analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sim.equilibria.graph.hinges import coalition_hinges, status_quo_hinges
from sim.equilibria.graph.words import named, senses, states_in_words, status_quo_of
from sim.equilibria.prediction import Prediction
from sim.errors import InputError
from sim.graph_model.coalitions import (
    Coalition,
    coalition_stable,
    coalitions,
    improvements,
    strongly_stable,
)
from sim.graph_model.conflict import Conflict
from sim.graph_model.file import GraphFile
from sim.graph_model.graph import Bools
from sim.graph_model.inverse import Inverse, conditions, inverse
from sim.graph_model.stability import CONCEPTS, NAMES, Concept, equilibria, stable
from sim.graph_model.status_quo import Way, ways
from sim.words import listed, together

TOGETHER = 1024
"""States up to which coalitions are asked."""

LISTED = 64
"""Equilibria to which ways are looked for."""


def coalition_stability(file: GraphFile) -> Prediction:
    """Say which states hold against coalitions, and which coalition would move where."""
    conflict = Conflict.of(file)
    graph = conflict.graph
    blank = Prediction(
        model="coalitions",
        title="Which states hold against coalitions (graph model)",
        assumptions=(
            "Any group of parties can move together, and does where each member gains; those "
            "outside answer as in the analysis of single parties."
        ),
        parties=conflict.parties,
    )
    try:
        groups = coalitions(graph.n_parties, least=2)
    except InputError as error:
        return blank.because(str(error))
    if graph.n_states > TOGETHER:
        limit = f"coalitions are asked up to {TOGETHER:,} states"
        return blank.because(f"{limit}, and there are {graph.n_states:,}: rule some out")
    if not groups:
        return blank.because("one party alone makes no coalition: add another to the file")
    strong = {c: strongly_stable(graph, c, sanctions=file.sanctions) for c in CONCEPTS}
    alone = equilibria(stable(graph, "R"))
    moves = {group: improvements(graph, group) for group in groups}
    return _with_coalitions(conflict, blank, strong, alone, moves)


def _with_coalitions(
    conflict: Conflict,
    blank: Prediction,
    strong: Mapping[Concept, Bools],
    alone: Bools,
    moves: Mapping[Coalition, Bools],
) -> Prediction:
    """Say what coalitions change."""
    frame = conflict.frame
    broken = np.flatnonzero(alone & ~strong["R"])
    said = (
        f"No coalition would leave {states_in_words(conflict, strong['R'])}."
        if strong["R"].any()
        else "From every state some coalition, or party, gains by moving away."
    )
    for state in broken[:3].tolist():
        group, end = next(
            (g, int(np.flatnonzero(m[state])[0])) for g, m in moves.items() if m[state].any()
        )
        who = together([conflict.names[k] for k in group])
        said += (
            f" {frame.said[state]} holds against each party alone, but {who} gain by moving to "
            f"{frame.said[end]}."
        )
    return replace(
        blank,
        says=said,
        hinges=tuple(coalition_hinges(conflict, strong["R"])),
        details=_by_coalition(conflict, strong, moves),
    )


def _by_coalition(
    conflict: Conflict, strong: Mapping[Concept, Bools], moves: Mapping[Coalition, Bools]
) -> dict[str, Any]:
    """Return what each coalition would leave, and for what."""
    graph, frame = conflict.graph, conflict.frame
    return {
        "stable": {c: named(conflict, strong[c]) for c in CONCEPTS},
        "coalitions": [
            {
                "members": [conflict.parties[k] for k in group],
                "improvements": {
                    frame.names[s]: named(conflict, ends[s])
                    for s in np.flatnonzero(ends.any(axis=1)).tolist()
                },
                "stable": {
                    c: named(
                        conflict,
                        coalition_stable(graph, group, c, sanctions=conflict.file.sanctions),
                    )
                    for c in CONCEPTS
                },
            }
            for group, ends in moves.items()
        ],
    }


def status_quo_paths(file: GraphFile) -> Prediction:
    """Say how the status quo can turn into each equilibrium, and where that takes a coalition."""
    conflict = Conflict.of(file)
    graph = conflict.graph
    blank = Prediction(
        model="status_quo",
        title="From the status quo to the equilibria (graph model)",
        assumptions=(
            "Moves follow one another, nobody moving twice in succession; a move that pays is one "
            "after which its mover, or each member of a coalition, is better off at once."
        ),
        parties=conflict.parties,
    )
    quo = status_quo_of(conflict)
    if quo is None:
        return blank.because("the file names no status quo: add `status_quo: …`")
    held = {c: equilibria(stable(graph, c, sanctions=file.sanctions)) for c in CONCEPTS}
    targets = np.flatnonzero(held["GMR"])[:LISTED]
    few = graph.n_states <= TOGETHER and graph.n_parties <= 8
    found = ways(graph, quo, targets, with_coalitions=few)
    rests = [c for c in CONCEPTS if held[c][quo]]
    name, words = conflict.frame.names[quo], conflict.frame.said[quo]
    said = (
        f"The status quo, {words}, is itself an equilibrium in the {senses(tuple(rests))}."
        if rests
        else f"The status quo, {words}, does not hold."
    )
    strongest = [t for t in found if held["SEQ"][t]]
    for target in strongest[:4]:
        said += " " + _way_in_words(conflict, target, found[target])
    return replace(
        blank,
        says=said,
        hinges=tuple(status_quo_hinges(conflict, quo)),
        details=_paths(conflict, name, found),
    )


def _paths(conflict: Conflict, status_quo: str, found: Mapping[int, Way]) -> dict[str, Any]:
    """Return the ways to each equilibrium."""
    return {
        "status_quo": status_quo,
        "paths": {
            conflict.frame.names[t]: {
                "improving": _steps(conflict, way.improving),
                "moving": _steps(conflict, way.moving),
                "coalitions": _steps(conflict, way.together),
                "needs": [[conflict.parties[k] for k in group] for group in way.needs],
            }
            for t, way in found.items()
        },
    }


def _steps(conflict: Conflict, way: tuple[Any, ...] | None) -> list[dict[str, Any]] | None:
    if way is None:
        return None
    return [
        {
            "by": [conflict.parties[k] for k in step.members],
            "to": conflict.frame.names[step.state],
        }
        for step in way
    ]


def _way_in_words(conflict: Conflict, target: int, way: Way) -> str:
    """Say how one equilibrium comes about."""
    name = conflict.frame.said[target]
    path = way.improving or way.together
    if path is None:
        end = "by no moves at all" if way.moving is None else "only by a move that does not pay"
        return f"{name} is reached {end}."
    steps = []
    for step in path:
        who = together([conflict.names[k] for k in step.members])
        verb = "moves" if len(step.members) == 1 else "move"
        steps.append(f"{who} {verb} to {conflict.frame.said[step.state]}")
    tail = ""
    if way.needs:
        groups = listed("{" + ", ".join(conflict.names[k] for k in g) + "}" for g in way.needs)
        tail = f": it needs the coalition {groups}"
    return f"{name} is reached where {', then '.join(steps)}{tail}."


def inverse_analysis(file: GraphFile) -> Prediction:
    """Say which rankings would make a state hold."""
    conflict = Conflict.of(file)
    graph, frame = conflict.graph, conflict.frame
    blank = Prediction(
        model="inverse",
        title="Which preferences would make a state hold (graph model)",
        assumptions=(
            "The rankings named are open: their states swap places in every way, all else as given."
        ),
        parties=conflict.parties,
    )
    if file.inverse is None:
        return blank.because(
            "the file asks nothing of the kind: add `inverse: {target: …, vary: {PARTY: all}}`"
        )
    target = frame.state(file.inverse.target)
    varied = {
        conflict.parties.index(party): range(graph.n_states)
        if block == "all"
        else [frame.state(name) for name in ([block] if isinstance(block, str) else block)]
        for party, block in file.inverse.vary.items()
    }
    try:
        found = inverse(graph, target, varied, sanctions=file.sanctions)
    except InputError as error:
        return blank.because(str(error))
    counts = ", ".join(f"{found.holding[c]} in the {NAMES[c]} sense" for c in CONCEPTS)
    who = listed(conflict.names[k] for k in varied)
    place = np.zeros(graph.n_states, dtype=bool)
    place[target] = True
    said = (
        f"Of {found.rankings:,} rankings by {who}, {states_in_words(conflict, place)} is an "
        f"equilibrium under {counts}."
    )
    return replace(blank, says=said, details=_inverse_details(conflict, found, list(varied)))


def _inverse_details(conflict: Conflict, found: Inverse, varied: list[int]) -> dict[str, Any]:
    """Return the counts, and what must hold in each ranking that is open."""
    graph, frame, target = conflict.graph, conflict.frame, found.target
    sanctions = conflict.file.sanctions
    return {
        "target": frame.names[target],
        "rankings": found.rankings,
        "holding": dict(found.holding),
        "conditions": {
            conflict.parties[k]: {
                c: [
                    {
                        "move": frame.names[need.move],
                        "answers": [frame.names[z] for z in need.answers],
                    }
                    for need in conditions(graph, target, k, c, sanctions=sanctions)
                ]
                for c in CONCEPTS
            }
            for k in varied
        },
    }
