"""What each plan version gives a party in all cases: every case counts, nothing is smoothed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.experiment.study import Study
from sim.plots.caption import Caption, possessive
from sim.plots.named_rows import NamedRows
from sim.plots.plan_outcomes import DOTS, PERCENTILES, AllPlans, PlanOutcomes, all_plans
from sim.plots.study_words import given
from sim.plots.style import ABOVE, BELOW, GREY, INK, PAPER, SMALL, Sheet, wrap
from sim.words import capital, counted, listed, percent, ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

HEAD = 0.62
"""Room above the rows for what the columns are, in inches."""

COLUMN, GAP = 1.12, 0.3
"""Width of a column of numbers and the room before the first, in inches."""

CLOUD, BAR = -0.13, 0.31
"""Middle of the dots and of the bar in a row, as shares of its height from its middle."""

SPREAD = 0.29  # of the height of a row


def plan_distributions(ax: Axes, study: Study, *, party: str | None = None) -> None:
    """Show what each plan version gives a party over all cases, and how often it is accepted.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        What was run; it must have compared plans.
    party
        A party, or ``all``: the share of draws in which all whose consent is needed accept. Left
        out, the first party whose consent is required.
    """
    found = all_plans(study, party)
    sheet = Sheet.on(ax)
    columns = 1 if found.jointly else 2
    names = [plan.title for plan in found.plans]
    room = GAP + columns * COLUMN
    rows = NamedRows.on(sheet, names, found.ends, head=HEAD, spare=lambda _: (0.05, room))
    if not found.jointly:
        rows.upright(0.0, color=INK, linewidth=2.0, zorder=2)
    for k, plan in enumerate(found.plans):
        _dots(rows, k, plan, found)
        _interval(rows, k, plan)
        _numbers(rows, k, plan, found)
    places = ticks(*found.ends)
    rows.axis(places, [found.write(place) for place in places], _scale_name(found))
    _heads(rows, found)


def _dots(rows: NamedRows, k: int, plan: PlanOutcomes, found: AllPlans) -> None:
    """Scatter the cases in a band, up and down only, by numbers that fill it evenly."""
    dots = plan.dots
    heights = (_van_der_corput(len(dots)) - 0.5) * 2 * SPREAD + CLOUD
    ys = rows.y(k) + heights * rows.height
    xs = np.array([rows.x(float(value)) for value in dots])
    colours = [ABOVE if found.jointly or value >= 0 else BELOW for value in dots]
    rows.sheet.ax.scatter(xs, ys, s=13, c=colours, alpha=0.55, linewidths=0, zorder=3)


def _van_der_corput(n: int) -> Floats:
    """Return the first numbers of the sequence of van der Corput (1935) to base 2."""
    digits = (np.arange(1, n + 1)[:, None] >> np.arange(32)) & 1
    return np.asarray(digits @ (0.5 ** np.arange(1, 33)))


def _interval(rows: NamedRows, k: int, plan: PlanOutcomes) -> None:
    """Draw a thin line from 5 to 95 %, a thick one over the middle half, and the median."""
    xs = [rows.x(float(value)) for value in plan.quantiles]
    y = rows.y(k) + BAR * rows.height
    rows.sheet.line([xs[0], xs[4]], [y, y], color=INK, linewidth=1.4, zorder=5)
    rows.sheet.line([xs[1], xs[3]], [y, y], color=INK, linewidth=5.5, zorder=5)
    rows.sheet.line(
        [xs[2]], [y], marker="o", markersize=7, markerfacecolor=PAPER, markeredgecolor=INK,
        markeredgewidth=1.6, linestyle="none", zorder=6,
    )  # fmt: skip


def _numbers(rows: NamedRows, k: int, plan: PlanOutcomes, found: AllPlans) -> None:
    """Write how often the threshold is reached, and how often the plan is accepted."""
    shares = [plan.accepted] if found.jointly else [plan.reached, plan.accepted]
    for j, share in enumerate(shares):
        last = j == len(shares) - 1
        rows.sheet.write(
            rows.right + GAP + (j + 0.5) * COLUMN, rows.y(k), percent(share), ha="center",
            weight="bold" if last else "normal", color=INK if share else GREY,
        )  # fmt: skip


def _heads(rows: NamedRows, found: AllPlans) -> None:
    """Say above the rows what the columns are, and which side of the threshold is which."""
    words = ["accepted"] if found.jointly else ["reaches the threshold", "accepts"]
    for j, text in enumerate(words):
        x = rows.right + GAP + (j + 0.5) * COLUMN
        rows.sheet.write(
            x, HEAD - 0.1, wrap(text, COLUMN - 0.08, SMALL, lines=2), ha="center", va="bottom",
            size=SMALL, color=GREY,
        )  # fmt: skip
    if found.jointly:
        return
    x, y = rows.x(0.0), HEAD - 0.19
    text = f"{possessive(found.name)} threshold"
    rows.sheet.write(min(max(x, 0.8), rows.right - 0.8), y, text, ha="center", size=SMALL)


def _scale_name(found: AllPlans) -> str:
    if found.jointly:
        return "Share of draws in which all whose consent is needed accept"
    return f"Surplus of {found.name}: utility less threshold, central reading of each case"


def caption(study: Study, *, party: str | None = None) -> Caption:
    """Say what the distributions show."""
    found = all_plans(study, party)
    n = len(study.tables["outcomes"]["case"])
    title, subtitle = _title(found, n), given(study)
    dots = "a case" if n <= DOTS else f"one of {DOTS} quantiles of the cases"
    note = (
        f"Dot: {dots}, scattered up and down only to be seen. Line: 5 to 95 % of the cases; thick: "
        f"25 to 75 %; ring: median. {_what_accepting_means(found)}{_gaps(found)} Shares are of the "
        "cases of this design, not chances."
    )
    rows = " ".join(_row(found, plan) for plan in found.plans)
    return Caption(title, subtitle, note, f"{title}. {subtitle} {_scale_name(found)}. {rows}")


def _what_accepting_means(found: AllPlans) -> str:
    if found.jointly:
        return "Accepted: all whose consent is needed accept at the central reading of the case."
    return "Accepts: the threshold is reached, no binding red line crossed, no constraint broken."


def _gaps(found: AllPlans) -> str:
    gaps = [f"{plan.title} in {plan.undefined:,}" for plan in found.plans if plan.undefined]
    return f" No value and left out: {listed(gaps)}." if gaps else ""


def _title(found: AllPlans, n: int) -> str:
    shares = [plan.accepted for plan in found.plans]
    cases = counted(n, "case")
    who = "all whose consent is needed accept" if found.jointly else f"{found.name} accepts"
    best = max(shares)
    if best == 0:
        any_plan = "any plan version" if len(shares) > 1 else found.plans[0].title
        return f"{capital(who)} {any_plan} in none of {cases}. {_nearest(found)}"
    top = [plan.title for plan in found.plans if plan.accepted == best]
    named = listed(top[:2] + ([counted(len(top) - 2, "other")] if len(top) > 2 else []))
    most = ""
    if len(top) < len(shares):
        most = ", more often than any other" if len(top) == 1 else ", more often than the others"
    return f"{capital(who)} {named} in {percent(best)} of {cases}{most}{_never(found)}"


def _never(found: AllPlans) -> str:
    never = [plan.title for plan in found.plans if plan.accepted == 0]
    if not never or len(never) > 2:
        return f"; {len(never)} of {len(found.plans)} versions in none" if never else ""
    return f"; {listed(never)} in none"


def _nearest(found: AllPlans) -> str:
    best = max(found.plans, key=lambda plan: float(plan.quantiles[2]))
    middle = found.write(float(best.quantiles[2]))
    if found.jointly:
        return f"Nearest: {best.title}, in {middle} of draws in the median case"
    return f"Nearest: {best.title}, median surplus {middle}"


def _row(found: AllPlans, plan: PlanOutcomes) -> str:
    points = [
        f"{share} %: {found.write(float(value))}"
        for share, value in zip(PERCENTILES, plan.quantiles, strict=True)
    ]
    reached = "" if found.jointly else f"; threshold reached in {percent(plan.reached)}"
    return f"{plan.title}: {', '.join(points)}{reached}; accepted in {percent(plan.accepted)}."
