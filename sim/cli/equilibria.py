"""`zopa equilibria`: what models of bargaining predict, side by side or one alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import (
    AsJson,
    Figures,
    Reading,
    RedLineReading,
    ScenarioFile,
    Seed,
    Settings,
    complete_model,
    names,
)

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from sim.equilibria.prediction import Prediction
    from sim.equilibria.side_by_side import Told

ACROSS = 6
"""Parties beside each other in the last table; more stand below each other."""


def equilibria(
    file: ScenarioFile,
    *,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="NAME",
            help="A model, such as alternating_offers; repeatable. All of them if left out "
            "(see: zopa list models).",
            autocompletion=complete_model,
            show_default=False,
        ),
    ] = None,
    parties: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="The players, in order; the signatories if left out.",
            show_default=False,
        ),
    ] = None,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.01, help="Seconds for each search.")
    ] = 5.0,
    draws: Annotated[
        int,
        typer.Option("--draws", min=1, max=100_000, help="Draws of what the players do not know."),
    ] = 1000,
    seed: Seed = 0,
    red_lines: RedLineReading = Reading.stated,
    settings: Settings = None,
    figures: Figures = None,
    as_json: AsJson = False,
) -> None:
    """Ask what equilibrium analysis predicts: offers over time, ultimatums, war, ratification.

    FILE is a scenario, or a small file that holds one game: a graph model, a bimatrix, a
    coalition game, a division (zopa list games). Every model states its assumptions, what it
    predicts and on what that hinges; none of it is a forecast.
    """
    from sim.cli.screen import answering  # noqa: PLC0415
    from sim.formats.games import find_game  # noqa: PLC0415

    game = find_game(file)
    with answering():
        if game is not None:
            title, found = _ask_game(*game, model, {"--set": settings, "--parties": parties})
            asked: dict[str, Any] = {"game": title}
        else:
            from sim.equilibria.side_by_side import predict  # noqa: PLC0415
            from sim.formats import read_scenario  # noqa: PLC0415

            scenario = read_scenario(file, settings or ())
            with _telling() as told:
                found = predict(
                    scenario, model, parties=names(parties), red_lines=red_lines.value,
                    draws=draws, seed=seed, time_limit=time_limit, told=told,
                )  # fmt: skip
            title = scenario.title
            asked = {"scenario": title, "red_lines_binding": red_lines.value}
            asked |= {"draws": draws, "seed": seed}
        _tell(title, found, asked, as_json=as_json)
        if figures is not None:
            from sim.cli.pictures import draw_predictions_into  # noqa: PLC0415

            draw_predictions_into(figures, found)


def _ask_game(
    path: Path, kind: str, model: list[str] | None, scenarios_only: dict[str, object]
) -> tuple[str, dict[str, Prediction]]:
    """Read a game and ask the models of its kind."""
    from sim.equilibria.game_files import GAMES  # noqa: PLC0415
    from sim.equilibria.side_by_side import predict_game  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415
    from sim.formats.games import read_game  # noqa: PLC0415

    given = [option for option, value in scenarios_only.items() if value]
    if given:
        raise InputError(
            f"{' and '.join(given)}: for scenarios only; copy this game's file and change the copy"
        )
    game = read_game(path, kind)
    with _telling() as told:
        found = predict_game(GAMES[kind], game, model, told=told)
    return str(getattr(game, "title", path.stem)), found


@contextmanager
def _telling() -> Iterator[Told]:
    """Show on standard error which model is at work."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from sim.cli.screen import progress  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=progress, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda name: bar.update(task, description=name.replace("_", " "))


def _tell(
    title: str, found: Mapping[str, Prediction], asked: dict[str, Any], *, as_json: bool
) -> None:
    """Print the predictions, for people or for programs."""
    if as_json:
        from sim.cli.screen import print_json  # noqa: PLC0415
        from sim.formats.answers.equilibria import equilibria_json  # noqa: PLC0415

        print_json(equilibria_json(found, **asked))
        return
    from sim.cli.screen import CONDITION, answers, bold, note  # noqa: PLC0415
    from sim.findings.conditions import READING_IN_WORDS  # noqa: PLC0415

    answers.print(bold(title))
    reading = READING_IN_WORDS.get(asked.get("red_lines_binding", ""), "")
    answers.print(note(" · ".join([*([reading, "central reading"] if reading else []), CONDITION])))
    for prediction in found.values():
        print_prediction(prediction)
    beside = side_by_side(list(found.values()))
    if beside is not None:
        answers.print("\n" + bold("Side by side: what each model gives the parties"))
        answers.print(beside)
        answers.print(note("Models assume different things: no average of them means anything."))


def print_prediction(found: Prediction) -> None:
    """Print one prediction: what is assumed, what follows, and on what it hinges."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from sim.cli.screen import answers, bold, bullets, note  # noqa: PLC0415
    from sim.findings.predictions import ended, hinge_in_words, proof_of, sentence  # noqa: PLC0415

    answers.print("\n" + bold(found.title) + f"  [dim]{escape(found.model)}[/dim]")
    if found.assumptions:
        answers.print(Padding(note(f"Assumes: {sentence(found.assumptions)}"), (0, 0, 0, 2)))
    if found.not_computed is not None:
        answers.print(
            Padding(Text(f"Not computed, because {ended(found.not_computed)}"), (0, 0, 0, 2))
        )
        return
    answers.print(Padding(Text(found.says), (0, 0, 0, 2)))
    if found.utilities:
        answers.print(Padding(_utilities(found), (0, 0, 0, 2)))
    if found.table:
        answers.print(Padding(_table(found.table), (0, 0, 0, 2)))
    if found.hinges:
        answers.print("  It hinges on")
        answers.print(Padding(bullets(map(hinge_in_words, found.hinges)), (0, 0, 0, 2)))
    if proof_of(found):
        answers.print(Padding(note(proof_of(found)), (0, 0, 0, 2)))


def _utilities(found: Prediction) -> Text:
    """Say in a row what each party gets."""
    from rich.text import Text  # noqa: PLC0415

    from sim.words import plain  # noqa: PLC0415

    values = found.utilities or {}
    cells = [f"{found.name(party)} {plain(value)}" for party, value in values.items()]
    return Text.assemble(("Utility: ", "dim"), ", ".join(cells))


def _table(rows: tuple[tuple[str, ...], ...]) -> Table:
    """Set the rows of a prediction as a table; the first one heads it."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in rows[0]:
        table.add_column(escape(heading))
    for row in rows[1:]:
        table.add_row(*map(escape, row))
    return table


def side_by_side(found: list[Prediction]) -> Table | None:
    """Set the utilities that models give the same parties beside each other."""
    told = [prediction for prediction in found if prediction.utilities]
    if len(told) < 2:
        return None
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.words import plain  # noqa: PLC0415

    parties = dict.fromkeys(party for one in told for party in (one.utilities or {}))
    cells = [
        [one.title, *(plain(v) if (v := (one.utilities or {}).get(p)) is not None else "–"
                      for p in parties)]
        for one in told
    ]  # fmt: skip
    rows = [["Model", *map(told[0].name, parties)], *cells]
    if len(parties) > ACROSS:
        rows = [list(row) for row in zip(*rows, strict=True)]
        rows[0][0] = "Party"
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for k, heading in enumerate(rows[0]):
        table.add_column(escape(heading), justify="right" if k else "left")
    for row in rows[1:]:
        table.add_row(*map(escape, row))
    return table
