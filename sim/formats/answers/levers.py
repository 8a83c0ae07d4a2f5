"""A study of levers as JSON: keys that `zopa zone --levers --json` adds to its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.formats.answers.shared import finite

if TYPE_CHECKING:
    from sim.levers import Budgets, Effect, LeverStudy, Situation
    from sim.levers.opening import Choice
    from sim.problem import Floats


def levers_json(study: LeverStudy) -> dict[str, Any]:
    """Return what a study of levers adds to the answer of `zopa zone`.

    Returns
    -------
    dict
        ``levers``: each lever by itself. ``opening``: the cheapest combinations that open the
        zone, or what comes nearest. ``budgets``: the efficient curve of cost and probability.
        ``side_payments`` and ``pressure``: by party.
    """
    return {
        "levers": [_effect(study, k, effect) for k, effect in enumerate(study.effects)],
        "opening": _choice(study, study.choice),
        "budgets": None if study.budgets is None else _budgets(study.budgets),
        "side_payments": _payments(study),
        "pressure": {
            party: {
                "least": pressure.least,
                "exact": pressure.certificate.exact,
                "bound": finite(pressure.certificate.bound),
            }
            for party, pressure in zip(study.parties, study.payments.pressures, strict=True)
        },
    }


def _effect(study: LeverStudy, k: int, effect: Effect) -> dict[str, Any]:
    changed = None if study.budgets is None else study.budgets.changed((), (effect.name,))
    return {
        "lever": effect.name,
        "by": study.scenario.levers[effect.name].by,
        "cost": float(study.costs[k]),
        "moves": [
            {
                "party": move.party,
                "what": move.what,
                "by": move.by,
                "low": finite(move.low),
                "high": finite(move.high),
            }
            for move in effect.moves
        ],
        "alone": _situation(study, effect.alone),
        "opens": effect.opens,
        "closes": effect.closes,
        "shrinks": effect.shrinks,
        "added": [_situation(study, added) for added in effect.added],
        "closed_when_added": [list(levers) for levers in effect.closed_when_added],
        "draws_opened": None if changed is None else changed[0],
        "draws_closed": None if changed is None else changed[1],
    }


def _situation(study: LeverStudy, situation: Situation) -> dict[str, Any]:
    found = situation.outcome is not None
    package = study.structure.space.name(situation.outcome) if found else None  # type: ignore[arg-type]
    return {
        "levers": list(situation.levers),
        "cost": situation.cost,
        "empty": situation.empty,
        "surplus": finite(situation.surplus),
        "exact": situation.proven,
        "bound": finite(situation.certificate.bound),
        "outcome": package,
        "utilities": _by_party(study, situation.utilities) if found else None,
        "thresholds": _by_party(study, situation.thresholds),
    }


def _choice(study: LeverStudy, choice: Choice) -> dict[str, Any]:
    nearest = choice.nearest
    return {
        "without": _situation(study, choice.without),
        "least_cost": choice.least,
        "cheapest": [_situation(study, opening) for opening in choice.opening],
        "nearest": None if nearest is None else _situation(study, nearest),
        "exact": choice.exact,
        "nearest_exact": choice.nearest_exact,
        "looked_at": choice.looked_at,
        "combinations": choice.combinations,
    }


def _budgets(budgets: Budgets) -> dict[str, Any]:
    return {
        "efficient": [
            {
                "cost": float(budgets.combinations.costs[k]),
                "levers": list(budgets.levers(k)),
                "probability": float(budgets.chances[k]),
                "probability_interval": list(budgets.interval(k)),
            }
            for k in budgets.efficient.tolist()
        ],
        "combinations": len(budgets.combinations),
        "complete": budgets.combinations.complete,
        "unsettled": float(budgets.unsettled.max()),
        "exact": budgets.exact,
        "draws": budgets.draws,
        "seed": budgets.seed,
    }


def _payments(study: LeverStudy) -> dict[str, Any]:
    paid, own = study.payments, study.payments.own
    least = None
    if paid.least is not None and paid.least.outcome is not None:
        least = {
            "outcome": study.structure.space.name(paid.least.outcome),
            "utilities": _by_party(study, paid.least.utilities),
            "payments": _by_party(study, paid.least_payments),
            "total": float(paid.least_payments.sum()),
            "exact": paid.least.certificate.exact,
            "bound": finite(paid.least.certificate.bound),
        }
    return {
        "plans": {
            plan.plan: {
                "utilities": _by_party(study, plan.utilities),
                "payments": _by_party(study, plan.payments),
                "total": plan.total,
                "cannot_be_paid_for": list(plan.stands_in_the_way),
            }
            for plan in paid.plans
        },
        "budgets": [{"budget": budget, "plans": plans} for budget, plans in paid.budgets],
        "least": least,
        "own_means": {
            "enough": own.enough,
            "balance": finite(own.balance),
            "receives": None if own.outcome is None else _by_party(study, own.receives),
            "exact": own.certificate.exact,
            "bound": finite(own.certificate.bound),
        },
        "depends_on": "the parties' common scale",
    }


def _by_party(study: LeverStudy, numbers: Floats) -> dict[str, float]:
    return {party: float(x) for party, x in zip(study.parties, numbers, strict=True)}
