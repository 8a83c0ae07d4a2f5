"""How surely a zone exists for each budget of a third party: cost against probability.

Every combination of levers is a point; those that nothing as cheap beats make a staircase. All of
them meet the same draws of what is uncertain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.levers import Budgets, LeverStudy
from sim.levers.wording import NOT_ADVICE, budgets_finding, cost_in_words, levers_in_words
from sim.plots.caption import Caption, conditions
from sim.plots.labels import Label, place
from sim.plots.style import GREY, INK, PAPER, SMALL, Sheet, balanced, tick_texts
from sim.words import capital, percent, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED = 12
"""Steps of the staircase that are named at most: those that gain most."""

MARGIN = (0.85, 0.62, 0.5, 0.2)  # left, bottom, right, top, in inches

Spot = tuple[float, float]


def lever_frontier(ax: Axes, study: LeverStudy) -> None:
    """Show how surely a zone exists for each budget, and which levers that takes.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        Without levers or draws there is no frontier: the picture says so, see `missing`.
    """
    sheet = Sheet.on(ax)
    budgets = study.budgets
    if budgets is None or not study.names:
        sheet.write(0.1, 0.3, f"{capital(missing(study))}, so there is no frontier to draw.")
        sheet.write(0.1, 0.7, "Every point would be a combination of levers.")
        return
    left, bottom, right, top = MARGIN
    width, height = sheet.width - left - right, sheet.height - bottom - top
    inner = sheet.ax.inset_axes(
        (left / sheet.width, bottom / sheet.height, width / sheet.width, height / sheet.height)
    )
    _scales(inner, budgets)
    costs, chances, on = budgets.combinations.costs, budgets.chances, budgets.efficient
    others = np.setdiff1d(np.arange(len(costs)), on)
    inner.plot(costs[others], chances[others], "o", color="#b4b4b4", markersize=4, zorder=2)
    end = inner.get_xlim()[1]
    inner.step(
        [*costs[on], end], [*chances[on], chances[on[-1]]], where="post", color=INK,
        linewidth=1.6, zorder=3,
    )  # fmt: skip
    for k in on.tolist():
        inner.plot([costs[k], costs[k]], budgets.interval(k), color=GREY, linewidth=1.2, zorder=2)
    inner.plot(costs[on], chances[on], "o", color=INK, markersize=7, zorder=4)
    _name(inner, budgets, (width, height))


def missing(study: LeverStudy) -> str:
    """Say what a study lacks for a frontier; nothing where it lacks nothing."""
    if not study.names:
        return "the scenario has no levers"
    return "no draws were made" if study.budgets is None else ""


def _scales(ax: Axes, budgets: Budgets) -> None:
    """Set up both axes: all costs, and the probabilities with their intervals."""
    costs = budgets.combinations.costs
    ends = np.array([budgets.interval(k) for k in budgets.efficient.tolist()])
    low = min(float(ends.min()), float(budgets.chances.min()))
    high = float(ends.max())
    span = max(high - low, 0.05)
    first, last = float(costs.min()), float(costs.max())
    wide = last - first or 1.0
    ax.set_xlim(first - 0.05 * wide, last + 0.05 * wide)
    ax.set_ylim(max(low - 0.12 * span, -0.04), min(high + 0.12 * span, 1.04))
    across = ticks(first, last)  # one, where all levers cost nothing
    ax.set_xticks(across, tick_texts(across, least=2))
    bottom, top = ax.get_ylim()
    up = [tick for tick in ticks(max(bottom, 0.0), min(top, 1.0)) if bottom <= tick <= top]
    ax.set_yticks(up, tick_texts([100 * tick for tick in up], "\N{NO-BREAK SPACE}%"))
    ax.set_xlabel("Expected cost of the levers, in the units of the file")
    ax.set_ylabel("Share of draws in which a zone exists")
    ax.set_facecolor(PAPER)


def _name(ax: Axes, budgets: Budgets, size: Spot) -> None:
    """Name the steps of the staircase, clear of each other and of the line."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415

    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()

    def inches(cost: float, chance: float) -> Spot:
        return (cost - x0) / (x1 - x0) * size[0], (chance - y0) / (y1 - y0) * size[1]

    costs, chances = budgets.combinations.costs, budgets.chances
    gains = np.diff(chances[budgets.efficient], prepend=-np.inf)
    kept = budgets.efficient[np.sort(np.argsort(-gains, kind="stable")[:NAMED])]
    labels = []
    for k in kept.tolist():
        text = f"{levers_in_words(budgets.levers(k))}: {percent(chances[k])}"
        labels.append(
            Label(balanced(text, 3.0, SMALL, lines=4), *inches(costs[k], chances[k]), SMALL)
        )
    stairs: list[Spot] = []
    corners = [inches(costs[k], chances[k]) for k in budgets.efficient.tolist()]
    ends = [*corners[1:], (size[0], corners[-1][1])]
    for (left, low), (right, high) in zip(corners, ends, strict=True):
        stairs += [(float(x), low) for x in np.arange(left, right, 0.1)]
        stairs += [(right, float(y)) for y in np.arange(low, high, 0.1)]
    for k in budgets.efficient.tolist():
        below, above = (inches(costs[k], end) for end in budgets.interval(k))
        stairs += [(below[0], float(y)) for y in np.arange(below[1], above[1], 0.1)]
    faint = [inches(float(c), float(p)) for c, p in zip(costs, chances, strict=True)]
    look: Any = {"transform": ax.transAxes, "zorder": 6}
    for label, placed in zip(labels, place(labels, size, lines=stairs, faint=faint), strict=True):
        if placed.distance > 0.2:
            box = placed.box
            end = np.clip(label.x, box[0], box[2]), np.clip(label.y, box[1], box[3])
            ax.plot(
                [label.x / size[0], float(end[0]) / size[0]],
                [label.y / size[1], float(end[1]) / size[1]],
                color=GREY, linewidth=0.7, transform=ax.transAxes, zorder=4,
            )  # fmt: skip
        ax.text(
            placed.x / size[0], placed.y / size[1], label.text, ha="center", va="center",
            size=SMALL, linespacing=1.15, color=INK,
            path_effects=[withStroke(linewidth=3.5, foreground=PAPER)], **look,
        )  # fmt: skip


def caption(study: LeverStudy) -> Caption:
    """Say what the staircase shows."""
    budgets = study.budgets
    title = budgets_finding(study).rstrip(".")
    if not study.names:
        chance = "" if budgets is None else f": a zone exists in {percent(budgets.chances[0])}"
        drawn = "" if budgets is None else f" of {budgets.draws:,} draws as it is"
        title = f"{capital(missing(study))}{chance}{drawn}"
    reading = "no draws" if budgets is None else f"{budgets.draws:,} draws of what is uncertain"
    subtitle = conditions(study.scenario, study.red_lines, reading)
    note = (
        "Each point is a combination of levers, at its expected cost; on the line are those that "
        "nothing as cheap beats. Whisker: 95 % interval of the share. All combinations meet the "
        f"same draws, so differences are surer than the whiskers. {NOT_ADVICE.split('.')[0]}; not "
        "advice, not a forecast."
    )
    if missing(study):
        note = NOT_ADVICE
    rows = [] if budgets is None else [_row(budgets, k) for k in budgets.efficient.tolist()]
    return Caption(title, subtitle, note, f"{title}. {subtitle} {' '.join(rows)}")


def _row(budgets: Budgets, k: int) -> str:
    low, high = budgets.interval(k)
    cost = cost_in_words(float(budgets.combinations.costs[k]))
    share = f"{percent(budgets.chances[k])} ({100 * low:.1f}–{100 * high:.1f} %)"
    return f"{cost}: {levers_in_words(budgets.levers(k))}, a zone in {share} of draws."
