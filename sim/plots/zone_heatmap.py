"""The chance of a zone, or any other outcome, over two of the things that vary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiment.design import written
from sim.experiment.study import Study
from sim.plots.answers import in_title
from sim.plots.caption import Caption
from sim.plots.factor_cells import FactorCells
from sim.plots.outcome_grid import OutcomeGrid, outcome_grid
from sim.plots.study_words import given
from sim.plots.style import (
    BODY,
    GREY,
    INK,
    LINE,
    PALE,
    PAPER,
    SMALL,
    Sheet,
    ink_on,
    line_height,
    text_width,
    wrap,
)
from sim.words import capital, counted, listed, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WORDS, GAP, WIDEST = 3.1, 0.4, 1.9
"""Width of the column of words, the space before it, the widest name on the left, in inches."""

BELOW, ABOVE = 0.66, 0.2
"""Room under the plane for its axis, and above it for the mark of the scenario, in inches."""

LINES = 3
"""Lines that the name of a value takes at most; that of a side takes two."""

MARK = 0.085  # half the width of a mark, in inches
BAR = (0.32, 0.62)  # width of the colour bar in inches, its share of the height
SHADES = 96
HATCH = "////"

EXACT = ("full", "one_at_a_time")
"""Designs that move one side while all else is the same, so that no difference is by chance."""

FLAT = 0.1
"""A side that moves the mean by less than this share of all differences is not told of."""

FEW_CASES = 20

TREND = 0.75
"""Means along a side whose correlation with their place exceeds this rise or fall."""


def zone_heatmap(
    ax: Axes,
    study: Study,
    *,
    x: str | None = None,
    y: str | None = None,
    outcome: str | None = None,
) -> None:
    """Show the chance of a zone, or the mean of another outcome, over two things that vary.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        What was run.
    x, y
        Paths of what varies; left out, those that matter most.
    outcome
        A column of the table of outcomes; left out, the chance of a zone.
    """
    grid = outcome_grid(study, x, y, outcome)
    sheet = Sheet.on(ax)
    left, right = _left(grid.y, sheet.height), GAP + WORDS + 2 * MARK
    width = sheet.width - left - right
    names = _names(grid.x, width / grid.x.n - 0.1)
    below = BELOW + (_rows(names) - 1) * line_height(SMALL)
    below += (_side_name(grid.x, width).count("\n")) * line_height(BODY)
    height = sheet.height - below - ABOVE
    plane = sheet.ax.inset_axes(
        (left / sheet.width, below / sheet.height, width / sheet.width, height / sheet.height)
    )
    _cells(plane, grid)
    _edge(plane, grid)
    _axes(plane, grid, (width, height), left)
    _own(sheet, grid, (left, ABOVE, width, height))
    _words(sheet, grid, sheet.width - WORDS)


def _left(side: FactorCells, height: float) -> float:
    """Return the room that the names on the left need."""
    names = _names(side, WIDEST, _lines(side, height))
    widest = max(text_width(line, SMALL) for name in names for line in name.split("\n"))
    return widest + 0.4 + _rows([_side_name(side, 0.9 * height)]) * line_height(BODY)


def _names(side: FactorCells, width: float, lines: int = LINES) -> list[str]:
    """Return what is written along a side, in as many lines as names take.

    Where names are cut and then look alike, keys take their place.
    """
    if not side.factor.levels:
        return [text for _, text in side.ticks(0.0)]
    names = [wrap(text, width, SMALL, lines=lines) for text in side.factor.levels]
    if len(set(names)) < len(names):
        keys = (written(setting) for setting in side.factor.settings)
        names = [wrap(key, width, SMALL, lines=lines) for key in keys]
    return names


def _lines(side: FactorCells, height: float) -> int:
    """Return how many lines beside a cell do not touch those of the next."""
    cell = (height - BELOW - ABOVE) / side.n
    return min(max(int(cell / line_height(SMALL)), 1), LINES)


def _rows(texts: Sequence[str]) -> int:
    return max(text.count("\n") + 1 for text in texts)


def _side_name(side: FactorCells, length: float) -> str:
    return wrap(capital(side.factor.label), length, BODY, lines=2)


def _cells(plane: Axes, grid: OutcomeGrid) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    for (j, i), value in np.ndenumerate(grid.means):
        look: Any = {"facecolor": PALE, "edgecolor": LINE, "hatch": HATCH, "linewidth": 0}
        if grid.counts[j, i]:
            colour = grid.colour(float(value))
            look = {"facecolor": colour, "edgecolor": PAPER, "linewidth": 0.8}
            plane.text(
                i + 0.5, j + 0.5, grid.write(float(value)), ha="center", va="center",
                size=SMALL, color=ink_on(colour),
            )  # fmt: skip
        plane.add_patch(Rectangle((i, j), 1, 1, **look))


def _edge(plane: Axes, grid: OutcomeGrid) -> None:
    """Draw where the verdict turns, along the sides of cells: nothing is read between them."""
    from matplotlib.collections import LineCollection  # noqa: PLC0415

    lines = edge_lines(grid)
    for width, colour in ((4.6, PAPER), (2.4, INK)):
        plane.add_collection(
            LineCollection(lines, colors=colour, linewidths=width, capstyle="round", zorder=4)
        )


def edge_lines(grid: OutcomeGrid) -> list[list[tuple[int, int]]]:
    """Return the sides of cells across which the mean passes the value where the verdict turns."""
    turns, n_y, n_x = grid.shown.turns, grid.y.n, grid.x.n
    if turns is None:
        return []
    yes, known = grid.means >= turns, grid.counts > 0
    upright = [
        [(i + 1, j), (i + 1, j + 1)]
        for j in range(n_y)
        for i in range(n_x - 1)
        if known[j, i] and known[j, i + 1] and yes[j, i] != yes[j, i + 1]
    ]
    level = [
        [(i, j + 1), (i + 1, j + 1)]
        for j in range(n_y - 1)
        for i in range(n_x)
        if known[j, i] and known[j + 1, i] and yes[j, i] != yes[j + 1, i]
    ]
    return upright + level


def _axes(plane: Axes, grid: OutcomeGrid, size: tuple[float, float], left: float) -> None:
    plane.set_xlim(0, grid.x.n)
    plane.set_ylim(0, grid.y.n)
    for spine in plane.spines.values():
        spine.set_visible(False)
    names = (
        _names(grid.x, size[0] / grid.x.n - 0.1),
        _names(grid.y, WIDEST, _lines(grid.y, size[1] + BELOW + ABOVE)),
    )
    for axis, side, length, apart, named in zip(
        (plane.xaxis, plane.yaxis), (grid.x, grid.y), size, (0.62, 0.26), names, strict=True
    ):
        marks = side.ticks(apart * side.n / length)
        texts = named if side.factor.levels else [text for _, text in marks]
        axis.set_ticks([place for place, _ in marks], texts)
        axis.set_label_text(_side_name(side, (1.0 if axis is plane.xaxis else 0.9) * length))
        axis.set_tick_params(length=0 if side.factor.levels else 4)
    plane.yaxis.set_label_coords(-(left - 0.06) / size[0], 0.5)
    plane.yaxis.label.set_verticalalignment("top")


def _own(sheet: Sheet, grid: OutcomeGrid, place: tuple[float, float, float, float]) -> None:
    """Mark outside the plane where the scenario itself lies, so that no number is covered."""
    left, top, width, height = place
    x, y = grid.x.own, grid.y.own
    if x is not None:
        at = left + width * x / grid.x.n
        _triangle(sheet, [(at, top - 0.03), (at - MARK, top - 0.17), (at + MARK, top - 0.17)])
    if y is not None:
        at, right = top + height * (1 - y / grid.y.n), left + width
        _triangle(sheet, [(right + 0.03, at), (right + 0.17, at - MARK), (right + 0.17, at + MARK)])


def _triangle(sheet: Sheet, corners: list[tuple[float, float]]) -> None:
    from matplotlib.patches import Polygon  # noqa: PLC0415

    sheet.ax.add_patch(Polygon(corners, closed=True, facecolor=INK, edgecolor="none"))


def _words(sheet: Sheet, grid: OutcomeGrid, x: float) -> None:
    """Draw the colour bar with its name above it, and what the marks are below it."""
    head = wrap(capital(grid.shown.what), WORDS, BODY, lines=4, bold=True)
    rows = head.count("\n") + 1
    sheet.write(x, 0.05, head, va="top", weight="bold")
    top = 0.05 + rows * line_height(BODY) + 0.18
    legend = [(look, wrap(text, WORDS - 0.6, SMALL, lines=4)) for look, text in _legend(grid)]
    below = sum((text.count("\n") + 1) * line_height(SMALL) + 0.14 for _, text in legend)
    bottom = max(sheet.height - below - 0.25, top + 1.0)
    _bar(sheet, grid, x, (top, min(bottom, top + BAR[1] * sheet.height)))
    y = sheet.height - below
    for look, text in legend:
        n = text.count("\n") + 1
        middle = y + line_height(SMALL) / 2
        if look == "edge":
            sheet.line([x, x + 0.4], [middle, middle], color=INK, linewidth=2.4)
        elif look == "empty":
            sheet.box(x, y - 0.02, 0.4, 0.2, facecolor=PALE, edgecolor=LINE, hatch=HATCH)
        else:
            corners = [(x + 0.2, middle + 0.07)]
            corners += [(x + 0.2 - MARK, middle - 0.07), (x + 0.2 + MARK, middle - 0.07)]
            _triangle(sheet, corners)
        sheet.write(x + 0.55, y, text, va="top", size=SMALL)
        y += n * line_height(SMALL) + 0.14


def _bar(sheet: Sheet, grid: OutcomeGrid, x: float, room: tuple[float, float]) -> None:
    (low, high), (top, bottom) = grid.ends, room
    step = (bottom - top) / SHADES
    for k in range(SHADES):
        colour = grid.colour(high - (k + 0.5) / SHADES * (high - low))
        sheet.box(x, top + k * step, BAR[0], 1.02 * step, facecolor=colour)
    shown = ticks(low, high) if high > low else [low]
    for value in shown:
        y = bottom - (value - low) / (high - low) * (bottom - top) if high > low else bottom
        sheet.line([x + BAR[0], x + BAR[0] + 0.07], [y, y], color=GREY)
        sheet.write(x + BAR[0] + 0.14, y, grid.write(value), size=SMALL, color=GREY)


def _legend(grid: OutcomeGrid) -> Iterator[tuple[str, str]]:
    if edge_lines(grid) and grid.shown.turns is not None:
        yield "edge", f"Where the mean passes {grid.write(grid.shown.turns)}"
    empty = int((grid.counts == 0).sum())
    if empty:
        yield "empty", f"{counted(empty, 'cell')} without a case"
    own = [
        f"{side.factor.own_label if side.factor.ordered else f'“{side.factor.own_label}”'} {way}"
        for side, way in ((grid.x, "across"), (grid.y, "upwards"))
        if side.own is not None
    ]
    if own:
        yield "own", f"In the scenario's file: {listed(own)}"


def caption(
    study: Study, *, x: str | None = None, y: str | None = None, outcome: str | None = None
) -> Caption:
    """Say what the heatmap shows."""
    grid = outcome_grid(study, x, y, outcome)
    title = _title(study, grid)
    subtitle = given(study)
    alt = f"{title}. {subtitle} {' '.join(_in_words(grid))} " + " ".join(
        f"{text}." for _, text in _legend(grid)
    )
    return Caption(title, subtitle, _note(study, grid), alt)


def _title(study: Study, grid: OutcomeGrid) -> str:
    what, known = capital(grid.shown.what), grid.known
    if np.ptp(known) <= 1e-12:
        sides = listed(in_title(study, side.factor.path) for side in (grid.x, grid.y))
        return f"{what}: {grid.write(known[0])} throughout, whatever {sides}"
    clauses = [clause for side in (grid.x, grid.y) if (clause := _clause(study, grid, side))]
    still = [s for s in (grid.x, grid.y) if not _clause(study, grid, s)]
    if still:
        overall = grid.write(float(grid.shown.outcome.known.mean()))
        sides = listed([in_title(study, side.factor.path) for side in still])
        clauses.append(f"about {overall} whatever {sides}")
    return f"{what}: {'; '.join(clauses)}"


def _clause(study: Study, grid: OutcomeGrid, side: FactorCells) -> str:
    """Say what one side does, the other as it comes; nothing where that is not clear."""
    means, label = grid.along(side), in_title(study, side.factor.path)
    there = np.flatnonzero(np.isfinite(means))
    low, high = int(there[np.argmin(means[there])]), int(there[np.argmax(means[there])])
    bottom, top = (grid.write(float(means[k])) for k in (low, high))
    exact = study.design.name in EXACT and not study.design.cut_short
    flat = means[high] - means[low] < FLAT * np.ptp(grid.known)
    if flat or bottom == top or not (exact or grid.tells(side)):
        return ""
    trend = float(np.corrcoef(there, means[there])[0, 1]) if side.factor.ordered else 0.0
    if abs(trend) > TREND:
        first, last = (grid.write(float(means[k])) for k in (there[0], there[-1]))
        way = "falls" if trend < 0 else "rises"
        levels = side.factor.levels
        if levels and all(isinstance(v, float | int) and v <= 0 for v in side.factor.settings):
            # an amount taken off is read from nothing to most
            way = "rises" if trend < 0 else "falls"
            return f"{way} from {last} to {first} as {label} goes from {levels[-1]} to {levels[0]}"
        ends = f" from {levels[there[0]]} to {levels[there[-1]]}" if levels else ""
        return f"{way} from {first} to {last} as {label} rises{ends}"
    return f"from {bottom} ({side.name(low)}) to {top} ({side.name(high)}) by {label}"


def _note(study: Study, grid: OutcomeGrid) -> str:
    least, most = (int(n) for n in (grid.counts[grid.counts > 0].min(), grid.counts.max()))
    per = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    others = [
        path
        for path, column in study.settings.items()
        if path not in (grid.x.factor.path, grid.y.factor.path)
        and any(value != column[0] for value in column)
    ]
    rest = f"; {counted(len(others), 'other factor')} as the design spreads them" if others else ""
    gone = grid.shown.outcome.undefined
    missing = f" {counted(gone, 'case')} without a value left out." if gone else ""
    chosen = f" The two that matter most, by {grid.measure}." if grid.measure else ""
    mean = "Share of the cases" if grid.shown.truth else "Mean over the cases"
    uncertain = least < FEW_CASES and study.design.name not in EXACT
    few = " Cells with few cases are uncertain." if uncertain else ""
    shown = f"{mean} in each cell, {per} in each" if most > 1 else "One case in each cell"
    return f"{shown}{rest}.{few}{missing}{chosen}"


def _in_words(grid: OutcomeGrid) -> Iterator[str]:
    for j in range(grid.y.n):
        cells = [
            f"{grid.x.name(i)}: {grid.write(float(grid.means[j, i]))} of "
            f"{counted(int(grid.counts[j, i]), 'case')}"
            if grid.counts[j, i]
            else f"{grid.x.name(i)}: no case"
            for i in range(grid.x.n)
        ]
        yield (
            f"Where {grid.y.factor.label} is {grid.y.name(j)}, by {grid.x.factor.label}: "
            f"{'; '.join(cells)}."
        )
