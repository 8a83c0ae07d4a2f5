"""Two classics of secret thresholds, read off a scenario as if it were a pie.

The utility of each side between the worst and the best package is taken for its share: what one
side has of that range the other lacks. That leaves out what packages could gain for both, so it
is the textbook's reading beside the one over all packages, `sim.equilibria.ultimatum.ultimatum`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.secret_thresholds.double_auction import (
    DoubleAuction,
    Trade,
    first_best,
    linear_equilibrium,
    second_best,
)
from sim.equilibria.secret_thresholds.private_cost import one_sided_offer, risky_below
from sim.equilibria.secret_thresholds.screening import (
    Sequel,
    many_offers,
    one_final_offer,
    two_offers,
)
from sim.equilibria.secret_thresholds.signals import separating_costs
from sim.equilibria.setting import Setting
from sim.preferences.uncertain import central
from sim.problem import Floats, Problem
from sim.words import percent, plain

NEAR = 1e-12
PATIENCE = 0.9
"""Discount factor for the next offer where the scenario gives the proposer none below 1."""


@dataclass(frozen=True, eq=False)
class Pie:
    """Two sides on one line: the share of the first, from none to all.

    Attributes
    ----------
    first, second
        Names.
    no_deal
        Share that the first side has without a deal, at the central reading.
    least
        The least share that the first side accepts, draw by draw.
    most
        The most that the second side leaves it, draw by draw; negative where the second side
        would refuse even the whole pie.
    """

    first: str
    second: str
    no_deal: float
    least: Floats
    most: Floats


def pie_of(setting: Setting) -> Pie | str:
    """Read a scenario as a pie between its first two players, or say why it is none."""
    if len(setting.parties) < 2:
        return "a pie is shared by two: name two parties"
    pair = setting.parties[:2]
    problem = Problem.from_draw(setting.one, red_lines=setting.red_lines, parties=pair)
    if not problem.n_outcomes:
        return "constraints and red lines leave no package"
    low, wide = problem.worst(), problem.best() - problem.worst()
    if not (wide > 1e-9).all():
        return "one of the two is indifferent between all packages, so nothing is shared"
    asked = np.concatenate([drawn.thresholds[:, setting.columns[:2]] for drawn in setting.drawn])
    shares = (asked - low) / wide
    no_deal = float((problem.disagreement[0] - low[0]) / wide[0])
    first, second = setting.names[:2]
    return Pie(first, second, no_deal, shares[:, 0], np.minimum(1.0 - shares[:, 1], 1.0))


def private_cost(setting: Setting) -> Prediction:
    """Predict the demand of the first player and the risk that the second refuses it."""
    names = (*setting.names, "the other", "the other")[:2]
    blank = Prediction(
        "private_cost",
        "Ultimatum over a pie, cost of refusing private",
        f"{names[0]} makes one demand of {names[1]} on a single line between what is worst and "
        "best for each among the packages that red lines leave (utility as a share of its range, "
        "one side's gain the other's loss); it knows its own no-deal value and only the draws of "
        "the other's threshold, which is what refusing gives the other.",
        parties=setting.parties[:2],
    )
    pie = pie_of(setting)
    if isinstance(pie, str):
        return blank.because(pie)
    limits, counts = np.unique(pie.most, return_counts=True)
    chances = counts[::-1].cumsum()[::-1] / len(pie.most)
    payoffs = pie.no_deal + chances * (limits - pie.no_deal)
    able = limits >= max(pie.no_deal, 0.0) - NEAR
    best = int(np.where(able, payoffs, -np.inf).argmax())  # the safest of equals
    if not able.any():
        return replace(
            blank,
            says=f"On a pie there is nothing to agree on: {pie.first} has more without a deal than "
            f"{pie.second} would leave it in any draw.",
            details={"no_deal_share": pie.no_deal, "most_left": float(limits[-1])},
        )
    demand, risk = float(limits[best]), 1.0 - float(chances[best])
    risky = chances[best] < 1 - NEAR
    answer = f"refuses in {percent(risk)} of draws" if risky else "accepts"
    says = (
        f"{pie.first} demands {plain(demand)} of the pie, against {plain(pie.no_deal)} without a "
        f"deal, and {pie.second} {answer}."
    )
    room = pie.most >= max(pie.no_deal, 0.0)
    wasted = float((room & (pie.most < demand - NEAR)).mean())
    if wasted > 0:
        says += (
            f" In {percent(wasted)} of draws both would be better off with another share: "
            "that is what not knowing costs."
        )
    return replace(
        blank,
        says=says,
        hinges=(_safe_hinge(pie, limits, chances, best), *_tough_hinge(pie)),
        details=_private_details(setting, pie, demand, risk, float(payoffs[best]))
        | {"expected_shares": _expected(setting, demand, risk, pie)},
    )


def _expected(setting: Setting, demand: float, risk: float, pie: Pie) -> dict[str, float]:
    """Return what both expect, as shares of the pie; a refusal gives what no deal does."""
    refused = pie.most < demand - NEAR
    second = np.where(refused, 1.0 - pie.most, 1.0 - demand)
    first = (1 - risk) * demand + risk * pie.no_deal
    return dict(zip(setting.parties[:2], (first, float(second.mean())), strict=True))


def _safe_hinge(pie: Pie, limits: Floats, chances: Floats, best: int) -> Hinge:
    """Return the no-deal share at which the first side begins, or ceases, to take a risk.

    A line in that share for every demand; the safe one is best below the first crossing.
    """
    label = f"no-deal share of {pie.first}"
    riskier = chances < 1 - NEAR
    if not riskier.any():
        return Hinge(label, pie.no_deal, None, "the demand is accepted at any no-deal share")
    safe = limits[~riskier].max()
    if safe < 0:
        return Hinge(label, pie.no_deal, None, "no share is accepted in every draw")
    crossing = (safe - chances[riskier] * limits[riskier]) / (1 - chances[riskier])
    at = float(crossing.min())
    if at < 0:
        return Hinge(label, pie.no_deal, None, "a risk is taken at any share from 0 to 1")
    then = "it takes no risk of refusal" if chances[best] < 1 - NEAR else "it takes a risk"
    return Hinge(label, pie.no_deal, at, then)


def _types(pie: Pie) -> tuple[float, float, float] | None:
    """Return what is to be had from the tough half of the draws and the weak, above no deal.

    And the share of the tough; ``None`` where the two are the same or one has nothing to give.
    """
    middle = float(np.median(pie.most))
    weak = pie.most > middle if (pie.most > middle).any() else pie.most >= middle
    if weak.all():
        return None
    tough, rest = float(pie.most[~weak].mean()), float(pie.most[weak].mean())
    if tough <= pie.no_deal or rest <= tough + 1e-9:
        return None
    return tough - pie.no_deal, rest - pie.no_deal, float((~weak).mean())


def _tough_hinge(pie: Pie) -> list[Hinge]:
    kinds = _types(pie)
    if kinds is None:
        return []
    tough, weak, chance = kinds
    at = float(risky_below(0.0, tough, weak))
    then = (
        f"with two types only, {pie.first} asks for no more than the tough accept"
        if chance < at
        else f"with two types only, {pie.first} asks for what the weak alone accept"
    )
    return [Hinge(f"chance that {pie.second} is of its tough half", chance, at, then)]


def _private_details(
    setting: Setting, pie: Pie, demand: float, risk: float, payoff: float
) -> dict[str, Any]:
    room = pie.most >= max(pie.no_deal, 0.0)
    known = float(np.where(room, pie.most, pie.no_deal).mean())
    told: dict[str, Any] = {
        "no_deal_share": pie.no_deal,
        "demand": demand,
        "risk_of_refusal": risk,
        "payoff": payoff,
        "payoff_knowing_the_other": known,
        "information_worth": max(known - payoff, 0.0),
        "draws": len(pie.most),
        "share_of_draws_with_room_for_a_deal": float(room.mean()),
    }
    spread = uniform_like(pie.most)
    if spread is not None:
        price, chance = one_sided_offer(pie.no_deal, *spread)
        told["uniform"] = {
            "range": list(spread), "demand": float(price), "risk_of_refusal": 1 - float(chance)
        }  # fmt: skip
    kinds = _types(pie)
    if kinds is not None:
        told["two_types"] = _two_types(setting, *kinds)
    return told


def _two_types(setting: Setting, tough: float, weak: float, chance: float) -> dict[str, Any]:
    """Return what screening and signals come to with a tough type and a weak one."""
    given = setting.scenario.parties[setting.parties[0]].patience
    patience = central(given)
    patience = patience if 0 < patience < 1 else PATIENCE
    plans = {
        "one_final_offer": one_final_offer(weak, tough, 1 - chance),
        "two_offers": two_offers(weak, tough, 1 - chance, patience),
        "offers_without_end": many_offers(weak, tough, 1 - chance, patience),
    }
    half = separating_costs(0.0, tough, weak, kept=0.5, dearer=2.0)
    return {
        "to_be_had_from_the_tough": tough,
        "to_be_had_from_the_weak": weak,
        "chance_of_the_tough": chance,
        "a_risk_pays_below": float(risky_below(0.0, tough, weak)),
        "patience": patience,
        **{name: _sequel(plan) for name, plan in plans.items()},
        "signal_twice_as_dear_for_the_weak_separates": {
            "if_half_the_surplus_is_kept": (
                [float(half.least), float(half.most)] if half.possible else None
            ),
            "if_nothing_is_kept": None,
        },
    }


def _sequel(plan: Sequel) -> dict[str, Any]:
    return {
        "demands_above_no_deal": [float(x) for x in plan.demands],
        "accepted_with_chance": [float(x) for x in plan.accepts],
        "payoff_above_no_deal": float(plan.payoff),
    }


def uniform_like(values: Floats) -> tuple[float, float] | None:
    """Return the bounds of the uniform distribution with the mean and spread of some numbers.

    ``None`` where they do not vary.
    """
    middle, half = float(values.mean()), float(np.sqrt(3.0) * values.std())
    return None if half <= 1e-9 else (middle - half, middle + half)


def double_auction(setting: Setting) -> Prediction:
    """Predict how two players fare who name their terms at once, each knowing only its own."""
    names = (*setting.names, "the first", "the second")[:2]
    blank = Prediction(
        "double_auction",
        "Sealed terms of two sides, thresholds private",
        f"{names[0]} and {names[1]} name a share of one pie at once and meet half-way if their "
        "terms overlap; each knows its own threshold only, and thresholds are read as independent "
        "and uniform with the mean and spread of the draws.",
        parties=setting.parties,
    )
    if len(setting.parties) != 2:
        return blank.because("sealed terms are named by two players: name them with --parties A,B")
    pie = pie_of(setting)
    if isinstance(pie, str):
        return blank.because(pie)
    seller, buyer = uniform_like(pie.least), uniform_like(pie.most)
    if seller is None or buyer is None:
        who = pie.first if seller is None else pie.second
        return blank.because(
            f"the threshold of {who} is certain; `private_cost` answers with one side's secret"
        )
    found = linear_equilibrium(buyer, seller)
    if found is None:
        return blank.because(
            "thresholds overlap too unevenly for an equilibrium in which terms rise evenly with "
            "the threshold"
        )
    return _sealed(blank, pie, buyer, seller, found)


def _sealed(
    blank: Prediction,
    pie: Pie,
    buyer: tuple[float, float],
    seller: tuple[float, float],
    found: DoubleAuction,
) -> Prediction:
    """Put the linear equilibrium into words and numbers."""
    ideal, most = first_best(buyer, seller), second_best(buyer, seller)
    says = (
        f"They agree with a chance of {percent(float(found.trade.chance))}, though a deal would "
        f"be better for both with a chance of {percent(float(ideal.chance))}: each holds back. No "
        f"rule whatever could bring more than {percent(_part(most, ideal))} of the gains; this "
        f"one brings {percent(_part(found.trade, ideal))}."
    )
    hinge = Hinge(
        f"most that {pie.second} would ever leave {pie.first}",
        float(buyer[1]),
        float(seller[0]),
        "no terms overlap and they never agree",
    )
    told = {"sealed_terms": found.trade, "best_rule": most, "known_thresholds": ideal}
    return replace(
        blank,
        says=says,
        hinges=(hinge,),
        details={
            "most_the_second_leaves": list(buyer),
            "least_the_first_accepts": list(seller),
            "second_offers": {"slope": float(found.bid[0]), "intercept": float(found.bid[1])},
            "first_asks": {"slope": float(found.ask[0]), "intercept": float(found.ask[1])},
            **{
                name: {"chance": float(trade.chance), "expected_gains": float(trade.gains)}
                for name, trade in told.items()
            },
        },
    )


def _part(trade: Trade, whole: Trade) -> float:
    """Return what part of the gains a rule brings."""
    return float(trade.gains / whole.gains) if whole.gains > 0 else 0.0
