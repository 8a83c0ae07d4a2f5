"""What a plan's amendments say, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from sim.amendments import Amendments
from sim.feasible.likely_amendment import Curve, Step
from sim.findings.conditions import demand_in_words
from sim.problem import Indices
from sim.words import counted, listed, name_of, percent, plain, together

ENDED = {
    "certain": "no package does better in these draws",
    "flat": "further changes that were tried gain nothing",
    "changes": "the limit on changes is reached",
    "size": "with ties among so many issues, all sets of more changes are too many to go through",
    "time": "the time was up, or it was stopped",
}


SIGNS = "+ changed as well, − no longer, ± otherwise than before"
"""What the signs of `new_issues` mean."""


def amendment_finding(found: Amendments) -> str:
    """Say how many changes it takes, and in how many ways; or that none will do."""
    plan, whom = found.plan.name, signatories(found)
    smallest = found.found
    if smallest.cost is None:
        return _none_finding(found, plan, whom)
    if not found.changed(smallest.choices[0]) and len(smallest) == 1:
        return f"{plan} as scored is acceptable to {whom}: nothing needs to change."
    n = found.changes or 0
    what = counted(n, "change")
    if not found.uniform:
        what = f"Changes that cost {smallest.cost:g} in all ({counted(n, 'issue')})"
    make = "makes" if n == 1 and found.uniform else "make"
    least = "nothing cheaper does" if not found.uniform else "no fewer do"
    if not smallest.minimal:
        known = plain(smallest.at_least, 1)
        least = f"whether less would do was not settled in the time (at least {known})"
    exactly = "exactly " if smallest.counted else "at least "
    ways = f"there are {exactly}{counted(smallest.count, 'way')} to do it"
    if smallest.count == 1 and smallest.counted:
        ways = "there is one way to do it"
    return f"{what} {make} {plan} acceptable to {whom}, and {least}; {ways}."


def _none_finding(found: Amendments, plan: str, whom: str) -> str:
    if not found.found.minimal:
        return (
            f"Whether {plan} can be made acceptable to {whom} was not settled in the time; a "
            "longer --time-limit may do."
        )
    if found.needed is not None:
        most = found.max_changes or 0
        few = f"No {most} changes or fewer make" if most > 1 else "No single change makes"
        what = f"{few} {plan} acceptable" if most else f"{plan} as scored is not acceptable"
        return f"{what} to {whom}: it takes {counted(found.needed, 'change')}."
    within = " within these terms" if found.frozen or found.unharmed else ""
    return f"No change{within} makes {plan} acceptable to {whom}."


def blocked_finding(found: Amendments) -> str:
    """Say how many demands clash, and on which frozen issues that rests."""
    blocked = found.blocked
    if blocked is None:
        return "Why was not settled in the time." if found.needed is None else ""
    n = len(blocked.demands)
    verb = "cannot be met" if n == 1 else "cannot hold together"
    how = ", and no smaller set of demands clashes:" if n > 1 else ":"
    with_frozen = " with the frozen issues as they are" if blocked.frozen else ""
    return f"{counted(n, 'demand')} {verb}{with_frozen}{how}"


def blocked_in_words(found: Amendments) -> list[str]:
    """Say each demand of the clash, and the frozen issues of which one has to move."""
    blocked = found.blocked
    if blocked is None:
        return []
    said = []
    for demand in blocked.demands:
        if demand in blocked.unharmed and demand.party is not None and demand.level is not None:
            name = name_of(found.scenario.parties[demand.party].name)
            least = plain(demand.level, 3)
            said.append(f"{name} is not to be harmed: at least {least}, as the plan gives it")
        else:
            said.append(demand_in_words(found.scenario, demand))
    return said + [
        f"{_title(found, k)} is frozen at “{_label(found, k, found.start)}”" for k in blocked.frozen
    ]


def alternatives_in_words(found: Amendments, most: int = 12) -> list[str]:
    """Say which issues all of the smallest amendments change, and which only some do."""
    n = found.found.count
    said = []
    if found.in_all:
        said.append(f"Changed in every one: {listed(_title(found, k) for k in found.in_all)}")
    some = [f"{_title(found, k)} ({times:,})" for k, times in found.in_some or []]
    if some:
        more = f" and {len(some) - most} more" if len(some) > most else ""
        said.append(f"Changed in some of {n:,} (in how many): {', '.join(some[:most])}{more}")
    return said


def change_in_words(found: Amendments, issue: int, outcome: Indices) -> tuple[str, str, str, str]:
    """Say one change: the issue, what stood there, what takes its place, and what kind it is."""
    before, after = _label(found, issue, found.start), _label(found, issue, outcome)
    said, kind = found.says(issue), "changes"
    if said is None:
        before, kind = f"silent; scored as: {before}", "fills silence"
    elif isinstance(said, list):
        inside = outcome[issue] in found.plan.open[issue]
        kind = "settles the range" if inside else "goes beyond the range"
        before = f"{len(said)} options open; scored as: {before}"
    return _title(found, issue), before, after, kind


def proof_in_words(step: Step) -> str:
    """Say whether a step is proven to be the likeliest, and else how much likelier one could be."""
    if step.exact:
        return "proven"
    return f"≤ {100 * step.at_most:.1f} %"


def example(found: Amendments) -> int:
    """Return which listed amendment leaves the signatory worst off the largest surplus."""
    needed = found.structure.required
    surplus = [(found.utility(x) - found.thresholds)[needed].min() for x in found.found.choices]
    return surplus.index(max(surplus))


def rising(curve: Curve) -> list[Step]:
    """Return the steps of a curve that gained something which holds up, from no change on.

    A step that does better on the draws it was picked on, but not on fresh ones, gained nothing.
    """
    steps, picked = [curve.steps[0]], curve.steps[0].share
    for step in curve.steps[1:]:
        if step.share > picked and step.probability > steps[-1].probability:
            steps.append(step)
        picked = max(picked, step.share)
    return steps


def curve_finding(found: Amendments) -> str:
    """Say how surely the likeliest package is accepted, and with how many changes."""
    curve = found.curve
    if curve is None:
        return ""
    first, last = curve.steps[0], rising(curve)[-1]
    whom = signatories(found)
    accept = f"{whom} accepts" if sum(found.structure.required) == 1 else f"{whom} accept"
    if max(step.share for step in curve.steps) == 0:
        return f"No package that was found is accepted by {whom} in any of {curve.draws:,} draws."
    n = len(found.changed(last.outcome))
    if last is first:
        chance = percent(last.probability)
        return (
            f"With everything uncertain drawn, {accept} the plan as scored in {chance} of the "
            "draws; no change that was found gains anything."
        )
    at_first = percent(first.probability) if first.probability else "none"
    return (
        f"With everything uncertain drawn, {accept} the plan as scored in {at_first} of the "
        f"draws, and with the likeliest {counted(n, 'change')} in {percent(last.probability)}."
    )


def curve_note(found: Amendments) -> str:
    """Say how the curve was made."""
    curve = found.curve
    if curve is None:
        return ""
    rests = ""
    if any(step.changes > rising(curve)[-1].changes for step in curve.steps):
        rests = f" (tried up to {curve.steps[-1].changes})"
    return (
        f"Packages picked on {curve.draws:,} draws (seed {found.seed}), accepted shares from "
        f"{curve.fresh:,} fresh ones (seed {found.fresh_seed}) with 95 % intervals. The curve ends"
        f"{rests}: {ENDED[curve.ended]}.{_ceiling_in_words(curve)}"
    )


def _ceiling_in_words(curve: Curve) -> str:
    """Say what is proven of all packages, or at least of those with as few changes."""
    last = curve.steps[-1]
    if curve.ended == "certain":
        return "" if last.share >= 1 else " In the rest of them no package at all is acceptable."
    if curve.ceiling < 1:
        return (
            f" Any package at all is acceptable in at most {percent(curve.ceiling)} of the draws, "
            "and not the same one in each."
        )
    if last.at_most < 1:
        most = f"{100 * last.at_most:.1f}\N{NO-BREAK SPACE}%"
        return (
            f" With so few changes, no package is accepted in more than {most} of the "
            f"{curve.draws:,} (proven)."
        )
    return ""


def new_issues(found: Amendments, before: Step, after: Step) -> list[str]:
    """Say which issues a step changes that the one before left alone, and which it leaves alone.

    Up to three lists, each with its sign in front: see `SIGNS`.
    """
    old, new = set(found.changed(before.outcome)), set(found.changed(after.outcome))
    same = [k for k in old & new if before.outcome[k] != after.outcome[k]]
    marks = (("+", new - old), ("−", old - new), ("±", same))
    return [f"{sign} {'; '.join(_title(found, k) for k in sorted(ks))}" for sign, ks in marks if ks]


def signatories(found: Amendments) -> str:
    """Name those whose consent is required."""
    pairs = zip(found.parties, found.structure.required, strict=True)
    return together([name_of(found.scenario.parties[p].name) for p, needed in pairs if needed])


def reading_note(found: Amendments) -> str:
    """Say how an open issue is scored here; nothing where the plan leaves none open."""
    if all(len(options) == 1 for options in found.plan.central):
        return ""
    return (
        "What the plan leaves open is scored at the first option listed, to count changes from; "
        "`zopa compare` takes the mean over what is open, so its utilities differ"
    )


def terms_in_words(found: Amendments) -> str:
    """Say what limits the amendments, besides thresholds, red lines and constraints."""
    issues = found.structure.space.issues
    said = []
    if found.max_changes is not None:
        said.append(f"at most {counted(found.max_changes, 'change')}")
    if found.frozen:
        said.append(f"frozen: {_names(issues, found.frozen)}")
    if found.unharmed:
        said.append(f"not to be harmed: {_names(found.parties, found.unharmed)}")
    priced = [f"{i} {c:g}" for i, c in zip(issues, found.costs, strict=True) if c != 1]
    if priced:
        said.append(f"costs: {', '.join(priced)}, others 1")
    return "; ".join(said)


def _names(names: Sequence[str], places: Sequence[int]) -> str:
    return ", ".join(names[k] for k in places)


def _title(found: Amendments, issue: int) -> str:
    return name_of(found.scenario.issues[found.structure.space.issues[issue]].title)


def _label(found: Amendments, issue: int, outcome: Indices) -> str:
    name = found.structure.space.issues[issue]
    labels = list(found.scenario.issues[name].options.values())
    return name_of(labels[int(outcome[issue])])
