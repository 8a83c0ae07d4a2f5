"""How surely everyone accepts a plan after 0, 1, 2, … changes: the likeliest package for each.

Points stand on draws that the packages were not picked on. Beside the curve, what each step that
gains something changes against the one before.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sim.amendments import Amendments
from sim.feasible.likely_amendment import Curve, Step
from sim.findings.amendments import SIGNS, curve_finding, new_issues, rising, terms_in_words
from sim.plots.caption import Caption, conditions
from sim.plots.style import GREY, INK, LINE, PAPER, SMALL, Sheet, line_height, wrap
from sim.words import counted, percent, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = (0.85, 0.62, 0.35, 0.2)  # left, bottom, right, top, in inches
ASIDE = 0.4
"""Part of the width for what the steps change."""


def amendment_curve(ax: Axes, found: Amendments) -> None:
    """Show how surely everyone accepts the likeliest package for each number of changes.

    Parameters
    ----------
    ax
        Taken over whole.
    found
        With draws.
    """
    sheet = Sheet.on(ax)
    curve = found.curve
    if curve is None:
        sheet.write(0.1, 0.3, "No draws were made: ask for some to see how surely changes help.")
        return
    left, bottom, right, top = MARGIN
    aside = ASIDE * sheet.width
    width, height = sheet.width - aside - left - right, sheet.height - bottom - top
    inner = sheet.ax.inset_axes(
        (left / sheet.width, bottom / sheet.height, width / sheet.width, height / sheet.height)
    )
    _scales(inner, curve)
    _points(inner, curve)
    if found.changes is not None and found.changes <= curve.steps[-1].changes:
        _smallest(inner, found.changes)
    _steps(sheet, found, curve, sheet.width - aside)


def _scales(ax: Axes, curve: Curve) -> None:
    """Set up both axes: whole numbers of changes, and a share of draws from nought."""
    last = max(curve.steps[-1].changes, 1)
    high = max(max(step.interval[1], step.share) for step in curve.steps)
    ax.set_xlim(-0.04 * last - 0.1, last * 1.04 + 0.1)
    ax.set_ylim(-0.02 * max(high, 0.05), 1.06 * max(high, 0.05))
    step = next(s for s in (1, 2, 5, 10, 20, 50) if last / s <= 12)
    ax.set_xticks(range(0, last + 1, step))
    up = [tick for tick in ticks(0.0, max(high, 0.05)) if tick <= 1]
    ax.set_yticks(up, [f"{100 * tick:.0f} %" for tick in up])
    ax.set_xlabel("Changes to the plan, at most")
    ax.set_ylabel("Share of draws in which all needed accept")
    ax.set_facecolor(PAPER)


def _points(ax: Axes, curve: Curve) -> None:
    """Draw the steps: filled where proven on the draws of the search, else hollow."""
    x = np.array([step.changes for step in curve.steps])
    y = np.array([step.probability for step in curve.steps])
    ax.plot(x, y, color=INK, linewidth=1.4, zorder=3)
    for step in curve.steps:
        ax.plot([step.changes] * 2, step.interval, color=GREY, linewidth=1.4, zorder=2)
        fill = INK if step.exact else PAPER
        ax.plot(
            step.changes, step.probability, "o", markersize=7, zorder=4, markeredgecolor=INK,
            markerfacecolor=fill, markeredgewidth=1.4,
        )  # fmt: skip


def _smallest(ax: Axes, changes: int) -> None:
    """Mark how many changes the smallest amendment at the central reading takes."""
    ax.axvline(changes, color=LINE, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    low, high = ax.get_xlim()
    late = changes > (low + high) / 2
    ax.annotate(
        "smallest amendment at\nthe central reading", (changes, 0.02),
        xycoords=("data", "axes fraction"), xytext=(-6 if late else 6, 0),
        textcoords="offset points", ha="right" if late else "left", va="bottom", size=SMALL,
        color=GREY,
    )  # fmt: skip


def _steps(sheet: Sheet, found: Amendments, curve: Curve, left: float) -> None:
    """List what each step that gains something changes, as far as there is room."""
    y, height = 0.25, line_height(SMALL)
    sheet.write(left, y, "What changes, step by step", weight="bold")
    y += 0.34
    steps = rising(curve)
    told = 0
    for before, step in pairwise(steps):
        news = ".  ".join(new_issues(found, before, step))
        text = wrap(news, sheet.width - left - 1.15, SMALL, lines=3)
        tall = height * (text.count("\n") + 1)
        if y + tall > sheet.height - 0.45:
            break
        sheet.write(left, y, f"{step.changes}", va="top", size=SMALL, weight="bold")
        sheet.write(left + 0.4, y, percent(step.probability), va="top", size=SMALL)
        sheet.write(left + 1.1, y, text, va="top", size=SMALL)
        y += tall + 0.08
        told += 1
    rest = len(steps) - 1 - told
    if rest:
        sheet.write(left, y, f"and {counted(rest, 'more step')}", va="top", size=SMALL, color=GREY)
    if len(steps) == 1:
        sheet.write(left, y, "No change that was found gains anything.", va="top", size=SMALL)


def caption(found: Amendments) -> Caption:
    """Say what the curve shows."""
    curve = found.curve
    plan = found.scenario.plans[found.plan.name].title
    if curve is None:
        title = f"{plan}: no draws were made"
        subtitle = conditions(found.scenario, found.red_lines, "no draws")
        return Caption(title, subtitle, "", f"{title}. {subtitle}")
    title = f"{plan}. {curve_finding(found)}".rstrip(".")
    reading = f"{curve.fresh:,} draws of what is uncertain"
    subtitle = conditions(found.scenario, found.red_lines, reading)
    terms = f" Terms: {terms_in_words(found)}." if terms_in_words(found) else ""
    note = (
        f"Each point is a package picked on {curve.draws:,} other draws as the likeliest with so "
        "many changes: filled where that is proven, hollow where it is the best found. Whisker: "
        f"95 % interval. {SIGNS}.{terms}"
    )
    rows = " ".join(_row(found, step) for step in curve.steps)
    return Caption(title, subtitle, note, f"{title}. {subtitle} {rows}")


def _row(found: Amendments, step: Step) -> str:
    low, high = step.interval
    share = f"{percent(step.probability)} ({100 * low:.1f}–{100 * high:.1f} %)"
    proof = "proven likeliest" if step.exact else "best found"
    names = [found.structure.space.issues[k] for k in found.changed(step.outcome)]
    what = ", ".join(names) or "none"
    return f"At most {counted(step.changes, 'change')}: {share}, {proof}; changed: {what}."
