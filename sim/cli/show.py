"""`zopa show`: what is in a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import ScenarioFile, Settings

if TYPE_CHECKING:
    from rich.table import Table

    from sim.plans import PlanReading
    from sim.scenario import Party, Scenario


def show(
    file: ScenarioFile,
    *,
    plan: Annotated[
        str | None, typer.Option("--plan", help="Show one plan version, issue by issue.")
    ] = None,
    settings: Settings = None,
) -> None:
    """Show what is in a scenario: issues, parties, size of the space, plan versions, levers."""
    from sim.cli.screen import answers, bold, note  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415
    from sim.plans import read_plans  # noqa: PLC0415
    from sim.words import big, counted  # noqa: PLC0415

    scenario = read_scenario(file, settings or ())
    if plan is not None:
        (reading,) = read_plans(scenario, [plan])
        answers.print(bold(scenario.plans[plan].title))
        answers.print(_clauses(scenario, reading))
        return
    answers.print(bold(scenario.title))
    if scenario.description:
        answers.print(note(scenario.description.strip()))
    answers.print(
        f"\n{len(scenario.issues)} issues, {big(scenario.space.size)} packages before constraints; "
        f"{counted(len(scenario.constraints), 'constraint')}\n"
    )
    answers.print(_issues(scenario))
    answers.print(note("underlined: the status quo, at which a plan's silence is scored\n"))
    answers.print(_parties(scenario))
    if scenario.plans:
        answers.print()
        answers.print(_plans(scenario))
    if scenario.levers:
        answers.print()
        answers.print(_levers(scenario))


def _table(*heads: str) -> Table:
    from rich.table import Table  # noqa: PLC0415

    return Table(*heads, box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))


def _clauses(scenario: Scenario, reading: PlanReading) -> Table:
    """Lay out what one plan version says on every issue."""
    from rich.markup import escape  # noqa: PLC0415

    table = _table("issue", "what the plan says")
    for k, issue in enumerate(scenario.issues.values()):
        said = " [dim]or[/dim] ".join(escape(label) for label in issue.labels(reading.open[k]))
        quiet = "[dim](silent)[/dim] " if reading.silent[k] else ""
        table.add_row(escape(issue.title), quiet + said)
    return table


def _issues(scenario: Scenario) -> Table:
    from rich.markup import escape  # noqa: PLC0415

    from sim.cli.screen import bold, dim  # noqa: PLC0415

    table = _table("issue", "options, in order")
    for name, issue in scenario.issues.items():
        if issue.grid is None:
            marked = (
                f"[underline]{option}[/underline]" if option == issue.status_quo else option
                for option in issue.options
            )
            options = " · ".join(marked)
        else:
            quo = issue.status_quo
            now = escape(issue.grid.with_unit(quo)) if quo else ""
            now = f" · status quo [underline]{now}[/underline]" if quo else ""
            options = escape(issue.grid.text) + now
        table.add_row(f"{bold(name)}\n{dim(issue.title)}", options)
    return table


def _parties(scenario: Scenario) -> Table:
    from sim.cli.screen import bold, dim  # noqa: PLC0415

    table = _table("party", "consent", "decides on", "utility from", "red lines")
    for name, party in scenario.parties.items():
        say = "all issues" if party.say is None else ", ".join(party.say)
        kinds = [line.kind for line in party.red_lines]
        lines = f"{kinds.count('stated')} stated, {kinds.count('implied')} implied"
        head = f"{bold(name)}\n{dim(party.name)}"
        table.add_row(head, party.consent, say, _terms(scenario, party), lines)
    return table


def _terms(scenario: Scenario, party: Party) -> str:
    """Say what a party's utility is made of."""
    from sim.words import counted  # noqa: PLC0415

    valued = [name for name in party.values if party.say is None or name in party.say]
    parts = (
        "all issues" if len(valued) == len(scenario.issues) else counted(len(valued), "issue"),
        counted(len(party.interactions), "interaction"),
        counted(len(party.tables), "table"),
    )
    said = ", ".join(part for part in parts if not part.startswith("0 "))
    return f"mean of {said}" if party.utility == "mean_of_included" else said


def _plans(scenario: Scenario) -> Table:
    from rich.markup import escape  # noqa: PLC0415

    from sim.cli.screen import bold  # noqa: PLC0415
    from sim.plans import read_plans  # noqa: PLC0415

    table = _table("plan", "date", "title", "silent on", "open")
    for reading in read_plans(scenario):
        version = scenario.plans[reading.name]
        numbers = (str(int(reading.silent.sum())), str(len(reading.unsettled)))
        date = str(version.date or "")
        table.add_row(bold(reading.name), date, escape(version.title), *numbers)
    return table


def _levers(scenario: Scenario) -> Table:
    from rich.markup import escape  # noqa: PLC0415

    from sim.cli.screen import bold, dim  # noqa: PLC0415

    table = _table("lever", "by", "acts on")
    for name, lever in scenario.levers.items():
        title = f"\n{dim(lever.title)}" if lever.title else ""
        table.add_row(bold(name) + title, escape(lever.by), ", ".join(lever.effects))
    return table
