"""A plan's amendments as JSON: the keys that other programs rely on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.formats.answers.shared import CONDITION

if TYPE_CHECKING:
    from sim.amendments import Amendments
    from sim.feasible.demands import Demand
    from sim.feasible.likely_amendment import Curve
    from sim.problem import Floats, Indices


def amendments_json(found: Amendments) -> dict[str, Any]:
    """Return what `zopa amend --json` prints."""
    issues, smallest = found.structure.space.issues, found.found
    return {
        "scenario": found.scenario.title,
        "plan": found.plan.name,
        "changes": found.changes,
        "count": smallest.count,
        "count_exact": smallest.counted,
        "amendments": [_amendment(found, outcome) for outcome in smallest.choices],
        "minimal": smallest.minimal,
        "cost": smallest.cost,
        "cost_at_least": smallest.at_least if math.isfinite(smallest.at_least) else None,
        "changed_in_all": None if found.in_all is None else [issues[k] for k in found.in_all],
        "changed_in_some": (
            None if found.in_some is None else {issues[k]: times for k, times in found.in_some}
        ),
        "needed": found.needed,
        "conflict": _conflict(found),
        "scored": found.structure.space.name(found.start),
        "parties": _parties(found),
        "curve": None if found.curve is None else _curve(found, found.curve),
        "terms": {
            "red_lines": found.red_lines,
            "max_changes": found.max_changes,
            "costs": {
                issue: float(cost)
                for issue, cost in zip(issues, found.costs, strict=True)
                if cost != 1
            },
            "frozen": [issues[k] for k in found.frozen],
            "unharmed": [found.parties[k] for k in found.unharmed],
        },
        "seed": found.seed,
        "condition": CONDITION,
    }


def _amendment(found: Amendments, outcome: Indices) -> dict[str, Any]:
    return {
        "changes": _changes(found, outcome),
        "completes": _completes(found, outcome),
        "cost": float((outcome != found.start) @ found.costs),
        "utilities": _by_party(found, found.utility(outcome)),
    }


def _changes(found: Amendments, outcome: Indices) -> dict[str, list[Any]]:
    """Return issue -> what the plan says, and the option that takes its place."""
    names = found.structure.space.name(outcome)
    issues = found.structure.space.issues
    return {issues[k]: [found.says(k), names[issues[k]]] for k in found.changed(outcome)}


def _completes(found: Amendments, outcome: Indices) -> list[str]:
    issues = found.structure.space.issues
    return [issues[k] for k in found.changed(outcome) if found.left_open(k)]


def _parties(found: Amendments) -> dict[str, Any]:
    return {
        party: {
            "consent": found.scenario.parties[party].consent,
            "before": float(found.before[k]),
            "threshold": float(found.thresholds[k]),
        }
        for k, party in enumerate(found.parties)
    }


def _by_party(found: Amendments, numbers: Floats) -> dict[str, float]:
    return dict(zip(found.parties, map(float, numbers), strict=True))


def _conflict(found: Amendments) -> dict[str, Any] | None:
    blocked = found.blocked
    if blocked is None:
        return None
    issues = found.structure.space.issues
    return {
        "demands": [_demand(found, demand) for demand in blocked.demands],
        "unharmed": [d.party for d in blocked.unharmed],
        "frozen": [issues[k] for k in blocked.frozen],
    }


def _demand(found: Amendments, demand: Demand) -> dict[str, Any]:
    condition = demand.condition
    places = () if condition is None else condition.issues
    return {
        "kind": demand.kind,
        "party": demand.party,
        "level": None if demand.level is None else demand.level + 0.0,  # no minus nought
        "basis": demand.basis,
        "issues": [found.structure.space.issues[k] for k in places],
        "text": demand.text,
    }


def _curve(found: Amendments, curve: Curve) -> dict[str, Any]:
    return {
        "steps": [
            {
                "max_changes": step.changes,
                "changes": _changes(found, step.outcome),
                "completes": _completes(found, step.outcome),
                "probability": step.probability,
                "probability_interval": list(step.interval),
                "share_of_draws": step.share,
                "at_most": step.at_most,
                "exact": step.exact,
                "utilities": _by_party(found, found.utility(step.outcome)),
            }
            for step in curve.steps
        ],
        "draws": curve.draws,
        "fresh_draws": curve.fresh,
        "fresh_seed": found.fresh_seed,
        "ceiling": curve.ceiling,
        "ended": curve.ended,
    }
