"""Morris's screening: which inputs matter, and which of them push steadily.

Across is mu*, the mean size of what an input does over its whole range; up is sigma, how much that
differs from place to place. Numbers lead to the list beside the plane, which has the names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiment.labels import factor_label
from sim.experiment.study import Study
from sim.plots.answers import (
    MOST,
    Answer,
    Row,
    answer,
    in_title,
    interval,
    is_share,
    leads,
    not_shown,
    of_shares,
    said,
)
from sim.plots.caption import Caption
from sim.plots.labels import Label, place
from sim.plots.named_rows import type_size
from sim.plots.study_words import given
from sim.plots.style import (
    BODY,
    GREY,
    INK,
    SMALL,
    Sheet,
    fit,
    line_height,
    text_width,
    tick_texts,
)
from sim.words import capital, counted, decimals_for, percent, plain, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOT, GROUP = "#542788", "#b35806"
SLOPES = {1.0: "σ = μ*", 0.5: "σ = μ*/2"}
"""Beyond the first an effect differs more from place to place than it is large."""

WORDS, LEFT, TOP, FOOT, BESIDE = 5.3, 0.95, 0.32, 0.72, 0.85
NUMBERED = 0.2
"""Inputs with less than this share of the largest mu* are dots without a number."""

DOTS = 3
"""How many times as bad it is to cover a dot without a number as to cover a line."""

LITTLE = 0.1
"""Inputs with less than this share of the largest mu* hardly matter."""

LOWEST = 0.35
"""How far up the plane reaches at least, as a share of how far it reaches across."""


@dataclass(frozen=True)
class Plane:
    """Where values stand on the sheet, in inches."""

    sheet: Sheet
    right: float
    bottom: float
    widest: float
    tallest: float

    def x(self, value: float) -> float:
        """Return where a mu* stands."""
        return LEFT + value / self.widest * (self.right - LEFT)

    def y(self, value: float) -> float:
        """Return where a sigma stands."""
        return self.bottom - value / self.tallest * (self.bottom - TOP)


def morris_screening(ax: Axes, study: Study, *, outcome: str | None = None) -> None:
    """Show every input by the mean size of its effects and by how much they differ.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        An experiment with the analysis ``morris``.
    outcome
        Which one; by default whether there is a zone, or else the first with an answer.
    """
    found = answer(study, "morris", outcome)
    sheet, every = Sheet.on(ax), _sorted(found)
    widest = max(r["mean_size"] if r["high"] is None else r["high"] for r in every) * 1.03
    spreads = [r["spread"] for r in every if r["spread"] is not None]
    tallest = max(1.08 * max(spreads, default=0.0), LOWEST * widest)
    right = sheet.width - WORDS - BESIDE
    plane = Plane(sheet, right, sheet.height - FOOT, widest, tallest)
    _axes(plane, is_share(found.outcome))
    _slopes(plane)
    for row in every:
        _point(plane, row)
    _numbers(plane, every)
    _list(plane, study, every[:MOST], is_share(found.outcome))


def _sorted(found: Answer) -> list[Row]:
    return sorted(found.rows, key=lambda row: -row["mean_size"])


def _axes(plane: Plane, shares: bool) -> None:
    sheet = plane.sheet
    sheet.line([LEFT, plane.right], [plane.bottom] * 2, color=GREY)
    sheet.line([LEFT, LEFT], [TOP, plane.bottom], color=GREY)
    across, up = ticks(0.0, plane.widest), ticks(0.0, plane.tallest)
    for value, text in zip(across, _tick_texts(across, shares), strict=True):
        sheet.line([plane.x(value)] * 2, [plane.bottom, plane.bottom + 0.05], color=GREY)
        sheet.write(plane.x(value), plane.bottom + 0.17, text, ha="center", size=SMALL, color=GREY)
    for value, text in zip(up, _tick_texts(up, shares), strict=True):
        sheet.line([LEFT - 0.05, LEFT], [plane.y(value)] * 2, color=GREY)
        sheet.write(LEFT - 0.1, plane.y(value), text, ha="right", size=SMALL, color=GREY)
    middle = (LEFT + plane.right) / 2
    sheet.write(middle, plane.bottom + 0.48, "μ*: mean size of the effect", ha="center")
    sheet.write(0.12, (TOP + plane.bottom) / 2, "σ: how much it differs from place to place",
                ha="center", rotation=90)  # fmt: skip


def _tick_texts(values: list[float], shares: bool) -> list[str]:
    if shares:
        return tick_texts([100 * value for value in values], "\N{NO-BREAK SPACE}%")
    return tick_texts(values)


def _slopes(plane: Plane) -> None:
    """Draw the lines by which steady effects are told from others, named where they end."""
    for slope, text in SLOPES.items():
        end = min(plane.widest, plane.tallest / slope)
        xs, ys = [plane.x(0), plane.x(end)], [plane.y(0), plane.y(slope * end)]
        plane.sheet.line(xs, ys, color=GREY, linewidth=1.1, linestyle=(0, (5, 3)), zorder=1)
        if end < plane.widest:
            plane.sheet.write(xs[1], ys[1] - 0.14, text, ha="center", size=SMALL, color=GREY)
        else:
            plane.sheet.write(xs[1] + 0.06, ys[1], text, size=SMALL, color=GREY)


def _point(plane: Plane, row: Row) -> None:
    x, low, high = plane.x(row["mean_size"]), row["low"], row["high"]
    y = plane.y(row["spread"] or 0.0)
    if row["spread"] is None:
        plane.sheet.line([x, x], [y - 0.2, y + 0.02], color=GROUP, linewidth=4, zorder=5)
    else:
        look: Any = {"marker": "o", "markersize": 7, "color": DOT, "linestyle": "none", "zorder": 5}
        plane.sheet.line([x], [y], **look)
    if low is not None and high is not None:
        up = y - 0.1 if row["spread"] is None else y
        plane.sheet.line([plane.x(low), plane.x(high)], [up, up], color=INK, linewidth=1, zorder=4)


def _numbers(plane: Plane, every: list[Row]) -> None:
    """Put the rank of each input beside its point, so that none covers another."""
    largest = every[0]["mean_size"]
    told = [r for r in every[:MOST] if r["mean_size"] >= NUMBERED * largest]
    labels = [
        Label(str(k + 1), plane.x(r["mean_size"]) - LEFT, plane.bottom - _mark(plane, r), SMALL)
        for k, r in enumerate(told)
    ]
    whiskers = [
        (float(x) - LEFT, plane.bottom - _mark(plane, r))
        for r in told
        if r["low"] is not None and r["high"] is not None
        for x in np.arange(plane.x(r["low"]), plane.x(r["high"]), 0.1)
    ]
    dots = [(plane.x(r["mean_size"]) - LEFT, plane.bottom - _mark(plane, r)) for r in every]
    room = (plane.right - LEFT, plane.bottom - TOP)
    for spot in place(labels, room, lines=dots[len(told) :] * DOTS, faint=whiskers):
        x, y = LEFT + spot.x, plane.bottom - spot.y
        if spot.distance > 0.2:
            ends = [LEFT + spot.label.x, x], [plane.bottom - spot.label.y, y]
            plane.sheet.line(*ends, color=GREY, linewidth=0.7, zorder=2)
        plane.sheet.write(x, y, spot.label.text, ha="center", size=SMALL, zorder=6)


def _mark(plane: Plane, row: Row) -> float:
    """Return how far down the middle of a mark is; that of a group stands on the axis."""
    y = plane.y(row["spread"] or 0.0)
    return y - 0.1 if row["spread"] is None else y


def _list(plane: Plane, study: Study, shown: list[Row], shares: bool) -> None:
    """Name the inputs beside the plane, the largest mu* first."""
    sheet, x = plane.sheet, plane.sheet.width - WORDS + 0.1
    sheet.write(sheet.width, 0.08, "μ*", ha="right", size=SMALL, color=GREY)
    step = min((sheet.height - 0.24) / len(shown), 2 * line_height(BODY) + 0.1)
    room = WORDS - 0.5 - text_width("0.0000", SMALL)
    groups = {True: " (group)", False: ""}
    names = [
        capital(factor_label(study, row["input"])) + groups[row["spread"] is None] for row in shown
    ]
    size = min(type_size(names, room, step), BODY)
    sizes = [row["mean_size"] for row in shown]
    decimals = decimals_for(sizes)
    for k, name in enumerate(names):
        y = 0.24 + (k + 0.5) * step
        value = percent(sizes[k]) if shares else plain(sizes[k], decimals)
        text, _ = fit(name, room, step, (size,))
        numbered = sizes[k] >= NUMBERED * sizes[0]
        look = {"weight": "bold"} if numbered else {"color": GREY}
        sheet.write(x + 0.22, y, str(k + 1), ha="right", size=SMALL, **look)
        sheet.write(x + 0.34, y, text, size=size)
        sheet.write(sheet.width, y, value, ha="right", size=SMALL)


def caption(study: Study, *, outcome: str | None = None) -> Caption:
    """Say which input matters most, and how many hardly do."""
    found = answer(study, "morris", outcome)
    every, subtitle = _sorted(found), given(study)
    title = _title(study, found, every)
    groups = any(row["spread"] is None for row in every)
    dots = any(row["mean_size"] < NUMBERED * every[0]["mean_size"] for row in every)
    note = (
        "μ*: mean size of the change over the whole range of an input; whisker: "
        f"95\N{NO-BREAK SPACE}% interval, from {counted(every[0]['walks'], 'walk')}. Below the "
        "lower dashed line an input pushes steadily; above the upper one it bends, or hangs on "
        f"others.{found.gaps}{not_shown(len(every), 'have smaller effects')}"
        f"{' Groups have no σ: a stroke on the axis.' if groups else ''}"
        f"{' Without a number: less than a fifth of the largest.' if dots else ''}"
        f"{of_shares(study)}"
    )
    told = "; ".join(_told(study, row) for row in every)
    return Caption(title, subtitle, note, f"{title}. {subtitle} {told}.{found.gaps}")


def _title(study: Study, found: Answer, every: list[Row]) -> str:
    what, largest = capital(said(study, found.outcome)), every[0]["mean_size"]
    little = sum(row["mean_size"] < LITTLE * largest for row in every)
    size = plain(largest, decimals_for(largest))
    if is_share(found.outcome):
        size = f"{100 * largest:.0f} percentage points"
    rest = f"; {little} of {counted(len(every), 'input')} hardly matter" if little else ""
    rest += "s" if little == 1 else ""
    most = in_title(study, every[0]["input"])
    changes = "changes" if leads(every, "low", "high") else "seems to change"
    return f"{what} {changes} most with {most}: by {size} on average over its range{rest}"


def _told(study: Study, row: Row) -> str:
    spread = "no sigma" if row["spread"] is None else f"sigma {plain(row['spread'])}"
    size = f"mu* {plain(row['mean_size'])}{interval(row['low'], row['high'])}"
    return f"{factor_label(study, row['input'])}: {size}, {spread}"
