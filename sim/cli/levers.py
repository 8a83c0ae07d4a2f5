"""Printing a study of levers: what opens the zone, at what cost, and what closes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from sim.levers import LeverStudy, Situation
    from sim.levers.asking import Progress


@contextmanager
def on_stderr() -> Iterator[Progress]:
    """Show on standard error how much of a study of levers is done.

    Gives what `sim.levers.study_levers` takes as ``progress``.
    """
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    from sim.cli.screen import progress  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=progress, transient=True) as bar:
        step = bar.add_task("trying levers draw by draw", total=1.0)
        yield lambda done: bar.update(step, completed=done)


def print_levers(study: LeverStudy) -> None:
    """Print what the levers, side payments and pressure would do, for people."""
    from sim.cli.screen import answers, bold, bullets, note  # noqa: PLC0415
    from sim.levers.wording import (  # noqa: PLC0415
        NOT_ADVICE,
        budgets_finding,
        hazard_findings,
        opening_finding,
        payments_finding,
        pressure_findings,
    )

    answers.print("\n" + bold("Levers"))
    answers.print(note(NOT_ADVICE))
    answers.print("\n" + bold(opening_finding(study)))
    if study.choice.opening and study.choice.without.empty is not False:
        _print_opened(study)
    if study.effects:
        answers.print("\n" + bold("Each lever by itself"))
        answers.print(_effects_table(study))
        answers.print(bullets(hazard_findings(study)))
    if study.budgets is not None and study.names:
        answers.print("\n" + bold(budgets_finding(study)))
        answers.print(_budgets_table(study))
        answers.print(note(_about_budgets(study)))
    answers.print("\n" + bold("Side payments, counted in utility"))
    if study.payments.plans:
        answers.print(_payments_table(study))
    answers.print(bullets(payments_finding(study)))
    pressures = pressure_findings(study)
    if pressures:
        answers.print("\n" + bold("How far one threshold alone would have to come down"))
        answers.print(bullets(pressures))


def _print_opened(study: LeverStudy) -> None:
    """Say what the first of the cheapest combinations opens: the package and who gets what."""
    from rich.markup import escape  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import answers  # noqa: PLC0415
    from sim.levers.wording import gets_in_words, levers_in_words  # noqa: PLC0415

    opened = study.choice.opening[0]
    assert opened.outcome is not None  # it is in the zone
    name = levers_in_words(opened.levers)
    answers.print(
        escape(f"The most robust package that {name} opens gives {gets_in_words(study, opened)}:")
    )
    listing = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    package = study.structure.space.name(opened.outcome)
    for issue, option in package.items():
        asked = study.scenario.issues[issue]
        listing.add_row(escape(asked.title), escape(asked.options[option]))
    answers.print(Padding(listing, (0, 0, 0, 2)))


def _effects_table(study: LeverStudy) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import bold, dim  # noqa: PLC0415
    from sim.levers.wording import cost_in_words, move_in_words  # noqa: PLC0415

    before = study.choice.without
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("lever and what it moves")
    for head in ("cost", "zone", "surplus", "opens", "closes"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_row(escape("(none)"), "", _zone(before.empty), _surplus(before), "", "")
    for effect, cost in zip(study.effects, study.costs, strict=True):
        moved = "".join(f"\n{dim(move_in_words(study, move))}" for move in effect.moves)
        alone = effect.alone
        changed = None if study.budgets is None else study.budgets.changed((), (effect.name,))
        counts = ["", ""] if changed is None else [f"{n:,}" for n in changed]
        table.add_row(
            bold(effect.name) + moved, cost_in_words(float(cost)), _zone(alone.empty),
            _surplus(alone), *counts,
        )  # fmt: skip
    if study.budgets is not None:
        table.caption = (
            f"opens, closes: in how many of {study.budgets.draws:,} draws it opens a zone that "
            "would not exist, or closes one that would"
        )
        table.caption_justify = "left"
    return table


def _surplus(situation: Situation) -> str:
    from sim.words import plain  # noqa: PLC0415

    if situation.outcome is None:
        return "no package"
    return plain(situation.surplus, 3) + ("" if situation.proven else " or more")


def _zone(empty: bool | None) -> str:
    return {True: "none", False: "exists", None: "unknown"}[empty]


def _budgets_table(study: LeverStudy) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.levers.wording import cost_in_words, levers_in_words  # noqa: PLC0415
    from sim.words import percent  # noqa: PLC0415

    budgets = study.budgets
    assert budgets is not None  # asked only where draws were made
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("budget", justify="right")
    table.add_column("zone in", justify="right", no_wrap=True)
    table.add_column("95 %", no_wrap=True)
    table.add_column("with")
    for k in budgets.efficient.tolist():
        low, high = budgets.interval(k)
        table.add_row(
            cost_in_words(float(budgets.combinations.costs[k])), percent(budgets.chances[k]),
            f"{100 * low:.1f}–{100 * high:.1f}", escape(levers_in_words(budgets.levers(k))),
        )  # fmt: skip
    return table


def _about_budgets(study: LeverStudy) -> str:
    budgets = study.budgets
    assert budgets is not None  # asked only where draws were made
    said = (
        "Budget: expected cost. Listed is what nothing as cheap beats. All combinations meet the "
        "same draws, so differences are surer than the intervals; steps of a few draws mean "
        "little. At the centre every red line holds; in a draw each holds with its own chance."
    )
    if not budgets.combinations.complete:
        said += f" Only the {len(budgets.combinations):,} cheapest combinations were compared."
    left = float(budgets.unsettled.max())
    if left:
        said += f" Up to {100 * left:.1f} % of the draws of a combination were not settled in time."
    return said


def _payments_table(study: LeverStudy) -> Table:
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from sim.cli.screen import bold  # noqa: PLC0415
    from sim.levers.paying import CLASH  # noqa: PLC0415
    from sim.words import counted, name_of, plain  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("plan version")
    for party in study.parties:
        table.add_column(escape(name_of(study.scenario.parties[party].name)), justify="right")
    table.add_column("in all", justify="right")
    table.add_column("no payment mends")
    for paid in sorted(study.payments.plans, key=lambda p: p.total):
        blocked = len(paid.stands_in_the_way)
        owed = [plain(t, 3) if t > 0 else "–" for t in paid.payments]
        clauses = counted(blocked, "clause") if blocked else ""
        clauses = "no way through" if paid.stands_in_the_way == (CLASH,) else clauses
        table.add_row(bold(paid.plan), *owed, plain(paid.total, 3), clauses)
    return table
