"""Every case in a row, where there are few: its settings, the zone, and which versions hold."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.experiment.run import shown_apart
from sim.report.cells import cut_table, escaped
from sim.report.sections.numbers import number
from sim.report.sections.outcomes import Told
from sim.report.sections.zone import CHANCE, EXISTS
from sim.words import listed

MOST_CASES = 24
MOST_FACTORS = 4


def cases_section(told: Told) -> list[str]:
    """Write a row for each case, unless they are many or each is shown by itself."""
    paths = [path for path, column in told.study.settings.items() if len(set(_texts(column))) > 1]
    few = 1 < told.n_cases <= MOST_CASES and 0 < len(paths) <= MOST_FACTORS
    if not few or shown_apart(told.study.prepared):
        return []
    heads = ["case", *(escaped(told.factor(path)) for path in paths)]
    asked = [name for name in (EXISTS, CHANCE) if told.has(name)]
    heads += [{EXISTS: "a zone exists", CHANCE: "draws with a zone"}[name] for name in asked]
    heads += ["accepted by all signatories"] if told.versions else []
    rows = []
    for k, case in enumerate(told.study.tables["outcomes"]["case"].tolist()):
        row = [str(case)]
        row += [escaped(told.setting(path, told.study.settings[path][k])) for path in paths]
        row += [_answer(told, name, k) for name in asked]
        row += [_accepted(told, k)] if told.versions else []
        rows.append(row)
    texts = (*range(len(paths) + 1), len(heads) - 1)
    return [
        "### Case by case",
        "",
        *cut_table(heads, rows, table="outcomes", most=MOST_CASES, texts=texts),
    ]


def _texts(column: NDArray[Any]) -> list[str]:
    return [str(value) for value in column.tolist()]


def _answer(told: Told, name: str, k: int) -> str:
    outcome = told.outcome(name)
    if not outcome.defined[k]:
        return "–"
    value = float(outcome.values[k])
    if told.is_yes_or_no(name):
        return "yes" if value else "no"
    return number(value, told.kind(name))


def _accepted(told: Told, k: int) -> str:
    """List the versions that all signatories accept in a case."""
    names = {plan: f"{plan}.all.accepts" for plan in told.versions}
    found = [p for p, name in names.items() if told.has(name) and told.outcome(name).values[k]]
    return listed(f"**{escaped(plan)}**" for plan in found) if found else "none"
