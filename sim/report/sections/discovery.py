"""Scenario discovery in words: boxes and rules that say where something holds, and how surely."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.experiment.analysis.columns import columns_of
from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.analyses import (
    Analysis,
    Row,
    analyses,
    gaps_in_words,
    reason_in_words,
    rows_of,
)
from sim.report.sections.outcomes import Told, quoted
from sim.words import capital, listed, percent

BY_CHANCE = 0.05
"""Above this quasi-p-value a limit may well be luck."""

FEW_HALVES = 0.5
"""A limit that comes back in fewer of the random halves than this is not to be relied on."""

FALLS_SHORT = 0.1
"""By so much less dense on cases it was not found on, a box owes something to being chosen."""


def discovery_section(told: Told) -> list[str]:
    """Write under which settings each thing holds that the experiment asks about."""
    questions = list(dict.fromkeys(
        one.outcome for method in ("prim", "tree") for one in analyses(told, method)
    ))  # fmt: skip
    if not questions:
        return []
    lines = [
        "## Where it holds",
        "",
        "Boxes and rules say where, among the cases that were looked at, something holds. They do "
        "not say what causes it.",
        "",
    ]
    for question in questions:
        lines += [f"### {escaped(f'Where {told.claim(question)}')}", ""]
        for method, read, what in (("prim", _boxes, "box"), ("tree", _rules, "rule")):
            for one in (o for o in analyses(told, method) if o.outcome == question):
                none = [f"No {what}: {escaped(reason_in_words(one))}.", ""]
                lines += none if one.unanswered else read(told, one)
    return lines


def _boxes(told: Told, one: Analysis) -> list[str]:
    said = []
    for k, box in enumerate(rows_of(told, "boxes", outcome=one.outcome)):
        said += [box_in_words(told, one, box), *warnings_in_words(told, box)]
        if k:
            said[-1] += " It was sought outside the boxes before it."
    return ["**Boxes**", "", *bullets([*said, *gaps_in_words(told, one)])]


def box_in_words(told: Told, one: Analysis, box: Row) -> str:
    """Say what a box is, how dense it is, how much it covers, and what is elsewhere."""
    limits = rows_of(told, "box_limits", outcome=one.outcome, box=box["box"])
    known = one.cases - one.undefined
    said = (
        f"{capital(told.claim(one.outcome))} in {percent(box['density'])} of the cases with "
        f"{_where(told, limits)} ({box['interesting']:,} of {box['cases']:,}). These are "
        f"{percent(box['coverage'])} of all cases in which it is so"
    )
    rest = known - box["cases"]
    if box["box"] == 0 and rest > 0:
        every = round(box["interesting"] / box["coverage"])
        said += f"; elsewhere it is so in {percent((every - box['interesting']) / rest)}"
    return f"{said}."


def _where(told: Told, limits: Sequence[Row]) -> str:
    """Say the limits of a box: first those that stand up, then those that may be luck."""
    sure = [limit_in_words(told, row) for row in limits if row["chance"] <= BY_CHANCE]
    luck = [limit_in_words(told, row) for row in limits if row["chance"] > BY_CHANCE]
    if not sure or not luck:
        return listed([*sure, *luck])
    return f"{listed(sure)}, and, perhaps by luck, {listed(luck)}"


def limit_in_words(told: Told, row: Row) -> str:
    """Say what a box asks of one factor."""
    path = row["factor"]
    name = f"{quoted(told.factor(path))}"
    if row["categories"] is not None:
        words = _categories(told, path, row["categories"])
        return f"{name} {listed(words, 'or')}"
    low, high = (told.setting(path, row[end]) for end in ("low", "high"))
    if row["low"] is None:
        return f"{name} at most {high}"
    if row["high"] is None:
        return f"{name} at least {low}"
    return f"{name} from {low} to {high}"


def warnings_in_words(told: Told, box: Row) -> list[str]:
    """Say how far a box is not to be relied on; nothing where it stands up."""
    limits = rows_of(told, "box_limits", outcome=box["outcome"], box=box["box"])
    said = []
    luck = [row for row in limits if row["chance"] > BY_CHANCE]
    if luck:
        names = listed(
            f"{quoted(told.factor(row['factor']))} (quasi-p {row['chance']:.2g})" for row in luck
        )
        said.append(f"May well be luck, and better left out of the story: {names}.")
    rare = [r for r in limits if r["by_coverage"] is not None and r["by_coverage"] < FEW_HALVES]
    if rare:
        names = listed(
            f"{quoted(told.factor(row['factor']))} ({percent(row['by_coverage'])} of halves)"
            for row in rare
        )
        said.append(
            f"Seldom found again when the search is repeated on half of the cases: {names}."
        )
    if falls_short(box):
        said.append(fresh_in_words(box))
    return said


def falls_short(box: Row) -> bool:
    """Tell whether a box owes much of its density to being chosen."""
    fresh = box["elsewhere"]
    return fresh is not None and fresh < box["density"] - FALLS_SHORT


def fresh_in_words(box: Row) -> str:
    """Say how dense boxes like this one are on cases that they were not found on."""
    return (
        f"On cases that such boxes were not found on, the share is {percent(box['elsewhere'])}: "
        "the more honest figure."
    )


def _rules(told: Told, one: Analysis) -> list[str]:
    rows = rows_of(told, "rules", outcome=one.outcome)
    cells = [
        [
            escaped(rule_in_words(told, row["text"])),
            percent(row["density"]),
            f"{row['interesting']:,} of {row['cases']:,}",
            percent(row["coverage"]),
        ]
        for row in rows
    ]
    heads = ["rule", "share in which it holds", "cases", "of all such cases"]
    said = [accuracy_in_words(rows[0]), *gaps_in_words(told, one)]
    if rows[0]["right"] <= rows[0]["guess"]:
        return ["**Rules**", "", *bullets(said)]
    return ["**Rules**", "", *bullets(said), *cut_table(heads, cells, table="rules", most=16)]


def accuracy_in_words(row: Row) -> str:
    """Say how often a tree is right on cases that it has not seen, against guessing."""
    right, guess = row["right"], row["guess"]
    said = f"The rules tell {percent(right)} of unseen cases rightly; naming the commoner answer"
    said += f" gets {percent(guess)}"
    return f"{said}." if right > guess else f"{said}. They add nothing to a guess."


def rule_in_words(told: Told, text: str) -> str:
    """Say the conditions of a rule with the names of the scenario."""
    if not text:
        return "everywhere"
    paths = sorted(told.study.settings, key=len, reverse=True)
    names = "|".join(map(re.escape, paths))
    parts = re.split(rf" and (?=(?:[-+.\de]+ < )?(?:{names}) (?:≤|>|is) )", text)
    form = re.compile(rf"(?:([-+.\de]+) < )?({names}) (≤|>|is) (.*)", re.DOTALL)
    return listed(_condition(told, form.fullmatch(part), part) for part in parts)


def _condition(told: Told, found: re.Match[str] | None, text: str) -> str:
    if found is None:
        return text
    above, path, sign, value = found.groups()
    name = f"{quoted(told.factor(path))}"
    if sign == "is":
        return f"{name} {listed(_categories(told, path, value), 'or')}"
    number = told.setting(path, value)
    if above is not None:
        return f"{name} above {told.setting(path, above)}, at most {number}"
    return f"{name} {'at most' if sign == '≤' else 'above'} {number}"


def _categories(told: Told, path: str, text: str) -> Sequence[str]:
    """Take apart categories that are joined by "or", which one of them may hold itself."""
    column = columns_of({path: told.study.settings[path]}, told.n_cases)[0]
    known = sorted(column.categories, key=len, reverse=True)
    words, rest = [], text
    while rest:
        first = next((c for c in known if rest == c or rest.startswith(f"{c} or ")), rest)
        words.append(told.setting(path, first))
        rest = rest[len(first) + len(" or ") :]
    return words
