"""The gap as a row for each party: what it insists on, what it gets, the most it could get.

A few parties have their numbers at the marks; where rows are low, the numbers stand in columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.plots.gap import Gap
from sim.plots.style import (
    BELOW,
    GREY,
    INK,
    LARGE,
    SMALL,
    TINY,
    Sheet,
    fit,
    party_colour,
    text_width,
)
from sim.problem import TOLERANCE
from sim.words import plain

ROOMY = 0.95
"""Rows at least so high, in inches, have their numbers at the marks."""

HEAD, LEAST = 0.34, 0.26
"""Height of the columns' heads, and the least height of a row, in inches."""

FOOT, APART = 0.1, 0.25
"""What is left free below the rows, and between columns, in inches."""


@dataclass(frozen=True)
class Ruler:
    """Utilities as places on the sheet.

    Attributes
    ----------
    left, right
        Where the least and the highest utility stand, in inches.
    low, scale
        The least utility, and inches for each unit.
    """

    left: float
    right: float
    low: float
    scale: float

    @classmethod
    def of(cls, gap: Gap, left: float, right: float) -> Ruler:
        """Lay all that is shown between two edges."""
        low = float(min(gap.worst.min(), gap.disagreement.min()))
        high = float(max(gap.best.max(), gap.thresholds.max()))
        return cls(left, right, low, (right - left) / max(high - low, TOLERANCE))

    def at(self, level: float) -> float:
        """Return the place of a utility, in inches from the left."""
        return self.left + (float(level) - self.low) * self.scale


@dataclass(frozen=True)
class Names:
    """The column of the parties' names: its width in inches, and one type size for them all."""

    width: float
    size: float

    @classmethod
    def of(cls, gap: Gap, shown: Iterable[int], width: float, height: float) -> Names:
        """Take the largest type in which every name shown is whole, or else the smallest."""
        fitted = [
            fit(gap.names[k], width - 0.2, height - 0.08, (LARGE, SMALL, TINY), bold=True)
            for k in shown
        ]
        return cls(width, min(size for _, size in fitted))


def gap_rows(sheet: Sheet, gap: Gap) -> None:
    """Draw a row for each party, in file order; of very many those that are worst off."""
    n, room = len(gap.names), sheet.height - FOOT
    if room / n >= ROOMY:
        height, verdict = min(room / n, 1.5), min(2.9, 0.25 * sheet.width)
        names = Names.of(gap, range(n), min(2.3, 0.2 * sheet.width), height)
        ruler = Ruler.of(gap, names.width, sheet.width - verdict - 0.2)
        for k in range(n):
            middle = (k + 0.5) * height
            _row(sheet, gap, k, ruler, middle, height, names)
            _at_the_marks(sheet, gap, k, ruler, middle)
            _said(sheet, gap, k, sheet.width - verdict, middle)
        return
    most = int((room - HEAD) / LEAST)
    shown = list(range(n))
    if n > most:
        shown = sorted(np.argsort(gap.surplus, kind="stable")[: most - 1].tolist())
        rest = f"and {n - len(shown)} others, no worse off"
        sheet.write(0, HEAD + (most - 0.5) * LEAST, rest, size=SMALL, color=GREY)
    height = (room - HEAD) / min(n, most)
    columns = _columns(gap)
    verdict = APART + max(text_width(_verdict(gap, k), LARGE, bold=True) for k in shown)
    edge = sheet.width - verdict - sum(width + APART for _, _, width in columns)
    names = Names.of(gap, shown, min(2.8, 0.24 * sheet.width), height)
    ruler = Ruler.of(gap, names.width, edge)
    _heads(sheet, columns, edge)
    for place, k in enumerate(shown):
        middle = HEAD + (place + 0.5) * height
        _row(sheet, gap, k, ruler, middle, height, names)
        x = edge
        for _, texts, width in columns:
            x += APART + width
            sheet.write(x, middle, texts[k], ha="right", size=SMALL)
        _said(sheet, gap, k, sheet.width - verdict + APART, middle)


def _row(
    sheet: Sheet, gap: Gap, k: int, ruler: Ruler, middle: float, height: float, names: Names
) -> None:
    """Draw the party's name, its bar and its marks."""
    assert gap.nearest is not None
    top = middle - height / 2
    if top > 0:
        sheet.line([0, sheet.width], [top, top], linewidth=0.6)
    name, size = fit(gap.names[k], names.width - 0.2, height - 0.08, (names.size,), bold=True)
    sheet.write(0, middle, name, size=size, weight="bold", linespacing=1.05)
    colour = party_colour(gap.columns[k])
    short = gap.surplus[k] < -TOLERANCE
    worst, best = ruler.at(gap.worst[k]), ruler.at(gap.best[k])
    gets, threshold = ruler.at(gap.nearest[k]), ruler.at(gap.thresholds[k])
    sheet.box(worst, middle - 0.07, best - worst, 0.14, facecolor="#e3e3e3")
    length = abs(gets - threshold)
    sheet.box(
        min(gets, threshold), middle - 0.07, length, 0.14, facecolor=BELOW if short else colour
    )
    reach = min(0.2, 0.42 * height)
    sheet.line([threshold] * 2, [middle - reach, middle + reach], color=INK, linewidth=2.5)
    sheet.ax.plot(
        [gets], [middle], marker="o", markersize=11, markerfacecolor=colour,
        markeredgecolor=INK, markeredgewidth=1.2, zorder=5,
    )  # fmt: skip


def _at_the_marks(sheet: Sheet, gap: Gap, k: int, ruler: Ruler, middle: float) -> None:
    """Write the numbers over and under the marks they belong to."""
    assert gap.nearest is not None
    for words, level, side in (("threshold", gap.thresholds[k], -1), ("gets", gap.nearest[k], 1)):
        text = f"{words} {plain(float(level), gap.decimals)}"
        half = text_width(text, SMALL) / 2
        x = min(max(ruler.at(level), ruler.left + half), ruler.right - half)
        sheet.write(x, middle + side * 0.33, text, ha="center", size=SMALL)
    most = f"at most {plain(float(gap.best[k]), gap.decimals)}"
    best, threshold = ruler.at(gap.best[k]), ruler.at(gap.thresholds[k])
    if best - threshold > text_width(most, SMALL) + 1.0:
        sheet.write(min(best, ruler.right), middle - 0.33, most, ha="right", size=SMALL, color=GREY)


def _columns(gap: Gap) -> list[tuple[str, list[str], float]]:
    """Return the columns of numbers: head, a text for each party, width in inches."""
    assert gap.nearest is not None
    columns = []
    for head, levels in (
        ("● gets", gap.nearest), ("❙ threshold", gap.thresholds), ("at most", gap.best),
    ):  # fmt: skip
        texts = [plain(float(level), gap.decimals) for level in levels]
        columns.append((head, texts, max(text_width(text, SMALL) for text in (head, *texts))))
    return columns


def _heads(sheet: Sheet, columns: Sequence[tuple[str, list[str], float]], edge: float) -> None:
    for head, _, width in columns:
        edge += APART + width
        sheet.write(edge, HEAD / 2, head, ha="right", size=SMALL, color=GREY)


def _verdict(gap: Gap, k: int) -> str:
    surplus = float(gap.surplus[k])
    if abs(surplus) <= TOLERANCE:
        return "just enough"
    return f"{plain(abs(surplus), gap.decimals)} {'short' if surplus < 0 else 'to spare'}"


def _said(sheet: Sheet, gap: Gap, k: int, left: float, middle: float) -> None:
    """Say how far the party is from its threshold at that package."""
    short = float(gap.surplus[k]) < -TOLERANCE
    look = {"weight": "bold", "color": BELOW} if short else {}
    sheet.write(left, middle, _verdict(gap, k), size=LARGE, **look)
