"""What an answer says, in sentences: for the terminal, for reports, for people in a hurry.

Neutral by construction: every sentence is put together from the numbers, names no side's view
as right, and speaks of these inputs only.
"""

from __future__ import annotations

import numpy as np

from sim.agreement import Frontier
from sim.comparison import Comparison
from sim.condition import Condition
from sim.scenario import Scenario
from sim.settlement import Settlement
from sim.words import (
    big,
    capital,
    counted,
    listed,
    name_of,
    percent,
    plain,
    signed,
    solution_name,
    tiny,
)
from sim.words import together as all_of

READING_IN_WORDS = {
    "none": "red lines left aside",
    "stated": "stated red lines",
    "implied": "stated and implied red lines",
}


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


def zone_finding(settlement: Settlement) -> str:
    """Say whether a zone of possible agreement exists, and how large it is."""
    parties = settlement.scenario.parties
    whom = all_of([parties[p].name for p in settlement.signatories])
    if settlement.clash:
        n = counted(len(settlement.clash), "clause")
        return f"The red lines and constraints leave no package at all: {n} cannot stand together."
    if settlement.zone.empty:
        short = plain(-settlement.zone.surplus)
        return (
            f"No package is acceptable to {whom}: there is no zone of possible agreement. The "
            f"nearest one leaves whoever is worst off {short} short of the threshold."
        )
    size = settlement.size
    share = tiny(float(size.share))
    if settlement.zone.empty is None:
        return f"Whether any package is acceptable to {whom} could not be settled in the time."
    if size.outcomes is not None:
        n = f"exactly {big(size.outcomes)} of {big(settlement.outcomes)} packages ({share})"
    else:
        low, high = size.share_interval
        n = f"about {share} of {big(settlement.outcomes)} packages (95 %: {tiny(low)}–{tiny(high)})"
    return f"A zone of possible agreement exists: {n} are acceptable to {whom}."


def condition_in_words(scenario: Scenario, condition: Condition) -> str:
    """Say a condition with the titles and labels of the file."""
    issues = list(scenario.issues.values())
    parts = []
    for place, mask in zip(condition.issues, condition.options, strict=True):
        labels = [name_of(label) for label in issues[place].options.values()]
        met = [f"“{label}”" for label, inside in zip(labels, mask, strict=True) if inside]
        parts.append(f"{listed(met, 'or')} ({name_of(issues[place].title)})")
    return " with ".join(parts)


def clash_in_words(settlement: Settlement) -> list[str]:
    """Say each clause of a clash with the titles and labels of the file."""
    scenario = settlement.scenario
    said = []
    for clause in settlement.clash:
        what = condition_in_words(scenario, clause.condition)
        if clause.party is None:
            said.append(f"No package may have {what}")
        else:
            said.append(f"{scenario.parties[clause.party].name} refuses {what}: {clause.kind}")
    return said


def chance_finding(settlement: Settlement) -> str:
    """Say in how many draws a zone exists; nothing where none were made."""
    chance = settlement.chance
    if chance is None:
        return ""
    left = chance.draws - chance.exists - chance.empty
    unsettled = f"; {left} could not be settled in the time" if left else ""
    much = {0: "none", chance.draws: "every one"}.get(chance.exists, percent(chance.share))
    return (
        f"With everything uncertain drawn, a zone exists in {much} of {chance.draws:,} "
        f"draws{unsettled}."
    )


def frontier_finding(settlement: Settlement) -> str:
    """Say how many efficient packages there are, or why they are not listed."""
    frontier = settlement.frontier
    if not isinstance(frontier, Frontier):
        parties = settlement.scenario.parties
        pairs = zip(settlement.parties, settlement.ceiling, strict=True)
        most = listed(f"{parties[party].name} {plain(u, 3)}" for party, u in pairs)
        return (
            f"The Pareto frontier is not listed: {frontier.why}. No point of it gives more than "
            f"{most} (proven); a longer --time-limit may list it."
        )
    kind = "exact" if frontier.certificate.exact else f"within {frontier.certificate.bound:.2g}"
    return f"The Pareto frontier has {counted(len(frontier), 'point')} ({kind})."


def same_packages(settlement: Settlement) -> list[tuple[list[str], str]]:
    """Group the solutions that pick one and the same package, in words."""
    groups: dict[tuple[int, ...] | None, list[str]] = {}
    for name, agreement in settlement.solutions.items():
        key = None if agreement.outcome is None else tuple(map(int, agreement.outcome))
        groups.setdefault(key, []).append(name)
    return [
        (names, capital(" = ".join(solution_name(n) for n in names))) for names in groups.values()
    ]
