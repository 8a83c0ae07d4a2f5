"""Robustness in words: how versions stand up over all cases, and which rule chooses which."""

from __future__ import annotations

import numpy as np

from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.analyses import (
    Row,
    analyses,
    answered,
    gaps_in_words,
    rows_of,
    unanswered_in_words,
)
from sim.report.sections.numbers import Kind, number
from sim.report.sections.outcomes import Told
from sim.words import capital, counted, listed, percent

RULES = {
    "Wald": "the best worst case",
    "Savage": "the least worst regret",
    "Laplace": "the best mean",
    "Hurwicz": "the best mix of worst and best case",
    "Starr": "accepted in most cases",
    "tail": "the best worst 5 %",
}


def robustness_section(told: Told) -> list[str]:
    """Write how each version fares for all jointly, and for each party."""
    if not analyses(told, "robustness"):
        return []
    parties = [one.outcome for one in answered(told, "robustness")]
    parties.sort(key=lambda party: party != "all")
    rules = "; ".join(f"*{rule}*: {words}" for rule, words in RULES.items())
    lines = [
        "## How versions stand up",
        "",
        "Every version is judged in the same cases. For a party the payoff is its surplus over "
        "the threshold; for all jointly, the share of draws in which all accept. Regret is how far "
        "a version falls short of the best one in the same case. Rules: "
        f"{rules}. None of them is the right one.",
        "",
    ]
    for party in parties:
        lines += _of_party(told, party)
    return [*lines, *unanswered_in_words(told, "robustness")]


def _of_party(told: Told, party: str) -> list[str]:
    rows = rows_of(told, "robustness", party=party)
    kind: Kind = "share" if party == "all" else "number"
    names = ("mean", "worst", "tail", "tail_mean", "regret_mean", "regret_worst")
    like = np.array([row[name] for row in rows for name in names])
    cells = [
        [
            f"**{escaped(row['plan'])}**",
            percent(row["accepted"]),
            *(number(row[name], kind, like=like) for name in names),
            escaped(row["chosen_by"] or "–"),
        ]
        for row in rows
    ]
    heads = ["plan version", "accepted", "mean", "worst", "5 % tail", "mean of the tail"]
    heads += ["mean regret", "worst regret", "chosen by"]
    name = capital("all jointly" if party == "all" else told.party(party))
    counted_in = next(one for one in answered(told, "robustness") if one.outcome == party)
    return [
        f"### {escaped(name)}",
        "",
        *bullets([capital(choice_in_words(told, party)), *gaps_in_words(told, counted_in)]),
        *cut_table(heads, cells, table="robustness", most=15, texts=(0, 8)),
    ]


def choices(told: Told, party: str) -> dict[str, tuple[str, ...]]:
    """Return which versions each rule would choose for a party."""
    rows = rows_of(told, "robustness", party=party)
    return {
        rule: tuple(row["plan"] for row in rows if rule in _rules_of(row))
        for rule in RULES
    }  # fmt: skip


def _rules_of(row: Row) -> list[str]:
    return (row["chosen_by"] or "").split("; ")


def choice_in_words(told: Told, party: str) -> str:
    """Say whether the rules agree on a version, and where they part."""
    chosen = choices(told, party)
    n = len(rows_of(told, "robustness", party=party))
    groups: dict[tuple[str, ...], list[str]] = {}
    for rule, plans in chosen.items():
        groups.setdefault(plans, []).append(rule)
    if list(groups) == [tuple(row["plan"] for row in rows_of(told, "robustness", party=party))]:
        return f"no rule tells the {counted(n, 'version')} apart."
    common = [plan for plan in next(iter(groups)) if all(plan in plans for plans in groups)]
    if common:
        names = listed(told.version(plan) for plan in common)
        also = "" if len(groups) == 1 else "; by some rules others tie with it"
        return f"all {len(chosen)} rules choose {names}{also}."
    said = []
    for plans, rules in groups.items():
        which = (
            f"none over the others ({n} tie)" if len(plans) == n
            else listed(told.version(plan) for plan in plans)
        )  # fmt: skip
        said.append(f"{listed(rules)} {'chooses' if len(rules) == 1 else 'choose'} {which}")
    return f"the rules part: {'; '.join(said)}."
