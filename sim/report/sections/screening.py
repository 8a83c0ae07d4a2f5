"""Morris's screening in words: which inputs push steadily, which bend, which do nothing."""

from __future__ import annotations

from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.analyses import (
    Analysis,
    Row,
    by_outcome,
    gaps_in_words,
    heading,
    rows_of,
)
from sim.report.sections.numbers import NINETY_FIVE, with_interval
from sim.report.sections.outcomes import Told, quoted

STEADY, BENT = 0.5, 1.0
"""Ratios of sigma to mu* below which an input pushes steadily, and above which it bends."""


def screening_section(told: Told) -> list[str]:
    """Write the elementary effects, outcome by outcome."""
    opening = [
        "### Screening",
        "",
        "Morris's elementary effects. The *effect* (mu\\*) is how much the outcome changes on "
        "average, in its own units, when this input goes through its whole range; it is scaled up "
        "from smaller steps, so that a yes or no may change by more than 1. An input that "
        "*pushes steadily* does about the same everywhere (sigma below half of mu\\*). One that "
        "*bends* does not (sigma above mu\\*): what it does hangs on where it is, or on others.",
        "",
    ]
    return by_outcome(told, "morris", opening, _of_outcome, _first, column="effect")


def _first(told: Told, outcome: str) -> tuple[str, str]:
    row = ranked(told, outcome)[0]
    return row["input"], _effect(row)


def ranked(told: Told, outcome: str) -> list[Row]:
    """Return the inputs of one outcome, the largest effect first."""
    return sorted(rows_of(told, "morris", outcome=outcome), key=lambda row: -row["mean_size"])


def _of_outcome(told: Told, one: Analysis) -> list[str]:
    rows = ranked(told, one.outcome)
    cells = [
        [escaped(told.factor(row["input"])), _effect(row), escaped(manner(told, row))]
        for row in rows
    ]
    said = [screened_in_words(told, one.outcome), nothing_in_words(told, rows)]
    return [
        *heading(told, one.outcome),
        *bullets([s for s in (*said, *gaps_in_words(told, one)) if s]),
        *cut_table(["input", "effect (95 %)", "how"], cells, table="morris", texts=(0, 2)),
    ]


def _effect(row: Row) -> str:
    return escaped(with_interval(row["mean_size"], row["low"], row["high"]))


def manner(told: Told, row: Row) -> str:
    """Say how an input works: steadily or not, and which way; not of groups and categories."""
    if not row["mean_size"]:
        return "did nothing on any walk"
    owner = told.study.design.owners.get(row["input"])
    if row["spread"] is None or owner is None or owner.kind == "category":
        return "–"
    ratio = row["spread"] / row["mean_size"]
    way = row["mean"] / row["mean_size"]
    if abs(way) < 0.5:
        return "pushes either way"
    where = "up" if way > 0 else "down"
    if ratio < STEADY:
        return f"pushes {where} steadily"
    return f"mostly pushes {where}" + (", but bends" if ratio > BENT else "")


def screened_in_words(told: Told, outcome: str) -> str:
    """Say which input moves the outcome most, and how."""
    rows = [row for row in ranked(told, outcome) if shown(row)]
    if not rows:
        return "No input is shown to matter: every interval includes 0."
    first, *others = rows
    how = manner(told, first)
    size = with_interval(first["mean_size"], first["low"], first["high"], said=NINETY_FIVE)
    said = f"{quoted(told.factor(first['input']))} moves it most, by {size} on average"
    if how != "–":
        said += f"; it {how}"
    near = [r for r in others if first["low"] is not None and (r["high"] or 0) >= first["low"]]
    if near:
        names = told.several([row["input"] for row in near])
        said += f"; the order is open, for the interval overlaps with that of {names}"
    return f"{said}."


def shown(row: Row) -> bool:
    """Tell whether an input is shown to do anything: its interval does not reach 0."""
    return bool(row["mean_size"]) and (row["low"] is None or row["low"] > 0)


def nothing_in_words(told: Told, rows: list[Row]) -> str:
    """Name the inputs that are not shown to matter; nothing where there are none."""
    little = [row for row in rows if not shown(row)]
    if not little or len(little) == len(rows):
        return ""
    names = told.several([row["input"] for row in little])
    return f"Not shown to matter, for the interval includes 0 or nothing moved: {names}."
