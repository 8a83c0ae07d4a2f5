"""`zopa schema`: the JSON Schema of scenario, experiment and game files, for editors."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.screen import print_json


def complete_kind(incomplete: str) -> list[str]:
    """Offer the kinds of files."""
    from sim.equilibria.game_files import GAMES  # noqa: PLC0415

    return [kind for kind in ("scenario", "experiment", *GAMES) if kind.startswith(incomplete)]


def schema(
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="Which kind of file: scenario, experiment, or a game such as division.",
            autocompletion=complete_kind,
        ),
    ] = "scenario",
) -> None:
    """Print the JSON Schema of files, for completion and checks in your editor.

    Save it (zopa schema > zopa.schema.json) and begin a file with the line

    # yaml-language-server: $schema=zopa.schema.json
    """
    from sim.equilibria.game_files import GAMES  # noqa: PLC0415
    from sim.errors import InputError, did_you_mean  # noqa: PLC0415
    from sim.formats.schema import (  # noqa: PLC0415
        experiment_schema,
        game_schema,
        scenario_schema,
    )
    from sim.plots import PICTURES  # noqa: PLC0415

    if kind == "scenario":
        print_json(scenario_schema())
    elif kind == "experiment":
        print_json(experiment_schema(PICTURES))
    elif kind in GAMES:
        print_json(game_schema(kind))
    else:
        guess = did_you_mean(kind, ["scenario", "experiment", *GAMES], "kinds")
        raise InputError(f"no kind of file is called '{kind}'{guess}")
