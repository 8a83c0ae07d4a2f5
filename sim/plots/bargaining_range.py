"""The range of packages that all prefer to fighting on: by place of the front, and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equilibria.war.war import RangeOverTime
from sim.plots.caption import Caption
from sim.plots.style import (
    BELOW,
    BODY,
    GREY,
    INK,
    PALE,
    PAPER,
    SMALL,
    Sheet,
    party_colour,
    tick_texts,
    wrap,
)
from sim.words import listed, percent, plain, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, MIDDLE, RIGHT, BOTTOM, TOP, GAP = 0.85, 1.0, 0.15, 0.75, 0.3, 0.32
"""Margins in inches: left of the states, between them and the curves, and around."""

SHARE = 0.62
"""Of the width that the states take."""

WIDE = 0.34
"""Of a state's room that its bar takes."""


def bargaining_range(ax: Axes, picture: RangeOverTime) -> None:
    """Show for each place of the front what no deal gives each party, and what a deal could.

    Parameters
    ----------
    ax
        Taken over whole.
    picture
        What the model ``war`` keeps.
    """
    sheet = Sheet.on(ax)
    room = sheet.width - LEFT - MIDDLE - RIGHT
    wide, high = SHARE * room, sheet.height - BOTTOM - TOP
    n = len(picture.names)
    each = (high - GAP * (n - 1)) / n
    for player in range(n):
        bottom = BOTTOM + (n - 1 - player) * (each + GAP)
        panel = _panel(sheet, (LEFT, bottom), (wide, each))
        _player(panel, picture, player, wide, last=player == n - 1)
    curves = _panel(sheet, (LEFT + wide + MIDDLE, BOTTOM), ((1 - SHARE) * room, high))
    _curves(curves, picture)


def _panel(sheet: Sheet, corner: tuple[float, float], size: tuple[float, float]) -> Axes:
    panel: Axes = sheet.ax.inset_axes(
        (corner[0] / sheet.width, corner[1] / sheet.height,
         size[0] / sheet.width, size[1] / sheet.height)
    )  # fmt: skip
    panel.set_facecolor(PAPER)
    return panel


def _player(panel: Axes, picture: RangeOverTime, player: int, wide: float, *, last: bool) -> None:
    """Draw one party's bars: from no deal up to its best, or down to it where there is no range."""
    d, best = picture.no_deal[:, player], picture.most[:, player]
    known = best[np.isfinite(best)]
    seen = np.concatenate([d, known])
    low, high = float(seen.min()), float(seen.max())
    space = max(0.14 * (high - low), 0.02)
    panel.set_ylim(low - space, high + space)
    panel.set_xlim(-0.5, len(d) - 0.5)
    up = ticks(low - space, high + space, about=5)
    panel.set_yticks(up, tick_texts(up, least=1))
    panel.set_title(picture.names[player], loc="left", size=BODY, color=INK, pad=4, weight="bold")
    panel.axvspan(picture.start - 0.5, picture.start + 0.5, color=PALE, zorder=0)
    colour = party_colour(picture.places[player])
    for k, is_open in enumerate(picture.is_open):
        _bar(panel, k, (float(d[k]), float(best[k])), bool(is_open), colour)
    titles = [wrap(t, wide / len(d) - 0.08, SMALL, lines=2) for t in picture.states]
    if last:
        titles[picture.start] += "\n(now)"
    panel.set_xticks(range(len(d)), titles if last else [""] * len(d))
    panel.tick_params(axis="x", length=0)


def _bar(panel: Axes, k: int, ends: tuple[float, float], is_open: bool, colour: str) -> None:
    d, best = ends
    if np.isfinite(best):
        look: Any = (
            {"facecolor": colour, "alpha": 0.45}
            if is_open
            else {"facecolor": PAPER, "edgecolor": BELOW, "hatch": "////", "linewidth": 0.8}
        )
        panel.bar(k, best - d, bottom=d, width=WIDE, zorder=2, **look)
        panel.plot(
            [k - WIDE / 2, k + WIDE / 2], [best, best], zorder=3, linewidth=2.4,
            color=colour if is_open else BELOW,
        )  # fmt: skip
    panel.plot(k, d, "o", color=INK, markersize=7, zorder=4)
    panel.annotate(
        plain(d), (k + WIDE / 2, d), xytext=(4, 0), textcoords="offset points", va="center",
        size=SMALL, color=GREY,
    )  # fmt: skip


def _curves(panel: Axes, picture: RangeOverTime) -> None:
    """Draw how likely the fighting goes on, and how likely there is a range if it does."""
    rounds = np.arange(len(picture.goes_on))
    panel.set_xlim(0, len(rounds) - 1)
    panel.set_ylim(-0.03, 1.05)
    up = [0.0, 0.25, 0.5, 0.75, 1.0]
    panel.set_yticks(up, [f"{100 * u:.0f}\N{NO-BREAK SPACE}%" for u in up])
    across = [t for t in ticks(0, len(rounds) - 1) if t == int(t)]
    panel.set_xticks(across, [f"{t:.0f}" for t in across])
    panel.set_xlabel(f"{picture.rounds.capitalize()}s from now")
    panel.plot(
        rounds, picture.goes_on, color=GREY, linewidth=2, linestyle=(0, (5, 2)), zorder=3,
        label="the fighting goes on",
    )  # fmt: skip
    panel.plot(
        rounds, picture.open_by_round, color=INK, linewidth=2.4, zorder=4,
        label="if so, there is a range",
    )  # fmt: skip
    panel.set_title("Chance that …", loc="left", size=BODY, color=INK, pad=4, weight="bold")
    panel.legend(loc="upper right", frameon=True, edgecolor=PAPER, framealpha=0.9, fontsize=SMALL)


def caption(picture: RangeOverTime) -> Caption:
    """Say where there is a range."""
    title = _title(picture)
    subtitle = f"Conditional on these inputs; central reading. {picture.title}."
    note = (
        "Point: what no deal is worth to the party while the fighting goes on. Filled bar: up to "
        "the most that a package can give it while the others get what no deal gives them. "
        "Hatched: no package is good enough, by so much. No bar: nothing suits the others. "
        "Not a forecast."
    )
    rows = []
    for k, state in enumerate(picture.states):
        values = zip(picture.names, picture.no_deal[k], picture.most[k], strict=True)
        parts = [
            f"{name} {plain(d)}" + (f", at most {plain(best)}" if np.isfinite(best) else "")
            for name, d, best in values
        ]
        verdict = "a range" if picture.is_open[k] else "no range"
        rows.append(f"{state}: {verdict} ({'; '.join(parts)}).")
    length = len(picture.goes_on) - 1
    rows.append(
        f"After {length} {picture.rounds}s the fighting goes on with a chance of "
        f"{percent(float(picture.goes_on[-1]))}; there is a range then with a chance of "
        f"{percent(float(picture.open_by_round[-1]))}."
    )
    return Caption(title, subtitle, note, f"{title}. {subtitle} {' '.join(rows)}")


def _title(picture: RangeOverTime) -> str:
    names = listed(picture.names)
    yes = [s for s, is_open in zip(picture.states, picture.is_open, strict=True) if is_open]
    if not yes:
        return f"Wherever the front stands no package is better than fighting on for {names}"
    if len(yes) == len(picture.states):
        return f"Wherever the front stands some package is better than fighting on for {names}"
    where = listed([f"“{state}”" for state in yes], "or")
    return f"Some package is better than fighting on for {names} only with the front {where}"
