"""Every equilibrium of a bimatrix game: the vertices of the best-response polytopes, in pairs.

A mixed strategy together with the replies that are best against it is a vertex of a polytope; two
vertices that between them leave no strategy both played and not best are an extreme equilibrium,
and every equilibrium is a mixture of extreme ones (Mangasarian 1964; von Stengel 2002). Games
that come from negotiations are degenerate as a rule, and then equilibria come in whole families:
maximal Nash subsets, all of whose mixtures are equilibria (Winkels 1979).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.games.bimatrix import REGRET, Bimatrix, Floats, Profile, profile
from sim.games.fractions import exact_vertex

Labels = NDArray[np.uint64]

LARGEST = 12
"""Strategies of a player beyond which enumeration is not tried: vertices grow exponentially."""

TIGHT = 1e-10
"""An inequality this close to equality holds with equality; payoffs are scaled to [1, 2]."""

PAIRS = 20_000_000
"""Pairs of vertices compared at a time."""


@dataclass(frozen=True, eq=False)
class Equilibria:
    """All equilibria of a game.

    Attributes
    ----------
    extreme
        Extreme equilibria: every equilibrium is a mixture of some of them.
    families
        Maximal Nash subsets: places in ``extreme`` of the row strategies and of the column
        strategies that can be combined and mixed at will.
    components
        Places in ``extreme`` that hang together; one entry for each connected set of equilibria.
    degenerate
        Some mixed strategy has more best replies than it plays strategies, so that infinitely
        many equilibria are possible.
    """

    extreme: tuple[Profile, ...]
    families: tuple[tuple[int, ...], ...]
    components: tuple[tuple[int, ...], ...]
    degenerate: bool


def all_equilibria(game: Bimatrix, *, exact: bool = False) -> Equilibria:
    """Find every extreme equilibrium of a game and the families that they span.

    Parameters
    ----------
    exact
        Give every strategy in exact fractions too, verified in exact arithmetic. Payoffs are
        taken as the decimals they print as.

    Raises
    ------
    InputError
        If a player has more than `LARGEST` strategies.

    Examples
    --------
    >>> battle = Bimatrix.of([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    >>> [(e.x.round(3).tolist(), e.y.round(3).tolist()) for e in all_equilibria(battle).extreme]
    [([1.0, 0.0], [1.0, 0.0]), ([0.667, 0.333], [0.333, 0.667]), ([0.0, 1.0], [0.0, 1.0])]

    References
    ----------
    Mangasarian (1964), "Equilibrium Points of Bimatrix Games", Journal of the Society for
    Industrial and Applied Mathematics 12 (4), 778-780; Avis, Rosenberg, Savani & von Stengel
    (2010), "Enumeration of Nash Equilibria for Two-Player Games", Economic Theory 42, 9-37.
    """
    if max(game.shape) > LARGEST:
        raise InputError(
            f"a game of {game.shape[0]} by {game.shape[1]} strategies is too large to list every "
            f"equilibrium (at most {LARGEST} each): ask for one equilibrium instead"
        )
    m, n = game.shape
    points_x, labels_x = _vertices(_scaled(game.column).T)
    points_y, labels_y = _vertices(_scaled(game.row))
    labels_y = _swapped(labels_y, n, m)
    first, second = _complementary(labels_x, labels_y, m + n)
    found = []
    for i, j in zip(first, second, strict=True):
        here = profile(game, points_x[i], points_y[j])
        if here.regret <= REGRET * game.scale():
            found.append((here, int(i), int(j)))
    found.sort(key=lambda item: (tuple(-item[0].x.round(9)), tuple(-item[0].y.round(9))))
    extreme = [here for here, _, _ in found]
    if exact:
        extreme = [replace(here, exact=exact_vertex(game, here.x, here.y)) for here in extreme]
    pairs = [(i, j) for _, i, j in found]
    degenerate = _most_tight(labels_x) > m or _most_tight(labels_y) > n
    return Equilibria(tuple(extreme), _families(pairs), _components(pairs), degenerate)


def _scaled(payoffs: Floats) -> Floats:
    """Move payoffs to [1, 2], which changes no equilibrium and bounds the polytope."""
    low, range_ = payoffs.min(), np.ptp(payoffs)
    scaled: Floats = 1.0 + (payoffs - low) / (range_ or 1.0)
    return scaled


def _vertices(payoffs: Floats) -> tuple[Floats, Labels]:
    """Return mixed strategies and what is tight at them.

    Parameters
    ----------
    payoffs
        Of the replies, ``(n_replies, n_own)``, in [1, 2].

    Returns
    -------
    strategies, labels
        Shapes ``(n_vertices, n_own)`` and ``(n_vertices,)``: bit ``k`` below ``n_own`` says that
        strategy ``k`` is not played, bit ``n_own + r`` that reply ``r`` is best.
    """
    n_replies, n = payoffs.shape
    if n == 1:
        best = payoffs[:, 0] >= payoffs.max() - TIGHT
        bits = np.flatnonzero(best).astype(np.uint64) + np.uint64(1)
        label = np.bitwise_or.reduce(np.left_shift(np.uint64(1), bits))
        return np.ones((1, 1)), np.array([label])
    from scipy.spatial import HalfspaceIntersection  # noqa: PLC0415 - slow to import

    sides = np.vstack([
        np.column_stack([-np.eye(n), np.zeros(n)]),
        np.column_stack([payoffs, -np.ones(n_replies)]),
    ])  # fmt: skip
    corners = _sharpened(sides, HalfspaceIntersection(sides, np.full(n, 1 / (4 * n))).intersections)
    slack = -(corners @ sides[:, :-1].T + sides[:, -1])
    corners, slack = corners[slack.min(axis=1) >= -TIGHT], slack[slack.min(axis=1) >= -TIGHT]
    tight = slack <= TIGHT
    weights = np.left_shift(np.uint64(1), np.arange(n + n_replies, dtype=np.uint64))
    labels = (tight * weights).sum(axis=1, dtype=np.uint64)
    total = corners.sum(axis=1)
    real = (total > 1e-6) & (tight.sum(axis=1) >= n)
    _, keep = np.unique(labels[real], return_index=True)
    played = np.where(tight[:, :n], 0.0, corners)[real][keep]
    return played / played.sum(axis=1, keepdims=True), labels[real][keep]


def _sharpened(sides: Floats, corners: Floats) -> Floats:
    """Solve each corner's own equations once more, to the last digit."""
    n = corners.shape[1]
    slack = np.abs(corners @ sides[:, :-1].T + sides[:, -1])
    nearest = np.argsort(slack, axis=1)[:, :n]
    equations = sides[nearest]
    sharp = corners.copy()
    solvable = np.linalg.cond(equations[:, :, :-1]) < 1e10
    sharp[solvable] = np.linalg.solve(
        equations[solvable][:, :, :-1], -equations[solvable][:, :, -1:]
    )[:, :, 0]
    return np.where(np.abs(sharp - corners).max(axis=1, keepdims=True) < 1e-4, sharp, corners)


def _swapped(labels: Labels, n: int, m: int) -> Labels:
    """Put the replies' bits first, so that both players' labels speak of the same strategies."""
    own = labels & np.uint64((1 << n) - 1)
    return (own << np.uint64(m)) | (labels >> np.uint64(n))


def _complementary(first: Labels, second: Labels, bits: int) -> tuple[list[int], list[int]]:
    """Return the pairs that between them have every label."""
    full = np.uint64((1 << bits) - 1)
    step = max(PAIRS // max(len(second), 1), 1)
    rows: list[int] = []
    columns: list[int] = []
    for start in range(0, len(first), step):
        i, j = np.nonzero((first[start : start + step, None] | second[None, :]) == full)
        rows += (i + start).tolist()
        columns += j.tolist()
    return rows, columns


def _most_tight(labels: Labels) -> int:
    return max(int(label).bit_count() for label in labels)


def _families(pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Return the maximal sets of extreme equilibria whose strategies combine freely.

    None reaches beyond a connected set of equilibria, so each of those is looked at alone.
    """
    found: list[tuple[int, ...]] = []
    for component in _components(pairs):
        found += [component] if len(component) == 1 else _combined(pairs, component)
    return tuple(sorted(found))


def _combined(pairs: list[tuple[int, int]], component: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Do so within one connected set.

    Each family is a set of row strategies and all column strategies that go with every one of
    them. These sets of columns are what strategies of the row player have in common, so they are
    collected one row strategy after the other, as bits of an integer.
    """
    place = {pairs[k]: k for k in component}
    columns = sorted({j for _, j in place})
    bit = {j: 1 << k for k, j in enumerate(columns)}
    goes_with: dict[int, int] = {}
    for i, j in place:
        goes_with[i] = goes_with.get(i, 0) | bit[j]
    shared: set[int] = set()
    for own in set(goes_with.values()):
        shared |= {own} | {own & before for before in shared}
    found = []
    for common in shared - {0}:
        rows = [i for i, own in goes_with.items() if own & common == common]
        others = [j for j in columns if common & bit[j]]
        found.append(tuple(sorted(place[i, j] for i in rows for j in others)))
    return found


def _components(pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Return the connected sets of extreme equilibria."""
    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    graph.add_edges_from((("x", i), ("y", j)) for i, j in pairs)
    where = {
        node: number
        for number, component in enumerate(nx.connected_components(graph))
        for node in component
    }
    members: dict[int, list[int]] = {}
    for k, (i, _) in enumerate(pairs):
        members.setdefault(where["x", i], []).append(k)
    return tuple(sorted(tuple(component) for component in members.values()))
