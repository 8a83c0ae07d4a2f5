"""The zone of possible agreement over all cases: where it exists, how surely, how near."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.experiment.analysis.defined import Outcome
from sim.report.cells import cut_table, escaped
from sim.report.sections.numbers import in_cases, number, spread, without_value
from sim.report.sections.outcomes import Told, quoted
from sim.words import listed, tiny

Bools = NDArray[np.bool_]

EXISTS, CHANCE, SHARE, SURPLUS = "zone.exists", "zone.probability", "zone.share", "zone.surplus"
NAMES = (EXISTS, CHANCE, SHARE, SURPLUS)

UNBALANCED = ("one_at_a_time", "morris")
"""Designs in which the cases with one value of a factor are not like those with another."""

MOST_GROUPS = 4
"""Values of a factor that a sentence goes through."""

MOST_FACTORS = 4
"""Factors with few values by which the zone is broken down."""


def zone_section(told: Told) -> list[str]:
    """Write how often a zone exists, and by which categories that differs."""
    if not any(told.has(name) for name in NAMES):
        return []
    lines = ["### The zone of possible agreement", "", *_paragraph(told)]
    if told.study.design.name not in UNBALANCED:
        for path, groups in told.categories()[:MOST_FACTORS]:
            lines += _by_category(told, path, groups)
    return lines


def existence_in_cases(told: Told) -> str:
    """Say in how many cases a zone exists at the central reading."""
    if not told.has(EXISTS):
        return ""
    found = told.outcome(EXISTS)
    known = len(found.known)
    said = _around_the_base(told, found)
    if not said:
        how_often = in_cases(int(found.known.sum()), known)
        said = f"At the central reading a zone of possible agreement exists {how_often}"
    left = len(found) - known
    return f"{said}; {left:,} more were not settled." if left else f"{said}."


def _around_the_base(told: Told, found: Outcome) -> str:
    """Tell the base case from those that move one factor: a share of both together says nothing."""
    design, cases = told.study.design, told.study.tables["outcomes"]["case"]
    one_by_one = design.name == "one_at_a_time" and design.repeats == 1 and len(found.known) > 1
    if not one_by_one or cases[0] != 0 or not found.defined[0]:
        return ""
    base, moved = bool(found.known[0]), found.known[1:]
    first = f"{'a' if base else 'no'} zone of possible agreement exists"
    many = f"{int(moved.sum()):,} of the {len(moved):,} cases that move one factor away from it"
    return f"At the central reading {first} in the base case; one exists in {many}"


def chance_over_cases(told: Told) -> str:
    """Say how the chance of a zone is spread over the cases."""
    if not told.has(CHANCE):
        return ""
    found = told.outcome(CHANCE)
    low, middle, high = (
        number(float(x), "share") for x in np.quantile(found.known, [0, 0.5, 1])
    )  # fmt: skip
    said = f"With everything uncertain drawn, a zone exists in {middle} of the draws"
    if len(found) == 1:
        return f"{said}."
    if low == high:
        return f"{said}, in every case{without_value(found.undefined, len(found))}."
    ends = f"over all cases from {low} to {high}"
    return f"{said} in the median case; {ends}{without_value(found.undefined, len(found))}."


def by_category_in_words(told: Told) -> str:
    """Say how the zone differs by the first factor that is no number; nothing where it does not."""
    if told.study.design.name in UNBALANCED or told.n_cases == 1:
        return ""
    kinds = {factor.path: factor.kind for factor in told.study.design.factors}
    for path, groups in told.categories():
        if kinds[path] == "category" and len(groups) <= MOST_GROUPS:
            said = _differences(told, groups)
            return f"By {quoted(told.factor(path))}: {said}." if said else ""
    return ""


def _differences(told: Told, groups: list[tuple[str, Bools]]) -> str:
    """Say in which share of each group's cases a zone exists; else the median of the draws."""
    for name, what, of in (
        (EXISTS, "a zone exists in", "of the cases"),
        (CHANCE, "in the median case a zone exists in", "of the draws"),
    ):
        if not told.has(name):
            continue
        found = told.outcome(name)
        known = [found.values[cases & found.defined] for _, cases in groups]
        if any(not len(values) for values in known):
            continue
        middle = np.mean if name == EXISTS else np.median
        shares = [number(float(middle(values)), "share") for values in known]
        if len(set(shares)) > 1:
            words = [quoted(words) for words, _ in groups]
            first = f"{what} {shares[0]} {of} with {words[0]}"
            others = zip(shares[1:], words[1:], strict=True)
            return listed([first, *(f"in {share} with {word}" for share, word in others)])
    return ""


def _paragraph(told: Told) -> list[str]:
    said = [existence_in_cases(told), chance_over_cases(told)]
    if told.has(SHARE):
        sizes = told.outcome(SHARE).known
        few, middle, many = (
            tiny(x) if x else number(0, "share")
            for x in (float(sizes.min()), float(np.median(sizes)), float(sizes.max()))
        )
        size = few if few == many else f"median {middle}, from {few} to {many}"
        said.append(f"Packages in the zone, as a share of all that the constraints leave: {size}.")
    if told.has(SURPLUS):
        least = told.outcome(SURPLUS)
        said.append(
            "In the package that leaves the party worst off with most, its surplus over the "
            f"threshold: {spread(least.known)}{without_value(least.undefined, len(least))}. Below "
            "0 it is the distance to a zone."
        )
    return [" ".join(escaped(one) for one in said if one), ""]


def _by_category(told: Told, path: str, groups: list[tuple[str, Bools]]) -> list[str]:
    """Break the zone down by the values of one factor, in their order in the file."""
    names = [name for name in (EXISTS, CHANCE, SURPLUS) if told.has(name)]
    heads = {EXISTS: "a zone exists", CHANCE: "draws with a zone", SURPLUS: "surplus of the worst"}
    rows = []
    for words, cases in groups:
        row = [escaped(words), f"{int(cases.sum()):,}"]
        for name in names:
            outcome = told.outcome(name)
            known = outcome.values[cases & outcome.defined]
            if not len(known):
                row.append("–")
            elif name == EXISTS:
                row.append(number(float(known.mean()), "share"))
            else:
                middle = float(np.median(known))
                row.append(number(middle, told.kind(name), like=outcome.known))
        rows.append(row)
    medians = ["", " (median)", " (median)"]
    titles = [heads[name] + medians[(EXISTS, CHANCE, SURPLUS).index(name)] for name in names]
    heading = [escaped(told.factor(path)), "cases", *titles]
    return cut_table(heading, rows, table="outcomes")
