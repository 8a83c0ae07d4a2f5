"""Reading scenario files: strictly, and with every mistake told in one pass."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import sim
from sim.consistency import inconsistencies
from sim.errors import InputError, LocatedMistake, ScenarioError, did_you_mean
from sim.formats.overrides import Overrides, apply_overrides
from sim.formats.structure import MOST, check_structure, last_line, located, placed
from sim.formats.text import decode, read_bytes
from sim.formats.wording import found
from sim.formats.yaml_tree import Node, Reading, read_tree
from sim.issues import MOST_POINTS
from sim.scenario import Scenario

MOST_IN_ALL = 500_000
"""Points that all grids of a file may have between them."""

SUFFIXES = (".yaml", ".yml")


def read_scenario(path_or_name: str | os.PathLike[str], overrides: Overrides = ()) -> Scenario:
    """Read a scenario from a file, or one that comes with zopa, by its name.

    Parameters
    ----------
    path_or_name
        A path, or a name such as ``ukraine-2025-12``.
    overrides
        Changes to make on the way: ``PATH=VALUE`` texts or values by path. ``None``, in texts
        ``null``, takes a field out.

    Raises
    ------
    ScenarioError
        With every mistake in the file and in the overrides.
    InputError
        If there is no such file, or it cannot be read.

    Examples
    --------
    >>> job = read_scenario("job-offer", ["parties.employer.consent=advisory"])
    >>> list(job.issues), job.parties["employer"].consent
    (['salary', 'remote', 'holiday', 'start'], 'advisory')
    """
    path, called = find_scenario(path_or_name)
    text, mistakes = decode(read_bytes(path, called), called)
    return _sound(*_examine(text, called, mistakes, overrides))


def parse_scenario(text: str, name: str = "scenario", overrides: Overrides = ()) -> Scenario:
    """Read a scenario from a text; messages call it by ``name``.

    Raises
    ------
    ScenarioError
        With every mistake in it.
    """
    clean, mistakes = decode(text.encode("utf-8", "surrogatepass"), name)
    return _sound(*_examine(clean, name, mistakes, overrides))


def check_scenario(path_or_name: str | os.PathLike[str]) -> list[LocatedMistake]:
    """Return every mistake in a file, in the order in which they stand there.

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read.
    """
    path, called = find_scenario(path_or_name)
    text, mistakes = decode(read_bytes(path, called), called)
    return _examine(text, called, mistakes, ())[1]


def shipped_scenarios() -> dict[str, Path]:
    """Return the scenarios that come with zopa, by name."""
    package = Path(sim.__file__).parent
    found_here: dict[str, Path] = {}
    for folder in (package / "shipped_scenarios", package.parent / "scenarios"):
        for path in sorted(folder.rglob("*.yaml")):
            name = path.relative_to(folder).with_suffix("").as_posix()
            if not name.startswith("games/"):  # those are no scenarios: see `sim.formats.games`
                found_here.setdefault(name, path)
    return found_here


def find_scenario(path_or_name: str | os.PathLike[str]) -> tuple[Path, str]:
    """Return the file that is meant, and what to call it in messages.

    Raises
    ------
    InputError
        If there is none, with the nearest names.
    """
    called = os.fspath(path_or_name)
    path = Path(called)
    folder = False
    try:
        folder = path.is_dir()
        if path.exists() and not folder:
            return path, called
    except (OSError, ValueError):
        pass  # no name that a file can have
    shipped = shipped_scenarios()
    if called in shipped:
        return shipped[called], str(shipped[called])
    if folder:
        return path, called
    names = [*shipped, *_files_beside(path)]
    guess = did_you_mean(called, names)
    raise InputError(f"no file and no shipped scenario is called '{called}'{guess}")


def _files_beside(path: Path) -> list[str]:
    """Return the scenario files in the folder that a path points into."""
    try:
        return [str(p) for p in sorted(path.parent.iterdir()) if p.suffix in SUFFIXES]
    except (OSError, ValueError):
        return []


def _sound(scenario: Scenario | None, mistakes: list[LocatedMistake]) -> Scenario:
    if mistakes or scenario is None:
        raise ScenarioError(mistakes)
    return scenario


def _examine(
    text: str | None, origin: str, mistakes: list[LocatedMistake], overrides: Overrides
) -> tuple[Scenario | None, list[LocatedMistake]]:
    """Read a text into a scenario, and say everything that is wrong with it."""
    if text is None:
        return None, mistakes
    reading = read_tree(text, origin)
    mistakes = mistakes + reading.mistakes
    root = reading.root
    scenario: Scenario | None = None
    if root is None or not isinstance(root.value, dict):
        mistakes += [] if mistakes else [_no_scenario(root, origin)]
    elif "experiment" in root.value and "zopa" not in root.value:
        mistakes.append(located([root], "this is an experiment: run it with `zopa run`"))
    elif not reading.complete:
        mistakes += _before_the_end(reading, root)
    elif too_many := _too_many_points(root):
        mistakes.append(too_many)
    else:
        mistakes += apply_overrides(root, overrides)
        checked = check_structure(root)
        scenario = checked.value
        mistakes += checked.mistakes
        if scenario is not None:
            between = islice(inconsistencies(scenario, checked.unreadable), MOST + 1)
            mistakes += [placed(root, mistake) for mistake in between]
    return scenario, _in_order(mistakes)


def _no_scenario(root: Node | None, origin: str) -> LocatedMistake:
    """Say what the file is instead."""
    begin = "begin it with `zopa: 1`, or take a starter from `zopa new`"
    if root is None or root.value is None:
        return LocatedMistake((), f"the file is empty: {begin}", False, origin, 1, 1)
    if isinstance(root.value, str) and root.value.startswith("<"):
        return located([root], f"this is XML, and a scenario is written in YAML: {begin}")
    return located([root], f"the file holds {found(root.plain())} and no scenario: {begin}")


def _too_many_points(root: Node) -> LocatedMistake | None:
    """Refuse grids that between them would fill the memory before anything is checked."""
    issues, total = root.child("issues"), 0.0
    for issue in issues.children if issues else ():
        grid = issue.child("grid")
        ends = [grid.child(field) if grid else None for field in ("from", "to", "step")]
        first, last, step = (end.value if end else None for end in ends)
        if all(isinstance(number, int | float) for number in (first, last, step)) and step:
            total += min(max((last - first) / step, 0), MOST_POINTS)  # type: ignore[operator]
        if issues and total > MOST_IN_ALL:
            text = f"the grids have more than {MOST_IN_ALL:,} points between them: widen the steps"
            return located([root, issues], text)
    return None


def _before_the_end(reading: Reading, root: Node) -> Iterator[LocatedMistake]:
    """Yield what is wrong with names and types in the lines that could be read.

    The last line is left out: whatever ended the reading may have changed its meaning.
    """
    last = min(last_line(root), reading.mistakes[-1].line)
    for mistake in check_structure(root, complete=False).mistakes:
        if mistake.line < last:
            yield mistake


def _in_order(mistakes: list[LocatedMistake]) -> list[LocatedMistake]:
    """Sort by place, each mistake once; what is wrong with overrides comes last."""
    once = dict.fromkeys(mistakes)
    inline = [m for m in once if m.line == 0]
    told = sorted((m for m in once if m.line), key=lambda m: (m.line, m.column))[:MOST]
    if len(once) > MOST:
        told.append(replace(told[-1], path=(), text="and more: is it the right file?"))
    return told + inline
