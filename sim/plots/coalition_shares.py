"""Shares in a coalition game: what each rule gives each player, and what the core allows."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sim.equilibria.coalitions.models import Sharing
from sim.equilibria.exact_numbers import said
from sim.plots.caption import Caption
from sim.plots.style import BODY, GREY, INK, PARTY_COLOURS, SMALL, TINY, Sheet, fit, text_width
from sim.words import capital, counted, listed, percent, plain, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = "#dcdcdc"
MARKS = ("o", "D", "s", "^")
SHOWN = 24
"""More players than this are not all shown: those with the largest shares are."""

KEY, SCALE, TALLEST = 0.5, 0.42, 1.4
"""Inches for the key above, for the scale below, and of a row at most."""

NUMBERED = 0.3
"""Inches between the marks of two rules from which each has its number beside it."""


def coalition_shares(ax: Axes, sharing: Sharing) -> None:
    """Show what each rule gives each player, on the band that the core allows it.

    Parameters
    ----------
    ax
        Taken over whole.
    """
    sheet = Sheet.on(ax)
    shown = _shown(sharing)
    row = min((sheet.height - KEY - SCALE) / len(shown), TALLEST)
    size = BODY if row > 0.3 else SMALL if row > 0.24 else TINY
    widest = max(text_width(sharing.names[k], size) for k in shown)
    words = min(widest + 0.25, 0.32 * sheet.width)
    low, high = _range(sharing)
    unit = (sheet.width - words - 0.9) / (high - low)
    bottom = KEY + len(shown) * row
    _scale(sheet, (low, high), (words, unit), bottom)
    _key(sheet, sharing)
    for place, k in enumerate(shown):
        y = KEY + (place + 0.5) * row
        name, small = fit(sharing.names[k], words - 0.15, row, (size, TINY))
        sheet.write(0.0, y, name, size=small)
        if sharing.corners:
            ends = [float(corner[k]) for corner in sharing.corners]
            left = words + (min(ends) - low) * unit
            width = max((max(ends) - min(ends)) * unit, 0.04)
            sheet.box(left, y - 0.42 * row, width, 0.84 * row, facecolor=BAND)
        step = 0.7 * row / len(sharing.rules)
        for rule, values in enumerate(sharing.rules.values()):
            x = words + (float(values[k]) - low) * unit
            at = y + (rule - (len(sharing.rules) - 1) / 2) * min(step, 0.4)
            _mark(sheet, x, at, rule)
            if step >= NUMBERED:
                sheet.write(x + 0.12, at, _short(sharing, values[k]), size=SMALL)


def _shown(sharing: Sharing) -> list[int]:
    """Return which players are shown: all, or those with the largest shares."""
    places = list(range(len(sharing.names)))
    if len(places) <= SHOWN:
        return places
    first = next(iter(sharing.rules.values()))
    return sorted(sorted(places, key=lambda k: -first[k])[:SHOWN])


def _range(sharing: Sharing) -> tuple[float, float]:
    shares = [float(x) for values in sharing.rules.values() for x in values]
    shares += [float(x) for corner in sharing.corners or () for x in corner]
    low, high = min(0.0, *shares), max(0.0, *shares)
    return low, high if high > low else low + 1.0


def _scale(sheet: Sheet, ends: tuple[float, float], at: tuple[float, float], bottom: float) -> None:
    """Draw the lines that shares are read off."""
    low, high = ends
    words, unit = at
    for value in ticks(low, high):
        x = words + (value - low) * unit
        strong = abs(value) < 1e-12
        sheet.line([x, x], [KEY, bottom], color=INK if strong else "#ebebeb",
                   linewidth=1.0 if strong else 0.8, zorder=0)  # fmt: skip
        text = f"{value:g}".replace("-", "−")
        sheet.write(x, bottom + 0.16, text, ha="center", size=SMALL, color=GREY)


def _key(sheet: Sheet, sharing: Sharing) -> None:
    """Say above what the marks stand for."""
    x = 0.12
    for place, name in enumerate(sharing.rules):
        _mark(sheet, x, 0.16, place)
        sheet.write(x + 0.14, 0.16, name, size=SMALL)
        x += 0.14 + text_width(name, SMALL) + 0.4
    if sharing.corners:
        sheet.box(x - 0.08, 0.08, 0.3, 0.16, facecolor=BAND)
        sheet.write(x + 0.3, 0.16, "what the core allows", size=SMALL)


def _mark(sheet: Sheet, x: float, y: float, place: int) -> None:
    look = {"marker": MARKS[place % len(MARKS)], "markersize": 8.5 if place == 0 else 7.5}
    colour = PARTY_COLOURS[(4, 5, 0, 2)[place % 4]]
    sheet.line([x], [y], color=colour, linestyle="none", zorder=4, markeredgecolor=INK,
               markeredgewidth=0.6, **look)  # fmt: skip


def caption(sharing: Sharing) -> Caption:
    """Say who gets most, and what the core has to do with it."""
    title = _title(sharing)
    note = "Shares by rule, in the units of the file. "
    if sharing.corners:
        note += (
            "Grey: from the least to the most that a player gets in any division that no coalition "
            "can better by itself."
        )
    elif sharing.corners is not None:
        note += "The core is empty: whatever the division, some coalition does better by itself."
    else:
        note += "Too many players to draw the core."
    if len(sharing.names) > SHOWN:
        note += f" The {SHOWN} largest of {len(sharing.names)} shares are shown."
    note += " A rule of fairness, not a forecast." if not sharing.orders else ""
    rows = [
        f"{rule}: {', '.join(f'{n} {said(x)}' for n, x in zip(sharing.names, xs, strict=True))}."
        for rule, xs in sharing.rules.items()
    ]
    return Caption(title, sharing.title, note, f"{title}. {' '.join(rows)} {note}")


def _title(sharing: Sharing) -> str:
    """Say who gets most by the first rule."""
    rule, values = next(iter(sharing.rules.items()))
    top = max(values)
    first = [n for n, x in zip(sharing.names, values, strict=True) if x == top]
    several = len(first) > 1
    whom = listed(first) if len(first) <= 5 else counted(len(first), "player")
    each = " each" if several else ""
    if sharing.orders:
        verb = "are" if several else "is"
        often = f"in {percent(float(top))} of all orders{each}"
        return f"{capital(whom)} {verb} decisive most often: {often}"
    verb = ("pay" if sharing.costs else "get") + ("" if several else "s")
    by = rule if rule.startswith("Shapley") else rule.lower()
    amount = f"{_short(sharing, top)}{each} of {_short(sharing, sharing.total)}"
    return f"{capital(whom)} {verb} most: {amount} by the {by}"


def _short(sharing: Sharing, value: Fraction) -> str:
    """Write a share as a fraction where what is shared is a whole number."""
    return said(value) if sharing.total.denominator == 1 else plain(float(value))
