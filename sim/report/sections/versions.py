"""Plan versions over all cases: who accepts them, who refuses, and which version leads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.problem import TOLERANCE
from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.numbers import in_cases, middle_and_range
from sim.report.sections.outcomes import Told
from sim.words import listed, percent

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

MANY_CASES = (
    "Each cell: the share of the cases in which the party accepts the version at the central "
    "reading; then its surplus over the threshold, as the median and the range of the middle 90 % "
    "of the cases."
)
ONE_CASE = "Each cell: whether the party accepts at the central reading, and with what surplus."

MOST_VERSIONS = 15
MOST_LEADERS = 3
SHARES = ("accepts", "probability")


def versions_section(told: Told) -> list[str]:
    """Write who accepts which version in how many cases, who refuses, and who leads."""
    if not told.versions:
        return []
    return [
        "### Plan versions",
        "",
        ONE_CASE if told.n_cases == 1 else MANY_CASES,
        "Signatories are the parties whose consent is required. *If completed*: some way of "
        "settling what the version leaves open is accepted by all of them.",
        "",
        *_acceptance(told),
        *_broken(told),
        *bullets([said for said in leaders_in_words(told) if said]),
        *_in_the_way(told),
    ]


def _acceptance(told: Told) -> list[str]:
    heads = ["plan version", *(_judge(told, party) for party in told.judges)]
    heads += ["all signatories", "if completed", "draws in which all accept"]
    surpluses = [_known(told, f"{plan}.{party}.surplus") for plan, party in _pairs(told)]
    every, broken = np.concatenate(surpluses), _breaking(told)
    rows = []
    for plan in told.versions:
        mark = "†" if plan in broken else ""
        row = [f"**{escaped(plan)}**{mark} {escaped(told.version(plan).strip('“”'))}"]
        for party in told.judges:
            known = _known(told, f"{plan}.{party}.surplus")
            share = _share(told, f"{plan}.{party}.accepts")
            row.append(f"{share}; {middle_and_range(known, like=every)}" if len(known) else share)
        drawn = _known(told, f"{plan}.all.probability")
        row += [_share(told, f"{plan}.all.{what}") for what in ("accepts", "completable")]
        row.append(middle_and_range(drawn, "share"))
        rows.append(row)
    return cut_table(heads, rows, table="outcomes", most=MOST_VERSIONS)


def _pairs(told: Told) -> list[tuple[str, str]]:
    return [(plan, party) for plan in told.versions for party in told.judges]


def _known(told: Told, name: str) -> Floats:
    return told.outcome(name).known if told.has(name) else np.empty(0)


def _breaking(told: Told) -> set[str]:
    """Return the versions that break a constraint in some case, where that was kept."""
    joint = told.study.tables.get("joint")
    if joint is None:
        return set()
    return {plan for plan, why in zip(joint["plan"], joint["infeasible"], strict=True) if why}


def _broken(told: Told) -> list[str]:
    if not _breaking(told):
        return []
    return ["† breaks a constraint of the scenario, so that nobody is taken to accept it.", ""]


def _judge(told: Told, party: str) -> str:
    """Name a party at the head of a column, with what its word counts for."""
    names = (f"{plan}.{party}.accepts" for plan in told.versions)
    here = np.zeros(told.n_cases, dtype=bool)
    for name in names:
        here |= told.outcome(name).defined if told.has(name) else False
    needed = told.required(party)[here]
    name = escaped(told.party(party))
    if needed.all():
        return name
    return f"{name} ({'needed in some cases' if needed.any() else 'advisory'})"


def _share(told: Told, name: str) -> str:
    """Write the share of the cases with a yes; of a single case the answer itself."""
    if not told.has(name):
        return "–"
    share = float(told.outcome(name).known.mean())
    return percent(share) if told.n_cases > 1 else "yes" if share else "no"


def accepted_in_cases(told: Told) -> str:
    """Say which versions are accepted by all whose consent is required, and how often."""
    names = {plan: f"{plan}.all.accepts" for plan in told.versions}
    answers = {plan: _known(told, name) for plan, name in names.items() if told.has(name)}
    if not answers:
        return ""
    if not any(told.required(party).any() for party in told.judges):
        return "Nobody's consent is required: who accepts what is shown, and nothing is agreed."
    shares = {plan: float(known.mean()) for plan, known in answers.items()}
    most, whom = max(shares.values()), told.party("all")
    if not most:
        one = f"{told.version(next(iter(answers)))} is not"
        none = one if len(answers) == 1 else f"none of the {len(answers)} plan versions is"
        return f"At the central reading {none} accepted by {whom} in any case."
    best = [plan for plan in shares if shares[plan] == most]
    known = answers[best[0]]
    verb = "is" if len(best) == 1 else "are each"
    cases = in_cases(int(known.sum()), len(known))
    where = "" if len(known) == told.n_cases else " about it"
    lead = "" if len(best) == len(answers) or told.n_cases == 1 else ", more often than any other"
    names_of_best = listed(told.version(plan) for plan in best)
    return f"{names_of_best} {verb} accepted by {whom} {cases}{where} at the central reading{lead}."


def leading(told: Told, party: str) -> tuple[dict[str, int], int, int]:
    """Count for each version the cases in which no other does better for a party.

    Returns
    -------
    dict, int, int
        Version -> cases, several versions in one case where they tie; cases that were judged; cases
        in which there is nothing to lead with, because for `all` every version has no chance.
    """
    what = "probability" if party == "all" else "surplus"
    names = [f"{plan}.{party}.{what}" for plan in told.versions]
    kept = [(p, told.outcome(n)) for p, n in zip(told.versions, names, strict=True) if told.has(n)]
    if len(kept) < 2:
        return {}, 0, 0
    known = np.stack([found.defined for _, found in kept], axis=1)
    judged = known.sum(axis=1) > 1
    values = np.where(known, np.stack([found.values for _, found in kept], axis=1), -np.inf)[judged]
    nothing: Bools = np.max(values, axis=1, initial=-np.inf) <= (0.0 if party == "all" else -np.inf)
    best = (values >= values.max(axis=1, keepdims=True) - TOLERANCE) & ~nothing[:, None]
    counts = {plan: int(n) for (plan, _), n in zip(kept, best.sum(axis=0), strict=True)}
    return counts, len(values), int(nothing.sum())


def leaders_in_words(told: Told) -> list[str]:
    """Say for all together, and for each party, which version does best in how many cases."""
    return [leader_in_words(told, party) for party in ("all", *told.judges)]


def leader_in_words(told: Told, party: str) -> str:
    """Say which version does best in how many cases, for a party or for all jointly."""
    counts, of, nothing = leading(told, party)
    if not of:
        return ""
    what = "chance that all accept" if party == "all" else f"surplus of {told.party(party)}"
    if nothing == of:
        return f"By the {what} no version leads: in every case no draw has all accept any of them."
    ranked = sorted((plan for plan in counts if counts[plan]), key=lambda plan: -counts[plan])
    first, *others = [(told.version(p), in_cases(counts[p], of)) for p in ranked[:MOST_LEADERS]]
    shown = [f"{first[0]} leads {first[1]}", *(" ".join(pair) for pair in others)]
    said = f"By the {what}, {listed(shown)}"
    more = len(ranked) - len(shown)
    said += f", {more:,} other{'s' if more > 1 else ''} in fewer" if more else ""
    if nothing:
        said += f"; in {percent(nothing / of)} no version has any chance"
    tied = sum(counts.values()) + nothing > of
    return f"{said}. Where versions tie, each of them counts." if tied else f"{said}."


def _in_the_way(told: Told) -> list[str]:
    """Say for each version which of the needed parties refuses it, and which does so alone."""
    needed = [party for party in told.judges if told.required(party).any()]
    if not needed:
        return []
    rows = [_refusals(told, plan, needed) for plan in told.versions]
    rows = [row for row in rows if row]
    if not rows:
        return ["Wherever it was asked, all signatories accept every version.", ""]
    broken = " Of a version marked † it is the constraint that refuses." if _breaking(told) else ""
    return [
        "**Who refuses.** Of the cases in which not all accept: how often each signatory "
        f"refuses, and how often it is the only one to.{broken}",
        "",
        *cut_table(
            ["plan version", "cases", *(escaped(told.party(party)) for party in needed)],
            rows, table="outcomes", most=MOST_VERSIONS,
        ),
    ]  # fmt: skip


def refusals(told: Told, plan: str, needed: list[str]) -> tuple[Bools, Bools]:
    """Tell in which cases some needed party refuses, and which does, ``(n_cases, n_needed)``."""
    each = []
    for party in needed:
        name = f"{plan}.{party}.accepts"
        if told.has(name):
            found = told.outcome(name)
            each.append(found.defined & (found.values < 0.5) & told.required(party))
        else:
            each.append(np.zeros(told.n_cases, dtype=bool))
    refuse = np.stack(each, axis=1)
    joint = told.outcome(f"{plan}.all.accepts")
    return joint.defined & (joint.values < 0.5), refuse


def _refusals(told: Told, plan: str, needed: list[str]) -> list[str]:
    failing, refuse = refusals(told, plan, needed)
    n = int(failing.sum())
    if not n:
        return []
    alone = refuse & (refuse.sum(axis=1) == 1)[:, None]
    cells = []
    for k, party in enumerate(needed):
        if not told.has(f"{plan}.{party}.accepts"):
            cells.append("–")
            continue
        often, only = (float(part[failing, k].mean()) for part in (refuse, alone))
        cells.append(percent(often) + (f", alone {percent(only)}" if only else ""))
    mark = "†" if plan in _breaking(told) else ""
    return [f"**{escaped(plan)}**{mark}", f"{n:,}", *cells]
