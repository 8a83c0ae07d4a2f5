"""Where offers in quick succession lead: the Nash solution weighted by relative patience.

The product of gains, each raised to its party's weight, is made largest over all mixes of the
packages. Waiting that costs a fixed amount lowers the point from which gains are counted; an
outside option is a floor and no such point.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.equilibria.alternating_offers import Floats


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
    from scipy.optimize import LinearConstraint, linprog, minimize  # noqa: PLC0415

    table = np.atleast_2d(np.asarray(points, dtype=float))
    d, a = np.asarray(disagreement, dtype=float), np.asarray(weights, dtype=float)
    if not np.isfinite(d).all():
        return None
    low = np.maximum(d, -np.inf if floor is None else np.asarray(floor, dtype=float))
    if not len(table):
        return None
    m = len(table)
    unit = np.maximum(np.ptp(table, axis=0), 1e-12)
    gains, least = (table - d) / unit, (low - d) / unit
    # begin at the mix whose least gain over the floor is largest
    start = linprog(
        np.append(np.zeros(m), -1.0),
        A_ub=np.column_stack([-gains.T, (a > 0).astype(float)]), b_ub=-least,
        A_eq=[[*np.ones(m), 0.0]], b_eq=[1.0], bounds=[(0, None)] * m + [(None, None)],
    )  # fmt: skip
    if start.x is None or start.x[-1] < 1e-9:
        return None
    held = a > 0
    bound: Any = [LinearConstraint(np.ones(m), 1, 1)]
    if floor is not None:
        bound.append(LinearConstraint(gains.T, least, np.inf))

    def short(x: Floats) -> tuple[float, Floats]:
        got = np.maximum(x @ gains[:, held], 1e-300)
        return -float(a[held] @ np.log(got)), -gains[:, held] @ (a[held] / got)

    settings: Any = {"bounds": [(0, 1)] * m, "options": {"maxiter": 1000, "ftol": 1e-15}}
    found = minimize(short, start.x[:m], jac=True, constraints=bound, method="SLSQP", **settings)
    mix = np.clip(found.x, 0, None)
    mix /= mix.sum()
    reached = mix @ gains
    prices = a[held] / reached[held]
    best = linprog(
        -gains[:, held] @ prices, A_ub=-gains.T, b_ub=-np.minimum(least, reached),
        A_eq=[np.ones(m)], b_eq=[1.0],
    )  # fmt: skip
    most = np.inf if best.fun is None else -float(best.fun)
    gap = max(most / float(reached[held] @ prices) - 1, 0.0)
    return mix @ table, gap
