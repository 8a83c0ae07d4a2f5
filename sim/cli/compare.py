"""`zopa compare`: plan versions against acceptability thresholds, under uncertainty."""

from __future__ import annotations

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

WIDE = 96
"""Columns of a terminal from which on a cell of the table fits on one line."""

NARROW = 76
"""Columns below which the table of differences leaves out the issues."""

if TYPE_CHECKING:
    from rich.table import Table

    from sim.comparison import Comparison


def compare(
    file: ScenarioFile,
    *,
    plans: Annotated[
        str | None,
        typer.Option(
            "--plans", metavar="A,B", help="Plan versions, in this order; all if left out."
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", min=1, max=10_000_000, help="Draws of what is uncertain.")
    ] = 10_000,
    seed: Seed = 0,
    red_lines: RedLineReading = Reading.stated,
    settings: Settings = None,
    figures: Figures = None,
    as_json: AsJson = False,
) -> None:
    """Compare plan versions: who accepts which, by how much, how surely, and what breaks it.

    A party accepts what gives it at least its threshold and crosses none of its red lines.
    Silence is scored: an issue that a plan does not mention stays at the status quo.
    """
    from sim import comparison as comparing  # noqa: PLC0415
    from sim.cli.screen import print_json  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415
    from sim.formats.answers.comparison import comparison_json  # noqa: PLC0415

    scenario = read_scenario(file, settings or ())
    comparison = comparing.compare(
        scenario, plans=names(plans), draws=draws, seed=seed, red_lines=red_lines.value
    )
    if as_json:
        print_json(comparison_json(comparison))
    else:
        print_comparison(comparison)
    if figures is not None:
        from sim.cli.pictures import draw_into  # noqa: PLC0415

        draw_into(figures, comparison=comparison)


def print_comparison(comparison: Comparison) -> None:
    """Print a comparison as a table, the finding, and what breaks each plan."""
    from sim.cli.screen import CONDITION, answers, bold, note  # noqa: PLC0415
    from sim.findings.comparison import acceptance_finding  # noqa: PLC0415
    from sim.findings.conditions import READING_IN_WORDS  # noqa: PLC0415

    scenario = comparison.scenario
    answers.print(bold(scenario.title))
    answers.print(
        note(
            f"{READING_IN_WORDS[comparison.red_lines]} · {comparison.drawn.n_draws:,} draws, seed "
            f"{comparison.seed} · {CONDITION}"
        )
    )
    answers.print()
    answers.print(comparison_table(comparison))
    answers.print(
        note(
            "surplus over the threshold at the central reading, then the chance of acceptance; "
            "✗n: n own red lines crossed, s: by silence; † breaks a constraint; "
            "(in brackets): advisory"
        )
    )
    answers.print()
    answers.print(bold(acceptance_finding(comparison)))
    for k in range(len(comparison.plans)):
        answers.print(breakdown(comparison, k))
    if len(comparison.plans) == 2:
        answers.print(step(comparison))
        answers.print(note("mean over the draws, the same for both, with its 95 % interval"))


def step(comparison: Comparison) -> Table:
    """Lay out what changes from the first of two plan versions to the second, and for whom."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers  # noqa: PLC0415
    from sim.words import percent, signed  # noqa: PLC0415

    (pair,) = comparison.differences
    first, second = comparison.plans
    roomy = answers.width >= NARROW
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("", "utility", "95 %", "better", "worse"):
        table.add_column(head, no_wrap=head != "", overflow="fold")
    if roomy:
        table.add_column("through")
    table.title = f"\n[bold]From {first} to {second}[/bold]"
    table.title_justify, table.title_style = "left", ""
    before, after = comparison.contributions
    moves = after.adds - before.adds
    for p, party in enumerate(comparison.parties):
        largest = sorted(range(len(moves)), key=lambda row: -abs(moves[row, p]))[:3]
        through = [
            f"{after.terms[row]} {signed(moves[row, p])}" for row in largest if moves[row, p]
        ]
        low, high = (signed(end, 3) for end in pair.interval[:, p])
        table.add_row(
            escape(comparison.scenario.parties[party].name),
            f"[bold]{signed(pair.utility[p], 3)}[/bold]",
            f"{low} to {high}",
            percent(pair.better[p]),
            percent(pair.worse[p]),
            *([", ".join(through)] if roomy else []),
        )
    low, high = (signed(100 * end, 1) for end in pair.joint_interval)
    joint = f"[bold]{signed(100 * pair.joint, 1)} pp[/bold]"
    table.add_row("all accept", joint, f"{low} to {high}")
    return table


def breakdown(comparison: Comparison, k: int) -> Table:
    """Lay out what breaks one plan version: a line for each signatory that refuses."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import bold, dim  # noqa: PLC0415
    from sim.findings.comparison import broken_constraints, refusal  # noqa: PLC0415

    scenario, plan = comparison.scenario, comparison.plans[k]
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.title = f"\n{bold(plan)}  {escape(scenario.plans[plan].title)}"
    lines.title_justify, lines.title_style = "left", ""
    blockers = comparison.blockers(k)
    for column in blockers:
        name = scenario.parties[comparison.parties[column]].name
        lines.add_row(f"  {escape(name)}", escape(refusal(comparison, k, column)))
    broken = broken_constraints(comparison, k)
    if broken:
        lines.add_row("  [dim]logic[/dim]", dim(broken))
    if not blockers:
        lines.add_row("  [blue]accepted[/blue]", "by everyone whose consent is required")
    elif comparison.verdicts[k].completable:
        lines.add_row("  [blue]open[/blue]", "some way of settling it is acceptable to all")
    return lines


def comparison_table(comparison: Comparison) -> Table:
    """Lay plan versions against parties: surplus, marks, chance."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers  # noqa: PLC0415
    from sim.words import percent, signed  # noqa: PLC0415

    structure, scenario = comparison.structure, comparison.scenario
    gap = " " if answers.width >= WIDE else "\n"
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("plan", no_wrap=True)
    for name, needed in zip(comparison.parties, structure.required, strict=True):
        title = escape(scenario.parties[name].name)
        table.add_column(title if needed else f"({title})", justify="right")
    table.add_column("all", justify="right", style="bold")
    for k, plan in enumerate(comparison.plans):
        verdict = comparison.verdicts[k]
        row = [plan + ("†" if verdict.broken else "")]
        for p in range(len(comparison.parties)):
            n, quiet = len(verdict.crossed[p]), len(verdict.crossed_by_silence[p])
            marks = (f" ✗{n}" if n else "") + (f" s{quiet}" if quiet else "")
            style = "bold blue" if verdict.accepts[p] else "dark_orange3"
            chance = percent(comparison.probability[k, p])
            surplus = signed(verdict.surplus[p])
            row.append(f"[{style}]{surplus}{marks}[/]{gap}[dim]{chance:>6}[/]")
        row.append(percent(comparison.probability_all[k]))
        table.add_row(*row)
    return table
