"""Sobol' indices in words: which inputs account for the variance, alone and with others."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.analyses import (
    Analysis,
    Row,
    by_outcome,
    gaps_in_words,
    heading,
    rows_of,
)
from sim.report.sections.numbers import NINETY_FIVE, number, with_interval
from sim.report.sections.outcomes import Told, quoted
from sim.words import percent

MOSTLY_ALONE = 0.9
"""Where the inputs account for so much one by one, little is interaction."""

LITTLE = 0.05
"""An input whose total index is surely below this may stay where it is."""

WIDE = 0.3
"""An interval wider than this says little."""


def variance_section(told: Told) -> list[str]:
    """Write the shares of the variance, outcome by outcome."""
    opening = [
        "### Shares of the variance",
        "",
        "Sobol' indices: 0.4 is 40 % of the outcome's variance. *Alone* is the share that would go "
        "if this input were known (first order). *In all* adds what it does together with others "
        "(total order). They are estimates; noise can carry them a little below 0 or above 1. "
        "Brackets hold 95 % intervals.",
        "",
    ]
    return by_outcome(told, "sobol", opening, _of_outcome, _first, column="in all")


def _first(told: Told, outcome: str) -> tuple[str, str]:
    row = ranked(told, outcome)[0]
    return row["input"], _share(row, "total")


def ranked(told: Told, outcome: str) -> list[Row]:
    """Return the inputs of one outcome, the largest total index first."""
    return sorted(rows_of(told, "sobol", outcome=outcome), key=lambda row: -row["total"])


def _of_outcome(told: Told, one: Analysis) -> list[str]:
    rows = ranked(told, one.outcome)
    cells = [
        [escaped(told.factor(row["input"])), _share(row, "first"), _share(row, "total")]
        for row in rows
    ]
    said = [
        first_in_words(told, one.outcome),
        *_what_they_do(told, rows),
        *gaps_in_words(told, one),
    ]
    return [
        *heading(told, one.outcome),
        *bullets(said),
        *cut_table(["input", "alone (95 %)", "in all (95 %)"], cells, table="sobol"),
    ]


def _share(row: Row, which: str, said: str = "") -> str:
    return with_interval(row[which], row[f"{which}_low"], row[f"{which}_high"], said=said)


def first_in_words(told: Told, outcome: str) -> str:
    """Say which input accounts for most, and whether that is settled."""
    first, *others = ranked(told, outcome)
    known = first["total_low"] is not None
    near = [row for row in others if known and (row["total_high"] or 0.0) >= first["total_low"]]
    most = (
        "accounts for most of the variance" if first["total"] > 0.5 and not near else "comes first"
    )
    said = (
        f"{quoted(told.factor(first['input']))} {most}: {number(first['first'])} alone, "
        f"{_share(first, 'total', NINETY_FIVE)} in all"
    )
    if near:
        names = _names(told, near)
        said += f"; the order is open, for the interval overlaps with that of {names}"
    return f"{said}."


def _names(told: Told, rows: list[Row]) -> str:
    return told.several([row["input"] for row in rows])


def nothing_in_words(told: Told, rows: list[Row]) -> Iterator[str]:
    """Name the inputs that are not shown to matter, and those that changed nothing at all."""
    nothing = [row for row in rows if row["total"] == 0]
    if nothing:
        yield f"No case differs for {_names(told, nothing)} alone: index 0."
    little = [
        row
        for row in rows
        if row["total"] != 0 and row["total_high"] is not None and row["total_high"] < LITTLE
    ]
    if little:
        most = number(max(row["total_high"] for row in little))
        verb, each = ("is", "") if len(little) == 1 else ("are", " each")
        yield f"{_names(told, little)} {verb} not shown to matter: at most {most}{each}, in all."


def _what_they_do(told: Told, rows: list[Row]) -> Iterator[str]:
    """Say what is interaction, and what cannot be told apart from nothing."""
    sure = [row for row in rows if row["total_high"] is not None]
    wide = any(row["total_high"] - row["total_low"] > WIDE for row in sure)
    if wide:
        yield "Some intervals are wide, so little is settled: a design twice as large narrows them."
    else:
        together = min(max(sum(row["first"] for row in rows), 0.0), 1.0)
        rest = "the rest is what they do together"
        rest = rest if together < MOSTLY_ALONE else "little is left over"
        yield f"One by one the inputs account for about {percent(together)} of it; {rest}."
    mostly = [row for row in sure if row["total_low"] > max(row["first_high"], LITTLE)]
    if mostly:
        verb = "matters" if len(mostly) == 1 else "matter"
        yield f"{_names(told, mostly)} {verb} more together with others than alone."
    unclear = [row for row in sure if row["first_low"] <= 0 and row["total_high"] >= LITTLE]
    if unclear:
        most = number(max(row["total_high"] for row in unclear))
        yield (
            f"Alone, {_names(told, unclear)} cannot be told apart from nothing, for the interval "
            f"includes 0; with others, up to {most}."
        )
    yield from nothing_in_words(told, rows)
