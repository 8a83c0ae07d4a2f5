"""Every case as a line over one axis for each thing that varies, those of interest in front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.labels import factor_label
from sim.experiment.study import Study
from sim.plots.answers import in_title
from sim.plots.caption import Caption
from sim.plots.factor_values import FactorValues
from sim.plots.parallel_lines import BAND, SEED, ParallelLines, parallel_lines
from sim.plots.study_words import given
from sim.plots.style import (
    ABOVE,
    GREY,
    INK,
    MARGIN,
    PAPER,
    SLIDE,
    SMALL,
    Sheet,
    line_height,
    text_width,
    wrap,
)
from sim.words import capital, counted, listed, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

OTHERS = "#e08214"
"""Colour of the cases that are not of interest: orange, as on the scale of signs."""

KEY, ENDS, FOOT = 0.4, 0.3, 0.34
"""Room for what the colours are, and for a value above and below each axis, in inches."""

SIDE, BETWEEN = 0.62, 0.14
"""Room left of the first axis and right of the last, and between names, in inches."""

WIDTH = SLIDE[0] - 2 * MARGIN
LINES, WIDEST = 5, 2.4
"""Lines that the name of an axis takes at most, and its greatest width in inches."""

TELLING = 0.12
"""A difference of medians, as a share of the range, or of shares, that the title tells of."""

MIDDLE = (0.25, 0.75)

FAINT = 90.0
"""Lines are drawn the fainter, the more there are beyond this number."""


def parallel_coordinates(ax: Axes, study: Study, *, outcome: str | None = None) -> None:
    """Show all cases as lines over what varies, those in which an outcome holds in front.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        What was run.
    outcome
        A column of the table of outcomes; left out, the one that the experiment asks about
        (`discovery`), or else the chance of a zone.
    """
    found = parallel_lines(study, outcome, _fit)
    sheet = Sheet.on(ax)
    n = len(found.factors)
    step = (sheet.width - 2 * SIDE) / max(n - 1, 1)
    names = _names([factor.label for factor in found.factors], step)
    rows = max(name.count("\n") + 1 for name in names)
    top = KEY + 0.1 + rows * line_height(SMALL) + ENDS
    bottom = sheet.height - FOOT
    xs = [SIDE + k * step for k in range(n)] if n > 1 else [sheet.width / 2]
    _lines(sheet, found, xs, (top, bottom))
    for x, factor, name in zip(xs, found.factors, names, strict=True):
        half = max(text_width(line, SMALL) for line in name.split("\n")) / 2
        middle = min(max(x, half), sheet.width - half)
        sheet.write(middle, top - ENDS + 0.03, name, ha="center", va="bottom", size=SMALL)
        _axis(sheet, factor, x, min(step, WIDEST), (top, bottom))
    _key(sheet, found)


def _names(labels: Sequence[str], step: float) -> list[str]:
    width = min(step, WIDEST) - BETWEEN
    return [wrap(capital(label), width, SMALL, lines=LINES) for label in labels]


def _fit(labels: Sequence[str]) -> bool:
    """Tell whether the names of axes have room on a slide without being cut."""
    step = (WIDTH - 2 * SIDE) / max(len(labels) - 1, 1)
    return not any("…" in name for name in _names(labels, step))


def _lines(sheet: Sheet, found: ParallelLines, xs: list[float], room: tuple[float, float]) -> None:
    """Draw the cases that are not of interest, then those that are."""
    from matplotlib.collections import LineCollection  # noqa: PLC0415

    top, bottom = room
    heights = bottom - found.heights() * (bottom - top)
    ours = found.interest.cases[found.drawn]
    width = 1.4 if len(ours) < FAINT else 0.8
    for kind, colour, order in ((~ours, OTHERS, 2), (ours, ABOVE, 3)):
        paths = [np.column_stack([xs, row]) for row in heights[kind]]
        alpha = min(0.75, max(0.1, FAINT / max(len(paths), 1)))
        sheet.ax.add_collection(
            LineCollection(paths, colors=colour, linewidths=width, alpha=alpha, zorder=order)
        )


def _axis(
    sheet: Sheet, factor: FactorValues, x: float, width: float, room: tuple[float, float]
) -> None:
    """Draw an axis with its values: levels beside it, else both ends, and the median if uneven."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415

    top, bottom = room
    sheet.line([x, x], [top, bottom], color=INK, linewidth=1.6, zorder=5)
    halo: Any = {"path_effects": [withStroke(linewidth=3.5, foreground=PAPER)], "zorder": 7}
    last = x > sheet.width - SIDE - 0.01
    side = {"ha": "right" if last else "left", "size": SMALL} | halo
    beside = x + (-0.08 if last else 0.08)
    if not factor.levels:
        for value, y in ((factor.high, top - 0.13), (factor.low, bottom + 0.15)):
            sheet.write(x, y, factor.name(value), ha="center", size=SMALL, color=GREY)
        if not factor.evenly:
            median = factor.name(float(np.median(factor.values)))
            sheet.write(beside, (top + bottom) / 2, median, **side)
        return
    apart = (bottom - top) / len(factor.levels)
    lines = min(max(int(0.9 * apart / line_height(SMALL)), 1), 3)
    for k, level in enumerate(factor.levels):
        text = wrap(level, width - 0.2, SMALL, lines=lines)
        band = [bottom - (k + 0.5 + part) * apart for part in (-BAND, BAND)]
        sheet.line([x, x], band, color=INK, linewidth=4.5, zorder=5)
        sheet.write(beside, bottom - (k + 0.5) * apart, text, **side)


def _key(sheet: Sheet, found: ParallelLines) -> None:
    """Say above the axes what the colours are, with how many cases there are of each."""
    others = len(found.shown.outcome.known) - found.n_interest
    words = (
        (ABOVE, f"{capital(found.interest.words)}: {counted(found.n_interest, 'case')}"),
        (OTHERS, f"Not so: {counted(others, 'case')}"),
    )
    x, room = 0.0, 0.72 * sheet.width
    for colour, text in words:
        sheet.line([x, x + 0.4], [0.12, 0.12], color=colour, linewidth=3)
        shown = wrap(text, room, SMALL, lines=1)
        sheet.write(x + 0.5, 0.12, shown, va="center_baseline", size=SMALL)
        x += 0.9 + text_width(shown, SMALL)


def caption(study: Study, *, outcome: str | None = None) -> Caption:
    """Say what the lines show."""
    found = parallel_lines(study, outcome, _fit)
    title, subtitle = _title(study, found), given(study)
    rows = " ".join(_rows(found))
    alt = f"{title}. {subtitle} {rows}"
    return Caption(title, subtitle, _note(study, found), alt)


def _title(study: Study, found: ParallelLines) -> str:
    n, of = found.n_interest, len(found.shown.outcome.known)
    head = f"{capital(found.interest.words)} in {n:,} of {counted(of, 'case')}"
    if n in (0, of):
        return head
    told = [text for factor in found.factors[:4] if (text := _difference(study, found, factor))]
    return f"{head}: more often with {listed(told[:2])}" if told else f"{head}, all over the ranges"


def _difference(study: Study, found: ParallelLines, factor: FactorValues) -> str:
    """Say where the cases of interest lie on an axis, if not where all others do."""
    ours = found.interest.cases
    others = found.shown.outcome.defined & ~ours
    name = in_title(study, factor.path)
    if factor.ordered:
        one, other = float(np.median(factor.values[ours])), float(np.median(factor.values[others]))
        if abs(one - other) < TELLING * max(factor.high - factor.low, 1e-12):
            return ""
        way = "low" if one < other else "high"
        if factor.levels:
            return f"{name} {way}"
        return f"{name} {way} (median {factor.name(one)}, else {factor.name(other)})"
    best = int(np.nanargmax(_shares(found, factor)))
    there = factor.values == best
    known = found.shown.outcome.defined
    one, other = (float(ours[known & k].mean()) for k in (there, ~there))
    if one - other < TELLING:
        return ""
    return f"{name} {factor.levels[best]} ({percent(one)} of cases, else {percent(other)})"


def _shares(found: ParallelLines, factor: FactorValues) -> Floats:
    """Return the share of cases of interest at each level, NaN where no case is."""
    known = found.shown.outcome.defined
    places, n = factor.values.astype(np.intp), len(factor.levels)
    counts = np.bincount(places[known], minlength=n)
    ours = np.bincount(places[found.interest.cases], minlength=n)
    return np.where(counts > 0, ours / np.maximum(counts, 1), np.nan)


def _note(study: Study, found: ParallelLines) -> str:
    total, drawn = len(found.shown.outcome.known), len(found.drawn)
    lines = "A line is a case"
    if drawn < total:
        lines += (
            f"; drawn are {drawn:,} of {total:,}, chosen at random (seed {SEED}): "
            f"{found.n_drawn:,} of {found.n_interest:,} of interest"
        )
    gone = found.shown.outcome.undefined
    missing = f" {counted(gone, 'case')} without a value left out." if gone else ""
    band = ""
    if any(factor.levels for factor in found.factors):
        band = " Where few values are taken, cases are spread out round each."
    if any(not factor.levels and not factor.evenly for factor in found.factors):
        band += " Ranges that are filled unevenly are stretched; the number halfway is the median."
    rest = _others(study, found.left_out)
    return (
        f"{lines}. From the left those that matter most, by {found.measure}.{band}{rest}{missing}"
    )


def _others(study: Study, paths: tuple[str, ...]) -> str:
    if not paths:
        return ""
    names = [factor_label(study, path) for path in paths[:3]]
    more = [counted(len(paths) - 3, "more", "more")] if len(paths) > 3 else []
    return f" Without an axis: {listed(names + more)}."


def _rows(found: ParallelLines) -> Iterator[str]:
    """Yield for each axis where the cases of interest lie, and where the others."""
    ours = found.interest.cases
    others = found.shown.outcome.defined & ~ours
    for factor in found.factors:
        if factor.levels:
            shares = _shares(found, factor)
            cells = [
                f"{level} {percent(float(share)) if np.isfinite(share) else 'no case'}"
                for level, share in zip(factor.levels, shares, strict=True)
            ]
            yield f"{capital(factor.label)}, share of interest: {', '.join(cells)}."
        else:
            some = [
                f"{name} {_middle(factor, kind)}"
                for name, kind in (("of interest", ours), ("others", others))
                if kind.any()
            ]
            yield (
                f"{capital(factor.label)}, from {factor.name(factor.low)} to "
                f"{factor.name(factor.high)}, middle half: {', '.join(some)}."
            )


def _middle(factor: FactorValues, kind: NDArray[np.bool_]) -> str:
    """Say between which values the middle half of some cases lies."""
    return " to ".join(factor.name(value) for value in np.quantile(factor.values[kind], MIDDLE))
