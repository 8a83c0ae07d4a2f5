"""How far knowing one input moves the distribution of an outcome, beside what chance alone does.

Bar and whisker are the PAWN index and its interval; the upright mark is the level that an input
without effect stays below 19 times in 20.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiment.labels import factor_label
from sim.experiment.study import Study
from sim.plots.answers import (
    MOST,
    Answer,
    Row,
    all_in_title,
    answer,
    interval,
    not_shown,
    said,
)
from sim.plots.caption import Caption
from sim.plots.named_rows import NamedRows
from sim.plots.study_words import given
from sim.plots.style import INK, SMALL, Sheet, text_width, tick_texts
from sim.words import capital, counted, listed, plain, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN: dict[str, Any] = {"facecolor": "#8073ac"}
NOT_SHOWN: dict[str, Any] = {"facecolor": "#ffffff", "edgecolor": INK, "linewidth": 0.8}
HEAD = 0.36

MANY = 20
"""Of so many inputs that do nothing, one is expected to exceed what chance reaches."""


def pawn_bars(ax: Axes, study: Study, *, outcome: str | None = None) -> None:
    """Show PAWN indices with their intervals and what chance reaches, the largest first.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        An experiment with the analysis ``pawn``.
    outcome
        Which one; by default whether there is a zone, or else the first with an answer.
    """
    found = answer(study, "pawn", outcome)
    sheet, shown = Sheet.on(ax), _sorted(found)[:MOST]
    names = [capital(factor_label(study, row["factor"])) for row in shown]
    columns = ("median", "high", "by_chance")
    high = 1.04 * max(row[c] for row in shown for c in columns if row[c] is not None)
    rows = NamedRows.on(sheet, names, (0.0, high), head=HEAD)
    places = ticks(0.0, high)
    rows.axis(places, tick_texts(places), "PAWN index: how far the distribution moves, from 0 to 1")
    for k, row in enumerate(shown):
        rows.bar(k, 0.0, row["median"], thick=0.56, zorder=3, **_look(row))
        if row["low"] is not None and row["high"] is not None:
            rows.whisker(k, row["low"], row["high"])
        _mark(rows, k, row)
    rows.upright(0.0, color=INK, linewidth=1.2)
    _key(sheet, rows.left)


def _sorted(found: Answer) -> list[Row]:
    return sorted(found.rows, key=lambda row: -row["median"])


def _beyond(row: Row) -> bool:
    """Tell whether an input moves the distribution farther than chance would."""
    return row["by_chance"] is not None and row["median"] > row["by_chance"]


def _look(row: Row) -> dict[str, Any]:
    return SHOWN if _beyond(row) else NOT_SHOWN


def _mark(rows: NamedRows, k: int, row: Row) -> None:
    if row["by_chance"] is None:
        return
    x, half = rows.x(row["by_chance"]), 0.42 * rows.height
    rows.sheet.line([x, x], [rows.y(k) - half, rows.y(k) + half], color=INK, linewidth=3.5,
                    zorder=5)  # fmt: skip


def _key(sheet: Sheet, x: float) -> None:
    reaches = "what chance reaches"
    looks = ((SHOWN, "beyond chance"), (NOT_SHOWN, "not beyond chance"))
    width = sum(0.68 + text_width(text, SMALL) for _, text in looks) + text_width(reaches, SMALL)
    x = min(x, sheet.width - width - 0.25)
    for look, text in looks:
        sheet.box(x, 0.06, 0.3, 0.16, **look)
        sheet.write(x + 0.38, 0.14, text, size=SMALL)
        x += 0.38 + text_width(text, SMALL) + 0.3
    sheet.line([x + 0.05, x + 0.05], [0.02, 0.26], color=INK, linewidth=3.5)
    sheet.write(x + 0.17, 0.14, reaches, size=SMALL)


def caption(study: Study, *, outcome: str | None = None) -> Caption:
    """Say which inputs move the distribution farther than chance would."""
    found = answer(study, "pawn", outcome)
    shown, subtitle = _sorted(found), given(study)
    title = _title(study, found, shown)
    note = (
        "Bar: median over slices of the input of how far the distribution of the outcome within a "
        "slice is from that of all cases (Kolmogorov–Smirnov); whisker: "
        "95\N{NO-BREAK SPACE}% interval. An input "
        f"without effect stays below the mark 19 times in 20{_by_luck(len(shown))}."
        f"{found.gaps}{not_shown(len(shown), 'have smaller indices')}"
    )
    told = "; ".join(f"{factor_label(study, row['factor'])}: {_told(row)}" for row in shown)
    return Caption(title, subtitle, note, f"{title}. {subtitle} {told}.{found.gaps}")


def _by_luck(n: int) -> str:
    """Say how many of many inputs would pass for something, did none of them do anything."""
    return f"; of {n} without effect about {n / 20:.0f} would not" if n >= MANY else ""


def _title(study: Study, found: Answer, shown: list[Row]) -> str:
    beyond = [row["factor"] for row in shown if _beyond(row)]
    what = said(study, found.outcome)
    if not beyond:
        return f"No input is shown to move {what} farther than chance would"
    many = f"{len(beyond)} of {counted(len(shown), 'input')}"
    s = "s" if len(beyond) == 1 else ""
    who = listed(all_in_title(study, beyond))
    luck = f" (about {len(shown) / 20:.0f} would by luck)" if len(shown) >= MANY else ""
    return f"{many} move{s} {what} farther than chance would{luck}: {who}"


def _told(row: Row) -> str:
    chance = row["by_chance"]
    beside = "" if chance is None else f", by chance {plain(chance)}"
    return f"{plain(row['median'])}{interval(row['low'], row['high'])}{beside}"
