"""What varies in an experiment: from its file, its table of cases and its scenario to factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sim.errors import LocatedMistake, did_you_mean
from sim.experiment.design import OPTIONS
from sim.experiment.factors import Factor, Listed, Ranged, Simplex, Tabled
from sim.experiment.weights import weight_group
from sim.formats.case_tables import CaseTable
from sim.formats.experiment_checks import READING_VALUES, File, lever_mistakes, no_weights
from sim.formats.overrides import domain_of
from sim.scenario import Scenario


def vary_factors(
    file: File, table: CaseTable | None, scenarios: Mapping[str, Scenario]
) -> list[Factor | LocatedMistake]:
    """Return what varies, in file order; a list of scenarios varies slowest.

    Where something cannot vary as it is written, its mistake stands in its place.
    """
    if file.design is not None and file.design.table:
        return list(table.columns.values()) if table else []
    made: list[Factor | LocatedMistake] = []
    if len(file.experiment.scenarios) > 1:
        made.append(Listed("scenario", file.experiment.scenarios))
    for path, values in file.experiment.vary.items():
        if isinstance(values, list):
            made.append(Listed(path, tuple(values)))
        elif isinstance(values, Simplex):
            made += _weights(file, path, values, scenarios)
        elif path not in OPTIONS:
            ends = [domain(path, scenario) for scenario in scenarios.values()]
            within = (max(low for low, _ in ends), min(high for _, high in ends))
            made.append(Ranged(path, values, within))
    return made


def _weights(
    file: File, path: str, law: Simplex, scenarios: Mapping[str, Scenario]
) -> Iterator[Factor | LocatedMistake]:
    """Yield the group of a party's weights, or the scenarios that do not have it."""
    groups = {name: weight_group(path, law, scenario) for name, scenario in scenarios.items()}
    first = next((group for group in groups.values() if group), None)
    for name, group in groups.items():
        if group is None:
            mistake = no_weights(file, path, scenarios[name])
            inside = f" (in {name})" if len(scenarios) > 1 else ""
            yield replace(mistake, text=mistake.text + inside)
        elif first and set(group.issues) != set(first.issues):
            said = f"the weights in {name} are of other issues than in {next(iter(scenarios))}"
            yield file.at("vary", path, at_name=True, text=f"{said}: let them vary one by one")
    if first and all(group and set(group.issues) == set(first.issues) for group in groups.values()):
        yield first


def domain(path: str, scenario: Scenario) -> tuple[float, float]:
    """Return between which ends a number makes sense where a path leads."""
    words = path.split(".")
    party = scenario.parties.get(words[1]) if words[0] == "parties" and words[2:] else None
    if party is not None and words[2] == "values" and party.scale == "unit":
        return 0.0, 1.0
    return domain_of(path)


def in_table(
    file: File, table: CaseTable | None, scenarios: Sequence[Scenario]
) -> Iterator[LocatedMistake]:
    """Yield what is wrong with the columns and cells of a table of cases."""
    if table is None or table.mistakes:
        return
    names = list(table.columns)
    vary, listed = file.experiment.vary, file.experiment.scenarios
    for path in vary:
        if path not in table.columns:
            said = f"the table has no column for {path}: add it, or take {path} out of `vary`"
            yield table.wrong(-1, 0, said)
    for k, path in enumerate(names):
        if vary and path not in vary and path != "scenario":
            guess = did_you_mean(path, vary)
            yield table.wrong(-1, k, f"'{path}' is none of what varies{guess}")
        yield from _cells(file, table, k, scenarios)
    if len(listed) > 1 and "scenario" not in table.columns:
        said = "several scenarios, and no column says which a case is about: add `scenario`"
        yield table.wrong(-1, 0, said)


def _cells(
    file: File, table: CaseTable, k: int, scenarios: Sequence[Scenario]
) -> Iterator[LocatedMistake]:
    """Yield what is wrong with the cells of an option, or outside what ``vary`` allows."""
    path = list(table.columns)[k]
    column, allowed = table.columns[path], file.experiment.vary.get(path)
    words: Sequence[object] | None = READING_VALUES.get(path)
    words = file.experiment.scenarios if path == "scenario" else words
    words = allowed if isinstance(allowed, list) else words
    if column.kind != "category":
        yield from _numbers(table, k, column, words, allowed)
        return
    for code, value in enumerate(column.levels):
        row = int(np.flatnonzero(column.cells == code)[0])
        if words is not None and value not in words:
            guess = did_you_mean(str(value), map(str, words))
            yield table.wrong(row, k, f"{path}: '{value}' is none of its values{guess}")
        elif path == "levers":
            said = dict.fromkeys(m for s in scenarios for m in lever_mistakes(value, s))
            yield from (table.wrong(row, k, f"{path}: {text}") for text in said)


def _numbers(
    table: CaseTable, k: int, column: Tabled, words: Sequence[object] | None, allowed: object
) -> Iterator[LocatedMistake]:
    if words is not None:
        outside = ~np.isin(column.cells, [w for w in words if isinstance(w, int | float)])
        said = "is none of its values"
    elif isinstance(allowed, list | Simplex) or allowed is None:
        return
    else:
        low, high = Ranged(column.path, allowed).ends  # type: ignore[arg-type]
        outside = (column.cells < low) | (column.cells > high)
        said = f"is outside its range, {low:g} to {high:g}"
    for row in np.flatnonzero(outside)[:1]:
        cell = column.cells[row].item()
        yield table.wrong(int(row), k, f"{column.path}: {cell:g} {said}")
