"""`zopa solve`: the zone of possible agreement, the Pareto frontier, the bargaining solutions."""

from __future__ import annotations

from enum import StrEnum
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
    complete_solution,
    names,
)

if TYPE_CHECKING:
    from sim.settlement import Settlement


class Over(StrEnum):
    """Over which packages solutions are taken."""

    disagreement = "disagreement"
    zone = "zone"


def solve(
    file: ScenarioFile,
    *,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="NAME",
            help="A solution, such as nash; repeatable; all of them if left out.",
            autocompletion=complete_solution,
            show_default=False,
        ),
    ] = None,
    within: Annotated[
        Over,
        typer.Option(
            help="Take frontier and solutions over what beats no deal for everyone, or only over "
            "the zone (at or above every threshold)."
        ),
    ] = Over.disagreement,
    parties: Annotated[
        str | None,
        typer.Option("--parties", metavar="A,B", help="Among whom; the signatories if left out."),
    ] = None,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.01, help="Seconds for each exact search.")
    ] = 5.0,
    require_deal: Annotated[
        bool, typer.Option("--require-deal", help="Exit with code 3 if there is no zone.")
    ] = False,
    packages: Annotated[
        bool, typer.Option("--packages/--no-packages", help="Print the packages issue by issue.")
    ] = True,
    draws: Annotated[
        int,
        typer.Option(
            "--draws", min=0, max=1_000_000, help="Ask in so many draws whether a zone exists."
        ),
    ] = 200,
    seed: Seed = 0,
    red_lines: RedLineReading = Reading.stated,
    settings: Settings = None,
    figures: Figures = None,
    as_json: AsJson = False,
) -> None:
    """Find the zone, the efficient packages and the fair ones, exactly.

    nash and kalai_smorodinsky do not depend on how the parties' scales compare; egalitarian and
    utilitarian do.
    """
    from sim import settlement as solving  # noqa: PLC0415
    from sim.cli.screen import print_json  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415
    from sim.formats.answers import settlement_json  # noqa: PLC0415

    scenario = read_scenario(file, settings or ())
    settlement = solving.solve(
        scenario,
        by=by,
        red_lines=red_lines.value,
        within=within.value,
        parties=names(parties),
        time_limit=time_limit,
        draws=draws,
        seed=seed,
    )
    if as_json:
        print_json(settlement_json(settlement))
    else:
        print_settlement(settlement, packages=packages)
    if figures is not None:
        from sim.cli.pictures import draw_into  # noqa: PLC0415

        draw_into(figures, settlement=settlement)
    if require_deal and settlement.zone.empty is not False:
        raise typer.Exit(3)


def print_settlement(settlement: Settlement, *, packages: bool = True) -> None:
    """Print the zone, what each solution gives each party, and the packages."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import CONDITION, answers, bold, bullets, note  # noqa: PLC0415
    from sim.findings import (  # noqa: PLC0415
        READING_IN_WORDS,
        chance_finding,
        clash_in_words,
        frontier_finding,
        zone_finding,
    )
    from sim.words import plain, solution_name  # noqa: PLC0415

    scenario, problem = settlement.scenario, settlement.problem
    answers.print(bold(scenario.title))
    answers.print(note(f"{READING_IN_WORDS[settlement.red_lines]} · central reading · {CONDITION}"))
    answers.print("\n" + bold(zone_finding(settlement)))
    if settlement.clash:
        answers.print(bullets(clash_in_words(settlement)))
    answers.print(chance_finding(settlement))
    if settlement.clash:
        return
    answers.print(frontier_finding(settlement) + "\n")
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for party in settlement.parties:
        table.add_column(escape(scenario.parties[party].name), justify="right")
    table.add_column("acceptable to all", justify="center")
    table.add_column("proof")
    for name, agreement in settlement.solutions.items():
        certificate = agreement.certificate
        label = solution_name(name) + (" *" if name.startswith(("egal", "util")) else "")
        if agreement.outcome is None:
            row = ["no deal"] * len(settlement.parties)
        else:
            row = [plain(u, 3) for u in agreement.utilities]
        mark = "yes" if settlement.acceptable(agreement) else "no"
        proof = "exact" if certificate.exact else f"within {certificate.bound:.2g}"
        table.add_row(label, *row, mark, proof)
    table.add_row("[dim]threshold", *(f"[dim]{plain(r, 3)}" for r in problem.thresholds))
    table.add_row("[dim]no deal", *(f"[dim]{plain(d, 3)}" for d in problem.disagreement))
    answers.print(table)
    answers.print(note("* depends on the parties' utilities being on one scale"))
    if packages:
        print_packages(settlement)


def print_packages(settlement: Settlement) -> None:
    """Print the first package in full, and of the others where they differ from it."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers  # noqa: PLC0415
    from sim.findings import same_packages  # noqa: PLC0415

    issues = settlement.scenario.issues
    first: dict[str, str] | None = None
    for names_of_it, title in same_packages(settlement):
        package = settlement.package(settlement.solutions[names_of_it[0]])
        if package is None:
            continue
        shown = package if first is None else {i: o for i, o in package.items() if first[i] != o}
        head = title if first is None else f"{title}[/bold] differs on {len(shown)}[bold]"
        answers.print(f"\n[bold]{head}[/bold]")
        listing = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for issue, option in shown.items():
            listing.add_row(
                f"  {escape(issues[issue].title)}", escape(issues[issue].options[option])
            )
        answers.print(listing)
        first = first or package
