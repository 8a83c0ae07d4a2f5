"""Ratification: what negotiators sign must also pass at home.

A two-level game (Putnam 1988). Negotiators bargain by the Nash solution over what all of them
sign; a deal stands if every body that it calls on ratifies it. Shown are the plan versions, the
whole space, and how a body that asks for more moves the deal: towards its own side as long as
anything is left to agree on (Schelling's conjecture).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.agreement import Agreement
from sim.equilibria.prediction import Prediction
from sim.equilibria.ratification.packages import Change, Listed, Packages
from sim.equilibria.ratification.plans import PlanVerdict, judge_plans
from sim.equilibria.ratification.ratifiers import House, read_house
from sim.equilibria.ratification.search import signed_packages
from sim.equilibria.ratification.sizes import Share, Sizes, sizes
from sim.equilibria.ratification.votes import draw_votes
from sim.equilibria.ratification.win_set import MOST_VOTERS
from sim.equilibria.ratification.words import Deals, hinges, says
from sim.equilibria.setting import Setting
from sim.plans import read_plans
from sim.problem import Floats
from sim.scenario import RedLines, Scenario
from sim.words import listed, name_of

STEPS = 9
"""Points of each curve."""


@dataclass(frozen=True, eq=False)
class Ratified:
    """What the picture of ratification is drawn from.

    Attributes
    ----------
    scenario, red_lines
        What was read.
    bodies
        Names of the bodies, in file order.
    quotas
        Their quotas.
    plans
        The plan versions before them.
    draws
        Behind every probability.
    says
        The prediction in words.
    """

    scenario: Scenario
    red_lines: RedLines
    bodies: tuple[str, ...]
    quotas: tuple[float, ...]
    plans: tuple[PlanVerdict, ...]
    draws: int
    says: str


def ratification(setting: Setting) -> Prediction:
    """Say what of the zone would be ratified, what is agreed then, and which plans would pass."""
    blank = Prediction(
        model="ratification",
        title="Ratification: a two-level game",
        assumptions="",
        parties=setting.parties,
    )
    block = setting.scenario.ratification
    if block is None:
        return blank.because(
            "the file has no `ratification` block: say who must ratify, as in "
            "`ratification: {bodies: {parliament: {name: …, side: …, quota: 0.5, ratifiers: …}}}`"
        )
    house = read_house(setting.scenario, setting.red_lines)
    d = setting.one.disagreement[0, list(setting.columns)]
    level = d if block.negotiators_accept == "no_deal" else (
        setting.one.thresholds[0, list(setting.columns)]
    )  # fmt: skip
    plans = _plans(setting, house, level)
    packages = signed_packages(house, setting.columns, level, seconds=setting.time_limit)
    measured = sizes(packages, seed=setting.seed)
    deals = _deals(packages, house, setting, d)
    ends = [(packages.closing(b), packages.closing_quota(b)) for b in range(len(house.chambers))]
    chosen = deals.constraint if block.treat_as == "constraint" else deals.disagreement
    exact = deals.free.certificate.exact and chosen.certificate.exact
    curves = _curves(packages, house, setting, d, ends)
    told = says(setting, house, deals, measured, plans, curves)
    return Prediction(
        model=blank.model,
        title=blank.title,
        assumptions=_assumptions(house, setting),
        says=told,
        parties=setting.parties,
        outcome=setting.package(chosen.outcome),
        utilities=setting.by_party(chosen.utilities) if chosen.reached else None,
        hinges=tuple(hinges(house, deals, ends)),
        exact=exact,
        bound=0.0 if exact else float("inf"),
        details={
            "negotiators_accept": block.negotiators_accept,
            "treat_as": block.treat_as,
            "draws": setting.draws,
            "seed": setting.seed,
            "bodies": _bodies(house, measured, ends),
            "packages": _measured(measured, isinstance(packages, Listed)),
            "agreements": _agreements(setting, house, deals),
            "plans": {verdict.plan: _plan(house, verdict) for verdict in plans},
            "insisting": curves,
        },
        picture=_picture(setting, house, plans, told),
    )


def _plans(setting: Setting, house: House, level: Floats) -> tuple[PlanVerdict, ...]:
    if not setting.scenario.plans:
        return ()
    readings = read_plans(setting.scenario)
    titles = [name_of(setting.scenario.plans[plan.name].title) for plan in readings]
    votes = draw_votes(house, readings, setting.drawn, setting.columns, seed=setting.seed)
    return judge_plans(house, readings, titles, setting.columns, level, votes)


def _picture(
    setting: Setting, house: House, plans: tuple[PlanVerdict, ...], told: str
) -> Ratified | None:
    if not plans:
        return None
    bodies = tuple(chamber.name for chamber in house.chambers)
    quotas = tuple(chamber.rule.quota for chamber in house.chambers)
    return Ratified(setting.scenario, setting.red_lines, bodies, quotas, plans, setting.draws, told)


def _deals(packages: Packages, house: House, setting: Setting, d: Floats) -> Deals:
    """Bargain without ratifiers, with them, and from what they let their own side go down to."""
    raised, settled = d.copy(), True
    for place, party in enumerate(setting.parties):
        own = tuple(b for b, chamber in enumerate(house.chambers) if chamber.side == party)
        least = packages.least(place, own) if own else None
        if least is not None:
            settled &= least.certificate.exact
            raised[place] = max(
                d[place], float(least.utilities[place]) if least.reached else d[place]
            )
    free, constraint = packages.bargain(d, free=True), packages.bargain(d)
    from_there = packages.bargain(raised)
    if not settled:
        proof = replace(from_there.certificate, exact=False, bound=np.inf)
        from_there = replace(from_there, certificate=proof)
    return Deals(free, constraint, from_there, raised)


def _assumptions(house: House, setting: Setting) -> str:
    accept = {"threshold": "their threshold", "no_deal": "no deal"}
    treated = {
        "constraint": "ratifiers rule packages out and leave no deal as it is",
        "disagreement": "what ratifiers let a side go down to is its no-deal value",
    }
    block = house.block
    return (
        f"{listed(setting.names)} sign what beats {accept[block.negotiators_accept]} and bargain "
        "by the Nash solution; ratifiers vote sincerely for what beats no deal, by weight, quota "
        f"and veto; all is known; {treated[block.treat_as]}."
    )


def _number(value: float | None) -> float | None:
    """Return a number for JSON; nothing for what is not finite."""
    return None if value is None or not np.isfinite(value) else float(value)


def _share(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    return {"share": share.share, "standard_error": share.error, "packages": share.packages}


def _bodies(
    house: House, measured: Sizes, ends: list[tuple[float | None, float | None]]
) -> dict[str, Any]:
    found = {}
    for b, chamber in enumerate(house.chambers):
        names = [voter.name for voter in chamber.voters]
        small = len(names) <= MOST_VOTERS
        groups = chamber.rule.minimal_winning() if small else None
        closing, quota = ends[b]
        found[chamber.key] = {
            "name": chamber.name,
            "side": chamber.side,
            "quota": chamber.rule.quota,
            "weights": dict(zip(names, chamber.rule.weights.tolist(), strict=True)),
            "vetoes": [n for n, held in zip(names, chamber.rule.vetoes, strict=True) if held],
            "coalitions": None if groups is None else [[names[r] for r in g] for g in groups],
            "win_set": _share(measured.win_sets[b]),
            "of_signed": None if measured.by_body is None else _share(measured.by_body[b]),
            "closes_when_asking_for": _number(closing),
            "closes_above_quota": _number(quota),
            "never_closes": closing == np.inf,
        }
    return found


def _measured(measured: Sizes, listed_: bool) -> dict[str, Any]:
    low, high = measured.signed.share_interval
    left = measured.ratified
    return {
        "all": measured.all_packages,
        "signed": {
            "packages": measured.signed.outcomes,
            "share": measured.signed.share,
            "share_interval": [low, high],
        },
        "ratified_of_signed": _share(left),
        "involuntary_defection": None if left is None else
            {"share": 1.0 - left.share, "standard_error": left.error},
        "method": "listed" if listed_ else "coalitions opened one by one",
    }  # fmt: skip


def _agreements(setting: Setting, house: House, deals: Deals) -> dict[str, Any]:
    def told(deal: Agreement) -> dict[str, Any]:
        refused = []
        if deal.outcome is not None:
            passes = house.ratifies(deal.outcome[None, :])[0]
            refused = [c.key for c, yes in zip(house.chambers, passes, strict=True) if not yes]
        return {
            "outcome": setting.package(deal.outcome),
            "utilities": setting.by_party(deal.utilities) if deal.reached else None,
            "refused_by": refused,
            "exact": deal.certificate.exact,
        }

    return {
        "without_ratifiers": told(deals.free),
        "constraint": told(deals.constraint),
        "disagreement": {
            **told(deals.disagreement), "no_deal": setting.by_party(deals.raised)
        },
    }  # fmt: skip


def _plan(house: House, verdict: PlanVerdict) -> dict[str, Any]:
    bodies = {}
    for chamber, found in zip(house.chambers, verdict.bodies, strict=True):
        repair = found.repair
        bodies[chamber.key] = {
            "asked": found.asked,
            "ratified": found.ratified,
            "yes_share": found.yes_share,
            "margin": _number(found.margin),
            "concession": None if np.isinf(found.margin) else max(0.0, -found.margin),
            "pivotal": chamber.voters[found.pivotal].name,
            "change": None if repair is None else
                {"issue": repair.issue, "option": repair.option, "cost_to_others": repair.cost},
            "probability": found.chance,
            "standard_error": found.error,
        }  # fmt: skip
    chances = {
        "signed": verdict.signing,
        "ratified": verdict.passing,
        "signed_and_ratified": verdict.both,
        "signed_and_refused": verdict.defection,
    }
    return {
        "signed": verdict.signed,
        "ratified": verdict.ratified,
        "involuntary_defection": verdict.defects,
        "bodies": bodies,
        "probabilities": {
            name: {"share": share, "standard_error": error}
            for name, (share, error) in chances.items()
        },
    }


def _curves(
    packages: Packages,
    house: House,
    setting: Setting,
    d: Floats,
    ends: list[tuple[float | None, float | None]],
) -> dict[str, Any]:
    """Move one body at a time: what its side gets as it asks for more, until nothing is left."""
    found: dict[str, Any] = {}
    for b, chamber in enumerate(house.chambers):
        closing = ends[b][0]
        if closing is None or not np.isfinite(closing) or closing < 0:
            continue
        steps = STEPS if isinstance(packages, Listed) else STEPS // 2 + 1
        points = [
            _point(setting, packages.bargain(d, Change(b, more)), more)
            for more in np.linspace(0.0, closing, steps).tolist()
        ]
        found[chamber.key] = {"side": chamber.side, "closes_at": closing, "points": points}
        if chamber.side in setting.parties:
            values = [p["utilities"][chamber.side] for p in points if p["utilities"]]
            found[chamber.key]["earns"] = max(values) - values[0] if values else None
    return found


def _point(setting: Setting, deal: Agreement, more: float) -> dict[str, Any]:
    return {
        "asks_for": more,
        "utilities": setting.by_party(deal.utilities) if deal.reached else None,
        "exact": deal.certificate.exact,
    }
