"""The zone in depth as JSON: what `zopa zone --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.formats.answers.shared import CONDITION, finite

if TYPE_CHECKING:  # the command loads what it answers with
    from sim.agreement import Agreement
    from sim.diagnosis import Diagnosis
    from sim.feasible.concession import Concession
    from sim.feasible.demands import Demand
    from sim.feasible.red_line_prices import LinePrice, Standpoint
    from sim.problem import Floats


def zone_json(found: Diagnosis) -> dict[str, Any]:
    """Return what `zopa zone --json` prints, but for the levers."""
    zone, size = found.standpoint.zone, found.standpoint.size
    return {
        "scenario": found.scenario.title,
        "red_lines_binding": found.red_lines,
        "empty": zone.empty,
        "exact": zone.certificate.exact,
        "outcomes": size.outcomes,
        "of": found.outcomes,
        "share": float(size.share),
        "share_interval": [finite(end) for end in size.share_interval],
        "at_least": size.at_least,
        "share_exact": size.exact,
        "probability": _probability(found),
        "parties": {party: _party(found, k) for k, party in enumerate(found.parties)},
        "issues": _issues(found),
        "states": {
            issue: found.survival.state(k) for k, issue in enumerate(found.structure.space.issues)
        },
        "robust": _package(found, found.standpoint.robust),
        "demands": [_demand(found, demand) for demand in found.demands],
        "conflicts": [[_demand(found, d) for d in conflict] for conflict in found.conflicts.sets],
        "conflicts_complete": found.conflicts.complete,
        "conflicts_cut_by": found.conflicts.why,
        "concession": None if found.concession is None else _concession(found, found.concession),
        "red_lines": [_price(found, price) for price in found.prices],
        "levers": [],
        "condition": CONDITION,
    }


def _probability(found: Diagnosis) -> dict[str, Any] | None:
    chance = found.chance
    if chance is None:
        return None
    return {
        "share": chance.share,
        "at_most": chance.at_most,
        "exists": chance.exists,
        "empty": chance.empty,
        "draws": chance.draws,
    }


def _party(found: Diagnosis, k: int) -> dict[str, Any]:
    reach = found.standpoint.reach[k]
    ends = {"worst": reach.worst, "best": reach.best}
    return {
        "threshold": float(found.problem.thresholds[k]),
        "disagreement": float(found.problem.disagreement[k]),
        **{name: _own(end, k) for name, end in ends.items()},
        "bounds": {name: finite(end.certificate.bound) for name, end in ends.items()},
        "packages": {name: found.package(end.outcome) for name, end in ends.items()},
    }


def _own(end: Agreement, k: int) -> float | None:
    return None if end.outcome is None else float(end.utilities[k])


def _issues(found: Diagnosis) -> dict[str, dict[str, bool | None]]:
    space = found.structure.space
    return {
        issue: dict(zip(space.options[issue], answers, strict=True))
        for issue, answers in zip(space.issues, found.survival.options, strict=True)
    }


def _package(found: Diagnosis, agreement: Agreement) -> dict[str, Any] | None:
    if agreement.outcome is None:
        return None
    surplus = agreement.utilities - found.problem.thresholds
    return {
        "outcome": found.package(agreement.outcome),
        "utilities": _by_party(found, agreement.utilities),
        "surplus": float(surplus.min()),
        "exact": agreement.certificate.exact,
        "bound": finite(agreement.certificate.bound),
    }


def _demand(found: Diagnosis, demand: Demand) -> dict[str, Any]:
    condition = demand.condition
    issues = () if condition is None else condition.issues
    return {
        "kind": demand.kind,
        "party": demand.party,
        "level": demand.level,
        "basis": demand.basis,
        "issues": [found.structure.space.issues[k] for k in issues],
        "text": demand.text,
    }


def _concession(found: Diagnosis, concession: Concession) -> dict[str, Any]:
    said: dict[str, Any] = {"needs_lever_or_payment": not concession.rational}
    for name, agreement in (("total", concession.total), ("single", concession.single)):
        conceded = concession.conceded(agreement)
        said[name] = {
            "amount": float(conceded.sum() if name == "total" else conceded.max()),
            "parties": _by_party(found, conceded),
            "below_no_deal": _by_party(found, concession.undercut(agreement)),
            "outcome": found.package(agreement.outcome),
            "utilities": _by_party(found, agreement.utilities),
            "exact": agreement.certificate.exact,
            "bound": finite(agreement.certificate.bound),
        }
    return said


def _price(found: Diagnosis, price: LinePrice) -> dict[str, Any]:
    return {
        "line": _demand(found, price.line),
        "opens": price.opens,
        "before": _standpoint(found, price.before),
        "after": _standpoint(found, price.after),
        "gains": None if price.gains is None else _by_party(found, price.gains),
    }


def _standpoint(found: Diagnosis, standpoint: Standpoint) -> dict[str, Any]:
    nash = standpoint.nash
    return {
        "empty": standpoint.zone.empty,
        "outcomes": standpoint.size.outcomes,
        "share": float(standpoint.size.share),
        "surplus": finite(standpoint.surplus(found.problem.thresholds)),
        "nash": None if nash.outcome is None else _by_party(found, nash.utilities),
        "best": {
            party: _own(reach.best, k)
            for k, (party, reach) in enumerate(zip(found.parties, standpoint.reach, strict=True))
        },
    }


def _by_party(found: Diagnosis, numbers: Floats) -> dict[str, float]:
    return dict(zip(found.parties, map(float, numbers), strict=True))
