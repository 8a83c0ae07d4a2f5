"""Where things stand by their names: what comes with zopa, and what it has left behind."""

from __future__ import annotations

from pathlib import Path

import sim

RESULTS = Path("results")
"""Where results are looked for by name."""

RUN = "run.json"
"""The file by which a results folder is known."""


def shipped_experiments() -> dict[str, Path]:
    """Return the experiments that come with zopa, by name."""
    package = Path(sim.__file__).parent
    here: dict[str, Path] = {}
    for folder in (package / "shipped_experiments", package.parent / "experiments"):
        for path in sorted(folder.glob("*.yaml")):
            here.setdefault(path.stem, path)
    return here


def is_experiment(path_or_name: str) -> bool:
    """Tell whether a file is meant as an experiment, or a name is that of an experiment only.

    A file says so by its first word, spelt right or nearly so; a name such as ``ukraine-2025-12``
    that a scenario has as well means the scenario.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    # asked for names alone, this module must not cost what reading files does
    from sim.errors import nearest  # noqa: PLC0415
    from sim.formats.games import OTHERS  # noqa: PLC0415
    from sim.formats.scenarios import shipped_scenarios  # noqa: PLC0415
    from sim.formats.text import decode, read_bytes  # noqa: PLC0415
    from sim.formats.yaml_tree import read_tree  # noqa: PLC0415

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
    from sim.formats.text import decode, read_bytes  # noqa: PLC0415
    from sim.formats.yaml_tree import read_tree  # noqa: PLC0415

    text, _ = decode(read_bytes(path, str(path)), str(path))
    root = read_tree(text or "", str(path)).root
    title = root.child("title") if root is not None else None
    return "" if title is None else str(title.value)
