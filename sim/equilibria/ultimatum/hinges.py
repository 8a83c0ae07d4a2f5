"""On what a take-it-or-leave-it offer hinges: what no deal is worth, and how likely a yes is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.equilibria.prediction import Hinge
from sim.equilibria.ultimatum.risk_return import RiskReturn
from sim.words import decimals_for, percent, plain

NEAR = 1e-12


@dataclass(frozen=True)
class Reign:
    """The offer that is best from some value of no deal on, until the next takes over.

    Attributes
    ----------
    since
        The value of no deal to the proposer; minus infinity for the surest offer.
    point
        Place of the offer on the curve.
    """

    since: float
    point: int


def by_no_deal(found: RiskReturn) -> list[Reign]:
    """Say which offer on the curve is best for which value of no deal to the proposer.

    The payoff of an offer is a line in that value, steeper the riskier the offer, so the best
    offers are the upper envelope of these lines.
    """
    if not len(found.own):
        return []
    worth, at, since = found.chances * found.own, len(found.own) - 1, -np.inf
    told = [Reign(since, at)]
    while at > 0:
        crossing = (worth[at] - worth[:at]) / (found.chances[at] - found.chances[:at])
        riskier = int(np.flatnonzero(crossing <= crossing.min() + NEAR)[0])
        at, since = riskier, max(float(crossing[riskier]), since)
        told.append(Reign(since, at))
    return told


def hinges(found: RiskReturn, name: str) -> list[Hinge]:
    """Say at which no-deal value, and at which chance of a yes, the proposer offers another."""
    return [*_no_deal_hinge(found, name), *_chance_hinge(found, name)]


def _no_deal_hinge(found: RiskReturn, name: str) -> list[Hinge]:
    reigns, d = by_no_deal(found), found.offers.no_deal
    now = max(k for k, reign in enumerate(reigns) if reign.since <= d + NEAR)
    sides = []
    if now + 1 < len(reigns):
        sides.append((reigns[now + 1].since, reigns[now + 1].point))
    if now > 0:
        sides.append((reigns[now].since, reigns[now - 1].point))
    label = f"no-deal value of {name}"
    if not sides:
        return [Hinge(label, d, None, f"{name} makes the same offer at any value")]
    at, point = min(sides, key=lambda side: abs(side[0] - d))
    return [Hinge(label, d, float(at), _instead(found, point))]


def _chance_hinge(found: RiskReturn, name: str) -> list[Hinge]:
    best, d = found.best, found.offers.no_deal
    others = np.arange(len(found.own)) != best
    if not others.any() or found.own[best] <= d + NEAR:
        return []
    rival = float(found.payoffs[others].max())
    point = int(np.flatnonzero(others & (found.payoffs >= rival - NEAR))[-1])
    at = (rival - d) / (found.own[best] - d)
    label = f"chance that the offer of {name} is accepted, on the draws of the search"
    return [Hinge(label, float(found.chances[best]), float(at), _instead(found, point))]


def _instead(found: RiskReturn, point: int) -> str:
    digits = decimals_for([*found.own, found.offers.no_deal])
    kind = "safer" if point > found.best else "riskier"
    return (
        f"it makes a {kind} offer, which gives it {plain(found.own[point], digits + 1)} and is "
        f"accepted in {percent(float(found.chances[point]))} of the draws of the search"
    )
