"""What a diagnosis of the zone says, in sentences: for the terminal, for pictures, for reports.

Neutral by construction: every sentence is put together from the numbers, asks nobody to give way,
and speaks of these inputs only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.agreement import Certificate
from sim.diagnosis import Diagnosis
from sim.feasible.concession import Concession
from sim.feasible.demands import Demand
from sim.feasible.red_line_prices import LinePrice
from sim.findings.conditions import demand_in_words
from sim.findings.sizes import size_in_words
from sim.problem import TOLERANCE, Floats
from sim.words import big, counted, listed, name_of, plain, together


def names_of(found: Diagnosis) -> list[str]:
    """Return the names of those whose consent is required."""
    return [name_of(found.scenario.parties[party].name) for party in found.parties]


def existence_finding(found: Diagnosis) -> str:
    """Say whether there is a zone, and how large it is."""
    whom = together(names_of(found))
    if not found.problem.n_outcomes:
        return "The red lines and constraints leave no package at all."
    if found.empty is None:
        return f"Whether any package is acceptable to {whom} could not be settled in the time."
    if found.empty:
        return (
            f"No package is acceptable to {whom}: there is no zone of possible agreement (proven "
            f"for all {big(found.outcomes)} packages)."
        )
    said = size_in_words(found.standpoint.size, found.outcomes)
    return f"A zone of possible agreement exists: {said} are acceptable to {whom}."


def proof_in_words(certificate: Certificate) -> str:
    """Say how surely something is right.

    >>> proof_in_words(Certificate(False, 0.0004, "time limit"))
    'within 0.0004'
    """
    if certificate.exact:
        return "proven"
    if not np.isfinite(certificate.bound):
        return "not proven"
    return f"within {certificate.bound:.1g}"


def robust_finding(found: Diagnosis) -> str:
    """Say how far the most robust package is from the thresholds."""
    robust = found.standpoint.robust
    if robust.outcome is None:
        return ""
    least = float(found.surplus.min())
    proof = proof_in_words(robust.certificate)
    if least < -TOLERANCE:
        worst = [n for n, s in zip(names_of(found), found.surplus, strict=True)
                 if s <= least + TOLERANCE]  # fmt: skip
        return f"The nearest package leaves {listed(worst)} {plain(-least, 3)} short ({proof})."
    if least <= TOLERANCE:
        return f"No package leaves everyone more than the threshold ({proof})."
    return (
        f"The most robust package leaves everyone at least {plain(least, 3)} above the threshold "
        f"({proof})."
    )


def options_finding(found: Diagnosis) -> str:
    """Say how many issues are settled, and how many are open."""
    states = [found.survival.state(k) for k in range(len(found.structure.space.issues))]
    counts = {state: states.count(state) for state in ("settled", "open", "unknown")}
    said = [f"{n} {state}" for state, n in counts.items() if n]
    return f"Of {counted(len(states), 'issue')}, {listed(said)}."


def options_in_words(found: Diagnosis, k: int) -> tuple[str, str]:
    """List what survives of an issue, and what does not, by identifiers.

    The pick of the most robust package has an asterisk, what is not known a question mark.
    """
    issue = list(found.scenario.issues.values())[k]
    robust = found.standpoint.robust.outcome
    pick = None if robust is None or found.empty is not False else int(robust[k])
    marks = [found.mark(k, option) for option in range(len(issue.options))]
    alive = [o for o, mark in enumerate(marks) if mark in ("survives", "unknown")]
    gone = [o for o, mark in enumerate(marks) if mark in ("refused", "beyond reach")]
    if issue.grid is not None:
        star = [] if pick is None else [f"{issue.labels([pick])[0]} *"]
        return ", ".join(issue.labels(alive) + star), ", ".join(issue.labels(gone))
    names = list(issue.options)
    marked = [
        names[o] + (" *" if o == pick else "") + (" (?)" if marks[o] == "unknown" else "")
        for o in alive
    ]
    return ", ".join(marked), ", ".join(names[o] for o in gone)


def conflict_in_brief(found: Diagnosis, conflict: Sequence[Demand]) -> str:
    """Say whose demands stand in a conflict, and how many of what kind."""
    whose: dict[str | None, dict[str, int]] = {}
    for demand in conflict:
        kinds = whose.setdefault(demand.party, {})
        kinds[demand.kind] = kinds.get(demand.kind, 0) + 1
    said = []
    for party, kinds in whose.items():
        if party is None:
            said.append(counted(kinds["constraint"], "constraint"))
            continue
        parts = ["threshold"] if "threshold" in kinds else []
        parts += [counted(kinds["red_line"], "red line")] if "red_line" in kinds else []
        said.append(f"{name_of(found.scenario.parties[party].name)} ({', '.join(parts)})")
    return listed(said)


def conflict_finding(found: Diagnosis) -> str:
    """Say what cannot stand together at least; nothing where there is a zone."""
    sets = found.conflicts.sets
    if found.empty is False:
        return ""
    if not sets:
        return "Which demands cannot stand together was not settled in the time."
    smallest = min(sets, key=len)
    if len(smallest) == 1:
        return f"One demand alone leaves nothing: {demand_in_words(found.scenario, smallest[0])}."
    whose = conflict_in_brief(found, smallest)
    least = "no smaller set does" if len(sets) > 1 or not found.conflicts.complete else (
        "everything else fits"
    )  # fmt: skip
    return f"{len(smallest)} demands cannot stand together, and {least}: {whose}."


def conflicts_finding(found: Diagnosis) -> str:
    """Say how many conflicts there are, and what they share."""
    conflicts = found.conflicts
    n = len(conflicts)
    if not n:
        return conflict_finding(found)
    if not conflicts.complete:
        why = "more are not listed" if conflicts.why == "number" else "the time was up"
        return f"{counted(n, 'set')} of demands that cannot stand together ({why})."
    if n == 1:
        return "One set of demands cannot stand together; without any one of them there is a zone."
    shared = len(found.shared)
    said = f"{n} sets of demands cannot stand together, and there are no others"
    if not shared:
        return f"{said}. No demand stands in all of them, so more than one is in the way."
    stand = "stands" if shared == 1 else "stand"
    return (
        f"{said}. {counted(shared, 'demand')} {stand} in all of them: without any one of these "
        "there would be a zone."
    )


def differs_in_words(
    found: Diagnosis, conflict: Sequence[Demand], first: Sequence[Demand]
) -> tuple[list[str], list[str]]:
    """Return what a conflict has that the first has not, and the other way round."""
    more = [d for d in conflict if not any(d is other for other in first)]
    less = [d for d in first if not any(d is other for other in conflict)]
    return [demand_in_words(found.scenario, d) for d in more], [
        demand_in_words(found.scenario, d) for d in less
    ]


def moves_in_words(found: Diagnosis, moved: Floats) -> str:
    """Say who comes down by how much.

    Parties that do not move are left out.
    """
    said = [
        f"{name} by {plain(float(by), 3)} to {plain(float(r - by), 3)}"
        for name, by, r in zip(names_of(found), moved, found.problem.thresholds, strict=True)
        if by > TOLERANCE
    ]
    return listed(said)


def concession_findings(found: Diagnosis) -> list[str]:
    """Say the least that thresholds would have to come down by, in sum and one by one."""
    concession = found.concession
    if found.empty is False:
        return []
    if concession is None:
        if not found.problem.n_outcomes:
            return ["No concession in thresholds opens a zone: no package is allowed at all."]
        return ["The least concession was not found in the time."]
    said = []
    if not concession.rational:
        said.append(
            "No concession in thresholds alone opens a zone: every package gives somebody less "
            "than no deal does, so it takes a lever or a side payment as well. Counting that in:"
        )
    total, single = (concession.conceded(a) for a in (concession.total, concession.single))
    proofs = [proof_in_words(a.certificate) for a in (concession.total, concession.single)]
    if np.abs(total - single).max() <= TOLERANCE:
        proof = proofs[0] if proofs[0] == proofs[1] else "not proven"
        said.append(
            "The least concession in thresholds that opens a zone, in sum as in its largest part: "
            f"{moves_in_words(found, total)} ({proof})."
        )
        return said
    said.append(
        f"The least concession in sum is {plain(float(total.sum()), 3)}: "
        f"{moves_in_words(found, total)} ({proofs[0]})."
    )
    said.append(
        f"The least largest single concession is {plain(float(single.max()), 3)}: "
        f"{moves_in_words(found, single)} ({proofs[1]})."
    )
    return said


def undercut_finding(found: Diagnosis, concession: Concession) -> str:
    """Say whom these concessions would leave worse off than no deal."""
    lost = concession.undercut(concession.total)
    said = [
        f"{name} {plain(float(by), 3)}"
        for name, by in zip(names_of(found), lost, strict=True)
        if by > TOLERANCE
    ]
    return f"Below no deal there: {listed(said)}." if said else ""


def line_in_words(demand: Demand) -> str:
    """Say a red line in few words, with the file's identifiers."""
    assert demand.condition is not None  # red lines have one
    implied = " (implied)" if demand.basis == "implied" else ""
    return demand.condition.text + implied


def price_in_words(price: LinePrice) -> str:
    """Say what dropping a line does to the zone, in a few words."""
    before, after = price.before, price.after
    if price.opens:
        return "opens it"
    if after.zone.empty is None:
        return "unknown"
    if before.zone.empty:
        return "still none"
    old, new = before.size, after.size
    if old.outcomes is not None and new.outcomes is not None:
        more = new.outcomes - old.outcomes
        return f"+{big(more)}" if more else "the same"
    if not old.share:
        return "larger"
    ratio = new.share / old.share
    return "about the same" if abs(ratio - 1) < 0.05 else f"about ×{ratio:.3g}"


def prices_finding(found: Diagnosis) -> str:
    """Say which red lines matter, each taken alone."""
    prices = found.prices
    lines = sum(demand.kind == "red_line" for demand in found.demands)
    if not lines:
        return "No red line binds in this reading."
    if not prices:
        return "What the red lines cost was not looked at, for lack of time."
    missing = lines - len(prices)
    late = f" ({missing} not looked at in the time)" if missing else ""
    moving = sum(price.matters for price in prices)
    of = f"{moving} of {counted(len(prices), 'red line')}"
    if not moving:
        return f"No red line changes anything if it alone is dropped{late}."
    if found.empty is False:
        verb = "changes" if moving == 1 else "change"
        return f"Dropped alone, {of} {verb} something{late}."
    opening = sum(price.opens is True for price in prices)
    if not opening:
        verb = "changes" if moving == 1 else "change"
        return f"No red line opens a zone if it alone is dropped; {moving} {verb} something{late}."
    verb = "opens" if opening == 1 else "open"
    return f"Dropped alone, {opening} of {counted(len(prices), 'red line')} {verb} a zone{late}."
