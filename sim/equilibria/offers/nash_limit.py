"""Where offers in quick succession lead: the Nash solution weighted by relative patience.

The product of gains, each raised to its party's weight, is made largest over all mixes of the
packages. Waiting that costs a fixed amount lowers the point from which gains are counted; an
outside option is a floor and no such point. Only a few points are ever mixed: those that the
prices of the best mix so far ask for are added until none is worth more, which proves it best.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.equilibria.offers.backward_induction import Floats
from sim.equilibria.offers.quota import Bools

MIXED = 100
"""How often points are added to those that are mixed, until nothing is worth more."""

CLOSE, SLIGHT = 1e-9, 1e-12


def weighted_nash(
    points: ArrayLike, disagreement: ArrayLike, weights: ArrayLike, floor: ArrayLike | None = None
) -> tuple[Floats, float] | None:
    """Maximise the weighted product of gains over mixes of points.

    Parameters
    ----------
    points
        Utilities, shape ``(n_points, n_parties)``.
    disagreement, weights, floor
        Shape ``(n_parties,)``; the weights sum to 1. Nobody gets less than the floor.

    Returns
    -------
    tuple of ndarray and float, or None
        Expected utilities, and by which factor the product could be larger at most, less 1.
        ``None`` where no mix gives everybody with a weight a gain, or meets the floor, and where
        gains cannot be counted from minus infinity.

    Examples
    --------
    A pie of 1; the first party is twice as patient.

    >>> weighted_nash([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [2 / 3, 1 / 3])[0].round(6)
    array([0.666667, 0.333333])

    References
    ----------
    Binmore, Rubinstein & Wolinsky (1986), "The Nash Bargaining Solution in Economic Modelling",
    RAND Journal of Economics 17 (2), 176-188; for more parties Britz, Herings & Predtetchinski
    (2010), Journal of Economic Theory 145 (5), 1951-1967.
    """
    table = np.atleast_2d(np.asarray(points, dtype=float))
    d, a = np.asarray(disagreement, dtype=float), np.asarray(weights, dtype=float)
    if not np.isfinite(d).all():
        return None
    low = np.maximum(d, -np.inf if floor is None else np.asarray(floor, dtype=float))
    if not len(table):
        return None
    unit = np.maximum(np.ptp(table, axis=0), 1e-12)
    gains, least = (table - d) / unit, (low - d) / unit
    some = _some(gains, least, a > 0)
    if some is None:
        return None
    used = np.flatnonzero(some > 0)
    gap = np.inf
    for _ in range(MIXED):
        mix = _best_of(gains[used], a, least if floor is not None else None, some[used])
        reached = mix @ gains[used]
        better, gap = _better(gains, a, reached, least)
        if gap < CLOSE:
            break
        some = np.where(better > 0, 1.0, 0.0)
        some[used] = np.where(mix > SLIGHT, mix, some[used])
        used = np.flatnonzero(some > 0)
        some /= some.sum()
    return reached * unit + d, gap


def _some(gains: Floats, least: Floats, counts: Bools) -> Floats | None:
    """Return the mix whose least gain over the floor is largest; ``None`` where none gains."""
    from scipy.optimize import linprog  # noqa: PLC0415

    m = len(gains)
    found = linprog(
        np.append(np.zeros(m), -1.0), A_ub=np.column_stack([-gains.T, counts.astype(float)]),
        b_ub=-least, A_eq=[[*np.ones(m), 0.0]], b_eq=[1.0], bounds=[(0, None)] * m + [(None, None)],
    )  # fmt: skip
    if found.x is None or found.x[-1] < 1e-9:
        return None
    some: Floats = np.where(found.x[:m] > SLIGHT, found.x[:m], 0.0)
    return some


def _best_of(gains: Floats, weights: Floats, least: Floats | None, start: Floats) -> Floats:
    """Maximise the weighted product of gains over mixes of a few points."""
    from scipy.optimize import LinearConstraint, minimize  # noqa: PLC0415

    m, held = len(gains), weights > 0
    bound: Any = [LinearConstraint(np.ones(m), 1, 1)]
    if least is not None:
        bound.append(LinearConstraint(gains.T, least, np.inf))

    def short(x: Floats) -> tuple[float, Floats]:
        got = np.maximum(x @ gains[:, held], 1e-300)
        return -float(weights[held] @ np.log(got)), -gains[:, held] @ (weights[held] / got)

    settings: Any = {"bounds": [(0, 1)] * m, "options": {"maxiter": 1000, "ftol": 1e-15}}
    first = np.clip(start, 0, 1)
    with warnings.catch_warnings():  # a step beyond the bounds is clipped, with a warning
        warnings.simplefilter("ignore", RuntimeWarning)
        found = minimize(short, first, jac=True, constraints=bound, method="SLSQP", **settings)
    mix = np.clip(found.x, 0, None)
    return mix / mix.sum()


def _better(gains: Floats, weights: Floats, reached: Floats, least: Floats) -> tuple[Floats, float]:
    """Return the mix worth most at the prices of what is reached, and how much more it is worth."""
    from scipy.optimize import linprog  # noqa: PLC0415

    held = weights > 0
    prices = weights[held] / reached[held]
    found = linprog(
        -gains[:, held] @ prices, A_ub=-gains.T, b_ub=-np.minimum(least, reached),
        A_eq=np.ones((1, len(gains))), b_eq=[1.0],
    )  # fmt: skip
    if found.x is None or found.fun is None:
        return np.zeros(len(gains)), np.inf
    return found.x, max(-float(found.fun) / float(reached[held] @ prices) - 1, 0.0)
