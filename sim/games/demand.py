"""Nash's demand game: both name what they want; they get it if some package gives both theirs.

Every efficient division is an equilibrium, and so are some that give both nothing. Where it is
not quite sure which demands go together, one remains, and as the doubt vanishes it comes to the
Nash solution (Nash 1953).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError
from sim.games.bimatrix import Bimatrix, Floats

GOLDEN = (5**0.5 - 1) / 2


def compatible(points: ArrayLike, first: ArrayLike, second: ArrayLike) -> NDArray[np.bool_]:
    """Tell which pairs of demands some point gives both, shape ``(n_first, n_second)``."""
    table = np.atleast_2d(np.asarray(points, dtype=float))
    mine, theirs = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    near = 1e-9
    enough = table[None, :, 0] >= mine[:, None] - near
    best = np.where(enough, table[None, :, 1], -np.inf).max(axis=1)
    fits: NDArray[np.bool_] = theirs[None, :] <= best[:, None] + near
    return fits


def demand_game(
    points: ArrayLike, disagreement: ArrayLike, first: ArrayLike, second: ArrayLike
) -> Bimatrix:
    """Return the game in which both name a demand at once.

    Parameters
    ----------
    points
        What can be agreed, shape ``(n_points, 2)``.
    disagreement
        What both get where their demands do not go together, shape ``(2,)``.
    first, second
        The demands that each can name; they get exactly what they named where it fits.

    Examples
    --------
    A pie of two: 6 extreme equilibria, among them both asking for everything.

    >>> from sim.games.enumeration import all_equilibria
    >>> slices = np.arange(3.0)
    >>> game = demand_game(np.column_stack([slices, 2 - slices]), [0, 0], slices, slices)
    >>> found = all_equilibria(game).extreme
    >>> len(found), [e.pure for e in found if e.pure]
    (6, [(0, 2), (1, 1), (2, 0), (2, 2)])

    References
    ----------
    Nash (1953), "Two-Person Cooperative Games", Econometrica 21 (1), 128-140.
    """
    d = np.asarray(disagreement, dtype=float)
    mine, theirs = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    fits = compatible(points, mine, theirs)
    return Bimatrix.of(np.where(fits, mine[:, None], d[0]), np.where(fits, theirs[None, :], d[1]))


def smoothed_demands(
    edge: Callable[[float], float], best: float, disagreement: ArrayLike, doubt: float
) -> tuple[float, float]:
    r"""Return the equilibrium demands where it is not quite sure what can be had.

    Demands ``x`` and ``y`` are met with chance :math:`1/(1+e^{-(\phi(x)-y)/s})`, the edge of what
    can be had being :math:`\phi` and the doubt :math:`s`. Each player's payoff is its gain times
    that chance, so that both maximise the same product of gains and chance; over a concave edge
    its logarithm is concave, and the equilibrium is the only one.

    Parameters
    ----------
    edge
        The most that the second player can have beside what the first has; concave, falling.
    best
        The most that the first player can have.
    doubt
        In units of the second player's utility, above 0.

    Examples
    --------
    As doubt vanishes, the Nash solution of ``u1² + u2 = 1``.

    >>> x, y = smoothed_demands(lambda u: 1 - u * u, 1.0, [0, 0], 1e-8)
    >>> round(x, 4), round(y, 4)
    (0.5774, 0.6667)
    """
    low, none = (float(v) for v in np.asarray(disagreement, dtype=float))
    if not doubt > 0:
        raise InputError(f"the doubt must be above 0, not {doubt}: the limit is the Nash solution")
    if best <= low or edge(low) <= none:
        raise InputError("there is nothing to gain for one of the players")

    def reply(x: float) -> float:
        return _best_demand(edge(x), none, doubt)

    def value(x: float) -> float:
        y = reply(x)
        missed = (y - edge(x)) / doubt
        unmet = missed if missed > 500 else math.log1p(math.exp(missed))
        return math.log(x - low) + math.log(y - none) - unmet

    a, b = low, best
    for _ in range(90):
        left, right = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
        if value(left) >= value(right):
            b = right
        else:
            a = left
    x = (a + b) / 2
    return x, reply(x)


def _best_demand(can_have: float, none: float, doubt: float) -> float:
    """Solve gain × chance of being beyond the edge = doubt, which one demand alone does."""
    low, high = none, max(can_have, none) + 50 * doubt + (max(can_have, none) - none)
    for _ in range(60):
        middle = (low + high) / 2
        beyond = 0.5 * (1 + math.tanh((middle - can_have) / (2 * doubt)))
        low, high = (middle, high) if (middle - none) * beyond < doubt else (low, middle)
    return (low + high) / 2


def upper_edge(points: ArrayLike) -> Floats:
    """Return the corners of what lotteries over points can give, falling in the first's utility.

    Examples
    --------
    >>> upper_edge([[0, 1], [0.5, 0.4], [0.6, 0.7], [1, 0]]).tolist()
    [[0.0, 1.0], [0.6, 0.7], [1.0, 0.0]]
    """
    table = np.unique(np.atleast_2d(np.asarray(points, dtype=float)), axis=0)
    corners: list[Floats] = []
    for point in table:
        while corners and point[1] >= corners[-1][1]:
            corners.pop()
        while len(corners) >= 2 and _turns_left(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    return np.array(corners)


def _turns_left(a: Floats, b: Floats, c: Floats) -> bool:
    return bool((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) >= 0)
