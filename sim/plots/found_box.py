"""A box that PRIM found, read from the tables of a study, with the ranges that it cuts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import InputError, did_you_mean
from sim.experiment.design import written
from sim.experiment.factors import Setting
from sim.experiment.study import Study
from sim.plots.answers import Row, rows_of
from sim.plots.factor_values import FactorValues, factor_values, number_in

CHANCE = 0.05
"""Limits that chance would do without more often than this are not to be relied on."""


@dataclass(frozen=True, eq=False)
class Limit:
    """One factor that the box limits.

    Attributes
    ----------
    factor
        Its values in all cases.
    low, high
        Ends of the box on it; of levels the box has places in ``inside``.
    inside
        Places of the levels in the box; empty for a range.
    chance
        Quasi-p-value.
    again
        Share of random halves in which boxes of this coverage limit it too; ``None`` if unknown.
    """

    factor: FactorValues
    low: float
    high: float
    inside: tuple[int, ...]
    chance: float
    again: float | None

    @property
    def relied_on(self) -> bool:
        """Whether chance alone would seldom do without it."""
        return self.chance <= CHANCE

    @property
    def words(self) -> str:
        """The limit in a few words."""
        factor = self.factor
        if self.inside:
            return " or ".join(factor.levels[k] for k in self.inside)
        low, high = self.ends
        if self.low <= factor.low:
            return f"≤ {high}"
        return f"≥ {low}" if self.high >= factor.high else f"{low} to {high}"

    @property
    def ends(self) -> tuple[str, str]:
        """The ends of the box, written with the decimals that the range needs."""
        span = self.factor.high - self.factor.low
        return number_in(self.low, span), number_in(self.high, span)


@dataclass(frozen=True, eq=False)
class ShownBox:
    """A box as pictures show it.

    Attributes
    ----------
    outcome
        What is of interest, as the tables call it.
    number
        Which box, from 0.
    shares
        Its row in the table of boxes: cases, interesting, density, coverage, support, elsewhere.
    limits
        The most significant first.
    steps
        The boxes on the way, from all cases down.
    n_boxes
        How many there are for this outcome.
    """

    outcome: str
    number: int
    shares: Row
    limits: tuple[Limit, ...]
    steps: tuple[Row, ...]
    n_boxes: int

    @property
    def chosen(self) -> Row:
        """The step that was chosen; the box itself was then pasted."""
        return next(step for step in self.steps if step["chosen"])


def shown_box(study: Study, outcome: str | None, box: int) -> ShownBox:
    """Read a box.

    Parameters
    ----------
    study
        What was run.
    outcome
        As the tables of boxes call it, or the column of the table of outcomes that it is about;
        the first one if left out.
    box
        Its number, from 0.

    Raises
    ------
    InputError
        If PRIM was not asked for, has no answer, or did not find so many boxes.
    """
    analyses = rows_of(study.tables["analyses"]) if "analyses" in study.tables else []
    asked = {row["outcome"]: row for row in analyses if row["method"] == "prim"}
    if not asked:
        raise InputError(
            "the experiment asks for no boxes: ask for them in its file with "
            "`discovery: [{outcome: zone.exists}]`"
        )
    name = _asked(asked, outcome)
    if asked[name]["unanswered"]:
        raise InputError(f"there is no box for {name}: {asked[name]['unanswered']}")
    found = [row for row in rows_of(study.tables["boxes"]) if row["outcome"] == name]
    if box not in range(len(found)):
        there = f"are boxes 0 to {len(found) - 1}" if len(found) > 1 else "is only box 0"
        raise InputError(f"there is no box {box} for {name}: there {there}")
    mine = {"outcome": name, "box": box}
    limits = [_limit(study, row) for row in _rows(study, "box_limits", mine)]
    return ShownBox(
        name, box, found[box], tuple(sorted(limits, key=lambda limit: limit.chance)),
        tuple(_rows(study, "trajectories", mine)), len(found),
    )  # fmt: skip


def _asked(asked: Mapping[str, Row], outcome: str | None) -> str:
    """Return what was asked, by its own name or by that of the outcome."""
    if outcome is None:
        answered = (name for name, row in asked.items() if not row["unanswered"])
        return next(answered, next(iter(asked)))
    if outcome in asked:
        return outcome
    column = next((name for name in asked if name.partition(" ")[0] == outcome), None)
    if column is None:
        guess = did_you_mean(outcome, asked)
        raise InputError(f"no box was asked for about '{outcome}'{guess}")
    return column


def _rows(study: Study, table: str, where: Mapping[str, Any]) -> list[Row]:
    if table not in study.tables:
        return []
    rows = rows_of(study.tables[table])
    return [row for row in rows if all(row[key] == value for key, value in where.items())]


def _limit(study: Study, row: Row) -> Limit:
    factor = factor_values(study, row["factor"])
    low = factor.low if row["low"] is None else row["low"]
    high = factor.high if row["high"] is None else row["high"]
    inside: tuple[int, ...] = ()
    if factor.levels and factor.ordered:
        bottom, top = (
            -np.inf if row["low"] is None else low,
            np.inf if row["high"] is None else high,
        )
        inside = tuple(k for k, v in enumerate(factor.settings) if bottom <= v <= top)
    elif factor.levels:
        inside = _named(factor, row["categories"] or "")
    return Limit(factor, low, high, inside, row["chance"], row["by_coverage"])


def _named(factor: FactorValues, text: str) -> tuple[int, ...]:
    """Return the places of the levels that a box names, as ``stated or none``."""
    words, parts = [_word(setting) for setting in factor.settings], set(text.split(" or "))
    return tuple(
        k for k, word in enumerate(words) if word in parts or (" or " in word and word in text)
    )


def _word(setting: Setting) -> str:
    """Write a category as analyses do."""
    if isinstance(setting, bool):
        return "yes" if setting else "no"
    return "none" if setting is None else written(setting)
