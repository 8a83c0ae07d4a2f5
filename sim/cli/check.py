"""`zopa check`: every mistake in the files, at once."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import complete_scenario


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help="Scenario files, or names of scenarios that come with zopa.",
            autocompletion=complete_scenario,
            show_default=False,
        ),
    ],
) -> None:
    """Say every mistake in scenario files at once: where, what, and the cure.

    Exit code 0 if all are fine, 2 if anything is wrong.
    """
    from sim.errors import InputError  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415
    from sim.words import counted  # noqa: PLC0415

    wrong = []
    for file in files:
        try:
            scenario = read_scenario(file)
        except InputError as error:
            wrong.append(str(error))
            continue
        typer.echo(
            f"{file}: fine ({counted(len(scenario.issues), 'issue')}, "
            f"{counted(len(scenario.parties), 'party', 'parties')}, "
            f"{counted(len(scenario.plans), 'plan version')})"
        )
    if wrong:
        raise InputError("\n".join(wrong))
