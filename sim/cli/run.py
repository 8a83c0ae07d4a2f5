"""`zopa run`: an experiment, into a results folder that appears whole or not at all."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import AsJson

if TYPE_CHECKING:
    from sim.experiment.engine import Pool
    from sim.experiment.scenario_job import ScenarioJob
    from sim.formats.runs import Run
    from sim.report.results_folder import Asked, Published


def complete_experiment(incomplete: str) -> list[str]:
    """Offer the experiments that come with zopa."""
    from sim.formats.shelf import shipped_experiments  # noqa: PLC0415

    return [name for name in shipped_experiments() if name.startswith(incomplete)]


STOPPED = 130
"""The exit code after Ctrl-C."""


class NothingLeftError(Exception):
    """No case gave results; the message says why."""


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
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what it would take and leave, and write nothing."),
    ] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on where a run was broken off; refuse what is left of another."
        ),
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Compute the cases again that failed last time.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, help="Processes on this machine.", show_default="one a core"
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="Use the workers of a Dask scheduler instead, such as tcp://10.0.0.5:8786.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, help="Only so many cases, the first ones.", show_default="all"
        ),
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Draw the pictures.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Run an experiment: tables, pictures and a report, into results/NAME/.

    The previous results stay in place until the new ones are complete. Cases that fail are listed
    and left out; where every case fails nothing is written.
    """
    from sim.cli.screen import print_json  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415

    if workers is not None and cluster is not None:
        raise InputError("--workers and --cluster: the cluster has workers of its own; name one")
    order = Order(experiment, into, limit, workers, cluster, figures)
    with _stopping(order):
        asked, job = order.read()
        if dry_run:
            _say_plan(order, asked, job, as_json=as_json)
            return
        published, run = _work(order, asked, job, resume=resume, retry_failed=retry_failed)
        if as_json:
            print_json(_answer(order, asked, run, published))
        else:
            _say(order, asked, run, published)


@dataclass(frozen=True)
class Order:
    """What was typed."""

    experiment: str
    into: Path
    limit: int | None
    workers: int | None
    cluster: str | None
    figures: bool

    def again(self, option: str) -> str:
        """Return the same command with one more option."""
        options: list[str] = []
        if self.into != Path("results"):
            options += ["--into", str(self.into)]
        for name in ("limit", "workers", "cluster"):
            value = getattr(self, name)
            options += [f"--{name}", str(value)] if value is not None else []
        options += [] if self.figures else ["--no-figures"]
        return shlex.join(["zopa", "run", self.experiment, *options, option])

    def goal(self, asked: Asked) -> Path:
        """Return the results folder."""
        return self.into / asked.files.name

    def read(self) -> tuple[Asked, ScenarioJob]:
        """Read the experiment, and check all of it.

        Raises
        ------
        InputError
            With every mistake in it.
        """
        from sim.experiment.scenario_job import ScenarioJob  # noqa: PLC0415
        from sim.formats.experiments import prepare_experiment  # noqa: PLC0415
        from sim.formats.provenance import fingerprint, input_files  # noqa: PLC0415
        from sim.plots import PICTURES  # noqa: PLC0415
        from sim.report.results_folder import Asked  # noqa: PLC0415

        started = datetime.now(UTC)
        prepared, path = prepare_experiment(self.experiment, PICTURES)
        prepared = replace(prepared, design=replace(prepared.design, first=self.limit))
        files = input_files(prepared, path)
        asked = Asked(prepared, files, fingerprint(prepared, files), self.figures, started)
        return asked, ScenarioJob(prepared)

    def local_workers(self, job: ScenarioJob) -> int:
        """Return how many processes of this machine are of use."""
        blocks = -(-job.n_cases // job.block)
        return max(1, min(self.workers or cores(), blocks))

    def pool(self, job: ScenarioJob) -> Pool:
        """Return where to compute.

        Raises
        ------
        InputError
            If the cluster is not there.
        """
        from sim.experiment.workers import LocalPool  # noqa: PLC0415

        if self.cluster is None:
            return LocalPool(self.local_workers(job))
        from sim.experiment.cluster import ClusterPool  # noqa: PLC0415

        return ClusterPool(self.cluster)


@contextmanager
def _stopping(order: Order) -> Iterator[None]:
    """Say after Ctrl-C what is left, and how to go on where something is."""
    try:
        yield
    except KeyboardInterrupt as stop:
        from sim.formats.runs import Interrupted  # noqa: PLC0415

        kept = isinstance(stop, Interrupted)
        said = f"{stop}\n  {order.again('--resume')}" if kept else "stopped; nothing half written"
        typer.echo(said, err=True)
        raise typer.Exit(STOPPED) from stop


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _say_plan(order: Order, asked: Asked, job: ScenarioJob, *, as_json: bool) -> None:
    """Say what the run would take and leave."""
    from sim.cli.run_plan import plan, show_plan  # noqa: PLC0415
    from sim.cli.screen import print_json  # noqa: PLC0415

    workers, goal = order.local_workers(job), order.goal(asked)
    if as_json:
        print_json(plan(asked.prepared, job, goal, workers))
    else:
        show_plan(asked.prepared, job, goal, workers)


def _work(
    order: Order, asked: Asked, job: ScenarioJob, *, resume: bool, retry_failed: bool
) -> tuple[Published, Run]:
    """Run the experiment; what is in its folder at the end is whole.

    Raises
    ------
    InputError
        If it cannot be run here, or every case fails; nothing is written over then.
    Interrupted
        After Ctrl-C.
    """
    from sim.cli.run_plan import refuse_without_room  # noqa: PLC0415
    from sim.cli.run_progress import Bars  # noqa: PLC0415
    from sim.errors import InputError  # noqa: PLC0415
    from sim.formats.runs import running  # noqa: PLC0415
    from sim.formats.shelf import RUN  # noqa: PLC0415
    from sim.report.results_folder import publish  # noqa: PLC0415

    goal = order.goal(asked)
    refuse_without_room(job, goal)
    pool = order.pool(job)
    how = {"resume": resume, "retry_failed": retry_failed}
    try:
        with (
            Bars() as bars,
            running(goal, job, asked.fingerprint, mark=RUN, **how) as run,
        ):
            workers = pool.workers
            bars.compute(run, pool)
            _refuse_without_results(run, asked, goal)
            published = publish(run, asked, workers, bars.steps(asked.steps))
    except NothingLeftError as error:
        raise InputError(str(error)) from error
    finally:
        pool.stop()
    return published, run


def _refuse_without_results(run: Run, asked: Asked, goal: Path) -> None:
    """Keep what stood there before from being replaced by nothing."""
    from sim.cli.run_summary import reasons  # noqa: PLC0415

    failures = run.failures
    if len(failures) == run.job.n_cases:
        run.chunks.clear()  # so that the next run computes all of it again
        why = "\n".join(f"  {reason}" for reason in reasons(failures, asked.prepared))
        raise NothingLeftError(f"{goal}: every case failed, so nothing was written:\n{why}")


def _say(order: Order, asked: Asked, run: Run, published: Published) -> None:
    """Print what was found, what failed, and where everything is."""
    from sim.cli.run_plan import title_of  # noqa: PLC0415
    from sim.cli.run_summary import show_failures, show_findings  # noqa: PLC0415
    from sim.cli.screen import answers, bold, note  # noqa: PLC0415
    from sim.report.results_folder import not_whole  # noqa: PLC0415

    goal, prepared = order.goal(asked), asked.prepared
    show_findings(title_of(prepared), published)
    for said in published.missing:
        answers.print(note(f"Not drawn: {said}"), soft_wrap=True)
    for said in not_whole(prepared.design, 0):
        answers.print(f"[bold]{said}[/bold]")
    show_failures(run.failures, prepared, order.again("--retry-failed"))
    begin = "; begin with report.md" if prepared.experiment.report else ""
    answers.print(f"Everything is in {bold(str(goal))}{begin}.", soft_wrap=True)


def _answer(order: Order, asked: Asked, run: Run, published: Published) -> dict[str, Any]:
    """Say the same for programs."""
    from sim.cli.screen import CONDITION  # noqa: PLC0415

    design = asked.prepared.design
    return {
        "results": str(order.goal(asked)),
        "cases": design.n_cases,
        "of": design.whole,
        "failed": len(run.failures),
        "tables": {name: table.rows for name, table in published.tables.items()},
        "figures": len(published.figures),
        "not_drawn": list(published.missing),
        "seconds": published.seconds,
        "findings": [*published.together, *published.apart],
        "conditional": CONDITION,
    }
