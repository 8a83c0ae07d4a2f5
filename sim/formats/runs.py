"""The life of a run: begun or taken up, computed, put in place whole, and tried where it failed.

While it runs, its chunks are in a hidden folder beside its goal (``results/.NAME.running/``). Only
when every case is done are they put together, in the order of the cases, into tables that take
the place of what stood at the goal. A run that was broken off, however, is taken up where it was,
and its tables are the same bytes as those of a run that nobody disturbed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.experiment.engine import Here, Pool, compute_all
from sim.experiment.job import Block, Computed, Failure, Job, blocks_of
from sim.experiment.versions import versions
from sim.formats.chunks import MANIFEST, Chunks
from sim.formats.folders import followed, replacing
from sim.formats.locks import LOCK, locked
from sim.formats.parquet import says_ctrl_c
from sim.formats.result_tables import Further, Inputs, Written, plain_value, write_tables

FINISHED = "finished"
"""A file in the hidden folder that says that the tables are in place; the chunks stay only so
that failed cases can be tried again."""

Told = Callable[[Block, Computed], None]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C stopped the run; the message says how to go on."""


@dataclass(frozen=True, eq=False)
class Run:
    """A run that is under way, held by this process alone.

    Attributes
    ----------
    job
        What it computes.
    draft
        A folder that takes the place of the goal in the end: for tables, report and figures.
    chunks
        What is done so far.
    """

    job: Job
    draft: Path
    chunks: Chunks

    @property
    def failures(self) -> list[Failure]:
        """The cases that gave no results so far."""
        return self.chunks.failures

    def compute(self, pool: Pool | Here, *, told: Told | None = None) -> None:
        """Compute what is not done yet.

        Parameters
        ----------
        pool
            Where.
        told
            Is shown each block when it is safe on the disk.

        Raises
        ------
        InputError
            If the disk is full or does not take the chunks, or the workers are not there.
        """

        def keep(block: Block, computed: Computed) -> None:
            self.chunks.keep(block, computed)
            if told is not None:
                told(block, computed)

        done = self.chunks.done
        compute_all(self.job, (b for b in blocks_of(self.job) if b.number not in done), pool, keep)
        self.chunks.flush()

    def write_tables(
        self, folder: Path, inputs: Inputs | None = None, further: Further | None = None
    ) -> dict[str, Written]:
        """Put every table together, with the failed cases and a page on what columns mean.

        Parameters
        ----------
        folder
            Where to; it is made.
        inputs
            What is set in a case, for the record of those that failed.
        further
            Makes more tables, once those of the cases stand there.
        """
        shapes = self.job.tables
        chunks = {name: (shape, self.chunks.files(name)) for name, shape in shapes.items()}
        return write_tables(folder, chunks, self.failures, inputs=inputs, further=further)


def hidden_folder(goal: Path) -> Path:
    """Return where the chunks of a run are, beside its goal."""
    return goal.with_name(f".{goal.name}.running")


@contextmanager
def running(
    goal: Path,
    job: Job,
    fingerprint: str,
    *,
    resume: bool = False,
    retry_failed: bool = False,
    mark: str | None = None,
) -> Iterator[Run]:
    """Begin a run, or take one up; what is in its draft at the end takes the place of ``goal``.

    Parameters
    ----------
    goal
        The results folder; it is left as it is until everything is done, and for good if anything
        goes wrong.
    job, fingerprint
        What is computed, and what tells it from other experiments (`fingerprint_of`).
    resume
        Insist: refuse what was left by another experiment or is damaged. Otherwise such
        leftovers are removed; those of this experiment are taken up either way, as nothing would
        come out differently. With nothing left there the run starts afresh.
    retry_failed
        Compute again the blocks in which cases failed, and nothing else that is done.
    mark
        A file by which a results folder of ours is known (`sim.formats.folders.replacing`).

    Raises
    ------
    InputError
        If another run is at work here, nothing can be written here, what is left is not of this
        experiment or damaged, or there is nothing to try again.
    Interrupted
        After Ctrl-C.
    """
    goal = followed(goal)
    folder = hidden_folder(goal)
    there = folder.is_dir()
    if retry_failed and not there:
        raise InputError(f"{goal}: no case failed in the last run of this, so none to try again")
    with locked(folder):
        with _removed_unless(folder, there), replacing(goal, mark=mark) as draft:
            run = Run(job, draft, Chunks(folder, job, fingerprint))
            _take_up(run.chunks, resume=resume or retry_failed)
            if retry_failed:
                run.chunks.forget({failure.case // job.block for failure in run.failures})
            with _kept(run):
                yield run
        if run.failures:
            (folder / FINISHED).touch()
        else:
            run.chunks.clear()
            shutil.rmtree(folder, ignore_errors=True)
    if os.name != "posix":
        _remove_the_lock(folder)


@contextmanager
def _removed_unless(folder: Path, there: bool) -> Iterator[None]:
    """Leave no hidden folder behind where nothing was computed."""
    try:
        yield
    except BaseException:
        if not there and not (folder / MANIFEST).exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _take_up(chunks: Chunks, *, resume: bool) -> None:
    """Read what is left of an earlier run, or clear it away."""
    finished = chunks.folder / FINISHED
    try:
        if resume or not finished.exists():
            chunks.resume()
        else:
            chunks.clear()
    except InputError:
        if resume:
            raise
        chunks.clear()
    finished.unlink(missing_ok=True)


@contextmanager
def _kept(run: Run) -> Iterator[None]:
    """List what is done however the work ends, and say how to go on."""
    try:
        yield
    except OSError as error:
        _flush(run)
        reason = error.strerror or str(error)
        raise InputError(
            f"{error.filename or run.chunks.folder}: cannot write ({reason}); {_so_far(run)}: "
            "make room, then go on with --resume"
        ) from error
    except KeyboardInterrupt as stop:
        _flush(run)
        raise Interrupted(f"stopped; {_so_far(run)}: go on with --resume") from stop
    except InputError as error:
        _flush(run)
        if run.chunks.done:
            raise InputError(f"{error}\n{_so_far(run)}: go on with --resume") from error
        raise
    except BaseException as error:
        _flush(run)
        if says_ctrl_c(error):
            raise Interrupted(f"stopped; {_so_far(run)}: go on with --resume") from error
        raise


def _flush(run: Run) -> None:
    with suppress(OSError):
        if run.chunks.done:
            run.chunks.flush()


def _so_far(run: Run) -> str:
    return f"{run.chunks.done_cases:,} of {run.job.n_cases:,} cases are done and kept"


def _remove_the_lock(folder: Path) -> None:
    """Remove the last of a folder where a file that is open cannot be, ours or another run's."""
    with suppress(OSError):
        if {path.name for path in folder.iterdir()} == {LOCK}:
            (folder / LOCK).unlink()
            folder.rmdir()


def fingerprint_of(inputs: Mapping[str, Any]) -> str:
    """Tell experiments apart by all that their results depend on, versions included.

    Parameters
    ----------
    inputs
        The experiment and its scenarios as plain values.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    text = json.dumps([inputs, versions()], sort_keys=True, ensure_ascii=False, default=plain_value)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
