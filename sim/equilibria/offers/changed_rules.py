"""The same talks under other rules, and the weight that rules give each party."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.equilibria.offers.backward_induction import Floats, Rules


def shorter(rules: Rules, length: float) -> Rules:
    """Return the same talks with rounds of another length, in units of the present ones.

    Patience, risk and cost a unit of time stay as they are.
    """
    kept = rules.patience * (1 - rules.breakdown[0])
    short = kept**length
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = np.where(kept < 1, rules.cost * (1 - short) / (1 - kept), rules.cost * length)
    return replace(
        rules,
        patience=rules.patience**length,
        breakdown=1 - (1 - rules.breakdown) ** length,
        cost=cost,
    )


def power(rules: Rules) -> Floats:
    """Return each party's weight in the Nash solution to which offers in quick succession lead.

    How often a party proposes, over how fast waiting hurts it; the weights sum to 1. Nobody who
    is in no hurry at all gives way to anybody who is.
    """
    rates = -np.log(np.maximum(rules.patience * (1 - rules.breakdown[0]), 1e-300))
    turns = np.bincount(rules.order, minlength=rules.n_parties) / len(rules.order)
    often = turns if rules.chances is None else rules.chances
    calm = (rates <= 0) & (often > 0)
    weights = np.where(calm, often, 0.0) if calm.any() else often / np.where(rates > 0, rates, 1.0)
    return weights / weights.sum()


def worst_case(rules: Rules) -> Floats:
    """Return what talks without end and agreement come to: no deal, less the costs of talking.

    Minus infinity for a party that pays for every round and is never impatient.
    """
    lost = 1 - rules.patience * (1 - rules.breakdown[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        forever = np.where(rules.cost > 0, rules.cost / lost, 0.0)
    now: Floats = np.atleast_2d(rules.disagreement)[-1] - forever
    return now


def patient(rules: Rules, who: int, delta: float) -> Rules:
    """Return the rules with another patience of one party."""
    patience = rules.patience.copy()
    patience[who] = delta
    return replace(rules, patience=patience)
