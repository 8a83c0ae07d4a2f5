"""What each input does alone to one outcome: a bar for each, the longest first.

A bar reaches from the lowest to the highest outcome while the other inputs stay at the base case.
Where the verdict on the outcome turns there is a line; a bar that crosses it is framed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiment.labels import factor_label, outcome_label, setting_label
from sim.experiment.study import Study
from sim.plots.answers import (
    MOST,
    Answer,
    Row,
    all_in_title,
    answer,
    in_title,
    is_truth,
    not_shown,
    said,
    scale,
    value_label,
)
from sim.plots.caption import Caption
from sim.plots.named_rows import NamedRows
from sim.plots.study_words import given
from sim.plots.style import GREY, INK, SMALL, Sheet, line_height, text_width, wrap
from sim.words import capital, counted, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNDER, OVER, PLAIN = "#fee0b6", "#8073ac", "#b2abd2"
"""Parts of a bar below the threshold and above it: light and dark in black and white as well."""

HEAD, WIDEST = 0.5, 2.2


def tornado(ax: Axes, study: Study, *, outcome: str | None = None) -> None:
    """Show how far each input alone moves an outcome.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        An experiment with the analysis ``tornado``.
    outcome
        Which one; by default whether there is a zone, or else the first.
    """
    found = answer(study, "tornado", outcome)
    sheet, bars = Sheet.on(ax), found.rows[:MOST]
    names = [capital(factor_label(study, bar["factor"])) for bar in bars]
    ends = [_words_at_ends(study, bar) for bar in bars]
    low, high = _span(study, found)

    def spare(inches: float) -> tuple[float, float]:
        known = [(b, e) for b, e in zip(bars, ends, strict=True) if b["low"] is not None]
        before = [_width(e[0]) - (b["low"] - low) * inches for b, e in known]
        after = [_width(e[1]) - (high - b["high"]) * inches for b, e in known]
        return max(before, default=0.0), max(after, default=0.0)

    rows = NamedRows.on(sheet, names, (low, high), head=HEAD, spare=spare)
    for k, bar in enumerate(bars):
        if bar["low"] is None:
            rows.write(k, low, "undefined", color=GREY)
            continue
        _bar(rows, k, bar)
        _ends(rows, k, bar, ends[k])
    places, texts = scale(study, found.outcome, low, high)
    rows.axis(places, texts, capital(outcome_label(study, found.outcome)), grid=False)
    _lines(rows, study, found)


def _words_at_ends(study: Study, bar: Row) -> tuple[str, str]:
    """Return the settings at both ends of a bar, or that it is none."""
    if bar["low"] is None:
        return "", ""
    if bar["low"] == bar["high"]:
        return "", "no effect"
    low, high = (setting_label(study, bar["factor"], bar[end]) for end in ("at_low", "at_high"))
    return low, high


def _width(text: str) -> float:
    return min(text_width(text, SMALL), WIDEST) + 0.12


def _span(study: Study, found: Answer) -> tuple[float, float]:
    """Return the ends of the scale: all bars, the base case and the threshold."""
    first = found.rows[0]
    seen = [row[side] for row in found.rows for side in ("low", "high")]
    whole = (0.0, 1.0) if is_truth(study, found.outcome) else ()
    values = [v for v in (*seen, *whole, first["base"], first["threshold"]) if v is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    space = 0.02 * (high - low) or 0.5
    return low - space, high + space


def _bar(rows: NamedRows, k: int, bar: Row) -> None:
    low, high, turns = bar["low"], bar["high"], bar["threshold"]
    if low == high:
        x, half = rows.x(low), 0.31 * rows.height
        rows.sheet.line([x, x], [rows.y(k) - half, rows.y(k) + half], color=INK, linewidth=2)
    if turns is None:
        rows.bar(k, low, high, thick=0.62, facecolor=PLAIN)
    elif low < turns:
        rows.bar(
            k, low, min(high, turns), thick=0.62, facecolor=UNDER, edgecolor=INK, linewidth=0.6
        )
    if turns is not None and high > turns:
        rows.bar(k, max(low, turns), high, thick=0.62, facecolor=OVER)
    if bar["flips"]:
        rows.bar(k, low, high, thick=0.7, edgecolor=INK, linewidth=2.2)


def _ends(rows: NamedRows, k: int, bar: Row, texts: tuple[str, str]) -> None:
    """Write the settings at both ends, or that there is no effect."""
    lines = 2 if rows.height > 2 * line_height(SMALL) else 1
    left, right = (wrap(text, WIDEST, SMALL, lines=lines) for text in texts)
    grey = {"color": GREY} if bar["low"] == bar["high"] else {}
    if left:
        rows.write(k, bar["low"], left, ha="right")
    rows.write(k, bar["high"], right, **grey)


def _lines(rows: NamedRows, study: Study, found: Answer) -> None:
    """Draw the base case, and where the verdict turns; name each above the rows."""
    base, turns = found.rows[0]["base"], found.rows[0]["threshold"]
    if turns is not None:
        rows.upright(turns, color=INK, linewidth=2.0, zorder=5)
        below, above = _sides(study, found.outcome)
        x, y = rows.x(turns), HEAD - 0.14
        rows.sheet.write(x - 0.08, y, f"← {below}", ha="right", size=SMALL)
        rows.sheet.write(x + 0.08, y, f"{above} →", size=SMALL)
    if base is not None:
        rows.upright(base, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=5)
        text = f"base case: {value_label(study, found.outcome, base)}"
        half = text_width(text, SMALL) / 2
        x = min(max(rows.x(base), half), rows.sheet.width - half)
        rows.sheet.write(x, HEAD - 0.36, text, ha="center", size=SMALL)


def _sides(study: Study, outcome: str) -> tuple[str, str]:
    """Name the two sides of where the verdict turns."""
    return ("no", "yes") if is_truth(study, outcome) else ("below the threshold", "above it")


def caption(study: Study, *, outcome: str | None = None) -> Caption:
    """Say which inputs turn the verdict by themselves, or which moves the outcome most."""
    found = answer(study, "tornado", outcome)
    title, subtitle = _title(study, found), given(study)
    turns = found.rows[0]["threshold"]
    crossing = (
        "; framed where it crosses the line at which the verdict turns" if turns is not None else ""
    )
    note = (
        "Bar: from the lowest to the highest outcome while this input alone moves, with the "
        f"setting at each end{crossing}. What inputs do together does not show, nor how likely "
        f"an end is.{not_shown(len(found.rows), 'move it no further')}{_gaps(study, found)}"
    )
    told = "; ".join(_told(study, found.outcome, row) for row in found.rows)
    base = found.rows[0]["base"]
    start = "undefined" if base is None else value_label(study, found.outcome, base)
    about = f"{capital(said(study, found.outcome))} at the base case: {start}."
    return Caption(
        title, subtitle, note, f"{title}. {subtitle} {about} {told}.{_gaps(study, found)}"
    )


def _title(study: Study, found: Answer) -> str:
    what, first = said(study, found.outcome), found.rows[0]
    turning = [row["factor"] for row in found.rows if row["flips"]]
    if turning:
        many = f"{len(turning)} of {counted(len(found.rows), 'input')}"
        s = "s" if len(turning) == 1 else ""
        changed = (
            f"change{s} {what}" if is_truth(study, found.outcome) else f"turn{s} the sign of {what}"
        )
        return f"Moved alone, {many} {changed}: {listed(all_in_title(study, turning))}"
    if first["low"] is None or first["low"] == first["high"]:
        return f"Moved alone, no input changes {what}"
    ends = [value_label(study, found.outcome, first[side]) for side in ("low", "high")]
    most = f"{in_title(study, first['factor'])} changes {what} most: from {ends[0]} to {ends[1]}"
    nothing = "no input turns the verdict; " if first["threshold"] is not None else ""
    return f"Moved alone, {nothing}{most}"


def _told(study: Study, outcome: str, row: Row) -> str:
    name = factor_label(study, row["factor"])
    if row["low"] is None:
        return f"{name}: undefined throughout"
    if row["low"] == row["high"]:
        return f"{name}: no effect"
    settings = zip(("low", "high"), _words_at_ends(study, row), strict=True)
    ends = [f"{value_label(study, outcome, row[end])} ({setting})" for end, setting in settings]
    flips = ", which turns the verdict" if row["flips"] else ""
    return f"{name}: from {ends[0]} to {ends[1]}{flips}"


def _gaps(study: Study, found: Answer) -> str:
    """Say at which settings the outcome has no value."""
    gaps = [
        f"{factor_label(study, row['factor'])} at "
        + listed(setting_label(study, row["factor"], s) for s in row["undefined"].split("; "))
        for row in found.rows
        if row["undefined"]
    ]
    return f" No value with {'; '.join(gaps)}." if gaps else ""
