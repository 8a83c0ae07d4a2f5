"""Basins: where two populations end up that copy success, from every point they may start at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.equilibria.bimatrix.strategic import TwoByTwo
from sim.games.evolution import Basins
from sim.plots.caption import Caption
from sim.plots.payoff_table import payoff_table
from sim.plots.style import GREY, PAPER, SMALL, Sheet, wrap
from sim.plots.unit_square import equilibria, unit_square
from sim.words import capital, listed, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TABLE = 5.2
AREAS = ("#cfe8df", "#fbe3c0", "#d6e6f5", "#f3d9e7")
"""Light tints, one for each corner that attracts."""


def basin(ax: Axes, table: TwoByTwo) -> None:
    """Show the replicator dynamics of a game of two by two, and what leads where.

    Parameters
    ----------
    ax
        Taken over whole.
    """
    sheet = Sheet.on(ax)
    found = table.basins
    payoff_table(sheet, table, (0.0, 0.35, TABLE, sheet.height - 1.0))
    for k, text in enumerate(_ends(table, found)):
        y = 2.75 + 0.5 * k
        tint = AREAS[k] if k < len(found.corners) else PAPER
        sheet.box(0.1, y - 0.13, 0.4, 0.26, facecolor=tint, edgecolor=GREY, linewidth=0.6)
        sheet.write(0.65, y, wrap(text, TABLE - 0.9, SMALL), size=SMALL)
    square, side = unit_square(sheet, table, TABLE)
    _areas(square, found)
    _field(square, table)
    equilibria(square, side, table, [])


def _areas(ax: Axes, found: Basins) -> None:
    from matplotlib.colors import ListedColormap  # noqa: PLC0415

    shades = ListedColormap(["#ffffff", *AREAS])
    ax.imshow(found.where, origin="lower", extent=(0, 1, 0, 1), cmap=shades, vmin=-1, vmax=4,
              interpolation="nearest", aspect="auto", zorder=0)  # fmt: skip
    ax.set_xlim(-0.05, 1.05)
    ax.set_ylim(-0.05, 1.05)


def _field(ax: Axes, table: TwoByTwo) -> None:
    """Draw the direction in which shares move, as arrows of one length."""
    p, q = np.meshgrid(np.linspace(0.06, 0.94, 12), np.linspace(0.06, 0.94, 12))
    row, column = table.game.row, table.game.column
    mine = (row[1, 0] - row[0, 0]) * (1 - q) + (row[1, 1] - row[0, 1]) * q
    theirs = (column[0, 1] - column[0, 0]) * (1 - p) + (column[1, 1] - column[1, 0]) * p
    across, up = p * (1 - p) * mine, q * (1 - q) * theirs
    length = np.hypot(across, up)
    moving = length > 1e-12 * table.game.scale()
    across, up = (np.divide(v, length, out=np.zeros_like(v), where=moving) for v in (across, up))
    ax.quiver(p, q, across, up, color="#7a7a7a", angles="xy", scale_units="xy", scale=17,
              width=0.0045, pivot="mid", zorder=2)  # fmt: skip


def _ends(table: TwoByTwo, found: Basins) -> list[str]:
    """Say what leads where, corner by corner, and what leads to none."""
    ends = [
        f"{percent(float(share))} of starting points: {table.names[0]} {table.labels[0][int(p)]}, "
        f"{table.names[1]} {table.labels[1][int(q)]}"
        for (p, q), share in zip(found.corners, found.shares, strict=True)
    ]
    rest = 1 - float(found.shares.sum())
    if rest > 1e-9:
        ends.append(f"{percent(rest)} of starting points: to no corner; shares come to rest "
                    "elsewhere or go round")  # fmt: skip
    return ends


def caption(table: TwoByTwo) -> Caption:
    """Say where the dynamics lead."""
    found = table.basins
    ends = _ends(table, found)
    if not len(found.corners):
        title = "If success is copied, shares settle at no corner: they go round or rest elsewhere"
    elif len(ends) == 1:
        ((p, q),) = found.corners
        title = f"If success is copied, every start ends where {table.names[0]} "
        title += f"{table.labels[0][int(p)]} and {table.names[1]} {table.labels[1][int(q)]}"
    else:
        shares = [end.split(" of starting")[0] for end in ends]
        title = f"Where copying success leads depends on the start: {listed(shares)} of starts"
    subtitle = f"Replicator dynamics of two populations. {table.title}."
    note = (
        "Across: the share of the first population that plays its second strategy; up: the same of "
        "the second population. Arrows show where shares move, colours where they end, dots are "
        "equilibria (open where both mix). The share of starts is not a probability; no forecast."
    )
    return Caption(capital(title), subtitle, note, f"{title}. {subtitle} {'; '.join(ends)}.")
