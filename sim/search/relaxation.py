"""Ceilings on a criterion, from prices of the parties' gains.

At any prices the best outcome is one row from every block, and its worth bounds what any outcome
can score. The prices that bound tightest solve the dual of the problem over lotteries: choose
with some chance, and the best mix is fractional in fewer blocks than there are parties, so the
ceiling is close.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.clock import interrupted
from sim.problem import TOLERANCE, Floats
from sim.search import kernels
from sim.search.criteria import LEAST, PRODUCT, SUM, Criterion
from sim.search.oracle import at_prices
from sim.search.stack import Stack


@dataclass(frozen=True, eq=False)
class Ceiling:
    """Prices, and the bound on the criterion that follows from them.

    An outcome that scores ``v`` is worth at least ``slope * v + base`` at the prices, and none
    is worth more than ``worth``.
    """

    prices: Floats
    worth: float
    slope: float
    base: float
    cost: Floats

    @property
    def value(self) -> float:
        """The most that any outcome can score."""
        return (self.worth - self.base) / self.slope


def ceiling(stack: Stack, criterion: Criterion, *, coolest: float = 1e-4) -> Ceiling:
    """Bound the criterion from above by the best lottery, through its dual.

    Parameters
    ----------
    coolest
        How far the smoothing of the dual is brought down; less gives a tighter bound, slower.
    """
    counted = criterion.coef > 0
    spread = np.maximum(stack.highest - np.maximum(stack.lowest, 0.0), 1e-6)
    low, power, scale = np.zeros((3, len(counted)))
    shift = np.where(counted, 0.0, criterion.floor)
    if criterion.kind == PRODUCT:
        power = criterion.coef
        first = np.where(counted, 2.0 * power, 0.1 * power.sum()) / spread
    elif criterion.kind == LEAST:
        scale = criterion.coef / criterion.coef.max()
        first = np.where(counted, 1.0 / np.where(counted, scale * counted.sum(), 1.0), 0.0)
        first = np.where(counted, first, 0.1 * float(first @ spread) / spread)
    else:
        low = criterion.coef
        shift = np.maximum(criterion.floor, stack.lowest)
        first = low + 0.1 * float(low @ spread) / len(low) / spread
    heat = 0.05 * float(first @ spread)
    if interrupted():  # any prices give a bound, and the user is waiting
        return priced(stack, criterion, first)
    with np.errstate(all="ignore"):  # a step too long to be a number is not taken
        ties = stack.ties
        prices = kernels.find_prices_tied(
            stack.gains, ties.first, ties.link, ties.root, stack.origin, power, low, shift, scale,
            first, heat, heat * coolest,
        )  # fmt: skip
    return priced(stack, criterion, prices)


def priced(stack: Stack, criterion: Criterion, prices: Floats) -> Ceiling:
    """Work out the bound that some prices give; any prices give one."""
    counted = criterion.coef > 0
    free = ~np.isfinite(criterion.floor) & ((criterion.kind == SUM) | ~counted)
    prices = np.where(free, criterion.coef if criterion.kind == SUM else 0.0, prices)
    worth, cost = at_prices(stack, prices)
    if criterion.kind == SUM:
        spare, slope = prices - criterion.coef, 1.0
    else:
        spare = np.where(counted, 0.0, prices)
        if criterion.kind == LEAST:
            slope = float(prices @ criterion.coef)
        else:
            power, own = criterion.coef[counted], prices[counted]
            slope = float(np.exp(power @ np.log(own * power.sum() / power) / power.sum()))
    floor = np.where(spare > 0, criterion.floor - TOLERANCE, 0.0)
    return Ceiling(prices, worth, slope, float(spare @ floor), cost)
