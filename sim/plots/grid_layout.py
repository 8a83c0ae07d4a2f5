"""Boxes on a grid, joined by lines: which box goes where so that few lines run through others.

Starts from a force layout, and from a few random ones, and swaps the contents of two cells as
long as that helps. What every line between two cells would run through and cross is worked out
once, so that a swap costs a few look-ups. Deterministic; meant for some thirty boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Bools = NDArray[np.bool_]

THROUGH, CROSS, LONG = 12.0, 2.0, 0.35
"""What a line through a box costs, a crossing, and an inch of line."""

STARTS, ROUNDS = 24, 8
CLEAR = 0.08  # inches that a line should keep from a box


@dataclass(frozen=True, eq=False)
class _Tables:
    """What lines between cells would run through, shape ``(n, n, n)``, cross, and how long."""

    through: Bools
    cross: Bools
    length: Floats

    @classmethod
    def of(cls, cells: Floats, box: tuple[float, float]) -> _Tables:
        n = len(cells)
        start = np.repeat(cells, n, axis=0)
        way = np.tile(cells, (n, 1)) - start
        steps = np.linspace(0.04, 0.96, 24)
        along = start[:, None] + steps[None, :, None] * way[:, None]
        room = np.array(box) / 2 + CLEAR
        inside = (np.abs(along[:, :, None] - cells) < room).all(axis=3)
        through = np.logical_or.reduce(inside, axis=1).reshape(n, n, n)
        own = np.arange(n)
        through[own, :, own] = through[:, own, own] = False
        return cls(through, _crossing(start, way), np.hypot(way[:, 0], way[:, 1]))

    def hits(self, place: Indices, ends: Indices) -> int:
        """Count how often a line runs through a box."""
        taken = np.zeros(len(self.through), dtype=bool)
        taken[place] = True
        inside = self.through[place[ends[:, 0]], place[ends[:, 1]]]
        return int(np.count_nonzero(inside & taken))

    def charge(self, place: Indices, ends: Indices, apart: Bools) -> float:
        """Say how bad it is to have boxes in these cells."""
        lines = place[ends[:, 0]] * len(self.through) + place[ends[:, 1]]
        crossings = np.count_nonzero(self.cross[np.ix_(lines, lines)] & apart)
        return (
            THROUGH * self.hits(place, ends)
            + CROSS * crossings
            + LONG * float(self.length[lines].sum())
        )


def arrange(n: int, ends: Indices, cells: Floats, box: tuple[float, float]) -> tuple[Indices, int]:
    """Find a cell for every box.

    Parameters
    ----------
    n
        How many boxes.
    ends
        Which of them lines join, shape ``(n_lines, 2)``.
    cells
        Middles of the cells, in inches, shape ``(n_cells, 2)``; at least one for each box.
    box
        Width and height of a box.

    Returns
    -------
    ndarray, int
        The cell of every box, shape ``(n,)``, and how often a line runs through a box.
    """
    first = _forced(n, ends, cells)
    if not len(ends):
        return first, 0
    tables = _Tables.of(cells, box)
    shared = (ends[:, None, :, None] == ends[None, :, None, :]).any(axis=(2, 3))
    apart = np.triu(~shared, 1)
    rng = np.random.default_rng(0)
    starts = [first, *(rng.permutation(len(cells))[:n] for _ in range(STARTS))]
    found = [_swapped(start, ends, tables, apart) for start in starts]
    best = min(found, key=lambda place: tables.charge(place, ends, apart))
    return best, tables.hits(best, ends)


def _swapped(place: Indices, ends: Indices, tables: _Tables, apart: Bools) -> Indices:
    """Swap the contents of two cells as long as that helps."""
    n, best = len(tables.through), tables.charge(place, ends, apart)
    for _ in range(ROUNDS):
        before = best
        for one, other in combinations(range(n), 2):
            tried = np.where(place == one, other, np.where(place == other, one, place))
            charge = tables.charge(tried, ends, apart)
            if charge < best - 1e-9:
                place, best = tried, charge
        if best >= before - 1e-9:
            break
    return place


def _forced(n: int, ends: Indices, cells: Floats) -> Indices:
    """Return the cells that a force layout suggests."""
    import networkx as nx  # noqa: PLC0415
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    net: Any = nx.Graph()
    net.add_nodes_from(range(n))
    net.add_edges_from(ends.tolist())
    parts = [sorted(part) for part in nx.connected_components(net)]
    net.add_edges_from((one[0], other[0]) for one, other in pairwise(parts))
    layout: Any = nx.kamada_kawai_layout(net) if n > 1 else [np.zeros(2)]
    points = np.array([layout[k] for k in range(n)])
    spread = np.ptp(points, axis=0)
    low, room = cells.min(axis=0), np.ptp(cells, axis=0)
    points = low + (points - points.min(axis=0)) / np.where(spread > 0, spread, 1) * room
    far = ((points[:, None] - cells[None]) ** 2).sum(axis=2)
    return np.asarray(linear_sum_assignment(far)[1], dtype=np.intp)


def _crossing(start: Floats, way: Floats) -> Bools:
    """Tell which lines cross inside, shape ``(n_lines, n_lines)``."""
    gap = start[None] - start[:, None]
    det = way[:, None, 0] * way[None, :, 1] - way[:, None, 1] * way[None, :, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (gap[..., 0] * way[None, :, 1] - gap[..., 1] * way[None, :, 0]) / det
        u = (gap[..., 0] * way[:, None, 1] - gap[..., 1] * way[:, None, 0]) / det
        crossing: Bools = (np.abs(det) > 1e-9) & (t > 0) & (t < 1) & (u > 0) & (u < 1)
    return crossing
