"""`zopa run`: an experiment, into a results folder that appears whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress
    from rich.table import Table

    from sim.comparison import Comparison
    from sim.experiment import Experiment, Finished


def complete_experiment(incomplete: str) -> list[str]:
    """Offer the experiments that come with zopa."""
    from sim.formats.experiments import shipped_experiments  # noqa: PLC0415

    return [name for name in shipped_experiments() if name.startswith(incomplete)]


def run(
    experiment: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT",
            help="An experiment file, or the name of one that comes with zopa.",
            autocompletion=complete_experiment,
            show_default=False,
        ),
    ],
    *,
    into: Annotated[
        Path, typer.Option("--into", help="The folder in which the results folder is made.")
    ] = Path("results"),
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Draw the pictures.")
    ] = True,
) -> None:
    """Run an experiment: tables, pictures and a report, into results/NAME/.

    The previous results stay in place until the new ones are complete.
    """
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    from sim.cli.screen import answers, bold, progress  # noqa: PLC0415
    from sim.formats.experiments import read_cases, read_experiment  # noqa: PLC0415
    from sim.formats.folders import replacing  # noqa: PLC0415
    from sim.formats.results import write_results  # noqa: PLC0415
    from sim.plots import PICTURES  # noqa: PLC0415

    plan, path = read_experiment(experiment, PICTURES)
    name = path.stem
    cases = read_cases(plan, path)
    columns = (TextColumn("{task.description:34}"), BarColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=progress) as bar,
        replacing(into / name, mark="run.json") as draft,
    ):
        finished = _compute(plan, cases, bar)
        pictures = _draw(plan, finished, draft, bar) if figures else {}
        step = bar.add_task("writing tables and report", total=1)
        write_results(plan, finished, _report(plan, finished, pictures), draft)
        bar.advance(step)
    for done in finished:
        _summary(done)
    answers.print(
        f"Everything is in {bold(str(into / name))}; begin with report.md.", soft_wrap=True
    )


def _compute(plan: Experiment, cases: Sequence[tuple], bar: Progress) -> list[Finished]:  # type: ignore[type-arg]
    from sim.experiment import run_case  # noqa: PLC0415

    step = bar.add_task("computing", total=len(cases))
    finished = []
    for case, scenario in cases:
        bar.update(step, description=case.label[:34])
        finished.append(run_case(plan, case, scenario))
        bar.advance(step)
    bar.update(step, description="computed")
    return finished


def _draw(
    plan: Experiment, finished: Sequence[Finished], draft: Path, bar: Progress
) -> dict[int, list[tuple[str, str, str]]]:
    """Draw the pictures that the experiment names for every case that has them."""
    from sim.report.pictures import draw_case  # noqa: PLC0415

    folder = draft / "figures"
    folder.mkdir()
    step = bar.add_task("drawing", total=len(finished))
    drawn = {}
    for done in finished:
        drawn[done.case.number] = draw_case(plan.figures, done, folder)
        bar.advance(step)
    return drawn


def _report(
    plan: Experiment, finished: Sequence[Finished], pictures: dict[int, list[tuple[str, str, str]]]
) -> str:
    from sim.report import experiment_report  # noqa: PLC0415

    return experiment_report(plan, finished, pictures)


def _summary(done: Finished) -> None:
    """Print one case as a page: who accepts which version and why not, then the findings."""
    from sim.cli.screen import answers, bold, bullets, note  # noqa: PLC0415
    from sim.findings.comparison import acceptance_finding  # noqa: PLC0415
    from sim.findings.settlement import (  # noqa: PLC0415
        clash_in_words,
        frontier_finding,
        zone_finding,
    )
    from sim.findings.sizes import chance_in_words  # noqa: PLC0415
    from sim.words import capital  # noqa: PLC0415

    answers.rule(bold(capital(done.case.label)), align="left", style="dim")
    if done.comparison is not None:
        answers.print(summary_table(done.comparison))
        answers.print("\n" + bold(acceptance_finding(done.comparison)))
    if done.settlement is not None:
        answers.print(bold(zone_finding(done.settlement)))
        if done.settlement.clash:
            answers.print(bullets(clash_in_words(done.settlement)))
        answers.print(chance_in_words(done.settlement.chance))
        if done.settlement.chance:
            answers.print(
                note(
                    "At the centre every red line holds; in a draw each holds with its own chance."
                )
            )
        if not done.settlement.clash:
            answers.print(frontier_finding(done.settlement))
    answers.print()


def summary_table(comparison: Comparison) -> Table:
    """Lay out plan versions against parties in words: accepts or refuses, and why."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers, bold, dim  # noqa: PLC0415
    from sim.words import percent  # noqa: PLC0415

    scenario, structure = comparison.scenario, comparison.structure
    titles = " ".join(scenario.plans[plan].title for plan in comparison.plans)
    first = min(max(map(len, titles.split())), 24)
    room = (answers.width - first - 8) // len(comparison.parties) - 1
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 1, 0))
    table.add_column("plan version", min_width=first, overflow="fold")
    for party, needed in zip(comparison.parties, structure.required, strict=True):
        name = escape(scenario.parties[party].name)
        table.add_column(name if needed else f"({name})", max_width=max(room, 7))
    table.add_column("all", justify="right", no_wrap=True)
    for k, plan in enumerate(comparison.plans):
        row = [f"{bold(plan)}\n{dim(scenario.plans[plan].title)}"]
        row += [_stance(comparison, k, column) for column in range(len(comparison.parties))]
        table.add_row(*row, percent(comparison.probability_all[k]))
    return table


def _stance(comparison: Comparison, k: int, column: int) -> str:
    """Say in a few words whether a party accepts, and how surely or why not."""
    from sim.words import counted, percent  # noqa: PLC0415

    verdict = comparison.verdicts[k]
    chance = percent(comparison.probability[k, column])
    if verdict.accepts[column]:
        return f"[bold blue]accepts[/bold blue]\n[dim]{chance} of draws[/dim]"
    said, quiet = len(verdict.crossed[column]), len(verdict.crossed_by_silence[column])
    reasons = ["too little"] if verdict.surplus[column] < 0 else []
    reasons += [counted(said, "red line")] if said else []
    reasons += [f"{quiet} by silence" if said else f"{counted(quiet, 'red line')} by silence"] * (
        quiet > 0
    )
    reasons += ["breaks logic"] if verdict.broken else []
    return f"[dark_orange3]refuses[/dark_orange3]\n[dim]{', '.join(reasons)}[/dim]"
