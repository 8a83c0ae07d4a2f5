"""Plan versions compared, as JSON: what `zopa compare --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.formats.answers.shared import CONDITION, numbers

if TYPE_CHECKING:  # each command loads only what it answers with
    from sim.comparison import Comparison


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
                    "interval": numbers(pair.interval[:, p]),
                    "better": float(pair.better[p]),
                    "worse": float(pair.worse[p]),
                }
                for p, party in enumerate(comparison.parties)
            },
            "probability_all": pair.joint,
            "probability_all_interval": numbers(pair.joint_interval),
        }
        for pair in comparison.differences
    ]
