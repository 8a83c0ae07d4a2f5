"""`zopa list`: what is on each shelf."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Shelf(StrEnum):
    """What can be listed."""

    scenarios = "scenarios"
    experiments = "experiments"
    solutions = "solutions"
    pictures = "pictures"


def list_shelf(
    what: Annotated[
        Shelf | None, typer.Argument(help="Which shelf; all of them if left out.")
    ] = None,
) -> None:
    """List the scenarios, experiments, solutions and pictures that come with zopa."""
    for shelf in [what] if what else list(Shelf):
        if what is None:
            typer.echo(f"{shelf.value}:")
        for name, about in _entries(shelf):
            typer.echo(f"  {name:26} {about}")


def _entries(shelf: Shelf) -> list[tuple[str, str]]:
    if shelf is Shelf.solutions:
        from sim.solutions import SOLUTIONS  # noqa: PLC0415

        return [(name, _first_line(solve.__doc__)) for name, solve in SOLUTIONS.items()]
    if shelf is Shelf.pictures:
        from sim.plots import PICTURES  # noqa: PLC0415

        return [(name, _first_line(picture.draw.__doc__)) for name, picture in PICTURES.items()]
    from sim.formats import shipped_scenarios  # noqa: PLC0415
    from sim.formats.experiments import shipped_experiments  # noqa: PLC0415
    from sim.formats.shelf import title_of  # noqa: PLC0415

    shipped = shipped_scenarios() if shelf is Shelf.scenarios else shipped_experiments()
    return [(name, title_of(path)) for name, path in shipped.items()]


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0]
