"""PAWN in words: which factors move the whole distribution of an outcome, and which do not show."""

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
from sim.report.sections.numbers import number, with_interval
from sim.report.sections.outcomes import Told, quoted

MANY = 20
"""Of so many factors that do nothing, one is expected to exceed what chance allows."""


def distributions_section(told: Told) -> list[str]:
    """Write how far each factor moves the distribution, outcome by outcome."""
    opening = [
        "### What moves the distribution",
        "",
        "PAWN indices: how far the distribution of the outcome moves when one factor is known, "
        "from 0 (not at all) to 1. Finite slices always differ a little. A factor that does "
        "nothing stays below the level *by chance* 19 times in 20, so one in twenty such factors "
        "will exceed it.",
        "",
    ]
    return by_outcome(told, "pawn", opening, _of_outcome, _first, column="index")


def _first(told: Told, outcome: str) -> tuple[str, str]:
    row = ranked(told, outcome)[0]
    return row["factor"], number(row["median"])


def ranked(told: Told, outcome: str) -> list[Row]:
    """Return the factors of one outcome, the largest index first."""
    return sorted(rows_of(told, "pawn", outcome=outcome), key=lambda row: -row["median"])


def shown(row: Row) -> bool:
    """Tell whether a factor exceeds what chance alone would make of it."""
    return bool(row["median"] > row["by_chance"])


def _of_outcome(told: Told, one: Analysis) -> list[str]:
    rows = ranked(told, one.outcome)
    cells = [
        [
            escaped(told.factor(row["factor"])),
            escaped(with_interval(row["median"], row["low"], row["high"])),
            number(row["by_chance"]),
            "yes" if shown(row) else "no",
        ]
        for row in rows
    ]
    said = [moved_in_words(told, one.outcome), *gaps_in_words(told, one)]
    heads = ["factor", "index (95 %)", "by chance below", "above chance"]
    return [
        *heading(told, one.outcome),
        *bullets(said),
        *cut_table(heads, cells, table="pawn"),
    ]


def moved_in_words(told: Told, outcome: str) -> str:
    """Say which factors move an outcome, and which are not shown to."""
    rows = ranked(told, outcome)
    moving = [row for row in rows if shown(row)]
    rest = told.several([row["factor"] for row in rows if not shown(row)])
    if not moving:
        return f"None of {len(rows)} factors is shown to matter: all are within what chance allows."
    first, *others = moving
    said = (
        f"{quoted(told.factor(first['factor']))} moves it most: {number(first['median'])}, where "
        f"chance would stay below {number(first['by_chance'])}"
    )
    if others:
        said += f"; then {told.several([row['factor'] for row in others])}"
    if len(rows) >= MANY:
        said += f"; of {len(rows)} factors that do nothing, {len(rows) / 20:.0f} or so would too"
    return f"{said}." + (f" Not shown to matter: {rest}." if len(moving) < len(rows) else "")
