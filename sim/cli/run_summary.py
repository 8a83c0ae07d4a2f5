"""What `zopa run` says at the end: the findings, what failed, and where everything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from sim.comparison import Comparison
    from sim.experiment import Finished
    from sim.experiment.job import Failure
    from sim.experiment.prepared import Prepared
    from sim.report.results_folder import Published

SHOWN = 3
"""Failures of one run that are told one by one."""

IN_FULL = 4
"""Of so many cases each has its table on the screen; of more, each its findings."""


def show_findings(title: str, published: Published) -> None:
    """Print what all cases say together, then each case that is shown by itself.

    Parameters
    ----------
    title
        Of the experiment.
    published
        What was found.
    """
    from sim.cli.screen import CONDITION, answers, bold, bullets, note  # noqa: PLC0415

    if published.together:
        answers.print(bold(title))
        answers.print(bullets(published.together))
        answers.print(note(CONDITION))
        answers.print()
    for done in published.finished:
        show_case(done, in_full=len(published.finished) <= IN_FULL)


def show_failures(failures: Sequence[Failure], prepared: Prepared, again: str) -> None:
    """Say how many cases failed, why, and how to try them once more.

    Parameters
    ----------
    failures, prepared
        The cases that failed, and the experiment.
    again
        The command that tries them again.
    """
    from rich.markup import escape  # noqa: PLC0415

    from sim.cli.screen import answers, bullets  # noqa: PLC0415

    if not failures:
        return
    left_out = "is" if len(failures) == 1 else "are"
    said = f"{len(failures):,} of {prepared.design.n_cases:,} cases failed and {left_out} left out:"
    answers.print(f"[bold dark_orange3]{said}[/bold dark_orange3]")
    answers.print(bullets(reasons(failures, prepared)))
    answers.print("The table failures has every one of them. To try them again:")
    answers.print(f"  {escape(again)}\n", soft_wrap=True)


def reasons(failures: Sequence[Failure], prepared: Prepared) -> list[str]:
    """Say of a few failures, each for another reason, which case it was and why."""
    told = {failure.message: failure for failure in reversed(failures)}
    first = sorted(told.values(), key=lambda failure: failure.case)[:SHOWN]
    return [f"case {f.case} ({prepared.case(f.case).label}): {f.message}" for f in first]


def show_case(done: Finished, *, in_full: bool = True) -> None:
    """Print one case as a page: who accepts which version and why not, then the findings."""
    from sim.cli.screen import answers, bold, bullets, note  # noqa: PLC0415
    from sim.findings.comparison import acceptance_finding  # noqa: PLC0415
    from sim.findings.settlement import (  # noqa: PLC0415
        clash_in_words,
        frontier_finding,
        zone_finding,
    )
    from sim.findings.sizes import chance_in_words  # noqa: PLC0415

    if len(done.heading) < answers.width - 2:
        answers.rule(bold(done.heading), align="left", style="dim")
    else:
        answers.print(bold(done.heading))
    if done.comparison is not None:
        if in_full:
            answers.print(summary_table(done.comparison), end="\n\n")
        answers.print(bold(acceptance_finding(done.comparison)))
    if done.settlement is not None:
        answers.print(bold(zone_finding(done.settlement)))
        if done.settlement.clash:
            answers.print(bullets(clash_in_words(done.settlement)))
        if done.settlement.chance:
            answers.print(chance_in_words(done.settlement.chance))
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
    reasons += ["breaks a constraint"] if verdict.broken else []
    return f"[dark_orange3]refuses[/dark_orange3]\n[dim]{', '.join(reasons)}[/dim]"
