"""How pictures look: a slide of 16 to 9, large type, colours that colour-blind readers tell apart.

Party colours are those of Okabe and Ito (2008), in an order that matches no flag. Signs are
never told by colour alone: numbers and marks stand beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.words import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SLIDE = (12.8, 7.2)
"""Width and height in inches: 1280 × 720 at 100 dots an inch, saved at twice that."""

INK, GREY, PALE, LINE, PAPER = "#1a1a1a", "#5c5c5c", "#f3f3f3", "#c9c9c9", "#ffffff"
BELOW, ABOVE = "#b35806", "#542788"  # the ends of the diverging scale, for bars and words
PARTY_COLOURS = ("#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#0072B2", "#D55E00")
DIVERGING = ("#b35806", "#e08214", "#fdb863", "#fee0b6", "#f7f7f7",
             "#d8daeb", "#b2abd2", "#8073ac", "#542788")  # fmt: skip
"""Orange, through near white at zero, to purple (ColorBrewer's PuOr, Brewer 2003)."""

TINY, SMALL, BODY, LARGE = 9.0, 11.0, 12.0, 13.0
"""Type sizes in points; the first only for what would be cut otherwise."""

MARGIN = 0.45

RC: Any = {
    "font.family": "DejaVu Sans",
    "font.size": BODY,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": BODY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "figure.dpi": 100,
    "figure.facecolor": PAPER,
    "savefig.dpi": 200,
    "svg.hashsalt": "zopa",
    "svg.fonttype": "path",
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in our style whatever the user's own matplotlib settings are."""
    import matplotlib as mpl  # noqa: PLC0415 — heavy, and needed here only

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def party_colour(column: int) -> str:
    """Return the colour of a party by its place among the scenario's parties."""
    return PARTY_COLOURS[column % len(PARTY_COLOURS)]


def diverging(value: float, limit: float) -> tuple[float, float, float]:
    """Return the colour of a signed number on the scale from ``-limit`` to ``limit``."""
    place = 0.5 if limit <= 0 else (min(max(value / limit, -1.0), 1.0) + 1) / 2
    position = place * (len(DIVERGING) - 1)
    k = min(int(position), len(DIVERGING) - 2)
    part = position - k
    mixed = [
        (1 - part) * a + part * b
        for a, b in zip(_rgb(DIVERGING[k]), _rgb(DIVERGING[k + 1]), strict=True)
    ]
    return mixed[0], mixed[1], mixed[2]


def ink_on(colour: tuple[float, float, float]) -> str:
    """Return dark or light ink, whichever contrasts more with a background (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if (luminance + 0.05) ** 2 > 1.05 * 0.0602 else PAPER


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))  # type: ignore[return-value]


@lru_cache(maxsize=10_000)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text in inches, rounded up for what hinting may add."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415
    from matplotlib.textpath import text_to_path  # noqa: PLC0415

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)
    return 1.015 * float(text_to_path.get_text_width_height_descent(text, font, False)[0]) / 72


def line_height(size: float) -> float:
    """Return the distance from one line of text to the next, in inches."""
    return 1.25 * size / 72


def wrap(text: str, width: float, size: float, *, lines: int = 2, bold: bool = False) -> str:
    """Break text into lines no wider than ``width`` inches; what is too long ends in an ellipsis.

    A single word that is wider than the line is cut.
    """
    rows: list[str] = []
    words = re.split("[ \t\r\n]+", text.strip())  # not at no-break spaces
    while words and len(rows) < lines:
        row = words.pop(0)
        while words and text_width(f"{row} {words[0]}", size, bold=bold) <= width:
            row = f"{row} {words.pop(0)}"
        rows.append(row)
    if words:
        rows[-1] = f"{rows[-1]}…"
    return "\n".join(_cut(row, width, size, bold) for row in rows)


def fit(
    text: str, width: float, height: float, sizes: Sequence[float], *, bold: bool = False
) -> tuple[str, float]:
    """Break text into as many lines as a height in inches holds, in the first type that suffices.

    Returns
    -------
    tuple of str and float
        The lines and their type size; the last of ``sizes``, and cut, where none suffices.
    """
    rows, size = text, sizes[-1]
    for size in sizes:
        lines = max(int(height / line_height(size)), 1)
        rows = wrap(text, width, size, lines=lines, bold=bold)
        if rows.count("…") == text.count("…"):
            break
    return rows, size


def tick_texts(values: Sequence[float], unit: str = "", *, least: int = 0) -> list[str]:
    r"""Write the numbers beside a scale, all with the decimals that the finest of them needs.

    >>> tick_texts([97.5, 98.0, 98.5]), tick_texts([0.0, 0.5], least=2)
    (['97.5', '98.0', '98.5'], ['0.00', '0.50'])
    """
    decimals = least
    while decimals < 9 and any(abs(v - round(v, decimals)) > 1e-9 for v in values):
        decimals += 1
    return [f"{plain(value, decimals)}{unit}" for value in values]


def balanced(text: str, width: float, size: float, *, lines: int = 2) -> str:
    """Break text like `wrap`, into lines as even as they can be without taking more of them."""
    rows = wrap(text, width, size, lines=lines)
    n = rows.count("\n") + 1
    for narrower in range(9, 4, -1):
        tried = wrap(text, width * narrower / 10, size, lines=lines)
        if tried.count("\n") + 1 > n or "…" in tried:
            break
        rows = tried
    return rows


def _cut(row: str, width: float, size: float, bold: bool) -> str:
    if text_width(row, size, bold=bold) <= width:
        return row
    kept = row.rstrip("…")
    while len(kept) > 1 and text_width(f"{kept}…", size, bold=bold) > width:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,;:–-')}…"


@dataclass(frozen=True)
class Sheet:
    """Axes used as a sheet of paper: positions in inches from the top left corner."""

    ax: Axes
    width: float
    height: float

    @classmethod
    def on(cls, ax: Axes) -> Sheet:
        """Turn given axes into a sheet of their own size."""
        figure = ax.get_figure(root=True)
        assert figure is not None  # axes are always made by a figure
        box = ax.get_window_extent()
        width, height = box.width / figure.dpi, box.height / figure.dpi
        ax.set_xlim(0, width)
        ax.set_ylim(height, 0)
        ax.set_axis_off()
        return cls(ax, width, height)

    def write(self, x: float, y: float, text: str, **options: Any) -> None:
        """Write text, left-aligned and centred on its height unless told otherwise."""
        look: Any = {"ha": "left", "va": "center", "size": BODY, "linespacing": 1.15} | options
        self.ax.text(x, y, text, **look)

    def box(self, x: float, y: float, width: float, height: float, **options: Any) -> None:
        """Fill or frame a rectangle given by its top left corner."""
        from matplotlib.patches import Rectangle  # noqa: PLC0415

        look: Any = {"facecolor": "none", "edgecolor": "none", "linewidth": 0} | options
        self.ax.add_patch(Rectangle((x, y), width, height, **look))

    def line(self, xs: Sequence[float], ys: Sequence[float], **options: Any) -> None:
        """Draw a line through points."""
        look: Any = {"color": LINE, "linewidth": 1.0, "solid_capstyle": "butt"} | options
        self.ax.plot(xs, ys, **look)


def slide() -> Figure:
    """Return an empty slide."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=SLIDE)
    FigureCanvasAgg(figure)
    return figure


def headline(
    figure: Figure, title: str, subtitle: str, note: str
) -> tuple[float, float, float, float]:
    """Write what the picture says on top and how to read it below; return the room between.

    Returns
    -------
    tuple of float
        Left, bottom, width and height as shares of the figure, as `Figure.add_axes` takes them.
    """
    wide, high = figure.get_size_inches()
    room = wide - 2 * MARGIN
    size, text = _fit(title, room)
    top = high - 0.36
    _write(figure, top, text, size=size, weight="bold", color=INK)
    top -= line_height(size) * (text.count("\n") + 1) + 0.06
    small = BODY if text_width(subtitle, BODY) <= room else SMALL
    _write(figure, top, wrap(subtitle, room, small, lines=1), size=small, color=GREY)
    top -= line_height(BODY) + 0.16
    below = wrap(note, room, SMALL, lines=3)
    bottom = 0.24 + line_height(SMALL) * (below.count("\n") + 1)
    _write(figure, bottom, below, size=SMALL, color=GREY)
    bottom += 0.12
    return MARGIN / wide, bottom / high, room / wide, (top - bottom) / high


def _fit(title: str, room: float) -> tuple[float, str]:
    """Return the largest type in which a title takes two lines, or else the smallest in three."""
    for size in (19.0, 17.0, 15.5, 14.0):
        text = wrap(title, room, size, lines=9, bold=True)
        if text.count("\n") < 2:
            return size, text
    return 14.0, wrap(title, room, 14.0, lines=3, bold=True)


def _write(figure: Figure, top: float, text: str, **look: Any) -> None:
    wide, high = figure.get_size_inches()
    figure.text(MARGIN / wide, top / high, text, ha="left", va="top", linespacing=1.2, **look)
