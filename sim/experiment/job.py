"""The work of an experiment, cut into blocks of cases that anyone may compute, anywhere.

A block is computed from its number alone: the same block gives the same rows whatever ran before
it, in which process and after how many interruptions. That is what makes results the same bytes
for any number of workers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.shape import TableShape

Columns = Mapping[str, NDArray[Any]]
"""Column name -> its values, all of one length."""

Rows = Mapping[str, Columns]
"""Table name -> its columns; the first column, ``case``, says which case a row belongs to."""


class Job(Protocol):
    """What is computed for every case; it travels to other processes, so it can be pickled."""

    @property
    def tables(self) -> Mapping[str, TableShape]:
        """What the tables hold, by name."""

    @property
    def n_cases(self) -> int:
        """How many cases there are."""

    @property
    def block(self) -> int:
        """How many cases are computed at a time: fixed by the experiment, not by the machine."""

    def compute(self, first: int, last: int) -> Rows:
        """Compute the cases from ``first`` up to, not including, ``last``."""


@dataclass(frozen=True)
class Block:
    """A run of cases that are computed together.

    Attributes
    ----------
    number
        Its place, from 0.
    first, last
        Its cases: from ``first`` up to, not including, ``last``.
    """

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class Failure:
    """A case that gave no rows, and what stood in its way.

    Attributes
    ----------
    case
        Its number.
    kind
        ``raised``: its computation raised an error. ``worker died``: it took the process with it.
    message
        What was said, in one line.
    """

    case: int
    kind: str
    message: str


@dataclass(frozen=True, eq=False)
class Computed:
    """What came of a block.

    Attributes
    ----------
    rows
        The rows of all cases that succeeded, in the order of the cases.
    failures
        The cases that did not.
    """

    rows: Rows
    failures: tuple[Failure, ...] = ()


def blocks_of(job: Job) -> Iterator[Block]:
    """Cut a job into its blocks."""
    for number, first in enumerate(range(0, job.n_cases, job.block)):
        yield Block(number, first, min(first + job.block, job.n_cases))


def compute_block(job: Job, block: Block) -> Computed:
    """Compute a block; where a case raises an error, the others are computed without it."""
    return _compute(job, block.first, block.last)


def _compute(job: Job, first: int, last: int) -> Computed:
    try:
        return Computed(job.compute(first, last))
    except Exception as error:  # noqa: BLE001  whatever a case raises is that case's, not ours
        if last - first == 1:
            said = " ".join(str(error).split()) or "no message"
            name = "" if isinstance(error, InputError) else f"{type(error).__name__}: "
            return Computed({}, (Failure(first, "raised", f"{name}{said}"),))
    middle = (first + last) // 2
    return joined([_compute(job, first, middle), _compute(job, middle, last)])


def joined(parts: list[Computed]) -> Computed:
    """Put parts of a block together, in their order."""
    names = dict.fromkeys(name for part in parts for name in part.rows)
    rows = {}
    for name in names:
        tables = [part.rows[name] for part in parts if name in part.rows]
        rows[name] = {
            column: np.concatenate([table[column] for table in tables]) for column in tables[0]
        }
    return Computed(rows, tuple(failure for part in parts for failure in part.failures))
