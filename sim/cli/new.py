"""`zopa new`: a small scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


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
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Write a small commented scenario to start from."""
    from sim.errors import InputError  # noqa: PLC0415
    from sim.formats import starter_scenario  # noqa: PLC0415

    text = starter_scenario()
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
    typer.echo(f"{path}: written. Next: zopa check {path}; zopa compare {path}", err=True)
