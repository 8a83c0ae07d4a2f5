"""Risk and return of a take-it-or-leave-it offer: what it gives, against the chance of a yes.

The upper line is the best a proposer can have if its offer is accepted, for every chance of
acceptance; the lower one what it expects, refusals counted. The chosen offer is where the lower
line is highest. Plan versions stand where they would as such an offer.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equilibria.ultimatum.ultimatum import RiskReturnPicture
from sim.feasible.count import wilson
from sim.plots.caption import Caption, conditions, possessive
from sim.plots.labels import Label, place
from sim.plots.plane import DEAL
from sim.plots.style import GREY, INK, PAPER, SMALL, Sheet, balanced, tick_texts
from sim.words import counted, decimals_for, listed, name_of, percent, plain, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = (0.85, 0.62, 0.35, 0.2)  # left, bottom, right, top, in inches
EXPECTED = "#0072B2"
PLAN: dict[str, Any] = {
    "marker": "o", "markersize": 7, "markerfacecolor": PAPER, "markeredgecolor": INK,
    "markeredgewidth": 1.4, "linestyle": "none", "zorder": 5,
}  # fmt: skip
Spot = tuple[float, float]


def risk_return(ax: Axes, offers: RiskReturnPicture) -> None:
    """Show what each offer gives the proposer against the chance that it is accepted.

    Parameters
    ----------
    ax
        Taken over whole.
    """
    sheet = Sheet.on(ax)
    left, bottom, right, top = MARGIN
    width, height = sheet.width - left - right, sheet.height - bottom - top
    inner = sheet.ax.inset_axes(
        (left / sheet.width, bottom / sheet.height, width / sheet.width, height / sheet.height)
    )
    _scales(inner, offers)
    expected = offers.no_deal + offers.searched * (offers.own - offers.no_deal)
    inner.axhline(offers.no_deal, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    across, up = _stairs(offers.searched, offers.own)
    inner.plot(across, up, color=INK, linewidth=1.8, zorder=3)
    if (offers.at_most > offers.searched + 1e-9).any():
        beyond = _stairs(np.maximum(offers.at_most, offers.searched), offers.own)
        inner.plot(*beyond, color=GREY, linewidth=1.0, linestyle=(0, (1, 2)), zorder=2)
    paid = _stairs(offers.searched, expected)
    inner.plot(*paid, color=EXPECTED, linewidth=1.8, zorder=3)
    for _, chance, own in offers.plans:
        inner.plot([chance], [own], **PLAN)
    if offers.best is not None:
        _chosen(inner, offers)
    corners = [[*zip(across, up, strict=True)], [*zip(*paid, strict=True)]]
    _name(inner, offers, (width, height), corners)


def _stairs(chances: np.ndarray, own: np.ndarray) -> tuple[list[float], list[float]]:
    """Return the corners of the line: an offer is as good for every smaller chance."""
    across, up = [0.0], [float(own[0])] if len(own) else [0.0]
    for k, (chance, utility) in enumerate(zip(chances.tolist(), own.tolist(), strict=True)):
        if k:
            across.append(across[-1])
            up.append(utility)
        across.append(chance)
        up.append(utility)
    return (across, up) if len(own) else ([], [])


def _scales(ax: Axes, offers: RiskReturnPicture) -> None:
    """Set up both axes: all chances, and every utility that is shown."""
    seen = [offers.no_deal, *offers.own.tolist(), *(own for _, _, own in offers.plans)]
    low, high = min(seen), max(seen)
    span = high - low or 1.0
    ax.set_ylim(low - 0.08 * span, high + 0.1 * span)
    far = max([*offers.searched.tolist(), *(c for _, c, _ in offers.plans), 0.1])
    end = min(1.0, far * 1.25)
    ax.set_xlim(-0.02 * end, 1.02 * end)
    across = ticks(0.0, end)
    ax.set_xticks(across, tick_texts([100 * x for x in across], "\N{NO-BREAK SPACE}%"))
    up = [tick for tick in ticks(*ax.get_ylim()) if ax.get_ylim()[0] <= tick <= ax.get_ylim()[1]]
    ax.set_yticks(up, tick_texts(up, least=decimals_for(up)))
    ax.set_xlabel(f"Chance that {listed(offers.others)} accept{'s' * (len(offers.others) == 1)}")
    ax.set_ylabel(f"Utility of {offers.proposer}")
    ax.set_facecolor(PAPER)


def _chosen(ax: Axes, offers: RiskReturnPicture) -> None:
    """Mark the chosen offer: on the lines, and where fresh draws put it."""
    k = offers.best
    assert k is not None
    own, chance, fresh = float(offers.own[k]), float(offers.searched[k]), float(offers.chance[k])
    expected = offers.no_deal + chance * (own - offers.no_deal)
    ax.plot([chance, chance], [expected, own], color=GREY, linewidth=1.0, zorder=2)
    ax.plot([chance], [own], "D", color=DEAL, markersize=9, zorder=6)
    ax.plot([chance], [expected], "D", color=EXPECTED, markersize=7, zorder=6)
    if not offers.certain:
        bar = wilson(fresh, offers.fresh)
        ax.plot([chance, *bar], [own, own, own], color=DEAL, linewidth=0.8, zorder=4)
        ax.plot(bar, [own, own], color=DEAL, linewidth=2.6, marker="|", markersize=8, zorder=5)


def _name(ax: Axes, offers: RiskReturnPicture, size: Spot, corners: list[list[Spot]]) -> None:
    """Name the lines, the chosen offer and the plan versions, clear of each other."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415

    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()

    def inches(chance: float, utility: float) -> Spot:
        return (chance - x0) / (x1 - x0) * size[0], (utility - y0) / (y1 - y0) * size[1]

    expected = offers.no_deal + offers.searched * (offers.own - offers.no_deal)
    lines = [dot for line in corners for dot in _dotted([inches(*corner) for corner in line])]
    if offers.best is not None and not offers.certain:
        own, fresh = float(offers.own[offers.best]), float(offers.chance[offers.best])
        lines += _dotted([inches(end, own) for end in wilson(fresh, offers.fresh)])
    level = inches(0.0, offers.no_deal)[1]
    lines += [(float(x), level) for x in np.arange(0, size[0], 0.1)]
    labels, colours = [], []
    for text, x, y, colour in _texts(offers, expected):
        fitted = balanced(text, 2.6, SMALL, lines=3)
        labels.append(Label(fitted, *inches(x, y), SMALL))
        colours.append(colour)
    placed = place(labels, size, lines=lines)
    for label, spot, colour in zip(labels, placed, colours, strict=True):
        if spot.distance > 0.2:
            end = np.clip(label.x, *spot.box[::2]), np.clip(label.y, *spot.box[1::2])
            ax.plot(
                [label.x / size[0], float(end[0]) / size[0]],
                [label.y / size[1], float(end[1]) / size[1]],
                color=GREY, linewidth=0.7, transform=ax.transAxes, zorder=4,
            )  # fmt: skip
        ax.text(
            spot.x / size[0], spot.y / size[1], label.text, ha="center", va="center", size=SMALL,
            linespacing=1.15, color=colour, transform=ax.transAxes, zorder=7,
            path_effects=[withStroke(linewidth=3.5, foreground=PAPER)],
        )  # fmt: skip


def _texts(offers: RiskReturnPicture, expected: np.ndarray) -> list[tuple[str, float, float, str]]:
    """Return what is named: text, where, and its colour."""
    digits = decimals_for([*offers.own, offers.no_deal])
    far = float(offers.searched.max(initial=0.1))
    told = [
        (f"No deal: {plain(offers.no_deal, digits)}", min(1.1 * far, 1.0), offers.no_deal, GREY)
    ]
    told += [(name_of(title), chance, own, INK) for title, chance, own in _apart(offers)]
    if offers.best is not None:
        k = offers.best
        wanted = 0.4 * far if offers.searched[k] > 0.6 * far else 0.85 * far
        at = int(np.abs(offers.searched - wanted).argmin())
        told.append(("If accepted", float(offers.searched[at]), float(offers.own[at]), INK))
        if not offers.certain:
            told.append(("Expected", float(offers.searched[-1]), float(expected[-1]), EXPECTED))
        text = f"Chosen offer: {plain(offers.own[k], digits)}, {percent(float(offers.chance[k]))}"
        told.append((text, float(offers.searched[k]), float(offers.own[k]), DEAL))
    return told


def _apart(offers: RiskReturnPicture) -> list[tuple[str, float, float]]:
    """Return the plan versions, those that stand at one point as one."""
    kept: list[tuple[str, float, float]] = []
    for title, chance, own in offers.plans:
        for k, (other, x, y) in enumerate(kept):
            if abs(x - chance) < 0.004 and abs(y - own) < 0.004:
                kept[k] = (f"{other} = {name_of(title)}", x, y)
                break
        else:
            kept.append((name_of(title), chance, own))
    return kept


def _dotted(corners: list[Spot]) -> list[Spot]:
    """Return a line as points about a tenth of an inch apart."""
    dots: list[Spot] = []
    for (x, y), (u, v) in pairwise(corners):
        steps = max(int(np.hypot(u - x, v - y) / 0.1), 1)
        dots += [(x + (u - x) * t / steps, y + (v - y) * t / steps) for t in range(steps)]
    return dots


def caption(offers: RiskReturnPicture) -> Caption:
    """Say what the picture shows."""
    setting, digits = offers.setting, decimals_for([*offers.own, offers.no_deal])
    others = listed(offers.others)
    if offers.best is None:
        title = f"No offer of {offers.proposer} is accepted by {others} in any draw"
    else:
        k = offers.best
        yes = f"in {percent(float(offers.chance[k]))} of draws"
        title = (
            f"{possessive(offers.proposer)} best take-it-or-leave-it offer gives it "
            f"{plain(offers.own[k], digits)} and is accepted {'' if offers.certain else yes}"
        ).rstrip() + f"; no deal gives it {plain(offers.no_deal, digits)}"
    reading = f"{offers.draws:,} draws of the others' numbers"
    if offers.certain:
        reading = "nothing about the others is uncertain"
    subtitle = conditions(setting.scenario, setting.red_lines, reading)
    proof = "proven the best on these draws" if offers.proven else "the best found"
    again = counted(offers.fresh, "fresh draw")
    fresh = f"; its bar, the 95 % interval on {again}, as picking flatters"
    note = (
        f"Lines: for every chance of acceptance the package that gives {offers.proposer} most "
        f"(dotted: proven bound where it differs); blue: refusals counted. Diamond: the chosen "
        f"offer, {proof}{'' if offers.certain else fresh}. Circles: plan versions as such an "
        "offer, over what they leave open. Not a forecast."
    )
    rows = [f"{name_of(t)}: {percent(c)}, {plain(u, digits)}." for t, c, u in offers.plans]
    return Caption(title, subtitle, note, f"{title}. {subtitle} {' '.join(rows)}")
