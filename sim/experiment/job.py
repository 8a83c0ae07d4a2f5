"""The work of an experiment, cut into blocks of cases that anyone may compute, anywhere.

A block is computed from its number alone: the same block gives the same rows whatever ran before
it, in which process and after how many interruptions. That is what makes results the same bytes
for any number of workers.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.shape import TableShape

Columns = Mapping[str, NDArray[Any]]
"""Column name -> its values, all of one length. What is undefined is NaN among numbers, ``None``
among objects or masked; in a table it is missing."""

Rows = Mapping[str, Columns]
"""Table name -> its columns; the first column, ``case``, says which case a row belongs to."""


LONGEST = 1000
"""Characters of an error that are kept; some libraries tell a whole story."""


class Job(Protocol):
    """What is computed for every case; it travels to other processes, so it can be pickled.

    A case gives the same rows whichever cases it is computed with: where one of a block fails,
    the others are computed without it. Randomness is therefore seeded by the case.
    """

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
    except (Exception, SystemExit) as error:  # noqa: BLE001  it is the case's, not ours
        if last - first == 1:
            return Computed({}, (Failure(first, "raised", in_a_line(error)),))
    middle = (first + last) // 2
    return joined([_compute(job, first, middle), _compute(job, middle, last)])


def in_a_line(error: BaseException) -> str:
    r"""Say an error in one line that is the same in every process.

    >>> in_a_line(ValueError("no such\n  party: <Party at 0x7f3a5c0011d0>"))
    'ValueError: no such party: <Party at 0x…>'
    """
    said = " ".join(str(error).split())[:LONGEST] or "no message"
    said = re.sub(r"\b0x[0-9a-fA-F]{6,}", "0x…", said)  # an address, other in every process
    return said if isinstance(error, InputError) else f"{type(error).__name__}: {said}"


def joined(parts: list[Computed]) -> Computed:
    """Put parts of a block together, in their order."""
    names = dict.fromkeys(name for part in parts for name in part.rows)
    rows = {}
    for name in names:
        tables = [part.rows[name] for part in parts if name in part.rows]
        rows[name] = {
            column: _end_to_end([table[column] for table in tables]) for column in tables[0]
        }
    return Computed(rows, tuple(failure for part in parts for failure in part.failures))


def _end_to_end(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    masked = any(isinstance(array, np.ma.MaskedArray) for array in arrays)
    return np.ma.concatenate(arrays) if masked else np.concatenate(arrays)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]


def pack(job: Job) -> bytes:
    """Turn a job into bytes that other processes can read.

    Raises
    ------
    InputError
        If something in it cannot travel, as a function without a module of its own.
    """
    try:
        return pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise InputError(
            f"this cannot be sent to workers ({in_a_line(error)}); put the functions that it uses "
            "at the top level of a module"
        ) from error


@lru_cache(maxsize=1)
def unpack(packed: bytes) -> Job:
    """Read a job that another process packed; the last one is remembered.

    Raises
    ------
    InputError
        If what it needs is not there.
    """
    try:
        return pickle.loads(packed)  # noqa: S301  from our own main process
    except Exception as error:
        raise InputError(
            f"a worker cannot read what it shall compute ({in_a_line(error)}); put the functions "
            "that it uses into a module that the workers can import too"
        ) from error


def compute_packed(packed: bytes, block: Block) -> Computed:
    """Compute a block of a job that another process packed."""
    return compute_block(unpack(packed), block)
