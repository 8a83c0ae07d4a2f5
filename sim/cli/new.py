"""`zopa new`: a small file to start from, of a scenario or a game."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.schema import complete_kind


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
            help="What to start: scenario, or a game such as graph_model or division.",
            autocompletion=complete_kind,
        ),
    ] = "scenario",
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Write a small commented scenario, or a game, to start from."""
    from sim.errors import InputError, did_you_mean  # noqa: PLC0415
    from sim.formats.starter import EXAMPLES, starter_game, starter_scenario  # noqa: PLC0415

    if kind not in ("scenario", *EXAMPLES):
        guess = did_you_mean(kind, ["scenario", *EXAMPLES], "kinds")
        raise InputError(f"no kind of file is called '{kind}'{guess}")
    text = starter_scenario() if kind == "scenario" else starter_game(kind)
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
    then = "compare" if kind == "scenario" else "equilibria"
    typer.echo(f"{path}: written. Next: zopa check {path}; zopa {then} {path}", err=True)
