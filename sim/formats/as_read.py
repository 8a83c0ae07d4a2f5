"""Where the files of an experiment stand: beside it, on the shelf, or kept with its results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import InputError
from sim.formats.scenarios import SUFFIXES, shipped_scenarios
from sim.formats.text import is_file

AS_READ = "as_read.json"
"""Beside an experiment that was kept with its results: name in the experiment -> file here."""


@dataclass(frozen=True)
class AsRead:
    """The files that an experiment was run with, kept beside it.

    Attributes
    ----------
    scenarios
        Name in the experiment -> file in its folder.
    table
        The file of the table of cases, if there is one.
    """

    scenarios: Mapping[str, str] = field(default_factory=dict)
    table: str | None = None


def as_read(folder: Path) -> AsRead:
    """Read which files in a folder an experiment there was run with; none as a rule.

    Raises
    ------
    InputError
        If the list of them is damaged.
    """
    path = folder / AS_READ
    if not path.is_file():
        return AsRead()
    try:
        said = json.loads(path.read_bytes())
        scenarios, table = said.get("scenarios", {}), said.get("table")
        names = [*scenarios.values(), *([table] if table is not None else [])]
        if not all(isinstance(name, str) for name in names):
            raise ValueError("a file name is no text")  # noqa: TRY301
        if any(Path(name).name != name or "\\" in name or "\0" in name for name in names):
            raise ValueError("a file lies elsewhere")  # noqa: TRY301
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(
            f"{path}: cut short or changed by hand ({error}); it says which files the experiment "
            "beside it was run with: take it from the results again"
        ) from error
    return AsRead(scenarios, table)


def scenario_file(name: str, experiment: Path) -> str | Path:
    """Return the file that an experiment means: kept with it, beside it, or one of zopa's own.

    The folder in which somebody happens to stand has no say.
    """
    kept = as_read(experiment.parent).scenarios.get(name)
    if kept is not None:
        return experiment.parent / kept
    beside = experiment.parent / name
    shipped = shipped_scenarios()
    if name in shipped and not is_file(beside):
        return shipped[name]
    return beside if "/" in name or is_file(beside) or beside.suffix in SUFFIXES else name


def table_file(name: str, experiment: Path) -> Path:
    """Return the table of cases that an experiment means: kept with it, or beside it."""
    return experiment.parent / (as_read(experiment.parent).table or name)
