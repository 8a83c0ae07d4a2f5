"""What two parties can get: the frontier, their thresholds, the plan versions, the solutions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.comparison import Comparison
from sim.plots.caption import Caption, conditions, party_names
from sim.plots.plane import DEAL, Mark, Pair, Plane
from sim.plots.style import GREY, INK, PAPER, SMALL, Sheet, balanced
from sim.plots.versions import some_titles, title_of
from sim.problem import TOLERANCE
from sim.settlement import Settlement, draws_of
from sim.words import capital, counted, decimals_for, listed, plain, solution_name, together

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

CLEAN: dict[str, Any] = {
    "marker": "o", "markersize": 8, "markerfacecolor": INK, "markeredgecolor": INK, "zorder": 5
}  # fmt: skip
REFUSED = CLEAN | {"markerfacecolor": PAPER, "markeredgewidth": 1.6}
SOLVED: dict[str, Any] = {
    "marker": "D", "markersize": 9, "markerfacecolor": DEAL, "markeredgecolor": DEAL, "zorder": 6
}  # fmt: skip
DRAWN = SOLVED | {"markerfacecolor": PAPER, "markeredgewidth": 1.8}
LOT: dict[str, Any] = {
    "marker": "D", "markersize": 4, "markerfacecolor": DEAL, "markeredgecolor": DEAL, "zorder": 5
}  # fmt: skip
NO_DEAL: dict[str, Any] = {
    "marker": "X", "markersize": 10, "markerfacecolor": GREY, "markeredgecolor": GREY, "zorder": 5
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Spot:
    """Something that stands at one point of the plane: a plan version, or solutions that agree.

    Attributes
    ----------
    lots
        What may be drawn, where the solution is a lottery: ``at`` is then what is expected.
    """

    name: str
    at: Floats
    low: Floats
    high: Floats
    clean: bool = True
    lots: tuple[Floats, ...] = ()


def utility_space(
    ax: Axes,
    settlement: Settlement,
    *,
    comparison: Comparison | None = None,
    parties: tuple[str, str] | None = None,
) -> None:
    """Show what two parties can get at once, where they say yes, and where plans and solutions lie.

    Parameters
    ----------
    ax
        Taken over whole.
    settlement
        Its solutions are those of the parties it was asked for, shown in this plane.
    comparison
        Where the plan versions stand; left out, none is shown.
    parties
        The two parties; by default the first two of those analysed.
    """
    sheet, pair = Sheet.on(ax), Pair.of(settlement, parties)
    plans = plan_spots(comparison, pair)
    solved = solution_spots(settlement, pair)
    seen = [pair.problem.disagreement, pair.problem.thresholds, *pair.points]
    seen += [end for spot in plans for end in (spot.low, spot.high, spot.at)]
    seen += [point for spot in solved for point in (spot.at, *spot.lots)]
    plane = Plane.on(sheet, pair, np.array(seen))
    plane.thresholds(pair)
    plane.staircase(pair.points)
    for spot in plans:
        plane.bar((spot.low[0], spot.high[0]), (spot.at[1], spot.at[1]))
        plane.bar((spot.at[0], spot.at[0]), (spot.low[1], spot.high[1]))
    for spot in solved:
        for lot in spot.lots:
            plane.bar((spot.at[0], lot[0]), (spot.at[1], lot[1]))
    crowded = len(plans) + len(solved) > 14
    width, lines = min(2.3, 0.25 * plane.width), 1 if crowded else 2
    marks = [Mark("No deal", pair.problem.disagreement, NO_DEAL)]
    marks += [
        Mark(balanced(s.name, width, SMALL, lines=lines), s.at, CLEAN if s.clean else REFUSED)
        for s in plans
    ]
    marks += [Mark("", lot, LOT) for s in solved for lot in s.lots]
    marks += [
        Mark(balanced(s.name, width, SMALL, lines=6), s.at, DRAWN if s.lots else SOLVED)
        for s in solved
    ]
    plane.mark(marks, pair)


def plan_spots(comparison: Comparison | None, pair: Pair) -> list[Spot]:
    """Return where the plan versions stand; ``clean`` where a version could be signed as it is.

    That is, it crosses no binding red line of a signatory and breaks no constraint.
    """
    if comparison is None:
        return []
    required, columns = comparison.structure.required, list(pair.columns)
    spots: list[Spot] = []
    for k, verdict in enumerate(comparison.verdicts):
        lines = zip(verdict.crossed, verdict.crossed_by_silence, required, strict=True)
        crossed = any((said or silent) and needed for said, silent, needed in lines)
        at, low, high = (u[columns] for u in (verdict.utility, verdict.low, verdict.high))
        clean = not crossed and not verdict.broken
        spots.append(Spot(title_of(comparison, k), at, low, high, clean))
    return _merged(spots)


def solution_spots(settlement: Settlement, pair: Pair) -> list[Spot]:
    """Return where the solutions stand in this plane; those without an outcome are left out."""
    spots = []
    for name, agreement in settlement.solutions.items():
        drawn = [(p, pair.problem.utility(outcome)) for p, outcome, _ in draws_of(agreement)]
        if drawn:
            at = np.sum([chance * point for chance, point in drawn], axis=0)
            lots = tuple(point for _, point in drawn) if len(drawn) > 1 else ()
            spots.append(Spot(solution_name(name), at, at, at, lots=lots))
    return _merged(spots)


def _merged(spots: list[Spot]) -> list[Spot]:
    """Join what stands at one and the same point: it is named once."""
    kept: list[Spot] = []
    for spot in spots:
        for k, other in enumerate(kept):
            ends = ((spot.at, other.at), (spot.low, other.low), (spot.high, other.high))
            alike = (spot.clean, bool(spot.lots)) == (other.clean, bool(other.lots))
            if alike and all(np.abs(a - b).max() <= 1e-6 for a, b in ends):
                name = f"{other.name} = {spot.name}"
                kept[k] = replace(other, name=name)
                break
        else:
            kept.append(spot)
    return kept


def caption(
    settlement: Settlement,
    *,
    comparison: Comparison | None = None,
    parties: tuple[str, str] | None = None,
) -> Caption:
    """Say what the plane shows."""
    pair = Pair.of(settlement, parties)
    plans, solved = plan_spots(comparison, pair), solution_spots(settlement, pair)
    title = _finding(pair, comparison)
    subtitle = conditions(settlement.scenario, settlement.red_lines)
    among = party_names(settlement.structure, settlement.structure.columns(settlement.parties))
    note = (
        "Line: frontier, all that the packages within constraints and signatories' red lines can "
        "give the two, what is worse than no deal included. Shaded blue: both at or above their "
        "thresholds"
    )
    note += "; others' thresholds are not looked at. " if len(among) > 2 else ". "
    if plans:
        note += (
            "Circles: plan versions, hollow where one crosses a signatory's red line or breaks a "
            "constraint; grey bars: what is left open. "
        )
    if solved:
        note += f"Diamonds: solutions among {listed(among)}"
        note += (
            ", hollow at what is expected of a draw; grey lines lead to the packages drawn."
            if any(spot.lots for spot in solved)
            else "."
        )
    alt = " ".join([f"{title}.", subtitle, *_in_words(pair, plans, solved)])
    return Caption(title, subtitle, note.strip(), alt)


def _finding(pair: Pair, comparison: Comparison | None) -> str:
    both = together(pair.names)
    if not len(pair.points):
        return capital(f"{pair.why}: there is no frontier to show for {both}")
    enough = (pair.points >= pair.problem.thresholds - TOLERANCE).all(axis=1)
    n, of = int(enough.sum()), f"{len(pair.points):,}"
    if not n:
        which = "package within the red lines" if pair.exact else "point of the frontier listed"
        first = f"No {which} gives {both} what they insist on"
    else:
        verb = "gives" if n == 1 else "give"
        first = f"{n:,} of {of} points of the frontier {verb} {both} what they insist on"
    if comparison is None:
        return first
    columns = list(pair.columns)
    taken = [k for k, v in enumerate(comparison.verdicts) if v.accepts[columns].all()]
    if not taken:
        return f"{first}, {'but' if n else 'and'} the two accept no plan version"
    return f"{first}, and they accept {listed(some_titles(comparison, taken))}"


def _in_words(pair: Pair, plans: list[Spot], solved: list[Spot]) -> list[str]:
    """Give the numbers: levels, frontier, versions and solutions."""
    problem = pair.problem
    decimals = decimals_for(np.vstack([problem.thresholds, problem.disagreement]))

    def at(point: Floats) -> str:
        return ", ".join(
            f"{n} {plain(float(u), decimals)}" for n, u in zip(pair.names, point, strict=True)
        )

    lines = [f"No deal: {at(problem.disagreement)}.", f"Thresholds: {at(problem.thresholds)}."]
    if len(pair.points):
        ends = f"from {at(pair.points[0])} to {at(pair.points[-1])}"
        lines.append(f"Frontier of {counted(len(pair.points), 'point')}, {ends}.")
    for spot in plans:
        how = "" if spot.clean else ", crosses a red line or breaks a constraint"
        lines.append(f"{spot.name}: {at(spot.at)}{how}.")
    return lines + [f"Solution {spot.name}: {at(spot.at)}." for spot in solved]
