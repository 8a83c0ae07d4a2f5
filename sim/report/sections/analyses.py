"""What the analyses of an experiment answered: rows of their tables, the first outcomes first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.outcomes import Told, quoted
from sim.words import counted

MOST_OUTCOMES = 5
"""Outcomes that are read one by one; of the others only what comes first is said."""

MOST_NAMED = 3

Row = dict[str, Any]

FIRST = ("zone.probability", "zone.exists", "zone.surplus")
"""Outcomes that are read first where the file names none; then those of all parties jointly."""


@dataclass(frozen=True)
class Analysis:
    """One analysis of one outcome.

    Attributes
    ----------
    outcome
        As the tables have it, a condition included (``us28.ukraine.surplus ≥ 0``).
    cases, undefined
        How many cases it was given, and in how many of them the outcome has no value.
    done
        What was done about those.
    unanswered
        Why there is no answer, if so.
    """

    outcome: str
    cases: int
    undefined: int
    done: str | None
    unanswered: str | None


def rows_of(told: Told, table: str, **equal: object) -> list[Row]:
    """Return the rows of a table in which columns have certain values; gaps are ``None``."""
    columns = told.study.tables.get(table, {})
    if not columns:
        return []
    here = np.ones(len(next(iter(columns.values()))), dtype=bool)
    for name, value in equal.items():
        here &= np.asarray(columns[name] == value, dtype=bool)
    cells = {name: _cells(column[here]) for name, column in columns.items()}
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def _cells(column: Any) -> list[Any]:
    gaps = np.ma.getmaskarray(column).tolist()
    cells = np.ma.getdata(column).tolist()
    return [
        None if gap or (isinstance(cell, float) and np.isnan(cell)) else cell
        for cell, gap in zip(cells, gaps, strict=True)
    ]


def analyses(told: Told, method: str) -> list[Analysis]:
    """List what a method was asked, what matters most to readers first."""
    found = [
        Analysis(row["outcome"], row["cases"], row["undefined"], row["done"], row["unanswered"])
        for row in rows_of(told, "analyses", method=method)
    ]
    asked = told.study.experiment.sensitivity
    if asked is None or asked.outcomes is None:
        found.sort(key=lambda one: _rank(one.outcome))
    return found


def answered(told: Told, method: str) -> list[Analysis]:
    """List the analyses that have an answer."""
    return [one for one in analyses(told, method) if one.unanswered is None]


def _rank(outcome: str) -> int:
    if outcome in FIRST:
        return FIRST.index(outcome)
    joint = (".all.probability", ".all.accepts", ".all.completable")
    found = next((k for k, end in enumerate(joint) if outcome.endswith(end)), len(joint))
    return len(FIRST) + found + outcome.endswith(".utility")  # a surplus says the same, and more


def heading(told: Told, outcome: str) -> list[str]:
    """Begin what is said about one outcome."""
    label = told.label(outcome)
    return [f"**{escaped(label[:1].upper() + label[1:])}**", ""]


def gaps_in_words(told: Told, one: Analysis) -> Iterator[str]:
    """Say how many cases had no value, and what was done; nothing where all had one."""
    if one.undefined:
        done = (one.done or "").replace(one.outcome, f"{quoted(told.label(one.outcome))}")
        verb = "has" if one.undefined == 1 else "have"
        said = f"{one.undefined:,} of {counted(one.cases, 'case')} {verb} no value"
        yield f"{said}; {done}." if done else f"{said}."


def unanswered_in_words(told: Told, method: str) -> list[str]:
    """Say for which outcomes there is no answer, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for one in analyses(told, method):
        if one.unanswered is not None:
            reasons.setdefault(reason_in_words(one), []).append(one.outcome)
    return bullets(
        [f"No answer for {names_in_words(told, n)}: {why}." for why, n in reasons.items()]
    )


def reason_in_words(one: Analysis) -> str:
    """Say why there is no answer, in words that fit every outcome with the same reason."""
    why = (one.unanswered or "").replace(one.outcome, "the outcome")
    return re.sub(
        r"^the outcome is \S+ in every case where it is defined, so there is nothing that .*$",
        "where it has a value it is the same in every case, so that nothing is left to explain",
        why,
    )


def names_in_words(told: Told, outcomes: Sequence[str]) -> str:
    """Name outcomes, the first few of them."""
    shown = [f"{quoted(told.label(name))}" for name in outcomes[:MOST_NAMED]]
    more = len(outcomes) - len(shown)
    if more == 1:
        shown.append(f"{quoted(told.label(outcomes[-1]))}")
    return "; ".join(shown) + (f"; and {more:,} more" if more > 1 else "")


def by_outcome(
    told: Told,
    method: str,
    opening: Sequence[str],
    write: Callable[[Told, Analysis], list[str]],
    first: Callable[[Told, str], tuple[str, str]],
    *,
    column: str,
) -> list[str]:
    """Write what a method found, outcome by outcome; nothing where it was not asked.

    Parameters
    ----------
    told
        What there is to tell of the study.
    method
        As the table of analyses calls it; its own table has the same name.
    opening
        Lines that say what its numbers mean.
    write
        Writes one outcome.
    first
        Of an outcome that is only listed: the factor that comes first, and its number.
    column
        What that number is.
    """
    found = answered(told, method)
    unanswered = unanswered_in_words(told, method)
    if not found and not unanswered:
        return []
    lines = [*opening]
    for one in found[:MOST_OUTCOMES]:
        lines += write(told, one)
    rest = [(one.outcome, *first(told, one.outcome)) for one in found[MOST_OUTCOMES:]]
    return [*lines, *others_table(told, rest, column, method), *unanswered]


def others_table(
    told: Told, rows: Sequence[tuple[str, str, str]], measure: str, table: str
) -> list[str]:
    """List which input comes first for outcomes that are not read one by one.

    Parameters
    ----------
    rows
        Outcome, input, and its measure as written.
    measure
        What the measure is.
    table
        Where all is.
    """
    if not rows:
        return []
    cells = [[escaped(told.label(o)), escaped(told.factor(i)), text] for o, i, text in rows]
    return ["**Other outcomes**", "", *cut_table(
        ["outcome", "input that comes first", measure], cells, table=table, texts=(0, 1)
    )]  # fmt: skip
