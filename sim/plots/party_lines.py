"""Lines over time, one for each party, each named at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.equilibria import Setting
from sim.plots.style import (
    GREY,
    PAPER,
    SMALL,
    line_height,
    party_colour,
    tick_texts,
    wrap,
)
from sim.words import ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASHES = (
    "solid",
    (0, (6, 1.5)),
    (0, (3, 1.2)),
    (0, (1.5, 1)),
    (0, (6, 1, 1, 1)),
    (0, (8, 2, 2, 2)),
)
"""Lines are told apart by colour and by how they are broken."""

NAMES = 1.6
"""Room right of the lines for the names of the parties, in inches."""

MARKS = ("o", "s", "^", "D", "v", "P")


def named_at_the_end(
    ax: Axes, x: float, heights: Sequence[float], texts: Sequence[str], columns: Sequence[int]
) -> None:
    """Write texts right of a line's end, moved up or down where they would cover each other.

    Parameters
    ----------
    x
        Where the lines end, in data units.
    heights, texts, columns
        Where each line ends, what is written there, and whose colour it has.
    """
    texts = [wrap(text, NAMES - 0.2, SMALL, lines=2, bold=True) for text in texts]
    low, high = ax.get_ylim()
    figure = ax.get_figure(root=True)
    assert figure is not None  # axes are always made by a figure
    inches = ax.get_window_extent().height / figure.dpi
    lines = [text.count("\n") + 1 for text in texts]
    tall = [n * line_height(SMALL) * (high - low) / inches for n in lines]
    order = sorted(range(len(texts)), key=lambda k: heights[k])
    places: dict[int, float] = {}
    floor = low
    for k in order:
        places[k] = max(heights[k], floor + tall[k] / 2)
        floor = places[k] + tall[k] / 2
    ceiling = high
    for k in reversed(order):
        places[k] = min(places[k], ceiling - tall[k] / 2)
        ceiling = places[k] - tall[k] / 2
    for k, text in enumerate(texts):
        ax.annotate(
            text, (x, heights[k]), textcoords="offset points", va="center", size=SMALL,
            color=party_colour(columns[k]), annotation_clip=False, linespacing=1.1,
            xytext=(10, (places[k] - heights[k]) / (high - low) * inches * 72), fontweight="bold",
        )  # fmt: skip


def scale(ax: Axes, values: Sequence[float], label: str) -> None:
    """Set up the vertical axis for utilities of all parties."""
    low, high = min(values), max(values)
    room = max(0.08 * (high - low), 0.02 * max(abs(high), abs(low), 1e-3))
    ax.set_ylim(low - room, high + room)
    marks = [tick for tick in ticks(low - room, high + room) if low - room <= tick <= high + room]
    ax.set_yticks(marks, tick_texts(marks, least=2 if high < 10 else 0))
    ax.set_ylabel(label)
    ax.set_facecolor(PAPER)
    ax.grid(axis="y", color="#ececec", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(color=GREY)


def columns_of(setting: Setting) -> list[int]:
    """Return the places of the players among all parties, which give them their colours."""
    return list(setting.columns)
