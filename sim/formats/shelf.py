"""What comes with zopa, and what each file calls itself."""

from __future__ import annotations

from pathlib import Path

from sim.errors import nearest
from sim.formats.experiments import shipped_experiments
from sim.formats.games import OTHERS
from sim.formats.scenarios import shipped_scenarios
from sim.formats.text import decode, read_bytes
from sim.formats.yaml_tree import read_tree


def is_experiment(path_or_name: str) -> bool:
    """Tell whether a file is meant as an experiment, or a name is that of an experiment only.

    A file says so by its first word, spelt right or nearly so; a name such as ``ukraine-2025-12``
    that a scenario has as well means the scenario.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    path = Path(path_or_name)
    try:
        here = path.is_file()
    except (OSError, ValueError):
        return False  # no name that a file can have
    if not here:
        return path_or_name in shipped_experiments() and path_or_name not in shipped_scenarios()
    text, _ = decode(read_bytes(path, path_or_name), path_or_name)
    root = read_tree(text or "", path_or_name).root
    names = root.value if root is not None and isinstance(root.value, dict) else {}
    if "zopa" in names or "experiment" in names:
        return "zopa" not in names
    first = next(iter(names), "")
    return nearest(str(first), OTHERS) == "experiment"


def title_of(path: Path) -> str:
    """Return the title that a scenario or experiment file gives itself, unchecked."""
    text, _ = decode(read_bytes(path, str(path)), str(path))
    root = read_tree(text or "", str(path)).root
    title = root.child("title") if root is not None else None
    return "" if title is None else str(title.value)
