"""`zopa list`: what is on each shelf."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Shelf(StrEnum):
    """What can be listed."""

    scenarios = "scenarios"
    games = "games"
    experiments = "experiments"
    solutions = "solutions"
    models = "models"
    pictures = "pictures"


def list_shelf(
    what: Annotated[
        Shelf | None, typer.Argument(help="Which shelf; all of them if left out.")
    ] = None,
) -> None:
    """List what comes with zopa: scenarios, games, experiments, solutions, models, pictures."""
    for shelf in [what] if what else list(Shelf):
        if what is None:
            typer.echo(f"{shelf.value}:")
        if shelf is Shelf.pictures:
            _list_pictures()
            continue
        entries = _entries(shelf)
        width = max(26, *(len(name) for name, _ in entries))
        for name, about in entries:
            typer.echo(f"  {name:{width}} {about}")


def _entries(shelf: Shelf) -> list[tuple[str, str]]:
    """Return the names on a shelf with a line about each."""
    if shelf is Shelf.solutions:
        from sim.solutions import SOLUTIONS  # noqa: PLC0415

        return [(name, _first_line(solve.__doc__)) for name, solve in SOLUTIONS.items()]
    if shelf is Shelf.models:
        return _models()
    from sim.formats import shipped_scenarios  # noqa: PLC0415
    from sim.formats.games import shipped_games  # noqa: PLC0415
    from sim.formats.shelf import shipped_experiments, title_of  # noqa: PLC0415

    shipped = {
        Shelf.scenarios: shipped_scenarios,
        Shelf.games: shipped_games,
        Shelf.experiments: shipped_experiments,
    }[shelf]()
    return [(name, title_of(path)) for name, path in shipped.items()]


def _list_pictures() -> None:
    """Print the pictures under what computes them: an experiment as a whole, or a command."""
    from sim.experiment.study import Study  # noqa: PLC0415
    from sim.formats.experiment_outputs import drawable  # noqa: PLC0415
    from sim.plots import ASKED_BY, PICTURES  # noqa: PLC0415

    in_experiments = drawable(PICTURES)
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, picture in PICTURES.items():
        group = ASKED_BY.get(picture.of, "equilibria")
        if issubclass(picture.of, Study):
            group = "all cases of an experiment"
        elif name in in_experiments:
            group += ", and each case of an experiment"
        groups.setdefault(group, []).append((name, _first_line(picture.draw.__doc__)))
    for group, entries in groups.items():
        typer.echo(f"  of {group}:")
        for name, about in entries:
            typer.echo(f"    {name:24} {about}")


def _models() -> list[tuple[str, str]]:
    """Return the models of scenarios, then those of each kind of game file."""
    from sim.equilibria import MODELS  # noqa: PLC0415
    from sim.equilibria.game_files import GAMES  # noqa: PLC0415

    found = [(name, _first_line(model.__doc__)) for name, model in MODELS.items()]
    for kind, game in GAMES.items():
        for name, ask in game.models.items():
            found.append((name, f"{_first_line(ask.__doc__)} ({kind} files)"))
    return found


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0]
