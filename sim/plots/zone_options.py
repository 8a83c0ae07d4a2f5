"""What is still open inside the zone: every issue with its options, and which of them survive."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.diagnosis import Diagnosis, Mark
from sim.findings.zone import names_of
from sim.plots.caption import Caption, conditions
from sim.plots.style import (
    ABOVE,
    BELOW,
    BODY,
    GREY,
    INK,
    LINE,
    PALE,
    PAPER,
    SMALL,
    Sheet,
    line_height,
    text_width,
    wrap,
)
from sim.words import counted, listed, name_of, percent, together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEGEND, GUTTER = 0.42, 0.35
"""Height of the legend, and the room between two columns of issues, in inches."""

ROW = line_height(SMALL) + 0.03
"""The least height of an issue, in inches."""

NAMED = 1.0
"""Cells at least so wide, in inches, have the option's name in them."""

SIGN: dict[Mark, str] = {"survives": "", "beyond reach": "–", "refused": "×", "unknown": "?"}
SAID: dict[Mark, str] = {
    "survives": "in some acceptable package",
    "beyond reach": "never with all thresholds met",
    "refused": "excluded by red lines or constraints",
    "unknown": "not settled in time",
}
PICK = "●"


@dataclass(frozen=True)
class Panel:
    """A column of issues: where its titles, cells and remarks stand, in inches."""

    left: float
    title: float
    cells: float
    width: float

    @property
    def remark(self) -> float:
        """Where the remarks begin."""
        return self.left + self.title + self.cells + 0.12


def zone_options(ax: Axes, diagnosis: Diagnosis) -> None:
    """Show for every issue which options survive in some package that everyone accepts.

    Parameters
    ----------
    ax
        Taken over whole; as many issues are shown as fit, in file order.
    diagnosis
        Where there is no zone, the picture shows what red lines and constraints alone leave.
    """
    sheet = Sheet.on(ax)
    n = len(diagnosis.scenario.issues)
    room = sheet.height - LEGEND
    most = max(int(room / ROW), 1)
    n_panels = 1 if n <= min(most, 9) else 2
    shown = min(n, most * n_panels)
    rows = math.ceil(shown / n_panels)
    height = min(room / rows, 0.62)
    _legend(sheet, diagnosis)
    width = (sheet.width - (n_panels - 1) * GUTTER) / n_panels
    for k in range(shown):
        title, cells = (0.22, 0.66) if n_panels == 1 else (0.46, 0.35)
        panel = Panel((k // rows) * (width + GUTTER), title * width, cells * width, width)
        _row(sheet, diagnosis, k, panel, LEGEND + (k % rows) * height, height)


def _legend(sheet: Sheet, diagnosis: Diagnosis) -> None:
    """Explain the cells that occur."""
    marks = {
        diagnosis.mark(k, option)
        for k, issue in enumerate(diagnosis.scenario.issues.values())
        for option in range(len(issue.options))
    }
    x = 0.0
    for mark, said in SAID.items():
        if mark in marks:
            _cell(sheet, mark, x, 0.06, 0.24, 0.22)
            sheet.write(x + 0.3, 0.17, said, size=SMALL)
            x += 0.3 + text_width(said, SMALL) + 0.25
    name = _pick_name(diagnosis)
    fits = x + 0.22 + text_width(name, SMALL) <= sheet.width  # else the note says it
    if diagnosis.standpoint.robust.outcome is not None and fits:
        sheet.write(x, 0.17, PICK, size=BODY, color=INK)
        sheet.write(x + 0.22, 0.17, name, size=SMALL)


def _pick_name(diagnosis: Diagnosis) -> str:
    return "most robust package" if diagnosis.empty is False else "nearest package"


def _row(
    sheet: Sheet, diagnosis: Diagnosis, k: int, panel: Panel, top: float, height: float
) -> None:
    issue = list(diagnosis.scenario.issues.values())[k]
    middle = top + height / 2
    sheet.line([panel.left, panel.left + panel.width], [top, top], linewidth=0.5)
    lines = 2 if height >= 2 * line_height(SMALL) + 0.04 else 1
    title = wrap(name_of(issue.title), panel.title - 0.12, SMALL, lines=lines)
    sheet.write(panel.left, middle, title, size=SMALL, linespacing=1.05)
    n = len(issue.options)
    named = panel.cells / n >= NAMED and height >= 2 * line_height(SMALL) + 0.04
    width = panel.cells / n if named else min(panel.cells / n, 0.4)
    deep = height - 0.08 if named else min(0.26, height - 0.05)
    robust = diagnosis.standpoint.robust.outcome
    labels = [name_of(issue.labels([option])[0]) for option in range(n)] if named else []
    for option in range(n):
        left = panel.left + panel.title + option * width
        mark = diagnosis.mark(k, option)
        picked = robust is not None and robust[k] == option
        box = (left, middle - deep / 2, width, deep)
        _cell(sheet, mark, *box, picked=picked, label=labels[option] if named else "")
    room = panel.left + panel.width - panel.remark
    sheet.write(
        panel.remark, middle, wrap(_remark(diagnosis, k), room, SMALL, lines=lines), size=SMALL,
        color=INK if diagnosis.survival.state(k) == "settled" else GREY, linespacing=1.05,
    )  # fmt: skip


def _cell(
    sheet: Sheet,
    mark: Mark,
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    picked: bool = False,
    label: str = "",
) -> None:
    """Draw an option: filled where it survives, with a sign where it does not."""
    alive = mark == "survives"
    gap = 0.03 if width > 0.1 else 0.0
    look: Any = {"facecolor": ABOVE if alive else PALE}
    if not alive and width > 0.1:
        look |= {"edgecolor": LINE, "linewidth": 0.6}
    sheet.box(left, top, width - gap, height, **look)
    sign = PICK if picked else SIGN[mark]
    middle = (left + (width - gap) / 2, top + height / 2)
    if label:
        text = wrap(f"{sign} {label}".strip(), width - gap - 0.12, SMALL, lines=2)
        colour = PAPER if alive else INK
        sheet.write(*middle, text, ha="center", size=SMALL, color=colour, linespacing=1.05)
    elif sign and (width > 0.2 or picked):
        colour = PAPER if alive else BELOW if mark == "refused" and not picked else INK
        sheet.write(*middle, sign, ha="center", size=BODY, color=colour)


def _remark(diagnosis: Diagnosis, k: int) -> str:
    """Say where an issue stands, in a word or two."""
    issue = list(diagnosis.scenario.issues.values())[k]
    n = len(issue.options)
    marks = [diagnosis.mark(k, option) for option in range(n)]
    if diagnosis.empty is not False:
        left = sum(mark != "refused" for mark in marks)
        return f"{left} of {n} left"
    state = diagnosis.survival.state(k)
    if state == "settled":
        return "settled"
    if state == "unknown":
        return "not settled in the time"
    alive = marks.count("survives")
    return f"{alive} of {n} open"


def caption(diagnosis: Diagnosis) -> Caption:
    """Say how much is settled, and what is ruled out."""
    title = _finding(diagnosis)
    if diagnosis.chance is not None:
        share = percent(diagnosis.chance.share)
        title += f". Over {diagnosis.chance.draws:,} draws a zone exists in {share}"
    subtitle = conditions(diagnosis.scenario, diagnosis.red_lines)
    note = (
        "Options stand in the order of the file. One that survives is in some package that "
        "everyone accepts, not in every such package: those of different issues cannot be combined "
        f"freely. {PICK} is the package whose worst-off party is best placed against its threshold."
    )
    issues = diagnosis.scenario.issues.values()
    told = []
    for k, issue in enumerate(issues):
        groups: dict[Mark, list[int]] = {}
        for option in range(len(issue.options)):
            groups.setdefault(diagnosis.mark(k, option), []).append(option)
        said = [f"{SAID[mark]}: {listed(issue.labels(o))}" for mark, o in groups.items()]
        told.append(f"{name_of(issue.title)}: {'; '.join(said)}.")
    return Caption(title, subtitle, note, " ".join([f"{title}.", subtitle, *told]))


def _finding(diagnosis: Diagnosis) -> str:
    who = together(names_of(diagnosis))
    n = len(diagnosis.scenario.issues)
    marks = [
        diagnosis.mark(k, option)
        for k, issue in enumerate(diagnosis.scenario.issues.values())
        for option in range(len(issue.options))
    ]
    if diagnosis.empty is None:
        return f"Whether {who} could all accept some package was not settled in the time"
    if diagnosis.empty:
        refused = marks.count("refused")
        if not diagnosis.problem.n_outcomes:
            return "The red lines and constraints leave no package at all"
        return (
            f"No package is acceptable to {who}: red lines and constraints rule out {refused} of "
            f"{counted(len(marks), 'option')}, the thresholds all packages of the rest"
        )
    settled = sum(diagnosis.survival.state(k) == "settled" for k in range(n))
    alive = marks.count("survives")
    return (
        f"In what is acceptable to {who}, {settled} of {counted(n, 'issue')} "
        f"{'is' if settled == 1 else 'are'} settled and {alive} of {len(marks)} options survive"
    )
