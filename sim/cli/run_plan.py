"""`zopa run --dry-run`: what a run would take and leave, with nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sim.experiment.design import Experiment
    from sim.experiment.estimate import Estimate
    from sim.experiment.factors import Factor
    from sim.experiment.prepared import Prepared
    from sim.experiment.scenario_job import ScenarioJob

BIG_SECONDS, BIG_CASES = 60.0, 10_000
"""From how much work on the disk is looked at before a run; what is less cannot fill it."""

SHOWN = 12
"""Outcomes, and values of something that varies, that are named one by one."""


def measured(job: ScenarioJob, *, budget: float) -> Estimate:
    """Compute a few cases, and say what all of them would take."""
    from sim.experiment.estimate import estimate  # noqa: PLC0415
    from sim.formats.room import bytes_on_disk  # noqa: PLC0415

    return estimate(job, lambda computed: bytes_on_disk(job, computed), budget=budget)


def refuse_without_room(job: ScenarioJob, goal: Path) -> None:
    """Refuse a big run that the disk has no room for, before anything is written.

    Raises
    ------
    InputError
        If there is less room than it needs, what an earlier run left being room as well.
    """
    from sim.experiment.estimate import refuse_too_large  # noqa: PLC0415
    from sim.formats.room import bytes_in, free_bytes  # noqa: PLC0415
    from sim.formats.runs import hidden_folder  # noqa: PLC0415

    if job.seconds * job.n_cases < BIG_SECONDS and job.n_cases < BIG_CASES:
        return
    free = free_bytes(goal.parent) + bytes_in(hidden_folder(goal))
    refuse_too_large(measured(job, budget=1.0), free, str(goal.parent))


def show_plan(prepared: Prepared, job: ScenarioJob, goal: Path, workers: int) -> None:
    """Print what a run would take and leave."""
    from sim.cli.screen import answers, bold, bullets, dim  # noqa: PLC0415
    from sim.experiment.estimate import in_words  # noqa: PLC0415
    from sim.formats.room import free_bytes  # noqa: PLC0415
    from sim.words import counted, lasting  # noqa: PLC0415

    told = measured(job, budget=2.0)
    experiment, design = prepared.experiment, prepared.design
    answers.print(bold(title_of(prepared)))
    size = design.name if design.size is None else f"{design.name}: {design.size:,}"
    part = f", the first of {design.whole:,}" if design.cut_short else ""
    blocks = counted(told.n_blocks, "block")
    answers.print(f"{counted(told.n_cases, 'case')}{part} (design {size}), in {blocks}.")
    seconds = lasting(told.seconds_with(workers))
    free = in_words(free_bytes(goal.parent))
    answers.print(
        f"About {seconds} for the cases with {counted(workers, 'worker')}{_on_top(experiment)}, "
        f"and {in_words(told.bytes)} on the disk at {goal}, where {free} are free."
    )
    if told.failed:
        answers.print(
            f"[bold dark_orange3]{told.failed} of {told.tried} cases that were tried failed."
            "[/bold dark_orange3]"
        )
    answers.print(f"\n{bold('What varies')}" if design.factors else "\nNothing varies.")
    for factor in design.factors:
        answers.print(bullets([f"{factor.path}: {values_in_words(factor)}"]))
    answers.print(f"\n{bold('Tables')}")
    for name, shape in job.tables.items():
        columns = counted(len(shape.columns), "column")
        answers.print(bullets([f"{name}: {shape.about} {columns}."]))
    if experiment.sensitivity or experiment.discovery:
        answers.print(bullets(["and those of the analyses, of all cases together"]))
    outcomes = [name for name in job.tables["outcomes"].columns if name != "case"]
    answers.print(f"\n{bold(counted(len(outcomes), 'outcome'))}: {shortened(outcomes)}")
    answers.print(dim("\nNothing was written. Leave --dry-run out to run it."))


def _on_top(experiment: Experiment) -> str:
    """Name what takes time besides the cases."""
    analyses = ["analyses"] if experiment.sensitivity or experiment.discovery else []
    more = [*analyses, *(["pictures"] if experiment.figures else [])]
    return f" ({' and '.join(more)} come on top)" if more else ""


def title_of(prepared: Prepared) -> str:
    """Return what an experiment is called; where it has no title, what its scenario is."""
    return prepared.experiment.title or next(iter(prepared.scenarios.values())).title


def plan(prepared: Prepared, job: ScenarioJob, goal: Path, workers: int) -> dict[str, Any]:
    """Say the same for programs."""
    from sim.formats.room import free_bytes  # noqa: PLC0415

    told, design = measured(job, budget=2.0), prepared.design
    return {
        "dry_run": True,
        "results": str(goal),
        "design": design.name,
        "size": design.size,
        "cases": told.n_cases,
        "of": design.whole,
        "blocks": told.n_blocks,
        "workers": workers,
        "seconds": told.seconds_with(workers),
        "bytes": told.bytes,
        "free": free_bytes(goal.parent),
        "tried": told.tried,
        "failed": told.failed,
        "vary": {factor.path: values_in_words(factor) for factor in design.factors},
        "tables": {name: list(shape.columns) for name, shape in job.tables.items()},
    }


def values_in_words(factor: Factor) -> str:
    """Say which values something takes.

    >>> from sim.experiment.factors import Listed
    >>> values_in_words(Listed("levers", ([], ["aid", "loan"])))
    'none, aid + loan'
    """
    from sim.experiment.design import written  # noqa: PLC0415

    if factor.levels:
        return shortened(map(written, factor.levels))
    if factor.kind == "weights":
        return f"weights of {len(factor.columns)} issues, which together add up to the same"
    if factor.ends is None:
        return "as in the table of cases"
    low, high = factor.ends
    return f"{'whole numbers ' if factor.kind == 'whole' else ''}{low:g} to {high:g}"


def shortened(names: Iterable[str]) -> str:
    """Name the first few, and how many more there are.

    >>> shortened("abcdefghijklmno")
    'a, b, c, d, e, f, g, h, i, j, k, l and 3 more'
    """
    every = list(names)
    more = f" and {len(every) - SHOWN:,} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
