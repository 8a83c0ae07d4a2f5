"""Reading experiment files as strictly as scenarios, with the scenario of every case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from sim.errors import InputError, LocatedMistake, ScenarioError, did_you_mean
from sim.experiment.cases import design_of
from sim.experiment.design import Case, Experiment, ScenarioNames
from sim.experiment.factors import Factor
from sim.experiment.prepared import Prepared
from sim.formats.as_read import scenario_file, table_file
from sim.formats.case_tables import CaseTable, read_case_table
from sim.formats.experiment_checks import File, in_itself, in_scenarios, too_large
from sim.formats.experiment_factors import in_table, vary_factors
from sim.formats.experiment_outputs import (
    Pictures,
    figure_mistakes,
    too_many_pictures,
    unknown_outcomes,
)
from sim.formats.scenarios import read_scenario
from sim.formats.shelf import shipped_experiments
from sim.formats.structure import check_types, located
from sim.formats.text import decode, is_file, read_bytes
from sim.formats.wording import found
from sim.formats.yaml_tree import Node, read_tree
from sim.preferences.uncertain import whole as whole_number
from sim.scenario import Scenario


class PartialExperiment(Experiment):
    """What could be read of an experiment with mistakes in it."""

    experiment: Annotated[Any, BeforeValidator(whole_number)] = 1
    scenario: ScenarioNames = ""


def read_experiment(path_or_name: str, pictures: Pictures | None = None) -> tuple[Experiment, Path]:
    """Read an experiment from a file, or one that comes with zopa, by its name.

    Parameters
    ----------
    path_or_name
        A path, or a name such as ``ukraine-2025-12``.
    pictures
        What figures may be; any where that is not known.

    Returns
    -------
    Experiment, Path
        What it asks for, and the file that it stands in.

    Raises
    ------
    ScenarioError
        With every mistake in the file.
    InputError
        If there is no such file, or it cannot be read.
    """
    path = find_experiment(path_or_name)
    text, mistakes = decode(read_bytes(path, str(path)), str(path))
    experiment, _, more = _examine(text, str(path), pictures)
    if mistakes or more or experiment is None:
        raise ScenarioError([*mistakes, *more])
    return experiment, path


def find_experiment(path_or_name: str) -> Path:
    """Return the file that is meant.

    Raises
    ------
    InputError
        If there is none, with the nearest names.
    """
    path = Path(path_or_name)
    if is_file(path):
        return path
    shipped = shipped_experiments()
    if path_or_name not in shipped:
        guess = did_you_mean(path_or_name, shipped)
        raise InputError(f"no file and no shipped experiment is called '{path_or_name}'{guess}")
    return shipped[path_or_name]


def prepare_experiment(
    path_or_name: str, pictures: Pictures | None = None
) -> tuple[Prepared, Path]:
    """Read an experiment with its scenarios and its cases, and check all of it.

    Parameters
    ----------
    path_or_name
        A path, or a name such as ``ukraine-2025-12``.
    pictures
        What figures may be; any where that is not known.

    Returns
    -------
    Prepared, Path
        All that is needed to compute any case, and the file that it stands in.

    Raises
    ------
    ScenarioError
        With every mistake in the file, in its scenarios, in its table of cases, and in the values
        that it puts into the scenarios.
    InputError
        If a file is not there, or cannot be read.
    """
    path = find_experiment(path_or_name)
    text, mistakes = decode(read_bytes(path, str(path)), str(path))
    experiment, root, more = _examine(text, str(path), pictures)
    mistakes += more
    if experiment is None or root is None:
        raise ScenarioError(mistakes)
    file = File(root, experiment)
    scenarios, wrong = _scenarios(file, path)
    mistakes += wrong
    table, wrong = _table(file, path)
    mistakes += wrong
    factors, wrong = _factors(file, scenarios, table)
    mistakes += wrong
    if mistakes:
        raise ScenarioError(_in_order(mistakes))
    read = {name: scenario for name, (_, scenario) in scenarios.items()}
    prepared = Prepared(experiment, design_of(experiment, factors), read)
    mistakes += unknown_outcomes(file, prepared)
    mistakes += too_many_pictures(file, pictures or {}, prepared.design.n_cases)
    if mistakes:
        raise ScenarioError(_in_order(mistakes))
    return prepared, path


def _examine(
    text: str | None, origin: str, pictures: Pictures | None
) -> tuple[Experiment | None, Node | None, list[LocatedMistake]]:
    """Read a text into an experiment, and say what is wrong with it in itself."""
    if text is None:
        return None, None, []
    reading = read_tree(text, origin)
    root = reading.root
    if root is None or not isinstance(root.value, dict):
        if reading.mistakes:
            return None, None, reading.mistakes
        what = "nothing" if root is None or root.value is None else found(root.plain())
        said = f"the file holds {what}: begin it with `experiment: 1`"
        return None, None, [LocatedMistake((), said, False, origin, 1, 1)]
    if "zopa" in root.value and "experiment" not in root.value:
        said = "this is a scenario: an experiment names one to run"
        return None, None, [located([root], said)]
    checked = check_types(root, Experiment, PartialExperiment, complete=reading.complete)
    mistakes = [*reading.mistakes, *checked.mistakes]
    if checked.value is not None:
        file = File(root, checked.value)
        mistakes += in_itself(file)
        mistakes += figure_mistakes(file, pictures) if pictures is not None else ()
    return checked.value, root, _in_order(mistakes)


def _in_order(mistakes: Iterable[LocatedMistake]) -> list[LocatedMistake]:
    """Sort by place, each mistake once; those in other files come last."""
    once = dict.fromkeys(mistakes)
    here = next((m.origin for m in once), "")
    return sorted(once, key=lambda m: (m.origin != here, m.origin, m.line, m.column))


def _scenarios(
    file: File, path: Path
) -> tuple[dict[str, tuple[str, Scenario]], list[LocatedMistake]]:
    """Read the scenarios; return each with its file, and what is wrong with them."""
    found_here: dict[str, tuple[str, Scenario]] = {}
    mistakes: list[LocatedMistake] = []
    several = not isinstance(file.experiment.scenario, str)
    for k, name in enumerate(filter(None, file.experiment.scenarios)):
        where = str(scenario_file(name, path))
        try:
            found_here[name] = (where, read_scenario(where))
        except ScenarioError as error:
            mistakes += [m for m in error.mistakes if isinstance(m, LocatedMistake)]
        except InputError as error:
            mistakes.append(file.at("scenario", *([k] if several else []), text=str(error)))
    return found_here, mistakes


def _factors(
    file: File, scenarios: Mapping[str, tuple[str, Scenario]], table: CaseTable | None
) -> tuple[list[Factor], list[LocatedMistake]]:
    """Return what varies, and what is wrong with it beside the scenarios that can be read."""
    if not scenarios:
        return [], []
    read = {name: scenario for name, (_, scenario) in scenarios.items()}
    made = vary_factors(file, table, read)
    factors = [one for one in made if not isinstance(one, LocatedMistake)]
    mistakes = [one for one in made if isinstance(one, LocatedMistake)]
    mistakes += too_large(file, factors)
    mistakes += in_scenarios(file, factors, scenarios, table)
    mistakes += in_table(file, table, list(read.values()))
    return factors, mistakes


def _table(file: File, path: Path) -> tuple[CaseTable | None, list[LocatedMistake]]:
    """Read the table of cases, if the design is one; return what is wrong with it."""
    if file.design is None or not file.design.table:
        return None, []
    try:
        table = read_case_table(table_file(file.design.table, path))
    except InputError as error:
        return None, [file.at("design", "table", text=str(error))]
    return table, table.mistakes


def read_cases(experiment: Experiment, path: Path) -> list[tuple[Case, Scenario]]:
    """Read the scenario of every case, with the case's settings in it.

    Parameters
    ----------
    experiment, path
        The experiment and its file; a scenario that is a path is relative to that.

    Raises
    ------
    InputError
        With every mistake that any case makes, before anything is computed.
    """
    names = experiment.scenarios
    cases, wrong = [], []
    known: dict[str, Scenario] = {}
    for case in experiment.cases():
        key = repr((case.settings.get("scenario"), case.overrides))
        try:
            if key not in known:
                file = scenario_file(case.settings.get("scenario", names[0]), path)
                known[key] = read_scenario(file, case.overrides)
            cases.append((case, known[key]))
        except InputError as error:
            wrong.append(str(error))
    if wrong:
        lines = dict.fromkeys(
            line.replace("--set ", f"{path}: vary: ", 1)
            for text in wrong
            for line in text.splitlines()
        )
        raise InputError("\n".join(lines))
    return cases
