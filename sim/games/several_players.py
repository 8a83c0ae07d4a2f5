"""Equilibria of small games among several players: every support, every box that can hold one.

With given supports, an equilibrium makes all strategies played equally good, which is a system
of equations that are linear in each probability alone. Such a function takes its extremes over
a box of probabilities at the corners, so whether a box can hold a solution is seen from its
corners; boxes that cannot are dropped, the others halved, and what is left is a small box around
each solution, from where Newton's method ends it. Nothing is missed; where solutions are not
isolated the boxes multiply, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.games.bimatrix import REGRET, Floats
from sim.games.normal_form import Mixed, NormalForm

HALVINGS = 22
MOST_BOXES = 6_000
MOST_SUPPORTS = 5_000
"""What is tried at most: halvings of a box, boxes held at a time, combinations of supports."""

NEAR = 1e-12
"""Differences of payoffs, on a range of 1, below which a box is kept."""

Bools = NDArray[np.bool_]
Supports = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class Isolated:
    """Equilibria of a game among several players.

    Attributes
    ----------
    equilibria
        One mixed strategy for each player; pure ones first, then by the strategies played.
    regrets
        The most that a deviation from each would gain.
    complete
        Whether these are all.
    open_supports
        Combinations of supports in which there may be more, such as whole curves of equilibria.
    """

    equilibria: tuple[Mixed, ...]
    regrets: tuple[float, ...]
    open_supports: tuple[Supports, ...]

    @property
    def complete(self) -> bool:
        """Whether these are all the equilibria that there are."""
        return not self.open_supports


def isolated_equilibria(game: NormalForm) -> Isolated:
    """Find every equilibrium that stands alone, pure and mixed.

    Raises
    ------
    InputError
        If there are more than `MOST_SUPPORTS` combinations of supports: about six players with
        two strategies each.

    Examples
    --------
    Three players with one equilibrium, and that in irrational numbers (Nau and others 2004).

    >>> game = NormalForm.of([[[[3, 1], [0, 0]], [[0, 0], [1, 2]]],
    ...                       [[[0, 0], [2, 1]], [[1, 3], [0, 0]]],
    ...                       [[[2, 0], [0, 0]], [[0, 0], [0, 3]]]])
    >>> [own.round(4).tolist() for own in isolated_equilibria(game).equilibria[0]]
    [[0.6192, 0.3808], [0.4798, 0.5202], [0.3788, 0.6212]]
    """
    choices = [_supports(n) for n in game.shape]
    many = int(np.prod([len(own) for own in choices]))
    if many > MOST_SUPPORTS:
        raise InputError(
            f"{many:,} combinations of supports are too many to look through ({MOST_SUPPORTS:,}): "
            "pure equilibria are listed at any size"
        )
    found: list[Mixed] = []
    unsettled: list[Supports] = []
    for supports in sorted(product(*choices), key=lambda s: (sum(map(len, s)), s)):
        here, settled = _of_supports(game, supports)
        for profile in here:
            if game.regret(profile) <= REGRET * game.scale() and not _known(profile, found):
                found.append(profile)
        if not settled:
            unsettled.append(supports)
    regrets = tuple(game.regret(profile) for profile in found)
    return Isolated(tuple(found), regrets, tuple(unsettled))


def _supports(n: int) -> list[tuple[int, ...]]:
    return [own for k in range(1, n + 1) for own in combinations(range(n), k)]


def _known(profile: Mixed, found: list[Mixed]) -> bool:
    return any(
        all(np.abs(a - b).max() < 1e-7 for a, b in zip(profile, other, strict=True))
        for other in found
    )


def _of_supports(game: NormalForm, supports: Supports) -> tuple[list[Mixed], bool]:
    """Solve for equally good strategies on given supports; tell whether nothing is left open."""
    free = sum(len(own) - 1 for own in supports)
    if free == 0:
        return [_profile(game, supports, np.zeros((1, 0)))[0]], True
    boxes = np.zeros((1, free))
    width = 1.0
    for _ in range(HALVINGS):
        width /= 2
        halves = np.array(list(product((0.0, width), repeat=free)))
        boxes = (boxes[:, None, :] + halves).reshape(-1, free)
        boxes = boxes[_may_hold(game, supports, boxes, width)]
        if not len(boxes):
            return [], True
        if len(boxes) > MOST_BOXES:
            return [], False
    roots: list[Floats] = []
    settled = True
    for middle in boxes + width / 2:
        if any(np.abs(middle - root).max() < 100 * width for root in roots):
            continue
        root = _newton(game, supports, middle)
        if root is None or np.abs(root - middle).max() > 100 * width:
            settled = False
        elif not any(np.abs(root - other).max() < 1e-9 for other in roots):
            roots.append(root)
    inside = [r for r in roots if (r > -1e-9).all()]
    profiles = _profile(game, supports, np.array(inside).reshape(-1, free))
    return [p for p in profiles if all(own.min() > -1e-9 for own in p)], settled


def _profile(game: NormalForm, supports: Supports, points: Floats) -> list[Mixed]:
    """Turn free probabilities into mixed strategies, one profile for each row."""
    spread = _spread(game, supports, points)
    return [
        tuple(np.where(np.abs(own[k]) < 1e-12, 0.0, own[k]) for own in spread)
        for k in range(len(points))
    ]


def _spread(game: NormalForm, supports: Supports, points: Floats) -> list[Floats]:
    """Return each player's probabilities, ``(n_points, n_strategies)``; the last takes the rest."""
    start, found = 0, []
    for n, own in zip(game.shape, supports, strict=True):
        part = points[:, start : start + len(own) - 1]
        start += len(own) - 1
        full = np.zeros((len(points), n))
        full[:, list(own[:-1])] = part
        full[:, own[-1]] = 1 - part.sum(axis=1)
        found.append(full)
    return found


def _differences(
    game: NormalForm, supports: Supports, points: Floats, *, unplayed: bool = False
) -> Floats:
    """By how much strategies earn more than the last one played, ``(n_points, n_strategies)``.

    Of the strategies played, which must earn the same, or of those that are not, which must not
    earn more.
    """
    mixed = _spread(game, supports, points)
    found = [np.zeros((len(points), 0))]
    for player, own in enumerate(supports):
        rest = [k for k in range(game.shape[player]) if k not in own]
        table = np.moveaxis(game.payoffs[player], player, 0)
        gains = table[rest if unplayed else list(own[:-1])] - table[own[-1]]
        worth = np.broadcast_to(gains, (len(points), *gains.shape))
        others = [mixed[k] for k in range(game.n_players) if k != player]
        for other in reversed(others):
            worth = np.einsum("p...j,pj->p...", worth, other)
        found.append(worth)
    return np.concatenate(found, axis=1) / game.scale()


def _may_hold(game: NormalForm, supports: Supports, boxes: Floats, width: float) -> Bools:
    """Tell which boxes can hold an equilibrium, from their corners alone."""
    free = boxes.shape[1]
    corners = np.array(list(product((0.0, width), repeat=free)))
    points = (boxes[:, None, :] + corners).reshape(-1, free)
    shape = (len(boxes), len(corners), -1)
    played = _differences(game, supports, points).reshape(shape)
    able = ((played.min(axis=1) <= NEAR) & (played.max(axis=1) >= -NEAR)).all(axis=1)
    tempting = _differences(game, supports, points, unplayed=True).reshape(shape)
    able &= (tempting.min(axis=1) <= NEAR).all(axis=1)
    start = 0
    for own in supports:
        able &= boxes[:, start : start + len(own) - 1].sum(axis=1) <= 1 + NEAR
        start += len(own) - 1
    return able


def _newton(game: NormalForm, supports: Supports, point: Floats) -> Floats | None:
    """End at a solution near a point; ``None`` where it does not stand alone."""
    n = len(point)
    for _ in range(20):
        # linear in each probability alone, so that differences of any length are derivatives
        around = np.vstack([point, point + np.eye(n)])
        values = _differences(game, supports, around)
        slope = (values[1:] - values[0]).T
        if slope.shape != (n, n) or np.linalg.cond(slope) > 1e10:
            return None
        change = np.linalg.solve(slope, -values[0])
        point = point + change
        if np.abs(change).max() < 1e-15:
            break
    return point
