"""`zopa zone`: the zone of possible agreement in depth, and why there is none."""

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
    ZoneDraws,
    ZoneTimeLimit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from sim.diagnosis import Diagnosis
    from sim.feasible.demands import Demand
    from sim.levers import LeverStudy
    from sim.scenario import RedLines, Scenario

SHOWN = 5
"""Conflicts printed; the others are in the answer as JSON."""


def zone(
    file: ScenarioFile,
    *,
    why: Annotated[
        bool,
        typer.Option(
            "--why", help="All conflicts, the concessions package by package, the price of lines."
        ),
    ] = False,
    levers: Annotated[
        bool, typer.Option("--levers", help="What third parties' levers would open, at what cost.")
    ] = False,
    time_limit: ZoneTimeLimit = None,
    draws: ZoneDraws = 200,
    seed: Seed = 0,
    red_lines: RedLineReading = Reading.stated,
    settings: Settings = None,
    figures: Figures = None,
    as_json: AsJson = False,
) -> None:
    """Look into the zone of possible agreement: what survives in it, or why there is none."""
    from sim.cli.screen import answering  # noqa: PLC0415
    from sim.diagnosis import diagnose  # noqa: PLC0415
    from sim.formats import read_scenario  # noqa: PLC0415

    scenario = read_scenario(file, settings or ())
    with answering():
        found = diagnose(
            scenario, red_lines=red_lines.value, why=why or as_json, draws=draws, seed=seed,
            time_limit=time_limit,
        )  # fmt: skip
        limit = 60.0 if time_limit is None else time_limit
        study = _study(scenario, red_lines.value, draws, seed, limit) if levers else None
        _tell(found, study, why=why, as_json=as_json)
        if figures is not None:
            from sim.cli.pictures import draw_zone_into  # noqa: PLC0415

            draw_zone_into(figures, found, study)


def _study(
    scenario: Scenario, red_lines: RedLines, draws: int, seed: int, time_limit: float
) -> LeverStudy:
    """Look at the levers, with a progress bar."""
    from sim.cli.levers import on_stderr  # noqa: PLC0415
    from sim.levers import study_levers  # noqa: PLC0415

    with on_stderr() as progress:
        return study_levers(
            scenario, red_lines=red_lines, draws=draws, seed=seed, progress=progress,
            time_limit=time_limit,
        )  # fmt: skip


def _tell(found: Diagnosis, study: LeverStudy | None, *, why: bool, as_json: bool) -> None:
    """Print the answer, for people or for programs."""
    if as_json:
        from sim.cli.screen import print_json  # noqa: PLC0415
        from sim.formats.answers.levers import levers_json  # noqa: PLC0415
        from sim.formats.answers.zone import zone_json  # noqa: PLC0415

        print_json(zone_json(found) | ({} if study is None else levers_json(study)))
        return
    print_zone(found, why=why)
    if study is not None:
        from sim.cli.levers import print_levers  # noqa: PLC0415

        print_levers(study)


def print_zone(found: Diagnosis, *, why: bool = False) -> None:
    """Print what the zone holds, or what stands in its way."""
    from sim.cli.screen import CONDITION, answers, bold, note  # noqa: PLC0415
    from sim.findings.conditions import READING_IN_WORDS  # noqa: PLC0415
    from sim.findings.sizes import chance_in_words, counting_note  # noqa: PLC0415
    from sim.findings.zone import existence_finding  # noqa: PLC0415

    answers.print(bold(found.scenario.title))
    answers.print(note(f"{READING_IN_WORDS[found.red_lines]} · central reading · {CONDITION}"))
    answers.print("\n" + bold(existence_finding(found)))
    if counting_note(found.standpoint.size):
        answers.print(note(counting_note(found.standpoint.size)))
    if found.chance is not None:
        answers.print(chance_in_words(found.chance))
    if found.empty is False:
        _print_inside(found)
    else:
        _print_obstacles(found, why=why)
    if why:
        if found.empty is not False:
            _print_conflicts(found)
            _print_nearest(found)
        _print_prices(found)


def _print_inside(found: Diagnosis) -> None:
    """Print who gets what inside the zone, and which options survive."""
    from sim.cli.screen import answers, note  # noqa: PLC0415
    from sim.findings.zone import options_finding, robust_finding  # noqa: PLC0415

    answers.print(robust_finding(found) + "\n")
    answers.print(_ranges(found))
    if not all(r.worst.certificate.exact and r.best.certificate.exact
               for r in found.standpoint.reach):  # fmt: skip
        answers.print(note("≈ known to within 0.0001, or as said in the answer as JSON"))
    answers.print("\n" + options_finding(found))
    answers.print(_options(found))
    answers.print(
        note(
            "* the most robust package; it compares the parties' utilities, so it depends on their "
            "scales. A settled issue has one option in every acceptable package; the options of "
            "open ones cannot be combined freely."
        )
    )


def _ranges(found: Diagnosis) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.findings.zone import names_of  # noqa: PLC0415
    from sim.words import plain  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("inside the zone")
    for head in ("worst", "best", "most robust *", "threshold", "no deal"):
        table.add_column(head, justify="right")
    problem, robust = found.problem, found.standpoint.robust.utilities
    for k, (name, reach) in enumerate(zip(names_of(found), found.standpoint.reach, strict=True)):
        ends = []
        for end in (reach.worst, reach.best):
            about = "" if end.certificate.exact else "≈ "
            ends.append("?" if end.outcome is None else about + plain(end.utilities[k], 3))
        levels = (robust[k], problem.thresholds[k], problem.disagreement[k])
        table.add_row(escape(name), *ends, *(plain(level, 3) for level in levels))
    return table


def _options(found: Diagnosis) -> Table:
    """List for every issue what survives and what does not, by the file's identifiers."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.findings.zone import options_in_words  # noqa: PLC0415

    rows = [options_in_words(found, k) for k in range(len(found.scenario.issues))]
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("issue", ratio=3)
    table.add_column("survives", ratio=4)
    lost = any(gone for _, gone in rows)
    if lost:
        table.add_column("ruled out", ratio=4)
    for k, (name, (alive, gone)) in enumerate(zip(found.scenario.issues, rows, strict=True)):
        settled = "[bold] (settled)[/bold]" if found.survival.state(k) == "settled" else ""
        last = [f"[dim]{escape(gone)}[/dim]"] if lost else []
        table.add_row(escape(name), escape(alive) + settled, *last)
    return table


def _print_obstacles(found: Diagnosis, *, why: bool) -> None:
    """Print in a few lines what stands in the way, and where more is said."""
    from sim.cli.screen import answers, bullets, note  # noqa: PLC0415
    from sim.findings.zone import concession_findings, conflict_finding  # noqa: PLC0415

    answers.print()
    answers.print(bullets([conflict_finding(found), *concession_findings(found)]))
    if not why:
        answers.print(note("With --why: all conflicts, the packages, and the price of red lines."))


def _print_conflicts(found: Diagnosis) -> None:
    from sim.cli.screen import answers, bold, bullets, note  # noqa: PLC0415
    from sim.findings.conditions import demand_in_words  # noqa: PLC0415
    from sim.findings.zone import (  # noqa: PLC0415
        conflicts_finding,
        differs_in_words,
    )
    from sim.words import counted  # noqa: PLC0415

    sets = found.conflicts.sets
    answers.print("\n" + bold("What cannot stand together"))
    answers.print(conflicts_finding(found))
    printed: list[tuple[int, Sequence[Demand]]] = []
    for number, conflict in enumerate(sets[:SHOWN], 1):
        head = f"\nConflict {number}: {counted(len(conflict), 'demand')}"
        like = next(
            (
                (n, first) for n, first in printed
                if len(differs_in_words(found, conflict, first)[0]) <= len(conflict) / 3
            ),
            None,
        )  # fmt: skip
        if like is None:
            answers.print(head)
            answers.print(bullets(demand_in_words(found.scenario, demand) for demand in conflict))
            printed.append((number, conflict))
            continue
        more, less = differs_in_words(found, conflict, like[1])
        answers.print(f"{head}, as conflict {like[0]} but")
        lines = [f"with: {said}" for said in more] + [f"without: {said}" for said in less]
        answers.print(bullets(lines))
    if len(sets) > SHOWN:
        answers.print(note(f"\n{len(sets) - SHOWN} more are listed with --json."))


def _print_nearest(found: Diagnosis) -> None:
    """Print at which packages the concessions are least."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers, bold, note  # noqa: PLC0415
    from sim.findings.zone import names_of, undercut_finding  # noqa: PLC0415
    from sim.words import plain, signed  # noqa: PLC0415

    concession = found.concession
    if concession is None:
        return
    answers.print("\n" + bold("Where thresholds come nearest to each other"))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for head, side in (("utility (over threshold)", "left"), ("least in sum", "right"),
                       ("least at most", "right"), ("threshold", "right"),
                       ("no deal", "right")):  # fmt: skip
        table.add_column(head, justify=side)  # type: ignore[arg-type]
    r, d = found.problem.thresholds, found.problem.disagreement
    for k, name in enumerate(names_of(found)):
        ends = [
            f"{plain(a.utilities[k], 3)} ({signed(float(a.utilities[k] - r[k]), 3)})"
            for a in (concession.total, concession.single)
        ]
        table.add_row(escape(name), *ends, plain(r[k], 3), plain(d[k], 3))
    answers.print(table)
    below = undercut_finding(found, concession)
    if below:
        answers.print(below)
    answers.print(note("Both compare the parties' utilities, so they depend on their scales."))
    first = found.package(concession.total.outcome) or {}
    other = found.package(concession.single.outcome) or {}
    listing = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    same = concession.total.outcome is not None and first == other
    listing.add_column("the package" if same else "the package of the least sum")
    listing.add_column("")
    differs = []
    for issue, option in first.items():
        asked = found.scenario.issues[issue]
        listing.add_row(escape(asked.title), escape(asked.options[option]))
        if other[issue] != option:
            differs.append(f"{asked.title}: {asked.options[other[issue]]}")
    answers.print()
    answers.print(listing)
    if differs:
        answers.print("The other one differs in " + escape("; ".join(differs)) + ".")


def _print_prices(found: Diagnosis) -> None:
    """Print what dropping each red line alone would change."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers, bold, note  # noqa: PLC0415
    from sim.findings.zone import (  # noqa: PLC0415
        line_in_words,
        names_of,
        price_in_words,
        prices_finding,
    )
    from sim.words import signed  # noqa: PLC0415

    answers.print("\n" + bold("The price of each red line"))
    answers.print(prices_finding(found))
    telling = [price for price in found.prices if price.matters]
    if not telling:
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("without this line alone")
    table.add_column("zone", justify="right", no_wrap=True)
    table.add_column("surplus", justify="right", no_wrap=True)
    for name in names_of(found):
        table.add_column(escape(name), justify="right")
    r, owner = found.problem.thresholds, None
    for price in telling:
        if price.line.party != owner:
            owner = price.line.party
            table.add_row(bold(found.scenario.parties[owner or ""].name))
        shift = price.after.surplus(r) - price.before.surplus(r)
        change = signed(shift, 3) if abs(shift) < float("inf") else "–"
        gains = ["–"] * len(found.parties)
        if price.gains is not None:
            gains = [signed(float(gain), 3) for gain in price.gains]
        line = Padding(escape(line_in_words(price.line)), (0, 0, 0, 1))
        table.add_row(line, price_in_words(price), change, *gains)
    answers.print(table)
    answers.print(
        note(
            "zone: what happens to it. surplus: of whoever is worst off at the most robust "
            "package. "
            "Parties: what each gains or loses at the Nash solution, where other issues may turn "
            "out otherwise too. Each line is dropped alone, all else as it is. That a line has a "
            "price does not make it unreasonable."
        )
    )
