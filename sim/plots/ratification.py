"""Which plan versions would be ratified: a cell for every version and body.

Colour and number are the margin: what the pivotal ratifier gains over no deal, so by how much all
could ask for more, or would have to ask for less, until the vote turns. Beside it the probability
of a yes. A frame marks what is ratified; what need not be voted on stands in grey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.equilibria.ratification.plans import BodyVerdict, PlanVerdict
from sim.equilibria.ratification.ratification import Ratified
from sim.plots.caption import Caption, conditions
from sim.plots.style import (
    BODY,
    GREY,
    INK,
    LARGE,
    LINE,
    PALE,
    SMALL,
    Sheet,
    diverging,
    fit,
    ink_on,
    line_height,
    text_width,
    wrap,
)
from sim.plots.table import plan_label
from sim.words import counted, listed, percent, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTLY = "◐"
KEY = 0.42
MOST_ROW = 0.62
LIMIT = 0.3
"""Margins from here on have the full colour."""

Place = tuple[float, float, float, float]


def ratification(ax: Axes, picture: Ratified) -> None:
    """Show every plan version before every body.

    Parameters
    ----------
    ax
        Taken over whole; the layout follows their size.
    picture
        Rows are its plan versions, columns its bodies.
    """
    sheet = Sheet.on(ax)
    label, verdict = min(3.4, 0.285 * sheet.width), min(2.3, 0.19 * sheet.width)
    width = min((sheet.width - label - verdict) / len(picture.bodies), 2.1)
    foot = _head(sheet, picture, label, width)
    row = min((sheet.height - foot - KEY) / len(picture.plans), MOST_ROW)
    for k, plan in enumerate(picture.plans):
        top = foot + k * row
        if plan.ratified:
            sheet.box(-0.08, top, sheet.width + 0.08, row, facecolor=PALE)
        plan_label(sheet, picture.scenario, plan.plan, top, row, label - 0.2)
        for b, body in enumerate(plan.bodies):
            _cell(sheet, body, (label + b * width, top, width, row))
        left = label + len(picture.bodies) * width + 0.16
        _verdict(sheet, picture, plan, (left, top, sheet.width - left, row))
    _key(sheet, foot + len(picture.plans) * row + 0.26)


def _head(sheet: Sheet, picture: Ratified, left: float, width: float) -> float:
    """Write each body's name and quota over its column; return where the rows begin."""
    sizes = (BODY, SMALL)
    room = 2.2 * line_height(BODY)
    for b, (name, quota) in enumerate(zip(picture.bodies, picture.quotas, strict=True)):
        middle = left + (b + 0.5) * width
        text, size = fit(name, width - 0.12, room, sizes, bold=True)
        sheet.write(
            middle, room, text, ha="center", va="bottom", size=size, weight="bold", linespacing=1.05
        )
        sheet.write(
            middle, room + 0.12, f"quota {100 * quota:.3g}\N{NO-BREAK SPACE}%", ha="center",
            size=SMALL, color=GREY,
        )  # fmt: skip
        sheet.line([left + b * width + 0.05, left + (b + 1) * width - 0.05],
                   [room + 0.24, room + 0.24], color=LINE)  # fmt: skip
    return room + 0.3


def _cell(sheet: Sheet, body: BodyVerdict, place: Place) -> None:
    left, top, width, height = place
    middle = top + height / 2
    inner = (left + 0.03, top + 0.025, width - 0.06, height - 0.05)
    chance = percent(body.chance)
    if body.asked == 0:
        sheet.box(*inner, edgecolor=LINE, linewidth=0.8)
        texts = (f"not asked ({chance})", "not asked")
        fitting = [text for text in texts if text_width(text, SMALL) <= width - 0.16]
        text = (fitting or texts[-1:])[0]
        sheet.write(left + width / 2, middle, text, ha="center", size=SMALL, color=GREY)
        return
    colour = diverging(max(body.margin, -LIMIT), LIMIT)
    framed: dict[str, Any] = {"edgecolor": INK, "linewidth": 2.2} if body.ratified else {}
    sheet.box(*inner, facecolor=colour, **framed)
    ink, number = ink_on(colour), _margin(body)
    if body.asked < 1:
        number = f"{PARTLY} {number}"
    if text_width(number, LARGE) + text_width(chance, SMALL) <= width - 0.36:
        sheet.write(left + 0.14, middle, number, size=LARGE, color=ink)
        sheet.write(left + width - 0.14, middle, chance, ha="right", size=SMALL, color=ink)
        return
    text = f"{number}\n{chance}" if height >= 2.2 * line_height(SMALL) else f"{number}  {chance}"
    sheet.write(left + width / 2, middle, text, ha="center", size=SMALL, color=ink)


def _margin(body: BodyVerdict) -> str:
    return "red line" if np.isinf(body.margin) else signed(body.margin)


def _verdict(sheet: Sheet, picture: Ratified, plan: PlanVerdict, place: Place) -> None:
    """Say beside the row what comes of the version, and how surely."""
    left, top, width, height = place
    lines = 2 if height >= 2 * line_height(SMALL) else 1
    chance = f"all pass: {percent(plan.passing[0])}"
    look: dict[str, Any] = {"weight": "bold"} if plan.ratified else {"color": GREY}
    texts = [wrap(text, width, SMALL, lines=1, bold=plan.ratified) for text in _told(picture, plan)]
    fitting = [text for text in texts if "…" not in text]
    first = (fitting or texts[-1:])[0]
    if lines == 2:
        middle, step = top + height / 2, line_height(SMALL) / 2
        sheet.write(left, middle - step, first, size=SMALL, **look)
        sheet.write(left, middle + step, chance, size=SMALL, color=GREY)
    else:
        sheet.write(left, top + height / 2, first, size=SMALL, **look)


def _told(picture: Ratified, plan: PlanVerdict) -> list[str]:
    """Say what comes of a version: in full, then shorter."""
    refuse = _refusing(picture, plan)
    if not refuse:
        return ["signed and ratified", "passes"] if plan.signed else ["not signed; would pass"]
    start = "signed, but refused" if plan.defects else "refused"
    bodies = counted(len(refuse), "body", "bodies")
    return [f"{start} by {listed(refuse)}", f"{start} by {bodies}", f"refused by {bodies}"]


def _refusing(picture: Ratified, plan: PlanVerdict) -> list[str]:
    return [
        name
        for name, body in zip(picture.bodies, plan.bodies, strict=True)
        if body.asked > 0 and not body.ratified
    ]


def _key(sheet: Sheet, middle: float) -> None:
    """Explain colours and marks in one line."""
    x = 0.0
    sheet.write(x, middle, "refused", size=SMALL, color=GREY)
    x += text_width("refused", SMALL) + 0.12
    for k in range(-3, 4):
        sheet.box(x, middle - 0.08, 0.2, 0.16, facecolor=diverging(k, 3))
        x += 0.2
    x += 0.12
    sheet.box(x, middle - 0.08, 0.26, 0.16, edgecolor=INK, linewidth=2.2)
    x += 0.36
    for text in (
        "ratified",
        "number: margin of the pivotal ratifier",
        "%: probability of a yes",
        f"{PARTLY} asked in some readings",
    ):
        sheet.write(x, middle, text, size=SMALL, color=GREY)
        x += text_width(text, SMALL) + 0.34


def caption(picture: Ratified) -> Caption:
    """Say what the table shows."""
    passed = [f"“{plan.title}”" for plan in picture.plans if plan.ratified]
    n = len(picture.plans)
    if passed:
        every = "every one" if len(passed) == n else listed(passed)
        title = f"Of {counted(n, 'plan version')}, {every} would be ratified at home"
    else:
        title = f"None of the {n} plan versions would be ratified by every body it calls on"
        title = title if n > 1 else f"{picture.plans[0].title} would be refused at home"
    drawn = f"central reading and {picture.draws:,} draws"
    subtitle = conditions(picture.scenario, picture.red_lines, drawn)
    note = (
        "Margin: what the pivotal ratifier gains over no deal. Probabilities come from draws of "
        "what is uncertain, with shocks that bodies share, and are not multiplied; where no vote "
        "is needed they stand in brackets. Who would vote how is judgement; not a forecast."
    )
    rows = " ".join(_row(picture, plan) for plan in picture.plans)
    return Caption(title, subtitle, note, f"{title}. {subtitle} {rows}")


def _row(picture: Ratified, plan: PlanVerdict) -> str:
    cells = []
    for name, body in zip(picture.bodies, plan.bodies, strict=True):
        word = "ratifies" if body.ratified else "refuses"
        asked = "" if body.asked == 1 else f", asked in {percent(body.asked)} of readings"
        cells.append(
            f"{name} {word} (margin {_margin(body)}, probability {percent(body.chance)}{asked})"
        )
    end = f"all that are asked ratify with probability {percent(plan.passing[0])}"
    return f"{plan.title}: {'; '.join(cells)}; {end}."
