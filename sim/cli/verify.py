"""`zopa verify`: whether results are what a run wrote, and what the same computation gives."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import AsJson
from sim.cli.results import ResultsFolder

if TYPE_CHECKING:
    from rich.table import Table

    from sim.formats.results import Results
    from sim.formats.verification import Verification

SHOWN = 20
"""Differences that are printed."""

DIFFERENT = 2


def verify(
    results: ResultsFolder,
    *,
    cases: Annotated[
        int, typer.Option("--cases", min=0, help="How many cases to compute again.")
    ] = 20,
    every: Annotated[bool, typer.Option("--all", help="Compute all cases again.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Chooses the cases.")] = 0,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes to compute in.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Check results: are the tables what the run wrote, and does computing give them again?

    Checksums of all tables, the inputs, a sample of cases bit for bit, all analyses, and the CSV
    copies. Where other versions are installed than computed them, numbers may differ by 1e-9.

    Exit code 0 if all agree, 2 if anything differs.
    """
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

    from sim.cli.screen import print_json, progress  # noqa: PLC0415
    from sim.experiment.workers import LocalPool  # noqa: PLC0415
    from sim.formats import verification as verifying  # noqa: PLC0415
    from sim.formats.results import read_results  # noqa: PLC0415

    found = read_results(results)
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} cases")
    with Progress(*columns, console=progress, transient=True) as bar:
        step = bar.add_task("computing again", total=None)
        checked = verifying.verify(
            found,
            cases=cases,
            every=every,
            seed=seed,
            pool=None if workers == 1 else LocalPool(workers),
            told=lambda done, total: bar.update(step, completed=done, total=total),
        )
    if as_json:
        print_json(_answer(found, checked))
    else:
        _say(found, checked)
    if not checked.agrees:
        raise typer.Exit(DIFFERENT)


def _answer(results: Results, checked: Verification) -> dict[str, Any]:
    """Say what was found for programs."""
    return {
        "results": results.name,
        "agrees": checked.agrees,
        "checks": [asdict(check) for check in checked.checks],
        "differences": [asdict(one) for one in checked.differences],
        "undecided": checked.undecided,
        "cases": list(checked.cases),
        "tolerance": checked.tolerance,
        "versions": list(checked.other),
    }


def _say(results: Results, checked: Verification) -> None:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers, bold, note  # noqa: PLC0415
    from sim.words import counted  # noqa: PLC0415

    answers.print(bold(results.record.title or results.name))
    for other in checked.other:
        answers.print(note(f"Another version than computed them: {other}."), soft_wrap=True)
    lines = Table.grid(padding=(0, 2, 0, 0))
    for check in checked.checks:
        mark = "[blue]✓[/blue]" if check.agrees else "[bold dark_orange3]✗[/bold dark_orange3]"
        lines.add_row(mark, check.what, escape(check.said))
    answers.print(lines)
    if checked.differences:
        answers.print()
        answers.print(_differences_table(checked))
        rest = len(checked.differences) - SHOWN
        if rest > 0:
            answers.print(note(f"… and {rest:,} more: --json lists them"))
    if checked.undecided:
        answers.print(
            note(
                f"{counted(checked.undecided, 'value')} put down to a search that ran into its "
                "time limit, then or now; such answers say themselves that they are not proven."
            )
        )
    if checked.agrees:
        answers.print(bold("Everything that was checked agrees."))
    else:
        answers.print(bold("These are not the results of this experiment as it stands here."))
        if len(checked.cases) < results.record.cases:
            answers.print(note("`--all` computes every case again, to find all that differs."))


def _differences_table(checked: Verification) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("table", "case", "row", "column", "stored", "computed again"):
        table.add_column(head, overflow="fold")
    for one in checked.differences[:SHOWN]:
        cells = one.table, one.case, one.row, one.column, one.stored, one.recomputed
        table.add_row(*(escape("–" if cell is None else str(cell)) for cell in cells))
    return table
