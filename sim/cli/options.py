"""Options that several commands share, with completion for the shell."""

from __future__ import annotations

import os
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Reading(StrEnum):
    """Which red lines bind."""

    none = "none"
    stated = "stated"
    implied = "implied"


def complete_scenario(incomplete: str) -> list[str]:
    """Offer the scenarios that come with zopa."""
    from sim.formats import shipped_scenarios  # noqa: PLC0415

    return [name for name in shipped_scenarios() if name.startswith(incomplete)]


def complete_solution(incomplete: str) -> list[str]:
    """Offer the names of the solutions."""
    from sim.solutions import SOLUTIONS  # noqa: PLC0415

    return [name for name in SOLUTIONS if name.startswith(incomplete)]


def complete_model(incomplete: str) -> list[str]:
    """Offer the names of the models of bargaining, those of games in files included."""
    from sim.equilibria import MODELS  # noqa: PLC0415
    from sim.equilibria.game_files import GAMES  # noqa: PLC0415

    known = [*MODELS, *(name for kind in GAMES.values() for name in kind.models)]
    return [name for name in dict.fromkeys(known) if name.startswith(incomplete)]


def folder_to_fill(written: str) -> Path:
    """Read a folder that files are to go into, before any work is done for them.

    Raises
    ------
    typer.BadParameter
        If nothing can be written there: there is no name, a file has it, or it is not allowed.
    """
    folder = Path(written)
    if not written.strip():
        raise typer.BadParameter("name a folder, such as pictures; . is the current one")
    there = next(some for some in (folder, *folder.absolute().parents) if os.path.lexists(some))
    if not there.is_dir():
        raise typer.BadParameter(f"cannot draw here: {there} is not a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise typer.BadParameter(f"cannot draw here: no leave to write into {there}")
    try:
        with suppress(FileNotFoundError):  # then it will be made
            folder.stat()
    except OSError as error:
        raise typer.BadParameter(f"cannot draw here: {error.strerror or error}") from error
    return folder


ScenarioFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A scenario file, or the name of one that comes with zopa (see: zopa list).",
        autocompletion=complete_scenario,
        show_default=False,
    ),
]
RedLineReading = Annotated[
    Reading,
    typer.Option(
        "--red-lines",
        help="Which red lines bind: none, those stated in public, or implied ones as well.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change the scenario for this run only, such as parties.us.consent=required; "
        "null takes a field out. Repeatable.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Figures = Annotated[
    Path | None,
    typer.Option(
        "--figures",
        metavar="FOLDER",
        parser=folder_to_fill,
        help="Draw the answer as well: pictures as SVG and PNG into this folder.",
        show_default=False,
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Seed of the draws: the same seed, the same bytes.")
]

ZoneDraws = Annotated[
    int,
    typer.Option(
        "--draws", min=0, max=1_000_000, help="Ask in so many draws whether a zone exists."
    ),
]
ZoneTimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        min=0.01,
        help="Seconds for each part of the answer.",
        show_default="5, and 60 for the draws",
    ),
]


def names(text: str | None) -> list[str] | None:
    """Split a list such as ``us28,e3_28``; ``None`` stays ``None``.

    Raises
    ------
    InputError
        If nothing is named.
    """
    if text is None:
        return None
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        from sim.errors import InputError  # noqa: PLC0415

        raise InputError(f"'{text}' names nothing: leave the option out, or write names as in A,B")
    return found
