"""`zopa results …`: what runs left behind, as tables, answers to questions, and files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

    from sim.formats.results import Results
    from sim.formats.run_list import Entry

SHOWN = 40
"""Rows of an answer that are printed; all are in `--csv`, `--json` and `-o`."""

FIRST = 3
"""Rows of a table that are shown beside its columns."""

WIDEST = 40
"""Characters of a cell."""


def complete_results(incomplete: str) -> list[str]:
    """Offer the names of the results in this place."""
    from sim.formats.shelf import RESULTS, RUN  # noqa: PLC0415

    names = (path.parent.name for path in sorted(RESULTS.glob(f"*/{RUN}")))
    return [name for name in names if name.startswith(incomplete)]


ResultsFolder = Annotated[
    str,
    typer.Argument(
        metavar="RESULTS",
        help="A results folder, an archive of one (.zip), or a name in ./results.",
        autocompletion=complete_results,
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over what stands there.")]


def list_results(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where the results folders stand.")
    ] = Path("results"),
    *,
    as_json: AsJson = False,
) -> None:
    """List results: how many cases, how many failed, when, how large; and runs not at their end.

    A run that was broken off is shown with the command that goes on with it.
    """
    from dataclasses import asdict  # noqa: PLC0415

    from sim.cli.screen import answers, note, print_json  # noqa: PLC0415
    from sim.formats.run_list import list_runs  # noqa: PLC0415

    entries = list_runs(folder)
    if as_json:
        print_json({"folder": str(folder), "results": [asdict(entry) for entry in entries]})
        return
    if not entries:
        answers.print(note(f"No results in {folder}: `zopa run EXPERIMENT` makes some."))
        return
    answers.print(_list_table(entries))
    for entry in entries:
        if entry.next is not None:
            answers.print(note(f"{entry.name}: {entry.next}"), soft_wrap=True)


def _list_table(entries: list[Entry]) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import bold  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("name", overflow="fold")
    table.add_column("title")
    for head in ("cases", "failed"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("when", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    for entry in entries:
        cases = "" if entry.cases is None else f"{entry.cases:,}"
        when = (entry.finished or "")[:16].replace("T", " ")
        if entry.state != "done":
            cases = "" if entry.done is None else f"{entry.done:,} of {cases}"
            when = f"[bold]{entry.state}[/bold]"
        failed = f"{entry.failed:,}" if entry.failed else ""
        size = f"{entry.size / 1e6:,.1f} MB"
        table.add_row(bold(entry.name), escape(entry.title or ""), cases, failed, when, size)
    return table


def tables(
    results: ResultsFolder,
    table: Annotated[
        str | None, typer.Argument(help="A table; all of them if left out.", show_default=False)
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say which tables there are and what a row is; of one table, what its columns mean.

    Beside each column stand its first values; a dash is a missing one.
    """
    from sim.cli.screen import answers, bold, print_json  # noqa: PLC0415
    from sim.formats.results import read_results  # noqa: PLC0415
    from sim.words import counted  # noqa: PLC0415

    found = read_results(results)
    if as_json:
        named = found.tables if table is None else (table,)
        print_json({"name": found.name, "tables": {n: _table_json(found, n) for n in named}})
        return
    if table is None:
        answers.print(bold(found.record.title or found.name))
        answers.print(_tables_table(found))
        return
    recorded = found.recorded(table)
    answers.print(f"{bold(table)}  {recorded.about} {counted(recorded.rows, 'row')}.")
    answers.print(_columns_table(found, table))


def _table_json(results: Results, table: str) -> dict[str, Any]:
    recorded = results.recorded(table)
    columns = {name: column.model_dump() for name, column in recorded.columns.items()}
    return {"about": recorded.about, "rows": recorded.rows, "columns": columns}


def _tables_table(results: Results) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import bold  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("table", no_wrap=True)
    for head in ("rows", "columns"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("a row is")
    for name in results.tables:
        recorded = results.recorded(name)
        row = f"{recorded.rows:,}", f"{len(recorded.columns):,}", escape(recorded.about)
        table.add_row(bold(name), *row)
    return table


def _columns_table(results: Results, name: str) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import bold, dim  # noqa: PLC0415
    from sim.formats.frames import rows_of  # noqa: PLC0415

    first = list(rows_of(results[name].head(FIRST)))
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("column, kind and meaning", overflow="fold")
    table.add_column("first rows", overflow="fold", max_width=WIDEST)
    for k, (column, recorded) in enumerate(results.recorded(name).columns.items()):
        values = ", ".join(_written(row[k]) for row in first)
        told = f"{bold(column)}  {recorded.kind}\n{dim(recorded.about)}"
        table.add_row(told, escape(values))
    return table


def query(
    results: ResultsFolder,
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL",
            help='One SELECT. Names with dots, and the word "case", stand in double quotes.',
            show_default=False,
        ),
    ],
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else.")] = False,
    as_json: AsJson = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write the answer to a .csv or .parquet file.",
            show_default=False,
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Answer a question in SQL from the tables of a run; DuckDB's dialect.

    Each table goes by its name. Single quotes keep the shell from touching the double ones:

    zopa results query NAME 'SELECT "case", "zone.exists" FROM outcomes LIMIT 5'

    Nothing can be written and no other file read by a query.
    """
    from sim.cli.screen import answers, bold, print_json  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415
    from sim.formats.export import write_frame  # noqa: PLC0415
    from sim.formats.frames import rows_of  # noqa: PLC0415
    from sim.formats.results import read_results  # noqa: PLC0415
    from sim.words import counted  # noqa: PLC0415

    if as_csv and as_json:
        raise InputError("--csv and --json: choose one")
    found = read_results(results).query(sql)
    if output is not None:
        write_frame(found, output, force=force)
        answers.print(f"{counted(len(found), 'row')} in {bold(str(output))}.", soft_wrap=True)
    elif as_csv:
        found.to_csv(sys.stdout, index=False, lineterminator="\n")
    elif as_json:
        names = list(found.columns)
        rows = [dict(zip(names, row, strict=True)) for row in rows_of(found)]
        print_json({"columns": names, "rows": rows})
    else:
        print_frame(found)


def print_frame(found: Any) -> None:
    """Print as much of a data frame as can be read, and say how to have the rest."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers, note  # noqa: PLC0415
    from sim.formats.frames import rows_of  # noqa: PLC0415
    from sim.words import counted  # noqa: PLC0415

    names = [str(name) for name in found.columns]
    cells = [[_written(cell) for cell in row] for row in rows_of(found.head(SHOWN))]
    widths = [
        min(max(map(len, (name, *column))), WIDEST)
        for name, *column in zip(names, *cells, strict=True)
    ]
    shown = _that_fit(widths, answers.width)
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for name, kind in zip(names[:shown], found.dtypes, strict=False):
        number = kind.kind in "if"
        table.add_column(escape(name), justify="right" if number else "left", overflow="fold")
    for row in cells:
        table.add_row(*map(escape, row[:shown]))
    answers.print(table)
    rest = [
        counted(len(found) - len(cells), "more row") if len(found) > len(cells) else "",
        counted(len(names) - shown, "more column") if shown < len(names) else "",
    ]
    if any(rest):
        left = " and ".join(filter(None, rest))
        answers.print(note(f"… {left}: -o FILE.csv or --csv has all of them"))
    elif found.empty:
        answers.print(note("no rows"))


def _that_fit(widths: list[int], room: int) -> int:
    """Count the columns that stand beside one another; at least one is shown."""
    used = 0
    for k, width in enumerate(widths):
        used += width + 2
        if used - 2 > room and k:
            return k
    return len(widths)


def _written(cell: object) -> str:
    """Write a cell so that it can be read.

    >>> _written(0.123456), _written(True), _written(None), _written(12)
    ('0.1235', 'yes', '–', '12')
    """
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def export(
    results: ResultsFolder,
    *,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE.zip|FOLDER",
            help="An archive of everything, or a folder for CSV files of all tables.",
            show_default=False,
        ),
    ],
    force: Force = False,
) -> None:
    """Write results for others: everything in one archive, or all tables as CSV.

    From the archive alone anyone can read the results, check them (`zopa verify FILE.zip`), and
    unpacked run the experiment again. The same results give the same archive. With the CSV files
    comes columns.csv, which says what every column means.
    """
    from sim.cli.screen import answers, bold  # noqa: PLC0415
    from sim.formats import export as exporting  # noqa: PLC0415
    from sim.formats.results import read_results  # noqa: PLC0415

    written = exporting.export(read_results(results), output, force=force)
    answers.print(f"Everything is in {bold(str(written))}.", soft_wrap=True)


RESULT_COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_results, "tables": tables, "query": query, "export": export,
}  # fmt: skip
