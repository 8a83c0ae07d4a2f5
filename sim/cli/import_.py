"""`zopa import`: domains of other tools as scenario files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def import_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help="A domain with its profiles, in any order, or a folder that holds them.",
            show_default=False,
        ),
    ],
    *,
    folder: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Where the scenario file goes."),
    ] = Path(),
    name: Annotated[
        str,
        typer.Option("--name", help="What to call the file; after the domain if left out."),
    ] = "",
    grid: Annotated[
        int | None,
        typer.Option(
            "--grid",
            min=2,
            max=1000,
            metavar="N",
            help="Cut issues that are continuous, or too long to list, to N points.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Turn a GENIUS, GeniusWeb, NegoLog or NegMAS domain into a scenario file.

    Numbers mean what they mean in the tool that made them. What cannot be said in a scenario is
    refused by name, and nothing is written unless all is well.
    """
    from sim.formats.imports import import_domain, write_imported  # noqa: PLC0415
    from sim.words import counted  # noqa: PLC0415

    imported = import_domain(files, grid=grid)
    path = write_imported(imported, folder, name=name, force=force)
    for note in imported.notes:
        typer.echo(f"note: {note}", err=True)
    scenario = imported.scenario
    typer.echo(
        f"{path}: written from {imported.format} ({counted(len(scenario.issues), 'issue')}, "
        f"{counted(len(scenario.parties), 'party', 'parties')}, {scenario.space.size:,} outcomes)"
    )
    typer.echo(f"Next: zopa check {path}; zopa solve {path}", err=True)
