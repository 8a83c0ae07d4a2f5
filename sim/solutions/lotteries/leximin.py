"""Raise whoever has least, then the next, and so on: by one linear program for each who stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.problem import Floats
from sim.search.criteria import LEAST, Criterion
from sim.solutions.lotteries.hull import Hull
from sim.solutions.lotteries.mix import Demands, Mix

Bools = NDArray[np.bool_]

HELD = 1e-9
"""A party whose demand holds the rest back by more than this cannot be raised further."""


@dataclass(frozen=True, eq=False)
class Raised:
    """Where raising the least came to.

    Attributes
    ----------
    value, gap
        The smallest ratio, made largest, and how much larger it could be at most.
    prices
        At which no package is worth more: the proof.
    tight
        Who could not be raised above the smallest ratio, shape ``(n_parties,)``.
    first
        The lottery that proves it, of the hull that was given.
    last, hull
        The lottery when nobody can be raised, and the hull whose corners it draws from.
    """

    value: float
    gap: float
    prices: Floats
    tight: Bools
    first: Mix
    last: Mix
    hull: Hull


def leximin(
    hull: Hull, scale: Floats, demands: Demands, *, base: Floats | None = None
) -> Raised | None:
    """Make the smallest gain in proportion to a scale largest, then the next smallest, and so on.

    Whose gain cannot be raised is read off the prices of the linear program: a party with a
    price holds the others back in every best lottery. The next program looks only at lotteries
    that are best by this one.

    Parameters
    ----------
    scale
        Shape ``(n_parties,)``, in the hull's units; parties with scale 0 stay out of it.
    demands
        What must be met besides.
    base
        From where the ratios are counted, ``(n_parties,)``; from no deal where left out.

    Returns
    -------
    Raised or None
        ``None`` where the scale counts nobody.
    """
    raised = None
    eye, nothing = np.eye(hull.n_parties), np.zeros(hull.n_parties)
    base = nothing if base is None else base
    left, size = scale > 0, float(scale.max(initial=0.0))
    while left.any():
        each = np.where(left, scale, 0.0) / size
        mix = hull.maximise(nothing, demands.and_growing(eye[left], base[left], each[left]))
        if mix is None:
            break
        tight = np.zeros(hull.n_parties, dtype=bool)
        tight[left] = mix.shares[len(demands.least) :] * each[left] > HELD
        if raised is None:
            raised = Raised(mix.value / size, mix.gap / size, mix.prices, tight, mix, mix, hull)
        raised = replace(raised, last=mix, hull=hull)
        left &= ~tight
        if hull.late() or not left.any():
            break
        reached = np.minimum(base + mix.value * each, mix.gains)
        demands = demands.and_at_least(eye[tight], reached[tight])
        hull = hull.face(mix)
    return raised


def fairest(
    hull: Hull, scale: Floats, demands: Demands, *, base: Floats | None = None
) -> Raised | None:
    """Do so by ratios, and then by gains in utility for the parties that the scale leaves out."""
    origin = None if base is None else hull.stack.origin - base
    hull.scout(Criterion(LEAST, scale, hull.floor if base is None else hull.floor - base), origin)
    by_scale = leximin(hull, scale, demands, base=base)
    if by_scale is None:
        return leximin(hull, 1.0 / hull.unit, demands)
    counted = scale > 0
    if counted.all() or hull.late():
        return by_scale
    others = rest(by_scale.hull, counted, by_scale.last, demands)
    if others is None:
        return by_scale
    return replace(by_scale, last=others.last, hull=others.hull)


def rest(hull: Hull, settled: Bools, mix: Mix, demands: Demands) -> Raised | None:
    """Give the other parties what they can have while the settled keep what they have."""
    reached = demands.and_at_least(np.eye(hull.n_parties)[settled], mix.gains[settled])
    return leximin(hull.face(mix), np.where(settled, 0.0, 1.0 / hull.unit), reached)
