"""What moves between two plan versions, issue by issue, and for whom: bars that add up.

Each bar is how much more, or less, the issue adds to a party's utility in the second version
than in the first, at the central reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.comparison import Comparison
from sim.findings.conditions import condition_in_words
from sim.plans import PlanReading
from sim.plots.caption import Caption, conditions, party_names, shortened
from sim.plots.style import (
    BODY,
    GREY,
    INK,
    LINE,
    PALE,
    SMALL,
    Sheet,
    line_height,
    party_colour,
    text_width,
    wrap,
)
from sim.plots.table import Columns
from sim.plots.versions import chosen_pair, title_of
from sim.problem import TOLERANCE
from sim.words import counted, decimals_for, listed, name_of, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
FOOT = 0.34
ARROW = "→"


@dataclass(frozen=True, eq=False)
class Changes:
    """What moves from one version to another.

    Attributes
    ----------
    first, second
        Places of the versions.
    rows
        Places of the terms that move, those that move some party most first.
    moves
        How much more each term adds in the second version, shape ``(n_terms, n_parties)``.
    """

    first: int
    second: int
    rows: tuple[int, ...]
    moves: Floats

    @classmethod
    def between(cls, comparison: Comparison, first: str | None, second: str | None) -> Changes:
        """Compare two versions; see `chosen_pair` for what is taken where none is named."""
        a, b = chosen_pair(comparison, first, second)
        moves = comparison.contributions[b].adds - comparison.contributions[a].adds
        size = np.abs(moves).max(axis=1)
        order = np.argsort(-size, kind="stable")
        return cls(a, b, tuple(int(k) for k in order if size[k] > TOLERANCE), moves)

    @property
    def total(self) -> Floats:
        """Each party's change in all, shape ``(n_parties,)``."""
        total: Floats = self.moves.sum(axis=0)
        return total


def plan_changes(
    ax: Axes, comparison: Comparison, *, first: str | None = None, second: str | None = None
) -> None:
    """Show what moves between two plan versions, issue by issue, and for whom.

    Parameters
    ----------
    ax
        Taken over whole; as many issues are shown as their height allows, the rest is summed.
    comparison
        Where the versions stand.
    first, second
        The versions; by default the one that comes nearest on utility, and the last.
    """
    sheet, changes = Sheet.on(ax), Changes.between(comparison, first, second)
    label = max(0.38, min(0.5, 0.97 - 0.095 * len(comparison.parties))) * sheet.width
    columns = Columns.between(comparison.structure, label, sheet.width, widest=2.2)
    columns.head(sheet, comparison.structure, chips=True)
    row, n = _layout(sheet.height - columns.foot, len(changes.rows))
    shown, rest = changes.rows[:n], changes.rows[n:]
    limit = float(np.abs(changes.moves[list(changes.rows)]).max(initial=TOLERANCE))
    for place, term in enumerate(shown):
        top = columns.foot + place * row
        sheet.line([0, sheet.width], [top, top], linewidth=0.6)
        _what(sheet, comparison, changes, term, (top, row, label - 0.25))
        _bars(sheet, columns, changes.moves[term], (top, row), limit)
    top = columns.foot + len(shown) * row
    if rest:
        words = counted(len(rest), "smaller change")
        _sum(sheet, columns, words, changes.moves[list(rest)].sum(axis=0), top)
        top += FOOT
    sheet.box(0, top, sheet.width, FOOT, facecolor=PALE)
    _sum(sheet, columns, "In all", changes.total, top, bold=True)


def _layout(room: float, n: int) -> tuple[float, int]:
    """Return how high a row is and how many there are: three lines to a row, else two."""
    for height in (3 * line_height(SMALL) + 0.1, 2 * line_height(SMALL) + 0.05):
        if n * height <= room - FOOT:
            return min((room - FOOT) / max(n, 1), height + 0.12), n
    kept = max(int((room - 2 * FOOT) / height), 1)
    return max((room - 2 * FOOT) / kept, height), kept


def _what(
    sheet: Sheet,
    comparison: Comparison,
    changes: Changes,
    term: int,
    place: tuple[float, float, float],
) -> None:
    """Write what the issue is, and how the two versions settle it."""
    top, height, width = place
    before, after = options_moved(comparison, changes, term)
    arrow = text_width(f"{ARROW} ", SMALL)
    tall = height >= 3 * line_height(SMALL)
    name = wrap(term_name(comparison, term), width, BODY if tall else SMALL, lines=1, bold=True)
    lines = [name]
    if before and tall:
        lines += [wrap(before, width - arrow, SMALL, lines=1)]
        lines += [f"{ARROW} {wrap(after, width - arrow, SMALL, lines=1)}"]
    elif before and height >= 2 * line_height(SMALL):
        lines += [f" {ARROW} ".join(_side_by_side(before, after, width - arrow - 0.1))]
    step = line_height(SMALL)
    start = top + height / 2 - step * (len(lines) - 1) / 2
    for k, line in enumerate(lines):
        inset = arrow if k == 1 and len(lines) == 3 else 0.0
        weight, colour = ("bold", INK) if k == 0 else ("normal", GREY)
        size = BODY if k == 0 and tall else SMALL
        sheet.write(inset, start + k * step, line, size=size, weight=weight, color=colour)


def _side_by_side(before: str, after: str, width: float) -> tuple[str, str]:
    """Shorten the longer of two texts until both fit into one line, then the other."""
    wide = text_width(before, SMALL), text_width(after, SMALL)
    first = max(width / 2, width - wide[1]) if wide[0] > width / 2 else wide[0] + 0.02
    rest = width - min(first, wide[0])
    return wrap(before, first, SMALL, lines=1), wrap(after, rest, SMALL, lines=1)


def term_name(comparison: Comparison, term: int) -> str:
    """Return the title of an issue, or an interaction's condition in words."""
    scenario, parts = comparison.scenario, comparison.contributions[0]
    if term < parts.n_issues:
        return name_of(scenario.issues[parts.terms[term]].title)
    joint = term - parts.n_issues
    if joint < len(comparison.central.bonuses):
        condition = comparison.central.bonuses[joint].condition
        return f"Together: {condition_in_words(scenario, condition)}"
    table = comparison.central.tables[joint - len(comparison.central.bonuses)]
    titles = [name_of(issue.title) for issue in scenario.issues.values()]
    return f"Together: {listed(titles[place] for place in table.issues)}"


def options_moved(comparison: Comparison, changes: Changes, term: int) -> tuple[str, str]:
    """Return what the two versions say on an issue; nothing for an interaction."""
    if term >= comparison.contributions[0].n_issues:
        return "", ""
    plans = [comparison.verdicts[k].plan for k in (changes.first, changes.second)]
    return said(comparison, plans[0], term), said(comparison, plans[1], term)


def said(comparison: Comparison, plan: PlanReading, issue: int) -> str:
    """Return what a version says on an issue, or what its silence is scored as."""
    named = list(comparison.scenario.issues.values())[issue]
    options = plan.central[issue]
    labels = [name_of(label) for label in named.labels(options)]
    text = listed(labels, "or") if len(options) < len(named.options) else "any option"
    return f"silence: {text}" if plan.silent[issue] else text


def _bars(
    sheet: Sheet, columns: Columns, moves: Floats, place: tuple[float, float], limit: float
) -> None:
    """Draw each party's change as a bar from the middle of its column, the number across."""
    top, height = place
    middle, thick = top + height / 2, min(0.2, 0.45 * height)
    decimals = decimals_for(limit)
    reach = columns.width / 2 - 0.08
    numbers = {party: _brief(float(moves[party]), decimals) for party in columns.parties}
    below = max(text_width(text, SMALL) for text in numbers.values()) + 0.06 > reach
    if below:  # the number stands under its bar, where it has the whole column
        middle, thick = top + 0.28 * height, min(0.2, 0.3 * height)
    for party, left in zip(columns.parties, columns.lefts, strict=True):
        zero, move = left + columns.width / 2, float(moves[party])
        sheet.line([zero, zero], [top, top + (0.5 if below else 1.0) * height], color=LINE)
        if abs(move) <= TOLERANCE:
            continue
        length = reach * move / limit
        bar = (min(zero, zero + length), middle - thick / 2, abs(length), thick)
        sheet.box(*bar, facecolor=party_colour(party))
        if below:
            at = zero, top + 0.73 * height
            sheet.write(*at, numbers[party], ha="center", size=SMALL)
            continue
        edge, align = (zero - 0.06, "right") if move > 0 else (zero + 0.06, "left")
        sheet.write(edge, middle, numbers[party], ha=align, size=SMALL)


def _brief(move: float, decimals: int) -> str:
    """Write a change in a fixed width: its sign even where it rounds to nothing."""
    return f"{'+' if move > 0 else '−'}{abs(move):,.{decimals}f}"


def _sum(
    sheet: Sheet, columns: Columns, words: str, sums: Floats, top: float, *, bold: bool = False
) -> None:
    weight, middle = "bold" if bold else "normal", top + FOOT / 2
    size, decimals = (BODY if bold else SMALL), decimals_for(sums)
    sheet.write(0.06 if bold else 0, middle, words, size=size, weight=weight)
    for party, left in zip(columns.parties, columns.lefts, strict=True):
        text = signed(float(sums[party]), decimals)
        sheet.write(left + columns.width / 2, middle, text, ha="center", size=size, weight=weight)


def caption(
    comparison: Comparison, *, first: str | None = None, second: str | None = None
) -> Caption:
    """Say what moves."""
    changes = Changes.between(comparison, first, second)
    names = party_names(comparison.structure)
    decimals = decimals_for(changes.total)
    totals = [
        f"{name}\N{NO-BREAK SPACE}{signed(float(total), decimals)}"
        for name, total in zip(names, changes.total, strict=True)
    ]
    one, two = (title_of(comparison, k) for k in (changes.first, changes.second))
    title = f"From {shortened(one, 44)} to {shortened(two, 44)}: {', '.join(totals)}"
    if not changes.rows:
        title = f"Nothing that counts for anyone moves from {one} to {two}"
    subtitle = conditions(comparison.scenario, comparison.red_lines)
    note = (
        "Bar: change in what the issue adds to the party's utility, central reading; what a "
        "text is silent on is scored at the status quo, or over all options. Utilities "
        "of different parties are not on one scale."
    )
    moved = " ".join(_term_in_words(comparison, changes, term) for term in changes.rows)
    alt = f"{title}. {subtitle} Change in utility by issue, largest first. {moved}"
    return Caption(title, subtitle, note, alt.strip())


def _term_in_words(comparison: Comparison, changes: Changes, term: int) -> str:
    names = party_names(comparison.structure)
    moves = [
        f"{name} {signed(float(move), decimals_for(changes.moves))}"
        for name, move in zip(names, changes.moves[term], strict=True)
        if abs(move) > TOLERANCE
    ]
    before, after = options_moved(comparison, changes, term)
    said_ = f" (from {before} to {after})" if before else ""
    return f"{term_name(comparison, term)}{said_}: {', '.join(moves)}."
