"""Names of the files of pictures: short, telling, and each its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from sim.experiment.design import Figure, written

PATHS = ("x", "y")
"""Options that name what varies, by its path in the file."""

MOST = 120
"""Characters of a name; what is longer is cut, and numbered if it is there already."""


def told_apart(figures: Sequence[Figure], paths: Collection[str] = ()) -> list[str]:
    """Name pictures that are drawn together, each by as little as tells it from the others.

    What it shows is always told, so that its name stays when another picture is asked for as well.

    Parameters
    ----------
    figures
        Pictures, and what they are told.
    paths
        What varies in the experiment.

    Returns
    -------
    list of str
        One for each; only pictures that are told the same are called the same.

    Examples
    --------
    >>> heat, bars = {"name": "zone_heatmap"}, {"name": "sobol_bars"}
    >>> one = Figure(**heat, options={"x": "talks.rounds", "outcome": "zone.exists"})
    >>> other = Figure(**heat, options={"x": "talks.rounds", "outcome": "nash.ann"})
    >>> told_apart([one, other, Figure(**bars, options={"outcome": "zone.exists"})])
    ['zone_heatmap-zone_exists', 'zone_heatmap-nash_ann', 'sobol_bars-zone_exists']
    """
    return [
        _name(figure, _telling([f.options for f in figures if f.name == figure.name]), paths)
        for figure in figures
    ]


def drawn_again(
    figures: Sequence[Figure], recorded: Sequence[Mapping[str, Any]], paths: Collection[str]
) -> list[str]:
    """Name pictures of results: as they are called there already, or else by all they are told.

    Parameters
    ----------
    figures
        Pictures, and what they are told.
    recorded
        The pictures that the results have: ``file``, ``picture`` and ``options``.
    paths
        What varies in the experiment.
    """
    known = {_key(one["picture"], one["options"]): Path(one["file"]).stem for one in recorded}
    taken, names = set(known.values()), []
    for figure in figures:
        name = known.get(_key(figure.name, figure.options))
        names.append(name or free(_name(figure, list(figure.options), paths), taken))
        taken.add(names[-1])
    return names


def free(name: str, taken: Collection[str]) -> str:
    """Return a name that a file can have, with a number where another has it.

    >>> free("tornado-zone.exists", ["a"]), free("Tornado", ["tornado", "tornado-2"])
    ('tornado-zone_exists', 'Tornado-3')
    """
    plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:MOST]
    folded, stem, k = {one.casefold() for one in taken}, plain, 2
    while stem.casefold() in folded:
        stem, k = f"{plain}-{k}", k + 1
    return stem


def _key(picture: str, options: Mapping[str, Any]) -> str:
    return f"{picture} {sorted((name, written(value)) for name, value in options.items())}"


def _telling(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the fewest options, at least one, whose values tell pictures of one kind apart."""
    options = sorted({name for each in told for name in each}, key=lambda o: (o in PATHS, o))
    values = [{o: repr(each.get(o)) for o in options} for each in told]
    wanted = len({tuple(each.values()) for each in values})
    return next(
        list(chosen)
        for n in range(min(1, len(options)), len(options) + 1)
        for chosen in combinations(options, n)
        if len({tuple(each[o] for o in chosen) for each in values}) == wanted
    )


def _name(figure: Figure, options: Sequence[str], paths: Collection[str]) -> str:
    told = (
        _short(str(figure.options[o]), paths) if o in PATHS else written(figure.options[o])
        for o in options
        if o in figure.options
    )
    return free("-".join([figure.name, *told]), ())


def _short(path: str, paths: Collection[str]) -> str:
    """Return the fewest steps of a path that no other path has as well.

    >>> every = ["parties.ann.patience", "parties.bob.patience", "parties.bob.threshold"]
    >>> [_short(path, every) for path in every]
    ['ann', 'bob_patience', 'threshold']
    """
    others = [set(_steps(other)) for other in paths if other != path]
    steps = list(_steps(path))
    return next(
        ("_".join(kept) for kept in _parts(steps) if not any(set(kept) <= o for o in others)),
        "_".join(steps),
    )


def _parts(steps: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for n in range(1, len(steps) + 1):
        yield from combinations(steps, n)


def _steps(path: str) -> list[str]:
    """Return the steps of a path; an entry of a list goes with the list."""
    return [re.sub(r"\W+", "_", step).strip("_") for step in path.split(".")]
