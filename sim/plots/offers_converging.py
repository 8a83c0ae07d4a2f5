"""Offers without a last round: towards the Nash solution as rounds get shorter, and by patience.

On the left the opener's advantage melts as offers follow each other faster, with the patience of
each party for a unit of time as it is; on the right what each party gets by its own patience.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.equilibria.hinging import PATIENCE
from sim.equilibria.offers.alternating_offers import OffersConverging
from sim.plots.caption import Caption, conditions
from sim.plots.party_lines import DASHES, MARKS, NAMES, columns_of, named_at_the_end, scale
from sim.plots.style import BODY, GREY, INK, SMALL, Sheet, party_colour
from sim.words import decimals_for, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, BOTTOM, TOP, BETWEEN = 0.75, 0.62, 0.42, 0.75  # inches


def offers_converging(ax: Axes, offers: OffersConverging) -> None:
    """Show how offers come together as rounds get shorter, and what patience is worth.

    Parameters
    ----------
    ax
        Taken over whole.
    """
    sheet = Sheet.on(ax)
    wide = sheet.width - LEFT - BETWEEN - NAMES
    high = sheet.height - BOTTOM - TOP
    first = _panel(sheet, LEFT, 0.5 * wide, high)
    second = _panel(sheet, LEFT + 0.5 * wide + BETWEEN, 0.5 * wide, high)
    every = [*offers.opens.ravel().tolist(), *np.concatenate(offers.curves)[:, 1].tolist()]
    every += [] if offers.nash is None else offers.nash.tolist()
    scale(first, every, "Expected utility")
    scale(second, every, "")
    _shorter(first, offers)
    _patient(second, offers)


def _panel(sheet: Sheet, left: float, width: float, height: float) -> Axes:
    return sheet.ax.inset_axes(
        (left / sheet.width, BOTTOM / sheet.height, width / sheet.width, height / sheet.height)
    )


def _shorter(ax: Axes, offers: OffersConverging) -> None:
    """Draw the range of what each party gets, over who opens, for rounds ever shorter."""
    places = np.arange(len(offers.lengths))
    for k, column in enumerate(columns_of(offers.setting)):
        look, given = party_colour(column), offers.opens[:, :, k]
        ax.fill_between(
            places, given.min(axis=1), given.max(axis=1), color=look, alpha=0.25, linewidth=0
        )
        ax.plot(
            places, given[:, k], color=look, linewidth=1.8, linestyle=DASHES[k % len(DASHES)],
            marker=MARKS[k % len(MARKS)], markersize=5, zorder=3,
        )  # fmt: skip
        if offers.nash is not None:
            ax.axhline(offers.nash[k], color=look, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    texts = ["1" if length == 1 else f"1/{round(1 / length)}" for length in offers.lengths]
    ax.set_xticks(places, texts)
    ax.set_xlim(-0.3, len(places) - 0.7)
    ax.set_xlabel(f"Length of a round, in {offers.unit}s")
    still = ", once no-deal values stay" if offers.drifts else ""
    ax.set_title(f"As offers follow faster{still}", loc="left", size=BODY, color=INK)


def _patient(ax: Axes, offers: OffersConverging) -> None:
    """Draw what each party gets by its own patience, and mark the patience it has."""
    columns = columns_of(offers.setting)
    marks = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999]
    for k, column in enumerate(columns):
        curve = offers.curves[k]
        if not len(curve):
            continue
        across = [PATIENCE.forth(d) for d in curve[:, 0]]
        look = party_colour(column)
        ax.plot(
            across, curve[:, 1], color=look, linewidth=1.8,
            linestyle=DASHES[k % len(DASHES)], zorder=3,
        )  # fmt: skip
        now = PATIENCE.forth(min(float(offers.patience[k]), 0.999))
        height = float(np.interp(now, across, curve[:, 1]))
        ax.plot([now], [height], MARKS[k % len(MARKS)], color=look, markersize=8, zorder=4)
    places = [PATIENCE.forth(d) for d in marks]
    ax.set_xticks(places, [f"{d:g}" for d in marks])
    ax.set_xlim(places[0] - 0.1, places[-1] + 0.1)
    ax.set_xlabel(f"Its own patience a {offers.unit}")
    ax.set_title("By its own patience; mark: as it is", loc="left", size=BODY, color=INK)
    ends = [float(c[-1, 1]) if len(c) else float(offers.opens[0, k, k])
            for k, c in enumerate(offers.curves)]  # fmt: skip
    named_at_the_end(ax, places[-1] + 0.1, ends, list(offers.setting.names), columns)
    ax.tick_params(axis="x", labelsize=SMALL, color=GREY)


def caption(offers: OffersConverging) -> Caption:
    """Say what the picture shows."""
    setting, decimals = offers.setting, max(decimals_for(offers.opens), 2)
    own = [offers.opens[:, k, k] - np.delete(offers.opens[:, :, k], k, 1).mean(axis=1)
           for k in range(len(setting.names))]  # fmt: skip
    most = max(range(len(own)), key=lambda k: float(own[k][0]))
    now, fast = float(own[most][0]), float(own[most][-1])
    title = (
        f"Opening the talks is worth at most {plain(now, decimals)}, to {setting.names[most]}"
        + (", and less the faster offers follow" if fast < now / 2 else "")
    )
    if offers.drifts:
        title = f"Once no-deal values stay as they are, {title[0].lower()}{title[1:]}"
    if now < 1e-6:
        title = "Opening the talks is worth nothing to anybody"
    note = (
        "Left: line, what a party gets if it opens; band, over all who may open; dotted, the Nash "
        "solution weighted by patience, to which two parties come as near as one likes (three "
        "or more need not). Packages may be drawn by lot. Utilities of different parties share "
        "no unit. Not a forecast."
    )
    rows = []
    for k, name in enumerate(setting.names):
        limit = "" if offers.nash is None else f", Nash {plain(offers.nash[k], 3)}"
        first, last = plain(offers.opens[0, k, k], 3), plain(offers.opens[-1, k, k], 3)
        length = f"1/{math.floor(1 / offers.lengths[-1] + 0.5)}"
        rows.append(f"{name}: {first} when it opens, {last} with rounds of {length}{limit}.")
    subtitle = conditions(setting.scenario, setting.red_lines)
    return Caption(title, subtitle, note, f"{title}. {subtitle} {' '.join(rows)}")
