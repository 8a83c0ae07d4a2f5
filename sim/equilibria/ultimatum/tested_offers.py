"""Offers looked at again on draws they were not picked on, straight from the definition.

Picking the best of very many offers on some draws flatters it: fresh draws tell how likely it is
accepted, and how well that is known. They also say what the others make of the plan versions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.ensemble import Bools, Ensemble
from sim.equilibria.setting import Setting
from sim.equilibria.ultimatum.risk_return import RiskReturn
from sim.feasible.count import wilson
from sim.plans import PlanReading
from sim.problem import TOLERANCE, Floats, Indices
from sim.sampling import sample

FRESH = 4_000
"""Fresh draws, at least."""


class TestedOffers:
    """The curve of risk and return, looked at again.

    Attributes
    ----------
    setting, who, found
        Whose scenario it is, the proposer's place among the players, and the curve.
    others
        Places of those who answer.
    certain
        Nothing about them is uncertain.
    n_fresh
        How many draws the curve was looked at again on.
    packages
        The offers on the curve, as option indices.
    accepts
        In which fresh draws each is accepted, ``(n_points, n_fresh)``.
    chances
        In what share of them, ``(n_points,)``.
    best
        Place of the chosen offer; ``None`` where none is ever accepted.
    """

    __test__ = False  # no test of pytest's

    def __init__(self, setting: Setting, who: int, found: RiskReturn) -> None:
        self.setting, self.who, self.found = setting, who, found
        self.others = [k for k in range(len(setting.parties)) if k != who]
        self.certain = found.n_draws == 1
        self.n_fresh = max(setting.draws, FRESH)
        self.fresh = tuple(
            sample(
                setting.scenario, self.n_fresh, seed=setting.seed + 1, red_lines=setting.red_lines
            )
        )
        self.packages = [found.offers.outcome(rows) for rows in found.rows]
        able = [self.accepted(list(package)) for package in self.packages]
        self.accepts = np.array(able).reshape(len(self.packages), self.n_fresh)
        self.chances: Floats = self.accepts.mean(axis=1)
        self.best = found.best if len(found.counts) else None

    @property
    def payoffs(self) -> Floats:
        """What the proposer expects of each offer on the fresh draws, ``(n_points,)``."""
        d = self.found.offers.no_deal
        payoffs: Floats = d + self.chances * (self.found.own - d)
        return payoffs

    def interval(self, k: int) -> tuple[float, float]:
        """Return the 95 % interval of the chance that an offer on the curve is accepted."""
        chance = float(self.chances[k])
        return (chance, chance) if self.certain else wilson(chance, self.n_fresh)

    def standard_error(self, k: int) -> float:
        """Return how far off the chance of an offer typically is; at least that of one draw."""
        if self.certain:
            return 0.0
        chance = float(self.chances[k])
        return float(np.sqrt(max(chance * (1 - chance), 1 / self.n_fresh) / self.n_fresh))

    def accepted(self, choices: list[Any]) -> Bools:
        """Tell in which fresh draws all others accept a package.

        Parameters
        ----------
        choices
            For each issue one option, or one for every draw.
        """
        columns = [self.setting.columns[k] for k in self.others]
        parts, done = [], 0
        for drawn in self.fresh:
            draws = slice(done, done + drawn.n_draws)
            here = [int(c) if np.ndim(c) == 0 else c[draws] for c in choices]
            parts.append(_accepted(drawn, here, columns, self.setting))
            done += drawn.n_draws
        return np.concatenate(parts)

    def plan(self, reading: PlanReading) -> tuple[float, float]:
        """Return how likely the others accept a plan version, and what it gives the proposer.

        What the plan leaves open is drawn, the same for all parties.
        """
        rng = np.random.default_rng(self.setting.seed)
        picks: list[Any] = [
            options[0] if len(options) == 1 else rng.choice(options, self.n_fresh)
            for options in reading.open
        ]
        own = self.setting.one.expected_utility(reading.central)
        return float(self.accepted(picks).mean()), float(own[0, self.setting.columns[self.who]])

    def expected(self, k: int) -> Floats:
        """Return what each player expects of an offer on the curve, over the fresh draws."""
        columns, package = list(self.setting.columns), [int(o) for o in self.packages[k]]
        worth = np.concatenate([drawn.utility(package)[:, columns] for drawn in self.fresh])
        none = np.concatenate([drawn.disagreement[:, columns] for drawn in self.fresh])
        expected: Floats = np.where(self.accepts[k][:, None], worth, none).mean(axis=0)
        expected[self.who] = self.payoffs[k]
        return expected


def _accepted(drawn: Ensemble, choices: list[Any], columns: list[int], setting: Setting) -> Bools:
    """Tell in which draws some parties accept a package that no line or constraint bars."""
    worth, structure = drawn.utility(choices), drawn.structure
    able: Bools = np.all((worth >= drawn.thresholds - TOLERANCE)[:, columns], axis=1)
    for k in structure.binding(setting.red_lines):
        line = structure.lines[k]
        if line.party in columns or line.party not in setting.columns:
            able &= ~np.asarray(drawn.binds[:, k] & line.condition.met(choices))
    for constraint in structure.constraints:
        able &= ~np.asarray(constraint.met(choices))
    return able


def most_likely(found: RiskReturn) -> Floats:
    """Return for each own utility on the curve the chance that no offer as good exceeds."""
    counts: Indices = np.arange(len(found.at_most))
    most = [int(counts[found.at_most >= own - TOLERANCE].max(initial=0)) for own in found.own]
    chances: Floats = np.array(most, dtype=float) / found.n_draws
    return chances
