"""Logit quantal response: players who err, the more rarely the more an error costs them.

At precision 0 everyone chooses at random; as it grows, the path that starts there leads to a
Nash equilibrium, which is how a selection among several is made (McKelvey and Palfrey 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.games.bimatrix import Bimatrix, Floats

NEWTON = 60
"""Corrections at one precision before a shorter step along the path is tried."""


@dataclass(frozen=True, eq=False)
class QuantalPath:
    """Quantal response equilibria along the principal branch.

    Attributes
    ----------
    precision
        How sharply players respond to payoff differences, per unit of payoff, rising.
    x, y
        Choice probabilities, shapes ``(n_points, n_rows)`` and ``(n_points, n_columns)``.
    residual
        How far each point is from responding exactly as the model says.
    """

    precision: Floats
    x: Floats
    y: Floats
    residual: Floats


def quantal_response(game: Bimatrix, precision: float) -> tuple[Floats, Floats]:
    """Return the logit equilibrium on the principal branch at one precision.

    Examples
    --------
    Matching pennies in which heads pays the row player more: theory says the row player mixes
    evenly whatever the prize, people and this model do not.

    >>> game = Bimatrix.of([[320, 40], [40, 80]], [[40, 80], [80, 40]])
    >>> x, y = quantal_response(game, 0.005)
    >>> x.round(4), y.round(4)
    (array([0.6405, 0.3595]), array([0.486, 0.514]))
    """
    path = quantal_path(game, precision)
    return path.x[-1], path.y[-1]


def quantal_points(
    game: Bimatrix, precisions: Sequence[float]
) -> list[tuple[Floats, Floats] | None]:
    """Return the logit equilibria on the principal branch at several precisions, in one go.

    Returns
    -------
    list
        For each precision both players' choice probabilities; ``None`` where the branch could
        not be followed that far. Where it turns back, the first time it passes counts.
    """
    path = quantal_path(game, max(precisions))
    states = np.column_stack([np.log(path.x), np.log(path.y), path.precision])
    m = game.shape[0]
    found: list[tuple[Floats, Floats] | None] = []
    for precision in precisions:
        beyond = np.flatnonzero(path.precision >= precision)
        if not len(beyond):
            found.append(None)
            continue
        k = int(beyond[0])
        here = states[k] if k == 0 else _at(game, states[k - 1], states[k], precision)
        found.append((np.exp(here[:m]), np.exp(here[m:-1])))
    return found


def quantal_path(game: Bimatrix, highest: float, *, points: int = 60) -> QuantalPath:
    """Follow the principal branch from random choice up to a precision.

    Steps along the branch follow its tangent and are corrected by Newton's method in log
    probabilities, with the length of the branch as the parameter, so that folds are passed.

    References
    ----------
    McKelvey & Palfrey (1995), "Quantal Response Equilibria for Normal Form Games", Games and
    Economic Behavior 10 (1), 6-38; Turocy (2005), "A Dynamic Homotopy Interpretation of the
    Logistic Quantal Response Equilibrium Correspondence", GEB 51 (2), 243-263.
    """
    m, n = game.shape
    state = np.concatenate([np.full(m, -np.log(m)), np.full(n, -np.log(n)), [0.0]])
    found = [state]
    direction = np.zeros(m + n + 1)
    direction[-1] = 1.0
    step = highest / points if highest > 0 else 0.0
    scale = np.ones(m + n + 1)
    scale[-1] = max(highest, 1e-300)
    step = 1.0 / points
    while state[-1] < highest and len(found) < 100 * points:
        tangent = _tangent(game, state, scale, direction)
        ahead = _corrected(game, state + step * tangent * scale, scale, tangent)
        if ahead is None or np.abs((ahead - state) / scale).max() > 4 * step:
            step /= 2
            if step < 1e-9:
                break
            continue
        state, direction, step = ahead, tangent, min(step * 1.5, 4.0 / points)
        found.append(state)
    if highest > 0 and state[-1] >= highest:
        found[-1] = _at(game, found[-2], found[-1], highest)
    path = np.array(found)
    x, y = np.exp(path[:, :m]), np.exp(path[:, m:-1])
    residual = np.array([np.abs(_equations(game, point)).max() for point in path])
    return QuantalPath(path[:, -1], x, y, residual)


def _equations(game: Bimatrix, state: Floats) -> Floats:
    """Zero where log probabilities differ as precision times payoffs do and chances sum to 1."""
    m, _ = game.shape
    log_x, log_y, precision = state[:m], state[m:-1], state[-1]
    x, y = np.exp(log_x), np.exp(log_y)
    mine, theirs = game.row @ y, x @ game.column
    return np.concatenate([
        log_x[1:] - log_x[0] - precision * (mine[1:] - mine[0]),
        log_y[1:] - log_y[0] - precision * (theirs[1:] - theirs[0]),
        [x.sum() - 1.0, y.sum() - 1.0],
    ])  # fmt: skip


def _jacobian(game: Bimatrix, state: Floats) -> Floats:
    m, n = game.shape
    x, y, precision = np.exp(state[:m]), np.exp(state[m:-1]), state[-1]
    slope = np.zeros((m + n, m + n + 1))
    slope[: m - 1, 0], slope[m - 1 : m + n - 2, m] = -1.0, -1.0
    slope[np.arange(m - 1), np.arange(1, m)] = 1.0
    slope[np.arange(m - 1, m + n - 2), np.arange(m + 1, m + n)] = 1.0
    slope[: m - 1, m:-1] = -precision * (game.row[1:] - game.row[0]) * y
    change = (game.column[:, 1:] - game.column[:, [0]]).T
    slope[m - 1 : m + n - 2, :m] = -precision * change * x
    mine, theirs = game.row @ y, x @ game.column
    slope[: m - 1, -1] = -(mine[1:] - mine[0])
    slope[m - 1 : m + n - 2, -1] = -(theirs[1:] - theirs[0])
    slope[-2, :m], slope[-1, m:-1] = x, y
    return slope


def _tangent(game: Bimatrix, state: Floats, scale: Floats, before: Floats) -> Floats:
    """Return the unit direction of the branch, on the side of the one before."""
    slope = _jacobian(game, state) * scale
    direction: Floats = np.linalg.svd(slope)[2][-1]
    return direction if direction @ before >= 0 else -direction


def _corrected(game: Bimatrix, state: Floats, scale: Floats, tangent: Floats) -> Floats | None:
    """Return to the branch at right angles to the tangent; ``None`` where that fails."""
    start = state
    for _ in range(NEWTON):
        miss = np.append(_equations(game, state), tangent @ ((state - start) / scale))
        slope = np.vstack([_jacobian(game, state) * scale, tangent])
        try:
            change = np.linalg.solve(slope, -miss)
        except np.linalg.LinAlgError:
            return None
        state = state + change * scale
        if not np.isfinite(state).all() or state[:-1].max() > 1.0:
            return None
        if np.abs(change).max() < 1e-12:
            return state
    return state if np.abs(_equations(game, state)).max() < 1e-9 else None


def _at(game: Bimatrix, before: Floats, after: Floats, precision: float) -> Floats:
    """Return the point of the branch between two others at which the precision is reached."""
    share = (precision - before[-1]) / (after[-1] - before[-1])
    state = before + share * (after - before)
    state[-1] = precision
    for _ in range(NEWTON):
        change = np.linalg.solve(_jacobian(game, state)[:, :-1], -_equations(game, state))
        state[:-1] += change
        if np.abs(change).max() < 1e-13:
            break
    return state
