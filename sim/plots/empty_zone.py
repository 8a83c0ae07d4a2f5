"""Why there is no zone of possible agreement: the gap between what is insisted on and can be had.

For two parties the gap is drawn in the plane of their utilities, for more as a row for each. Its
measure is the least that all thresholds would have to come down by together, at the package
that comes nearest. Where the red lines leave no package at all, the clauses that clash are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.findings.settlement import clash_in_words
from sim.plots.caption import Caption, conditions, party_names, possessive
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
    party_colour,
    text_width,
    wrap,
)
from sim.problem import TOLERANCE
from sim.settlement import Settlement
from sim.solutions import egalitarian
from sim.words import counted, decimals_for, listed, percent, plain, signed, together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gap:
    """How far the parties whose consent is required are from a package that all of them accept.

    Attributes
    ----------
    names, columns
        Who they are, and their places among the scenario's parties.
    thresholds, disagreement
        What they insist on, and what no deal gives them, shape ``(n_parties,)``.
    best
        The most that each could get from any allowed package.
    nearest
        What they get from the package whose worst-off party is best placed; ``None`` where no
        package is allowed.
    surplus
        Utility over threshold there, shape ``(n_parties,)``.
    exact
        Proven that no package does better by its worst-off party.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    thresholds: Floats
    disagreement: Floats
    worst: Floats
    best: Floats
    nearest: Floats | None
    exact: bool

    @classmethod
    def of(cls, settlement: Settlement) -> Gap:
        """Measure it."""
        problem, zone = settlement.zone_problem, settlement.zone
        columns = tuple(settlement.structure.columns(settlement.signatories))
        names = tuple(party_names(settlement.structure, columns))
        if problem.n_outcomes == 0:
            none = np.full(problem.n_parties, np.nan)
            r, d = problem.thresholds, problem.disagreement
            return cls(names, columns, r, d, none, none, None, True)
        nearest, exact = zone.utilities, zone.surplus >= zone.ceiling - TOLERANCE
        if zone.empty is False:  # any acceptable package was shown: look for the safest
            safest = egalitarian(problem.at_thresholds())
            nearest, exact = safest.utilities, safest.certificate.exact
        return cls(
            names, columns, problem.thresholds, problem.disagreement,
            problem.worst(), problem.best(), nearest, exact,
        )  # fmt: skip

    @property
    def surplus(self) -> Floats:
        """Utility over threshold at the nearest package, shape ``(n_parties,)``."""
        assert self.nearest is not None  # asked only where a package is allowed
        surplus: Floats = self.nearest - self.thresholds
        return surplus

    @property
    def decimals(self) -> int:
        """As many decimals as tell the gap from nothing."""
        usual = decimals_for(self.thresholds)
        least = float(np.abs(self.surplus).min()) if self.nearest is not None else 1.0
        return usual + 1 if least < 0.5 * 10.0**-usual * 10 else usual


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
        _rows(sheet, gap)


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


def _rows(sheet: Sheet, gap: Gap) -> None:
    """Draw a row for each party: what it insists on, what it gets there, the most it could get."""
    assert gap.nearest is not None
    label, verdict = min(2.3, 0.2 * sheet.width), min(2.9, 0.25 * sheet.width)
    left, right = label, sheet.width - verdict - 0.2
    height = min((sheet.height - 0.1) / len(gap.names), 1.5)
    low = float(min(gap.worst.min(), gap.disagreement.min()))
    high = float(max(gap.best.max(), gap.thresholds.max()))
    scale = (right - left) / max(high - low, TOLERANCE)
    for k, name in enumerate(gap.names):
        middle = k * height + height / 2
        if k:
            sheet.line([0, sheet.width], [k * height, k * height], linewidth=0.6)
        text = wrap(name, label - 0.3, LARGE, bold=True)
        sheet.write(0, middle, text, size=LARGE, weight="bold")
        at = {
            which: left + (float(level) - low) * scale
            for which, level in (
                ("worst", gap.worst[k]), ("best", gap.best[k]),
                ("threshold", gap.thresholds[k]), ("nearest", gap.nearest[k]),
            )
        }  # fmt: skip
        _row(sheet, gap, k, at, middle, (left, right))
        _said(sheet, gap, k, sheet.width - verdict, middle)


def _row(
    sheet: Sheet,
    gap: Gap,
    k: int,
    at: dict[str, float],
    middle: float,
    edges: tuple[float, float],
) -> None:
    assert gap.nearest is not None
    colour = party_colour(gap.columns[k])
    short = gap.surplus[k] < -TOLERANCE
    sheet.box(at["worst"], middle - 0.07, at["best"] - at["worst"], 0.14, facecolor="#e3e3e3")
    start = min(at["nearest"], at["threshold"])
    length = abs(at["nearest"] - at["threshold"])
    sheet.box(start, middle - 0.07, length, 0.14, facecolor=BELOW if short else colour)
    sheet.line([at["threshold"]] * 2, [middle - 0.2, middle + 0.2], color=INK, linewidth=2.5)
    sheet.ax.plot(
        [at["nearest"]], [middle], marker="o", markersize=11, markerfacecolor=colour,
        markeredgecolor=INK, markeredgewidth=1.2, zorder=5,
    )  # fmt: skip
    for which, level, side in (
        ("threshold", gap.thresholds[k], -1),
        ("nearest", gap.nearest[k], 1),
    ):
        words = "threshold" if which == "threshold" else "gets"
        _beside(sheet, f"{words} {plain(float(level), gap.decimals)}", at[which],
                middle + side * 0.33, edges)  # fmt: skip
    most = f"at most {plain(float(gap.best[k]), gap.decimals)}"
    if at["best"] - at["threshold"] > text_width(most, SMALL) + 1.0:
        sheet.write(
            min(at["best"], edges[1]), middle - 0.33, most, ha="right", size=SMALL, color=GREY
        )


def _beside(sheet: Sheet, text: str, x: float, y: float, edges: tuple[float, float]) -> None:
    """Write a word over or under its mark, moved in where it would leave the room."""
    half = text_width(text, SMALL) / 2
    x = min(max(x, edges[0] + half), edges[1] - half)
    sheet.write(x, y, text, ha="center", size=SMALL)


def _said(sheet: Sheet, gap: Gap, k: int, left: float, middle: float) -> None:
    """Say how far the party is from its threshold at that package."""
    surplus = float(gap.surplus[k])
    number = plain(abs(surplus), gap.decimals)
    if surplus < -TOLERANCE:
        sheet.write(left, middle, f"{number} short", size=LARGE, weight="bold", color=BELOW)
    else:
        text = f"{number} to spare" if surplus > TOLERANCE else "just enough"
        sheet.write(left, middle, text, size=LARGE)


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
    if chance is None or not chance.draws:
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
