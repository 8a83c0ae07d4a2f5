"""What a comparison of plan versions says, in sentences."""

from __future__ import annotations

import numpy as np

from sim.comparison import Comparison
from sim.words import (
    counted,
    listed,
    percent,
    plain,
    signed,
)
from sim.words import together as all_of


def required_names(comparison: Comparison) -> list[str]:
    """Return the names of the parties whose consent is required."""
    structure = comparison.structure
    parties = structure.scenario.parties
    pairs = zip(structure.parties, structure.required, strict=True)
    return [parties[party].name for party, needed in pairs if needed]


def acceptance_finding(comparison: Comparison) -> str:
    """Say which plan versions everyone accepts, and which comes nearest."""
    names = required_names(comparison)
    accepted = [v.plan.name for v in comparison.verdicts if v.accepted_by_all]
    likeliest = int(np.argmax(comparison.probability_all))
    chance = comparison.probability_all[likeliest]
    if not names:
        return "Nobody's consent is required: who accepts what is shown, and nothing is agreed."
    whom = all_of(names)
    if accepted:
        verb = "is" if len(accepted) == 1 else "are"
        first = f"{listed(accepted)} {verb} accepted by {whom} at the central reading"
    elif len(comparison.plans) == 1:
        first = f"{comparison.plans[0]} is not accepted by {whom} at the central reading"
    else:
        two = len(comparison.plans) == 2
        none = "Neither" if two else f"None of the {len(comparison.plans)} plan versions"
        first = f"{none} is accepted by {whom} at the central reading"
    if chance == 0:
        never = "but in none" if accepted else "nor in any"
        return f"{first}, {never} of the {comparison.drawn.n_draws:,} draws."
    low, high = (float(x[likeliest]) for x in comparison.interval(comparison.probability_all))
    name = comparison.plans[likeliest]
    most = (
        "they accept it"
        if [name] in (accepted, list(comparison.plans))
        else (f"the likeliest is {name}, accepted by them")
    )
    if chance == 1:
        return f"{first}; {most} in every draw."
    interval = f" ({100 * low:.1f}–{100 * high:.1f} %)" if chance >= 0.01 else ""
    return f"{first}; {most} in {percent(chance)} of the draws{interval}."


def refusal(comparison: Comparison, k: int, column: int, *, n_issues: int = 3) -> str:
    """Say why one party refuses one plan version: by how much, which lines, which issues."""
    verdict = comparison.verdicts[k]
    reasons = []
    if verdict.surplus[column] < 0:
        reasons.append(f"{plain(-verdict.surplus[column])} short of its threshold")
    for places, how in (
        (verdict.crossed[column], "crossed"),
        (verdict.crossed_by_silence[column], "crossed by silence"),
    ):
        if places:
            where = ", ".join(_issues_of(comparison, place) for place in places)
            reasons.append(f"{counted(len(places), 'red line')} {how} ({where})")
    parts = comparison.contributions[k]
    costs = [
        f"{parts.terms[row]} ({signed(-parts.lost[row, column])})"
        for row in parts.worst(column, n_issues)
    ]
    if costs and verdict.surplus[column] < 0:
        reasons.append(f"most is lost on {listed(costs)}")
    return "; ".join(reasons) or "accepts the terms, but the plan breaks a constraint"


def broken_constraints(comparison: Comparison, k: int) -> str:
    """Say which constraints a plan breaks, and why they hold; nothing where it breaks none."""
    scenario = comparison.scenario
    broken = comparison.verdicts[k].broken
    if not broken:
        return ""
    reasons = dict.fromkeys(scenario.constraints[place].why.rstrip(".") for place in broken)
    return f"breaks {counted(len(broken), 'constraint')}: {'; '.join(reasons)}"


def _issues_of(comparison: Comparison, place: int) -> str:
    structure = comparison.structure
    return " + ".join(
        structure.space.issues[issue] for issue in structure.lines[place].condition.issues
    )
