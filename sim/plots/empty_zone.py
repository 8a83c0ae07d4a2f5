"""Why there is no zone of possible agreement: the gap between what is insisted on and can be had.

For two parties the gap is drawn in the plane of their utilities, for more as a row for each. Its
measure is the least that all thresholds would have to come down by together, at the package
that comes nearest. Where the red lines leave no package at all, the clauses that clash are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.findings.settlement import clash_in_words
from sim.plots.caption import Caption, conditions, possessive
from sim.plots.gap import Gap
from sim.plots.gap_rows import gap_rows
from sim.plots.plane import DEAL, Mark, Pair, Plane
from sim.plots.style import (
    BELOW,
    GREY,
    INK,
    LARGE,
    PALE,
    PAPER,
    SMALL,
    Sheet,
    line_height,
    wrap,
)
from sim.problem import TOLERANCE
from sim.settlement import Settlement
from sim.words import counted, listed, percent, plain, signed, together

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def empty_zone(ax: Axes, settlement: Settlement) -> None:
    """Show how far the signatories are from a package that all of them accept.

    Parameters
    ----------
    ax
        Taken over whole.
    settlement
        Where a zone exists after all, the picture shows by how much.
    """
    sheet, gap = Sheet.on(ax), Gap.of(settlement)
    if gap.nearest is None:
        _clash(sheet, settlement)
    elif len(gap.names) == 2 and settlement.zone.empty:
        _corner(sheet, settlement, gap)
    else:
        gap_rows(sheet, gap)


def _clash(sheet: Sheet, settlement: Settlement) -> None:
    """Write the clauses that cannot stand together one below the other."""
    clauses = clash_in_words(settlement)
    n = max(len(clauses), 1)
    height = min((sheet.height - 0.5) / n, 1.0)
    for k, clause in enumerate(clauses):
        top = 0.1 + k * height
        sheet.box(0, top, sheet.width, height - 0.12, facecolor=PALE)
        sheet.box(0, top, 0.08, height - 0.12, facecolor=BELOW)
        size = LARGE if height > 0.7 else SMALL
        lines = max(int((height - 0.16) / line_height(size)), 1)
        text = wrap(clause, sheet.width - 0.5, size, lines=lines)
        sheet.write(0.3, top + (height - 0.12) / 2, text, size=size)
    if not clauses:
        sheet.write(0, 0.3, "Each of them alone would leave some package.", color=GREY)


def _corner(sheet: Sheet, settlement: Settlement, gap: Gap) -> None:
    """Draw the frontier of two parties, the corner of their thresholds, and the gap between."""
    assert gap.nearest is not None
    pair = Pair.of(settlement, (settlement.signatories[0], settlement.signatories[1]))
    short = float(-gap.surplus.min())
    reached = gap.thresholds - short
    seen = np.array([*pair.points, gap.thresholds, gap.disagreement, gap.nearest, reached])
    plane = Plane.on(sheet, pair, seen)
    plane.thresholds(pair)
    plane.staircase(pair.points)
    plane.ax.annotate(
        "", xy=tuple(reached), xytext=tuple(gap.thresholds), zorder=5,
        arrowprops={"arrowstyle": "->", "color": BELOW, "linewidth": 2.5,
                    "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    ring: dict[str, Any] = {"marker": "o", "markersize": 9, "markeredgecolor": INK, "zorder": 5}
    none: dict[str, Any] = {"marker": "", "markeredgecolor": BELOW}
    middle = (gap.thresholds + reached) / 2
    size = f"Gap: {plain(short, gap.decimals)}\nfor each"
    marks = [
        Mark("Both thresholds", gap.thresholds, ring | {"markerfacecolor": PAPER}),
        Mark(f"Nearest package\n({_numbers(gap)})", gap.nearest,
             ring | {"markerfacecolor": DEAL, "markeredgecolor": DEAL}),
        Mark("No deal", gap.disagreement, ring | {"marker": "X", "markerfacecolor": GREY,
                                                  "markeredgecolor": GREY}),
        Mark(size, middle, none, bold=True),
    ]  # fmt: skip
    plane.mark(marks, pair)


def _numbers(gap: Gap) -> str:
    assert gap.nearest is not None
    return ", ".join(plain(float(u), gap.decimals) for u in gap.nearest)


def caption(settlement: Settlement) -> Caption:
    """Say how wide the gap is."""
    gap = Gap.of(settlement)
    title = _finding(settlement, gap) + _in_draws(settlement)
    subtitle = conditions(settlement.scenario, settlement.red_lines)
    if gap.nearest is None:
        note = (
            "A smallest set of clauses that no package respects together: on at least one of "
            "them somebody has to give way before there is anything to agree on."
        )
        clauses = " ".join(f"({k}) {c}." for k, c in enumerate(clash_in_words(settlement), 1))
        return Caption(title, subtitle, note, f"{title}. {subtitle} The clauses: {clauses}")
    note = (
        "The package shown is the one whose worst-off party is best placed against its "
        "threshold, of all that constraints and signatories' red lines allow. Its measure takes "
        "the parties' utilities to be on one scale; another weighing gives another gap."
    )
    if len(gap.names) != 2 or not settlement.zone.empty:
        note += " Grey: from the least to the most that allowed packages give."
    levels = [
        f"{possessive(name)} threshold {plain(float(gap.thresholds[k]), gap.decimals)}, at this "
        f"package {plain(float(gap.nearest[k]), gap.decimals)} "
        f"({signed(float(gap.surplus[k]), gap.decimals)}), at most "
        f"{plain(float(gap.best[k]), gap.decimals)} anywhere."
        for k, name in enumerate(gap.names)
    ]
    return Caption(title, subtitle, note, " ".join([f"{title}.", subtitle, *levels]))


def _in_draws(settlement: Settlement) -> str:
    """Say in how many draws there is a zone, where that was asked."""
    chance = settlement.chance
    if chance is None or not chance.draws or chance.alike:
        return ""
    return f". Over {chance.draws:,} draws a zone exists in {percent(chance.share)}"


def _finding(settlement: Settlement, gap: Gap) -> str:
    who = together(gap.names)
    if gap.nearest is None:
        n = counted(len(settlement.clash), "clause")
        clash = f": {n} clash" if settlement.clash else ""
        return f"The red lines and constraints leave no package at all{clash}"
    least = float(gap.surplus.min())
    number = plain(abs(least), gap.decimals)
    if settlement.zone.empty is None:
        return f"Whether {who} could all accept some package was not settled in the time"
    if not settlement.zone.empty:
        spare = f"at the safest package everyone has {number} to spare or more"
        if least <= TOLERANCE:
            spare = "but no package leaves everyone something to spare"
        return f"There is a zone of possible agreement for {listed(gap.names)}: {spare}"
    short = [k for k in range(len(gap.names)) if gap.surplus[k] <= least + TOLERANCE]
    whom = listed(gap.names[k] for k in short)
    nearest = "the nearest package" if gap.exact else "the nearest package found"
    return f"No package meets the thresholds of {who}: {nearest} leaves {whom} {number} short"
