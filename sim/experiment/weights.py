"""Weights that vary together: what one issue gains in importance, the others lose.

Weights that are normalised afterwards do not vary one by one: each of them moves the share of
all. So the importance of a party's issues is drawn from the simplex as a whole, and an analysis of
sensitivity takes it as one group, or along coordinates that are independent of one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.factors import FactorKind, Floats, Setting, Simplex
from sim.preferences.uncertain import Tier, central
from sim.scenario import Scenario


@dataclass(frozen=True)
class WeightGroup:
    r"""The weights of a party's issues, anywhere on the simplex.

    Grouped, issue *i* gets :math:`g_i / \sum_j g_j`, where :math:`g_i` is a gamma variable of shape
    :math:`\alpha_i` (exponential for the flat Dirichlet) read off a uniform of its own: the group
    has a coordinate for each issue, and no order among them. Independent, issue *i* takes a Beta
    share of what the issues before it leave ("stick-breaking"); these shares are independent, which
    variance-based indices require, but what each of them stands for hangs on the order.

    Attributes
    ----------
    path
        ``parties.NAME.weights``.
    issues
        Those that have weights.
    shapes
        Parameter of the Dirichlet distribution for each issue.
    total
        What the weights add up to.
    grouped
        Whether they count as one input or as one for each share.

    References
    ----------
    Devroye (1986), Non-Uniform Random Variate Generation, chapter XI.4.
    Jacques, Lavergne, Devictor (2006), "Sensitivity analysis in presence of model uncertainty and
    correlated inputs", Reliability Engineering & System Safety 91, 1126-1134: inputs in groups.

    Examples
    --------
    >>> thirds = WeightGroup("parties.ann.weights", ("height", "cost", "gate"), (1.0, 1.0, 1.0))
    >>> even = thirds.values(np.full((1, 3), 0.5))
    >>> [round(float(column[0]), 3) for column in even.values()]
    [0.333, 0.333, 0.333]
    """

    path: str
    issues: tuple[str, ...]
    shapes: tuple[float, ...]
    total: float = 1.0
    grouped: bool = True

    @property
    def kind(self) -> FactorKind:
        """A group of numbers."""
        return "weights"

    @property
    def columns(self) -> tuple[str, ...]:
        """The path of each weight."""
        return tuple(f"{self.path}.{issue}" for issue in self.issues)

    @property
    def inputs(self) -> Mapping[str, int]:
        """The group as one; or the share of each issue but the last."""
        if self.grouped:
            return {self.path: len(self.issues)}
        return dict.fromkeys(self.columns[:-1], 1)

    @property
    def levels(self) -> tuple[Setting, ...]:
        """No list of values."""
        return ()

    @property
    def ends(self) -> tuple[float, float]:
        """Each weight may be anything from nothing to all."""
        return 0.0, self.total

    @property
    def swing(self) -> tuple[float, float]:
        """From the 5 % point to the 95 % point: at the ends one issue would be all."""
        return 0.05, 0.95

    def values(self, units: Floats) -> Mapping[str, NDArray[Any]]:
        """Turn uniforms into weights that add up to the total, a column for each issue."""
        shares = self._gammas(units) if self.grouped else self._sticks(units)
        return dict(zip(self.columns, (self.total * shares).T, strict=True))

    def _gammas(self, units: Floats) -> Floats:
        shapes = np.array(self.shapes)
        u = np.minimum(units, 1 - 2.0**-53)
        if (shapes == 1).all():
            drawn = -np.log1p(-u)
        else:
            from scipy.special import gammaincinv  # noqa: PLC0415  slow to import

            drawn = gammaincinv(shapes, u)
        sums = drawn.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):  # all of them 0: then the centre
            shares: Floats = np.where(sums > 0, drawn / sums, shapes / shapes.sum())
        return shares

    def _sticks(self, units: Floats) -> Floats:
        from scipy.special import betaincinv  # noqa: PLC0415  slow to import

        shapes = np.array(self.shapes)
        later = np.cumsum(shapes[::-1])[::-1][1:]
        taken = betaincinv(shapes[:-1], later, np.clip(units, 0.0, 1.0))
        ones = np.ones((len(units), 1))
        left = np.concatenate([ones, np.cumprod(1 - taken, axis=1)], axis=1)
        shares: Floats = left * np.concatenate([taken, ones], axis=1)
        return shares


def weight_group(path: str, law: Simplex, scenario: Scenario) -> WeightGroup | None:
    """Return the group of a party's weights; none where the path leads to no weights of two.

    Parameters
    ----------
    path
        ``parties.NAME.weights``.
    law
        How they vary.
    scenario
        Says which issues have weights, and round which weights they may vary.
    """
    steps = path.split(".")
    if len(steps) != 3 or steps[0] != "parties" or steps[2] != "weights":
        return None
    party = scenario.parties.get(steps[1])
    if party is None:
        return None
    if party.weights is None:
        named = {issue: 1.0 for issue in party.say or scenario.issues if issue in party.values}
    else:
        named = {
            issue: float(number.ranges(dict(scenario.tiers)).mean())
            if isinstance(number, Tier)
            else central(number)
            for issue, number in party.weights.items()
        }
    weights = {issue: weight for issue, weight in named.items() if weight > 0}
    if len(weights) < 2:
        return None
    total = sum(weights.values())
    shapes = tuple(
        1.0 if law.concentration is None else law.concentration * weight / total
        for weight in weights.values()
    )
    whole = 1.0 if party.scale == "unit" else total
    return WeightGroup(path, tuple(weights), shapes, whole, law.simplex == "grouped")
