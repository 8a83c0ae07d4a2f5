"""Reading experiment files as strictly as scenarios, with the scenario of every case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

import sim
from sim.errors import InputError, LocatedMistake, ScenarioError, did_you_mean
from sim.experiment.design import Case, Experiment
from sim.formats.scenarios import read_scenario, shipped_scenarios
from sim.formats.structure import check_types, located
from sim.formats.text import decode, read_bytes
from sim.formats.wording import found
from sim.formats.yaml_tree import read_tree
from sim.preferences.uncertain import whole as whole_number
from sim.scenario import Scenario
from sim.structure import READINGS

OPTIONS = {"red_lines": tuple(READINGS), "within": ("disagreement", "zone")}
"""What may vary besides the scenario itself, and the values that it may take."""


class PartialExperiment(Experiment):
    """What could be read of an experiment with mistakes in it."""

    experiment: Annotated[Any, BeforeValidator(whole_number)] = 1
    scenario: str = ""


def shipped_experiments() -> dict[str, Path]:
    """Return the experiments that come with zopa, by name."""
    package = Path(sim.__file__).parent
    here: dict[str, Path] = {}
    for folder in (package / "shipped_experiments", package.parent / "experiments"):
        for path in sorted(folder.glob("*.yaml")):
            here.setdefault(path.stem, path)
    return here


def read_experiment(path_or_name: str) -> tuple[Experiment, Path]:
    """Read an experiment from a file, or one that comes with zopa, by its name.

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
    path = Path(path_or_name)
    if not path.is_file():
        shipped = shipped_experiments()
        if path_or_name not in shipped:
            guess = did_you_mean(path_or_name, shipped)
            raise InputError(f"no file and no shipped experiment is called '{path_or_name}'{guess}")
        path = shipped[path_or_name]
    text, mistakes = decode(read_bytes(path, str(path)), str(path))
    experiment, more = _examine(text, str(path))
    if mistakes or more or experiment is None:
        raise ScenarioError([*mistakes, *more])
    return experiment, path


def _examine(text: str | None, origin: str) -> tuple[Experiment | None, list[LocatedMistake]]:
    if text is None:
        return None, []
    reading = read_tree(text, origin)
    root = reading.root
    if root is None or not isinstance(root.value, dict):
        if reading.mistakes:
            return None, reading.mistakes
        what = "nothing" if root is None or root.value is None else found(root.plain())
        return None, [
            LocatedMistake(
                (), f"the file holds {what}: begin it with `experiment: 1`", False, origin, 1, 1
            )
        ]
    if "zopa" in root.value and "experiment" not in root.value:
        return None, [located([root], "this is a scenario: an experiment names one to run")]
    checked = check_types(root, Experiment, PartialExperiment, complete=reading.complete)
    mistakes = [*reading.mistakes, *checked.mistakes]
    if checked.value is not None and (vary := root.child("vary")) is not None:
        for name, allowed in OPTIONS.items():
            for k, value in enumerate(checked.value.vary.get(name, ())):
                if value not in allowed:
                    listing = vary.child(name)
                    nodes = [n for n in (root, vary, listing, listing and listing.child(k)) if n]
                    guess = did_you_mean(str(value), allowed)
                    mistakes.append(located(nodes, f"no reading is called '{value}'{guess}"))
    return checked.value, sorted(mistakes, key=lambda m: (m.line, m.column))


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
    name: str | Path = experiment.scenario
    beside = path.parent / experiment.scenario
    if experiment.scenario not in shipped_scenarios() or beside.is_file():
        name = beside if beside.is_file() else experiment.scenario
    cases, wrong = [], []
    known: dict[str, Scenario] = {}
    for case in experiment.cases():
        key = repr(case.overrides)
        try:
            if key not in known:
                known[key] = read_scenario(name, case.overrides)
            cases.append((case, known[key]))
        except InputError as error:
            wrong.append(str(error))
    if wrong:
        lines = dict.fromkeys(line for text in wrong for line in text.splitlines())
        raise InputError("\n".join(lines))
    return cases
