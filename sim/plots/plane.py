"""The utility plane of two parties: frontier as a staircase, thresholds, the zone they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.agreement import Frontier
from sim.errors import InputError
from sim.frontier import OutOfReach, pareto_frontier
from sim.plots.caption import possessive, shortened
from sim.plots.labels import Label, place
from sim.plots.style import BODY, GREY, INK, PAPER, SMALL, Sheet, text_width
from sim.problem import TOLERANCE, Problem
from sim.settlement import Settlement
from sim.words import decimals_for, name_of, plain, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
ZONE = "#dcebf7"
DEAL = "#0072B2"


@dataclass(frozen=True, eq=False)
class Pair:
    """Two parties and everything that the allowed packages can give them.

    Attributes
    ----------
    columns
        Their places among the scenario's parties.
    names
        What they are called.
    problem
        Among the two, with the red lines that bind.
    frontier
        What cannot be bettered for one without hurting the other, whether or not it beats no
        deal; ``None`` where red lines leave no package, or where it is out of reach.
    why
        Why there is no frontier; empty where there is one.
    """

    columns: tuple[int, int]
    names: tuple[str, str]
    problem: Problem
    frontier: Frontier | None
    why: str

    @classmethod
    def of(cls, settlement: Settlement, parties: tuple[str, str] | None = None) -> Pair:
        """Look at two parties; by default the first two of those analysed.

        Raises
        ------
        InputError
            If there are not two, or one is unknown.
        """
        named = tuple(parties or _first_two(settlement))
        if len(set(named)) != 2:
            raise InputError("the utility plane needs two different parties")
        a, b = settlement.structure.columns(named)
        problem = Problem.from_scenario(
            settlement.scenario, red_lines=settlement.red_lines, parties=named
        )
        people = settlement.scenario.parties
        names = name_of(people[named[0]].name), name_of(people[named[1]].name)
        if problem.n_outcomes == 0:
            return cls((a, b), names, problem, None, "the red lines leave no package")
        lowest = problem.worst()
        found = pareto_frontier(
            replace(problem, disagreement=lowest, thresholds=lowest), time_limit=10.0
        )
        if isinstance(found, OutOfReach):
            return cls((a, b), names, problem, None, f"the frontier is not listed: {found.why}")
        return cls((a, b), names, problem, found, "")

    @property
    def exact(self) -> bool:
        """Tell whether every point of the frontier is listed."""
        return self.frontier is not None and self.frontier.certificate.exact

    @property
    def points(self) -> Floats:
        """The frontier's points, shape ``(n_points, 2)``, none where there is no frontier."""
        return np.zeros((0, 2)) if self.frontier is None else self.frontier.utilities


def _first_two(settlement: Settlement) -> tuple[str, ...]:
    others = [p for p in settlement.scenario.parties if p not in settlement.parties]
    return (*settlement.parties, *others)[:2]


@dataclass(frozen=True, eq=False)
class Mark:
    """A point to be named.

    Attributes
    ----------
    name
        What to write beside it; nothing where it is empty.
    at
        Utilities of the two parties.
    look
        How to draw the marker, as `Axes.plot` takes it.
    """

    name: str
    at: Floats
    look: dict[str, Any]
    bold: bool = False


@dataclass(frozen=True, eq=False)
class Plane:
    """Axes of two utilities inside a sheet, in inches as well as in utilities."""

    ax: Axes
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]
    taken: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def on(cls, sheet: Sheet, pair: Pair, inside: Floats, *, right: float = 1.6) -> Plane:
        """Set up the axes so that all points ``inside``, shape ``(n, 2)``, can be seen."""
        margin = (0.85, 0.62, right, 0.5)  # left, bottom, right, top
        width = sheet.width - margin[0] - margin[2]
        height = sheet.height - margin[1] - margin[3]
        ax = sheet.ax.inset_axes(
            (margin[0] / sheet.width, margin[1] / sheet.height,
             width / sheet.width, height / sheet.height)
        )  # fmt: skip
        low, high = inside.min(axis=0), inside.max(axis=0)
        space = np.maximum(0.09 * (high - low), 0.01 * np.maximum(np.abs(high), 1e-3))
        (x0, y0), (x1, y1) = low - space, high + space
        ax.set_xlim(x0, x1)
        ax.set_ylim(y0, y1)
        decimals = decimals_for(inside)
        for axis, (start, end), name in (
            (ax.xaxis, (x0, x1), pair.names[0]),
            (ax.yaxis, (y0, y1), pair.names[1]),
        ):
            places = ticks(float(start), float(end))
            coarse = max(decimals - 1, 0)
            round_ = all(abs(round(place, coarse) - place) < TOLERANCE for place in places)
            fine = coarse if round_ else decimals
            axis.set_ticks(places, [plain(p, fine) for p in places])
            axis.set_label_text(f"{shortened(possessive(name), 44)} utility")
        ax.set_facecolor(PAPER)
        return cls(ax, width, height, (float(x0), float(x1)), (float(y0), float(y1)))

    def bar(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Draw what a plan leaves open as a light bar, which labels had better not cover."""
        self.ax.plot(xs, ys, color="#b4b4b4", linewidth=1.4, zorder=1.5)
        ends = [self.inches(np.array([x, y])) for x, y in zip(xs, ys, strict=True)]
        self.taken.extend(_dense(ends))

    def inches(self, at: Floats) -> tuple[float, float]:
        """Return where a point stands, from the lower left corner."""
        x = (float(at[0]) - self.x[0]) / (self.x[1] - self.x[0]) * self.width
        y = (float(at[1]) - self.y[0]) / (self.y[1] - self.y[0]) * self.height
        return x, y

    def thresholds(self, pair: Pair) -> None:
        """Draw both thresholds to the far edges, name them there, and shade what meets both."""
        r, decimals = pair.problem.thresholds, decimals_for(pair.problem.thresholds)
        self.ax.fill_between(
            [r[0], self.x[1]], r[1], self.y[1], facecolor=ZONE, edgecolor="none", zorder=0
        )
        look: Any = {"color": GREY, "linewidth": 1.3, "linestyle": (0, (5, 3)), "zorder": 2}
        self.ax.plot([r[0], r[0]], self.y, **look)
        self.ax.plot(self.x, [r[1], r[1]], **look)
        x, y = self.inches(r)
        text = f"{shortened(possessive(pair.names[0]), 30)} threshold {plain(r[0], decimals)}"
        half = text_width(text, SMALL) / 2
        x = min(max(x, half - 0.6), self.width + 1.2 - half)
        self._note(x, self.height + 0.15, text, "center")
        name = shortened(possessive(pair.names[1]), 20)
        self._note(self.width + 0.08, y, f"{name}\nthreshold {plain(r[1], decimals)}", "left")

    def _note(self, x: float, y: float, text: str, align: str) -> None:
        where = (x / self.width, y / self.height)
        self.ax.text(
            *where, text, ha=align, va="center", size=SMALL, color=GREY, linespacing=1.15,
            transform=self.ax.transAxes,
        )  # fmt: skip

    def staircase(self, points: Floats) -> None:
        """Draw the edge of what can be had: every package lies on it, or left of it and below."""
        if not len(points):
            return
        x, y = points[::-1, 0], points[::-1, 1]  # the first party's utility rises, the other falls
        xs = np.concatenate([[self.x[0]], x, [x[-1]]])
        ys = np.concatenate([[y[0]], y, [self.y[0]]])
        self.ax.step(xs, ys, where="pre", color=INK, linewidth=1.6, zorder=3)
        self.ax.fill_between(
            xs, ys, self.y[0], step="pre", facecolor="#000000", alpha=0.045, linewidth=0, zorder=0.5
        )
        if len(points) <= 60:
            self.ax.plot(x, y, linestyle="none", marker="o", color=INK, markersize=3.5, zorder=3)

    def mark(self, marks: list[Mark], pair: Pair) -> None:
        """Draw points and write their names beside them, clear of each other and of the lines."""
        for item in marks:
            self.ax.plot(*item.at, linestyle="none", **item.look)
        named = [item for item in marks if item.name]
        labels = [
            Label(item.name, *self.inches(item.at), BODY if item.bold else SMALL, item.bold)
            for item in named
        ]
        corner = self.inches(pair.problem.thresholds)
        lines = self._along(pair.points)
        across, up = np.arange(0, self.width, 0.1), np.arange(0, self.height, 0.1)
        lines += [(float(x), corner[1]) for x in across] + [(corner[0], float(y)) for y in up]
        places = place(labels, (self.width, self.height), lines=lines, faint=self.taken)
        for item, placed in zip(named, places, strict=True):
            self._name(item, placed.x, placed.y, placed.distance, placed.box)

    def _name(
        self, item: Mark, x: float, y: float, distance: float, box: tuple[float, ...]
    ) -> None:
        from matplotlib.patheffects import withStroke  # noqa: PLC0415

        where = (x / self.width, y / self.height)
        at = self.inches(item.at)
        if distance > 0.2:
            end = np.clip(at[0], box[0], box[2]), np.clip(at[1], box[1], box[3])
            self.ax.plot(
                [at[0] / self.width, float(end[0]) / self.width],
                [at[1] / self.height, float(end[1]) / self.height],
                color=GREY, linewidth=0.7, transform=self.ax.transAxes, zorder=4,
            )  # fmt: skip
        self.ax.text(
            *where, item.name, ha="center", va="center", linespacing=1.15, zorder=6,
            path_effects=[withStroke(linewidth=3.5, foreground=PAPER)],
            size=BODY if item.bold else SMALL, weight="bold" if item.bold else "normal",
            color=item.look.get("markeredgecolor", INK), transform=self.ax.transAxes,
        )  # fmt: skip

    def _along(self, points: Floats) -> list[tuple[float, float]]:
        """Return points along the staircase, a tenth of an inch apart at most."""
        if not len(points):
            return []
        corners = [self.inches(np.array([self.x[0], points[-1, 1]]))]
        for before, after in pairwise(points[::-1]):
            corners += [self.inches(before), self.inches(np.array([before[0], after[1]]))]
        corners += [self.inches(points[0]), self.inches(np.array([points[0, 0], self.y[0]]))]
        return _dense(corners)


def _dense(corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points along a line through corners, about a tenth of an inch apart."""
    dense = [corners[0]]
    for a, b in pairwise(corners):
        n = max(int(np.hypot(b[0] - a[0], b[1] - a[1]) / 0.1), 1)
        for t in np.linspace(0, 1, n + 1)[1:].tolist():
            spot = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))
            if np.hypot(spot[0] - dense[-1][0], spot[1] - dense[-1][1]) >= 0.08:
                dense.append(spot)
    return dense
