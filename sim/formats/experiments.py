"""Reading experiment files as strictly as scenarios, with the scenario of every case."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
from sim.formats.yaml_tree import Node, read_tree
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


def read_experiment(
    path_or_name: str, pictures: Collection[str] | None = None
) -> tuple[Experiment, Path]:
    """Read an experiment from a file, or one that comes with zopa, by its name.

    Parameters
    ----------
    path_or_name
        A path, or a name such as ``ukraine-2025-12``.
    pictures
        Names that figures may have; any where they are not known.

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
    experiment, more = _examine(text, str(path), pictures)
    if mistakes or more or experiment is None:
        raise ScenarioError([*mistakes, *more])
    return experiment, path


def _examine(
    text: str | None, origin: str, pictures: Collection[str] | None
) -> tuple[Experiment | None, list[LocatedMistake]]:
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
    if checked.value is not None:
        mistakes += _values(root, checked.value, pictures)
    return checked.value, sorted(mistakes, key=lambda m: (m.line, m.column))


def _values(
    root: Node, experiment: Experiment, pictures: Collection[str] | None
) -> Iterator[LocatedMistake]:
    """Yield what is wrong with the values that vary and with the names of figures."""
    vary = root.child("vary")
    for name, values in experiment.vary.items():
        listing = vary.child(name) if vary else None
        for k, value in enumerate(values):
            nodes = [n for n in (root, vary, listing, listing.child(k) if listing else None) if n]
            if name in OPTIONS and value not in OPTIONS[name]:
                guess = did_you_mean(str(value), OPTIONS[name])
                yield located(nodes, f"'{value}' is none of its values{guess}")
            elif value in values[:k]:
                yield located(nodes, f"'{value}' stands here for the second time: keep one")
    figures = root.child("figures")
    for k, name in enumerate(experiment.figures):
        if pictures is not None and name not in pictures:
            nodes = [n for n in (root, figures, figures.child(k) if figures else None) if n]
            yield located(nodes, f"no picture is called '{name}'{did_you_mean(name, pictures)}")


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
        lines = dict.fromkeys(
            line.replace("--set ", f"{path}: vary: ", 1)
            for text in wrong
            for line in text.splitlines()
        )
        raise InputError("\n".join(lines))
    return cases
