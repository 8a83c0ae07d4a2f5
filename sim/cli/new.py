"""`zopa new`: a small file to start from, of a scenario, an experiment or a game."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import complete_scenario
from sim.cli.schema import complete_kind

NEXT = {"scenario": "compare", "experiment": "run"}
"""Kind of file -> the command that it is for; ``equilibria`` for games."""


def new(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="Where to write it; to the screen if left out.",
            show_default=False,
        ),
    ] = None,
    *,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="What to start: scenario, experiment, or a game such as division.",
            autocompletion=complete_kind,
        ),
    ] = "scenario",
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario",
            metavar="FILE",
            help="What an experiment is about, a file or a name; water-dispute if left out.",
            autocompletion=complete_scenario,
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Write a small commented scenario, experiment or game, to start from."""
    from sim.errors import InputError  # noqa: PLC0415

    if scenario is not None and kind != "experiment":
        raise InputError("--scenario is what an experiment is about: add --kind experiment")
    text = _text(kind, scenario or "water-dispute", path)
    if path is None:
        typer.echo(text, nl=False)
        return
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError(f"{path}: there is a file already; --force writes over it") from error
    except OSError as error:
        raise InputError(f"{path}: cannot write here ({error.strerror})") from error
    then = NEXT.get(kind, "equilibria")
    typer.echo(f"{path}: written. Next: zopa check {path}; zopa {then} {path}", err=True)


def _text(kind: str, scenario: str, path: Path | None) -> str:
    """Return the file to start from; an experiment names its scenario from where it stands.

    Raises
    ------
    InputError
        If there is no such kind of file, or the scenario cannot be read.
    """
    from sim.errors import InputError, did_you_mean  # noqa: PLC0415
    from sim.formats.starter import EXAMPLES, starter_game, starter_scenario  # noqa: PLC0415

    if kind == "experiment":
        from sim.formats.experiment_starter import starter_experiment  # noqa: PLC0415

        folder = Path() if path is None else path.parent
        there = Path(scenario).is_file()
        called = Path(os.path.relpath(scenario, folder)).as_posix() if there else scenario
        return starter_experiment(scenario, called)
    if kind == "scenario":
        return starter_scenario()
    if kind not in EXAMPLES:
        guess = did_you_mean(kind, ["scenario", "experiment", *EXAMPLES], "kinds")
        raise InputError(f"no kind of file is called '{kind}'{guess}")
    return starter_game(kind)
