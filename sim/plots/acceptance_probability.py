"""How surely each party accepts each plan version, and all whose consent is needed at once.

A bar is the share of draws, a whisker its 95 % interval. Joint acceptance is counted draw by
draw: the parties' shares must not be multiplied, because what is uncertain is shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.comparison import Comparison
from sim.plots.caption import Caption, conditions, party_names
from sim.plots.style import GREY, INK, LARGE, PALE, SMALL, Sheet, party_colour, text_width
from sim.plots.table import Columns, plan_label
from sim.plots.versions import some_titles, title_of
from sim.words import listed, percent, together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Bar = tuple[float, float, float]
"""A share and the ends of its interval."""


def acceptance_probability(ax: Axes, comparison: Comparison) -> None:
    """Show in how many draws each party accepts each plan version, and all needed at once.

    Parameters
    ----------
    ax
        Taken over whole; the layout follows their size.
    comparison
        Rows are its plan versions in order; the joint column comes first, then the parties.
    """
    sheet = Sheet.on(ax)
    structure = comparison.structure
    label = min(3.2, 0.27 * sheet.width)
    joint = min(2.1, 0.18 * sheet.width) if structure.required.any() else 0.0
    if len(comparison.parties) > 4:
        label, joint = 0.88 * label, 0.75 * joint
    columns = Columns.between(structure, label + joint + 0.2, sheet.width, widest=2.1)
    head = columns.foot
    row = min((sheet.height - head) / len(comparison.plans), 0.62)
    if joint:
        foot = head + row * len(comparison.plans)
        sheet.box(label - 0.05, 0.0, joint + 0.1, foot, facecolor=PALE)
        columns.name(sheet, "All whose consent is needed", label, joint)
    columns.head(sheet, structure, chips=True)
    for k, plan in enumerate(comparison.plans):
        top = head + k * row
        sheet.line([0, sheet.width], [top, top], linewidth=0.6)
        plan_label(sheet, comparison.scenario, plan, top, row, label - 0.25)
        if joint:
            _bar(sheet, (label, top, joint, row), _joint(comparison, k), INK, bold=True)
        for party, left in zip(columns.parties, columns.lefts, strict=True):
            place = (left, top, columns.width, row)
            _bar(sheet, place, _single(comparison, k, party), party_colour(party))


def _joint(comparison: Comparison, k: int) -> Bar:
    low, high = comparison.interval(comparison.probability_all)
    return float(comparison.probability_all[k]), float(low[k]), float(high[k])


def _single(comparison: Comparison, k: int, party: int) -> Bar:
    low, high = comparison.interval(comparison.probability)
    share = comparison.probability[k, party]
    return float(share), float(low[k, party]), float(high[k, party])


def _bar(
    sheet: Sheet,
    place: tuple[float, float, float, float],
    bar: Bar,
    colour: str,
    *,
    bold: bool = False,
) -> None:
    """Draw a share as a bar on a rail from nought to one, its number behind the rail."""
    left, top, width, height = place
    share, low, high = bar
    size = LARGE if bold else SMALL
    number = text_width("> 99 %", size, bold=bold) + 0.1
    start, length = left + 0.08, max(width - number - 0.16, 0.2)
    middle, thick = top + height / 2, min(0.42 * height, 0.2)
    sheet.box(start, middle - thick / 2, length, thick, facecolor="#e6e6e6")
    sheet.box(start, middle - thick / 2, length * share, thick, facecolor=colour)
    ends = [start + length * low, start + length * high]
    sheet.line(ends, [middle, middle], color=INK if not bold else "#9a9a9a", linewidth=1.6)
    for end in ends:
        sheet.line([end, end], [middle - thick / 3, middle + thick / 3], color=GREY, linewidth=1.2)
    weight = "bold" if bold else "normal"
    sheet.write(
        left + width - 0.05, middle, percent(share), ha="right", size=size, weight=weight,
        color=INK if share or bold else GREY,
    )  # fmt: skip


def caption(comparison: Comparison) -> Caption:
    """Say what the bars show."""
    n = comparison.drawn.n_draws
    title = _finding(comparison)
    reading = f"{n:,} draws of what is uncertain" if n > 1 else "1 draw of what is uncertain"
    subtitle = conditions(comparison.scenario, comparison.red_lines, reading)
    note = (
        "Bar: share of draws in which the party accepts; whisker: 95 % interval of that share, "
        "which grows narrower with more draws and says nothing of how far the inputs may be "
        "wrong. Joint acceptance is counted draw by draw."
    )
    rows = " ".join(_row_in_words(comparison, k) for k in range(len(comparison.plans)))
    alt = f"{title}. {subtitle} Share of draws with its 95 % interval. {rows}"
    return Caption(title, subtitle, note, alt)


def _finding(comparison: Comparison) -> str:
    required = np.flatnonzero(comparison.structure.required).tolist()
    n = comparison.drawn.n_draws
    if not required:
        return "How surely each party would take each version; nobody's consent is required"
    who = together(party_names(comparison.structure, required))
    best = float(comparison.probability_all.max())
    if best == 0:
        one = len(comparison.plans) == 1
        what = title_of(comparison, 0) if one else "any plan version"
        return f"In none of {n:,} draws is {what} accepted by {who}. {_closest(comparison)}"
    top = [k for k, p in enumerate(comparison.probability_all) if p == best]
    names = listed(some_titles(comparison, top))
    verb = "is" if len(top) == 1 else "are"
    most = "" if len(comparison.plans) == 1 else ", more often than any other version"
    most = most if len(top) == 1 else ", more often than the others"
    most = "" if len(top) == len(comparison.plans) else most
    return f"{names} {verb} accepted by {who} in {percent(best)} of draws{most}"


def _closest(comparison: Comparison) -> str:
    """Say how far the best version is from being taken by the signatory least inclined to it."""
    required = comparison.structure.required
    least = float(comparison.probability[:, required].min(axis=1).max())
    some = "Whatever the version, some signatory"
    if len(comparison.plans) == 1:
        some = "Some signatory"
    if least == 0:
        return f"{some} refuses it in every draw"
    most = "less than 1\N{NO-BREAK SPACE}%" if least < 0.01 else f"at most {percent(least)}"
    return f"{some} accepts it in {most} of draws"


def _row_in_words(comparison: Comparison, k: int) -> str:
    names = party_names(comparison.structure)
    cells = [f"{name} {_interval(_single(comparison, k, p))}" for p, name in enumerate(names)]
    if comparison.structure.required.any():
        cells.insert(0, f"all whose consent is needed {_interval(_joint(comparison, k))}")
    return f"{title_of(comparison, k)}: {'; '.join(cells)}."


def _interval(bar: Bar) -> str:
    share, low, high = bar
    return f"{percent(share)} ({100 * low:.1f}–{100 * high:.1f} %)"
