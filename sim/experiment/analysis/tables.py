"""What analyses found, as tables: long, one scalar a cell, a gap where there is no answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sim.experiment.analysis.break_even import BreakEven
from sim.experiment.analysis.morris import MorrisEffects
from sim.experiment.analysis.one_at_a_time import Tornado
from sim.experiment.analysis.pawn import PawnIndices
from sim.experiment.analysis.prim import FoundBox
from sim.experiment.analysis.robustness import Robustness
from sim.experiment.analysis.sobol import SobolIndices
from sim.experiment.analysis.tree import Tree
from sim.experiment.shape import Cell, Column, TableShape

Row = tuple[Cell, ...]

ABOUT = {
    "outcome": Column("text", "the outcome that was asked about"),
    "input": Column("text", "an input of the design; a group of weights is one"),
    "factor": Column("text", "what varies"),
}
SHARES = {
    "cases": Column("whole", "cases in it"),
    "interesting": Column("whole", "cases of interest in it"),
    "density": Column("number", "share of its cases that are of interest"),
    "coverage": Column("number", "share of the cases of interest that are in it"),
    "support": Column("number", "share of all cases that are in it"),
}


def _numbers(**about: str) -> dict[str, Column]:
    return {name: Column("number", text) for name, text in about.items()}


def _shape(about: str, *names: str, **columns: Column) -> TableShape:
    return TableShape(about, {name: ABOUT[name] for name in names} | columns)


TABLES: Mapping[str, TableShape] = {
    "analyses": _shape(
        "One analysis of one outcome: what was undefined, and why there is no answer if so.",
        "outcome",
        method=Column("text", "sobol, morris, pawn, tornado, break_even, robustness, prim or tree"),
        cases=Column("whole", "cases, or points where cases are repeated, that it was given"),
        undefined=Column("whole", "those in which the outcome has no value"),
        done=Column("text", "what was done about them"),
        unanswered=Column("text", "why there is no answer; missing where there is one"),
    ),
    "sobol": _shape(
        "Shares of the variance of one outcome that one input accounts for.",
        "outcome", "input",
        **_numbers(
            first="first-order index: the share that would go if the input alone were known",
            first_low="95 % interval", first_high="95 % interval",
            total="total index: the share left if all other inputs were known",
            total_low="95 % interval", total_high="95 % interval",
        ),
        points=Column("whole", "base points behind it"),
    ),
    "morris": _shape(
        "Elementary effects of one input on one outcome, for the input's whole range.",
        "outcome", "input",
        **_numbers(
            mean="mu, with its sign; missing for a group", mean_size="mu*: mean size",
            low="95 % interval of mu*", high="95 % interval of mu*",
            spread="sigma: standard deviation; missing for a group",
        ),
        walks=Column("whole", "walks that were used"),
    ),
    "pawn": _shape(
        "How far the distribution of one outcome moves when one factor is known.",
        "outcome", "factor",
        **_numbers(
            median="median over the slices of the factor, in [0, 1]",
            low="95 % interval of the median", high="95 % interval of the median",
            largest="over the slices", by_chance="the median stays below it by chance, 19 in 20",
        ),
        slices=Column("whole", "slices of the factor"),
    ),
    "tornado": _shape(
        "What one factor alone does to one outcome, the others at the base case.",
        "outcome", "factor",
        **_numbers(
            base="the outcome at the base case", threshold="where the verdict turns",
            low="lowest outcome", high="highest outcome",
        ),
        at_low=Column("text", "setting at the lowest"),
        at_high=Column("text", "setting at the highest"),
        undefined=Column("text", "settings at which the outcome has no value"),
        flips=Column("truth", "on both sides of the threshold"),
    ),
    "break_even": _shape(
        "A value of a factor at which the verdict on an outcome turns, the others at the base.",
        "outcome", "factor",
        **_numbers(
            value="where it turns, on a straight line; missing where nothing in range does, and "
            "where it jumps: for a red line's chance at the central reading, as soon as that is "
            "above 0",
            low="nearest value below it that was looked at, or the lower end of the range",
            high="nearest value above it that was looked at, or the upper end of the range",
        ),
        holds=Column("text", "the verdict is yes below it, above it, throughout, or never"),
    ),
    "robustness": _shape(
        "How one plan version fares over all cases, for one party or for all signatories.",
        party=Column("text", "the party, or `all`, jointly"),
        plan=Column("text", "plan version"),
        **_numbers(
            accepted="share of the cases in which it is accepted",
            mean="mean payoff: a party's surplus; of `all` the share of draws in which all accept",
            worst="least payoff", tail="payoff undershot in 5 % of the cases",
            tail_mean="mean payoff of the worst 5 %",
            regret_mean="mean shortfall against the best version in the same case",
            regret_worst="greatest such shortfall",
            best_share="share of the cases in which no version does better",
        ),
        chosen_by=Column("text", "rules that would choose it"),
    ),
    "trajectories": _shape(
        "One box that PRIM peeled, from all cases down.",
        "outcome",
        box=Column("whole", "which box was sought, from 0"),
        step=Column("whole", "slices cut off so far"),
        chosen=Column("truth", "the box that was chosen, then pasted"),
        **SHARES,
    ),
    "boxes": _shape(
        "One box that PRIM found.",
        "outcome",
        box=Column("whole", "its number, from 0"),
        text=Column("text", "the box in words"),
        **SHARES, **_numbers(elsewhere="density on cases that such boxes were not found on"),
    ),
    "box_limits": _shape(
        "One factor that a box limits.",
        "outcome",
        box=Column("whole", "its number, from 0"),
        factor=ABOUT["factor"],
        **_numbers(low="lower end, inside the box", high="upper end, inside the box"),
        categories=Column("text", "categories inside the box"),
        **_numbers(
            chance="quasi-p-value: the chance of as many hits without this limit",
            by_coverage="share of random halves that limit it too, in the box nearest in coverage",
            by_density="the same in the box nearest in density",
        ),
    ),
    "rules": _shape(
        "One leaf of the decision tree of one outcome.",
        "outcome", text=Column("text", "its conditions, all of which hold"), **SHARES,
        **_numbers(
            right="share of unseen cases that the tree tells rightly",
            guess="what naming the commoner answer gets",
        ),
    ),
}  # fmt: skip


def rows(name: str, found: Any, *, factor: str = "") -> Iterator[tuple[str, Row]]:
    """Write an answer as rows.

    Parameters
    ----------
    name
        Of the outcome; of the party where versions are judged.
    found
        What an analysis returned; nothing comes of `Unanswered`.
    factor
        The one that break-even values are of.

    Yields
    ------
    str, tuple
        A key of `TABLES`, and one of its rows.
    """
    if isinstance(found, SobolIndices | MorrisEffects | PawnIndices):
        yield from _of_each_input(name, found)
    elif isinstance(found, Tornado):
        for bar in found.bars:
            yield (
                "tornado",
                (
                    name, bar.factor, found.base, found.threshold, bar.low, bar.high,
                    bar.at_low or None, bar.at_high or None, "; ".join(bar.undefined) or None,
                    bar.flips,
                ),
            )  # fmt: skip
    elif isinstance(found, BreakEven):
        yield from _of_break_even(name, factor, found)
    elif isinstance(found, Robustness):
        yield from _of_versions(name, found)
    elif isinstance(found, tuple):
        for k, one in enumerate(found):
            yield from _of_box(name, k, one)
    elif isinstance(found, Tree):
        for rule in found.rules:
            text = " and ".join(rule.conditions)
            yield "rules", (name, text, *_shares(rule), found.right, found.guess)


def _of_break_even(name: str, factor: str, found: BreakEven) -> Iterator[tuple[str, Row]]:
    for flip in found.flips:
        yield "break_even", (name, factor, flip.value, *flip.between, flip.holds)
    if found.always is not None:
        holds = "throughout" if found.always else "never"
        yield "break_even", (name, factor, None, found.low, found.high, holds)


def _of_versions(party: str, found: Robustness) -> Iterator[tuple[str, Row]]:
    for k, plan in enumerate(found.versions):
        parts = (
            found.accepted, found.mean, found.worst, found.tail, found.tail_mean,
            found.regret_mean, found.regret_worst, found.best_share,
        )  # fmt: skip
        rules = [rule for rule, plans in found.choices.items() if plan in plans]
        numbers = (float(part[k]) for part in parts)
        yield "robustness", (party, plan, *numbers, "; ".join(rules) or None)


def _of_each_input(
    name: str, found: SobolIndices | MorrisEffects | PawnIndices
) -> Iterator[tuple[str, Row]]:
    names: tuple[str, ...]
    if isinstance(found, SobolIndices):
        table, names, points = "sobol", found.inputs, found.points
        parts = [
            found.first, found.first_low, found.first_high,
            found.total, found.total_low, found.total_high, points,
        ]  # fmt: skip
    elif isinstance(found, MorrisEffects):
        table, names, walks = "morris", found.inputs, np.full(len(found.inputs), found.walks)
        parts = [found.mean, found.mean_size, found.low, found.high, found.spread, walks]
    else:
        table, names = "pawn", found.factors
        parts = [
            found.median, found.low, found.high, found.largest, found.by_chance, found.slices,
        ]  # fmt: skip
    for one, *cells in zip(names, *(part.tolist() for part in parts), strict=True):
        yield table, (name, one, *map(_finite, cells))


def _finite(cell: Cell) -> Cell:
    """Leave out an end of an interval that nothing is known of."""
    return None if isinstance(cell, float) and not np.isfinite(cell) else cell


def _of_box(name: str, k: int, found: FoundBox) -> Iterator[tuple[str, Row]]:
    for step, box in enumerate(found.trajectory):
        yield "trajectories", (name, k, step, step == found.chosen, *_shares(box))
    again = found.reproduced
    words = " and ".join(map(str, found.box.restrictions))
    elsewhere = again.density_elsewhere if again else None
    yield "boxes", (name, k, words, *_shares(found.box), elsewhere)
    for limit in found.box.restrictions:
        yield (
            "box_limits",
            (
                name, k, limit.factor, limit.low, limit.high, " or ".join(limit.categories) or None,
                limit.chance, again.by_coverage[limit.factor] if again else None,
                again.by_density[limit.factor] if again else None,
            ),
        )  # fmt: skip


def _shares(place: Any) -> Row:
    return place.cases, place.interesting, place.density, place.coverage, place.support
