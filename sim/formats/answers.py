"""Answers as JSON: the keys that other programs rely on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agreement import Agreement, Frontier

if TYPE_CHECKING:  # each command loads only what it answers with
    from sim.comparison import Comparison
    from sim.settlement import Settlement

CONDITION = "conditional on these inputs; not a forecast"


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return what `zopa compare --json` prints."""
    structure = comparison.structure
    low, high = comparison.interval(comparison.probability_all)
    plans = {}
    for k, verdict in enumerate(comparison.verdicts):
        plans[verdict.plan.name] = {
            "parties": _parties(comparison, k),
            "accepted_by_all": verdict.accepted_by_all,
            "probability_all": float(comparison.probability_all[k]),
            "probability_all_interval": [float(low[k]), float(high[k])],
            "completable": verdict.completable,
            "infeasible": [structure.constraints[c].text for c in verdict.broken],
            "blockers": [comparison.parties[p] for p in comparison.blockers(k)],
            "contributions": _contributions(comparison, k),
        }
    return {
        "scenario": structure.scenario.title,
        "plans": plans,
        "differences": _differences(comparison),
        "draws": comparison.drawn.n_draws,
        "seed": comparison.seed,
        "red_lines": comparison.red_lines,
        "condition": CONDITION,
    }


def _parties(comparison: Comparison, k: int) -> dict[str, Any]:
    structure, verdict = comparison.structure, comparison.verdicts[k]
    low, high = comparison.interval(comparison.probability)
    return {
        party: {
            "consent": structure.scenario.parties[party].consent,
            "utility": float(verdict.utility[p]),
            "low": float(verdict.low[p]),
            "high": float(verdict.high[p]),
            "threshold": float(comparison.central.thresholds[0, p]),
            "disagreement": float(comparison.central.disagreement[0, p]),
            "surplus": float(verdict.surplus[p]),
            "accepts": bool(verdict.accepts[p]),
            "probability": float(comparison.probability[k, p]),
            "probability_interval": [float(low[k, p]), float(high[k, p])],
            "crossed": [structure.lines[n].text for n in verdict.crossed[p]],
            "crossed_by_silence": [structure.lines[n].text for n in verdict.crossed_by_silence[p]],
        }
        for p, party in enumerate(comparison.parties)
    }


def _contributions(comparison: Comparison, k: int) -> dict[str, Any]:
    parts = comparison.contributions[k]
    return {
        party: {
            term: {"adds": float(parts.adds[t, p]), "lost": float(parts.lost[t, p])}
            for t, term in enumerate(parts.terms)
        }
        for p, party in enumerate(comparison.parties)
    }


def _differences(comparison: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "first": comparison.plans[pair.first],
            "second": comparison.plans[pair.second],
            "parties": {
                party: {
                    "utility": float(pair.utility[p]),
                    "interval": _numbers(pair.interval[:, p]),
                    "better": float(pair.better[p]),
                    "worse": float(pair.worse[p]),
                }
                for p, party in enumerate(comparison.parties)
            },
            "probability_all": pair.joint,
            "probability_all_interval": _numbers(pair.joint_interval),
        }
        for pair in comparison.differences
    ]


def settlement_json(settlement: Settlement) -> dict[str, Any]:
    """Return what `zopa solve --json` prints."""
    problem, size = settlement.problem, settlement.size
    return {
        "scenario": settlement.scenario.title,
        "parties": list(settlement.parties),
        "outcomes": settlement.outcomes,
        "disagreement": _by_party(settlement, problem.disagreement),
        "thresholds": _by_party(settlement, problem.thresholds),
        "zopa": {
            "parties": list(settlement.signatories),
            "empty": settlement.zone.empty,
            "outcomes": size.outcomes,
            "share": float(size.share),
            "share_interval": _numbers(size.share_interval),
            "probability": settlement.chance.share if settlement.chance else None,
            "draws": settlement.chance.draws if settlement.chance else 0,
        },
        "frontier": _frontier(settlement),
        "solutions": {
            name: _solution(settlement, agreement)
            for name, agreement in settlement.solutions.items()
        },
        "clash": [clause.text for clause in settlement.clash],
        "red_lines": settlement.red_lines,
        "within": settlement.within,
        "condition": CONDITION,
    }


def _by_party(settlement: Settlement, numbers: Any) -> dict[str, float]:
    return dict(zip(settlement.parties, map(float, numbers), strict=True))


def _frontier(settlement: Settlement) -> dict[str, Any]:
    frontier = settlement.frontier
    if not isinstance(frontier, Frontier):
        ceiling = _by_party(settlement, settlement.ceiling)
        return {"utilities": None, "why": frontier.why, "ceiling": ceiling}
    certificate = frontier.certificate
    return {
        "utilities": frontier.utilities.tolist(),
        "exact": certificate.exact,
        "bound": _finite(certificate.bound),
    }


def _solution(settlement: Settlement, agreement: Agreement) -> dict[str, Any]:
    return {
        "outcome": settlement.package(agreement),
        "utilities": _by_party(settlement, agreement.utilities),
        "acceptable": settlement.acceptable(agreement),
        "exact": agreement.certificate.exact,
        "bound": _finite(agreement.certificate.bound),
        "method": agreement.certificate.method,
    }


def _numbers(values: Any) -> list[float | None]:
    return [_finite(value) for value in np.asarray(values, dtype=float).tolist()]


def _finite(value: float) -> float | None:
    """JSON has no infinity: nothing is known, so nothing is said."""
    return float(value) if math.isfinite(value) else None
