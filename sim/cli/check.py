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
            help="Files of scenarios, experiments or games, or names of those that come with zopa.",
            autocompletion=complete_scenario,
            show_default=False,
        ),
    ],
) -> None:
    """Say every mistake in scenarios, experiments and games at once: where, what, and the cure.

    Exit code 0 if all are fine, 2 if anything is wrong.
    """
    from sim.errors import InputError  # noqa: PLC0415

    wrong = []
    for file in files:
        try:
            typer.echo(f"{file}: fine ({_about(file)})")
        except InputError as error:
            wrong.append(str(error))
    if wrong:
        raise InputError("\n".join(wrong))


def _about(file: str) -> str:
    """Read a file, and say what it holds.

    Raises
    ------
    InputError
        With every mistake in it.
    """
    from sim.equilibria.game_files import GAMES  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415
    from sim.formats.experiments import prepare_experiment  # noqa: PLC0415
    from sim.formats.games import find_game, read_game  # noqa: PLC0415
    from sim.formats.shelf import is_experiment  # noqa: PLC0415
    from sim.plots import PICTURES  # noqa: PLC0415
    from sim.words import counted  # noqa: PLC0415

    game = find_game(file)
    if game is not None:
        read_game(*game)
        return GAMES[game[1]].title
    if is_experiment(file):
        prepared, _ = prepare_experiment(file, PICTURES)
        asked = prepared.experiment.asked
        named = ", ".join(name for name in type(asked).model_fields if name in asked)
        return f"an experiment, {counted(prepared.design.n_cases, 'case')}: {named}"
    scenario = read_scenario(file)
    return (
        f"{counted(len(scenario.issues), 'issue')}, "
        f"{counted(len(scenario.parties), 'party', 'parties')}, "
        f"{counted(len(scenario.plans), 'plan version')}"
    )
