"""A table of plan versions or issues against parties: the frame that several pictures share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.plots.caption import date_of, party_names
from sim.plots.style import (
    BODY,
    GREY,
    INK,
    LINE,
    SMALL,
    Sheet,
    line_height,
    party_colour,
    text_width,
    wrap,
)
from sim.scenario import Scenario
from sim.structure import Structure
from sim.words import name_of

GROUPS, NAME_LINE, CHIP = 0.27, 0.19, 0.13
"""Heights in inches in the head: whose consent is needed, a line of a name, the colour chip."""


@dataclass(frozen=True)
class Columns:
    """Where each party's column stands: those whose consent is required first, the others apart.

    Attributes
    ----------
    parties
        Columns of the parties, from left to right.
    lefts, width
        Left edge of each column, and how wide they all are, in inches.
    required
        How many of them come first because their consent is required.
    size
        Type size of the names.
    lines
        How many lines the longest name takes.
    """

    parties: tuple[int, ...]
    lefts: tuple[float, ...]
    width: float
    required: int
    size: float
    lines: int

    @classmethod
    def between(
        cls, structure: Structure, left: float, right: float, *, widest: float = 1.75
    ) -> Columns:
        """Share out the room between two edges."""
        needed = np.flatnonzero(structure.required).tolist()
        others = np.flatnonzero(~structure.required).tolist()
        apart = 0.3 if needed and others else 0.0
        n = len(needed) + len(others)
        width = min((right - left - apart) / n, widest)
        lefts = [left + k * width + (apart if k >= len(needed) else 0) for k in range(n)]
        words = [word for name in party_names(structure) for word in name.split()]
        fits = all(text_width(word, BODY, bold=True) <= width - 0.1 for word in words)
        size = BODY if fits else SMALL
        rows = [
            wrap(name, width - 0.1, size, lines=3, bold=True) for name in party_names(structure)
        ]
        lines = max(2, *(row.count("\n") + 1 for row in rows))
        return cls((*needed, *others), tuple(lefts), width, len(needed), size, lines)

    @property
    def foot(self) -> float:
        """Where the head ends and the rows begin."""
        return GROUPS + self.lines * NAME_LINE + CHIP

    @property
    def right(self) -> float:
        """Right edge of the last column."""
        return self.lefts[-1] + self.width

    def head(self, sheet: Sheet, structure: Structure, *, chips: bool = False) -> None:
        """Write the parties' names over their columns, and over these whose consent is required.

        ``chips`` underlines each name in the party's colour.
        """
        for captions, first, last in (
            (("consent required", "required"), 0, self.required),
            (("advisory: binds nothing", "advisory"), self.required, len(self.parties)),
        ):
            if last > first:
                left, right = self.lefts[first] + 0.04, self.lefts[last - 1] + self.width - 0.04
                fits = [c for c in captions if text_width(c, SMALL) <= right - left]
                text = (fits or captions[-1:])[0]
                sheet.write((left + right) / 2, 0.09, text, ha="center", size=SMALL, color=GREY)
                sheet.line([left, right], [0.22, 0.22], color=LINE)
        names = party_names(structure, self.parties)
        for party, name, left in zip(self.parties, names, self.lefts, strict=True):
            self.name(sheet, name, left, self.width)
            if chips:
                chip = (left + 0.06, self.foot - 0.07, self.width - 0.12, 0.05)
                sheet.box(*chip, facecolor=party_colour(party))

    def name(self, sheet: Sheet, text: str, left: float, width: float) -> None:
        """Write what a column is about, standing on its last line."""
        rows = wrap(text, width - 0.1, self.size, lines=self.lines, bold=True).split("\n")
        for k, row in enumerate(reversed(rows)):
            foot = self.foot - CHIP - 0.04 - k * NAME_LINE
            sheet.write(
                left + width / 2, foot, row, ha="center", va="baseline", size=self.size,
                weight="bold",
            )  # fmt: skip


def plan_label(
    sheet: Sheet, scenario: Scenario, plan: str, top: float, height: float, width: float
) -> None:
    """Write a plan version's title, and its date below where one line is left."""
    version = scenario.plans[plan]
    size = BODY if height >= 0.3 else SMALL
    title, date = name_of(version.title), date_of(version.date)
    two = height >= 2 * line_height(size)
    cut = wrap(title, width, size, lines=1) != title
    text = wrap(title, width, size, lines=2 if two and cut else 1)
    block = (text.count("\n") + 1) * line_height(size)
    first = block
    if date and height >= block + line_height(SMALL):
        block += line_height(SMALL)
        foot = top + (height + block) / 2 - line_height(SMALL) / 2
        sheet.write(0, foot, wrap(date, width, SMALL, lines=1), size=SMALL, color=GREY)
    middle = top + (height - block + first) / 2
    sheet.write(0, middle, text, size=size, color=INK, linespacing=1.05)
