"""Correlations: between uncertain numbers that exist, and such that all can hold at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.consistency.known import Known, repeated
from sim.errors import Mistake, Path, did_you_mean
from sim.preferences.line import Line
from sim.preferences.ordinal import Order
from sim.preferences.streams import correlation_groups
from sim.preferences.uncertain import is_uncertain
from sim.scenario import (
    AboveDisagreement,
    Cells,
    Disagreement,
    Fighting,
    Party,
    Scenario,
    ShareOfBest,
    Threshold,
    War,
)

Pair = frozenset[str]
_ROUNDING = 1e-9


def correlation_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield correlations of numbers that are not uncertain, or that cannot all hold."""
    numbers = dict(numbers_by_path(known.scenario))
    pairs: dict[Pair, tuple[float, int]] = {}
    clean = True
    for index, tie in enumerate(known.scenario.correlations):
        at: Path = ("correlations", index, "between")
        wrong = list(repeated(tie.between, at))
        for place, path in enumerate(tie.between):
            wrong += _number(known, numbers, path, (*at, place))
        for a, b in ((a, b) for k, a in enumerate(tie.between) for b in tie.between[k + 1 :]):
            rank, first = pairs.setdefault(frozenset((a, b)), (tie.rank, index))
            if rank != tie.rank:
                text = f"{a} and {b} have rank {rank:g} in correlations[{first}]: keep one of them"
                wrong.append(Mistake(("correlations", index, "rank"), text))
        yield from wrong
        clean = clean and not wrong
    if clean and pairs:
        yield from _cannot_all_hold(known.scenario, {p: rank for p, (rank, _) in pairs.items()})


def _number(known: Known, numbers: dict[str, object], path: str, at: Path) -> Iterator[Mistake]:
    words = path.replace("[", ".").replace("]", "").split(".")
    steps = tuple(int(word) if word.isdecimal() else word for word in words)
    written = path if path in numbers else ".".join(map(str, steps))
    if written not in numbers:
        if not known.lost(steps):
            uncertain = [name for name, number in numbers.items() if is_uncertain(number)]
            text = (
                f"no number stands at '{path}'{did_you_mean(path, uncertain, 'uncertain numbers')}"
            )
            yield Mistake(at, text)
    elif written != path:
        yield Mistake(at, f"write this path as {written}")
    elif isinstance(numbers[path], Order):
        yield Mistake(at, "an order has many numbers, none of which can be tied to another")
    elif not is_uncertain(numbers[path]):
        yield Mistake(at, f"{path} is certain: give it a range, or take it out of the list")


def numbers_by_path(scenario: Scenario) -> Iterator[tuple[str, object]]:
    """Yield every number of parties and war with its path, the name under which it is drawn."""
    for name, party in scenario.parties.items():
        for path, number in _numbers_of(party):
            yield f"parties.{name}.{path}", number
    if scenario.war is not None:
        for path, number in _numbers_of_war(scenario.war):
            if number is not None:
                yield f"war.{path}", number


def _numbers_of(party: Party) -> Iterator[tuple[str, object]]:
    for field, level in (("disagreement", party.disagreement), ("threshold", party.threshold)):
        number = _number_of_level(level)
        if number is not None:
            yield field, number
    yield "patience", party.patience
    for issue, weight in (party.weights or {}).items():
        yield f"weights.{issue}", weight
    for issue, values in party.values.items():
        if isinstance(values, Order):
            yield f"values.{issue}", values
        elif isinstance(values, Line):
            yield from ((f"values.{issue}.line.{point}", v) for point, v in values.line.items())
        else:
            yield from ((f"values.{issue}.{option}", v) for option, v in values.items())
    yield from ((f"interactions.{k}.add", item.add) for k, item in enumerate(party.interactions))
    for k, table in enumerate(party.tables):
        yield from _cells(table.utilities, f"tables.{k}.utilities")
    yield from ((f"red_lines.{k}.binds", line.binds) for k, line in enumerate(party.red_lines))


def _number_of_level(level: Disagreement | Threshold | None) -> object | None:
    """Return the number in a disagreement value or threshold; a war has many, of its own."""
    if isinstance(level, ShareOfBest):
        return level.share_of_best
    if isinstance(level, AboveDisagreement):
        return level.above_disagreement
    return None if isinstance(level, Fighting) else level


def _numbers_of_war(war: War) -> Iterator[tuple[str, object]]:
    yield from ((f"ends.{end}.chance", spec.chance) for end, spec in war.ends.items())
    yield from (("ending", war.ending), ("lasts", war.lasts))
    for state, spec in (war.front.states if war.front else {}).items():
        yield from ((f"front.states.{state}.to.{name}", c) for name, c in spec.to.items())
    for party, cost in war.parties.items():
        for field in ("once", "per_round", "meanwhile"):
            yield f"parties.{party}.{field}", getattr(cost, field)
    for party, belief in war.beliefs.items():
        yield from ((f"beliefs.{party}.ends.{end}", c) for end, c in belief.ends.items())
        for state, row in belief.moves.items():
            at = f"beliefs.{party}.moves.{state}"
            yield from ((f"{at}.{name}", c) for name, c in row.items())


def _cells(cells: Cells, path: str) -> Iterator[tuple[str, object]]:
    for option, cell in cells.items():
        if isinstance(cell, dict):
            yield from _cells(cell, f"{path}.{option}")
        else:
            yield f"{path}.{option}", cell


def _cannot_all_hold(scenario: Scenario, pairs: dict[Pair, float]) -> Iterator[Mistake]:
    """A matrix of correlations has no negative eigenvalue; numbers drawn together obey it.

    Ranks are drawn through normal variables whose correlation is 2 sin(πρ/6).
    """
    for names, ranks in correlation_groups(pairs):
        least = float(np.linalg.eigvalsh(2 * np.sin(np.pi * ranks / 6)).min())
        if least < -_ROUNDING:
            tied = [
                k for k, tie in enumerate(scenario.correlations) if set(tie.between) & set(names)
            ]
            others = ", ".join(f"correlations[{k}]" for k in tied[:-1])
            together = f" together with {others}" if others else ""
            text = f"these ranks cannot all hold{together}: bring them nearer to 0"
            yield Mistake(("correlations", tied[-1], "rank"), text)
