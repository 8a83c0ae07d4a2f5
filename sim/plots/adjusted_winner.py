"""An Adjusted Winner division: what each issue is worth to both, and who gets how much of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.equilibria.division.adjusted_winner import Dividing, in_words, said_short
from sim.equilibria.exact_numbers import said
from sim.plots.caption import Caption
from sim.plots.style import (
    BODY,
    GREY,
    INK,
    LINE,
    PAPER,
    SMALL,
    TINY,
    Sheet,
    fit,
    party_colour,
    text_width,
    wrap,
)
from sim.words import capital, listed, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEAD = 0.62
"""Inches for the names of the parties above their bars."""

WORDS = 0.3
"""Share of the width that is left for the issues' titles."""

GAP = 0.07
"""Inches from a bar to its number."""

TALLEST = 0.75


def adjusted_winner(ax: Axes, dividing: Dividing) -> None:
    """Show what each issue is worth to both parties, and who gets it.

    Bars run from the middle to both sides; what a party gets is filled.

    Parameters
    ----------
    ax
        Taken over whole.
    """
    sheet = Sheet.on(ax)
    division = dividing.division
    order = _order(dividing)
    words = WORDS * sheet.width
    row = min((sheet.height - HEAD) / len(order), TALLEST)
    size = BODY if row > 0.27 else SMALL if row > 0.22 else TINY
    half = (sheet.width - words) / 2
    middle = words + half
    unit = min(
        (half - 2 * GAP - text_width(_label(dividing, k, who), size, bold=True)) / float(points)
        for who, own in enumerate(division.points)
        for k, points in enumerate(own)
        if points
    )
    _heads(sheet, dividing, middle, half)
    for place, k in enumerate(order):
        y = HEAD + (place + 0.5) * row
        title, small = fit(list(dividing.items.values())[k], words - 0.2, row, (size, TINY))
        sheet.write(0.0, y, title, size=small)
        for who, side in ((0, -1), (1, 1)):
            _bar(sheet, dividing, k, who, (middle, y, side, unit, row, size))
    sheet.line([middle, middle], [HEAD, HEAD + len(order) * row], color=INK, linewidth=1.2)


def _order(dividing: Dividing) -> list[int]:
    """Sort the issues by how much more the first party wants them, as the procedure does."""
    first, second = dividing.division.points
    return sorted(range(len(first)), key=lambda k: -float(first[k] / ((first[k] + second[k]) or 1)))


def _heads(sheet: Sheet, dividing: Dividing, middle: float, half: float) -> None:
    """Name the parties above their bars, with what they get in all."""
    each = said_short(dividing.division.totals[0])
    for who, side in ((0, "right"), (1, "left")):
        x = middle + (-0.12 if who == 0 else 0.12)
        name = wrap(dividing.names[who], half - 0.4, BODY, lines=1, bold=True)
        sheet.write(x, 0.14, name, ha=side, weight="bold", color=party_colour(who))
        sheet.write(x, 0.38, f"gets {each} of its 100 points", ha=side, size=SMALL, color=GREY)


def _bar(
    sheet: Sheet,
    dividing: Dividing,
    k: int,
    who: int,
    at: tuple[float, float, int, float, float, float],
) -> None:
    """Draw one party's points for one issue; what it gets of them is filled."""
    middle, y, side, unit, row, size = at
    division = dividing.division
    points = division.points[who][k]
    share = division.shares[k] if who == 0 else 1 - division.shares[k]
    length, high = float(points) * unit, 0.62 * row
    left = middle if side > 0 else middle - length
    colour = party_colour(who)
    if length:
        sheet.box(left, y - high / 2, length, high, facecolor=PAPER, edgecolor=LINE, linewidth=1.0)
    if share and length:
        filled = float(share) * length
        start = middle if side > 0 else middle - filled
        sheet.box(start, y - high / 2, filled, high, facecolor=colour)
    sheet.write(
        middle + side * (length + GAP), y, _label(dividing, k, who), size=size,
        weight="bold" if share else "normal", ha="left" if side > 0 else "right",
        color=INK if share else GREY,
    )  # fmt: skip


def _label(dividing: Dividing, k: int, who: int) -> str:
    """Write a party's points for an issue, and how much of a shared one it gets."""
    share = dividing.division.shares[k] if who == 0 else 1 - dividing.division.shares[k]
    points = said_short(dividing.division.points[who][k])
    if not 0 < share < 1:
        return points
    part = said(share) if share.denominator <= 99 else plain(float(share))
    return f"gets {part} of {points}"


def caption(dividing: Dividing) -> Caption:
    """Say what the division gives and how to read it."""
    division, names = dividing.division, dividing.names
    each = said_short(division.totals[0])
    whole = "each issue goes whole to one"
    if division.split is not None:
        whole = f"only “{list(dividing.items.values())[division.split]}” is shared"
    title = f"Adjusted Winner gives both {each} of their own 100 points; {whole}"
    goods = [
        word
        for word, holds in (
            ("equal", division.equitable),
            ("free of envy", division.envy_free),
            ("efficient", division.efficient),
        )
        if holds
    ]
    subtitle = f"{dividing.title}. Checked: {', '.join(goods)}."
    note = (
        "Bars are the points that each party gave to an issue, of 100; filled is what it gets. On "
        f"top is what {names[0]} wants most compared with {names[1]}. If points are told "
        "truthfully and issues can be shared; not a forecast."
    )
    rows = [
        f"{title_}: {said(a)} and {said(b)} points, {said(x)} to {names[0]}."
        for title_, a, b, x in zip(
            dividing.items.values(), *division.points, division.shares, strict=True
        )
    ]
    alt = f"{title}. {in_words(dividing)} {' '.join(rows)} {capital(listed(goods))}."
    return Caption(title, subtitle, note, alt)
