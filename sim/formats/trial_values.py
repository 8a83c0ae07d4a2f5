"""Trying the values of an experiment in its scenarios, before anything runs.

Every listed value, both ends of every range and a value between them are put into the scenario,
which is then checked as its own file is. Values that a rule ties together (the disagreement value
and the threshold of a party) are tried in all combinations of their ends. Of a table the rows are
tried as they stand: all of them if they are few, else those with the ends of each column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from sim.consistency import inconsistencies
from sim.errors import InputError, LocatedMistake, ScenarioError, dotted
from sim.experiment.design import OPTIONS
from sim.experiment.factors import Factor, Listed, Ranged, Setting, Tabled
from sim.experiment.substitution import with_values
from sim.formats.scenarios import read_scenario
from sim.scenario import Scenario

INSIDE = 0.381966
"""Where in a range a value between its ends is taken: at no round number."""

FEW = 32
"""So many combinations, or whole numbers of a range, are all tried."""

MOST_TOGETHER = 256
"""Combinations of values tied by a rule that are tried; beyond it, those of their ends."""


@dataclass(frozen=True)
class Trial:
    """A value to try.

    Attributes
    ----------
    path, value
        Where it goes, and what it is.
    place
        Which of the factor's values it is: a place in its list, or 0 and 1 for the ends.
    between
        Whether it lies between the ends of a range; it is told of only if both ends are fine.
    """

    path: str
    value: Setting
    place: int
    between: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What tells it apart from others."""
        return self.path, repr(self.value)


@dataclass(frozen=True)
class Refused:
    """What is wrong with a value.

    Attributes
    ----------
    trial
        The value.
    text
        What is wrong, and what would be right.
    at_path
        Whether it is the path itself that leads nowhere.
    alone
        Whether the value is wrong whatever the others are: it is of no type that fits.
    """

    trial: Trial
    text: str
    at_path: bool = False
    alone: bool = False


def trials_of(factor: Factor) -> list[Trial]:
    """Return the values of a factor that are tried; those of a group and of options are not."""
    if factor.path in OPTIONS or factor.kind == "weights":
        return []
    if isinstance(factor, Listed) or (isinstance(factor, Tabled) and factor.levels):
        return [Trial(factor.path, value, k) for k, value in enumerate(factor.levels)]
    units = np.array([[0.0], [1.0], [INSIDE]])
    if isinstance(factor, Tabled):
        order = np.argsort(factor.cells, kind="stable")
        rows = [int(order[0]), int(order[-1]), int(order[int(INSIDE * len(order))])]
        return [Trial(factor.path, factor.cells[row].item(), row) for row in dict.fromkeys(rows)]
    if isinstance(factor, Ranged) and factor.kind == "whole":
        low, high = map(int, factor.ends)
        if high - low < FEW:
            return [
                Trial(factor.path, n, int(n > low), low < n < high) for n in range(low, high + 1)
            ]
    values = factor.values(units)[factor.path].tolist()
    if isinstance(factor, Ranged):
        values[:2] = [type(values[0])(end) for end in factor.ends]
    return [Trial(factor.path, value, min(k, 1), k == 2) for k, value in enumerate(values)]


def try_values(
    factors: Sequence[Factor], scenarios: Mapping[str, tuple[str, Scenario]]
) -> Iterator[Refused]:
    """Yield what is wrong with the values of all factors, each mistake once.

    Parameters
    ----------
    factors
        What varies.
    scenarios
        Name in the experiment -> the file to read again for the words of a mistake, and what was
        read from it. A mistake that only some of several make names them.
    """
    told: dict[tuple[str, str, str], tuple[Refused, list[str]]] = {}
    for name, (file, scenario) in scenarios.items():
        lost: set[str] = set()  # paths that lead nowhere are told of once
        bad: set[tuple[str, str]] = set()  # values, too
        for trials in _together(scenario, factors, lost, bad):
            if not bad.isdisjoint(trial.key for trial in trials):
                continue
            for refused in _refused(file, scenario, trials):
                lost |= {refused.trial.path} if refused.at_path else set()
                bad |= {refused.trial.key} if len(trials) == 1 or refused.alone else set()
                told.setdefault((*refused.trial.key, refused.text), (refused, []))[1].append(name)
    at_ends = {path for (path, _, _), (refused, _) in told.items() if not refused.trial.between}
    for refused, names in told.values():
        if refused.trial.between and refused.trial.path in at_ends:
            continue
        some = len(set(names)) < len(scenarios)
        where = f" (in {', '.join(dict.fromkeys(names))})" if some else ""
        yield replace(refused, text=refused.text + where)


def _together(
    scenario: Scenario, factors: Sequence[Factor], lost: set[str], bad: set[tuple[str, str]]
) -> Iterator[tuple[Trial, ...]]:
    """Yield values that are tried together, without paths that lead nowhere.

    Many factors are first moved all at once, and one by one only if something is wrong then. Of a
    row of a table, what is known to be wrong by itself is left out as well, so that what is wrong
    with the rest is told in the same breath.
    """
    tabled = [f for f in factors if isinstance(f, Tabled) and trials_of(f)]
    if not tabled:
        groups = _groups(factors)
        if len(groups) > 1 and all(_is_sound(scenario, trials) for trials in _pairwise(groups)):
            return
        for group in groups:
            yield from _combinations(group, lost)
        return
    for row in _rows(tabled):
        trials = (_cell(factor, row) for factor in tabled if factor.path not in lost)
        kept = tuple(trial for trial in trials if trial.key not in bad)
        if kept:
            yield kept


def _pairwise(groups: Sequence[list[list[Trial]]]) -> Iterator[tuple[Trial, ...]]:
    """Yield few combinations in which every value occurs, and all ends of any two factors meet.

    Two factors differ in some digit of their numbers, written in base 2: the combinations that
    follow a digit, and its opposite, put one at its low end and the other at its high end.
    """
    each = [trials for group in groups for trials in group]
    for k in range(max(map(len, each))):
        yield tuple(trials[min(k, len(trials) - 1)] for trials in each)
    for digit in range((len(each) - 1).bit_length()):
        for flip in (0, 1):
            ends = ((number >> digit & 1) ^ flip for number in range(len(each)))
            yield tuple(t[min(end, len(t) - 1)] for t, end in zip(each, ends, strict=True))


def _rows(tabled: Sequence[Tabled]) -> list[int]:
    """Return the rows that are tried: all if they are few, else those with ends of a column."""
    n = len(tabled[0].cells)
    if n <= MOST_TOGETHER:
        return list(range(n))
    numbers = {factor.path: factor.cells for factor in tabled if not factor.levels}
    ends = [cells.argmin() for cells in numbers.values()]
    ends += [cells.argmax() for cells in numbers.values()]
    for path, cells in numbers.items():
        below = numbers.get(path.replace(".threshold", ".disagreement"))
        if path.endswith(".threshold") and below is not None:
            ends.append((cells - below).argmin())
    for factor in tabled:
        if factor.levels:
            ends += np.unique(factor.cells, return_index=True)[1].tolist()
    return sorted(set(map(int, ends)))


def _cell(factor: Tabled, row: int) -> Trial:
    """Return the value that a factor has in a row."""
    cell = factor.cells[row].item()
    return Trial(factor.path, factor.levels[cell], cell) if factor.levels else Trial(
        factor.path, cell, row
    )  # fmt: skip


def _is_tied(path: str) -> bool:
    """Tell whether a rule ties a value to another of the same party."""
    words = path.split(".")
    return words[0] == "parties" and words[2:3] in (["threshold"], ["disagreement"])


def _groups(factors: Sequence[Factor]) -> list[list[list[Trial]]]:
    """Put what is tried together: all if they are few, else what a rule ties together."""
    tried = [(factor.path, trials_of(factor)) for factor in factors]
    tried = [(path, trials) for path, trials in tried if trials]
    n = 1
    for _, trials in tried:
        n *= len(trials)
    if n <= FEW:
        return [[trials for _, trials in tried]] if tried else []
    groups: dict[str, list[list[Trial]]] = {}
    for path, trials in tried:
        party = ".".join(path.split(".")[:2])
        groups.setdefault(party if _is_tied(path) else f"{path} ", []).append(trials)
    return list(groups.values())


def _combinations(group: list[list[Trial]], lost: set[str]) -> Iterator[tuple[Trial, ...]]:
    """Yield the combinations of a group that are tried, without paths that lead nowhere."""
    n = 1
    for trials in group:
        n *= len(trials)
    if n > MOST_TOGETHER:
        group = [_extremes(trials) for trials in group]
    for combination in product(*group):
        kept = tuple(trial for trial in combination if trial.path not in lost)
        if kept:
            yield kept


def _extremes(trials: list[Trial]) -> list[Trial]:
    numbers = [t for t in trials if isinstance(t.value, int | float)]
    if len(numbers) < len(trials):
        return trials[:4]
    ordered = sorted(numbers, key=lambda trial: trial.value)
    return [ordered[0], ordered[-1]]


def _is_sound(scenario: Scenario, trials: Sequence[Trial]) -> bool:
    """Tell whether a scenario is in order with some values in it."""
    values = {trial.path: trial.value for trial in trials}
    try:
        return next(inconsistencies(with_values(scenario, values)), None) is None
    except InputError:
        return False


def _refused(file: str, scenario: Scenario, trials: Sequence[Trial]) -> Iterator[Refused]:
    """Try values together; only where something is wrong is the file read again, for its words."""
    if _is_sound(scenario, trials):
        return
    values = {trial.path: trial.value for trial in trials}
    try:
        read_scenario(file, values)
    except ScenarioError as error:
        for mistake in error.mistakes:
            assert isinstance(mistake, LocatedMistake)
            yield _told(mistake, trials)


def _told(mistake: LocatedMistake, trials: Sequence[Trial]) -> Refused:
    """Turn a mistake of the scenario into one of the value that makes it."""
    by_origin = {f"--set {trial.path}={trial.value}": trial for trial in trials}
    trial = by_origin.get(mistake.origin)
    if trial is None:
        combination = ", ".join(f"{t.path} = {_shown(t.value)}" for t in trials)
        return Refused(trials[0], f"with {combination}: {mistake}")
    inside = dotted(mistake.path)
    if not inside or (mistake.at_name and inside == trial.path):
        return Refused(trial, mistake.text, at_path=True)
    where = "" if inside == trial.path or not inside.startswith(trial.path) else f"{inside}: "
    alone = mistake.text.startswith("expected ")
    return Refused(trial, f"{_shown(trial.value)}: {where}{mistake.text}", alone=alone)


def _shown(value: Setting) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
