"""`zopa show`: what is in a scenario."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import ScenarioFile, Settings


def show(
    file: ScenarioFile,
    *,
    plan: Annotated[
        str | None, typer.Option("--plan", help="Show one plan version, issue by issue.")
    ] = None,
    settings: Settings = None,
) -> None:
    """Show what is in a scenario: issues, parties, size of the space, plan versions, levers."""
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers, note  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415
    from sim.plans import read_plans  # noqa: PLC0415
    from sim.words import big  # noqa: PLC0415

    scenario = read_scenario(file, settings or ())
    answers.print(f"[bold]{scenario.title}[/bold]")
    if scenario.description and plan is None:
        answers.print(note(scenario.description.strip()))
    if plan is not None:
        (reading,) = read_plans(scenario, [plan])
        table = Table("issue", "what the plan says", box=None, header_style="bold", pad_edge=False)
        for k, (_, issue) in enumerate(scenario.issues.items()):
            options = list(issue.options.values())
            said = " [dim]or[/dim] ".join(options[o] for o in reading.open[k])
            quiet = "[dim](silent)[/dim] " if reading.silent[k] else ""
            table.add_row(issue.title, quiet + said)
        answers.print(f"\n[bold]{scenario.plans[plan].title}[/bold]")
        answers.print(table)
        return
    answers.print(
        f"\n{len(scenario.issues)} issues, {big(scenario.space.size)} packages before constraints; "
        f"{len(scenario.constraints)} constraints; {len(scenario.levers)} levers"
    )
    table = Table("issue", "options, in order", box=None, header_style="bold", pad_edge=False)
    for name, issue in scenario.issues.items():
        marked = (
            f"[underline]{option}[/underline]" if option == issue.status_quo else option
            for option in issue.options
        )
        table.add_row(f"[bold]{name}[/bold]\n[dim]{issue.title}[/dim]", " · ".join(marked))
    answers.print(table)
    answers.print(note("underlined: the status quo, at which a plan's silence is scored\n"))
    parties = Table("party", "consent", "decides on", "red lines", box=None, pad_edge=False)
    for name, party in scenario.parties.items():
        say = "all issues" if party.say is None else ", ".join(party.say)
        kinds = [line.kind for line in party.red_lines]
        lines = f"{kinds.count('stated')} stated, {kinds.count('implied')} implied"
        parties.add_row(f"[bold]{name}[/bold] [dim]{party.name}[/dim]", party.consent, say, lines)
    answers.print(parties)
    if scenario.plans:
        plans = Table("plan", "date", "title", "silent on", "open", box=None, pad_edge=False)
        for reading in read_plans(scenario):
            version = scenario.plans[reading.name]
            plans.add_row(
                f"[bold]{reading.name}[/bold]",
                str(version.date or ""),
                version.title,
                str(int(reading.silent.sum())),
                str(len(reading.unsettled)),
            )
        answers.print()
        answers.print(plans)
