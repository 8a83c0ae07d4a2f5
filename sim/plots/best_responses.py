"""Best responses: what each does best against what the other does, and where the two meet.

A game of two by two is drawn whole, as a square of mixed strategies; a larger one as its table of
payoffs with best replies and equilibria marked.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.equilibria.bimatrix.strategic import LISTED, Strategic, TwoByTwo
from sim.games.bimatrix import Floats
from sim.games.two_by_two import famous
from sim.plots.caption import Caption, shortened
from sim.plots.payoff_table import payoff_table
from sim.plots.style import GREY, SMALL, Sheet, party_colour
from sim.plots.unit_square import equilibria, unit_square
from sim.words import capital, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TABLE = 5.2
"""Inches for the table beside the square."""


def best_responses(ax: Axes, table: Strategic) -> None:
    """Show what each does best against the other, and every equilibrium.

    Parameters
    ----------
    ax
        Taken over whole.
    """
    sheet = Sheet.on(ax)
    if not isinstance(table, TwoByTwo):
        payoff_table(sheet, table, (0.0, 0.05, sheet.width, sheet.height - 0.1))
        return
    payoff_table(sheet, table, (0.0, 0.35, TABLE, sheet.height - 1.0))
    _key(sheet, table)
    square, side = unit_square(sheet, table, TABLE)
    taken: list[tuple[float, float]] = []
    taken += _correspondence(square, table.game.row, 0)
    taken += _correspondence(square, table.game.column.T, 1)
    equilibria(square, side, table, taken)


def _key(sheet: Sheet, table: Strategic) -> None:
    """Say what the two lines are, below the table."""
    for k, name in enumerate(table.names):
        y = 2.75 + 0.34 * k
        sheet.line([0.1, 0.6], [y, y], color=party_colour(k), linewidth=4,
                   linestyle="-" if k == 0 else (0, (3, 1.2)))  # fmt: skip
        sheet.write(0.75, y, f"best replies of {shortened(name, 40)}", size=SMALL)
    sheet.write(0.1, 3.5, "dots: equilibria, with what both get; open where both mix",
                size=SMALL, color=GREY)  # fmt: skip


def _correspondence(ax: Axes, own: Floats, k: int) -> list[tuple[float, float]]:
    """Draw one player's best reply to every mixture of the other; return points along it."""
    lead = own[1] - own[0]  # of the second strategy, against each of the other's
    against = np.array([0.0, 1.0])
    near = 1e-9 * (float(np.ptp(own)) or 1.0)
    if (np.abs(lead) <= near).all():
        ax.fill_between([0, 1], 0, 1, color=party_colour(k), alpha=0.18, linewidth=0, zorder=1)
        return []
    if lead[0] * lead[1] < 0:
        against = np.array([0.0, lead[0] / (lead[0] - lead[1]), 1.0])
    points: list[tuple[float, float]] = []  # (other's share, own best share)
    for start, end in pairwise(against.tolist()):
        middle = (start + end) / 2
        best = float(lead[0] * (1 - middle) + lead[1] * middle > 0)
        for q in (start, end):
            tie = abs(lead[0] * (1 - q) + lead[1] * q) <= near
            other = [(q, 1 - best), (q, best)] if tie and q == start else [(q, best)]
            other = [(q, best), (q, 1 - best)] if tie and q == end else other
            points += other
    own_shares, others = [b for _, b in points], [q for q, _ in points]
    xs, ys = (own_shares, others) if k == 0 else (others, own_shares)
    ax.plot(xs, ys, color=party_colour(k), linewidth=4, zorder=3, clip_on=False,
            linestyle="-" if k == 0 else (0, (3, 1.2)))  # fmt: skip
    steps = np.linspace(0, 1, 30)
    dense: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in pairwise(zip(xs, ys, strict=True)):
        dense += [(x0 + t * (x1 - x0), y0 + t * (y1 - y0)) for t in steps.tolist()]
    return dense


def _counted(table: Strategic) -> str:
    """Say how many equilibria there are, and how many of them are pure."""
    assert table.found is not None
    many, pure = len(table.some), len(table.pure)
    if many == 1:
        return f"one equilibrium, {'in pure strategies' if pure else 'in which both mix'}"
    kind = "extreme equilibria" if table.found.degenerate else "equilibria"
    if pure == many:
        return f"{many:,} {kind}, all of them pure"
    return f"{many:,} {kind}, {pure or 'none'} of them pure"


def caption(table: Strategic) -> Caption:
    """Say what the picture shows."""
    name = famous(table.game)
    start = f"{capital(name or table.title)}: "
    if table.found is None:
        title = (
            f"{table.title}: one equilibrium found and verified; not all are listed at this size"
        )
    else:
        title = f"{start}{_counted(table)}"
    subtitle = f"Both choose at once and know the payoffs. {table.title}."
    note = (
        "Where the two lines meet nobody gains by choosing otherwise alone: an equilibrium. In the "
        "table bold numbers are best replies, framed cells pure equilibria; shaded cells are "
        "played with some chance in a mixed one. Not a forecast."
        if isinstance(table, TwoByTwo)
        else "Bold numbers are best replies, framed cells equilibria in pure strategies; shaded "
        "cells are played with some chance in a mixed one. Not a forecast."
    )
    shown = [
        f"{table.sentence(p)}: {', '.join(plain(v) for v in p.payoffs)}"
        for p in table.some[:LISTED]
    ]
    return Caption(title, subtitle, note, f"{title}. {subtitle} {'; '.join(shown)}.")
