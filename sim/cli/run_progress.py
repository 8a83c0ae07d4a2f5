"""How far a run is: cases done, how fast, how long still, and how many failed so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from sim.cli.screen import progress

if TYPE_CHECKING:
    from types import TracebackType

    from sim.experiment.engine import Pool
    from sim.experiment.job import Block, Computed
    from sim.formats.runs import Run

WIDEST = 20
"""Characters of what is being done, so that a line fits into 80 columns."""

PATIENCE = 3.0
"""Seconds without a case after which it is told what takes so long."""


class _Counted(ProgressColumn):
    """Cases done of all, how fast, and failures so far; nothing for steps without cases."""

    def render(self, task: Task) -> Text:
        if not task.fields["cases"]:
            return Text("")
        said = f"{task.completed:,.0f}/{task.total:,.0f}"
        done = task.completed - task.fields["before"]
        if done and task.elapsed:
            said += f", {_rate(done / task.elapsed)}"
        elif not task.finished and (task.elapsed or 0) > PATIENCE:
            said += ", starting; the first use compiles"
        text = Text(said)
        if task.fields["failed"]:
            text.append(f", {task.fields['failed']:,} failed", style="dark_orange3")
        return text


def _rate(speed: float) -> str:
    """Say how fast cases are done.

    >>> _rate(1234.5), _rate(2.34), _rate(0.02)
    ('1,234/s', '2.3/s', '1.2/min')
    """
    if speed < 1 / 6:
        return f"{speed * 60:.1f}/min"
    return f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s"


class Bars:
    """Bars on the terminal, which stay there when the work is done."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn(f"{{task.description:{WIDEST}}}", markup=False),
            BarColumn(bar_width=10),
            _Counted(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=progress,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def compute(self, run: Run, pool: Pool) -> None:
        """Compute what is not done yet, and show how far it is."""
        failed = len(run.failures)
        bar = self._progress.add_task(
            "computing cases",
            total=run.job.n_cases,
            completed=run.chunks.done_cases,
            cases=True,
            before=run.chunks.done_cases,
            failed=failed,
        )

        def told(block: Block, computed: Computed) -> None:
            nonlocal failed
            failed += len(computed.failures)
            self._progress.update(bar, advance=block.last - block.first, failed=failed)

        run.compute(pool, told=told)
        self._progress.update(bar, description="computed cases")

    def steps(self, total: int) -> Callable[[str], None]:
        """Return what is to be told of each step from here on, and of the end by an empty text."""
        bar = self._progress.add_task("", total=total, cases=False)
        begun = 0

        def told(step: str) -> None:
            nonlocal begun
            done = begun if step else total
            self._progress.update(bar, description=(step or "written")[:WIDEST], completed=done)
            begun += 1

        return told
