"""What could be agreed over all cases: solutions, amendments, and outcomes of other models."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.numbers import in_cases, middle_and_range, number, spread
from sim.report.sections.outcomes import Told
from sim.report.sections.zone import NAMES
from sim.words import percent, solution_name

FRONTIER = "frontier.points"

WITHOUT_A_CHANGE = (
    "Where a version leaves something open, one way of settling it is the start. 0 means that all "
    "accept it so, though on average over what it leaves open some may not."
)


def solutions_section(told: Told) -> list[str]:
    """Write what each party gets by each solution, where there is an agreement."""
    if not told.solutions:
        return []
    parties = list(dict.fromkeys(
        name.split(".")[1] for s in told.solutions for name in _utilities(told, s)
    ))  # fmt: skip
    heads = ["solution", *(escaped(told.party(p)) for p in parties)]
    rows = []
    for solution in told.solutions:
        row = [escaped(solution_name(solution))]
        for party in parties:
            name = f"{solution}.{party}"
            row.append(middle_and_range(told.outcome(name).known) if told.has(name) else "–")
        for what in ("agreement", "acceptable"):
            name = f"{solution}.{what}"
            row.append(percent(float(told.outcome(name).known.mean())) if told.has(name) else "–")
        rows.append(row)
    frontier = []
    if told.has(FRONTIER):
        points = spread(told.outcome(FRONTIER).known, "whole")
        frontier = [f"Efficient packages, counted by what they give: {points}.", ""]
    return [
        "### Solutions",
        "",
        "Utilities at the central reading, over the cases with an agreement: the median and the "
        "range of the middle 90 %. Then the share of the cases with an agreement, and of those in "
        "which it is acceptable to all whose consent is required.",
        "",
        *cut_table([*heads, "agreement", "acceptable"], rows, table="solutions"),
        *frontier,
    ]


def _utilities(told: Told, solution: str) -> list[str]:
    ends = (f"{solution}.agreement", f"{solution}.acceptable")
    names = told.study.outcome_names
    return [n for n in names if n.startswith(f"{solution}.") and n not in ends]


def amendments_section(told: Told) -> list[str]:
    """Write how many issues of each version must change."""
    said = []
    for name in _amended(told):
        found = told.outcome(name)
        version = told.version(name.rpartition(".")[0])
        possible = in_cases(len(found.known), len(found))
        words = f"{version} can be amended so that all accept {possible}"
        known = f"; issues to change: {spread(found.known, 'whole')}" if len(found.known) else ""
        said.append(f"{words}{known}.")
    return ["### Amendments", "", WITHOUT_A_CHANGE, "", *bullets(said)] if said else []


def _amended(told: Told) -> list[str]:
    names = told.study.outcome_names
    return [name for name in names if name.endswith(".changes") and name.count(".") == 1]


def others_section(told: Told) -> list[str]:
    """Write the median and the range of every outcome that no other part speaks of."""
    rows = [_row(told, name) for name in unspoken(told)]
    if not rows:
        return []
    heads = ["outcome", "cases with a value", "median, or share of yes", "least", "greatest"]
    only = "equilibria" in told.study.experiment.asked
    title = "### Equilibria" if only else "### Other outcomes"
    return [title, "", *cut_table(heads, rows, table="outcomes", most=25)]


def _row(told: Told, name: str) -> list[str]:
    known = told.outcome(name).known
    head = [escaped(told.label(name)), f"{len(known):,}"]
    if not len(known):
        return [*head, "–", "–", "–"]
    if told.is_yes_or_no(name):
        return [*head, percent(float(known.mean())), "", ""]
    kind = told.kind(name)
    numbers = (float(np.median(known)), float(known.min()), float(known.max()))
    return [*head, *(number(x, kind, like=known) for x in numbers)]


def unspoken(told: Told) -> Iterator[str]:
    """Yield the outcomes that no other part speaks of."""
    versions = {f"{plan}." for plan in told.versions}
    solved = {name for s in told.solutions for name in _utilities(told, s)}
    solved |= {f"{s}.{what}" for s in told.solutions for what in ("agreement", "acceptable")}
    spoken = {*NAMES, FRONTIER, *_amended(told), *solved}
    for name in told.study.outcome_names:
        judged = name.count(".") == 2 and name.startswith(tuple(versions))
        if name in told.names and name not in spoken and not judged:
            yield name
