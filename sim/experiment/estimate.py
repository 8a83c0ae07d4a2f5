"""What a run would take, before it is begun: cases, seconds, and room on the disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.errors import InputError
from sim.experiment.job import Block, Computed, Job, compute_block

SPARE = 1.25
"""Room that a run asks for beyond what is measured: chunks and tables lie side by side at its end,
and rows differ."""


@dataclass(frozen=True)
class Estimate:
    """What a run would take, from a few cases that were computed.

    Attributes
    ----------
    n_cases, n_blocks
        How many cases, in how many blocks.
    seconds
        Of one worker for all of them.
    bytes
        Of all tables together.
    tried
        How many cases were computed for it.
    failed
        How many of these failed.
    """

    n_cases: int
    n_blocks: int
    seconds: float
    bytes: int
    tried: int
    failed: int

    def seconds_with(self, workers: int) -> float:
        """Return how long so many workers take, if each has a core of its own."""
        return self.seconds / max(1, min(workers, self.n_blocks))


def estimate(
    job: Job,
    bytes_of: Callable[[Computed], int],
    *,
    budget: float = 2.0,
    clock: Callable[[], float] = time.perf_counter,
) -> Estimate:
    """Compute a few cases, and say what all of them would take.

    One case warms up what is compiled on first use and counts for nothing. Then one and two cases,
    and for at most about ``budget`` seconds twice as many each time, from all over the design. What
    a block costs beside its cases is told apart by a line through the two largest samples.

    Parameters
    ----------
    job
        What is computed.
    bytes_of
        Tells how much room the rows of some cases take on the disk.
    budget
        Seconds to spend.
    clock
        Tells the time.

    Examples
    --------
    A job of 10 cases in blocks of 5, each of which takes a second, and another for the block:

    >>> import numpy as np
    >>> from itertools import accumulate, repeat
    >>> from sim.experiment.shape import CASE, TableShape
    >>> class Slow:
    ...     tables = {"cases": TableShape("A case.", {"case": CASE})}
    ...     n_cases, block, now = 10, 5, 0.0
    ...     def compute(self, first, last):
    ...         Slow.now += 1 + (last - first)
    ...         return {"cases": {"case": np.arange(first, last)}}
    >>> told = estimate(Slow(), lambda c: 8 * len(c.rows["cases"]["case"]), clock=lambda: Slow.now,
    ...                 budget=9)
    >>> told.n_cases, told.seconds, told.bytes
    (10, 12.0, 80)
    """
    compute_block(job, Block(0, 0, min(1, job.n_cases)))
    samples: list[tuple[int, float, int]] = []  # cases, seconds, bytes
    failed, size, began = 0, 1, clock()
    while True:
        first = _start(job, size, len(samples))
        start = clock()
        computed = compute_block(job, Block(0, first, first + size))
        samples.append((size, clock() - start, bytes_of(computed)))
        failed += len(computed.failures)
        spent = clock() - began
        enough = len(samples) > 1 and spent + 2 * samples[-1][1] > budget
        if enough or size >= min(job.block, job.n_cases):
            break
        size = min(2 * size, job.block, job.n_cases)
    n_blocks = -(-job.n_cases // job.block)
    return Estimate(
        job.n_cases,
        n_blocks,
        _whole([(n, t) for n, t, _ in samples], job.n_cases, n_blocks),
        round(_whole([(n, float(b)) for n, _, b in samples], job.n_cases, n_blocks)),
        sum(n for n, _, _ in samples),
        failed,
    )


def _start(job: Job, size: int, number: int) -> int:
    """Take samples from one place after the other, a golden section apart."""
    room = max(job.n_cases - size, 0)
    return int(room * ((number * 0.6180339887498949) % 1.0))


def _whole(samples: list[tuple[int, float]], n_cases: int, n_blocks: int) -> float:
    """Return what all cases cost, by a line through the two largest samples.

    >>> _whole([(1, 3.0), (2, 4.0)], 10, 2)
    14.0
    """
    (n, cost), *before = reversed(samples)
    if not before:
        return cost * n_cases / n
    fewer, less = before[0]
    each = max((cost - less) / (n - fewer), 0.0)
    alone = max(cost - each * n, 0.0)
    return alone * n_blocks + each * n_cases


def refuse_too_large(told: Estimate, free: int, place: str) -> None:
    """Refuse a run that the disk has no room for.

    Parameters
    ----------
    told
        What it would take.
    free
        Bytes free where the results go.
    place
        What to call that place.

    Raises
    ------
    InputError
        If there is less room than is needed.
    """
    needed = int(told.bytes * SPARE * 2)
    if needed > free:
        raise InputError(
            f"{place}: {told.n_cases:,} cases need about {in_words(needed)} and {in_words(free)} "
            "are free: take fewer cases, compute less for each, or name another place with --into"
        )


def in_words(size: float) -> str:
    """Say how much room something takes.

    >>> in_words(999), in_words(1_234_567)
    ('999 bytes', '1.2 MB')
    """
    units: Mapping[float, str] = {1e12: "TB", 1e9: "GB", 1e6: "MB", 1e3: "kB"}
    for unit, name in units.items():
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size:.0f} bytes"
