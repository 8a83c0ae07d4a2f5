"""How states and senses of stability are named in sentences about a graph model."""

from __future__ import annotations

import numpy as np

from sim.graph_model.conflict import Conflict
from sim.graph_model.graph import Bools
from sim.graph_model.stability import NAMES, Concept
from sim.words import counted, listed


def senses(held: tuple[Concept, ...]) -> str:
    """Name senses of stability, the most demanding first."""
    return listed(NAMES[c] for c in held) + (" sense" if len(held) == 1 else " senses")


def states_in_words(conflict: Conflict, where: Bools) -> str:
    """Name some states, and say what they are where they are few."""
    places = np.flatnonzero(where).tolist()
    frame = conflict.frame
    if len(places) > 12:
        return counted(len(places), "state")
    explained = frame.form is not None and len(places) < 5
    return listed(frame.said[k] + (f" ({frame.titles[k]})" if explained else "") for k in places)


def named(conflict: Conflict, where: Bools) -> list[str]:
    """Return the identifiers of some states."""
    return [conflict.frame.names[k] for k in np.flatnonzero(where)]


def status_quo_of(conflict: Conflict) -> int | None:
    """Return the state in which the conflict stands, if the file names one."""
    name = conflict.file.status_quo
    return None if name is None else conflict.frame.state(name)
