"""Why a party would stay with a signed text, or not: told as walking away, breaking, returning."""

from __future__ import annotations

import numpy as np

from sim.equilibria.graph.plan_graph import NO_DEAL, PlanGraph, Version
from sim.graph_model.narration import Witness
from sim.words import counted, listed, name_of, plain


def why(plans: PlanGraph, version: Version, found: Witness) -> str:
    """Say in words why a party would stay with a version as signed, or would not.

    Parameters
    ----------
    plans
        The graph of all versions.
    version
        The text.
    found
        The witness at its first state.
    """
    who, title = plans.names[found.party], f"“{version.title}”"
    if not found.moves:
        return f"{who} can do nothing about {title} once it is signed."
    if not found.answers:
        return f"{who} stays with {title}: no move of its own gives it more."
    signed = int(version.states[0])
    first = found.answers[0]
    tempting = _act(plans, version, signed, first.move)
    gain = f"{who} gains by {tempting}{_because(plans, version, found.party, first.move)}"
    if not found.stable:
        return gain + _unanswered(found)
    verb = "would" if found.concept == "SEQ" else "could"
    steps, state = [], first.move
    for mover, to in first.way:
        steps.append((plans.names[mover], _act(plans, version, state, to)))
        state = to
    said = [
        f"{name} {verb} answer by {act}" if k == 0 else f"{name} by {act}"
        for k, (name, act) in enumerate(steps)
    ]
    stuck = ", with no better move from there" if found.concept == "SMR" else ""
    others = len(found.answers) - 1
    are = "is" if others == 1 else "are"
    more = f" {counted(others, 'further tempting move')} {are} answered too." if others else ""
    return (
        f"{who} would gain by {tempting}; but {', then '.join(said)}, which leaves {who} no better "
        f"off than with {title}{stuck}.{more}"
    )


def _unanswered(found: Witness) -> str:
    """Say that nothing deters a party."""
    if found.concept == "R":
        return "."
    if not found.answers[0].answerable:
        return ", and nobody has reason to answer." if found.concept == "SEQ" else ", for good."
    return {
        "SEQ": ", and no answer that the others have reason to give takes that away.",
        "SMR": ", and no answer of the others takes that away for good.",
        "GMR": ", and no answer of the others takes that away.",
    }[found.concept]


def _because(plans: PlanGraph, version: Version, mover: int, move: int) -> str:
    """Say why walking away pays."""
    if move != NO_DEAL:
        return ""
    lines = int(version.crossed[0, mover])
    if lines:
        return f", as the text crosses {counted(lines, 'red line')} of its own"
    no_deal = plain(float(plans.graph.values[mover, NO_DEAL]))
    text = plain(float(version.utilities[0, mover]))
    return f" (no deal is worth {no_deal} to it, the text {text})"


def _act(plans: PlanGraph, version: Version, source: int, target: int) -> str:
    """Say what a party does: walk away, break the text on some issues, return to it on others."""
    if target == NO_DEAL:
        return "walking away"
    issues = list(plans.setting.scenario.issues.values())
    first = int(version.states[0])
    before, after = version.broken[source - first], version.broken[target - first]

    def named(change: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
        return listed(
            f"“{name_of(issues[b.issue].title)}”"
            for b, on in zip(version.breaches, change, strict=True)
            if on
        )

    acts = []
    if (after & ~before).any():
        acts.append(f"breaking the text on {named(after & ~before)}")
    if (before & ~after).any():
        acts.append(f"returning to the text on {named(before & ~after)}")
    return " and ".join(acts)
