"""The mixed strategies of a game of two by two as points of a square, with its equilibria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equilibria.bimatrix.strategic import TwoByTwo
from sim.games.bimatrix import Profile
from sim.plots.caption import shortened
from sim.plots.labels import Label, place
from sim.plots.style import BODY, GREY, INK, PAPER, SMALL, Sheet, balanced, wrap
from sim.words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, BOTTOM, TOP, RIGHT = 1.85, 0.95, 0.2, 0.45  # inches around the square


def unit_square(sheet: Sheet, table: TwoByTwo, left: float) -> tuple[Axes, float]:
    """Set up the square at a distance from the left edge; return its axes and side in inches."""
    side = min(sheet.height - BOTTOM - TOP, sheet.width - left - LEFT - RIGHT)
    ax = sheet.ax.inset_axes(
        ((left + LEFT) / sheet.width, BOTTOM / sheet.height,
         side / sheet.width, side / sheet.height)
    )  # fmt: skip
    ax.set_xlim(-0.05, 1.05)
    ax.set_ylim(-0.05, 1.05)
    ax.set_facecolor(PAPER)
    ends = [0.0, 0.5, 1.0]
    (a, b), (c, d) = table.labels
    ax.set_xticks(ends, [balanced(a, 1.5, SMALL), "50 %", balanced(b, 1.5, SMALL)])
    ax.set_yticks(ends, [balanced(c, 1.1, SMALL), "50 %", balanced(d, 1.1, SMALL)])
    ax.set_xlabel(wrap(f"how often {shortened(table.names[0], 28)} {b}", side, BODY))
    ax.set_ylabel(wrap(f"how often {shortened(table.names[1], 28)} {d}", side, BODY))
    for where in ("top", "right"):
        ax.spines[where].set_visible(True)
    for spine in ax.spines.values():
        spine.set_color("#c9c9c9")
    return ax, side


def spot(profile: Profile) -> tuple[float, float]:
    """Return where an equilibrium stands in the square."""
    return float(profile.x[1]), float(profile.y[1])


def equilibria(ax: Axes, side: float, table: TwoByTwo, taken: list[tuple[float, float]]) -> None:
    """Mark all equilibria: extreme ones as dots, what they span as lines or areas; name them."""
    assert table.found is not None  # two by two is never too large
    for family in table.found.families:
        xs = sorted({spot(table.some[k])[0] for k in family})
        ys = sorted({spot(table.some[k])[1] for k in family})
        if len(xs) > 1 and len(ys) > 1:
            ax.fill_between([xs[0], xs[-1]], ys[0], ys[-1], color=INK, alpha=0.25, zorder=4)
        elif len(family) > 1:
            ax.plot([xs[0], xs[-1]], [ys[0], ys[-1]], color=INK, linewidth=6, alpha=0.75,
                    solid_capstyle="round", zorder=4)  # fmt: skip
        taken = [*taken, *(
            (x, y) for x in np.linspace(xs[0], xs[-1], 30) for y in np.linspace(ys[0], ys[-1], 5)
        )]  # fmt: skip
    labels = []
    for profile in table.some:
        x, y = spot(profile)
        pure = profile.pure is not None
        ax.plot(x, y, "o", markersize=11, color=INK, markerfacecolor=INK if pure else PAPER,
                markeredgewidth=2, zorder=6, clip_on=False)  # fmt: skip
        gets = ", ".join(f"{v:.2f}" if v != round(v) else f"{v:.0f}" for v in profile.payoffs)
        where = "" if pure else f" at {percent(x)}, {percent(y)}"
        labels.append(Label(f"({gets}){where}", *_inches(x, y, side), SMALL))
    _named(ax, side, labels, taken)


def _inches(x: float, y: float, side: float) -> tuple[float, float]:
    return (x + 0.05) / 1.1 * side, (y + 0.05) / 1.1 * side


def _named(ax: Axes, side: float, labels: list[Label], taken: list[tuple[float, float]]) -> None:
    from matplotlib.patheffects import withStroke  # noqa: PLC0415

    lines = [_inches(x, y, side) for x, y in taken]
    look: Any = {"transform": ax.transAxes, "zorder": 8}
    for label, placed in zip(labels, place(labels, (side, side), lines=lines), strict=True):
        if placed.distance > 0.25:
            box = placed.box
            end = np.clip(label.x, box[0], box[2]), np.clip(label.y, box[1], box[3])
            ax.plot([label.x / side, float(end[0]) / side], [label.y / side, float(end[1]) / side],
                    color=GREY, linewidth=0.7, transform=ax.transAxes, zorder=5)  # fmt: skip
        ax.text(
            placed.x / side, placed.y / side, label.text, ha="center", va="center", size=SMALL,
            color=INK, path_effects=[withStroke(linewidth=3.5, foreground=PAPER)], **look,
        )  # fmt: skip
