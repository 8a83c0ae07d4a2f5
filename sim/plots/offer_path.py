"""Offers against a deadline: what each party expects round by round, and by who has the last word.

On the left the course of talks that end with a deadline; on the right the same talks with fewer
or more rounds to go at the start, where the last proposer's advantage shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.equilibria.offers.last_round import OfferPath
from sim.plots.caption import Caption, conditions
from sim.plots.party_lines import DASHES, MARKS, NAMES, columns_of, named_at_the_end, scale
from sim.plots.style import BODY, GREY, INK, SMALL, Sheet, party_colour
from sim.words import counted, decimals_for, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, BOTTOM, TOP, BETWEEN = 0.75, 0.62, 0.42, 0.95  # inches
SHOWN = 36
"""Rounds shown at most; what comes later repeats."""


def offer_path(ax: Axes, path: OfferPath) -> None:
    """Show what each party expects round by round, and how it depends on the rounds left.

    Parameters
    ----------
    ax
        Taken over whole.
    """
    sheet = Sheet.on(ax)
    wide = sheet.width - LEFT - BETWEEN - NAMES
    high = sheet.height - BOTTOM - TOP
    share = 0.52
    first = _panel(sheet, LEFT, share * wide, high)
    second = _panel(sheet, LEFT + share * wide + BETWEEN, (1 - share) * wide, high)
    n = min(len(path.values), SHOWN + 1)
    values, no_deal = path.values[:n], path.no_deal[:n]
    every = np.concatenate([values.ravel(), no_deal.ravel(), path.horizons[:SHOWN].ravel()])
    scale(first, every.tolist(), "Expected utility")
    scale(second, every.tolist(), "")
    _course(first, path, values, no_deal)
    _horizons(second, path)


def _panel(sheet: Sheet, left: float, width: float, height: float) -> Axes:
    return sheet.ax.inset_axes(
        (left / sheet.width, BOTTOM / sheet.height, width / sheet.width, height / sheet.height)
    )


def _course(ax: Axes, path: OfferPath, values: np.ndarray, no_deal: np.ndarray) -> None:
    """Draw what each party expects at the start of every round, and what it has without a deal."""
    rounds = np.arange(1, len(values) + 1)
    for k, column in enumerate(columns_of(path.setting)):
        look = party_colour(column)
        ax.plot(
            rounds, values[:, k], color=look, linewidth=1.8, linestyle=DASHES[k % len(DASHES)],
            marker=MARKS[k % len(MARKS)], markersize=5, zorder=3,
        )  # fmt: skip
        ax.plot(rounds, no_deal[:, k], color=look, linewidth=1.0, linestyle=(0, (1, 2)), zorder=2)
    ax.set_xlim(0.6, len(values) + 0.4)
    shown = rounds if len(rounds) <= 13 else rounds[:: max(len(rounds) // 8, 1)]
    texts = [str(t) for t in shown]
    if shown[-1] == len(path.values) and path.enforced == 1:
        texts[-1] = "after"
    ax.set_xticks(shown, texts)
    ax.set_xlabel(f"{path.unit.capitalize()} in which the talks stand")
    ax.set_title("If nothing is agreed before", loc="left", size=BODY, color=INK)
    if path.agreement is not None and path.agreement < len(values):
        ax.axvline(path.agreement + 1, color=GREY, linewidth=0.8, zorder=1)
        ax.annotate(
            "agreement", (path.agreement + 1, 1), (4, -2), xycoords=("data", "axes fraction"),
            textcoords="offset points", size=SMALL, color=GREY, va="top",
        )  # fmt: skip


def _horizons(ax: Axes, path: OfferPath) -> None:
    """Draw what each party gets by the number of rounds left at the start."""
    shown = path.horizons[:SHOWN]
    left = np.arange(1, len(shown) + 1)
    columns = columns_of(path.setting)
    for k, column in enumerate(columns):
        ax.plot(
            left, shown[:, k], color=party_colour(column), linewidth=0.9, alpha=0.9, zorder=2,
            linestyle=DASHES[k % len(DASHES)],
        )  # fmt: skip
        ax.plot(
            left, shown[:, k], MARKS[k % len(MARKS)], color=party_colour(column), markersize=4,
            zorder=3,
        )  # fmt: skip
    ax.set_xlim(0, len(shown) + 1)
    now = len(path.values) - 1
    if now <= len(shown):
        ax.axvline(now, color=GREY, linewidth=0.8, zorder=1)
        ax.annotate(
            "now", (now, 1), (4, -2), xycoords=("data", "axes fraction"),
            textcoords="offset points", size=SMALL, color=GREY, va="top",
        )  # fmt: skip
    ax.set_xlabel(f"{path.unit.capitalize()}s until the deadline")
    ax.set_title("By the time that is left", loc="left", size=BODY, color=INK)
    named_at_the_end(
        ax, len(shown) + 1, shown[-1].tolist(), list(path.setting.names), columns
    )  # fmt: skip


def caption(path: OfferPath) -> Caption:
    """Say what the picture shows."""
    setting, unit = path.setting, path.unit
    decimals = decimals_for(path.values)
    expected = ", ".join(
        f"{name} {plain(u, decimals)}"
        for name, u in zip(setting.names, path.values[0], strict=True)
    )
    rounds = counted(len(path.values) - 1, unit)
    if path.agreement is None:
        title = f"With a deadline after {rounds}, nothing is agreed in equilibrium: {expected}"
    else:
        when = "at once" if path.agreement == 0 else f"in {unit} {path.agreement + 1}"
        title = (
            f"With a deadline after {rounds}, an offer is accepted {when} in equilibrium: "
            f"{expected}"
        )
    certain = "it ends the talks"
    if path.enforced < 1:
        chance = plain(path.enforced)
        certain = f"it ends the talks with chance {chance}, otherwise another as long follows"
    note = (
        f"Subgame-perfect equilibrium by backward induction; at the deadline {certain}. Dotted: "
        "what a party has while there is no deal. Utilities of different parties share no unit: "
        "compare a line with itself. Not a forecast."
    )
    spread = np.ptp(path.horizons, axis=0)
    swing = "; ".join(
        f"{name} between {plain(low, decimals)} and {plain(high, decimals)}"
        for name, low, high in zip(
            setting.names, path.horizons.min(axis=0), path.horizons.max(axis=0), strict=True
        )
    )
    more = f"With 1 to {len(path.horizons)} {unit}s to go: {swing}." if spread.max() > 0 else ""
    subtitle = conditions(setting.scenario, setting.red_lines)
    return Caption(title, subtitle, note, f"{title}. {subtitle} {more}")
