"""Rows with a name on the left and a scale to its right: the frame of most pictures of inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.plots.style import (
    BODY,
    GREY,
    INK,
    LARGE,
    LINE,
    PALE,
    PAPER,
    SMALL,
    Sheet,
    fit,
    line_height,
    text_width,
)

FOOT = 0.62
"""Room below the rows for the scale and its name, in inches."""

TALLEST, SPACE = 0.85, 0.2

USUAL, MOST = 0.36, 0.57
"""Shares of the width that names take: if they fit, and at most."""


@dataclass(frozen=True)
class NamedRows:
    """Where rows stand; lengths in inches from the top left corner.

    Attributes
    ----------
    sheet
        What they are drawn on.
    left, right
        Ends of the scale.
    top, height
        Upper edge of the first row, and the height of each.
    n
        How many there are.
    low, high
        Values at the ends of the scale.
    """

    sheet: Sheet
    left: float
    right: float
    top: float
    height: float
    n: int
    low: float
    high: float

    @classmethod
    def on(
        cls,
        sheet: Sheet,
        names: Sequence[str],
        ends: tuple[float, float],
        *,
        head: float,
        spare: Callable[[float], tuple[float, float]] | None = None,
    ) -> NamedRows:
        """Lay out rows and write their names.

        Parameters
        ----------
        sheet
            Taken over whole.
        names
            What stands on the left, in as many lines as fit.
        ends
            Values at the ends of the scale.
        head
            Room above the rows.
        spare
            Inches that a unit of the scale takes -> room that words need to the left and to the
            right of it.
        """
        n = max(len(names), 1)
        height = min((sheet.height - head - FOOT) / n, TALLEST)
        column = _column(names, sheet.width, height)
        left, right = column + SPACE, sheet.width - 0.12
        if spare is not None:
            left, right = _between(left, right, ends, spare)
        rows = cls(sheet, left, right, head, height, n, *ends)
        size = type_size(names, column, height)
        for k, name in enumerate(names):
            shade = rows.shade(k)
            sheet.box(0, rows.top + k * height, sheet.width, height, facecolor=shade, zorder=0)
            text, _ = fit(name, column, height, (size,))
            sheet.write(0.06, rows.y(k), text, size=size)
        return rows

    @property
    def bottom(self) -> float:
        """Lower edge of the last row."""
        return self.top + self.n * self.height

    def x(self, value: float) -> float:
        """Return where a value stands."""
        span = self.high - self.low
        share = (value - self.low) / span if span > 0 else 0.5
        return self.left + share * (self.right - self.left)

    def y(self, k: int) -> float:
        """Return the middle of a row."""
        return self.top + (k + 0.5) * self.height

    def shade(self, k: int) -> str:
        """Return the colour behind a row: every other one is shaded."""
        return PAPER if k % 2 else PALE

    def write(self, k: int, value: float, text: str, **look: Any) -> None:
        """Write beside a value, right or left of it; lines behind the words are covered."""
        behind = {"facecolor": self.shade(k), "edgecolor": "none", "pad": 1.0}
        x = self.x(value) + (-0.08 if look.get("ha") == "right" else 0.08)
        self.sheet.write(x, self.y(k), text, size=SMALL, bbox=behind, zorder=7, **look)

    def bar(self, k: int, start: float, end: float, *, thick: float, **look: Any) -> None:
        """Draw a bar from one value to another, as thick as a share of its row."""
        x0, x1 = sorted((self.x(start), self.x(end)))
        height = thick * self.height
        self.sheet.box(x0, self.y(k) - height / 2, x1 - x0, height, **look)

    def upright(self, value: float, **look: Any) -> None:
        """Draw a line at a value through all rows."""
        self.sheet.line([self.x(value)] * 2, [self.top - 0.04, self.bottom], **look)

    def whisker(self, k: int, low: float, high: float, shift: float = 0.0) -> None:
        """Draw an interval with caps, shifted down by inches from the middle of the row."""
        y, cap = self.y(k) + shift, min(0.13 * self.height, 0.05)
        x0, x1 = self.x(low), self.x(high)
        for xs, ys in (
            ((x0, x1), (y, y)),
            ((x0, x0), (y - cap, y + cap)),
            ((x1, x1), (y - cap, y + cap)),
        ):
            self.sheet.line(xs, ys, color=INK, linewidth=1.3, zorder=6)

    def axis(
        self, places: Sequence[float], texts: Sequence[str], name: str, *, grid: bool = True
    ) -> None:
        """Draw the scale below the rows, with as many numbers as have room, and its name."""
        y = self.bottom + 0.02
        self.sheet.line([self.left, self.right], [y, y], color=GREY)
        end = -1.0
        for place, text in zip(places, texts, strict=True):
            x, half = self.x(place), text_width(text, SMALL) / 2
            self.sheet.line([x, x], [y, y + 0.05], color=GREY)
            if grid:
                self.upright(place, color=LINE, linewidth=0.7, zorder=0.5)
            if x - half > end:
                self.sheet.write(x, y + 0.15, text, ha="center", size=SMALL, color=GREY)
                end = x + half + 0.08
        middle = (self.left + self.right) / 2
        wide = 2 * min(middle - 0.05, self.sheet.width - middle)
        text, size = fit(name, wide, line_height(BODY), (BODY, SMALL))
        self.sheet.write(middle, y + 0.42, text, ha="center", size=size)


def _column(names: Sequence[str], width: float, height: float) -> float:
    """Return the room for names: more of the width only where small type would be cut as well."""
    widest = max((text_width(name, LARGE) for name in names), default=0.0)
    usual, most = (min(widest, share * width) for share in (USUAL, MOST))
    if not _cut(names, usual, height, SMALL):
        return usual
    return min(most, max(text_width(name, SMALL) for name in names) + 0.15)


def _cut(names: Sequence[str], width: float, height: float, size: float) -> bool:
    return any("…" in fit(name, width, height, (size,))[0] for name in names)


def _between(
    left: float,
    right: float,
    ends: tuple[float, float],
    spare: Callable[[float], tuple[float, float]],
) -> tuple[float, float]:
    """Stretch the scale as far as the words at its sides leave room."""
    room, span = right - left, ends[1] - ends[0]
    for part in range(100, 34, -1):
        length = room * part / 100
        before, after = spare(length / span)
        if before + length + after <= room:
            break
    start = left + min(before, room - length)
    return start, start + length


def type_size(names: Sequence[str], width: float, height: float) -> float:
    """Return the largest type in which no name is cut, or else the smallest.

    Parameters
    ----------
    names
        Texts that are to look alike.
    width, height
        Room for each, in inches.
    """
    for size in (LARGE, BODY):
        if not _cut(names, width, height, size):
            return size
    return SMALL
