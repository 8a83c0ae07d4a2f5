"""Who accepts which plan version at the central reading: a cell for each party and version.

Colour and number are the surplus, utility less threshold. A frame marks what the party accepts;
a cross, how many of its red lines the text crosses; a ring, those that silence alone crosses; a
struck ring, that the version breaks a constraint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.comparison import Comparison
from sim.plots.caption import Caption, conditions, party_names
from sim.plots.style import (
    GREY,
    INK,
    LARGE,
    PALE,
    SMALL,
    Sheet,
    diverging,
    ink_on,
    line_height,
    text_width,
    wrap,
)
from sim.plots.table import Columns, plan_label
from sim.plots.versions import nearest, title_of
from sim.problem import TOLERANCE
from sim.words import capital, counted, decimals_for, listed, signed, together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CROSSED, SILENT, BROKEN = "✕", "○", "⊘"
KEY, APART = 0.42, 0.14


@dataclass(frozen=True)
class Shared:
    """What all cells have in common: the end of the colour scale, the widest texts in inches."""

    limit: float
    numbers: float
    marks: float

    @classmethod
    def of(cls, comparison: Comparison) -> Shared:
        """Measure every cell."""
        surplus = np.array([v.surplus for v in comparison.verdicts])
        cells = list(np.ndindex(surplus.shape))
        numbers = max(text_width(_number(comparison, k, p), LARGE) for k, p in cells)
        marks = max(text_width(_marks(comparison, k, p), SMALL) for k, p in cells)
        return cls(max(float(np.abs(surplus).max()), TOLERANCE), numbers, marks)


def acceptance_heatmap(ax: Axes, comparison: Comparison) -> None:
    """Show the surplus of every party at every plan version, and the red lines crossed.

    Parameters
    ----------
    ax
        Taken over whole; the layout follows their size.
    comparison
        Rows are its plan versions in order, columns its parties: signatories first.
    """
    sheet = Sheet.on(ax)
    label, verdict = min(3.2, 0.27 * sheet.width), min(2.2, 0.19 * sheet.width)
    if len(comparison.parties) > 4:
        label, verdict = 0.88 * label, 0.88 * verdict
    columns = Columns.between(comparison.structure, label, sheet.width - verdict)
    columns.head(sheet, comparison.structure)
    head = columns.foot
    row = min((sheet.height - head - KEY) / len(comparison.plans), 0.62)
    shared = Shared.of(comparison)
    for k, plan in enumerate(comparison.plans):
        top = head + k * row
        if comparison.verdicts[k].accepted_by_all and comparison.structure.required.any():
            sheet.box(-0.08, top, sheet.width + 0.08, row, facecolor=PALE)
        plan_label(sheet, comparison.scenario, plan, top, row, label - 0.2)
        for party, left in zip(columns.parties, columns.lefts, strict=True):
            _cell(sheet, comparison, k, party, (left, top, columns.width, row), shared)
        _verdict(sheet, comparison, k, columns.right + 0.16, top, row)
    _key(sheet, head + len(comparison.plans) * row + 0.24)


def _cell(
    sheet: Sheet,
    comparison: Comparison,
    k: int,
    party: int,
    place: tuple[float, float, float, float],
    shared: Shared,
) -> None:
    left, top, width, height = place
    surplus = float(comparison.verdicts[k].surplus[party])
    colour = diverging(surplus, shared.limit)
    accepts = bool(comparison.verdicts[k].accepts[party])
    framed: dict[str, Any] = {"edgecolor": INK, "linewidth": 2.2} if accepts else {}
    inner = (left + 0.03, top + 0.025, width - 0.06, height - 0.05)
    sheet.box(*inner, facecolor=colour, **framed)
    number, marks = _number(comparison, k, party), _marks(comparison, k, party)
    middle, ink = top + height / 2, ink_on(colour)
    spare = width - shared.numbers - shared.marks - APART
    if spare >= 0.16:
        end = left + spare / 2 + shared.numbers
        sheet.write(end, middle, number, ha="right", size=LARGE, color=ink)
        sheet.write(end + APART, middle, marks, size=SMALL, color=ink)
    else:
        text = f"{number}\n{marks}" if height >= 0.42 else f"{number} {marks.replace(' ', '')}"
        sheet.write(left + width / 2, middle, text.strip(), ha="center", size=SMALL, color=ink)


def _number(comparison: Comparison, k: int, party: int) -> str:
    return signed(float(comparison.verdicts[k].surplus[party]), _decimals(comparison))


def _decimals(comparison: Comparison) -> int:
    return decimals_for(np.array([v.surplus for v in comparison.verdicts]))


def _marks(comparison: Comparison, k: int, party: int) -> str:
    verdict = comparison.verdicts[k]
    counts = ((CROSSED, verdict.crossed), (SILENT, verdict.crossed_by_silence))
    return "  ".join(f"{mark}{len(lines[party])}" for mark, lines in counts if lines[party])


def _verdict(
    sheet: Sheet, comparison: Comparison, k: int, left: float, top: float, height: float
) -> None:
    """Write beside the row what comes of the version."""
    if not comparison.structure.required.any():
        return
    accepted, width = comparison.verdicts[k].accepted_by_all, sheet.width - left
    lines = 2 if height >= 2 * line_height(SMALL) else 1
    texts = [wrap(t, width, SMALL, lines=lines, bold=accepted) for t in _outcome(comparison, k)]
    fitting = [text for text in texts if "…" not in text]
    look = {"weight": "bold"} if accepted else {"color": GREY}
    text = (fitting or texts[-1:])[0]
    sheet.write(left, top + height / 2, text, size=SMALL, linespacing=1.05, **look)


def _outcome(comparison: Comparison, k: int) -> list[str]:
    """Say what comes of a version: in full, then shorter and shorter."""
    verdict = comparison.verdicts[k]
    if verdict.accepted_by_all:
        return ["accepted by all"]
    if verdict.broken:
        broken = counted(len(verdict.broken), "constraint")
        return [f"{BROKEN} breaks {broken}: nobody accepts", f"{BROKEN} nobody accepts"]
    if verdict.completable:
        return ["refused as read; open points could suit all", "open points decide"]
    refuse = party_names(comparison.structure, comparison.blockers(k))
    brief = f"{len(refuse)} refuse{'s' if len(refuse) == 1 else ''}"
    if len(refuse) < 3:
        return [f"refused by {listed(refuse)}", brief]
    every = len(refuse) == comparison.structure.required.sum()
    return [f"refused by {'all' if every else len(refuse)} signatories", brief]


def _key(sheet: Sheet, middle: float) -> None:
    """Explain colours and marks in one line."""
    x = 0.0
    sheet.write(x, middle, "below threshold", size=SMALL, color=GREY)
    x += text_width("below threshold", SMALL) + 0.12
    for k in range(-3, 4):
        sheet.box(x, middle - 0.08, 0.2, 0.16, facecolor=diverging(k, 3))
        x += 0.2
    sheet.line([x - 0.7, x - 0.7], [middle - 0.11, middle + 0.11], color=GREY)
    x += 0.12
    for text in (
        "above",
        "accepts",
        f"{CROSSED} red lines that the text crosses",
        f"{SILENT} red lines that silence alone crosses",
    ):
        if text == "accepts":
            sheet.box(x, middle - 0.08, 0.26, 0.16, edgecolor=INK, linewidth=2.2)
            x += 0.36
        sheet.write(x, middle, text, size=SMALL, color=GREY)
        x += text_width(text, SMALL) + 0.4


def caption(comparison: Comparison) -> Caption:
    """Say what the table shows."""
    title, subtitle = _finding(comparison), conditions(comparison.scenario, comparison.red_lines)
    note = (
        "Number: surplus, the party's utility of the version less the threshold below which it "
        "says no. Every issue is scored: silence at the status quo, or over all options where "
        "there is none; a range at its central reading."
    )
    if any(v.broken for v in comparison.verdicts):
        note += " A version that breaks a logical constraint is scored, and accepted by nobody."
    rows = " ".join(_row_in_words(comparison, k) for k in range(len(comparison.plans)))
    alt = f"{title}. {subtitle} Table of surplus, utility less threshold. {rows}"
    return Caption(title, subtitle, note, alt)


def _finding(comparison: Comparison) -> str:
    required = np.flatnonzero(comparison.structure.required).tolist()
    n = len(comparison.plans)
    if not required:
        return f"What {counted(n, 'plan version')} would be worth; nobody's consent is required"
    who = together(party_names(comparison.structure, required))
    accepted = [k for k, v in enumerate(comparison.verdicts) if v.accepted_by_all]
    if not accepted:
        none = f"None of the {n} plan versions is" if n > 1 else f"{title_of(comparison, 0)} is not"
        return f"{none} accepted by {who}. {capital(_nearest(comparison, required))}"
    if len(accepted) == n and n > 2:
        return f"Every one of the {n} plan versions is accepted by {who}"
    if len(accepted) > 2:
        return f"{len(accepted)} of {n} plan versions are accepted by {who}"
    verb = "is" if len(accepted) == 1 else "are"
    only = f", alone among {n} plan versions" if len(accepted) == 1 < n else ""
    return f"{listed(title_of(comparison, k) for k in accepted)} {verb} accepted by {who}{only}"


def _nearest(comparison: Comparison, required: list[int]) -> str:
    """Name the version whose worst-off signatory falls least short, and what else is against it."""
    k = nearest(comparison)
    verdict, title = comparison.verdicts[k], title_of(comparison, k)
    short = [p for p in required if verdict.surplus[p] < -TOLERANCE]
    crossed = sum(len(verdict.crossed[p]) + len(verdict.crossed_by_silence[p]) for p in required)
    against = [f"crosses {counted(crossed, 'red line')}"] if crossed else []
    against += [f"breaks {counted(len(verdict.broken), 'constraint')}"] if verdict.broken else []
    if not short:
        return f"{title} meets every threshold but {listed(against)}"
    worst = min(short, key=lambda p: float(verdict.surplus[p]))
    name = party_names(comparison.structure, [worst])[0]
    number = signed(float(verdict.surplus[worst]), _decimals(comparison))
    which = f"{name} {number}" if len(short) == 1 else f"worst off: {name} {number}"
    but = f", but it {listed(against)}" if against else ""
    return f"nearest on utility: {title} ({which}){but}"


def _row_in_words(comparison: Comparison, k: int) -> str:
    verdict, structure = comparison.verdicts[k], comparison.structure
    cells = []
    for party, name in enumerate(party_names(structure)):
        text = f"{name} {signed(float(verdict.surplus[party]), _decimals(comparison))}"
        if verdict.crossed[party]:
            text += f", crosses {counted(len(verdict.crossed[party]), 'red line')}"
        if verdict.crossed_by_silence[party]:
            quiet = counted(len(verdict.crossed_by_silence[party]), "red line")
            text += f", {quiet} crossed by silence alone"
        cells.append(text + (", accepts" if verdict.accepts[party] else ", refuses"))
    end = f"; breaks {counted(len(verdict.broken), 'constraint')}" if verdict.broken else ""
    return f"{title_of(comparison, k)}: {'; '.join(cells)}{end}."
