"""Zone, frontier and solutions as JSON: what `zopa solve --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.agreement import Agreement, Frontier, Lottery
from sim.formats.answers.shared import CONDITION, finite, numbers

if TYPE_CHECKING:  # each command loads only what it answers with
    from sim.settlement import Settlement


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
            "share_interval": numbers(size.share_interval),
            "at_least": size.at_least,
            "probability": settlement.chance.share if settlement.chance else None,
            "probability_at_most": settlement.chance.at_most if settlement.chance else None,
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
        "power": settlement.power,
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
        "bound": finite(certificate.bound),
    }


def _solution(settlement: Settlement, agreement: Agreement) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "outcome": settlement.package(agreement),
        "utilities": _by_party(settlement, agreement.utilities),
        "acceptable": settlement.acceptable(agreement),
        "exact": agreement.certificate.exact,
        "bound": finite(agreement.certificate.bound),
        "method": agreement.certificate.method,
    }
    if isinstance(agreement, Lottery):
        space = settlement.structure.space
        answer["lottery"] = [
            {
                "chance": float(chance),
                "outcome": space.name(outcome),
                "utilities": _by_party(settlement, point),
            }
            for chance, outcome, point in zip(
                agreement.chances, agreement.outcomes, agreement.points, strict=True
            )
        ]
        answer["prices"] = _by_party(settlement, agreement.prices)
    return answer
