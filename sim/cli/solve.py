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
    ZoneDraws,
    ZoneTimeLimit,
    complete_solution,
    names,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.settlement import Settlement


class Over(StrEnum):
    """Over which packages solutions are taken."""

    disagreement = "disagreement"
    zone = "zone"


By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        metavar="NAME",
        help="A solution, such as nash; repeatable. The usual five if left out; all for "
        "every one that is defined (see: zopa list solutions).",
        autocompletion=complete_solution,
        show_default=False,
    ),
]
Within = Annotated[
    Over,
    typer.Option(
        help="Take frontier and solutions over what beats no deal for everyone, or only over "
        "the zone (at or above every threshold)."
    ),
]
Parties = Annotated[
    str | None,
    typer.Option("--parties", metavar="A,B", help="Among whom; the signatories if left out."),
]
Lotteries = Annotated[
    bool, typer.Option("--lotteries", help="Let the outcome be drawn: solutions over lotteries.")
]
Power = Annotated[
    str | None,
    typer.Option(
        "--power",
        metavar="A=2,B=1",
        help="Bargaining power, 1 where not named: for nash and proportional.",
        show_default=False,
    ),
]
RequireDeal = Annotated[
    bool, typer.Option("--require-deal", help="Exit with code 3 if there is no zone.")
]
Packages = Annotated[
    bool, typer.Option("--packages/--no-packages", help="Print the packages issue by issue.")
]


def solve(
    file: ScenarioFile,
    *,
    by: By = None,
    within: Within = Over.disagreement,
    parties: Parties = None,
    lotteries: Lotteries = False,
    power: Power = None,
    time_limit: ZoneTimeLimit = None,
    require_deal: RequireDeal = False,
    packages: Packages = True,
    draws: ZoneDraws = 200,
    seed: Seed = 0,
    red_lines: RedLineReading = Reading.stated,
    settings: Settings = None,
    figures: Figures = None,
    as_json: AsJson = False,
) -> None:
    """Find the zone, the efficient packages and the fair ones, exactly.

    nash, kalai_smorodinsky and raiffa do not depend on how the parties' scales compare, nor does
    median but for ties; egalitarian, proportional and utilitarian do.
    """
    from sim import settlement as solving  # noqa: PLC0415
    from sim.cli.screen import answering, print_json  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415
    from sim.formats.answers.settlement import settlement_json  # noqa: PLC0415

    scenario = read_scenario(file, settings or ())
    with answering():
        settlement = solving.solve(
            scenario,
            by=by,
            red_lines=red_lines.value,
            within=within.value,
            parties=names(parties),
            lotteries=lotteries,
            power=powers_from(power),
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


def powers_from(text: str | None) -> dict[str, float] | None:
    """Read ``A=2,B=1``."""
    from sim.errors import InputError  # noqa: PLC0415

    if text is None:
        return None
    powers: dict[str, float] = {}
    for part in names(text) or ():
        party, equals, amount = (piece.strip() for piece in part.partition("="))
        if party in powers:
            raise InputError(f"--power {text}: '{party}' is given twice")
        try:
            powers[party] = float(amount)
        except ValueError:
            equals = ""
        if not equals or not party:
            raise InputError(f"--power {text}: '{part}' is not of the form PARTY=NUMBER")
    if not powers:
        raise InputError("--power: name at least one party, as in --power A=2,B=1")
    return powers


def print_settlement(settlement: Settlement, *, packages: bool = True) -> None:
    """Print the zone, what each solution gives each party, and the packages."""
    from sim.cli.screen import CONDITION, answers, bold, bullets, note  # noqa: PLC0415
    from sim.findings.conditions import READING_IN_WORDS  # noqa: PLC0415
    from sim.findings.settlement import (  # noqa: PLC0415
        clash_in_words,
        frontier_finding,
        lotteries_finding,
        power_finding,
        zone_finding,
    )
    from sim.findings.sizes import chance_in_words, counting_note  # noqa: PLC0415
    from sim.solutions import ON_ONE_SCALE  # noqa: PLC0415

    scenario = settlement.scenario
    answers.print(bold(scenario.title))
    answers.print(note(f"{READING_IN_WORDS[settlement.red_lines]} · central reading · {CONDITION}"))
    answers.print("\n" + bold(zone_finding(settlement)))
    if settlement.clash:
        answers.print(bullets(clash_in_words(settlement)))
    if counting_note(settlement.size):
        answers.print(note(counting_note(settlement.size)))
    answers.print(chance_in_words(settlement.chance))
    if settlement.clash:
        return
    answers.print(frontier_finding(settlement) + "\n")
    for k, table in enumerate(_tables(settlement, answers)):
        if k:
            answers.print()
        answers.print(table)
    if not ON_ONE_SCALE.isdisjoint(settlement.solutions):
        answers.print(note("* depends on the parties' utilities being on one scale"))
    if settlement.lotteries:
        answers.print(note(lotteries_finding(settlement)))
    if settlement.power is not None:
        answers.print(note(power_finding(settlement)))
    if packages:
        print_packages(settlement)


def _tables(settlement: Settlement, screen: Console) -> list[Table]:
    """Set what each solution gives whom: one table, or as many as the screen is narrow."""
    n = len(settlement.parties)
    for across in range(n, 0, -1):
        starts = range(0, n, across)
        tables = [_gives(settlement, slice(k, k + across), last=k == starts[-1]) for k in starts]
        wide = screen.options.update(max_width=10_000)
        if all(screen.measure(table, options=wide).maximum <= screen.width for table in tables):
            break
    return tables


def _gives(settlement: Settlement, places: slice, *, last: bool) -> Table:
    """Set what each solution gives some of the parties; on the last of several, how it stands."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.findings.settlement import cells_of, proof_in_words  # noqa: PLC0415
    from sim.solutions import ON_ONE_SCALE  # noqa: PLC0415
    from sim.words import plain, solution_name  # noqa: PLC0415

    problem = settlement.problem
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", min_width=len("Kalai–Smorodinsky"))
    for party in settlement.parties[places]:
        table.add_column(escape(settlement.scenario.parties[party].name), justify="right")
    if last:
        table.add_column("all accept", justify="center")
        table.add_column("proof")
    for name, agreement in settlement.solutions.items():
        label = solution_name(name) + (" *" if name in ON_ONE_SCALE else "")
        stands = ("yes" if settlement.acceptable(agreement) else "no", proof_in_words(agreement))
        table.add_row(label, *cells_of(agreement)[places], *(stands if last else ()))
    for label, levels in (("threshold", problem.thresholds), ("no deal", problem.disagreement)):
        table.add_row(f"[dim]{label}", *(f"[dim]{plain(level, 3)}" for level in levels[places]))
    return table


def print_packages(settlement: Settlement) -> None:
    """Print the first package in full, and of the others where they differ from it."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers  # noqa: PLC0415
    from sim.findings.settlement import (  # noqa: PLC0415
        lots_in_words,
        options_in_words,
        same_packages,
    )

    issues = settlement.scenario.issues
    first: dict[str, str] | None = None
    for names_of_it, title in same_packages(settlement):
        agreement = settlement.solutions[names_of_it[0]]
        package, lots = options_in_words(settlement, agreement), lots_in_words(agreement)
        if not package:
            continue
        shown = package
        if first is not None:  # which lot is which differs from draw to draw: all are shown
            shown = {i: o for i, o in package.items() if first[i] != o or "\n" in o}
        drawn = f", {lots}" if lots else ""
        differs = f"{',' if lots else ''} differs on {len(shown)}" if first is not None else ""
        answers.print(f"\n[bold]{escape(title)}[/bold]{drawn}{differs}")
        listing = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for issue, option in shown.items():
            listing.add_row(escape(issues[issue].title), escape(option))
        answers.print(Padding(listing, (0, 0, 0, 2)))
        first = first or package
