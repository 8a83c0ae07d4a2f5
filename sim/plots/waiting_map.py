"""The map of two parties' no-deal values: where some package is better for both, and where none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.equilibria.war.waiting_map import AHEAD, WaitingMap, best_given
from sim.plots.caption import READING, Caption, shortened
from sim.plots.style import (
    INK,
    LINE,
    PAPER,
    SMALL,
    Sheet,
    line_height,
    party_colour,
    wrap,
)
from sim.words import listed, percent, plain, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

MARGIN = (0.85, 0.62, 0.12)  # left, bottom, top, in inches
WORDS = 3.9
"""Width of the column of words, in inches."""

NONE_BETTER = "#ececec"
SEEN = 600
"""Draws that are shown at most; all of them are counted."""

FINE = 801
APART = 0.004
"""Lines closer to the boundary than this are not drawn."""

DASHES: Any = (0, (5, 2.4))


def waiting_map(ax: Axes, picture: WaitingMap) -> None:
    """Show the boundary, the values that the scenario holds possible, and where waiting pays.

    Parameters
    ----------
    ax
        Taken over whole.
    picture
        What the model ``waiting`` keeps.
    """
    sheet = Sheet.on(ax)
    left, bottom, top = MARGIN
    width, height = sheet.width - left - WORDS, sheet.height - bottom - top
    plane = sheet.ax.inset_axes(
        (left / sheet.width, bottom / sheet.height, width / sheet.width, height / sheet.height)
    )
    (x0, x1), (y0, y1) = _ends(picture)
    plane.set_xlim(x0, x1)
    plane.set_ylim(y0, y1)
    plane.set_facecolor(NONE_BETTER)
    for axis, ends, name in (
        (plane.xaxis, (x0, x1), picture.names[0]),
        (plane.yaxis, (y0, y1), picture.names[1]),
    ):
        places = ticks(*ends)
        axis.set_ticks(places, [plain(p) for p in places])
        axis.set_label_text(f"What no deal is worth to {shortened(name, 30)}")
    across = np.linspace(x0, x1, FINE)
    _boundaries(plane, picture, across, y0)
    _lines(plane, picture, (x0, x1), (y0, y1))
    _values(plane, picture)
    _words(sheet, picture, sheet.width - WORDS + 0.3)


def _ends(picture: WaitingMap) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the stretch of both axes: all drawn values, and the boundary near them."""
    seen = [picture.now[None], picture.drawn]
    stairs = picture.stairs[picture.reading]
    if len(stairs):
        corners = [best_given(stairs, k, picture.now[[1 - k]])[0] for k in (0, 1)]
        limits = [c if np.isfinite(c) else n for c, n in zip(corners, picture.now, strict=True)]
        seen.append(np.array([limits]))
    points = np.vstack(seen)
    low, high = points.min(axis=0), points.max(axis=0)
    space = np.maximum(0.12 * (high - low), 0.03)
    (x0, y0), (x1, y1) = (low - space).tolist(), (high + space).tolist()
    return (x0, x1), (y0, y1)


def _boundaries(plane: Axes, picture: WaitingMap, across: Floats, bottom: float) -> None:
    """Fill where some package is better for both; draw the boundary of every reading."""
    for reading, stairs in picture.stairs.items():
        if not len(stairs):
            continue
        edge = best_given(stairs, 1, across)
        if reading == picture.reading:
            inside = np.isfinite(edge)
            plane.fill_between(
                across[inside], bottom, edge[inside], facecolor=PAPER, edgecolor="none", zorder=1
            )
        corners = _corners(stairs, bottom)
        same = reading != picture.reading and _alike(stairs, picture.stairs[picture.reading])
        if not same:
            style: Any = "-" if reading == picture.reading else (0, (6, 3))
            plane.plot(*corners.T, color=INK, linewidth=2.2, linestyle=style, zorder=5)


def _alike(one: Floats, other: Floats) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other))


def _corners(stairs: Floats, bottom: float) -> Floats:
    """Return the boundary as a line: down from each corner, then across to the next."""
    rising = stairs[::-1]  # the first party's value rises, the second's falls
    start = np.array([[min(-10.0, rising[0, 0]), rising[0, 1]]])
    steps = np.repeat(rising, 2, axis=0)[:-1].copy()
    steps[1::2, 1] = rising[1:, 1]
    return np.vstack([start, steps, [[rising[-1, 0], min(bottom, -10.0)]]])


def _lines(
    plane: Axes, picture: WaitingMap, xs: tuple[float, float], ys: tuple[float, float]
) -> None:
    """Draw from where waiting pays, for each party and each length, where that is apart."""
    for party, ahead in drawn_lines(picture):
        ends = ys if party == 0 else xs
        other = np.linspace(*ends, FINE)
        own = picture.pays_from(party, other, ahead)
        own = np.where(np.isfinite(own), own, np.nan)
        both = (own, other) if party == 0 else (other, own)
        colour = party_colour(picture.places[party])
        plane.plot(*both, color=colour, linewidth=1.8, linestyle=DASHES, zorder=4)


def drawn_lines(picture: WaitingMap) -> Iterator[tuple[int, int]]:
    """Yield the party and the longest wait, where that makes a line apart from the boundary.

    Shorter waits jump up and down with every step of the boundary, which nobody could read.
    """
    (x0, x1), (y0, y1) = _ends(picture)
    for party, ends in ((0, (y0, y1)), (1, (x0, x1))):
        other = np.linspace(*ends, FINE)
        edge, ahead = best_given(picture.stairs[picture.reading], party, other), len(AHEAD) - 1
        known = np.isfinite(edge)
        gap = edge[known] - picture.pays_from(party, other, ahead)[known]
        if len(gap) and np.mean(np.minimum(gap, 1.0)) > APART:
            yield party, ahead


def _values(plane: Axes, picture: WaitingMap) -> None:
    """Draw the values of the draws, and the central ones."""
    shown = picture.drawn[:SEEN]
    plane.plot(
        shown[:, 0], shown[:, 1], "o", color="#56B4E9", markersize=3.2, alpha=0.55,
        markeredgewidth=0, zorder=2,
    )  # fmt: skip
    plane.plot(
        *picture.now, marker="D", color=INK, markersize=9, markeredgecolor=PAPER,
        markeredgewidth=1.4, zorder=7, linestyle="none",
    )  # fmt: skip


def _words(sheet: Sheet, picture: WaitingMap, x: float) -> None:
    """Say beside the plane what each mark is, in the order of what matters."""
    y = 0.25
    for look, text in _legend(picture):
        rows = wrap(text, WORDS - 0.95, SMALL, lines=6)
        n = rows.count("\n") + 1
        middle = y + line_height(SMALL) / 2
        if look.get("box"):
            sheet.box(x, y - 0.01, 0.4, 0.2, facecolor=look["box"], edgecolor=LINE, linewidth=1)
        elif "marker" in look:
            sheet.line([x + 0.2], [middle], linestyle="none", **look)
        elif look:
            sheet.line([x, x + 0.4], [middle, middle], **look)
        sheet.write(x + 0.52, y, rows, va="top", size=SMALL, color=INK)
        y += n * line_height(SMALL) + 0.17


def _legend(picture: WaitingMap) -> Iterator[tuple[dict[str, Any], str]]:
    first, second = picture.names
    share = _share(picture)
    yield {"box": PAPER}, f"Some package is better than no deal for {first} and {second}"
    yield {"box": NONE_BETTER}, f"None is: waiting would be rational for at least one{share}"
    if len(picture.stairs[picture.reading]):
        yield {"color": INK, "linewidth": 2.2}, f"The boundary, over all packages: {_kind(picture)}"
    for reading, stairs in picture.stairs.items():
        if reading == picture.reading:
            continue
        if not len(stairs):
            why = picture.nothing[reading]
            yield {}, f"With {READING[reading]} the whole map is grey: {why}"
        elif not _alike(stairs, picture.stairs[picture.reading]):
            look = {"color": INK, "linewidth": 2.2, "linestyle": (0, (6, 3))}
            yield look, f"The boundary with {READING[reading]}"
    for party, ahead in drawn_lines(picture):
        name, waiter = picture.names[party], picture.waiters[party]
        rounds = f"{AHEAD[ahead]} {picture.rounds}{'s' if AHEAD[ahead] > 1 else ''}"
        side = "right of it" if party == 0 else "above it"
        look = {
            "color": party_colour(picture.places[party]),
            "linewidth": 1.8,
            "linestyle": DASHES,
        }
        text = f"{side} {rounds} of waiting pay{'s' if AHEAD[ahead] == 1 else ''} for {name}"
        yield look, f"{text[0].upper()}{text[1:]} (patience {plain(waiter.patience, 3)})"
    x, y = picture.now
    look = {"marker": "D", "color": INK, "markersize": 8}
    yield look, f"Central values: {first} {plain(x)}, {second} {plain(y)}"
    if len(picture.drawn) and np.ptp(picture.drawn, axis=0).any():
        look = {"marker": "o", "color": "#56B4E9", "markersize": 5}
        yield look, f"{min(len(picture.drawn), SEEN):,} draws of what the file holds possible"


def _share(picture: WaitingMap) -> str:
    if not len(picture.drawn):
        return ""
    return f" ({percent(float(1 - picture.open_at(picture.drawn).mean()))} of the drawn pairs)"


def _kind(picture: WaitingMap) -> str:
    """Say under which red lines, and what others are held to."""
    held = listed([f"{name} at {plain(d)}" for name, d in picture.others.items()])
    return READING[picture.reading] + (f", {held}" if picture.others else "")


def caption(picture: WaitingMap) -> Caption:
    """Say what the map shows."""
    first, second = picture.names
    stairs = picture.stairs[picture.reading]
    others = f"; {listed(picture.others)} held to no deal" if picture.others else ""
    subtitle = f"Conditional on these inputs; central reading, {_kind(picture)}. {picture.title}."
    title = _title(picture, first, second)
    own = ""
    if picture.own is not None:
        none = percent(1 - picture.own)
        own = f" With each draw's own preferences and red lines none is in {none}."
    note = (
        "Every point is a pair of no-deal values; the boundary is exact for the central "
        f"preferences{others}. Where values drift, waiting is looked at with the central drift."
        f"{own} A map of what would have to hold; no claim about what anyone values, no forecast."
    )
    corners = _listed(stairs)
    alt = f"{title}. {subtitle} {corners} " + " ".join(text + "." for _, text in _legend(picture))
    return Caption(title, subtitle, note, alt)


def _title(picture: WaitingMap, first: str, second: str) -> str:
    stairs = picture.stairs[picture.reading]
    if not len(stairs):
        why = picture.nothing[picture.reading]
        return f"Under these red lines {why}: waiting would be rational at all values"
    limits = [best_given(stairs, k, picture.now[[1 - k]])[0] for k in (0, 1)]
    x, y = picture.now
    if not np.isfinite(limits).all():
        return "At the file's central values no package is better for both than no deal"
    if picture.open_at(picture.now[None])[0]:
        return (
            f"Waiting would be rational if no deal were worth more than {plain(limits[0])} to "
            f"{first} (in the file {plain(x)}) or {plain(limits[1])} to {second} ({plain(y)})"
        )
    return (
        f"Waiting would be rational unless no deal were worth at most {plain(limits[0])} to "
        f"{first} (in the file {plain(x)}) or {plain(limits[1])} to {second} ({plain(y)})"
    )


def _listed(stairs: Floats, most: int = 8) -> str:
    """Name some corners of the boundary in words."""
    if not len(stairs):
        return ""
    some: Sequence[int] = np.unique(np.linspace(0, len(stairs) - 1, most).astype(int)).tolist()
    corners = [f"({plain(stairs[k, 0])}, {plain(stairs[k, 1])})" for k in some]
    return f"The boundary runs through {', '.join(corners)}."
