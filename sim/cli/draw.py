"""`zopa draw`: pictures of results that are there already, without computing anything again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import AsJson, folder_to_fill
from sim.cli.results import ResultsFolder

if TYPE_CHECKING:
    from sim.formats.results import Results
    from sim.report.pictures import Drawn
    from sim.report.study_pictures import Possible


def complete_picture(incomplete: str) -> list[str]:
    """Offer the names of the pictures that results can have."""
    from sim.report.study_pictures import study_pictures  # noqa: PLC0415

    return [name for name in study_pictures() if name.startswith(incomplete)]


def draw(
    results: ResultsFolder,
    pictures: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PICTURE]...",
            help="Which pictures; all that these results have something for if left out.",
            autocompletion=complete_picture,
            show_default=False,
        ),
    ] = None,
    *,
    outcome: Annotated[
        str | None,
        typer.Option(
            "--outcome", help="A column of the table of outcomes to show.", show_default=False
        ),
    ] = None,
    party: Annotated[
        str | None,
        typer.Option(
            "--party", help="A party, or `all`: those whose consent is needed.", show_default=False
        ),
    ] = None,
    x: Annotated[
        str | None,
        typer.Option(
            "--x", metavar="PATH", help="What varies from left to right.", show_default=False
        ),
    ] = None,
    y: Annotated[
        str | None,
        typer.Option("--y", metavar="PATH", help="What varies upwards.", show_default=False),
    ] = None,
    box: Annotated[
        int | None,
        typer.Option("--box", min=0, help="Which box of several, from 0.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            parser=folder_to_fill,
            show_default="RESULTS/figures",
            help="Where the pictures go, as SVG and PNG.",
        ),
    ] = None,
    only_list: Annotated[
        bool, typer.Option("--list", help="Say what can be drawn, and what the rest needs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Draw pictures of results, without computing anything again.

    Every picture is made from the tables of a run, with its finding as its title. Those of single
    cases are drawn by `zopa compare`, `solve` and `zone` with --figures.
    """
    from sim.formats.results import read_results  # noqa: PLC0415
    from sim.report.study_pictures import (  # noqa: PLC0415
        draw_study,
        figures_for,
        possible_pictures,
        record_figures,
    )

    asked = {"outcome": outcome, "party": party, "x": x, "y": y, "box": box}
    options: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    found = read_results(results)
    study = found.study()
    if only_list:
        _say_possible(possible_pictures(study, options), as_json=as_json)
        return
    folder = _folder(found, results, output)
    recorded = found.provenance.get("figures", [])
    drawn = draw_study(figures_for(pictures or [], options, study), study, folder, recorded)
    if folder.resolve() == _own_folder(found).resolve():
        record_figures(found, drawn)
    _say(found, drawn, folder, as_json=as_json)
    if not pictures and not as_json:
        _say_missing(possible_pictures(study, options))


def _own_folder(found: Results) -> Path:
    from sim.report.study_pictures import FIGURES  # noqa: PLC0415

    return found.folder / FIGURES


def _folder(found: Results, results: str, output: Path | None) -> Path:
    """Return where the pictures go.

    Raises
    ------
    InputError
        If the results are in an archive, and no folder is named.
    """
    from sim.errors import InputError  # noqa: PLC0415
    from sim.formats.archives import is_archive  # noqa: PLC0415
    from sim.formats.results import find_results  # noqa: PLC0415

    if output is not None:
        return output
    if is_archive(find_results(results)):
        raise InputError(f"{results}: an archive takes no pictures; name a folder with -o FOLDER")
    return _own_folder(found)


def _say(found: Results, drawn: list[Drawn], folder: Path, *, as_json: bool) -> None:
    """Print what was drawn, and what each picture found."""
    from rich.markup import escape  # noqa: PLC0415

    from sim.cli.screen import answers, bold, print_json  # noqa: PLC0415

    told = [{**vars(one), "file": str(folder / Path(one.file).name)} for one in drawn]
    if as_json:
        print_json({"results": found.name, "folder": str(folder), "figures": told})
        return
    for one in told:
        answers.print(f"{bold(one['picture'])}: {escape(one['title'])}", soft_wrap=True)
        answers.print(f"  {one['file']}", soft_wrap=True, markup=False)


def _say_missing(possible: list[Possible]) -> None:
    """Name the pictures for which there is nothing to show."""
    from sim.cli.screen import answers, note  # noqa: PLC0415
    from sim.words import listed  # noqa: PLC0415

    missing = [one.name for one in possible if one.missing]
    if missing:
        answers.print(note(f"Not drawn: {listed(missing)}; --list says why."), soft_wrap=True)


def _say_possible(possible: list[Possible], *, as_json: bool) -> None:
    """Print every picture: what it would show, or what it needs, and what it can be told."""
    from sim.cli.screen import answers, bold, dim, note, print_json  # noqa: PLC0415

    if as_json:
        print_json({"pictures": [vars(one) for one in possible]})
        return
    for one in possible:
        takes = " ".join(f"--{option}" for option in one.options)
        answers.print(f"{bold(one.name)}  {dim(takes)}")
        if one.missing:
            answers.print(note(f"  needs: {one.missing}"), soft_wrap=True)
        else:
            answers.print(f"  {one.finding}", soft_wrap=True, markup=False)
