"""What an analysis of sensitivity found out about one outcome, and how pictures say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import InputError, did_you_mean
from sim.experiment.job import Columns
from sim.experiment.labels import factor_label, outcome_label
from sim.experiment.study import Study
from sim.experiment.weights import WeightGroup
from sim.plots.caption import possessive, shortened
from sim.plots.style import tick_texts
from sim.words import capital, counted, decimals_for, name_of, percent, plain, ticks

FIRST = ("zone.probability", "zone.exists")
"""Outcomes that are shown, if an experiment has them, where none is named."""

MOST = 20
"""Inputs that are shown at most; the others are counted."""

SHARES = ("probability", "share", "pays_in_draws", "long_pays_in_draws")
"""How the names of outcomes end that are shares."""

FITTING = {
    "sobol": "{sobol: 256}",
    "morris": "{morris: 20}",
    "pawn": "{lhs: 500}",
    "tornado": "{one_at_a_time: 5}",
}
"""A design that fits each method."""

WITH_ARTICLE = ("chance", "correlation", "cost", "number", "quota", "shift", "steepness")
"""Words that take an article where the name of an input begins with them."""

Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Answer:
    """What an analysis found out about one outcome.

    Attributes
    ----------
    outcome
        Its name.
    rows
        Of the table of the analysis, one for each input; ``None`` where something is missing.
    cases, undefined
        How many cases there were, and in how many of them the outcome has no value.
    done
        What was done about those.
    """

    outcome: str
    rows: tuple[Row, ...]
    cases: int
    undefined: int
    done: str

    @property
    def gaps(self) -> str:
        """Say what was undefined, as the end of a note; nothing where nothing was."""
        if not self.undefined:
            return ""
        return f" No value in {self.undefined:,} of {self.cases:,} cases: {self.done}."


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    """Return a small table row by row, ``None`` where something is missing."""
    lists = {name: _cells(column) for name, column in columns.items()}
    return [dict(zip(lists, cells, strict=True)) for cells in zip(*lists.values(), strict=True)]


def _cells(column: Any) -> list[Any]:
    cells: list[Any] = np.ma.asarray(column).tolist()
    return [None if isinstance(cell, float) and np.isnan(cell) else cell for cell in cells]


def answer(study: Study, method: str, outcome: str | None = None) -> Answer:
    """Return what an analysis found out about an outcome.

    Parameters
    ----------
    study
        The experiment.
    method
        ``sobol``, ``morris``, ``pawn`` or ``tornado``, as in the file.
    outcome
        Its name; by default whether there is a zone, or else the first one with an answer.

    Raises
    ------
    InputError
        If the experiment has no such analysis, none of this outcome, or one without an answer.
    """
    analyses = rows_of(study.tables["analyses"]) if "analyses" in study.tables else []
    asked = {row["outcome"]: row for row in analyses if row["method"] == method}
    if not asked:
        raise InputError(
            f"the experiment has no analysis '{method}': ask for it in its file with "
            f"`sensitivity: {{methods: [{method}]}}` and, for instance, `design: {FITTING[method]}`"
        )
    if outcome is None:
        answered = [name for name, row in asked.items() if row["unanswered"] is None]
        outcome = next((name for name in FIRST if name in answered), None)
        outcome = outcome or next(iter(answered or asked))
    if outcome not in asked:
        guess = did_you_mean(outcome, asked)
        raise InputError(f"the analysis '{method}' was not asked about '{outcome}'{guess}")
    found = asked[outcome]
    if found["unanswered"] is not None:
        why = found["unanswered"]
        raise InputError(f"the analysis '{method}' has no answer for {outcome}: {why}")
    rows = rows_of(study.tables[method])
    mine = tuple(row for row in rows if row["outcome"] == outcome)
    return Answer(outcome, mine, found["cases"], found["undefined"], found["done"] or "")


def said(study: Study, outcome: str) -> str:
    """Say an outcome within a sentence, with its article if it takes one."""
    label = outcome_label(study, outcome)
    return (
        f"the {label}" if label.split()[0] in ("share", "surplus", "utility", "number") else label
    )


def in_title(study: Study, path: str) -> str:
    """Say what varies within a sentence: what is a party's as its own, and not too long."""
    label = shortened(factor_label(study, path), 80)
    scenarios = study.prepared.scenarios.values()
    parties = [name_of(p.name) for scenario in scenarios for p in scenario.parties.values()]
    owner, _, what = label.partition(": ")
    if what and owner in parties:
        held = what.removesuffix(" (chance)")
        own = f"{possessive(owner)} {held}"
        return own if held == what else f"the chance that {own}"
    return f"the {label}" if label.split()[0] in WITH_ARTICLE else label


def all_in_title(study: Study, paths: Sequence[str], most: int = 3) -> list[str]:
    """Return inputs for a title: a few by name, the others counted."""
    told = [in_title(study, path) for path in paths[:most]]
    left = len(paths) - len(told)
    return [*told, counted(left, "other")] if left else told


def is_truth(study: Study, outcome: str) -> bool:
    """Tell whether an outcome is a yes or no."""
    column = study.tables["outcomes"].get(outcome)
    return column is not None and np.ma.getdata(column).dtype.kind == "b"


def is_share(outcome: str) -> bool:
    """Tell whether an outcome is a share, to be written in per cent."""
    return outcome.rpartition(".")[2] in SHARES


def value_label(study: Study, outcome: str, value: float) -> str:
    """Write a value of an outcome: yes or no, per cent, or a number."""
    if is_truth(study, outcome):
        repeats = f"yes in {percent(value)} of repeats"
        return {0.0: "no", 1.0: "yes"}.get(value, repeats)
    return percent(value) if is_share(outcome) else plain(value, decimals_for(value))


def scale(study: Study, outcome: str, low: float, high: float) -> tuple[list[float], list[str]]:
    """Return places on the axis of an outcome, and what to write there."""
    if is_truth(study, outcome):
        return [0.0, 1.0], ["no", "yes"]
    places = ticks(low, high)
    if is_share(outcome):
        return places, tick_texts([100 * p for p in places], "\N{NO-BREAK SPACE}%")
    return places, tick_texts(places)


def not_shown(n: int, what: str) -> str:
    """Say how many inputs have no row of their own; nothing where all have."""
    return f" {capital(counted(n - MOST, 'more input'))} {what}." if n > MOST else ""


def interval(low: float | None, high: float | None) -> str:
    """Write an interval in brackets; nothing where none is known."""
    return "" if low is None or high is None else f" ({plain(low)} to {plain(high)})"


def leads(rows: Sequence[Row], low: str, high: str) -> bool:
    """Tell whether the interval of the first row lies above those of all others.

    Parameters
    ----------
    rows
        The largest first.
    low, high
        Columns with the ends of the intervals; where one is missing nothing is told apart.
    """
    others = [row[high] for row in rows[1:]]
    first = rows[0][low]
    return first is not None and all(other is not None and other < first for other in others)


def of_shares(study: Study) -> str:
    """Say what an index of a single weight means where weights were varied one by one."""
    apart = [f for f in study.design.factors if isinstance(f, WeightGroup) and not f.grouped]
    if not apart:
        return ""
    return " A weight stands for the share that it takes of what the weights before it leave."
