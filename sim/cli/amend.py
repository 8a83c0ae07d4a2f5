"""`zopa amend`: the smallest changes after which everyone accepts a plan; or what blocks them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    AsJson,
    Figures,
    Reading,
    RedLineReading,
    ScenarioFile,
    Seed,
    Settings,
    names,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.table import Table

    from sim.amendments import Amendments

SHOWN = 3
"""Up to so many amendments are all printed; of more, one."""


Plan = Annotated[
    str,
    typer.Option("--plan", metavar="PLAN", help="The plan version.", show_default=False),
]
MaxChanges = Annotated[
    int | None,
    typer.Option("--max-changes", min=0, help="Change so many issues at most."),
]
Costs = Annotated[
    list[str] | None,
    typer.Option(
        "--cost",
        metavar="ISSUE=X",
        help="What changing an issue costs, 1 if left out; repeatable. Then the cheapest "
        "amendments are found.",
        show_default=False,
    ),
]
Freeze = Annotated[
    str | None,
    typer.Option("--freeze", metavar="A,B", help="Issues that stay as they are scored."),
]
Unharmed = Annotated[
    str | None,
    typer.Option(
        "--unharmed", metavar="A,B", help="Parties that must get no less than from the plan."
    ),
]
CurveDraws = Annotated[
    int,
    typer.Option(
        "--draws",
        min=0,
        max=8192,
        help="Draws of what is uncertain on which to find the likeliest package for every "
        "number of changes; 0 leaves that out.",
    ),
]
TimeLimit = Annotated[
    float,
    typer.Option(
        "--time-limit", min=0.01, help="Seconds for the amendments, and for the likeliest ones."
    ),
]


def amend(
    file: ScenarioFile,
    *,
    plan: Plan,
    max_changes: MaxChanges = None,
    cost: Costs = None,
    freeze: Freeze = None,
    unharmed: Unharmed = None,
    draws: CurveDraws = 500,
    seed: Seed = 0,
    red_lines: RedLineReading = Reading.stated,
    settings: Settings = None,
    time_limit: TimeLimit = 5.0,
    figures: Figures = None,
    as_json: AsJson = False,
) -> None:
    """Find all smallest sets of changes that make a plan acceptable to everyone, or what blocks it.

    Changes are counted against the scored plan: in a range the first option listed unless one is
    picked; silence at the status quo. Where no amendment exists, the demands that clash are named.
    """
    from sim import amendments as amending  # noqa: PLC0415
    from sim.cli.screen import answering, print_json  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415
    from sim.formats.answers.amendments import amendments_json  # noqa: PLC0415

    if figures is not None and not draws:
        raise InputError("there is no picture without draws: ask for some with --draws")
    costs = _costs(cost or ())
    scenario = read_scenario(file, settings or ())
    with answering():
        with _on_stderr() as progress:
            found = amending.amend(
                scenario,
                plan,
                red_lines=red_lines.value,
                max_changes=max_changes,
                costs=costs,
                freeze=names(freeze) or (),
                unharmed=names(unharmed) or (),
                draws=draws,
                seed=seed,
                time_limit=time_limit,
                progress=progress,
            )
        if as_json:
            print_json(amendments_json(found))
        else:
            print_amendments(found)
        if figures is not None:
            _draw_into(figures, found)


def _costs(written: list[str] | tuple[str, ...]) -> dict[str, float]:
    """Read what each issue costs."""
    from sim.errors import InputError  # noqa: PLC0415

    costs, wrong = {}, []
    for text in written:
        issue, _, number = text.partition("=")
        try:
            costs[issue.strip()] = float(number)
        except ValueError:
            wrong.append(f"--cost {text}: write it as ISSUE=NUMBER, such as land=2")
    if wrong:
        raise InputError("\n".join(wrong))
    return costs


@contextmanager
def _on_stderr() -> Iterator[Callable[[int, float], None] | None]:
    """Show on standard error how far the curve has come, where somebody watches."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from sim.cli.screen import progress  # noqa: PLC0415
    from sim.words import percent  # noqa: PLC0415

    if not progress.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=progress, transient=True) as bar:
        step = bar.add_task("looking for amendments", total=None)
        yield lambda changes, share: bar.update(
            step, description=f"likeliest with {changes} changes: {percent(share)} of draws"
        )


def _draw_into(folder: Path, found: Amendments) -> None:
    """Draw the curve, as SVG and PNG."""
    from sim.cli.screen import progress  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415
    from sim.plots import caption, draw, save  # noqa: PLC0415

    words = caption("amendment_curve", found)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stem = folder / f"{found.plan.name}-amendment_curve"
        svg, _ = save(draw("amendment_curve", found), stem, alt=words.alt)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{error.filename or folder}: cannot draw here ({reason})") from error
    progress.print(f"{svg}: {words.title}", soft_wrap=True, markup=False)


def print_amendments(found: Amendments) -> None:
    """Print what has to change, what everybody gets, what blocks it, and the curve."""
    from sim.cli.screen import CONDITION, answers, bold, bullets, note  # noqa: PLC0415
    from sim.findings.amendments import (  # noqa: PLC0415
        alternatives_in_words,
        amendment_finding,
        blocked_finding,
        blocked_in_words,
        terms_in_words,
    )
    from sim.findings.conditions import READING_IN_WORDS  # noqa: PLC0415

    title = found.scenario.plans[found.plan.name].title
    answers.print(bold(f"{found.plan.name}  {title}"))
    reading = READING_IN_WORDS[found.red_lines]
    answers.print(note(f"{reading} · central reading · {CONDITION}"))
    if terms_in_words(found):
        answers.print(note(terms_in_words(found)))
    answers.print("\n" + bold(amendment_finding(found)))
    if found.found.cost is None and found.needed is None:
        answers.print(blocked_finding(found), markup=False)
        answers.print(bullets(blocked_in_words(found)))
    if len(found.found) > 1:
        answers.print(bullets(alternatives_in_words(found)))
    _print_changes(found)
    _print_curve(found)


def _print_changes(found: Amendments) -> None:
    """Print the amendments, or of many the one that is best for whoever is worst off."""
    from sim.cli.screen import answers, note  # noqa: PLC0415
    from sim.findings.amendments import example, reading_note  # noqa: PLC0415

    smallest = found.found
    few = len(smallest) <= SHOWN
    shown = list(range(len(smallest))) if few else [example(found)]
    shown = [place for place in shown if found.changed(smallest.choices[place])]
    for place in shown:
        head = f"\nAmendment {place + 1} of {len(smallest):,}"
        if len(smallest) < smallest.count:
            head += " listed"
        if not few:
            head += ", which leaves the worst-off signatory best placed"
        answers.print(head if len(smallest) > 1 else "\nThe amendment")
        answers.print(_changes_table(found, place))
    answers.print()
    answers.print(_parties_table(found, shown))
    beside = "beside each utility its distance from the threshold; (in brackets): advisory"
    answers.print(note(". ".join(filter(None, [beside, reading_note(found)]))))


def _print_curve(found: Amendments) -> None:
    """Print how surely everyone accepts after ever more changes, where draws were made."""
    from sim.cli.screen import answers, bold, note  # noqa: PLC0415
    from sim.findings.amendments import SIGNS, curve_finding, curve_note  # noqa: PLC0415

    if found.curve is None:
        return
    answers.print("\n" + bold(curve_finding(found)))
    if len(found.curve.steps) > 1:
        answers.print(_curve_table(found))
    answers.print(note(f"{SIGNS}. {curve_note(found)}"))


def _changes_table(found: Amendments, place: int) -> Table:
    """Lay out one amendment, a row for each issue that changes."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.findings.amendments import change_in_words  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in ("issue", "from", "to", ""):
        table.add_column(head, style="dim" if not head else "")
    outcome = found.found.choices[place]
    for issue in found.changed(outcome):
        title, before, after, kind = change_in_words(found, issue, outcome)
        mark = "" if kind == "changes" else kind
        table.add_row(escape(title), escape(before), f"[bold]{escape(after)}[/bold]", mark)
    return table


def _parties_table(found: Amendments, shown: list[int]) -> Table:
    """Lay out what each party gets before and after, beside what it insists on."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.words import name_of, plain, signed  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("utility")
    table.add_column("plan as scored", justify="right")
    for place in shown:
        table.add_column(f"amended {place + 1}" if len(shown) > 1 else "amended", justify="right")
    table.add_column("threshold", justify="right")
    after = [found.utility(found.found.choices[place]) for place in shown]
    for k, party in enumerate(found.parties):
        name = escape(name_of(found.scenario.parties[party].name))
        cells = []
        for worth in (found.before[k], *(utility[k] for utility in after)):
            surplus = worth - found.thresholds[k]
            style = "bold blue" if surplus >= -1e-9 else "dark_orange3"
            cells.append(f"{plain(worth, 3)} [{style}]{signed(surplus, 3):>7}[/]")
        needed = found.structure.required[k]
        table.add_row(name if needed else f"({name})", *cells, plain(found.thresholds[k], 3))
    return table


def _curve_table(found: Amendments) -> Table:
    """Lay out the curve: a row for each number of changes that gains something."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.findings.amendments import new_issues, proof_in_words, rising  # noqa: PLC0415
    from sim.words import percent  # noqa: PLC0415

    assert found.curve is not None  # asked before
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("changes", justify="right")
    table.add_column("accepted", justify="right")
    table.add_column("95 %", no_wrap=True)
    table.add_column("likeliest?", no_wrap=True)
    table.add_column("against the row above")
    before = None
    for step in rising(found.curve):
        low, high = step.interval
        table.add_row(
            f"{step.changes}",
            f"[bold]{percent(step.probability)}[/bold]",
            f"{100 * low:.1f}–{100 * high:.1f}",
            proof_in_words(step),
            "as scored" if before is None else escape("\n".join(new_issues(found, before, step))),
        )
        before = step
    return table
