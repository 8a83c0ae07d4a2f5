"""What is still open inside the zone: every issue with its options, and which of them survive."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
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
    TINY,
    Sheet,
    fit,
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

NAMED, NARROWEST = 1.0, 0.45
"""Cells at least so wide, in inches, have the option's name in them: cut if need be, or whole."""

STRIP, GAP, TIGHT = 0.26, 0.03, 0.1
"""Cells without names: their height, what is left free between two, and the width without."""

SIGN: dict[Mark, str] = {"survives": "", "beyond reach": "–", "refused": "×", "unknown": "?"}
SAID: dict[Mark, str] = {
    "survives": "in some acceptable package",
    "beyond reach": "never with all thresholds met",
    "refused": "excluded by red lines or constraints",
    "unknown": "not settled in time",
}
PICK, NO_BREAK = "●", "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Panel:
    """A column of issues: where its titles, cells and remarks stand, in inches.

    All titles have one type ``size``, in points.
    """

    left: float
    title: float
    cells: float
    width: float
    size: float

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
    places = min(n, most * n_panels)
    shown = n if n <= places else places - 1
    rows = math.ceil(places / n_panels)
    height = min(room / rows, 0.72)
    _legend(sheet, diagnosis)
    width = (sheet.width - (n_panels - 1) * GUTTER) / n_panels
    title, cells = (0.22 * width, 0.66 * width) if n_panels == 1 else (0.54 * width, 0.29 * width)
    titles = [name_of(issue.title) for issue in diagnosis.scenario.issues.values()][:shown]
    size = min(fit(text, title - 0.12, height - 0.02, (SMALL, TINY))[1] for text in titles)
    for k in range(shown):
        panel = Panel((k // rows) * (width + GUTTER), title, cells, width, size)
        _row(sheet, diagnosis, k, panel, LEGEND + (k % rows) * height, height)
    if shown < n:
        at = (width + GUTTER) * (n_panels - 1), LEGEND + (rows - 0.5) * height
        sheet.write(*at, f"and {n - shown} other issues", size=SMALL, color=GREY)


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
            _cell(sheet, mark, x, 0.06, 0.24, 0.22, signed=True)
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
    """Draw an issue: its title, a cell for each option, and where it stands."""
    issue = list(diagnosis.scenario.issues.values())[k]
    middle = top + height / 2
    sheet.line([panel.left, panel.left + panel.width], [top, top], linewidth=0.5)
    title, _ = fit(name_of(issue.title), panel.title - 0.12, height - 0.02, (panel.size,))
    sheet.write(panel.left, middle, title, size=panel.size, linespacing=1.05)
    remark, start = _remark(diagnosis, k), panel.remark
    if not _named_cells(sheet, diagnosis, k, panel, middle, height):
        under = issue.grid is not None and height >= STRIP + line_height(SMALL) + 0.08
        lift = line_height(SMALL) / 2 + 0.02 if under else 0.0
        width = panel.cells / len(issue.options)
        width = width if under else min(width, 0.4)
        deep = min(STRIP, height - 0.05)
        _strip(sheet, diagnosis, k, panel, (middle - lift - deep / 2, width, deep))
        if under:
            _numbers_under(sheet, diagnosis, k, panel, (middle + deep / 2 + 0.02, width))
        elif issue.grid is not None:
            remark = _numbers_left(diagnosis, k)
            start = panel.left + panel.title + len(issue.options) * width + 0.12
    room = panel.left + panel.width - start
    text, size = fit(remark, room, height - 0.02, (SMALL, TINY))
    sheet.write(
        start, middle, text, size=size,
        color=INK if diagnosis.survival.state(k) == "settled" else GREY, linespacing=1.05,
    )  # fmt: skip


def _named_cells(
    sheet: Sheet, diagnosis: Diagnosis, k: int, panel: Panel, middle: float, height: float
) -> bool:
    """Draw a row of cells with the options' names in them; say whether there was room for that."""
    issue = list(diagnosis.scenario.issues.values())[k]
    n = len(issue.options)
    width, deep = panel.cells / n, height - 0.08
    if height < 2 * line_height(SMALL) + 0.04 or width < NARROWEST:
        return False
    names = [name_of(issue.labels([option])[0]) for option in range(n)]
    if issue.grid is not None:  # a number and its unit stay together
        names = [name.replace(" ", NO_BREAK) for name in names]
    signs = [PICK if _picked(diagnosis, k, o) else SIGN[diagnosis.mark(k, o)] for o in range(n)]
    texts = [f"{sign} {name}".strip() for sign, name in zip(signs, names, strict=True)]
    over = issue.grid is not None and max(text_width(t, SMALL) for t in texts) > width - 0.15
    texts = names if over else texts
    size = min(fit(text, width - 0.15, deep, (SMALL, TINY))[1] for text in texts)
    rows = [fit(text, width - 0.15, deep, (size,))[0] for text in texts]
    whole = all(row.split() == text.split() for row, text in zip(rows, texts, strict=True))
    if not whole and width < NAMED:
        return False
    if over:  # every sign on a line of its own
        rows = [f"{sign}\n{row}".strip() for sign, row in zip(signs, rows, strict=True)]
    for option, text in enumerate(rows):
        left = panel.left + panel.title + option * width
        mark = diagnosis.mark(k, option)
        _cell(sheet, mark, left, middle - deep / 2, width, deep)
        sheet.write(
            left + (width - GAP) / 2, middle, text, ha="center", size=size, linespacing=1.05,
            color=PAPER if mark == "survives" else INK,
        )  # fmt: skip
    return True


def _strip(
    sheet: Sheet, diagnosis: Diagnosis, k: int, panel: Panel, place: tuple[float, float, float]
) -> None:
    """Draw a cell for each option with its sign, or for each run of options where they are many."""
    top, width, deep = place
    left = panel.left + panel.title
    if width > TIGHT:
        for option in range(len(list(diagnosis.scenario.issues.values())[k].options)):
            picked, mark = _picked(diagnosis, k, option), diagnosis.mark(k, option)
            _cell(sheet, mark, left + option * width, top, width, deep, signed=True, picked=picked)
        return
    for mark, first, last in _runs(diagnosis, k):
        _cell(sheet, mark, left + first * width, top, (last + 1 - first) * width, deep)
        for option in range(first, last + 1):
            if _picked(diagnosis, k, option):
                colour = PAPER if mark == "survives" and width * (last + 1 - first) > 0.2 else INK
                at = (left + (option + 0.5) * width, top + deep / 2)
                sheet.write(*at, PICK, ha="center", size=BODY, color=colour)


def _runs(diagnosis: Diagnosis, k: int) -> list[tuple[Mark, int, int]]:
    """Return the runs of options of an issue that share a mark: the mark, the first, the last."""
    n = len(list(diagnosis.scenario.issues.values())[k].options)
    runs = []
    for mark, run in groupby(range(n), key=lambda option: diagnosis.mark(k, option)):
        options = list(run)
        runs.append((mark, options[0], options[-1]))
    return runs


def _picked(diagnosis: Diagnosis, k: int, option: int) -> bool:
    robust = diagnosis.standpoint.robust.outcome
    return robust is not None and int(robust[k]) == option


def _stays(diagnosis: Diagnosis, mark: Mark) -> bool:
    """Tell whether an option counts as left: in the zone, or where there is none in the rules."""
    return mark == "survives" if diagnosis.empty is False else mark != "refused"


def _numbers_under(
    sheet: Sheet, diagnosis: Diagnosis, k: int, panel: Panel, place: tuple[float, float]
) -> None:
    """Write under the cells of a grid the numbers of each run, or of those that are left."""
    issue = list(diagnosis.scenario.issues.values())[k]
    top, width = place
    left, right = panel.left + panel.title, panel.remark - 0.12
    runs = _runs(diagnosis, k)
    for some in (runs, [run for run in runs if _stays(diagnosis, run[0])]):
        end, written = left - 0.15, []
        for _, first, last in some:
            text = listed(issue.labels(range(first, last + 1)))
            picked = [o for o in range(first, last + 1) if _picked(diagnosis, k, o)]
            for option in picked:
                number = issue.labels([option])[0]
                text = f"{PICK} {text}" if first == last else f"{text} ({PICK} {number})"
            half = text_width(text, SMALL) / 2
            start, stop = left + first * width, left + (last + 1) * width
            x = min(max((start + stop) / 2, end + 0.15 + half), right - half)
            if x - half < end + 0.149 or x - half > stop or x + half < start:
                break  # it would cover the last one, or stand under another run
            written.append((x, text))
            end = x + half
        else:
            for x, text in written:
                sheet.write(x, top, text, ha="center", size=SMALL)
            return
    text = wrap(_numbers_left(diagnosis, k), right - left, SMALL, lines=1)
    sheet.write(left, top, text, size=SMALL)


def _numbers_left(diagnosis: Diagnosis, k: int) -> str:
    """Say which numbers of a grid are left, and which one the package shown has."""
    issue = list(diagnosis.scenario.issues.values())[k]
    options = range(len(issue.options))
    stay = [o for o in options if _stays(diagnosis, diagnosis.mark(k, o))]
    said = listed(issue.labels(stay)) if stay else "none left"
    picked = [o for o in options if _picked(diagnosis, k, o)]
    shown = "".join(f"({PICK} {issue.labels([o])[0]})" for o in picked)
    return f"{said} {shown.replace(' ', NO_BREAK)}".strip()


def _cell(
    sheet: Sheet,
    mark: Mark,
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    signed: bool = False,
    picked: bool = False,
) -> None:
    """Draw an option: filled where it survives, with a sign where it does not."""
    alive = mark == "survives"
    gap = GAP if width > TIGHT else 0.0
    look: Any = {"facecolor": ABOVE if alive else PALE}
    if not alive and width > TIGHT:
        look |= {"edgecolor": LINE, "linewidth": 0.6}
    sheet.box(left, top, width - gap, height, **look)
    sign = PICK if picked else SIGN[mark]
    if signed and sign and (width > 0.2 or picked):
        colour = PAPER if alive else BELOW if mark == "refused" and not picked else INK
        middle = (left + (width - gap) / 2, top + height / 2)
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
    if diagnosis.chance is not None and not diagnosis.chance.alike:
        share = percent(diagnosis.chance.share)
        title += f". Over {diagnosis.chance.draws:,} draws a zone exists in {share}"
    subtitle = conditions(diagnosis.scenario, diagnosis.red_lines)
    note = "Options stand in the order of the file. "
    if diagnosis.empty is False:
        note += (
            "One that survives is in some package that everyone accepts, not in every such "
            "package: those of different issues cannot be combined freely. "
        )
    if diagnosis.standpoint.robust.outcome is not None:
        note += f"{PICK} is the package whose worst-off party is best placed against its threshold."
    issues = diagnosis.scenario.issues.values()
    told = []
    for k, issue in enumerate(issues):
        groups: dict[Mark, list[int]] = {}
        for option in range(len(issue.options)):
            groups.setdefault(diagnosis.mark(k, option), []).append(option)
        said = [f"{SAID[mark]}: {listed(issue.labels(o))}" for mark, o in groups.items()]
        told.append(f"{name_of(issue.title)}: {'; '.join(said)}.")
    return Caption(title, subtitle, note.strip(), " ".join([f"{title}.", subtitle, *told]))


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
