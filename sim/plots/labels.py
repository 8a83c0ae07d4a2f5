"""Names put beside points so that none covers another: no legend to hunt in.

Each label tries places around its point, near ones first, and takes the one that covers least;
then all of them try again in turn, now that the others are known. Deterministic, exact enough
for some thirty labels (the state of the art for many more is simulated annealing; Christensen,
Marks & Shieber 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.plots.style import line_height, text_width

Floats = NDArray[np.float64]

RADII = (0.09, 0.16, 0.26, 0.4, 0.58, 0.8, 1.1, 1.5, 2.0, 2.6, 3.3, 4.1)
ANGLES = np.deg2rad(np.arange(0, 360, 15))
ROUNDS = 8
GAP, CLEAR = 0.045, 0.08  # inches between labels, and from a label to its point
FAR, MARKER, LINE, FAINT = 4.0, 9.0, 3.0, 0.7
"""What an inch away from the point costs, and covering a marker, a line, a faint line."""

TEXT, LEADER = 60.0, 4.0
"""What covering another label costs, and a leader that crosses a label or another leader."""


@dataclass(frozen=True)
class Label:
    """A name that belongs to a point; lengths in inches from the lower left corner."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the text."""
        lines = self.text.split("\n")
        width = max(text_width(line, self.size, bold=self.bold) for line in lines)
        return width, line_height(self.size) * len(lines)


@dataclass(frozen=True)
class Placed:
    """Where the middle of a label stands, and how far from its point its edge is."""

    label: Label
    x: float
    y: float
    distance: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top."""
        width, height = self.label.extent
        return self.x - width / 2, self.y - height / 2, self.x + width / 2, self.y + height / 2


def place(
    labels: Sequence[Label],
    room: tuple[float, float],
    *,
    lines: Sequence[tuple[float, float]] = (),
    faint: Sequence[tuple[float, float]] = (),
) -> list[Placed]:
    """Find a place for every label.

    Parameters
    ----------
    labels
        Names and their points.
    room
        Width and height of the area that labels must stay inside.
    lines, faint
        What is better not covered, and what may be if need be: lines as points about a tenth of
        an inch apart. That labels cover no point of another label goes without saying.

    Returns
    -------
    list of Placed
        In the order of the labels.
    """
    points = [(label.x, label.y) for label in labels]
    marks = np.array([*points, *lines, *faint]).reshape(-1, 2)
    weights = np.repeat([MARKER, LINE, FAINT], [len(points), len(lines), len(faint)])
    options = [_options(label, room, marks, weights) for label in labels]
    chosen: list[int | None] = [None] * len(labels)
    order = sorted(range(len(labels)), key=lambda k: -_crowding(labels[k], labels))
    for _ in range(ROUNDS):
        before = list(chosen)
        for k in order:
            others = [options[j][0][c] for j, c in enumerate(chosen) if c is not None and j != k]
            leads = [options[j][2][c] for j, c in enumerate(chosen) if c is not None and j != k]
            chosen[k] = _best(options[k], others, leads)
        if chosen == before:
            break
    return [_placed(label, options[k], chosen[k] or 0) for k, label in enumerate(labels)]


Options = tuple[Floats, Floats, Floats, Floats]
"""Boxes (n, 4), costs (n,), leaders as rows of points (n, 8, 2), distances (n,)."""


def _options(
    label: Label,
    room: tuple[float, float],
    marks: Floats,
    weights: Floats,
) -> Options:
    """List the places to try, with what each costs whatever the other labels do."""
    width, height = label.extent
    radius, angle = (grid.ravel() for grid in np.meshgrid(RADII, ANGLES, indexing="ij"))
    x = label.x + np.cos(angle) * (radius + width / 2)
    y = label.y + np.sin(angle) * (radius + height / 2)
    across, up = width / 2 + 0.07, height / 2 + 0.03  # clear of the edges
    x = np.clip(x, across, max(room[0] - across, across))
    y = np.clip(y, up, max(room[1] - up, up))
    places = np.column_stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    near = np.column_stack(
        [np.clip(label.x, places[:, 0], places[:, 2]), np.clip(label.y, places[:, 1], places[:, 3])]
    )
    point = np.array([label.x, label.y])
    distance = np.hypot(*(near - point).T)
    steps = np.linspace(0.15, 1.0, 8)[:, None]
    leaders = point + steps[None] * (near - point)[:, None, :]
    grown = places + np.array([-GAP, -GAP, GAP, GAP])
    cost = FAR * distance + _inside(marks, grown) @ weights + 20.0 * (distance < CLEAR)
    return places, cost, leaders, distance


def _inside(points: Floats, places: Floats) -> NDArray[np.bool_]:
    """Tell which points lie in which boxes, shape ``(n_boxes, n_points)``."""
    x, y = points[:, 0], points[:, 1]
    left, bottom, right, top = (places[:, [k]] for k in range(4))
    return (x > left) & (x < right) & (y > bottom) & (y < top)


def _overlap(places: Floats, box: Floats) -> Floats:
    """Return 1 and the area covered where boxes overlap a box, else 0, shape ``(n,)``."""
    width = np.minimum(places[:, 2], box[2]) - np.maximum(places[:, 0], box[0])
    height = np.minimum(places[:, 3], box[3]) - np.maximum(places[:, 1], box[1])
    area = np.clip(width, 0, None) * np.clip(height, 0, None)
    result: Floats = np.where(area > 0, 1 + area, 0.0)
    return result


def _best(options: Options, others: Sequence[Floats], leaders: Sequence[Floats]) -> int:
    """Return the option that costs least beside the places that other labels have."""
    places, cost, own, _ = options
    total = cost.copy()
    grown = places + np.array([-GAP, -GAP, GAP, GAP])
    for other in others:
        total += TEXT * _overlap(grown, other)
        crossing = _inside(own.reshape(-1, 2), other[None])[0].reshape(len(own), -1)
        total += LEADER * crossing.any(axis=1)
    for leader in leaders:
        total += LEADER * _inside(leader, grown).any(axis=1)
        apart = np.linalg.norm(own[:, :, None] - leader[None, None], axis=3)
        total += LEADER * (apart.min(axis=(1, 2)) < GAP)
    return int(np.argmin(total))


def _crowding(label: Label, labels: Sequence[Label]) -> float:
    """Return how many labels there are near by, each less the farther it is."""
    gaps = np.array([[other.x - label.x, other.y - label.y] for other in labels])
    return float(np.exp(-np.hypot(gaps[:, 0], gaps[:, 1])).sum())


def _placed(label: Label, options: Options, chosen: int) -> Placed:
    left, bottom, right, top = options[0][chosen]
    middle = float(left + right) / 2, float(bottom + top) / 2
    return Placed(label, *middle, float(options[3][chosen]))
