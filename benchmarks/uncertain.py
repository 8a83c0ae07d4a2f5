"""Synthetic scenarios whose every number is uncertain: what the claims about draws rest on."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.instances import instance
from sim.ensemble import Ensemble
from sim.feasible import find_acceptable
from sim.problem import Problem
from sim.sampling import sample
from sim.scenario import Scenario


def uncertain(
    kind: str, n_parties: int, rng: np.random.Generator, *, n_issues: int = 28, n_options: int = 4
) -> Scenario:
    """Draw a negotiation as `benchmarks.instances.instance` does, and blur its numbers.

    Weights are within half of their value, option values within a tenth of the scale, no deal
    within a twentieth of 0.3. Thresholds reach from 0.15 below to 0.1 above what the
    party worst off can get at most, so that a zone exists in some draws and not in others.
    """
    problem = instance(kind, n_parties, rng, n_issues=n_issues, n_options=n_options)
    far = Problem(problem.blocks, problem.disagreement, np.ones(n_parties))
    most = 1.0 + find_acceptable(far).surplus
    names = [f"issue_{k}" for k in range(n_issues)]
    options = [f"option_{k}" for k in range(n_options)]
    made: dict[str, Any] = {"zopa": 1, "title": f"{kind}, {n_parties} parties"}
    made["issues"] = {
        name: {"title": name, "options": {option: option for option in options}} for name in names
    }
    made["parties"] = {}
    for party in range(n_parties):
        values, weights = {}, {}
        for name, block in zip(names, problem.blocks, strict=True):
            own = block.utilities[:, party]
            weight = float(own.max())
            weights[name] = _within(weight, 0.5 * weight, 0.0, 1.0)
            values[name] = {
                option: _within(float(u) / weight, 0.1, 0.0, 1.0)
                for option, u in zip(options, own, strict=True)
            }
        made["parties"][f"party_{party}"] = {
            "name": f"Party {party}",
            "disagreement": _within(0.3, 0.05, 0.0, 1.0),
            "threshold": {"uniform": [max(0.36, most - 0.15), max(0.36, most + 0.1)]},
            "weights": weights,
            "values": values,
        }
    return Scenario.model_validate(made)


def _within(middle: float, reach: float, low: float, high: float) -> dict[str, list[float]]:
    return {"uniform": [max(low, middle - reach), min(high, middle + reach)]}


def drawn(scenario: Scenario, draws: int, seed: int = 0) -> list[Ensemble]:
    """Make draws of a scenario, all of them held at once."""
    return list(sample(scenario, draws, seed=seed))
