"""Through which issues one plan version falls short for each party: what is lost, and the sum.

A bar is how much more the issue could add to the party's utility at most. What could be had in
all, less what is lost, is the utility of the version.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.comparison import Comparison
from sim.plots.caption import Caption, conditions, party_names, possessive, shortened
from sim.plots.plan_changes import said, term_name
from sim.plots.style import (
    BODY,
    GREY,
    INK,
    LARGE,
    LINE,
    SMALL,
    Sheet,
    line_height,
    party_colour,
    text_width,
    wrap,
)
from sim.plots.versions import chosen, title_of
from sim.problem import TOLERANCE
from sim.words import counted, decimals_for, listed, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEAD, FOOT, GAP, BETWEEN = 0.32, 0.3, 0.45, 0.2


def contributions(
    ax: Axes, comparison: Comparison, *, plan: str | None = None, most: int = 4
) -> None:
    """Show through which issues one plan version costs each party most, and how it adds up.

    Parameters
    ----------
    ax
        Taken over whole; each party has a panel.
    comparison
        Where the version stands.
    plan
        The version; by default the one that comes nearest on utility.
    most
        How many issues to show for each party at most, where there is room.
    """
    sheet, k = Sheet.on(ax), chosen(comparison, plan)
    order = _order(comparison)
    across = len(order) if len(order) <= 3 else math.ceil(len(order) / 2)
    down = math.ceil(len(order) / across)
    width = (sheet.width - GAP * (across - 1)) / across
    height = (sheet.height - BETWEEN * (down - 1)) / down
    limit = float(comparison.contributions[k].lost.max(initial=1e-9))
    for place, party in enumerate(order):
        left, top = (place % across) * (width + GAP), (place // across) * (height + BETWEEN)
        _panel(sheet, comparison, k, party, (left, top, width, height), limit, most)


def _order(comparison: Comparison) -> list[int]:
    """Put those whose consent is required first."""
    required = comparison.structure.required
    return [*np.flatnonzero(required).tolist(), *np.flatnonzero(~required).tolist()]


def _panel(
    sheet: Sheet,
    comparison: Comparison,
    k: int,
    party: int,
    place: tuple[float, float, float, float],
    limit: float,
    most: int,
) -> None:
    left, top, width, height = place
    name = party_names(comparison.structure, [party])[0]
    advisory = "" if comparison.structure.required[party] else " (advisory)"
    head = wrap(f"{name}{advisory}", width, LARGE, lines=1, bold=True)
    sheet.write(left, top + 0.1, head, size=LARGE, weight="bold")
    sheet.box(left, top + HEAD - 0.1, width, 0.05, facecolor=party_colour(party))
    slot = 2 * line_height(SMALL) + 0.04
    foot_lines = 1 if width > 4.8 else 2
    n = min(max(int((height - HEAD - FOOT * foot_lines) / slot), 1), most)
    terms = comparison.contributions[k].worst(party, n)
    for row, term in enumerate(terms):
        _loss(sheet, comparison, k, party, term, (left, top + HEAD + row * slot, width), limit)
    if not terms:
        sheet.write(left, top + HEAD + 0.15, "Nothing could be better.", size=BODY, color=GREY)
    foot = top + HEAD + max(len(terms), 1) * slot + 0.04
    sheet.line([left, left + width], [foot, foot], color=LINE)
    room = max(int((top + height - foot) / line_height(SMALL)), 1)
    text = wrap(sum_in_words(comparison, k, party, terms), width, SMALL, lines=room)
    middle = foot + 0.05 + line_height(SMALL) * (text.count("\n") + 1) / 2
    sheet.write(left, middle, text, size=SMALL, color=INK)


def _loss(
    sheet: Sheet,
    comparison: Comparison,
    k: int,
    party: int,
    term: int,
    place: tuple[float, float, float],
    limit: float,
) -> None:
    """Write the issue and what the version says on it; draw what it costs beside."""
    left, top, width = place
    parts = comparison.contributions[k]
    lost, decimals = float(parts.lost[term, party]), decimals_for(limit)
    number = text_width(plain(-limit, decimals), BODY, bold=True) + 0.1
    room = 0.65 * width
    rail = width - room - number - 0.15
    step = line_height(SMALL)
    issue = term < parts.n_issues
    name = wrap(term_name(comparison, term), room, SMALL, lines=1 if issue else 2, bold=True)
    for k_line, line in enumerate(name.split("\n")):
        sheet.write(left, top + 0.03 + (k_line + 0.5) * step, line, size=SMALL, weight="bold")
    if issue:
        text = wrap(said(comparison, comparison.verdicts[k].plan, term), room, SMALL, lines=1)
        sheet.write(left, top + 0.03 + 1.5 * step, text, size=SMALL, color=GREY)
    length, middle = rail * lost / limit, top + 0.03 + step
    start = left + room + 0.15
    sheet.box(start, middle - 0.1, length, 0.2, facecolor=party_colour(party))
    text = plain(-lost, decimals)
    sheet.write(start + length + 0.08, middle, text, size=BODY, weight="bold")


def sum_in_words(comparison: Comparison, k: int, party: int, terms: list[int]) -> str:
    """Write how a party's utility adds up: what could be had, less what is lost."""
    parts = comparison.contributions[k]
    decimals = decimals_for(comparison.verdicts[k].utility) + 1
    utility = float(comparison.verdicts[k].utility[party])
    threshold = utility - float(comparison.verdicts[k].surplus[party])
    ends = f"= {plain(utility, decimals)} (threshold {plain(threshold, decimals)})"
    if comparison.structure.averaged[party]:
        return f"Mean over the articles included {ends}"
    lost = float(parts.lost[:, party].sum())
    shown = float(parts.lost[terms, party].sum())
    other = int((parts.lost[:, party] > TOLERANCE).sum()) - len(terms)
    rest = f" − {plain(lost - shown, decimals)} on {counted(other, 'other')}" if other else ""
    return f"{plain(utility + lost, decimals)} at most − {plain(shown, decimals)}{rest} {ends}"


def caption(comparison: Comparison, *, plan: str | None = None, most: int = 4) -> Caption:
    """Say what costs most."""
    k = chosen(comparison, plan)
    parts, names = comparison.contributions[k], party_names(comparison.structure)
    order, what = _order(comparison), shortened(title_of(comparison, k), 44)
    told = [p for p in order if comparison.structure.required[p]][:3] or order[:3]
    clauses: list[str] = []
    for party in told:
        worst = parts.worst(party, 1)
        if worst:
            number = plain(-float(parts.lost[worst[0], party]), decimals_for(parts.lost))
            where = shortened(term_name(comparison, worst[0]), 36)
            clauses.append(f"{names[party]}{'' if clauses else ' most'} on {where} ({number})")
    title = f"{what} costs {listed(clauses)}"
    if not clauses:
        title = f"On no issue does {what} cost {listed(names[p] for p in told)} anything"
    subtitle = conditions(comparison.scenario, comparison.red_lines)
    note = (
        "Bar: how much more the issue could add to the party's utility with the option that it "
        "likes best; under the issue, what the version says. Last line: how the utility adds up. "
        "Utilities of different parties are not on one scale."
    )
    if comparison.structure.averaged.any():
        note += " For a mean over included articles: how far the article pulls it down."
    rows = [
        f"{possessive(names[p])} losses: {_losses(comparison, k, p, most)}. "
        f"{sum_in_words(comparison, k, p, parts.worst(p, most))}."
        for p in order
    ]
    return Caption(title, subtitle, note, f"{title}. {subtitle} {' '.join(rows)}")


def _losses(comparison: Comparison, k: int, party: int, most: int) -> str:
    parts = comparison.contributions[k]
    losses = [
        f"{term_name(comparison, term)} "
        f"{plain(-float(parts.lost[term, party]), decimals_for(parts.lost))}"
        for term in parts.worst(party, most)
    ]
    return ", ".join(losses) or "none"
