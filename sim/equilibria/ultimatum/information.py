"""What a refusal teaches the proposer, and what knowing more before the offer would be worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ensemble import Bools
from sim.equilibria.ultimatum.offers import Offers
from sim.equilibria.ultimatum.risk_return import RiskReturn, risk_return
from sim.problem import Floats, Indices

PARTS = 5
"""Into how many parts of equal weight what is learnt about a threshold is divided."""


@dataclass(frozen=True, eq=False)
class Refusal:
    """The belief after an offer was refused: Bayes' rule on draws keeps those that refuse.

    Attributes
    ----------
    chance
        Of the refusal.
    too_little, crossed
        Chance for each of the others, given the refusal, that the offer was below its threshold;
        that it crossed a line of its; shape ``(n_others,)``.
    asked_before, asked_after
        Mean threshold of each of the others before the offer and after the refusal.
    again
        Risk and return of a second offer that nobody had counted on; ``None`` where every draw
        accepts the first.
    """

    chance: float
    too_little: Floats
    crossed: Floats
    asked_before: Floats
    asked_after: Floats
    again: RiskReturn | None


def after_refusal(offers: Offers, rows: Indices, *, time_limit: float | None = 1.0) -> Refusal:
    """Update the belief after an offer was refused, and find the best second offer."""
    refused = ~offers.accepted(rows)
    before = offers.asked.mean(axis=0)
    if not refused.any():
        none = np.zeros(offers.asked.shape[1])
        return Refusal(0.0, none, none, before, before, None)
    too_little, crossed = offers.refusals(rows)
    left = offers.among(refused)
    return Refusal(
        float(refused.mean()),
        too_little[refused].mean(axis=0),
        crossed[refused].mean(axis=0),
        before,
        left.asked.mean(axis=0),
        risk_return(left, time_limit=time_limit, whole=False),
    )


def worth_of_knowing(
    known: Floats, own: Floats, accepts: Bools, fresh_known: Floats, fresh_accepts: Bools
) -> float:
    """Say what a proposer gains that learns in which part of its range a number lies.

    It picks the offer with the highest expected gain for each part on some draws; what that
    brings is counted on others, so that luck in picking does not pass for knowledge.

    Parameters
    ----------
    known, fresh_known
        The number in the draws to pick on and in those to count on.
    own
        What each offer gains the proposer over no deal, ``(n_offers,)``.
    accepts, fresh_accepts
        In which draws each offer is accepted, ``(n_offers, n_draws)``.

    Returns
    -------
    float
        Never below 0: knowledge can be left unused.
    """
    edges = np.quantile(known, np.linspace(0, 1, PARTS + 1)[1:-1])
    part, fresh_part = np.searchsorted(edges, known), np.searchsorted(edges, fresh_known)
    informed = 0.0
    for k in range(PARTS):
        gained = own * accepts[:, part == k].sum(axis=1)
        offer = int(gained.argmax())
        if gained[offer] > 0:
            informed += float(own[offer] * fresh_accepts[offer, fresh_part == k].sum())
    plain = own * accepts.sum(axis=1)
    offer = int(plain.argmax())
    uninformed = float(own[offer] * fresh_accepts[offer].sum())
    return float(max(informed - uninformed, 0.0) / fresh_accepts.shape[1])
