"""What everyone prefers to no deal, for any no-deal values: read off the efficient packages.

The efficient packages are found once, whatever no deal is worth. For given no-deal values those
that remain are the efficient ones among all packages that everyone prefers, so a war that changes
no-deal values from round to round costs one search.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.agreement import Frontier
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import TOLERANCE, Floats, Problem

Bools = NDArray[np.bool_]


def whole_frontier(
    problem: Problem, *, demands: ArrayLike | None = None, time_limit: float | None = None
) -> Frontier | OutOfReach:
    """Find every efficient package, also those that somebody likes less than no deal.

    Parameters
    ----------
    problem
        Its disagreement values play no part.
    demands
        What some parties must get whatever the others do, shape ``(n_parties,)``; minus infinity
        for those of whom nothing is asked, who are all where it is left out.
    time_limit
        Seconds for the search.
    """
    floor = problem.worst()
    if not np.isfinite(floor).all():  # no package is allowed at all
        floor = np.zeros(problem.n_parties)
    if demands is not None:
        floor = np.maximum(floor, np.asarray(demands, dtype=float))
    return pareto_frontier(replace(problem, floor=floor), time_limit=time_limit)


def preferred(points: Floats, disagreement: ArrayLike) -> Bools:
    """Tell which packages nobody likes less than no deal, shape ``(…, n_points)``.

    ``disagreement`` may hold many rows of no-deal values, shape ``(…, n_parties)``.
    """
    d = np.asarray(disagreement, dtype=float)[..., None, :]
    return np.asarray((points >= d - TOLERANCE).all(axis=-1))


def slack(points: Floats, disagreement: ArrayLike) -> Floats:
    """Return how far all no-deal values could rise together before nothing suits everyone.

    Negative where nothing does: by how much they would all have to fall. Minus infinity where no
    package is allowed. Shape ``(…,)`` for no-deal values of shape ``(…, n_parties)``.
    """
    d = np.asarray(disagreement, dtype=float)
    if not len(points):
        return np.full(d.shape[:-1], -np.inf)
    return np.asarray((points - d[..., None, :]).min(axis=-1).max(axis=-1), dtype=np.float64)


def most(points: Floats, disagreement: ArrayLike) -> Floats:
    """Return the most that each party can get while all others get what no deal gives them.

    Its own no-deal value plays no part: a range exists exactly where no party's no-deal value
    exceeds this. Minus infinity where nothing suits the others.

    Examples
    --------
    >>> pie = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])
    >>> most(pie, [0.2, 0.3]).tolist(), most(pie, [0.6, 0.7]).tolist()
    ([0.5, 0.5], [0.0, 0.0])
    """
    d = np.asarray(disagreement, dtype=float)
    best = np.full(d.shape, -np.inf)
    for party in range(d.shape[-1]):
        others = d.copy()
        others[..., party] = -np.inf
        suits = preferred(points, others)
        if len(points):
            best[..., party] = np.where(suits, points[:, party], -np.inf).max(axis=-1)
    return best


def staircase(points: Floats) -> Floats:
    """Return the corners of what two parties can get: each is the best for one given the other.

    Parameters
    ----------
    points
        Utilities, of which the first two columns count, shape ``(n_points, n_parties)``.

    Returns
    -------
    ndarray
        Shape ``(n_corners, 2)``, the first party's utility falling and the second's rising.
    """
    order = np.lexsort((-points[:, 1], -points[:, 0]))
    pairs = points[order, :2]
    before = np.concatenate(([-np.inf], np.maximum.accumulate(pairs[:, 1])[:-1]))
    return np.asarray(pairs[pairs[:, 1] > before + TOLERANCE])


def nash_point(points: Floats, disagreement: ArrayLike) -> int | None:
    """Return the place of the package with the largest product of gains; none where none suits."""
    d = np.asarray(disagreement, dtype=float)
    suits = np.flatnonzero(preferred(points, d))
    if not len(suits):
        return None
    gains = np.maximum(points[suits] - d, 0.0)
    ranked = np.lexsort((*np.sort(gains, axis=1).T[::-1], gains.prod(axis=1)))
    return int(suits[ranked[-1]])
