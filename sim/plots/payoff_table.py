"""Payoffs as a table, with best replies and equilibria marked; large games as shades."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.equilibria.bimatrix.strategic import Strategic
from sim.plots.caption import possessive, shortened
from sim.plots.style import (
    BODY,
    GREY,
    INK,
    LINE,
    PALE,
    SMALL,
    TINY,
    Sheet,
    party_colour,
    text_width,
    wrap,
)
from sim.words import decimals_for, plain

Box = tuple[float, float, float, float]
"""Left, top, width and height in inches."""

TALLEST, WIDEST = 0.62, 1.7
HEAD = 0.62
SHADED = ("Greens", "RdPu")


def payoff_table(sheet: Sheet, table: Strategic, box: Box) -> None:
    """Write what each pair of strategies gives; a best reply is bold, an equilibrium framed."""
    m, n = table.game.shape
    left, top, width, height = box
    stub = min(0.34 * width, 1.9)
    cell = min((width - stub) / n, WIDEST), min((height - HEAD) / m, TALLEST)
    texts = _texts(table)
    widest = max(text_width(a + b + "  ", SMALL, bold=True) for row in texts for a, b in row)
    size = next((s for s in (SMALL, TINY) if widest * s / SMALL < cell[0] - 0.08), None)
    if size is None or cell[1] < 0.2:
        _shades(sheet, table, box)
        return
    _head(sheet, table, (left, top, stub, cell[0]))
    mine = table.game.row >= table.game.row.max(axis=0) - 1e-9 * table.game.scale()
    theirs = table.game.column >= table.game.column.max(axis=1, keepdims=True) - (
        1e-9 * table.game.scale()
    )
    pure, played = set(table.pure), _played(table)
    for i in range(m):
        y = top + HEAD + i * cell[1]
        name = wrap(table.labels[0][i], stub - 0.12, SMALL, lines=2 if cell[1] > 0.4 else 1)
        sheet.write(left + stub - 0.1, y + cell[1] / 2, name, size=SMALL, ha="right")
        for j in range(n):
            x = left + stub + j * cell[0]
            face = PALE if played[i, j] else "none"
            sheet.box(x, y, *cell, facecolor=face, edgecolor=LINE, linewidth=0.8)
            middle = x + cell[0] / 2
            pairs = zip(texts[i][j], (mine[i, j], theirs[i, j]), (0, 1), strict=True)
            for text, best, k in pairs:
                sheet.write(
                    middle - 0.04 if k == 0 else middle + 0.04, y + cell[1] / 2, text, size=size,
                    ha="right" if k == 0 else "left", color=party_colour(k) if best else GREY,
                    weight="bold" if best else "normal",
                )  # fmt: skip
    for i, j in pure:
        x, y = left + stub + j * cell[0], top + HEAD + i * cell[1]
        sheet.box(x + 0.03, y + 0.03, cell[0] - 0.06, cell[1] - 0.06, edgecolor=INK, linewidth=1.8)


def _texts(table: Strategic) -> list[list[tuple[str, str]]]:
    both = np.stack([table.game.row, table.game.column])
    whole = bool((both == np.rint(both)).all())
    decimals = 0 if whole else decimals_for(both)
    return [
        [(plain(a, decimals), plain(b, decimals)) for a, b in zip(row, column, strict=True)]
        for row, column in zip(table.game.row, table.game.column, strict=True)
    ]


def _played(table: Strategic) -> Any:
    """Tell which pairs of strategies are played with some chance in a mixed equilibrium."""
    found = np.zeros(table.game.shape, dtype=bool)
    for profile in table.some:
        if profile.pure is None:
            found |= np.outer(profile.x > 1e-9, profile.y > 1e-9)
    return found


def _head(sheet: Sheet, table: Strategic, box: Box) -> None:
    left, top, stub, width = box
    n = table.game.shape[1]
    sheet.write(left + stub, top + 0.1, shortened(table.names[1], 40), size=SMALL,
                weight="bold", color=party_colour(1))  # fmt: skip
    sheet.write(left + stub - 0.1, top + 0.1, shortened(table.names[0], 18), size=SMALL,
                weight="bold", color=party_colour(0), ha="right")  # fmt: skip
    for j in range(n):
        name = wrap(table.labels[1][j], width - 0.08, SMALL, lines=2)
        sheet.write(left + stub + (j + 0.5) * width, top + 0.4, name, size=SMALL, ha="center")


def _shades(sheet: Sheet, table: Strategic, box: Box) -> None:
    """Show the payoffs of each player as shades, where numbers would not be legible."""
    left, top, width, height = box
    side = min(width / 2 - 0.5, height - 0.9)
    for k, payoffs in enumerate((table.game.row, table.game.column)):
        x = left + 0.55 + k * (side + 0.7)
        ax = sheet.ax.inset_axes(
            (x / sheet.width, 1 - (top + 0.4 + side) / sheet.height,
             side / sheet.width, side / sheet.height)
        )  # fmt: skip
        ax.imshow(payoffs, cmap=SHADED[k], aspect="auto", interpolation="nearest")
        for i, j in table.pure:
            ax.plot(j, i, "s", markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.6,
                    markersize=9)  # fmt: skip
        for profile in table.some[:1] if table.found is None else ():
            rows, columns = np.nonzero(np.outer(profile.x > 1e-9, profile.y > 1e-9))
            ax.plot(columns, rows, ".", color=INK, markersize=3)
        ax.set_xticks([])
        ax.set_yticks([])
        ax.set_title(f"{shortened(possessive(table.names[k]), 30)} payoffs: dark is high",
                     size=BODY, color=INK)  # fmt: skip
        ax.set_xlabel(f"what {shortened(table.names[1], 20)} chooses", size=SMALL)
        if k == 0:
            ax.set_ylabel(f"what {shortened(table.names[0], 20)} chooses", size=SMALL)
