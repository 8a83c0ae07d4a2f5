"""A graph model drawn: states, who can move between them, which moves pay, and what holds.

Every state is a box on a grid; `sim.plots.grid_layout` says which stands where.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.graph_model.sketch import MOST_DRAWN, Arrow, StateGraph
from sim.graph_model.stability import CONCEPTS, NAMES, Concept
from sim.plots.caption import Caption
from sim.plots.grid_layout import arrange
from sim.plots.style import (
    INK,
    LINE,
    PAPER,
    SMALL,
    TINY,
    Sheet,
    fit,
    line_height,
    party_colour,
    text_width,
    wrap,
)
from sim.words import capital, counted, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

HOLDS, PARTLY = "#d8daeb", "#f1f0f7"
"""Fill of a state that holds in every sense, and in some."""

DASHES: tuple[Any, ...] = ("solid", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)))
"""Movers are told apart by the line as well as by the colour."""

KEY = 0.62  # inches that the legend takes on top
APART = 0.1  # inches between the lines of two movers


def state_graph(ax: Axes, graph: StateGraph) -> None:
    """Show the states of a conflict and the moves between them.

    Parameters
    ----------
    ax
        Taken over whole.
    graph
        At most `MOST_DRAWN` states can be named legibly; of more, the picture says so.
    """
    sheet = Sheet.on(ax)
    if len(graph.names) > MOST_DRAWN or not graph.names:
        text = f"{counted(len(graph.names), 'state')}: more than a picture can name"
        sheet.write(0.1, 0.3, f"{text} (at most {MOST_DRAWN}). The answer lists them.")
        return
    _legend(sheet, graph)
    grid = _Grid.of(graph, sheet.width, sheet.height - KEY)
    spots = grid.spots()
    for (low, high), arrows in _pairs(graph).items():
        _draw_pair(sheet, grid, spots, (low, high), arrows, graph.columns)
    for k in range(len(graph.names)):
        _draw_box(sheet, grid, spots[k], graph, k)


def _pairs(graph: StateGraph) -> dict[tuple[int, int], list[Arrow]]:
    """Gather the moves between every two states."""
    found: dict[tuple[int, int], list[Arrow]] = {}
    for arrow in graph.arrows:
        ends = min(arrow.source, arrow.target), max(arrow.source, arrow.target)
        found.setdefault(ends, []).append(arrow)
    return found


@dataclass(frozen=True, eq=False)
class _Grid:
    """Cells for boxes, in inches from the top left corner of the sheet.

    Attributes
    ----------
    cells
        Middles of the cells, shape ``(n_cells, 2)``.
    box
        Width and height of a box.
    place
        The cell of every state.
    """

    cells: Floats
    box: tuple[float, float]
    place: NDArray[np.intp]

    @classmethod
    def of(cls, graph: StateGraph, width: float, height: float) -> _Grid:
        """Lay out a graph in a room of some size, with a few empty cells where lines need them."""
        n = len(graph.names)
        ends = np.array(sorted(_pairs(graph)), dtype=np.intp).reshape(-1, 2)
        tried = []
        for spare in (1.0, 1.25):
            cells, box = _cells(math.ceil(spare * n), width, height)
            place, hidden = arrange(n, ends, cells, box)
            tried.append((hidden, cls(cells, box, place)))
            if not hidden:
                break
        return min(tried, key=lambda each: each[0])[1]

    def spots(self) -> Floats:
        """Middles of the boxes, shape ``(n_states, 2)``."""
        found: Floats = self.cells[self.place]
        return found


def _cells(room: int, width: float, height: float) -> tuple[Floats, tuple[float, float]]:
    """Return the middles of at least so many cells, and the size of a box in one."""
    columns = max(2, math.ceil(math.sqrt(room * width / (height * 1.9))))
    rows = max(1, math.ceil(room / columns))
    across, down = width / columns, height / rows
    box = min(0.66 * across, 2.3), min(0.64 * down, 1.02)
    # neighbouring columns are shifted so that lines along a row do not run through boxes
    shift = 0.25 * (down - box[1])
    middles = [
        ((c + 0.5) * across, KEY + (r + 0.5) * down + (shift if c % 2 else -shift))
        for r in range(rows)
        for c in range(columns)
    ]
    return np.array(middles), box


def _draw_pair(
    sheet: Sheet,
    grid: _Grid,
    spots: Floats,
    ends: tuple[int, int],
    arrows: list[Arrow],
    columns: tuple[int, ...],
) -> None:
    """Draw the lines between two states, one for each mover, side by side."""
    movers = sorted({arrow.mover for arrow in arrows})
    start, end = spots[ends[0]], spots[ends[1]]
    side = np.array([start[1] - end[1], end[0] - start[0]])
    side = side / max(float(np.hypot(*side)), 1e-9)
    bend = _bend(grid, spots, ends, side)
    for k, mover in enumerate(movers):
        shift = side * APART * 1.6 * (k - (len(movers) - 1) / 2)
        line = _curve(start + shift, end + shift, bend * side)
        outside = ~(_within(line, start, grid.box, 0.03) | _within(line, end, grid.box, 0.03))
        line = line[outside]
        own = [arrow for arrow in arrows if arrow.mover == mover]
        pays = any(arrow.improves for arrow in own)
        colour = party_colour(columns[mover])
        look: Any = {
            "color": colour,
            "linewidth": 2.4 if pays else 1.1,
            "linestyle": DASHES[mover % len(DASHES)],
            "alpha": 1.0 if pays else 0.55,
            "zorder": 3 if pays else 2,
        }
        sheet.line(line[:, 0].tolist(), line[:, 1].tolist(), **look)
        for arrow in own:
            onward = line if arrow.target == ends[1] else line[::-1]
            _head(sheet, onward, colour, pays=arrow.improves)


def _curve(start: Floats, end: Floats, bend: Floats) -> Floats:
    """Return points along a line that is bent to one side, shape ``(n, 2)``."""
    t = np.linspace(0, 1, 200)[:, None]
    points: Floats = start + t * (end - start) + 4 * t * (1 - t) * bend
    return points


def _within(
    points: Floats, middle: Floats, box: tuple[float, float], more: float
) -> NDArray[np.bool_]:
    """Tell which points lie in the box around a state."""
    near = np.abs(points - middle) < np.array(box) / 2 + more
    inside: NDArray[np.bool_] = near[..., 0] & near[..., 1]
    return inside


def _bend(grid: _Grid, spots: Floats, ends: tuple[int, int], side: Floats) -> float:
    """Return by how many inches a line must be bent to run clear of the other boxes."""
    others = np.delete(spots, list(ends), axis=0)

    def hidden(bend: float) -> int:
        line = _curve(spots[ends[0]], spots[ends[1]], bend * side)
        return int(_within(line[:, None], others[None], grid.box, 0.05).sum())

    return min((0.0, 0.35, -0.35, 0.7, -0.7, 1.05, -1.05), key=lambda b: (hidden(b), abs(b)))


def _head(sheet: Sheet, line: Floats, colour: str, *, pays: bool) -> None:
    """Draw the head of an arrow: full where the move pays, small and hollow where it does not."""
    from matplotlib.patches import Polygon  # noqa: PLC0415

    tip, tail = line[-1], line[max(len(line) - 12, 0)]
    way = (tip - tail) / max(float(np.hypot(*(tip - tail))), 1e-9)
    side = np.array([-way[1], way[0]])
    length, half = (0.2, 0.085) if pays else (0.13, 0.055)
    base = tip - length * way
    sheet.ax.add_patch(
        Polygon(
            np.array([tip, base + half * side, base - half * side]),
            closed=True,
            facecolor=colour if pays else PAPER,
            edgecolor=colour,
            linewidth=1.0,
            zorder=4 if pays else 3.5,
        )
    )


def _draw_box(sheet: Sheet, grid: _Grid, spot: Floats, graph: StateGraph, k: int) -> None:
    """Draw one state: its name, what it is, in which senses it holds."""
    width, height = grid.box
    left, top = float(spot[0]) - width / 2, float(spot[1]) - height / 2
    held = graph.holds[k]
    fill = HOLDS if len(held) == len(CONCEPTS) else PARTLY if held else PAPER
    look: Any = {"edgecolor": INK if held else LINE, "linewidth": 2.2 if held else 1.0}
    sheet.box(left, top, width, height, facecolor=fill, zorder=5, **look)
    quo = " · status quo" if graph.status_quo == k else ""
    senses = _senses(held)
    most = int((height - 0.08) / line_height(SMALL)) - bool(senses)
    lines = min(most, 2) if graph.texts[k] else most
    named = graph.names[k] + quo
    tall = line_height(SMALL) * lines
    head, size = fit(named, width - 0.12, tall, (SMALL, TINY), bold=True)
    rows = [(row, size, True) for row in head.split("\n")]
    room = height - 0.08 - sum(line_height(size) for _, size, _ in rows)
    left_over = int((room - (line_height(TINY) if senses else 0)) / line_height(TINY))
    if graph.texts[k] and left_over > 0:
        said = wrap(graph.texts[k], width - 0.12, TINY, lines=left_over)
        rows += [(row, TINY, False) for row in said.split("\n")]
    if senses and room >= line_height(TINY):
        rows.append((senses, TINY, True))
    y = float(spot[1]) - sum(line_height(size) for _, size, _ in rows) / 2
    for text, size, bold in rows:
        y += line_height(size) / 2
        weight = "bold" if bold else "normal"
        sheet.write(float(spot[0]), y, text, ha="center", size=size, weight=weight, zorder=6)
        y += line_height(size) / 2


def _senses(held: tuple[Concept, ...]) -> str:
    """Name the senses in which a state holds, in a word."""
    if len(held) == len(CONCEPTS):
        return "holds"
    told: list[str] = [c for c in held if c != "GMR"] or [*held]  # the others imply it
    return "holds: " + ", ".join(told) if held else ""


def _legend(sheet: Sheet, graph: StateGraph) -> None:
    """Say which line is whose, and what thick lines and filled boxes mean."""
    x, y = 0.05, 0.12
    for k, party in enumerate(graph.parties):
        if not any(arrow.mover == k for arrow in graph.arrows):
            continue
        if x + 0.6 + text_width(party, SMALL) > sheet.width:
            x, y = 0.05, y + 0.22
        sheet.line(
            [x, x + 0.45], [y, y], color=party_colour(graph.columns[k]), linewidth=2.4,
            linestyle=DASHES[k % len(DASHES)],
        )  # fmt: skip
        sheet.write(x + 0.53, y, party, size=SMALL)
        x += 0.8 + text_width(party, SMALL)


def caption(graph: StateGraph) -> Caption:
    """Say what holds, and how to read the picture."""
    every = [k for k, held in enumerate(graph.holds) if len(held) == len(CONCEPTS)]
    some = [k for k, held in enumerate(graph.holds) if held and k not in every]
    title = graph.finding or _finding(graph, every, some)
    shown = len(graph.names)
    part = "" if shown == graph.states else f", {shown} of {graph.states:,} states shown"
    subtitle = f"{counted(len(graph.parties), 'party', 'parties')}{part}: {graph.title}."
    note = (
        "Thick line, full head: a move by which its mover gains. Thin line, hollow head: a move "
        "it can make and does not gain by. Framed and filled: stable for all; where only in some "
        "senses, those are named (SEQ: deterred by answers that pay; SMR, GMR: by any answers). "
        f"{graph.remark or 'Conditional on the preferences given'}; not a forecast."
    ).replace(".; not", ". Not")
    rows = [_row(graph, k) for k in range(min(shown, MOST_DRAWN))]
    return Caption(title, subtitle, note, f"{title}. {subtitle} {' '.join(rows)}")


def _finding(graph: StateGraph, every: list[int], some: list[int]) -> str:
    """Say which states hold, as the title."""

    def named(places: list[int]) -> str:
        # where states have names of their own, their titles read better than identifiers
        called = [f"“{graph.texts[k]}”" if "_" in graph.names[k] and graph.texts[k]
                  else graph.names[k] for k in places[:4]]  # fmt: skip
        few = listed(called)
        return few if len(places) < 5 else counted(len(places), "state")

    def begun(text: str) -> str:
        return capital(text) if " " in text.split(",", maxsplit=1)[0] else text

    if every:
        verb = "holds" if len(every) == 1 else "hold"
        more = f"; {named(some)} only in some" if some else ""
        return f"{begun(named(every))} {verb} for all in every sense{more}"
    if some:
        senses = [c for c in CONCEPTS if any(c in graph.holds[k] for k in some)]
        verb = "holds" if len(some) == 1 else "hold"
        words = listed([NAMES[c] for c in senses], "or")
        return f"{begun(named(some))} {verb} for all in the {words} sense"
    return "No state holds: from each, some party gains by moving away"


def _row(graph: StateGraph, k: int) -> str:
    moves = [
        f"{graph.parties[a.mover]} to {graph.names[a.target]}"
        + (f" ({graph.texts[a.target]})" if graph.names[a.target] == graph.names[k] else "")
        for a in graph.arrows
        if a.source == k and a.improves
    ]
    text = f" ({graph.texts[k]})" if graph.texts[k] else ""
    held = _senses(graph.holds[k]) or "does not hold"
    paying = f"; moves that pay: {', '.join(moves)}" if moves else ""
    return f"{graph.names[k]}{text}: {held}{paying}."
