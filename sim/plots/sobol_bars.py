"""Which share of the variance of one outcome each input accounts for: alone, and in all.

Beside each name two bars: above the first-order index, below the total. What the total has more is
what the input does together with others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiment.labels import factor_label
from sim.experiment.study import Study
from sim.plots.answers import (
    MOST,
    Answer,
    Row,
    answer,
    in_title,
    interval,
    leads,
    not_shown,
    of_shares,
    said,
)
from sim.plots.caption import Caption
from sim.plots.named_rows import NamedRows
from sim.plots.study_words import given
from sim.plots.style import GREY, INK, SMALL, Sheet, text_width
from sim.words import capital, counted, percent, plain, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ALONE, IN_ALL = "#8073ac", "#f3f1fa"
LOOKS: dict[str, Any] = {
    "first": {"facecolor": ALONE},
    "total": {"facecolor": IN_ALL, "edgecolor": INK, "linewidth": 0.8},
}
KEYS = {"first": "alone (first order)", "total": "in all, with interactions (total)"}
HEAD = 0.36


def sobol_bars(ax: Axes, study: Study, *, outcome: str | None = None) -> None:
    """Show first-order and total Sobol' indices with their intervals, the largest total first.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        An experiment with the analysis ``sobol``.
    outcome
        Which one; by default whether there is a zone, or else the first with an answer.
    """
    found = answer(study, "sobol", outcome)
    sheet, shown = Sheet.on(ax), _sorted(found)[:MOST]
    names = [capital(factor_label(study, row["input"])) for row in shown]
    columns = ("first", "total", "first_high", "total_high")
    most = max(row[c] for row in shown for c in columns if row[c] is not None)
    least = min(row[c] for row in shown for c in ("first", "total", "first_low"))
    low, high = min(1.02 * least, 0.0), max(1.02 * most, 1.0)
    rows = NamedRows.on(sheet, names, (low, high), head=HEAD)
    places = ticks(low, high, 8)
    rows.axis(places, [percent(p).replace("-", "−") for p in places], "Share of the variance")
    for k, row in enumerate(shown):
        if row["total"] == row["first"] == 0:
            rows.write(k, 0.0, "no effect", color=GREY)
            continue
        for place, index in enumerate(("first", "total")):
            _bar(rows, k, row, index, (2 * place - 1) * 0.21 * rows.height)
    rows.upright(0.0, color=INK, linewidth=1.2)
    x = rows.left
    for index, text in KEYS.items():
        sheet.box(x, 0.06, 0.3, 0.16, **LOOKS[index])
        sheet.write(x + 0.38, 0.14, text, size=SMALL)
        x += 0.38 + text_width(text, SMALL) + 0.35


def _sorted(found: Answer) -> list[Row]:
    return sorted(found.rows, key=lambda row: -row["total"])


def _bar(rows: NamedRows, k: int, row: Row, index: str, shift: float) -> None:
    x0, x1 = sorted((rows.x(0.0), rows.x(row[index])))
    thick = 0.34 * rows.height
    rows.sheet.box(x0, rows.y(k) + shift - thick / 2, x1 - x0, thick, zorder=3, **LOOKS[index])
    low, high = row[f"{index}_low"], row[f"{index}_high"]
    if low is not None and high is not None:
        rows.whisker(k, max(low, rows.low), high, shift)


def caption(study: Study, *, outcome: str | None = None) -> Caption:
    """Say which input matters most, and how much of the variance is joint work."""
    found = answer(study, "sobol", outcome)
    shown, subtitle = _sorted(found), given(study)
    title = _title(study, found, shown)
    points = found.rows[0]["points"]
    note = (
        "Upper bar: the share of the variance that would go if the input alone were known. "
        "Lower: what would be left if all others were. Whiskers: "
        "95\N{NO-BREAK SPACE}% intervals from "
        f"{counted(points, 'base point')}. Shares hang on the ranges in the file; "
        "where whiskers overlap the order is open."
        f"{found.gaps}{not_shown(len(shown), 'have smaller totals')}{of_shares(study)}"
    )
    told = "; ".join(f"{factor_label(study, row['input'])}: {_told(row)}" for row in shown)
    return Caption(title, subtitle, note, f"{title}. {subtitle} {told}.{found.gaps}")


def _title(study: Study, found: Answer, shown: list[Row]) -> str:
    alone = min(max(sum(row["first"] for row in shown), 0.0), 1.0)
    what, most = capital(said(study, found.outcome)), in_title(study, shown[0]["input"])
    one_by_one = f"one by one, inputs explain about {percent(alone)}"
    joint = f"interactions {percent(1 - alone)}" if alone < 0.995 else "no interactions show"
    hangs = "hangs" if leads(shown, "total_low", "total_high") else "seems to hang"
    return f"{what} {hangs} most on {most}: {one_by_one} of its variance, {joint}"


def _told(row: Row) -> str:
    parts = [f"{name} {plain(row[index])}{interval(row[f'{index}_low'], row[f'{index}_high'])}"
             for index, name in (("first", "alone"), ("total", "in all"))]  # fmt: skip
    return ", ".join(parts)
