"""A box in the space of assumptions that PRIM found: what it limits, and how it was come by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sim.experiment.labels import outcome_label
from sim.experiment.study import Study
from sim.plots.answers import in_title, is_share
from sim.plots.caption import Caption
from sim.plots.found_box import Limit, ShownBox, shown_box
from sim.plots.named_rows import NamedRows
from sim.plots.shown_outcome import said
from sim.plots.study_words import given
from sim.plots.style import (
    ABOVE,
    GREY,
    INK,
    LINE,
    PAPER,
    SMALL,
    Sheet,
    line_height,
    text_width,
    wrap,
)
from sim.words import capital, counted, listed, percent, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 8
"""Limits that have a row; the least significant of more are named in the note."""

SIDE, APART = 3.5, 0.3
"""Width of the trajectory and the space before it, in inches."""

HEAD, COLUMN = 0.62, 0.95
"""Room above the rows, and width of a column of numbers, in inches."""

PALER, RAIL = "#b2abd2", "#e2e2e2"


def prim_box(ax: Axes, study: Study, *, outcome: str | None = None, box: int = 0) -> None:
    """Show where in the ranges of all factors an outcome is frequent, as PRIM found it.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        What was run, with `discovery`.
    outcome
        What was asked about; left out, the first question.
    box
        Which of its boxes, from 0.
    """
    found = shown_box(study, outcome, box)
    whole = Sheet.on(ax)
    width = whole.width - SIDE - APART
    left = whole.ax.inset_axes((0, 0, width / whole.width, 1))
    sheet = Sheet.on(left)
    limits = found.limits[:MOST]
    rows = NamedRows.on(
        sheet, [capital(limit.factor.label) for limit in limits], (0.0, 1.0), head=HEAD,
        spare=lambda _: (0.5, 0.5 + 2 * COLUMN),
    )  # fmt: skip
    for k, limit in enumerate(limits):
        _limit(rows, k, limit)
    _heads(rows)
    _trajectory(whole, found)


def _limit(rows: NamedRows, k: int, limit: Limit) -> None:
    colour = ABOVE if limit.relied_on else PALER
    if limit.inside:
        _levels(rows, k, limit, colour)
    else:
        _range(rows, k, limit, colour)
    again = "" if limit.again is None else percent(limit.again)
    look = {"ha": "center", "size": SMALL, "color": INK if limit.relied_on else GREY}
    for j, text in enumerate((chance_in_words(limit.chance), again)):
        x = rows.right + 0.5 + (j + 0.5) * COLUMN
        rows.sheet.write(x, rows.y(k), text, **look)


def _range(rows: NamedRows, k: int, limit: Limit, colour: str) -> None:
    """Draw the whole range as a rail, the box on it, with the numbers of both."""
    factor, thick = limit.factor, 0.14
    span = factor.high - factor.low or 1.0
    y = rows.y(k) + 0.1 * rows.height
    start, end = (rows.x((v - factor.low) / span) for v in (limit.low, limit.high))
    rows.sheet.box(rows.left, y - thick / 2, rows.right - rows.left, thick, facecolor=RAIL)
    rows.sheet.box(start, y - thick / 2, max(end - start, 0.02), thick, facecolor=colour)
    for value, x, side in ((factor.low, rows.left - 0.07, "right"),
                           (factor.high, rows.right + 0.07, "left")):  # fmt: skip
        rows.sheet.write(x, y, factor.name(value), ha=side, size=SMALL, color=GREY)
    low, high = limit.ends
    texts = [(start, low)] if limit.low > factor.low else []
    texts += [(end, high)] if limit.high < factor.high else []
    if len(texts) == 2 and end - start < text_width(f"{low}  {high}", SMALL):
        texts = [((start + end) / 2, f"{low} to {high}")]
    for place, text in texts:
        half = text_width(text, SMALL) / 2
        x = min(max(place, rows.left + half), rows.right - half)
        rows.sheet.write(x, y - thick / 2 - 0.1, text, ha="center", size=SMALL)


def _levels(rows: NamedRows, k: int, limit: Limit, colour: str) -> None:
    """Draw a cell for each level, those in the box filled."""
    n = len(limit.factor.levels)
    width, height = (rows.right - rows.left) / n, min(0.8 * rows.height, 0.62)
    for j, level in enumerate(limit.factor.levels):
        inside = j in limit.inside
        x, y = rows.left + j * width, rows.y(k) - height / 2
        rows.sheet.box(x + 0.02, y, width - 0.04, height, facecolor=colour if inside else RAIL)
        lines = max(int(height / line_height(SMALL)), 1)
        text = wrap(level, width - 0.1, SMALL, lines=lines)
        ink = (PAPER if limit.relied_on else INK) if inside else GREY
        rows.sheet.write(x + width / 2, rows.y(k), text, ha="center", size=SMALL, color=ink)


def chance_in_words(chance: float) -> str:
    """Write a quasi-p-value.

    >>> chance_in_words(0.2), chance_in_words(0.004), chance_in_words(1e-9)
    ('0.20', '0.004', '< 0.001')
    """
    return "< 0.001" if chance < 0.001 else plain(chance, 2 if chance >= 0.01 else 3)


def _heads(rows: NamedRows) -> None:
    words = ["by chance", "in random halves"]
    for j, text in enumerate(words):
        x = rows.right + 0.5 + (j + 0.5) * COLUMN
        rows.sheet.write(
            x, HEAD - 0.1, wrap(text, COLUMN - 0.05, SMALL, lines=2), ha="center", va="bottom",
            size=SMALL, color=GREY,
        )  # fmt: skip
    rows.sheet.write(
        (rows.left + rows.right) / 2, HEAD - 0.1, "inside the box", ha="center", va="bottom",
        size=SMALL, color=GREY,
    )  # fmt: skip


def _trajectory(sheet: Sheet, found: ShownBox) -> None:
    """Draw the trade between coverage and density on the way to the box."""
    left, bottom, top = 0.72, 0.62, HEAD - 0.05
    width = SIDE - left - 0.2
    height = min(sheet.height - bottom - top, 1.35 * width)
    bottom = sheet.height - top - height
    plane = sheet.ax.inset_axes(
        (
            (sheet.width - SIDE + left) / sheet.width, bottom / sheet.height,
            width / sheet.width, height / sheet.height,
        )
    )  # fmt: skip
    plane.set_xlim(-0.03, 1.03)
    plane.set_ylim(-0.03, 1.05)
    places = [0.0, 0.25, 0.5, 0.75, 1.0]
    texts = [f"{100 * p:.0f}\N{NO-BREAK SPACE}%" for p in places]
    plane.set_xticks(places, texts)
    plane.set_yticks(places, texts)
    plane.set_xlabel("Coverage")
    plane.set_ylabel("Density")
    plane.grid(color=LINE, linewidth=0.6)
    plane.set_axisbelow(True)
    coverage = [step["coverage"] for step in found.steps]
    density = [step["density"] for step in found.steps]
    plane.plot(coverage, density, color=GREY, linewidth=1.0, marker="o", markersize=4.5,
               markerfacecolor=PALER, markeredgecolor="none")  # fmt: skip
    plane.plot(
        found.shares["coverage"], found.shares["density"], "D", markersize=10, color=ABOVE,
        markeredgecolor=PAPER, markeredgewidth=1.5, zorder=5, clip_on=False,
    )  # fmt: skip
    sheet.write(
        sheet.width, top - 0.17, "Boxes on the way; diamond: this one", size=SMALL, color=GREY,
        ha="right", va="bottom",
    )  # fmt: skip


def caption(study: Study, *, outcome: str | None = None, box: int = 0) -> Caption:
    """Say what the box is."""
    found = shown_box(study, outcome, box)
    title, subtitle = _title(study, found), _shares(study, found)
    limits = "; ".join(
        f"{limit.factor.label} {limit.words} (of {_whole(limit)}; chance "
        f"{chance_in_words(limit.chance)}{_again(limit)})"
        for limit in found.limits
    )
    steps = ", ".join(
        f"{percent(step['coverage'])}/{percent(step['density'])}" for step in found.steps
    )
    alt = (
        f"{title}. {subtitle} The box limits {limits}. "
        f"Coverage and density on the way to it: {steps}."
    )
    return Caption(title, subtitle, _note(found), alt)


def _whole(limit: Limit) -> str:
    factor = limit.factor
    if factor.levels:
        return listed(factor.levels, "or")
    return f"{factor.name(factor.low)} to {factor.name(factor.high)}"


def _again(limit: Limit) -> str:
    return "" if limit.again is None else f", in {percent(limit.again)} of random halves"


def _title(study: Study, found: ShownBox) -> str:
    relied = [limit for limit in found.limits if limit.relied_on] or list(found.limits)
    told = [f"{in_title(study, limit.factor.path)} {limit.words}" for limit in relied[:2]]
    left = len(found.limits) - len(told)
    told += [counted(left, "more limit")] if left else []
    what = capital(said(_asked(study, found.outcome)))
    inside, overall = (percent(found.shares["density"]), percent(found.steps[0]["density"]))
    return f"{what} in {inside} of cases with {listed(told)}, against {overall} of all"


def _asked(study: Study, outcome: str) -> str:
    """Say what is of interest; the bound of a share in per cent."""
    label = outcome_label(study, outcome)
    if not is_share(outcome.partition(" ")[0]):
        return label
    return re.sub(r"(?<=[≥≤] )[\d.e-]+", lambda bound: percent(float(bound[0])), label)


def _shares(study: Study, found: ShownBox) -> str:
    """Say how good the box is, on cases that it was not found on as well."""
    shares, elsewhere = found.shares, found.shares["elsewhere"]
    unseen = "" if elsewhere is None else f" ({percent(elsewhere)} on unseen cases)"
    return (
        f"{given(study).split(';')[0]}. {shares['interesting']:,} of "
        f"{counted(shares['cases'], 'case')} in the box: density {percent(shares['density'])}"
        f"{unseen}, coverage {percent(shares['coverage'])}, support {percent(shares['support'])}."
    )


def _note(found: ShownBox) -> str:
    rest = [limit.factor.label for limit in found.limits[MOST:]]
    more = ""
    if rest:
        others = [counted(len(rest) - 2, "more", "more")] if len(rest) > 2 else []
        more = f" Also limited, least surely: {listed(rest[:2] + others)}."
    return (
        "Density: share of the cases in the box that are of interest; coverage: share of those of "
        "interest that are in it. By chance: how likely as many hits are without this limit. In "
        f"random halves: how often boxes limit it too.{more} It says where cases lie, not why."
    )
