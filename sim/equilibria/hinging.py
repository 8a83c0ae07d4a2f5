"""Where a prediction flips: the nearest value of a parameter at which it becomes another."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass

GRID, HALVINGS = 20, 24


@dataclass(frozen=True)
class Scale:
    """On which scale values of a parameter are near or far."""

    low: float
    high: float
    forth: Callable[[float], float] = float
    back: Callable[[float], float] = float


PATIENCE = Scale(
    0.5, 0.9999, lambda d: -math.log(-math.log(min(d, 0.999999))), lambda x: math.exp(-math.exp(-x))
)
"""Discount factors: 0.99 is as far from 0.9 as 0.9 is from about 0.35."""

CHANCE = Scale(0.0, 1.0)


def nearest_flip(
    answer: Callable[[float], Hashable], now: float, scale: Scale, *, grid: int = GRID
) -> tuple[float, Hashable] | None:
    """Find the nearest value at which an answer becomes another, and that other answer.

    The range is looked through on a grid, outward from the present value on both sides, and the
    place of the first change is found by halving. Two changes that cancel between two points of
    the grid are overlooked.

    >>> nearest_flip(lambda p: p > 0.7, 0.5, CHANCE)
    (0.7, True)
    """
    here, start = answer(now), scale.forth(now)
    found = [
        flip
        for end in (scale.low, scale.high)
        if (flip := _towards(answer, here, start, scale.forth(end), scale, grid)) is not None
    ]
    if not found:
        return None
    place, other = min(found, key=lambda flip: abs(flip[0] - start))
    return round(scale.back(place), 5), other


def _towards(
    answer: Callable[[float], Hashable],
    here: Hashable,
    start: float,
    end: float,
    scale: Scale,
    grid: int,
) -> tuple[float, Hashable] | None:
    """Look from a value towards one end of its range."""
    before = start
    for k in range(1, grid + 1):
        # steps grow, so that what is near is looked at closely
        place = start + (end - start) * (k / grid) ** 2
        other = answer(scale.back(place))
        if other != here:
            return _between(answer, here, before, place, scale)
        before = place
    return None


def _between(
    answer: Callable[[float], Hashable], here: Hashable, same: float, changed: float, scale: Scale
) -> tuple[float, Hashable]:
    """Halve the stretch in which an answer changes."""
    for _ in range(HALVINGS):
        middle = (same + changed) / 2
        if answer(scale.back(middle)) == here:
            same = middle
        else:
            changed = middle
        if abs(scale.back(same) - scale.back(changed)) < 1e-6:
            break
    return changed, answer(scale.back(changed))
